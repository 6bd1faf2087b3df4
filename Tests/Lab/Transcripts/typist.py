#!/usr/bin/env python3
"""Types a session into an interactive program on a terminal of its own, as a person would, and prints what the terminal showed.

    typist.py [--wait SECONDS] SCRIPT PROGRAM ARGUMENT...

Each line of SCRIPT is typed once the program has been silent for a moment; `.` and all else goes as it stands."""
import argparse
import os
import pty
import select
import subprocess
import sys
import time


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--wait", type=float, default=0.6)
    parser.add_argument("--columns", type=int, default=200)
    parser.add_argument("script")
    parser.add_argument("program", nargs=argparse.REMAINDER)
    options = parser.parse_args()
    child, terminal = pty.fork()
    if child == 0:
        subprocess.run(["stty", "cols", str(options.columns), "rows", "50"])
        os.execvp(options.program[0], options.program)
    shown = b""

    def listen(quiet):
        nonlocal shown
        last = time.monotonic()
        while time.monotonic() - last < quiet:
            ready, _, _ = select.select([terminal], [], [], 0.1)
            if ready:
                try:
                    piece = os.read(terminal, 65536)
                except OSError:
                    return False
                if not piece:
                    return False
                shown += piece
                last = time.monotonic()
        return True

    listen(options.wait * 2)
    with open(options.script, "rb") as file:
        for line in file:
            os.write(terminal, line.rstrip(b"\n") + b"\n")
            if not listen(options.wait):
                break
    listen(options.wait)
    try:
        os.close(terminal)
    except OSError:
        pass
    sys.stdout.buffer.write(shown)


main()
