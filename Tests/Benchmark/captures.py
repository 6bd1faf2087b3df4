#!/usr/bin/env python3
"""Prints how fast ehlo opens large captures and how much memory that takes; asserts nothing.

    captures.py [PROGRAM] [--runs N] [--port P] [--keep DIR]

PROGRAM is .build/release/ehlo when it is not given. Runs as root; needs tcpdump and tshark, and smtp-sink and smtp-source
from Postfix. It makes two captures on the loopback interface: 10,000 sessions, and one session with a mail of 100 MB.
Each line is the least and the middle of N runs, in seconds of the clock and of the processor, and the most memory.
"""

import argparse
import os
import pathlib
import statistics
import subprocess
import tempfile
import time

SOURCE = ["-f", "ada@sender.example", "-t", "bob@receiver.example"]


def capture(path, port, options):
    """What tcpdump sees while smtp-source talks to smtp-sink."""
    place = f"127.0.0.1:{port}"
    sink = subprocess.Popen(["smtp-sink", "-u", "nobody", place, "1000"])
    log = pathlib.Path(str(path) + ".log")
    with log.open("w") as errors:
        listener = subprocess.Popen(
            ["tcpdump", "-i", "lo", "--immediate-mode", "-s", "0", "-B", "400000", "-Z", "root", "-w", str(path),
             "port", str(port)], stderr=errors)
    while "listening" not in log.read_text():
        time.sleep(0.05)
    subprocess.run(["smtp-source", *options, *SOURCE, place], check=True)
    time.sleep(2)
    listener.send_signal(2)
    listener.wait()
    sink.kill()
    sink.wait()
    dropped = [line for line in log.read_text().splitlines() if "dropped by kernel" in line]
    print(f"{path.name}: {path.stat().st_size:,} octets, {', '.join(dropped)}")


def measure(name, command, runs):
    clock, processor, memory = [], [], 0
    for _ in range(runs):
        began = time.monotonic()
        child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        _, _, used = os.wait4(child.pid, 0)
        child.returncode = 0
        clock.append(time.monotonic() - began)
        processor.append(used.ru_utime + used.ru_stime)
        memory = max(memory, used.ru_maxrss)
    print(f"{name:28} {min(clock):7.3f} {statistics.median(clock):7.3f} s   processor {min(processor):7.3f}"
          f" {statistics.median(processor):7.3f} s   {memory / 1024:6.0f} MiB")
    return min(clock), min(processor)


def main():
    top = pathlib.Path(__file__).resolve().parent.parent.parent
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program", nargs="?", default=str(top / ".build/release/ehlo"))
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--port", type=int, default=28900)
    parser.add_argument("--keep", help="a folder for the captures; they are made when they are not in it")
    options = parser.parse_args()
    program = str(pathlib.Path(options.program).resolve())
    if not os.access(program, os.X_OK):
        raise SystemExit(f"captures: {program} is not there; swift build -c release")
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(options.keep or scratch)
        many, large = folder / "many.pcap", folder / "large.pcap"
        if not many.exists():
            capture(many, options.port, ["-s", "8", "-m", "10000"])
        if not large.exists():
            capture(large, options.port + 1, ["-s", "1", "-m", "1", "-l", "100000000"])
        own = measure("ehlo --list, 10,000 sessions", [program, "replay", str(many), "--list"], options.runs)
        other = measure(
            "tshark -Y smtp, the same",
            ["tshark", "-r", str(many), "-Y", "smtp", "-T", "fields", "-e", "frame.time", "-e", "smtp.req.command",
             "-e", "smtp.response.code"], max(1, options.runs // 2))
        print(f"tshark takes {other[0] / own[0]:.0f} times as long by the clock, {other[1] / own[1]:.0f} by the processor")
        measure("ehlo --list, 100 MB", [program, "replay", str(large), "--list"], options.runs)
        measure("ehlo --plain, 100 MB", [program, "replay", str(large), "--plain"], options.runs)


if __name__ == "__main__":
    main()
