"""An SMTP server on 127.0.0.1 that gives so many replies, then a part of one, and then nothing more.

    stalling_server.py REPLIES [PART] [--listen ADDRESS] [--log DIR] [--deaf]

What was heard and said goes to the files `client` and `server` in DIR, octet for octet, each before anybody can have read
the answer to it. With --deaf nobody who connects gets through: the queue of the socket is full. Prints the port it listens
at. It ends with its standard input, or when it is killed.
"""

import argparse
import socket
import sys
import threading
from pathlib import Path

REPLIES = [
    b"220 mx.test.example ESMTP\r\n",
    b"250-mx.test.example\r\n250 SIZE 1000000\r\n",
    b"250 2.1.0 sender ok\r\n",
    b"250 2.1.5 recipient ok\r\n",
    b"354 go ahead\r\n",
    b"250 2.0.0 taken\r\n",
    b"221 2.0.0 bye\r\n",
]


def serve(connection, count, part, write):
    file = connection.makefile("rb")

    def heard():
        line = file.readline()
        write("client", line)
        return line

    def say(octets):
        write("server", octets)
        connection.sendall(octets)

    for number, reply in enumerate(REPLIES):
        if number == 5:
            while (line := heard()) and line != b".\r\n":
                pass
        elif number > 0 and not heard():
            return
        if number == count:
            say(part)
            while heard():
                pass
            return
        say(reply)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("replies", type=int)
    parser.add_argument("part", nargs="?", default="")
    parser.add_argument("--listen", default="127.0.0.1")
    parser.add_argument("--log", type=Path, metavar="DIR")
    parser.add_argument("--deaf", action="store_true")
    arguments = parser.parse_args()
    if arguments.log:
        arguments.log.mkdir(parents=True, exist_ok=True)

    def write(side, octets):
        if arguments.log:
            with open(arguments.log / side, "ab") as file:
                file.write(octets)

    listening = socket.create_server((arguments.listen, 0), backlog=0 if arguments.deaf else 16)
    port = listening.getsockname()[1]
    # One connection that nobody accepts fills a queue of this length; Linux then drops what else comes.
    filling = socket.create_connection((arguments.listen, port)) if arguments.deaf else None
    print(port, flush=True)

    def accept():
        while True:
            connection, _ = listening.accept()
            words = (connection, arguments.replies, arguments.part.encode(), write)
            threading.Thread(target=serve, args=words, daemon=True).start()

    if not arguments.deaf:
        threading.Thread(target=accept, daemon=True).start()
    sys.stdin.read()
    if filling:
        filling.close()


if __name__ == "__main__":
    main()
