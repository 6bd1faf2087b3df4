#!/usr/bin/env python3
"""Says whether a recording holds exactly the octets that were on the wire.

    wire_is_honest.py RECORDING CAPTURE [--port N]... [--any-order] [--nothing-else]

RECORDING is an `.ehlo` file or a JSON export, CAPTURE a pcap file of the same session. For each connection of the
recording both streams must equal a captured connection's, octet for octet, and the two sides must have taken turns in
the same order. Exit code 0 when all is honest, 1 when not (with the first difference), 2 when a file cannot be read.

--port          look only at captured connections to this server port
--any-order     streams only: under PIPELINING a recorder may rightly see a reply after it has sent the next command
--nothing-else  a captured connection with octets that is in no recording is a lie, too

Once TLS is up the wire is encrypted. When the recording holds the records, they are compared like everything else; when it
holds only what was inside them, from there on only that the wire *is* encrypted is checked.
"""

import argparse
import sys
from itertools import groupby

from compare_capture import CaptureError, connections
from json_octets import FormatError, conversations

TLS_RECORDS = (0x14, 0x15, 0x16, 0x17)


def turns(pieces):
    """Joins neighbours of the same side: a list of (side, octets)."""
    groups = groupby(pieces, key=lambda piece: piece.side)
    return [(side, b"".join(piece.octets for piece in group)) for side, group in groups]


def stream(pieces, side):
    return b"".join(piece.octets for piece in pieces if piece.side == side)


def hidden_ranges(pieces, side):
    """The secret ranges of one side's stream, counted from its start."""
    found = []
    start = 0
    for piece in pieces:
        if piece.side == side:
            found += [(start + first, start + last) for first, last in piece.hidden]
            start += len(piece.octets)
    return found


def blanked(octets, ranges):
    """The octets with those of the ranges made alike, so that two streams compare but for them."""
    blank = bytearray(octets)
    for first, last in ranges:
        last = min(last, len(blank))
        blank[first:last] = b"*" * max(0, last - first)
    return bytes(blank)


def shown(octets):
    """Octets made visible for a message, as they would stand in a string."""
    return "".join(chr(o) if 32 <= o < 127 and o != 92 else f"\\x{o:02X}" for o in octets).replace("\\x0D\\x0A", "␍␊")


def first_difference(left, right):
    """Where two strings of octets first differ, or None."""
    if left == right:
        return None
    shorter = min(len(left), len(right))
    return next((at for at in range(shorter) if left[at] != right[at]), shorter)


def difference(what, recorded, captured):
    """The lines that show where two strings of octets part, or no line."""
    at = first_difference(recorded, captured)
    if at is None:
        return []
    start = recorded.rfind(b"\n", 0, at) + 1
    start = max(start, at - 60)

    def part(octets):
        rest = shown(octets[at : at + 40]) or "(nothing more)"
        return f"{shown(octets[start:at])}▶{rest}"

    return [
        f"{what}: differ at octet {at} (recorded {len(recorded)}, on the wire {len(captured)})",
        f"  recorded    {part(recorded)}",
        f"  on the wire {part(captured)}",
    ]


def compare(conversation, connection, any_order=False):
    """What is dishonest about a recorded conversation, given the connection it tells of: lines, or none."""
    problems = []
    pieces, segments = conversation.pieces, connection.segments
    if not connection.complete:
        problems.append("the capture lacks octets of this connection (begun late, or packets lost)")
    for side in ("client", "server"):
        recorded, captured = stream(pieces, side), stream(segments, side)
        ranges = hidden_ranges(pieces, side)
        if conversation.encrypted:
            captured, rest = captured[: len(recorded)], captured[len(recorded) :]
            if rest and rest[0] not in TLS_RECORDS:
                problems += [
                    f"{side}: recorded as encrypted after octet {len(recorded)}, but the wire says {shown(rest[:60])}"
                ]
        problems += difference(side, blanked(recorded, ranges), blanked(captured, ranges))
    if problems or any_order:
        return problems
    return order_difference(conversation, segments)


def order_difference(conversation, segments):
    """The first turn in which the two accounts part, given that the streams are equal: sides and lengths tell."""
    recorded = [(side, len(octets)) for side, octets in turns(conversation.pieces)]
    captured = [(side, len(octets)) for side, octets in turns(segments)]
    if conversation.encrypted:
        captured = clear_part(conversation, captured)
    if recorded == captured:
        return []
    at = next(
        (at for at, pair in enumerate(zip(recorded, captured)) if pair[0] != pair[1]),
        min(len(recorded), len(captured)),
    )

    def turn(found, all_turns):
        if at >= len(found):
            return "(no more turns)"
        side, octets = all_turns[at]
        return f"{side}, {found[at][1]} octets: {shown(octets[:80])}"

    return [
        f"the same octets, but turn {at + 1} is another",
        f"  recorded    {turn(recorded, turns(conversation.pieces))}",
        f"  on the wire {turn(captured, turns(segments))}",
    ]


def clear_part(conversation, captured):
    """The turns of the wire as far as the recorded octets reach; the handshake that follows is in no turn."""
    left = {side: len(stream(conversation.pieces, side)) for side in ("client", "server")}
    found = []
    for side, length in captured:
        length = min(length, left[side])
        left[side] -= length
        if length:
            found.append((side, length))
    return found


def likeness(conversation, connection):
    """How many octets at the start of both streams agree: finds the connection a wrong recording tells of."""
    total = 0
    for side in ("client", "server"):
        recorded, captured = stream(conversation.pieces, side), stream(connection.segments, side)
        ranges = hidden_ranges(conversation.pieces, side)
        at = first_difference(blanked(recorded, ranges), blanked(captured, ranges))
        total += len(recorded) if at is None else at
    return total


def judge(recorded, captured, any_order=False, nothing_else=False):
    """Compares all conversations with all connections; gives (honest, lines of report)."""
    honest, report = True, []
    free = [connection for connection in captured if connection.segments]
    told = []
    # Those without a fault choose first, so that one faulty conversation cannot take another's connection.
    for conversation in recorded:
        match = next((c for c in free if not compare(conversation, c, any_order)), None)
        if match:
            free.remove(match)
        told.append(match)
    for conversation, match in zip(recorded, told):
        sizes = ", ".join(f"{side} {len(stream(conversation.pieces, side))}" for side in ("client", "server"))
        if match:
            end = ", then TLS" if conversation.encrypted else ""
            report.append(f"honest: {conversation.name()} is {name(match)} ({sizes} octets{end})")
            continue
        honest = False
        if not free:
            report.append(f"NOT HONEST: {conversation.name()} ({sizes} octets): no connection for it in the capture")
            continue
        nearest = max(free, key=lambda connection: likeness(conversation, connection))
        free.remove(nearest)
        report.append(f"NOT HONEST: {conversation.name()} against {name(nearest)}")
        report += ["  " + line for line in compare(conversation, nearest, any_order)]
    for connection in free:
        report.append(f"{'NOT HONEST: ' if nothing_else else ''}not recorded: {name(connection)}")
        honest = honest and not nothing_else
    if not recorded:
        return False, ["NOT HONEST: the recording holds no octets"] + report
    return honest, report


def name(connection):
    return "%s:%d ➔ %s:%d" % (*connection.client, *connection.server)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("recording")
    parser.add_argument("capture")
    parser.add_argument("--port", type=int, action="append")
    parser.add_argument("--any-order", action="store_true")
    parser.add_argument("--nothing-else", action="store_true")
    arguments = parser.parse_args()
    try:
        recorded = conversations(arguments.recording)
        captured = [c for c in connections(arguments.capture) if not arguments.port or c.server[1] in arguments.port]
    except (CaptureError, FormatError, OSError) as error:
        print(f"wire_is_honest: {error}", file=sys.stderr)
        sys.exit(2)
    honest, report = judge(recorded, captured, arguments.any_order, arguments.nothing_else)
    print("\n".join(report))
    sys.exit(0 if honest else 1)


if __name__ == "__main__":
    main()
