#!/usr/bin/env python3
"""Walks through exported pages in a headless Chromium, as a person does: by key.

    check_page.py EHLO SESSION...      EHLO is the program, a SESSION a recording or the name of a bundled one

For each session, and for a hostile one of its own that has markup in every field: each step is reached by `n`, and what
stands on the screen is compared with `ehlo export --format json`; each span of every line is reached by `→`; links to
steps, lines and spans arrive; without scripts everything is there to be read. Nothing may run that is not the page's own:
no dialog, no message on the console, no stop by the content security policy, no request but for the file itself.
"""

import base64
import json
import os
import subprocess
import sys
import tempfile
import time

from browser import Browser

MARKUP = (
    "<script>alert(1)</script>\"><img src=x onerror=alert(2)>'</title></style></textarea><svg/onload=alert(3)>]]><!--"
    "<iframe src=javascript:alert(4)>`onmouseover=alert(5)`&colon;&lt;b&gt;+ADw-script+AD4-{{7*7}}${7*7}"
    "<a href=https://tracker.invalid/x>y</a>\u202e\u2066\u200f\u2028\ufeff\u0000\u001b[2J"
)


def hostile(folder):
    """A recording with markup and controls wherever somebody else writes something."""
    every = bytes(range(256))
    mail = f"Subject: {MARKUP}\r\nFrom: {MARKUP}\r\n\r\n{MARKUP}\r\n</pre></code></script>\r\n".encode()

    def octets(data):
        return {"base64": base64.b64encode(data).decode()}

    def line(text):
        return octets(f"{text}\r\n".encode())

    label = b"\x08<b>x</b>\x07example\x00"
    query = bytes([0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0]) + label + bytes([0, 15, 0, 1])
    events = [
        ("submission", "note", MARKUP), ("lookup", "dns-query", octets(query)), ("relay", "connect", MARKUP),
        ("relay", "connected", MARKUP), ("relay", "server", line(f"220 {MARKUP} ESMTP {MARKUP}")),
        ("relay", "client", line(f"EHLO {MARKUP}")), ("relay", "server", line(f"250-{MARKUP}\r\n250 {MARKUP} <i>")),
        ("relay", "client", line(f'MAIL FROM:<"{MARKUP}"@x.example> <b>=<i>')),
        ("relay", "server", octets(b"250 2.1.0 " + every + b"\r\n")),
        ("relay", "client", line(f"RCPT TO:<{MARKUP}@x.example>")), ("relay", "server", line(f"550 5.1.1 {MARKUP}")),
        ("relay", "client", line("<SCRIPT>alert(6)</SCRIPT>")), ("relay", "server", line(MARKUP)),
        ("relay", "client", line("RCPT TO:<a@x.example>")), ("relay", "server", line("250 ok")),
        ("relay", "client", line("DATA")), ("relay", "server", line(f"354 {MARKUP}")),
        ("relay", "client", octets(mail + every + b"\r\n.\r\n")), ("relay", "server", line(f"250 {MARKUP}")),
        ("relay", "delivered", octets(mail + every)), ("relay", "error", MARKUP),
    ]
    path = os.path.join(folder, "hostile.ehlo")
    with open(path, "w", encoding="utf-8") as file:
        file.write(json.dumps({"ehlo": 1, "began": MARKUP, "title": MARKUP, "source": MARKUP}) + "\n")
        for number, (leg, kind, payload) in enumerate(events):
            file.write(json.dumps([number / 10, leg, kind, payload]) + "\n")
    return path


def expect(is_so, words):
    if not is_so:
        raise AssertionError(words)


class Check:
    def __init__(self, browser, program, session, folder):
        self.browser = browser
        self.name = os.path.basename(session)
        self.file = os.path.join(folder, "page.html")
        subprocess.run([program, "export", session, "-o", self.file], check=True)
        said = subprocess.run(
            [program, "export", session, "--format", "json"], check=True, capture_output=True, text=True
        ).stdout
        objects = [json.loads(line) for line in said.splitlines()]
        self.lines = [line for line in objects if line.get("kind") != "session"]
        self.stops = []
        for line in self.lines:
            place = (line["step"], line["substep"], line["transaction"])
            if not self.stops or self.stops[-1][0] != place:
                self.stops.append((place, []))
            self.stops[-1][1].append(line)

    def expect(self, is_so, words):
        expect(is_so, f"{self.name}: {words}")

    def equal(self, seen, wanted, words):
        self.expect(seen == wanted, f"{words}: have {seen!r}, expected {wanted!r}")

    # What a person sees: the text of the lines that take up room on the screen.
    SHOWN = """Array.from(document.querySelectorAll('WHAT li.line')).filter((line) => line.getClientRects().length)
        .map((line) => [Number(line.id.slice(5)) - 1, line.querySelector('code').textContent])"""

    def shown(self, page, within=""):
        return page.value(self.SHOWN.replace("WHAT", within))

    def equal_lines(self, seen, words):
        """Every line as the JSON export has it; what is no text, as pairs of hexadecimal digits."""
        self.equal([index for index, _ in seen], [line["index"] for line in self.lines], words)
        for (_, text), line in zip(seen, self.lines):
            pairs = base64.b64decode(line.get("octets", "")).hex(" ")
            isBinary = any(span["lesson"] and span["lesson"].startswith("tls/") for span in line["spans"]) and line["leg"] != "lookup"
            self.equal(text, pairs if isBinary and pairs else line["text"], f"{words}: line {line['index'] + 1}")

    def silent(self, page):
        """Nothing ran, nothing was fetched, nothing complained."""
        self.equal(page.value("window.__stopped"), [], "stopped by the policy")
        for event in page.events:
            method, told = event.get("method"), event.get("params", {})
            bad = method in ("Page.javascriptDialogOpening", "Runtime.exceptionThrown", "Runtime.consoleAPICalled")
            if method == "Log.entryAdded":
                bad = True
            if method == "Network.requestWillBeSent":
                bad = told["request"]["url"].split("#")[0] not in ("about:blank", "file://" + self.file)
            self.expect(not bad, f"{method} {json.dumps(told)[:400]}")

    def walk(self):
        """Every step by `n`; what is shown is what has happened so far, and the step is marked."""
        page = self.browser.open("file://" + self.file)
        count = page.value("document.querySelectorAll('section.stop').length")
        self.expect(count >= len(self.stops), f"{count} steps on the page")
        seen = []
        for number in range(count):
            if number:
                page.press("n")
            now = page.value(
                "[document.querySelectorAll('section.stop.now').length, document.querySelector('section.stop.now').id,"
                "document.querySelector('[aria-current=step]').hash.slice(1),"
                "document.querySelector('#lesson').textContent.length]"
            )
            self.equal(now[0], 1, "steps marked as current")
            self.equal(now[2], now[1], "the step marked in the list")
            self.expect(now[3] > 20, f"no lesson at {now[1]}")
            seen += self.shown(page, "section.stop.now")
        self.equal_lines(seen, "the lines as they came by key")
        self.equal(page.value("document.querySelector('[data-do=next]').disabled"), True, "the end")
        page.press("n")
        page.press("Home")
        self.equal(page.value("document.querySelector('section.stop').classList.contains('now')"), True, "Home")
        self.equal(len(self.shown(page)), len(self.lines), "lines once shown stay")
        whole = [place[0] for place, _ in self.stops]
        whole = [step for index, step in enumerate(whole) if index == 0 or whole[index - 1] != step]
        walked = []
        for _ in whole:
            walked.append(int(page.value("document.querySelector('section.stop.now').dataset.step")))
            page.press("]")
        self.equal(walked, whole, "whole steps by ]")
        page.press("[")
        page.press("p")
        self.silent(page)

    @staticmethod
    def has_line(page):
        """Whether the first step has a line of its own, which is then the current one."""
        return page.value("Boolean(document.querySelector('li.line.current'))")

    def spans(self):
        """Every span of every line by `→`, and the octets that the lesson pane says it has."""
        page = self.browser.open("file://" + self.file)
        page.press("End")
        page.press("Home")
        reached = 0
        for line in self.lines:
            if line["index"] or not self.has_line(page):
                page.press("ArrowDown")
            current = page.value("document.querySelector('li.line.current').id")
            self.equal(current, f"line-{line['index'] + 1}", "the line by ↓")
            isOurs = line["leg"] == "lookup"
            for number, span in enumerate(line["spans"], 1):
                if isOurs and span["kind"] == "separator":
                    continue
                page.press("ArrowRight")
                told = page.value(
                    "[document.querySelector('.span[aria-current]').id, document.activeElement.id,"
                    "document.querySelector('#lesson .about').textContent, document.querySelector('#lesson').children.length]"
                )
                place = f"line-{line['index'] + 1}-span-{number}"
                self.equal(told[:2], [place, place], "the span that is marked and has the focus")
                count = span["end"] - span["start"]
                words = f"octet {span['end']}" if count == 1 else f"octets {span['start'] + 1} to {span['end']}"
                self.expect(told[2].endswith(words), f"{place}: {told[2]!r} does not end in {words!r}")
                self.expect(told[3] >= (2 if span["lesson"] else 1), f"{place}: what it is and a lesson")
                reached += 1
        self.expect(reached > 0, "no spans")
        self.silent(page)

    def arrives(self):
        """Links to steps and spans, the dialogs, the findings, everything open."""
        last = self.stops[-1][0]
        page = self.browser.open(f"file://{self.file}#step-{last[0]}{last[1]}")
        self.equal(page.value("document.querySelector('section.stop.now').dataset.label"), f"{last[0]}{last[1]}", "#step")
        page.press("g")
        self.equal(page.value("document.querySelector('#go').open"), True, "g asks")
        page.press("9")
        page.press("9")
        page.press("Enter")
        self.expect("no such step" in page.value("document.querySelector('#trouble').textContent"), "99 is no step")
        page.value("document.querySelector('#number').value = ''")
        for key in str(self.stops[1][0][0]):
            page.press(key)
        page.press("Enter")
        self.equal(page.value("document.querySelector('section.stop.now').dataset.step"), str(self.stops[1][0][0]), "g")
        page.press("?")
        self.equal(page.value("document.querySelector('#help').open"), True, "? helps")
        page.press("n")
        page.press("Escape")
        self.equal(page.value("document.querySelector('#help').open"), False, "Esc closes")
        self.equal(page.value("document.querySelector('section.stop.now').dataset.step"), str(self.stops[1][0][0]), "n behind help")
        page.press("f")
        found = sum(len(line["findings"]) for line in self.lines)
        shown = "Array.from(document.querySelectorAll('#lesson li')).filter((each) => each.getClientRects().length).length"
        self.equal(page.value(shown), found, "findings by f")
        page.press("a")
        self.equal(len(self.shown(page)), len(self.lines), "everything open")
        self.expect(page.value("document.querySelector('article.lesson').getClientRects().length") > 0, "lessons open")
        page.press("a")
        self.silent(page)
        first = self.lines[0]["index"] + 1
        page.go("about:blank")
        page.go(f"file://{self.file}#line-{first}-span-1")
        self.equal(page.value("document.querySelector('.span[aria-current]').id"), f"line-{first}-span-1", "#line-span")
        for width, height in ((1280, 800), (390, 844), (320, 568)):
            page.look(width, height)
            wide = page.value("document.documentElement.scrollWidth")
            self.expect(wide <= width, f"{wide} pixels wide on a screen of {width}")
        self.silent(page)

    # Whether the current line stands in its pane, and nothing lies over its beginning.
    STANDS = """(() => {
        const line = document.querySelector('.line.current') || document.querySelector('.stop.now h2, .stop.now h3');
        const place = line.getBoundingClientRect();
        const over = document.elementFromPoint(place.left + 20, place.top + Math.min(place.height, 24) / 2);
        return [Boolean(over) && line.contains(over), place.top];
    })()"""

    def stands(self, page):
        """Where the current line stands when everything has come to rest."""
        end = time.monotonic() + 5
        before = None
        while time.monotonic() < end:
            isSeen, top = page.value(self.STANDS)
            if top == before:
                return isSeen
            before = top
            time.sleep(0.08)
        return False

    def keeps_in_sight(self):
        """The current line can be seen at every step, on every screen, whether movement is wanted or not."""
        page = self.browser.open("file://" + self.file)
        for width, height in ((1280, 800), (1366, 768), (1920, 1080), (390, 844)):
            for calm in (True, False):
                page.look(width, height, calm=calm)
                page.press("Home")
                for number in range(page.value("document.querySelectorAll('section.stop').length")):
                    if number:
                        page.press("n")
                    at = page.value("document.querySelector('section.stop.now').id")
                    self.expect(self.stands(page), f"{at} is out of sight at {width}x{height}, calm: {calm}")
        self.silent(page)

    def reacts(self):
        """Keys of a presenter, the way back, links, and what is copied."""
        page = self.browser.open("file://" + self.file)
        label = "document.querySelector('section.stop.now').dataset.label + ' ' + document.querySelector('#where').textContent"
        places = [page.value(label)]
        for key in (" ", "PageDown", "Enter"):
            page.press(key)
            places.append(page.value(label))
        self.equal(len(set(places)), 4, f"Space, PgDn and Enter go on: {places}")
        page.press("PageUp")
        self.equal(page.value(label), places[2], "PgUp")
        page.value("new Promise((done) => { addEventListener('popstate', () => setTimeout(done, 50)); history.back(); })")
        self.equal(page.value(label), places[3], "back leads to the step that was left")
        page.press("m")
        has = page.value("Boolean(document.querySelector('#message'))")
        told = page.value("document.querySelector('#lesson').textContent")
        self.expect(told.startswith("The message as it was " if has else "No message was sent"), f"m: {told[:80]!r}")
        page.value("new Promise((done) => { addEventListener('hashchange', () => setTimeout(done, 50)); location.hash = 'nowhere'; })")
        told = page.value("document.querySelector('#lesson').textContent")
        self.equal(told, "There is no place called nowhere on this page.", "a link that leads nowhere")
        copied = page.value(
            """(() => {
                const line = document.querySelector('li.line.current') || document.querySelector('li.line');
                getSelection().selectAllChildren(line);
                const data = new DataTransfer();
                line.dispatchEvent(new ClipboardEvent('copy', { clipboardData: data, bubbles: true, cancelable: true }));
                return [data.getData('text/plain'), line.querySelector('code').textContent];
            })()"""
        )
        self.equal(copied[0], copied[1], "a copied line")
        self.expect(copied[1] != "", "a line to copy")
        toolbars = page.value("document.querySelectorAll('[role=toolbar]').length")
        self.equal(toolbars, 1, "toolbars")
        self.silent(page)

    def unscripted(self):
        """Without scripts: every line and every lesson, nothing hidden."""
        page = self.browser.open("file://" + self.file, scripts=False)
        self.equal_lines(self.shown(page), "lines without scripts")
        hidden = page.value(
            "Array.from(document.querySelectorAll('article.lesson, .finding, #findings'))"
            ".filter((each) => !each.getClientRects().length).length"
        )
        self.equal(hidden, 0, "hidden without scripts")
        self.equal(page.value("document.querySelector('.controls').getClientRects().length"), 0, "buttons without scripts")
        self.equal(page.value("document.documentElement.className"), "", "the script ran")


def main():
    program, sessions = sys.argv[1], sys.argv[2:]
    with tempfile.TemporaryDirectory(prefix="ehlo-pages-") as folder, Browser() as browser:
        for session in sessions + [hostile(folder)]:
            check = Check(browser, program, session, folder)
            check.walk()
            check.spans()
            check.arrives()
            check.unscripted()
            check.reacts()
            if session in sessions:
                check.keeps_in_sight()
            print(f"{check.name}: {len(check.lines)} lines, {len(check.stops)} steps", flush=True)


if __name__ == "__main__":
    main()
