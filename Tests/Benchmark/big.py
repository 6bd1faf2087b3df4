#!/usr/bin/env python3
"""Prints how quick ehlo is with a recording of very many lines, beside less and grep on the same file; asserts nothing.

    big.py [PROGRAM] [--lines N] [--kinds KIND,KIND…] [--growth N,N…] [--long] [--keep DIR]

PROGRAM is .build/release/ehlo when it is not given. Needs nothing but Python: the files are written here. The kinds of recordings:
`transactions` (one session of many mails), `data` (one mail of so many lines), `recipients` (one mail with a tenth as many), `findings`
(a finding on each line). The kinds of logs, with a session in each twenty lines: `log` (swaks' arrows), `postfix` (what Postfix tells of
its mails), `terminal` (typed into openssl s_client). For each are printed: milliseconds to the first screen; seconds until all is read, told by the process
being idle, on the clock and of a processor; milliseconds of a key, the median and of a hundred the second slowest, on the clock, and of a
processor the median and the slowest, which other programs disturb less; MB of memory in the panes, and at most; seconds and MB of `--list`, `--plain` and JSON.
Of a log the list alone is measured. The growth is that of the list of `log`, and of the JSON and the first screen of `transactions`, from 10³
lines to 10⁶, with `--long` to 10⁷: each time without that of a file of one session, the power of it, and microseconds for each further line.
"""

import argparse
import fcntl
import glob
import json
import math
import os
import pathlib
import pty
import select
import struct
import subprocess
import tempfile
import termios
import time

MAIL = "Subject: hello\r\nFrom: <ada@a.example>\r\nDate: Thu, 26 Nov 2026 10:00:00 +0000\r\n\r\nHello.\r\n"
KEYS = [b"n"] * 30 + [b"\x1b[F"] + [b"p"] * 10 + [b"\x1b[A", b"\x1b[B"] * 15 + [b"\x1b[C"] * 10 + [b"!"] * 10 + [b"\x1b[H"] + [b"n"] * 10


class Recording:
    def __init__(self, path):
        self.file = open(path, "w")
        self.time = 0
        self.file.write('{"ehlo":1,"began":"2026-01-01T00:00:00Z","title":"a big session","source":"big.py"}\n')
        self.event("connect", "mx.example 192.0.2.1:25")
        self.event("connected", "192.0.2.1:25")
        self.turns("S 220 mx.example ESMTP", "C EHLO a.example", "S 250-mx.example", "S 250 SIZE 1000000000")

    def event(self, kind, payload):
        self.time += 1
        self.file.write(f'[{self.time / 1000:.3f},"relay","{kind}",{json.dumps(payload)}]\n')

    def turns(self, *lines):
        for line in lines:
            self.event("client" if line[0] == "C" else "server", line[2:] + "\r\n")

    def mail(self, recipients, content):
        self.turns("C MAIL FROM:<ada@a.example>", "S 250 2.1.0 Ok")
        for number in range(recipients):
            self.turns(f"C RCPT TO:<bob{number}@b.example>", "S 250 2.1.5 Ok")
        self.turns("C DATA", "S 354 go")
        for piece in content:
            self.event("client", piece)
        self.turns("C .", "S 250 2.0.0 queued")


def write(path, kind, lines):
    if kind in LOGS:
        return write_log(path, kind, lines)
    recording = Recording(path)
    if kind == "transactions":
        for _ in range(lines // 13):
            recording.mail(1, [MAIL])
    elif kind == "data":
        recording.mail(1, [MAIL] + [f"This is line {n} of the text of a mail, with some words in it.\r\n" for n in range(lines)])
    elif kind == "recipients":
        recording.mail(lines // 2, [MAIL])
    else:
        for _ in range(lines // 2):
            recording.event("client", "noop \n")
            recording.event("server", "250 Ok\n")
    recording.turns("C QUIT", "S 221 2.0.0 bye")
    recording.event("close", "server")
    recording.file.close()


SWAKS = [
    "=== Trying mx.example:25...", "=== Connected to mx.example.", "<-  220 mx.example ESMTP", " -> EHLO a.example",
    "<-  250-mx.example", "<-  250 SIZE 1000000", " -> MAIL FROM:<ada@a.example>", "<-  250 2.1.0 Ok",
    " -> RCPT TO:<bob@b.example>", "<-  250 2.1.5 Ok", " -> DATA", "<-  354 go", " -> Subject: hello", " -> ", " -> Hello.", " -> .",
    "<-  250 2.0.0 queued", " -> QUIT", "<-  221 2.0.0 bye", "=== Connection closed with remote host.",
]
TERMINAL = [
    "CONNECTED(00000003)", "---", "SSL handshake has read 4523 bytes", "---", "220 mx.example ESMTP", "EHLO a.example", "250-mx.example",
    "250 SIZE 1000000", "MAIL FROM:<ada@a.example>", "250 2.1.0 Ok", "RCPT TO:<bob@b.example>", "250 2.1.5 Ok", "DATA", "354 go",
    "Subject: hello", "", ".", "250 2.0.0 queued", "QUIT", "221 2.0.0 bye",
]


def told(number):
    """Twenty lines of Postfix: a mail that comes in and goes to fourteen."""
    stamp = f"Nov 26 {number // 3600 % 24:02}:{number // 60 % 60:02}:{number % 60:02} mx postfix/"
    name, client = f"4dX{number:07}", f"client{number}.example[192.0.2.{number % 256}]"
    yield f"{stamp}smtpd[{1000 + number % 500}]: connect from {client}"
    yield f"{stamp}smtpd[{1000 + number % 500}]: {name}: client={client}"
    yield f"{stamp}cleanup[{1500 + number % 500}]: {name}: message-id=<m{number}@a.example>"
    yield f"{stamp}qmgr[900]: {name}: from=<ada@a.example>, size=1234, nrcpt=14 (queue active)"
    yield f"{stamp}smtpd[{1000 + number % 500}]: disconnect from {client} ehlo=1 mail=1 rcpt=14 data=1 quit=1 commands=18"
    for recipient in range(14):
        yield (f"{stamp}smtp[{2000 + number % 500}]: {name}: to=<bob{recipient}@b.example>, relay=mx.b.example[198.51.100.7]:25, "
               f"delay=0.5, delays=0.1/0/0.2/0.2, dsn=2.0.0, status=sent (250 2.0.0 Ok: queued as AB{number})")
    yield f"{stamp}qmgr[900]: {name}: removed"


LOGS = {"log": lambda number: SWAKS, "terminal": lambda number: TERMINAL, "postfix": told}


def write_log(path, kind, lines):
    with open(path, "w") as file:
        for number in range(max(1, lines // 20)):
            file.write("".join(f"{line}\n" for line in LOGS[kind](number)))


class Panes:
    """A program on a pseudo-terminal."""

    def __init__(self, *command):
        self.began = time.monotonic()
        self.pid, self.terminal = pty.fork()
        if self.pid == 0:
            os.environ.update(TERM="xterm-256color", LANG="C.UTF-8", XDG_DATA_HOME="/nonexistent")
            os.execvp(command[0], command)
        fcntl.ioctl(self.terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))

    def quiet(self, first, still):
        """Reads until nothing comes for `still` seconds; when the last octets came, None when none came within `first`."""
        last = None
        while select.select([self.terminal], [], [], still if last else first)[0]:
            try:
                os.read(self.terminal, 1 << 16)
            except OSError:
                break
            last = time.monotonic()
        return last

    def screen(self):
        """Milliseconds until the bottom row of the first screen stands."""
        seen = b""
        while b"keys" not in seen:
            if not select.select([self.terminal], [], [], 120)[0]:
                return math.nan
            seen += os.read(self.terminal, 1 << 16)
        return 1000 * (time.monotonic() - self.began)

    def cpu(self):
        fields = open(f"/proc/{self.pid}/stat").read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def idle(self):
        """Seconds of the clock and of a processor until the program has nothing to do any more."""
        last, since = self.cpu(), time.monotonic()
        while time.monotonic() - since < 0.4:
            self.quiet(0.02, 0.02)
            if self.cpu() != last:
                last, since = self.cpu(), time.monotonic()
        return since - self.began, last

    def busy(self):
        """Milliseconds of a processor so far, finer than `cpu`."""
        return sum(int(open(path).read().split()[0]) for path in glob.glob(f"/proc/{self.pid}/task/*/schedstat")) / 1e6

    def key(self, octets):
        """Milliseconds on the clock, None where nothing came of it, and of a processor."""
        began, before = time.monotonic(), self.busy()
        os.write(self.terminal, octets)
        last = self.quiet(0.3, 0.02)
        busy = self.busy()
        # A key that takes long is waited for, so that the next is not blamed.
        while (later := self.quiet(0.05, 0.02)) or self.busy() != busy:
            last, busy = later or last, self.busy()
        return 1000 * (last - began) if last else None, busy - before

    def memory(self, what):
        line = next(line for line in open(f"/proc/{self.pid}/status") if line.startswith(what))
        return int(line.split()[1]) / 1024

    def end(self, key=b"Q"):
        os.write(self.terminal, key)
        self.quiet(0.3, 0.1)
        os.close(self.terminal)
        os.waitpid(self.pid, 0)


def panes(program, path):
    run = Panes(program, "replay", str(path))
    first = run.screen()
    clock, cpu = run.idle()
    keys = [run.key(key) for key in KEYS]
    times = sorted(time for time, _ in keys if time)
    busy = sorted(busy for _, busy in keys)
    at = lambda share: times[min(len(times) - 1, int(share * len(times)))] if times else math.nan
    print(f"  panes   first screen {first:6.0f} ms   all read {clock:6.2f} s ({cpu:.2f} s of a processor)"
          f"   key {at(0.5):.1f} ms, {at(0.98):.1f} ms; of a processor {busy[len(busy) // 2]:.1f} ms, {busy[-1]:.1f} ms   {run.memory('VmRSS'):.0f} MB, at most {run.memory('VmHWM'):.0f}")
    run.end()


def measure(name, *command):
    began = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    took = time.monotonic() - began
    told = "" if os.waitstatus_to_exitcode(status) == 0 else f"   status {os.waitstatus_to_exitcode(status)}"
    print(f"  {name:7} {took:6.2f} s ({usage.ru_utime + usage.ru_stime:.2f} s of a processor)   {usage.ru_maxrss / 1024:.0f} MB{told}")
    return took


def neighbours(path):
    run = Panes("less", str(path))
    first = run.quiet(10, 0.05)
    end, _ = run.key(b"G")
    print(f"  less    first screen {1000 * (first - run.began):6.0f} ms   end {end:.0f} ms   {run.memory('VmRSS'):.0f} MB")
    run.end(b"q")
    # Without cat, grep would see that nobody reads it and stop at the first match.
    measure("grep", "sh", "-c", 'grep -c "250 2" "$0" | cat', str(path))


def first_screen(program, path):
    run = Panes(program, "replay", str(path))
    first = run.screen() / 1000
    run.end()
    print(f"  first screen {first:6.3f} s")
    return first


def growth(program, folder, counts):
    ways = [
        ("the list of a log", "log", lambda path: measure("list", program, "replay", str(path), "--list")),
        ("JSON", "transactions", lambda path: measure("json", program, "export", str(path), "--format", "json")),
        ("the first screen", "transactions", lambda path: first_screen(program, path)),
    ]
    for name, kind, run in ways:
        points = []
        for count in [20, *counts]:
            path = folder / f"growth-{kind}-{count}{'.txt' if kind in LOGS else '.ehlo'}"
            write(path, kind, count)
            print(f" {name}, {count:,} lines:")
            # What is short is disturbed most.
            points.append((count, min(run(path) for _ in range(1 if count > 100_000 else 3))))
            path.unlink()
        start = points[0][1]
        print(f"growth of {name}:")
        for (few, before), (many, after) in zip(points, points[1:]):
            # Within a hundredth of a second nothing can be told of a power.
            told = min(before, after) - start > 0.01
            power = math.log((after - start) / (before - start)) / math.log(many / few) if told else None
            print(f"  {few:10,} to {many:10,}: {after:7.3f} s, " + (f"to the power of {power:.2f}, " if told else "")
                  + f"{1e6 * (after - before) / (many - few):.2f} µs a line")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program", nargs="?", default=".build/release/ehlo")
    parser.add_argument("--lines", type=int, default=1_000_000)
    parser.add_argument("--kinds", default="transactions,data,recipients,findings,log,postfix,terminal")
    parser.add_argument("--growth", default="1000,10000,100000,1000000")
    parser.add_argument("--long", action="store_true", help="also the growth to ten million lines, which takes minutes")
    parser.add_argument("--keep", type=pathlib.Path)
    options = parser.parse_args()
    program = str(pathlib.Path(options.program).resolve())
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.keep or pathlib.Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        for kind in filter(None, options.kinds.split(",")):
            path = folder / f"{kind}-{options.lines}{'.txt' if kind in LOGS else '.ehlo'}"
            lines = options.lines // 5 if kind == "recipients" else options.lines
            if not path.exists():
                write(path, kind, lines)
            print(f"{kind}: {lines:,} lines, {path.stat().st_size / 1e6:.0f} MB")
            if kind not in LOGS:
                panes(program, path)
            measure("list", program, "replay", str(path), "--list")
            if kind in LOGS:
                neighbours(path)
                continue
            measure("plain", program, "replay", str(path), "--plain", "--no-input")
            measure("json", program, "export", str(path), "--format", "json")
            neighbours(path)
        counts = [int(count) for count in options.growth.split(",") if count]
        growth(program, folder, counts + [10_000_000] * options.long)


if __name__ == "__main__":
    main()
