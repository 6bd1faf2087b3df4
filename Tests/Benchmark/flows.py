#!/usr/bin/env python3
"""Prints how fast ehlo opens captures with very many TCP connections; asserts nothing.

    flows.py [PROGRAM] [--counts N,N…] [--kind KIND] [--keep DIR]

PROGRAM is .build/release/ehlo when it is not given. Needs nothing but Python: the captures are written here, octet by octet.
The kinds are what fills the table of connections in different ways: `mail` (SMTP sessions), `greeting` (a 220 and no more, so
that it may still be mail), `call` (a SYN and no more, as a scan leaves it), `other` (HTTP), and `mixed`, all in turn.
Each line is one run: seconds of the clock, the most memory, and what the program says of connections it does not show.
"""

import argparse
import os
import pathlib
import struct
import subprocess
import tempfile
import time

SYN, ACK, PSH, FIN = 2, 16, 8, 1
SERVER = bytes([192, 0, 2, 25])


def packet(stamp, client, port, backward, sequence, acknowledgement, flags, content=b""):
    """A packet of raw IPv4 in the notation of a pcap file; checksums are left at nought, as offloading leaves them."""
    source, destination = (SERVER, client) if backward else (client, SERVER)
    ports = (25, port) if backward else (port, 25)
    tcp = struct.pack(">HHIIBBHHH", *ports, sequence, acknowledgement, 0x50, flags, 65535, 0, 0) + content
    ip = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(tcp), 0, 0, 64, 6, 0, source, destination) + tcp
    return struct.pack("<IIII", 1_764_000_000 + stamp // 1_000_000, stamp % 1_000_000, len(ip), len(ip)) + ip


SCRIPTS = {
    "mail": [
        (True, b"220 mx.receiver.example ESMTP\r\n"), (False, b"EHLO sender.example\r\n"),
        (True, b"250 mx.receiver.example\r\n"), (False, b"MAIL FROM:<ada@sender.example>\r\n"), (True, b"250 OK\r\n"),
        (False, b"RCPT TO:<bob@receiver.example>\r\n"), (True, b"550 5.1.1 no such user\r\n"), (False, b"QUIT\r\n"),
        (True, b"221 bye\r\n"),
    ],
    "greeting": [(True, b"220 mx.receiver.example\r\n")],
    "call": None,
    "other": [(False, b"GET / HTTP/1.1\r\n\r\n"), (True, b"HTTP/1.1 400 Bad Request\r\n\r\n")],
}


def connection(number, kind, is_closed=False):
    """All packets of one connection; the client closes its side only where `is_closed`."""
    client = struct.pack(">I", 0x0A000000 + number // 50_000)
    port = 1100 + number % 50_000
    if kind == "mixed":
        kind = list(SCRIPTS)[number % len(SCRIPTS)]
    stamp = number * 20
    ours, theirs = 1000, 9000
    yield packet(stamp, client, port, False, ours, 0, SYN)
    if SCRIPTS[kind] is None:
        return
    yield packet(stamp, client, port, True, theirs, ours + 1, SYN | ACK)
    ours, theirs = ours + 1, theirs + 1
    for backward, content in SCRIPTS[kind]:
        sequences = (theirs, ours) if backward else (ours, theirs)
        yield packet(stamp, client, port, backward, *sequences, PSH | ACK, content)
        ours, theirs = ours + (0 if backward else len(content)), theirs + (len(content) if backward else 0)
    yield packet(stamp, client, port, True, theirs, ours, FIN | ACK)
    if is_closed:
        yield packet(stamp, client, port, False, ours, theirs + 1, FIN | ACK)


def write(path, count, kind):
    with open(path, "wb") as file:
        file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 101))
        for number in range(count):
            file.write(b"".join(connection(number, kind)))


def measure(program, path):
    with tempfile.TemporaryFile() as errors:
        began = time.monotonic()
        child = subprocess.Popen(
            [program, "replay", str(path), "--list"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=errors)
        shown = sum(chunk.count(b"\n") for chunk in iter(lambda: child.stdout.read(1 << 20), b""))
        _, _, used = os.wait4(child.pid, 0)
        child.returncode = 0
        taken = time.monotonic() - began
        errors.seek(0)
        said = [line for line in errors.read().decode().splitlines() if "connection" in line]
    return taken, used.ru_maxrss / 1024, shown, said


def main():
    top = pathlib.Path(__file__).resolve().parent.parent.parent
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program", nargs="?", default=str(top / ".build/release/ehlo"))
    parser.add_argument("--counts", default="160000,300000,1000000")
    parser.add_argument("--kind", action="append", choices=[*SCRIPTS, "mixed"])
    parser.add_argument("--keep", help="a folder for the captures; they are made when they are not in it")
    options = parser.parse_args()
    program = str(pathlib.Path(options.program).resolve())
    if not os.access(program, os.X_OK):
        raise SystemExit(f"flows: {program} is not there; swift build -c release")
    with tempfile.TemporaryDirectory() as scratch:
        for kind in options.kind or [*SCRIPTS, "mixed"]:
            for count in map(int, options.counts.split(",")):
                path = pathlib.Path(options.keep or scratch) / f"{kind}-{count}.pcap"
                if not path.exists():
                    write(path, count, kind)
                taken, memory, shown, said = measure(program, path)
                print(f"{kind:9} {count:9,} connections, {path.stat().st_size >> 20:4} MiB: {taken:7.2f} s"
                      f" {memory:6.0f} MiB, {shown:,} lines; {'; '.join(said)}", flush=True)
                if not options.keep:
                    path.unlink()


if __name__ == "__main__":
    main()
