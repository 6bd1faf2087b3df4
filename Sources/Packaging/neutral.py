#!/usr/bin/env python3
"""Takes out of a program what tells in which folder it was built, so that two builds of one commit are the same octets.

    neutral.py PROGRAM

Swift leaves in `.swift_modhash` what lets it compile less the next time; nothing reads it when the program runs, so it is
filled with zeros. The linker's build id was made of that as well, and is made anew of what is left.
"""

import hashlib
import re
import subprocess
import sys

program = sys.argv[1]
octets = bytearray(open(program, "rb").read())
sections = {}
for line in subprocess.check_output(["readelf", "-SW", program], text=True).splitlines():
    row = re.match(r"\s*\[\s*\d+\]\s+(\S+)\s+\S+\s+[0-9a-f]+\s+([0-9a-f]+)\s+([0-9a-f]+)", line)
    if row:
        sections[row[1]] = (int(row[2], 16), int(row[3], 16))

start, length = sections.get(".swift_modhash", (0, 0))
octets[start:start + length] = bytes(length)
if ".note.gnu.build-id" in sections:
    # A note: three words of four octets, the name "GNU", then the id (elf(5)).
    start, length = sections[".note.gnu.build-id"]
    start, length = start + 16, length - 16
    octets[start:start + length] = bytes(length)
    octets[start:start + length] = hashlib.sha256(octets).digest()[:length]
with open(program, "r+b") as file:
    file.write(octets)
