#!/usr/bin/env python3
"""Prints how fast ehlo opens captures with very many TCP connections; asserts nothing.

    flows.py [PROGRAM] [--counts N,N…] [--kind KIND] [--keep DIR]

PROGRAM is .build/release/ehlo when it is not given. Needs nothing but Python: the captures are written here, octet by octet.
The kinds are what fills the table of connections in different ways: `mail` (SMTP sessions), `greeting` (a 220 and no more, so
that it may still be mail), `call` (a SYN and no more, as a scan leaves it), `other` (HTTP), and `mixed`, all in turn.
Each line is one run: seconds of the clock, the most memory, and what the program says of connections it does not show.
"""

import struct

import listing

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


def main():
    for kind, count, size, (taken, memory, shown, said) in listing.each(
            __doc__, [*SCRIPTS, "mixed"], "160000,300000,1000000", "pcap", write):
        told = "; ".join(line for line in said if "connection" in line)
        print(f"{kind:9} {count:9,} connections, {size:4} MiB: {taken:7.2f} s {memory:6.0f} MiB, {shown:,} lines; {told}",
              flush=True)


if __name__ == "__main__":
    main()
