#!/usr/bin/env python3
"""Sends the session of a script to a mail server, in the clear, and writes down every octet of both directions as a recording.

    wire_tap.py RECORDING PORT SCRIPT

Each line of SCRIPT goes with CRLF once the answer to the one before is complete; mail data goes after the 354, up to its dot."""
import json
import socket
import sys
import time


def main():
    path, port, script = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    began = time.monotonic()
    with open(path, "w", encoding="utf-8") as file:

        def note(kind, payload):
            at = round(time.monotonic() - began, 6)
            file.write(json.dumps([at, "relay", kind, payload], ensure_ascii=False, separators=(",", ":")) + "\n")

        header = {"ehlo": 1, "began": "", "title": "the same session, octet for octet", "source": "Tests/Lab/Transcripts/wire_tap.py"}
        file.write(json.dumps(header, separators=(",", ":")) + "\n")
        note("connect", "mx.receiver.example:25")
        server = socket.create_connection(("127.0.0.1", port))
        server.settimeout(20)
        note("connected", "mx.receiver.example:25")
        stream = server.makefile("rb")

        def reply():
            code = None
            while True:
                line = stream.readline()
                if not line:
                    return code
                note("server", line.decode())
                code = line[:3].decode()
                if line[3:4] != b"-":
                    return code

        reply()
        lines = [line.rstrip("\n") for line in open(script, encoding="utf-8")]
        while lines:
            line = lines.pop(0)
            note("client", line + "\r\n")
            server.sendall((line + "\r\n").encode())
            if reply() == "354":
                content = []
                while True:
                    content.append(lines.pop(0))
                    if content[-1] == ".":
                        break
                data = "".join(line + "\r\n" for line in content)
                note("client", data)
                server.sendall(data.encode())
                reply()
        note("close", "client")
        server.close()


main()
