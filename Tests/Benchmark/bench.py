#!/usr/bin/env python3
"""Prints how long a person waits for ehlo; asserts nothing.

    bench.py [PROGRAM] [--runs N]

PROGRAM is .build/release/ehlo when it is not given. Each line is the least, the middle and the most of N runs, in
milliseconds:

first screen    from the start of the process to the whole first frame on a pseudo-terminal of 80x24
key, replay     from a key (a step of a recording) to the end of the repaint
key, sandbox    the same where the key lets a step happen on the wire
--plain         the whole walk as text, from start to exit
live, swaks     one unattended transaction with smtp-sink each, side by side; left out where one of them is not there
"""

import argparse
import fcntl
import os
import pathlib
import pty
import select
import shutil
import signal
import socket
import statistics
import struct
import subprocess
import termios
import time

QUIET = 0.15  # seconds of silence after which a frame is taken for whole


class Terminal:
    """A program on a pseudo-terminal. Frames are told apart by silence; their time is that of the last octet."""

    def __init__(self, arguments):
        self.began = time.monotonic()
        self.child, self.master = pty.fork()
        if self.child == 0:
            fcntl.ioctl(1, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
            environment = {"TERM": "xterm-256color", "LC_ALL": "C.UTF-8", "PATH": os.environ["PATH"]}
            os.execve(arguments[0], arguments, environment)
        self.frame()
        self.started = self.last - self.began

    def frame(self):
        """Reads until nothing more comes."""
        self.last = None
        limit = 10
        while select.select([self.master], [], [], limit)[0]:
            try:
                if not os.read(self.master, 65536):
                    break
            except OSError:
                break
            self.last = time.monotonic()
            limit = QUIET
        if self.last is None:
            raise SystemExit("bench: nothing was drawn within 10 s")

    def key(self, octets):
        """Seconds from a key to the last octet of what it changed."""
        sent = time.monotonic()
        os.write(self.master, octets)
        self.frame()
        return self.last - sent

    def close(self):
        os.write(self.master, b"Q")
        end = time.monotonic() + 5
        while time.monotonic() < end:
            if os.waitpid(self.child, os.WNOHANG)[0]:
                break
            # What the program still writes has to be taken, or it would wait.
            if select.select([self.master], [], [], 0.02)[0]:
                try:
                    os.read(self.master, 65536)
                except OSError:
                    pass
        else:
            os.kill(self.child, signal.SIGKILL)
            os.waitpid(self.child, 0)
        os.close(self.master)


def show(name, seconds):
    low, middle, high = (1000 * value for value in (min(seconds), statistics.median(seconds), max(seconds)))
    print(f"{name:<14} min {low:8.2f}   median {middle:8.2f}   max {high:8.2f}   ms, {len(seconds)} runs", flush=True)


def side_by_side(program, runs):
    """The same mail to the same server by ehlo and by swaks, in turn, so that both meet the same machine."""
    path = os.environ["PATH"] + ":/usr/sbin"
    sink, swaks = shutil.which("smtp-sink", path=path), shutil.which("swaks", path=path)
    if not sink or not swaks:
        print("live, swaks    left out: smtp-sink or swaks is not there")
        return
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    user = ["-u", "nobody"] if os.geteuid() == 0 else []
    server = subprocess.Popen([sink, *user, f"127.0.0.1:{port}", "100"])
    try:
        for _ in range(100):
            try:
                socket.create_connection(("127.0.0.1", port)).close()
                break
            except OSError:
                time.sleep(0.05)
        common = ["--server", f"127.0.0.1:{port}", "--from", "ada@sender.example", "--helo", "c.example"]
        commands = {
            "live": [program, "live", "bob@receiver.example", *common, "--plain", "--send", "--no-record"],
            "swaks": [swaks, "--to", "bob@receiver.example", *common],
        }
        times = {name: [] for name in commands}
        for _ in range(runs):
            for name, command in commands.items():
                began = time.monotonic()
                subprocess.run(
                    command,
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    check=True,
                )
                times[name].append(time.monotonic() - began)
        for name in commands:
            show(name, times[name])
        ratio = statistics.median(times["live"]) / statistics.median(times["swaks"])
        print(f"live takes {ratio:.2f} of swaks' time")
    finally:
        server.terminate()
        server.wait()


def main():
    top = pathlib.Path(__file__).resolve().parent.parent.parent
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program", nargs="?", default=str(top / ".build/release/ehlo"))
    parser.add_argument("--runs", type=int, default=20)
    options = parser.parse_args()
    program = str(pathlib.Path(options.program).resolve())
    if not os.access(program, os.X_OK):
        raise SystemExit(f"bench: {program} is not there; swift build -c release")

    starts, replayed, walked = [], [], []
    for run in range(options.runs):
        terminal = Terminal([program, "replay", "seed"])
        starts.append(terminal.started)
        replayed += [terminal.key(b"n") for _ in range(14 if run == 0 else 2)]
        terminal.close()
    show("first screen", starts)
    show("key, replay", replayed)
    for _ in range(max(1, options.runs // 5)):
        terminal = Terminal([program])
        walked += [terminal.key(b"n") for _ in range(14)]
        terminal.close()
    show("key, sandbox", walked)

    whole = []
    for _ in range(options.runs):
        began = time.monotonic()
        subprocess.run([program, "--plain"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=True)
        whole.append(time.monotonic() - began)
    show("--plain", whole)
    side_by_side(program, options.runs)


if __name__ == "__main__":
    main()
