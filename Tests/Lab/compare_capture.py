#!/usr/bin/env python3
"""Reads what tcpdump wrote and gives, for each TCP connection, who sent which octets when.

    compare_capture.py CAPTURE [--port N] [--udp]

prints one JSON object a connection, in order of time:

    {"client": "127.0.0.1:40000", "server": "127.0.0.1:25", "began": 1700000000.1, "complete": true,
     "segments": [[0.0012, "server", "220 mx.receiver.example ESMTP\\r\\n"], ...]}

Times of segments are seconds since the connection began. Octets are a string when UTF-8, else {"base64": ...}.
As a library: `connections(path)` and `datagrams(path)`.

What it knows: classic pcap (microseconds or nanoseconds, either byte order) of Ethernet, Linux "cooked" (both versions)
and raw IP; IPv4 with TCP or UDP. It does not know pcapng, IPv6 and fragments, and counts what it left out. Nothing
here is shared with the program under test: that is the point of comparing.
"""

import argparse
import base64
import json
import struct
import sys
from collections import namedtuple

MAGICS = {
    b"\xd4\xc3\xb2\xa1": ("<", 1e-6),
    b"\xa1\xb2\xc3\xd4": (">", 1e-6),
    b"\x4d\x3c\xb2\xa1": ("<", 1e-9),
    b"\xa1\xb2\x3c\x4d": (">", 1e-9),
}
ETHERNET, RAW_IP, LINUX_SLL, LINUX_SLL2 = 1, 101, 113, 276
IPV4 = 0x0800
TCP, UDP = 6, 17
FIN, SYN, RST, ACK = 1, 2, 4, 16
SEQUENCE_SPACE = 1 << 32

Segment = namedtuple("Segment", "time side octets")
Datagram = namedtuple("Datagram", "time source target octets")
Packet = namedtuple("Packet", "time protocol source target header payload")


class CaptureError(Exception):
    """The file is no capture this reader knows, or lacks octets."""


def records(path):
    """Yields (time, link type, octets) of each packet of a file."""
    with open(path, "rb") as file:
        head = file.read(24)
        if len(head) < 24 or head[:4] not in MAGICS:
            raise CaptureError(f"{path}: not a classic pcap file")
        order, fraction = MAGICS[head[:4]]
        link_type = struct.unpack(order + "I", head[20:24])[0] & 0x0FFFFFFF
        while len(head := file.read(16)) == 16:
            seconds, part, kept, length = struct.unpack(order + "IIII", head)
            octets = file.read(kept)
            if len(octets) < kept:
                return  # tcpdump was ended while it wrote: the last packet is torn
            if kept < length:
                raise CaptureError(f"{path}: packets were cut at {kept} octets; capture with -s 0")
            yield seconds + part * fraction, link_type, octets


def network_layer(link_type, octets):
    """The IPv4 packet in a link layer frame, or None."""
    if link_type == ETHERNET:
        kind, start = octets[12:14], 14
    elif link_type == LINUX_SLL:
        kind, start = octets[14:16], 16
    elif link_type == LINUX_SLL2:
        kind, start = octets[0:2], 20
    elif link_type == RAW_IP:
        return octets if octets[:1] and octets[0] >> 4 == 4 else None
    else:
        raise CaptureError(f"link type {link_type} is not known here")
    return octets[start:] if kind == IPV4.to_bytes(2, "big") else None


def packets(path, left_out=None):
    """Yields the TCP and UDP packets over IPv4; counts the others in left_out, a dictionary."""
    left_out = {} if left_out is None else left_out

    def leave_out(why):
        left_out[why] = left_out.get(why, 0) + 1

    for time, link_type, frame in records(path):
        ip = network_layer(link_type, frame)
        if ip is None or len(ip) < 20:
            leave_out("not IPv4")
            continue
        header_length = (ip[0] & 15) * 4
        total = int.from_bytes(ip[2:4], "big") or len(ip)  # zero: larger than the field can say
        if int.from_bytes(ip[6:8], "big") & 0x3FFF:
            leave_out("fragment")
            continue
        body = ip[header_length:total]  # short frames are padded: what lies beyond is not the packet's
        hosts = [".".join(str(octet) for octet in ip[start : start + 4]) for start in (12, 16)]
        length = {TCP: (body[12] >> 4) * 4 if len(body) >= 20 else 0, UDP: 8}.get(ip[9])
        if not length or len(body) < length:
            leave_out("neither TCP nor UDP")
            continue
        source, target = ((host, int.from_bytes(body[at : at + 2], "big")) for host, at in zip(hosts, (0, 2)))
        yield Packet(time, ip[9], source, target, body[:length], body[length:])


class Stream:
    """One direction of a connection: puts segments in order by sequence number, once each."""

    def __init__(self):
        self.next = None
        self.waiting = {}
        self.ended_at = None

    def starts_at(self, number):
        self.next = number % SEQUENCE_SPACE

    def add(self, number, octets):
        """Takes a segment; gives the octets that are now in order."""
        if self.next is None:
            self.starts_at(number)
        if len(octets) > len(self.waiting.get(number, b"")):
            self.waiting[number] = octets
        ready = b""
        while (found := self.take()) is not None:
            ready += found
        return ready

    def take(self):
        for number, octets in self.waiting.items():
            ahead = (number - self.next + SEQUENCE_SPACE // 2) % SEQUENCE_SPACE - SEQUENCE_SPACE // 2
            if ahead <= 0:
                del self.waiting[number]
                fresh = octets[-ahead:]  # sent again, wholly or in part
                self.next = (self.next + len(fresh)) % SEQUENCE_SPACE
                return fresh
        return None


class Connection:
    """A TCP connection: its ends as (host, port), and its segments in the order in which they became readable."""

    def __init__(self, client, server, began):
        self.client = client
        self.server = server
        self.began = began
        self.segments = []
        self.streams = {"client": Stream(), "server": Stream()}
        self.opening = None
        self.whole_from_start = False
        self.over = set()

    def take(self, packet):
        side = "client" if packet.source == self.client else "server"
        number = int.from_bytes(packet.header[4:8], "big")
        flags = packet.header[13]
        stream = self.streams[side]
        if flags & SYN:
            number += 1
            stream.starts_at(number)
        if packet.payload:
            octets = stream.add(number, packet.payload)
            if octets:
                self.segments.append(Segment(packet.time, side, octets))
        if flags & FIN:
            stream.ended_at = (number + len(packet.payload)) % SEQUENCE_SPACE
        if flags & (FIN | RST):
            self.over.update(("client", "server") if flags & RST else (side,))

    @property
    def complete(self):
        """True when the opening was seen and no octet is missing."""
        return self.whole_from_start and all(
            not stream.waiting and stream.ended_at in (None, stream.next) for stream in self.streams.values()
        )

    def octets(self, side):
        """All octets one side sent."""
        return b"".join(segment.octets for segment in self.segments if segment.side == side)


def connections(path, left_out=None):
    """The TCP connections of a capture, in the order in which they began."""
    found = []
    current = {}
    for packet in packets(path, left_out):
        if packet.protocol != TCP:
            continue
        key = frozenset((packet.source, packet.target))
        flags = packet.header[13]
        number = int.from_bytes(packet.header[4:8], "big")
        opens = flags & SYN and not flags & ACK
        connection = current.get(key)
        # The same pair of ports may serve again; a SYN that was only sent again has the same number.
        if connection is None or (opens and connection.opening != number):
            client, server = packet.source, packet.target
            # Without the opening (the capture began late) the lower port is taken for the server's.
            if not opens and ((flags & SYN) or client[1] < server[1]):
                client, server = server, client
            connection = Connection(client, server, packet.time)
            connection.opening = number if opens else None
            connection.whole_from_start = bool(opens)
            current[key] = connection
            found.append(connection)
        connection.take(packet)
    return found


def datagrams(path, left_out=None):
    """The UDP datagrams of a capture, in order."""
    return [Datagram(p.time, p.source, p.target, p.payload) for p in packets(path, left_out) if p.protocol == UDP]


def as_json(octets):
    """Octets as recordings write them: a string when they are UTF-8, else {"base64": ...}."""
    try:
        return octets.decode("utf-8")
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(octets).decode("ascii")}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("capture")
    parser.add_argument("--port", type=int, help="only connections to this server port")
    parser.add_argument("--udp", action="store_true", help="UDP datagrams instead of TCP connections")
    arguments = parser.parse_args()
    left_out = {}
    try:
        if arguments.udp:
            for datagram in datagrams(arguments.capture, left_out):
                if arguments.port in (None, datagram.source[1], datagram.target[1]):
                    ends = ["%s:%d" % end for end in (datagram.source, datagram.target)]
                    print(json.dumps([round(datagram.time, 6), *ends, as_json(datagram.octets)], ensure_ascii=False))
        else:
            for connection in connections(arguments.capture, left_out):
                if arguments.port in (None, connection.server[1]):
                    print(json.dumps(description(connection), ensure_ascii=False))
    except (CaptureError, OSError) as error:
        sys.exit(f"compare_capture: {error}")
    for why, count in left_out.items():
        print(f"compare_capture: left out {count} packets ({why})", file=sys.stderr)


def description(connection):
    """A connection as a JSON object."""
    return {
        "client": "%s:%d" % connection.client,
        "server": "%s:%d" % connection.server,
        "began": round(connection.began, 6),
        "complete": connection.complete,
        "segments": [[round(s.time - connection.began, 6), s.side, as_json(s.octets)] for s in connection.segments],
    }


if __name__ == "__main__":
    main()
