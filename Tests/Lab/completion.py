#!/usr/bin/env python3
"""Presses Tab in a real shell on a pseudo-terminal and says whether what is to be offered comes.

    completion.py SHELL PROGRAM        SHELL is bash, zsh or fish

Each case is a line as a person types it, and what must stand on the line after Tab, or be among what is offered. A folder of
the case's own holds a few files, one of them with a name that would be run by a careless script. Ends with 1 where a case
fails, and says which.
"""

import os
import pty
import re
import select
import subprocess
import sys
import tempfile
import time

# What is typed, how often Tab is pressed, and what has to appear.
CASES = [
    ("ehlo expo", 1, "export"),
    ("ehlo see", 1, "seed"),
    ("ehlo mai", 1, "mail.pcap"),
    ("ehlo replay one-", 1, "one-refused"),
    ("ehlo replay captures/m", 1, "captures/more.pcap"),
    ("ehlo replay cap", 1, "captures/"),
    ("ehlo replay seed --them", 1, "--theme"),
    ("ehlo replay seed --theme contr", 1, "contrast"),
    ("ehlo export seed --format work", 1, "worksheet"),
    ("ehlo sandbox --persona greyl", 1, "greylisting"),
    ("ehlo live --dialog smug", 1, "smuggling"),
    ("ehlo live a@b.example --quit-after first-h", 2, "first-helo"),
    ("ehlo lessons show command/RS", 1, "command/RSET"),
    ("ehlo lessons sh", 1, "show"),
    ("ehlo live --body mai", 1, "mail.pcap"),
    ("ehlo replay ", 2, "greylisted"),
    ("ehlo help ex", 2, "exit"),
    ("ehlo help sandb", 1, "sandbox"),
    ("ehlo export seed --fail-on ref", 1, "refused"),
]


class Shell:
    def __init__(self, kind, program, folder):
        self.kind = kind
        own = os.path.join(folder, "bin")
        os.makedirs(own, exist_ok=True)
        link = os.path.join(own, "ehlo")
        with open(link, "w") as file:
            file.write(f'#!/bin/sh\nexec "{program}" "$@"\n')
        os.chmod(link, 0o755)
        script = os.path.join(folder, f"script.{kind}")
        with open(script, "w") as file:
            subprocess.run([program, "--generate-completion-script", kind], stdout=file, check=True)
        environment = dict(
            os.environ, PATH=f"{own}:/usr/bin:/bin", HOME=folder, TERM="dumb" if kind == "zsh" else "xterm", LC_ALL="C.UTF-8",
            PS1="ready> ", COLUMNS="300", LINES="50",
        )
        environment.pop("ENV", None)
        words = {
            "bash": ["bash", "--norc", "--noprofile", "-i"],
            "zsh": ["zsh", "-f", "-i"],
            "fish": ["fish", "--no-config", "-i"],
        }[kind]
        self.child, self.terminal = pty.fork()
        if self.child == 0:
            os.chdir(os.path.join(folder, "work"))
            os.execvpe(words[0], words, environment)
        self.seen = ""
        start = {
            "bash": f"bind 'set enable-bracketed-paste off'; bind 'set page-completions off'; source '{script}'",
            "zsh": f"PROMPT='ready> '; autoload -U compinit; compinit -u -D; source '{script}'; LISTMAX=0",
            "fish": f"function fish_prompt; echo 'ready> '; end; source '{script}'",
        }[kind]
        time.sleep(1)
        self.line(start)
        self.line("echo is-$((40+2))" if kind != "fish" else "echo is-(math 40+2)")
        self.wait(lambda text: "is-42" in text)

    def send(self, text):
        os.write(self.terminal, text.encode())

    def line(self, text):
        self.send(text + "\r")

    def read(self, seconds):
        ready, _, _ = select.select([self.terminal], [], [], seconds)
        if ready:
            try:
                octets = os.read(self.terminal, 65536)
            except OSError:
                return
            self.answer(octets)
            text = octets.decode("utf-8", "replace")
            self.seen += re.sub(r"\x1b\[[0-9;?=>]*[A-Za-z]|\x1b\][^\x07\x1b]*(\x07|\x1b\\)|\x1b[=>()][0-9A-Z]?|\r|\x08", "", text)

    def answer(self, octets):
        """fish asks the terminal what it is before it goes on."""
        if b"\x1b[c" in octets or b"\x1b[0c" in octets:
            self.send("\x1b[?62;c")

    def wait(self, is_there, seconds=20):
        end = time.monotonic() + seconds
        while not is_there(self.seen) and time.monotonic() < end:
            self.read(0.2)
        return is_there(self.seen)

    def offers(self, typed, tabs, wanted):
        self.send("\x15")
        self.read(0.3)
        self.seen = ""
        self.send(typed)
        self.wait(lambda text: typed.strip() in text, 5)
        self.seen = ""
        # What the shell adds to the line is only the rest of the word.
        rest = wanted[len(typed.split(" ")[-1]):] if wanted.startswith(typed.split(" ")[-1]) else wanted
        for _ in range(tabs):
            self.send("\t")
            self.read(1)
        found = self.wait(lambda text: rest in text or wanted in text)
        said = self.seen
        self.send("\x03")
        self.read(0.3)
        return found, said

    def close(self):
        os.close(self.terminal)
        try:
            os.kill(self.child, 9)
        except ProcessLookupError:
            pass
        os.waitpid(self.child, 0)


def main():
    kind, program = sys.argv[1], os.path.abspath(sys.argv[2])
    failures = 0
    with tempfile.TemporaryDirectory() as folder:
        work = os.path.join(folder, "work")
        os.makedirs(os.path.join(work, "captures"))
        for name in ["mail.pcap", "captures/more.pcap", "$(touch run)", "`touch run`"]:
            open(os.path.join(work, name), "w").close()
        shell = Shell(kind, program, folder)
        for typed, tabs, wanted in CASES:
            found, said = shell.offers(typed, tabs, wanted)
            if not found:
                # A shell may lose a key while it draws; a fresh one has nothing else to do.
                shell.close()
                shell = Shell(kind, program, folder)
                found, said = shell.offers(typed, tabs, wanted)
            if not found:
                failures += 1
                print(f"{kind}: '{typed}' and Tab do not give '{wanted}', but {said!r}")
        shell.close()
        if os.path.exists(os.path.join(work, "run")):
            failures += 1
            print(f"{kind}: the name of a file was run as a command")
    if failures:
        sys.exit(1)
    print(f"{kind}: {len(CASES)} lines completed")


main()
