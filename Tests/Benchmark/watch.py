#!/usr/bin/env python3
"""Prints whether ehlo watch keeps up with very many sessions; asserts nothing.

    watch.py [PROGRAM] [--sessions N] [--rate N]

PROGRAM is .build/release/ehlo when it is not given. Needs nothing but Python: a capture of N sessions of mail, each of which
takes a second, so that many go on at a time, is fed into `ehlo watch -` at so many new ones a second, once as JSON and once as
flat text. Each line is one run: how many sessions came out whole, seconds of the clock beside those that the feeding takes at
least, and the most memory.
"""

import argparse
import os
import pathlib
import subprocess
import tempfile
import threading
import time

import flows

HEADER = flows.struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262_144, 101)


def packets(sessions, rate):
    """All packets in the order of their times, each with its time in seconds."""
    stamped = []
    for number in range(sessions):
        own = list(flows.connection(number, "mail"))
        for place, packet in enumerate(own):
            at = number / rate + place / len(own)
            stamp = flows.struct.pack("<II", 1_764_000_000 + int(at), int(at % 1 * 1_000_000))
            stamped.append((at, stamp + packet[8:]))
    stamped.sort(key=lambda one: one[0])
    return stamped


def feed(pipe, stamped):
    began = time.monotonic()
    pipe.write(HEADER)
    pending = []
    for at, packet in stamped:
        late = at - (time.monotonic() - began)
        if late > 0.01:
            pipe.write(b"".join(pending))
            pipe.flush()
            pending = []
            time.sleep(late)
        pending.append(packet)
    pipe.write(b"".join(pending))
    pipe.close()


def run(program, words, ending, stamped):
    """How often `ending` was said, seconds, and kilobytes."""
    with tempfile.TemporaryFile() as output:
        began = time.monotonic()
        child = subprocess.Popen(
            [program, "watch", "-", *words], stdin=subprocess.PIPE, stdout=output, stderr=subprocess.DEVNULL
        )
        feeder = threading.Thread(target=feed, args=(child.stdin, stamped))
        feeder.start()
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = status
        feeder.join()
        took = time.monotonic() - began
        output.seek(0)
        return output.read().count(ending), took, usage.ru_maxrss


def main():
    top = pathlib.Path(__file__).resolve().parent.parent.parent
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program", nargs="?", default=str(top / ".build/release/ehlo"))
    parser.add_argument("--sessions", type=int, default=10_000)
    parser.add_argument("--rate", type=int, default=1_000)
    options = parser.parse_args()
    stamped = packets(options.sessions, options.rate)
    for words, ending in ((["--json"], b'"kind":"session"'), (["--plain"], b"221 bye")):
        count, took, memory = run(options.program, words, ending, stamped)
        print(
            f"{words[0]:8} {count:,} of {options.sessions:,} sessions  {took:.1f} s of at least {stamped[-1][0]:.1f} s"
            f"  {memory / 1024:.0f} MB"
        )


if __name__ == "__main__":
    main()
