#!/usr/bin/env python3
"""Turns a recording (`.ehlo`) or a JSON export (`ehlo export FILE --format json`) into who sent which octets when.

    json_octets.py FILE|-

prints one JSON array an event: [conversation, leg, seconds, "client" or "server", octets]. As a library:
`conversations(path)`. A conversation is one connection: a leg of a session, from one `connect` to the next.
"""

import base64
import json
import re
import sys
from collections import namedtuple

from compare_capture import as_json

# `hidden` are ranges of octets that the recording keeps secret; what stands there cannot be compared.
Piece = namedtuple("Piece", "time side octets hidden")


class Conversation:
    """What one connection said, as far as it was in clear text; `encrypted` when TLS came up."""

    def __init__(self, session, leg):
        self.session = session
        self.leg = leg
        self.pieces = []
        self.encrypted = False
        # Whether the records of TLS themselves were recorded; then what was inside them was not on the wire as it stands.
        self.records = False

    def name(self):
        return f"{self.leg} (session {self.session})" if self.session else self.leg


class FormatError(Exception):
    """The file is neither a recording nor a JSON export."""


def lines(path):
    """The JSON values of a file, with their line numbers; a torn last line is dropped."""
    with sys.stdin.buffer if path == "-" else open(path, "rb") as file:
        texts = file.read().split(b"\n")
    for number, text in enumerate(texts, 1):
        if not text.strip():
            continue
        try:
            yield number, json.loads(text)
        except ValueError:
            if number == len(texts):
                return
            raise FormatError(f"{path}: line {number} is not JSON") from None


def conversations(path):
    """The conversations of a recording or an export, in order, those in which nobody said anything left out."""
    values = list(lines(path))
    if not values:
        raise FormatError(f"{path}: empty")
    first = values[0][1]
    if isinstance(first, dict) and "ehlo" in first:
        found = from_recording(path, values[1:])
    elif isinstance(first, dict) and ("from" in first or first.get("kind") == "session"):
        found = from_export(path, values)
    else:
        raise FormatError(f"{path}: neither a recording nor a JSON export")
    return [conversation for conversation in found if conversation.pieces]


def from_recording(path, values):
    found = []
    current = {}
    session = 0
    for number, value in values:
        if isinstance(value, dict) and "ehlo" in value:  # recordings that were put one after another
            session += 1
            current = {}
            continue
        if not isinstance(value, list) or len(value) < 4:
            raise FormatError(f"{path}: line {number} is no [seconds, leg, kind, payload]")
        time, leg, kind, payload = value[:4]
        if leg not in current or kind == "connect":
            current[leg] = Conversation(session, leg)
            found.append(current[leg])
        conversation = current[leg]
        if kind in ("client-tls", "server-tls"):
            conversation.records = True
            octets, hidden = octets_of(path, number, payload)
            conversation.pieces.append(Piece(time, kind.removesuffix("-tls"), octets, hidden))
        elif conversation.records:
            continue
        elif kind == "tls":
            conversation.encrypted = True
        elif kind in ("client", "server") and not conversation.encrypted:
            octets, hidden = octets_of(path, number, payload)
            conversation.pieces.append(Piece(time, kind, octets, hidden))
    return found


def octets_of(path, number, payload):
    """The octets of a payload and the ranges that are kept secret in it."""
    if isinstance(payload, str):
        return payload.encode("utf-8", "surrogatepass"), []
    if isinstance(payload, dict):
        hidden = [tuple(part) for part in payload.get("secrets", [])]
        if "base64" in payload:
            return base64.b64decode(payload["base64"], validate=True), hidden
        for name in ("text", "octets"):
            if isinstance(payload.get(name), str):
                return payload[name].encode("utf-8"), hidden
    raise FormatError(f"{path}: line {number} has a payload without octets")


def from_export(path, values):
    found = []
    current = {}
    for number, value in values:
        if value.get("kind") == "session":
            continue
        side = value.get("from")
        key = (value.get("session", 0), value.get("leg"))
        if key not in current:
            current[key] = Conversation(*key)
            found.append(current[key])
        if side in ("client", "server"):
            current[key].pieces.append(Piece(value["time"], side, octets_of_line(path, number, value), []))
    return found


def octets_of_line(path, number, value):
    """The octets of an exported line: its text with escapes undone, and its line end, known by the spans' lengths."""
    spans = value.get("spans") or []
    total = max((span["end"] for span in spans), default=None)
    text = value["text"]
    readings = [unescaped(text, True), unescaped(text, False), text.encode("utf-8")]
    if total is None:
        return readings[0] + b"\r\n"
    # A text may hold what only looks like an escape: the reading whose length leaves a line end over is the right one.
    for length, end in ((2, b"\r\n"), (1, b"\n"), (0, b"")):
        for octets in readings:
            if len(octets) + length == total:
                return octets + end
    raise FormatError(f"{path}: line {number}: the text has {len(readings[0])} octets, the spans end at {total}")


def unescaped(text, doubled):
    """Undoes `\\xHH`, and a doubled backslash when `doubled`."""
    pattern = rb"\\x([0-9A-Fa-f]{2})" + (rb"|\\(\\)" if doubled else b"|(?!)()")
    return re.sub(pattern, lambda m: m[2] if m[2] else bytes([int(m[1], 16)]), text.encode("utf-8"))


def main():
    if len(sys.argv) != 2:
        sys.exit("usage: json_octets.py FILE|-")
    try:
        for index, conversation in enumerate(conversations(sys.argv[1])):
            for piece in conversation.pieces:
                row = [index, conversation.leg, piece.time, piece.side, as_json(piece.octets)]
                print(json.dumps(row, ensure_ascii=False))
    except (FormatError, OSError) as error:
        sys.exit(f"json_octets: {error}")


if __name__ == "__main__":
    main()
