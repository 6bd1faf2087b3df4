"""A name server on 127.0.0.1 for which every domain has the same mail exchangers, most preferred first.

    names.py [--silent] [--port PORT] [ADDRESS...]

The exchangers are mx1.receiver.example, mx2.receiver.example and so on, with one IPv4 address each. With --silent it hears
and does not answer. Prints the port it listens at. It ends with its standard input, or when it is killed.
"""

import argparse
import socket
import struct
import sys
import threading

A, MX = 1, 15


def record(kind, data):
    """A record of the name that was asked for (RFC 1035 §4.1.3, §4.1.4)."""
    return b"\xc0\x0c" + struct.pack("!HHIH", kind, 1, 300, len(data)) + data


def answer(query, addresses):
    """What goes back, or nothing when that is no query with one question."""
    number, flags, count = struct.unpack("!HHH", query[:6])
    if flags & 0x8000 or count != 1:
        return b""
    labels, at = [], 12
    while query[at]:
        labels.append(query[at + 1 : at + 1 + query[at]].decode().lower())
        at += 1 + query[at]
    question = query[12 : at + 5]
    (kind,) = struct.unpack("!H", question[-4:-2])
    records = []
    exchanger = labels[0][2:] if labels[1:] == ["receiver", "example"] and labels[0].startswith("mx") else ""
    if kind == MX and not exchanger:
        for index in range(1, len(addresses) + 1):
            host = f"mx{index}".encode()
            name = bytes([len(host)]) + host + b"\x08receiver\x07example\x00"
            records.append(record(MX, struct.pack("!H", 10 * index) + name))
    elif kind == A and exchanger.isdigit() and 1 <= int(exchanger) <= len(addresses):
        records.append(record(A, socket.inet_aton(addresses[int(exchanger) - 1])))
    # An answer, authoritative, recursion desired as it was asked.
    head = struct.pack("!HHHHHH", number, 0x8400 | flags & 0x0100, 1, len(records), 0, 0)
    return head + question + b"".join(records)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("addresses", nargs="*", metavar="ADDRESS")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--silent", action="store_true")
    arguments = parser.parse_args()
    listening = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    listening.bind(("127.0.0.1", arguments.port))
    print(listening.getsockname()[1], flush=True)

    def serve():
        while True:
            query, client = listening.recvfrom(4096)
            said = b"" if arguments.silent else answer(query, arguments.addresses)
            if said:
                listening.sendto(said, client)

    threading.Thread(target=serve, daemon=True).start()
    sys.stdin.read()


if __name__ == "__main__":
    main()
