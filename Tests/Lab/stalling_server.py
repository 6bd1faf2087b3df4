"""An SMTP server on 127.0.0.1 that gives so many replies, then a part of one, and then nothing more.

    stalling_server.py REPLIES PART [--listen ADDRESS]

Prints the port it listens at. It ends with its standard input, or when it is killed.
"""

import argparse
import socket
import sys
import threading

REPLIES = [
    b"220 mx.test.example ESMTP\r\n",
    b"250-mx.test.example\r\n250 SIZE 1000000\r\n",
    b"250 2.1.0 sender ok\r\n",
    b"250 2.1.5 recipient ok\r\n",
    b"354 go ahead\r\n",
    b"250 2.0.0 taken\r\n",
    b"221 2.0.0 bye\r\n",
]


def serve(connection, count, part):
    file = connection.makefile("rb")
    for number, reply in enumerate(REPLIES):
        if number == 5:
            while (line := file.readline()) and line != b".\r\n":
                pass
        elif number > 0 and not file.readline():
            return
        if number == count:
            connection.sendall(part)
            file.read()
            return
        connection.sendall(reply)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("replies", type=int)
    parser.add_argument("part")
    parser.add_argument("--listen", default="127.0.0.1")
    arguments = parser.parse_args()
    listening = socket.create_server((arguments.listen, 0))
    print(listening.getsockname()[1], flush=True)

    def accept():
        while True:
            connection, _ = listening.accept()
            thread = threading.Thread(target=serve, args=(connection, arguments.replies, arguments.part.encode()))
            thread.daemon = True
            thread.start()

    threading.Thread(target=accept, daemon=True).start()
    sys.stdin.read()


if __name__ == "__main__":
    main()
