#!/usr/bin/env python3
"""A mail server that writes down every octet of one session as a recording, for fixtures that other programs' logs are compared with.

    peer.py RECORDING [--cert CERT --key KEY] [--wrapped] [--chunking] [--no-auth] [--port-file FILE]

Takes one connection on a port of its own choice, prints the port, and ends with the session. It knows nothing of ehlo."""
import argparse
import json
import re
import socket
import ssl
import sys
import time


class Session:
    def __init__(self, connection, path, options):
        self.connection, self.options = connection, options
        self.began = time.monotonic()
        self.file = open(path, "w", encoding="utf-8")
        header = {"ehlo": 1, "began": "", "title": "the same session, octet for octet", "source": "Tests/Lab/Transcripts/peer.py"}
        self.file.write(json.dumps(header, separators=(",", ":")) + "\n")
        self.buffer = b""
        self.secure = False
        self.answers_challenge = False

    def note(self, kind, payload):
        at = round(time.monotonic() - self.began, 6)
        self.file.write(json.dumps([at, "relay", kind, payload], ensure_ascii=False, separators=(",", ":")) + "\n")
        self.file.flush()

    def octets(self, kind, data, secret=None):
        text = data.decode("utf-8")
        if secret:
            text = text.replace(secret, "********")
        self.note(kind, text)

    def say(self, *lines):
        data = "".join(line + "\r\n" for line in lines).encode()
        self.octets("server", data)
        self.connection.sendall(data)

    def line(self):
        while b"\n" not in self.buffer:
            piece = self.connection.recv(65536)
            if not piece:
                return None
            self.buffer += piece
        line, self.buffer = self.buffer.split(b"\n", 1)
        return line + b"\n"

    def command(self):
        line = self.line()
        if line is None:
            return None
        words = line.decode("utf-8", "replace").split()
        secret = words[2] if len(words) > 2 and words[0].upper() == "AUTH" else None
        if self.answers_challenge:
            secret = words[0] if words else None
        self.octets("client", line, secret)
        return line.decode("utf-8", "replace").rstrip("\r\n")

    def run(self):
        self.note("connect", "mx.receiver.example:25")
        self.note("connected", "mx.receiver.example:25")
        if self.options.wrapped:
            self.start_tls()
        self.say("220 mx.receiver.example ESMTP ready")
        while True:
            command = self.command()
            if command is None:
                self.note("close", "client")
                return
            verb = command.split(" ")[0].upper()
            handler = getattr(self, "do_" + verb.lower(), None)
            if handler is None:
                self.say("500 5.5.2 Command unrecognized")
            elif handler(command) == "end":
                return

    def do_ehlo(self, command):
        name = command.split()[1] if " " in command else "nobody"
        lines = ["mx.receiver.example greets " + name, "SIZE 10485760", "8BITMIME", "PIPELINING"]
        if self.options.cert and not self.secure:
            lines.append("STARTTLS")
        if not self.options.no_auth:
            lines.append("AUTH PLAIN LOGIN")
        if self.options.chunking:
            lines.append("CHUNKING")
        lines += ["ENHANCEDSTATUSCODES", "HELP"]
        self.say(*["250" + ("-" if index < len(lines) - 1 else " ") + line for index, line in enumerate(lines)])

    def do_helo(self, command):
        self.say("250 mx.receiver.example")

    def do_starttls(self, command):
        self.say("220 2.0.0 Ready to start TLS")
        self.start_tls()

    def start_tls(self):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.options.cert, self.options.key)
        self.connection = context.wrap_socket(self.connection, server_side=True)
        self.secure = True
        self.buffer = b""
        self.note("tls", "%s %s" % (self.connection.version(), self.connection.cipher()[0]))

    def challenge(self, text):
        self.say("334 " + text)
        self.answers_challenge = True
        answer = self.command()
        self.answers_challenge = False
        return answer

    def do_auth(self, command):
        words = command.split()
        if words[1].upper() == "LOGIN":
            if len(words) < 3:
                self.challenge("VXNlcm5hbWU6")
            self.challenge("UGFzc3dvcmQ6")
        elif len(words) < 3:
            self.challenge("")
        self.say("235 2.7.0 Authentication successful")

    def do_mail(self, command):
        self.say("250 2.1.0 Sender OK")

    def do_rcpt(self, command):
        self.say("550 5.1.1 No such user" if "nosuch" in command else "250 2.1.5 Recipient OK")

    def do_rset(self, command):
        self.say("250 2.0.0 Reset")

    def do_noop(self, command):
        self.say("250 2.0.0 Nothing done")

    def do_data(self, command):
        self.say("354 End data with <CR><LF>.<CR><LF>")
        content = b""
        while True:
            line = self.line()
            if line is None:
                self.note("close", "client")
                return "end"
            content += line
            if line == b".\r\n":
                break
        self.octets("client", content)
        self.say("250 2.0.0 OK: queued as 1A2B3C")

    def do_bdat(self, command):
        size = int(command.split()[1])
        while len(self.buffer) < size:
            self.buffer += self.connection.recv(65536)
        data, self.buffer = self.buffer[:size], self.buffer[size:]
        self.octets("client", data)
        self.say("250 2.0.0 %d octets received" % size)

    def do_quit(self, command):
        self.say("221 2.0.0 Bye")
        self.note("close", "server" if self.options.closes_first else "client")
        self.connection.settimeout(2)
        try:
            if not self.options.closes_first:
                self.connection.recv(100)
        except OSError:
            pass
        self.connection.close()
        return "end"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("recording")
    parser.add_argument("--cert")
    parser.add_argument("--key")
    parser.add_argument("--wrapped", action="store_true")
    parser.add_argument("--chunking", action="store_true")
    parser.add_argument("--no-auth", action="store_true")
    parser.add_argument("--closes-first", action="store_true")
    parser.add_argument("--port-file")
    options = parser.parse_args()
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    if options.port_file:
        with open(options.port_file, "w") as file:
            file.write(str(port))
    print(port, flush=True)
    listener.settimeout(200)
    connection, _ = listener.accept()
    connection.settimeout(30)
    try:
        Session(connection, options.recording, options).run()
    except (OSError, ssl.SSLError) as error:
        print("peer:", error, file=sys.stderr)


main()
