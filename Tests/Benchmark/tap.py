#!/usr/bin/env python3
"""Prints the rate at which smtp-source delivers through ehlo tap, through socat, and without either; asserts nothing.

    tap.py [PROGRAM] [--mails N] [--sessions N] [--runs N]

PROGRAM is .build/release/ehlo when it is not given. ehlo decodes every conversation, prints it to a file and records it
meanwhile. Needs root, socat, and smtp-source and smtp-sink of Postfix.
"""

import argparse
import os
import pathlib
import shutil
import signal
import socket
import statistics
import subprocess
import tempfile
import time


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(port):
    end = time.monotonic() + 20
    while time.monotonic() < end:
        try:
            with socket.create_connection(("127.0.0.1", port), 1):
                return
        except OSError:
            time.sleep(0.05)
    raise SystemExit(f"bench: nobody listens on 127.0.0.1:{port}")


def deliver(port, options):
    """Mails a second."""
    command = ["smtp-source", "-s", str(options.sessions), "-m", str(options.mails), "-l", str(options.octets)]
    if options.keep:
        command.append("-d")
    began = time.monotonic()
    subprocess.run(command + [f"127.0.0.1:{port}"], check=True, stdout=subprocess.DEVNULL)
    return options.mails / (time.monotonic() - began)


def main():
    top = pathlib.Path(__file__).resolve().parent.parent.parent
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program", nargs="?", default=str(top / ".build/release/ehlo"))
    parser.add_argument("--mails", type=int, default=2000)
    parser.add_argument("--sessions", type=int, default=4)
    parser.add_argument("--octets", type=int, default=1000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--keep", action="store_true", help="send all mails of a session over one connection")
    options = parser.parse_args()
    os.environ["PATH"] += ":/usr/sbin:/sbin"
    folder = pathlib.Path(tempfile.mkdtemp(prefix="ehlo-bench-"))
    (folder / "records").mkdir()
    sink, through_socat, through_ehlo = free_port(), free_port(), free_port()
    started = []
    try:
        started.append(subprocess.Popen(["smtp-sink", "-u", "nobody", f"127.0.0.1:{sink}", "1000"]))
        listen = f"TCP-LISTEN:{through_socat},bind=127.0.0.1,fork,reuseaddr,backlog=512"
        started.append(subprocess.Popen(["socat", listen, f"TCP:127.0.0.1:{sink}"], stderr=subprocess.DEVNULL))
        arguments = ["tap", "--listen", f"127.0.0.1:{through_ehlo}", "--to", f"127.0.0.1:{sink}", "--plain"]
        with open(folder / "shown.txt", "w") as shown:
            program = [options.program] + arguments + ["--record", str(folder / "records")]
            started.append(subprocess.Popen(program, stdout=shown, stderr=subprocess.DEVNULL))
        for port in (sink, through_socat, through_ehlo):
            wait_for(port)
        rates = {"no tap": (sink, []), "socat": (through_socat, []), "ehlo tap": (through_ehlo, [])}
        behind = []
        for _ in range(options.runs):
            for name, (port, seen) in rates.items():
                seen.append(deliver(port, options))
                if name == "ehlo tap":
                    behind.append(settle(folder))
        for name, (_, seen) in rates.items():
            low, middle, high = min(seen), statistics.median(seen), max(seen)
            print(f"{name:<9} min {low:8.0f}   median {middle:8.0f}   max {high:8.0f}   mails a second, {len(seen)} runs")
        files = list((folder / "records").iterdir())
        text = (folder / "shown.txt").stat().st_size
        print(
            f"ehlo recorded {len(files)} conversations in {sum(file.stat().st_size for file in files):,} octets, "
            f"printed {text:,}, and was done {statistics.median(behind):.2f} s after the last mail"
        )
        with open(f"/proc/{started[-1].pid}/status") as status:
            print("".join(line for line in status if line.startswith(("VmHWM", "VmRSS"))), end="")
    finally:
        for process in started:
            process.send_signal(signal.SIGKILL)
            process.wait()
        shutil.rmtree(folder, ignore_errors=True)


def settle(folder):
    """Waits until nothing more is printed; how long that took after now."""
    began = last = time.monotonic()
    size = -1
    while time.monotonic() - last < 0.4:
        now = (folder / "shown.txt").stat().st_size
        if now != size:
            size, last = now, time.monotonic()
        time.sleep(0.05)
    return last - began


if __name__ == "__main__":
    main()
