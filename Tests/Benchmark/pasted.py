#!/usr/bin/env python3
"""Prints how fast ehlo opens text with very many sessions in it, and how much memory that takes; asserts nothing.

    pasted.py [PROGRAM] [--counts N,N…] [--kind KIND] [--keep DIR]

PROGRAM is .build/release/ehlo when it is not given. Needs nothing but Python: the texts are written here. The kinds: `bare`
(lines without marks, as copied from a terminal), `arrows` (swaks), `log` (a mail log with times and process numbers, a hundred
sessions at a time), `data` (bare, with a DATA that nobody answers in each).
Each line is one run of `replay FILE --list`: seconds of the clock, the most memory, and how much was said on standard error.
"""

import listing

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


def main():
    for kind, count, size, (taken, memory, shown, said) in listing.each(__doc__, KINDS, "50000,500000", "txt", write):
        print(f"{kind:7} {count:8,} sessions, {size:4} MiB: {taken:7.2f} s {memory:6.0f} MiB,"
              f" {shown:,} lines, {len(said):,} messages: {' | '.join(said[:3])[:200]}", flush=True)


if __name__ == "__main__":
    main()
