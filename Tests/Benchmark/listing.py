"""How long `replay FILE --list` takes over files that are written first: what the benchmarks of lists share."""

import argparse
import os
import pathlib
import subprocess
import tempfile
import time

PROGRAM = pathlib.Path(__file__).resolve().parent.parent.parent / ".build/release/ehlo"


def measure(program, path):
    """Seconds of the clock, the most memory in MiB, how many lines were listed, and what was said on standard error."""
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


def each(description, kinds, counts, ending, write):
    """For each kind and count asked for: its name, the count, the size of its file in MiB, and what `measure` says of it."""
    parser = argparse.ArgumentParser(description=description.splitlines()[0])
    parser.add_argument("program", nargs="?", default=str(PROGRAM))
    parser.add_argument("--counts", default=counts)
    parser.add_argument("--kind", action="append", choices=list(kinds))
    parser.add_argument("--keep", help="a folder for the files; they are made when they are not in it")
    options = parser.parse_args()
    program = str(pathlib.Path(options.program).resolve())
    if not os.access(program, os.X_OK):
        parser.error(f"{program} is not there; swift build -c release")
    with tempfile.TemporaryDirectory() as scratch:
        for kind in options.kind or kinds:
            for count in map(int, options.counts.split(",")):
                path = pathlib.Path(options.keep or scratch) / f"{kind}-{count}.{ending}"
                if not path.exists():
                    write(path, count, kind)
                yield kind, count, path.stat().st_size >> 20, measure(program, path)
                if not options.keep:
                    path.unlink()
