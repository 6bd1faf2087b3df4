#!/usr/bin/env python3
"""Makes the manual pages:

    manual.py TEMPLATES TABLES VERSION TIME OUTDIR

TEMPLATES holds the written parts (`*.in`, and `NAME.examples` of a command), TABLES what the program says of itself: help.json
from --experimental-dump-help, exit.txt and keys.txt from `ehlo help`. Each command has a page; `command.1.in` is its frame.
In a frame a line with one of the names below alone is replaced. The pages are in man(7), so that examples may come first.
"""

import json
import pathlib
import re
import sys
import textwrap
import time


def roff(text):
    """Text as roff has it; what is not ASCII by its number."""
    text = text.replace("\\", "\\e").replace("-", "\\-").replace("^", "\\(ha").replace("~", "\\(ti").replace("`", "\\(ga")
    return "".join(c if ord(c) < 128 else f"\\[u{ord(c):04X}]" for c in text)


def lines(text):
    """A paragraph in lines that are not too long and none of which is taken for a request."""
    wrapped = textwrap.wrap(roff(text), 78, break_long_words=False, break_on_hyphens=False)
    return ["\\&" + line if line[:1] in ".'" else line for line in wrapped]


def paragraphs(text):
    result = []
    for number, paragraph in enumerate(text.split("\n\n")):
        result += [".PP"] if number else []
        # A list has its lines indented and keeps them.
        if "\n  " in paragraph:
            head, *rest = paragraph.split("\n")
            result += lines(head) + [".PP", ".nf"] + [("\\&" if l[:1] in ".'" else "") + roff(l) for l in rest] + [".fi"]
        else:
            result += lines(paragraph.replace("\n", " "))
    return result


def label(argument):
    if argument["kind"] == "positional":
        return f"\\fI{roff(argument['valueName'])}\\fR"
    names = [("--" if name["kind"] == "long" else "-") + name["name"] for name in argument["names"]]
    names = ", ".join(f"\\fB{roff(name)}\\fR" for name in sorted(names, key=len))
    return names + (f" \\fI{roff(argument['valueName'])}\\fR" if argument["kind"] == "option" else "")


def shown(command):
    return [a for a in command.get("arguments", []) if a["shouldDisplay"]]


def definition(argument):
    words = argument.get("abstract", "").strip()
    if argument.get("defaultValue"):
        words += f" Without it: {argument['defaultValue']}."
    return [".TP", label(argument)] + lines(words)


def options(command):
    result, sections = [], {}
    for argument in shown(command):
        if argument["kind"] == "positional":
            result += definition(argument)
        else:
            sections.setdefault(argument.get("sectionTitle") or "", []).append(argument)
    for title, arguments in sorted(sections.items(), key=lambda section: section[0] != ""):
        result += [f".SS {roff(title)}"] * bool(title) + [line for a in arguments for line in definition(a)]
    return result


def synopsis(words, command):
    parts = [f"\\fB{roff(words)}\\fR"] + ["[\\fIoptions\\fR]"]
    for argument in shown(command):
        if argument["kind"] == "positional":
            part = f"\\fI{roff(argument['valueName'])}\\fR" + ("\\ \\&..." if argument["isRepeating"] else "")
            parts.append(f"[{part}]" if argument["isOptional"] else part)
    return [" ".join(parts)]


def table(path, has_headings):
    """The rows of a page of `ehlo help`: two columns, the second may go on in the next line."""
    result = []
    rows = [line for line in path.read_text().split("\n") if line]
    for line in rows:
        if not line.startswith(" "):
            result += [f".SS {roff(line)}"] if has_headings else []
            continue
        found = re.match(r"  (\S.*?)\s{2,}(\S.*)$", line)
        if found:
            result += [".TP", f"\\fB{roff(found[1])}\\fR"] + lines(found[2])
        else:
            result += lines(line.strip())
    return result


def main():
    templates, tables, outdir = (pathlib.Path(sys.argv[n]) for n in (1, 2, 5))
    version, day = sys.argv[3], time.strftime("%Y-%m-%d", time.gmtime(int(sys.argv[4])))
    tool = json.loads((tables / "help.json").read_text())["command"]
    commands = [c for c in tool["subcommands"] if c["commandName"] != "help"]
    pages = ["ehlo(1)"] + [f"ehlo-{c['commandName']}(1)" for c in commands] + ["ehlo-recording(5)"]

    def see_also(own):
        names = [re.match(r"(.*)\((\d)\)", page).groups() for page in sorted(pages, key=lambda p: (p[-2], p)) if page != own]
        return [f".BR {roff(n)} ({s})" + ("," if i + 1 < len(names) else "") for i, (n, s) in enumerate(names)]

    def write(page, template, parts):
        name, section = page[:-3], page[-2]
        parts = {**parts, "title": [f'.TH "{roff(name).upper()}" {section} {day} "ehlo {version}" "ehlo"'],
                 "exit": table(tables / "exit.txt", False), "keys": table(tables / "keys.txt", True),
                 "seealso": see_also(page)}
        text = []
        for line in (templates / template).read_text().splitlines():
            name_of_part = re.fullmatch(r"@([a-z]+)@", line)
            text += parts[name_of_part[1]] if name_of_part else [line]
        folder = outdir / f"man{section}"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{name}.{section}").write_text("\n".join(text) + "\n")

    rows = []
    for command in commands:
        rows += [".TP", f".BR {roff('ehlo-' + command['commandName'])} (1)"] + lines(command["abstract"])
    write("ehlo(1)", "ehlo.1.in", {"commands": rows, "options": options(tool)})
    write("ehlo-recording(5)", "ehlo-recording.5.in", {})
    for command in commands:
        name = command["commandName"]
        written = templates / f"{name}.examples"
        examples = written.read_text().splitlines() if written.exists() else []
        inner = [c for c in command.get("subcommands", []) if c["commandName"] != "help"]
        calls, own = [], options(command) if not inner else []
        for number, (words, one) in enumerate([(f"ehlo {name} {c['commandName']}", c) for c in inner] or [(f"ehlo {name}", command)]):
            calls += [".br"] * bool(number) + synopsis(words, one)
        for one in inner:
            own += [f".SS ehlo {name} {one['commandName']}"] + lines(one["abstract"])
            own += [".PP"] * bool(one.get("discussion")) + paragraphs(one.get("discussion", ""))
            own += [line for a in shown(one) if a.get("sectionTitle") != "Common options" for line in definition(a)]
        if inner:
            common = [a for a in shown(inner[0]) if a.get("sectionTitle") == "Common options"]
            own += [".SS Common options"] + [line for a in common for line in definition(a)]
        write(f"ehlo-{name}(1)", "command.1.in", {
            "name": [f"ehlo\\-{name} \\- {roff(command['abstract'].rstrip('.'))}"], "examples": examples, "synopsis": calls,
            "description": lines(command["abstract"]) + [".PP"] * bool(command.get("discussion"))
            + paragraphs(command.get("discussion", "")),
            "options": own,
        })


main()
