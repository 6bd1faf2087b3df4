#!/usr/bin/env python3
"""Shows how soon a line is shown that Postfix writes with debug_peer_list: `tail -f LOG | ehlo - --plain`.

    tail.py [PROGRAM [LINES [SECONDS]]]

PROGRAM is .build/release/ehlo when it is not given; SECONDS stand between two lines. Needs nothing but Python and tail.

Each line is written when the time has come, whether the one before was shown or not, and is timed from the write to the moment its
words come out of ehlo. Ends with 1 where one took longer than 100 ms, or never came.
"""
import os
import selectors
import subprocess
import sys
import tempfile
import time


def lines(count):
    """Sessions one after another, each line with words of its own."""
    number = 0
    while number < count:
        yield from [
            (None, "connect from c[192.0.2.7]"),
            (f"ESMTP {number}", f"> c[192.0.2.7]: 220 mx.receiver.example ESMTP {number}"),
            (f"client{number}.example", f"< c[192.0.2.7]: EHLO client{number}.example"),
            (f"SIZE {number}", f"> c[192.0.2.7]: 250 SIZE {number}"),
            (f"MAIL FROM:<a{number}@", f"< c[192.0.2.7]: MAIL FROM:<a{number}@sender.example>"),
            (f"2.1.0 Ok {number}", f"> c[192.0.2.7]: 250 2.1.0 Ok {number}"),
            (f"RCPT TO:<b{number}@", f"< c[192.0.2.7]: RCPT TO:<b{number}@receiver.example>"),
            (f"Unknown {number}", f"> c[192.0.2.7]: 550 5.1.1 Unknown {number}"),
            (None, "disconnect from c[192.0.2.7]"),
        ]
        number += 9


def main():
    program = sys.argv[1] if len(sys.argv) > 1 else ".build/release/ehlo"
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 450
    gap = float(sys.argv[3]) if len(sys.argv) > 3 else 0.02
    with tempfile.TemporaryDirectory() as folder:
        log = os.path.join(folder, "maillog")
        with open(log, "w") as file:
            tail = subprocess.Popen(["tail", "-n", "+1", "-f", log], stdout=subprocess.PIPE)
            ehlo = subprocess.Popen([program, "-", "--plain"], stdin=tail.stdout, stdout=subprocess.PIPE)
            try:
                took, missing = follow(file, ehlo.stdout, count, gap)
            finally:
                tail.terminate()
                ehlo.wait()
    took.sort()
    print(
        f"{len(took)} lines, {1 / gap:.0f} a second: p50 {took[len(took) // 2] * 1000:.1f} ms,"
        f" p99 {took[len(took) * 99 // 100] * 1000:.1f} ms, longest {took[-1] * 1000:.1f} ms, {missing} missing"
    )
    return 1 if missing or took[-1] > 0.1 else 0


def follow(file, output, count, gap):
    """How long each line took, and how many never came."""
    selector = selectors.DefaultSelector()
    selector.register(output, selectors.EVENT_READ)
    waiting, took, rest, start = {}, [], b"", time.monotonic() + 0.5
    work = list(lines(count))
    written = 0
    while (written < len(work) or waiting) and time.monotonic() < start + gap * len(work) + 5:
        now = time.monotonic()
        if written < len(work) and now >= start + gap * written:
            words, line = work[written]
            file.write(f"Nov 24 23:32:32 mx postfix/smtpd[7{written // 9}]: {line}\n")
            file.flush()
            if words:
                waiting[words.encode()] = time.monotonic()
            written += 1
        due = start + gap * written - time.monotonic() if written < len(work) else 0.2
        if not selector.select(max(0, due)):
            continue
        rest = (rest + os.read(output.fileno(), 1 << 16))[-(1 << 18):]
        now = time.monotonic()
        for words in [words for words in waiting if words in rest]:
            took.append(now - waiting.pop(words))
    return took, len(waiting)


if __name__ == "__main__":
    sys.exit(main())
