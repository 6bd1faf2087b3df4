#!/usr/bin/env python3
"""Prints whether ehlo watch keeps up with very many sessions; asserts nothing.

    watch.py [PROGRAM] [--sessions N] [--rate N]

PROGRAM is .build/release/ehlo when it is not given. Needs nothing but Python: a capture of N sessions of mail, each of which
takes a second, so that many go on at a time, is fed into `ehlo watch -` at so many new ones a second, as JSON, as flat text, and
in a terminal of 40 rows where keys are pressed meanwhile. Of the first two: how many sessions came out whole, seconds of the
clock beside those that the feeding takes at least, and the most memory. Of the keys: how long it took until the terminal was told
something that only the answer to the key holds, and what else was on its way to the terminal before is read first.
"""

import argparse
import fcntl
import multiprocessing
import os
import pathlib
import pty
import select
import statistics
import subprocess
import tempfile
import termios
import time

import flows

HEADER = flows.struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262_144, 101)


def packets(sessions, rate):
    """All packets in the order of their times, each with its time in seconds."""
    stamped = []
    for number in range(sessions):
        own = list(flows.connection(number, "mail", is_closed=True))
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


def feeding(pipe, stamped):
    """Feeds from a process of its own, which the keys that are pressed here do not have to wait for."""
    feeder = multiprocessing.get_context("fork").Process(target=feed, args=(pipe, stamped))
    feeder.start()
    pipe.close()
    return feeder


def run(program, words, ending, stamped):
    """How often `ending` was said, seconds, and kilobytes."""
    with tempfile.TemporaryFile() as output:
        began = time.monotonic()
        child = subprocess.Popen(
            [program, "watch", "-", *words], stdin=subprocess.PIPE, stdout=output, stderr=subprocess.DEVNULL
        )
        feeder = feeding(child.stdin, stamped)
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = status
        feeder.join()
        took = time.monotonic() - began
        output.seek(0)
        return output.read().count(ending), took, usage.ru_maxrss


# Keys, and what only their answer holds: help comes and goes, a session is walked and left, a filter is asked for and left.
KEYS = [
    (b"?", b"Help"),
    (b"?", b"Conversations"),
    (b"\r", b"What happens"),
    (b"q", b"Conversations"),
    (b"/", b"ilter"),
    (b"\r", b"newest"),
]


class Terminal:
    """A terminal that reads whatever comes, and knows when it came."""

    def __init__(self, fd):
        self.fd = fd
        self.seen = b""

    def read(self, seconds):
        """Reads what comes within so many seconds; whether something did."""
        if not select.select([self.fd], [], [], max(0, seconds))[0]:
            return False
        try:
            self.seen += os.read(self.fd, 65_536)
        except OSError:
            return False
        return True

    def settle(self, seconds):
        """Reads on for so long."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            self.read(left)

    def press(self, key, answer):
        """Seconds from the key to its answer; None when there is none within two."""
        while self.read(0):
            pass
        self.seen = b""
        began = time.monotonic()
        os.write(self.fd, key)
        while (left := began + 2 - time.monotonic()) > 0:
            if self.read(left) and answer in self.seen:
                return time.monotonic() - began
        return None


def press_keys(program, stamped):
    """Seconds that each key took while the sessions came, and kilobytes."""
    source, sink = os.pipe()
    child, fd = pty.fork()
    if child == 0:
        os.dup2(source, 0)
        os.close(sink)
        os.execve(program, [program, "watch", "-"], {**os.environ, "TERM": "xterm-256color", "LANG": "C.UTF-8"})
    os.close(source)
    fcntl.ioctl(fd, termios.TIOCSWINSZ, flows.struct.pack("HHHH", 40, 120, 0, 0))
    feeder = feeding(os.fdopen(sink, "wb"), stamped)
    terminal = Terminal(fd)
    terminal.settle(1.5)
    times = [[] for _ in KEYS]
    while feeder.is_alive():
        for (key, answer), own in zip(KEYS, times):
            own.append(terminal.press(key, answer))
            terminal.settle(0.02)
    feeder.join()
    terminal.settle(0.5)
    os.write(fd, b"Q")
    terminal.settle(0.5)
    os.close(fd)
    _, _, usage = os.wait4(child, 0)
    return times, usage.ru_maxrss


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
    times, memory = press_keys(options.program, stamped)
    for (key, answer), all_of_it in zip(KEYS, times):
        known = sorted(1000 * one for one in all_of_it if one is not None)
        p50, p99 = (statistics.quantiles(known, n=100)[place] for place in (49, 98)) if len(known) > 1 else (0, 0)
        print(
            f"{key!r:8} until {answer.decode()!r:10} {len(known)} of {len(all_of_it)} answered,"
            f" p50 {p50:.1f} ms, p99 {p99:.1f} ms, longest {known[-1] if known else 0:.1f} ms"
        )
    print(f"keys     {memory / 1024:.0f} MB")


if __name__ == "__main__":
    main()
