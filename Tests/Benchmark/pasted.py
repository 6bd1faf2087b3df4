#!/usr/bin/env python3
"""Prints how fast ehlo opens text with very many sessions in it, and how much memory that takes; asserts nothing.

    pasted.py [PROGRAM] [--counts N,N…] [--kind KIND] [--keep DIR]

PROGRAM is .build/release/ehlo when it is not given. Needs nothing but Python: the texts are written here. The kinds: `bare`
(lines without marks, as copied from a terminal), `arrows` (swaks), `log` (a mail log with times and process numbers, a hundred
sessions at a time), `data` (bare, with a DATA that nobody answers in each).
Each line is one run of `replay FILE --list`: seconds of the clock, the most memory, and how much was said on standard error.
"""

import argparse
import os
import pathlib
import subprocess
import tempfile
import time

DIALOGUE = [
    ("S", "220 mx.example ESMTP"), ("C", "EHLO a.example"), ("S", "250 mx.example"), ("C", "QUIT"), ("S", "221 bye"),
]
OPEN = 100


def bare(number):
    return "".join(f"{line}\n" for _, line in DIALOGUE) + "\n" * 3


def arrows(number):
    return "".join(f"{'<- ' if side == 'S' else ' -> '} {line}\n" for side, line in DIALOGUE)


def data(number):
    return "220 mx.example ESMTP\nEHLO a.example\n250 mx.example\nDATA\nQUIT\n221 bye\n"


def log(first):
    """As Postfix writes with debug_peer_list: sessions that go on side by side, told apart by their process."""
    lines = []
    for side, line in DIALOGUE:
        for number in range(first, first + OPEN):
            arrow = ">" if side == "S" else "<"
            stamp = f"Nov 25 {number // 3600 % 24:02}:{number // 60 % 60:02}:{number % 60:02}"
            lines.append(
                f"{stamp} mx postfix/smtpd[{10000 + number}]: {arrow} unknown[192.0.2.7]: {line}\n")
    return "".join(lines)


KINDS = {"bare": bare, "arrows": arrows, "data": data, "log": log}


def write(path, count, kind):
    with open(path, "w") as file:
        for number in range(0, count, OPEN if kind == "log" else 1):
            file.write(KINDS[kind](number))


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
        said = errors.read().decode().splitlines()
    return taken, used.ru_maxrss / 1024, shown, said


def main():
    top = pathlib.Path(__file__).resolve().parent.parent.parent
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program", nargs="?", default=str(top / ".build/release/ehlo"))
    parser.add_argument("--counts", default="50000,500000")
    parser.add_argument("--kind", action="append", choices=list(KINDS))
    parser.add_argument("--keep", help="a folder for the texts; they are made when they are not in it")
    options = parser.parse_args()
    program = str(pathlib.Path(options.program).resolve())
    if not os.access(program, os.X_OK):
        raise SystemExit(f"pasted: {program} is not there; swift build -c release")
    with tempfile.TemporaryDirectory() as scratch:
        for kind in options.kind or KINDS:
            for count in map(int, options.counts.split(",")):
                path = pathlib.Path(options.keep or scratch) / f"{kind}-{count}.txt"
                if not path.exists():
                    write(path, count, kind)
                taken, memory, shown, said = measure(program, path)
                print(f"{kind:7} {count:8,} sessions, {path.stat().st_size >> 20:4} MiB: {taken:7.2f} s {memory:6.0f} MiB,"
                      f" {shown:,} lines, {len(said):,} messages: {' | '.join(said[:3])[:200]}", flush=True)


if __name__ == "__main__":
    main()
