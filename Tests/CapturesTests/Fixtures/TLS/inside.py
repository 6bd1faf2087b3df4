#!/usr/bin/env python3
"""Writes NAME.inside beside each NAME.pcap: what tshark finds inside its TLS with NAME.keys, a line for each line, C: or S: before it.

    inside.py [NAME...]
"""
import pathlib
import subprocess
import sys

folder = pathlib.Path(__file__).parent
names = sys.argv[1:] or sorted(path.stem for path in folder.glob("*.pcap"))
for name in names:
    capture, keys = folder / f"{name}.pcap", folder / f"{name}.keys"
    # Implicit TLS and STARTTLS are both told to be SMTP by their ports alone.
    command = ["tshark", "-r", capture, "-o", f"tls.keylog_file:{keys}", "-q", "-z", "follow,tls,raw,0"]
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    lines, sides, client = [], {"C": "", "S": ""}, None
    for line in output.splitlines():
        octets = line.strip()
        if not octets or any(digit not in "0123456789abcdef" for digit in octets):
            continue
        # tshark indents what node 1 says, the one that spoke second in TLS records with content: told apart by what is said.
        side = "node1" if line.startswith("\t") else "node0"
        lines.append((side, bytes.fromhex(octets).decode("ascii")))
    if not lines:
        (folder / f"{name}.inside").write_text("")
        continue
    greeting = next(side for side, text in lines if text[:3].isdigit())
    text = ""
    for side, said in lines:
        assert said.endswith("\r\n"), (name, said)
        text += "".join(f"{'S' if side == greeting else 'C'}: {line}\n" for line in said[:-2].split("\r\n"))
    (folder / f"{name}.inside").write_text(text)
