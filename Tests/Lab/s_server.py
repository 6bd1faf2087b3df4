"""A mail server for tests whose TLS is `openssl s_server`: prints the port of 127.0.0.1 it listens on.

    s_server.py FOLDER [OPTION OF s_server …]

Files among the options need their whole path.

What goes over the wire before STARTTLS, and on connections without it, is answered here; from the handshake on octets are handed
to s_server and back, and what was inside comes from its standard output. Each mail is written to FOLDER, `tls-N` or `clear-N`.
"""

import os
import signal
import socket
import subprocess
import sys
import threading


class Session:
    """What a server of RFC 5321 says, line by line."""

    def __init__(self, folder, kind):
        self.folder, self.kind, self.mail = folder, kind, None

    def answer(self, line):
        if self.mail is not None:
            if line != b".":
                self.mail.append(line[1:] if line.startswith(b".") else line)
                return b""
            number = sum(name.startswith(self.kind) for name in os.listdir(self.folder))
            with open(f"{self.folder}/{self.kind}-{number + 1}", "wb") as file:
                file.write(b"\r\n".join(self.mail) + b"\r\n")
            self.mail = None
            return b"250 2.0.0 Taken\r\n"
        verb = line[:4].upper()
        if verb == b"EHLO":
            offer = b"250-STARTTLS\r\n" if self.kind == "clear" else b""
            return b"250-mx.receiver.example\r\n" + offer + b"250 8BITMIME\r\n"
        if verb == b"DATA":
            self.mail = []
            return b"354 Go on\r\n"
        if verb in (b"MAIL", b"RCPT", b"RSET"):
            return b"250 2.0.0 OK\r\n"
        return b"221 2.0.0 Bye\r\n" if verb == b"QUIT" else b"502 5.5.1 Not here\r\n"


def pump(source, sink):
    try:
        while octets := source.recv(65536):
            sink.sendall(octets)
    except OSError:
        pass
    for end in (source, sink):
        try:
            end.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass


def inside(server, folder):
    """Answers what comes out of s_server, one connection after the other."""
    session = Session(folder, "tls")
    while line := server.stdout.readline():
        line = line.rstrip(b"\r\n")
        if line[:4].upper() == b"EHLO":
            session = Session(folder, "tls")
        server.stdin.write(session.answer(line))
        server.stdin.flush()


def converse(client, folder, path):
    session, lines = Session(folder, "clear"), client.makefile("rb", buffering=0)
    client.sendall(b"220 mx.receiver.example ESMTP\r\n")
    while line := lines.readline():
        line = line.rstrip(b"\r\n")
        if line.upper() != b"STARTTLS":
            client.sendall(session.answer(line))
            if line.upper() == b"QUIT":
                return client.close()
            continue
        client.sendall(b"220 2.0.0 Go ahead\r\n")
        server = socket.socket(socket.AF_UNIX)
        server.connect(path)
        threading.Thread(target=pump, args=(client, server), daemon=True).start()
        return pump(server, client)


def main():
    # OpenSSL takes the path of a Unix socket only when it is short.
    os.chdir(sys.argv[1])
    folder, path, options = ".", "s_server", sys.argv[2:]
    server = subprocess.Popen(
        ["openssl", "s_server", "-quiet", "-unix", path] + options, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    # So that s_server ends with this program.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    threading.Thread(target=inside, args=(server, folder), daemon=True).start()
    listening = socket.create_server(("127.0.0.1", 0))
    while not os.path.exists(path):
        if server.poll() is not None:
            sys.exit("s_server does not start")
        threading.Event().wait(0.02)
    print(listening.getsockname()[1], flush=True)
    try:
        while True:
            client, _ = listening.accept()
            converse(client, folder, path)
    finally:
        server.kill()


main()
