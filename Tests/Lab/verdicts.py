#!/usr/bin/env python3
"""What ehlo says became of a mail, against real servers that refuse it at each place of a session, and cut at each.

  verdicts.py PROGRAM DIR [SERVER...]

Prints a table in Markdown: the server, where it refuses or where the connection is cut, the exit status, the verdict. The
refusals are the server's own, by its configuration; the cuts are those of a small proxy before it, which understands no more
than the verbs. Servers: postfix, exim, opensmtpd, sendmail, aiosmtpd; knot answers the lookups of the rows named `DNS`.
Runs as root on a throw-away Debian 12 machine, see common.sh.
"""

import pathlib
import shutil
import socket
import subprocess
import sys
import threading
import time

HERE = pathlib.Path(__file__).resolve().parent
STAGES = ["greeting", "EHLO", "MAIL", "RCPT", "DATA", "dot", "QUIT"]
CUTS = ["greeting", "EHLO", "MAIL", "RCPT", "DATA", "mail data", "dot", "QUIT"]
BOX, NOBODY = "bob@receiver.example", "nosuch@receiver.example"


def run(*words, **options):
    return subprocess.run([str(word) for word in words], capture_output=True, text=True, **options)


def lab(name, folder, port, action="start"):
    done = run(HERE / f"{name}.sh", action, folder, port)
    if done.returncode != 0:
        raise RuntimeError(f"{name}: {done.stderr.strip()}")


def wait_for(port, seconds=20):
    """Waits until something listens."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.2)
    raise RuntimeError(f"nothing listens on port {port}")


class Postfix:
    """Restrictions of its own, one listener each; smtpd_delay_reject would put them all off to RCPT."""

    restrictions = {
        "greeting": "smtpd_client_restrictions=reject", "EHLO": "smtpd_helo_restrictions=reject",
        "MAIL": "smtpd_sender_restrictions=reject", "DATA": "smtpd_data_restrictions=reject",
        "dot": "smtpd_end_of_data_restrictions=reject",
    }

    def start(self, folder, port):
        lab("postfix", folder, port)
        ports = {}
        with open(folder / "etc/master.cf", "a", encoding="ascii") as file:
            for offset, (stage, restriction) in enumerate(self.restrictions.items(), 1):
                ports[stage] = port + offset
                file.write(f"127.0.0.1:{port + offset} inet n - n - - smtpd\n")
                file.write(f"  -o smtpd_delay_reject=no\n  -o {restriction}\n")
        run("postfix", "-c", folder / "etc", "reload", check=True)
        return ports

    def stop(self, folder):
        lab("postfix", folder, "", "stop")


class Exim:
    """An ACL for each place, told apart by the port that the client came to."""

    acls = {"greeting": "connect", "EHLO": "helo", "MAIL": "mail", "DATA": "predata", "dot": "data", "QUIT": None}

    def start(self, folder, port):
        lab("exim", folder, port)
        lab("exim", folder, port, "stop")
        path = folder / "exim.conf"
        text = path.read_text(encoding="ascii")
        ports = {stage: port + offset for offset, stage in enumerate((s for s in self.acls if self.acls[s]), 1)}
        listening = " : ".join(str(number) for number in [port, *ports.values()])
        text = text.replace(f"daemon_smtp_ports = {port}", f"daemon_smtp_ports = {listening}")
        text = text.replace("acl_smtp_data = accept\n", "")
        names, rules = "", ""
        for stage, number in ports.items():
            acl = self.acls[stage]
            names += f"acl_smtp_{acl} = at_{acl}\n"
            rules += f"at_{acl}:\n  deny    condition = ${{if eq{{$received_port}}{{{number}}}}}\n"
            rules += f"          message = not at {stage}\n  accept\n"
        text = text.replace("\nbegin acl\n", f"{names}\nbegin acl\n{rules}")
        path.write_text(text, encoding="ascii")
        cache = run("bash", "-c", f'. "{HERE}/common.sh"; unpacked exim4-daemon-light').stdout.strip()
        run(f"{cache}/usr/sbin/exim4", "-C", path, "-bd", "-q30m", check=True)
        wait_for(port)
        return ports

    def stop(self, folder):
        lab("exim", folder, "", "stop")


class OpenSMTPD:
    """Its built-in filters reject at a phase of the session."""

    phases = {"greeting": "connect", "EHLO": "ehlo", "MAIL": "mail-from", "DATA": "data", "dot": "commit"}

    def start(self, folder, port):
        lab("opensmtpd", folder, port)
        lab("opensmtpd", folder, port, "stop")
        path = folder / "smtpd.conf"
        ports = {stage: port + offset for offset, stage in enumerate(self.phases, 1)}
        text = "table here { 127.0.0.1 }\n"
        for stage, number in ports.items():
            name = stage.lower()
            text += f'filter "{name}" phase {self.phases[stage]} match src <here> reject "554 not at {stage}"\n'
            text += f'listen on 127.0.0.1 port {number} hostname mx.receiver.example filter "{name}"\n'
        path.write_text(text + path.read_text(encoding="ascii"), encoding="ascii")
        # Started as the script of the lab does, with the configuration that stands there now.
        root = run("bash", "-c", f'. "{HERE}/common.sh"; unpacked opensmtpd').stdout.strip()
        with open(folder / "smtpd.log", "ab") as log:
            process = subprocess.Popen(
                [f"{root}/usr/sbin/smtpd", "-d", "-f", str(path)], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                start_new_session=True,
            )
        (folder / "smtpd.pid").write_text(f"{process.pid}\n", encoding="ascii")
        wait_for(port)
        return ports

    def stop(self, folder):
        lab("opensmtpd", folder, "", "stop")


class Sendmail:
    """Rule sets, one listener each. It has none for EHLO and QUIT, and what check_relay refuses it says at MAIL alone."""

    offsets = {"MAIL": 2, "DATA": 3, "dot": 4}

    def start(self, folder, port):
        lab("sendmail", folder, port)
        return {stage: port + offset for stage, offset in self.offsets.items()}

    def stop(self, folder):
        lab("sendmail", folder, "", "stop")


class Aiosmtpd:
    """Hooks of a handler; the only one of them that can refuse QUIT."""

    source = '''
import asyncio, sys
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP

class Handler:
    def __init__(self, stage): self.stage = stage
    def answer(self, stage, yes): return f"554 5.7.1 not at {stage}" if self.stage == stage else yes
    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        session.host_name = hostname
        return ["554 not at EHLO"] if self.stage == "EHLO" else responses
    async def handle_HELO(self, server, session, envelope, hostname):
        session.host_name = hostname
        return self.answer("EHLO", f"250 {server.hostname}")
    async def handle_MAIL(self, server, session, envelope, address, options):
        envelope.mail_from = address
        return self.answer("MAIL", "250 2.1.0 OK")
    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("nosuch@"): return "550 5.1.1 no such user"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"
    async def handle_DATA(self, server, session, envelope): return self.answer("dot", "250 2.0.0 OK")
    async def handle_QUIT(self, server, session, envelope): return self.answer("QUIT", "221 2.0.0 Bye")

class Server(SMTP):
    async def smtp_DATA(self, arg):
        if self.event_handler.stage == "DATA": return await self.push("554 5.7.1 not at DATA")
        return await super().smtp_DATA(arg)
    async def push(self, status):
        if self.event_handler.stage == "greeting" and status.startswith("220 "): status = "554 not at greeting"
        return await super().push(status)

class Listening(Controller):
    def factory(self): return Server(self.handler, hostname="mx.receiver.example")

running = []
for word in sys.argv[1:]:
    stage, port = word.split("=")
    running.append(Listening(Handler(stage), hostname="127.0.0.1", port=int(port), ready_timeout=20))
    running[-1].start()
print("ready", flush=True)
sys.stdin.read()
'''

    def start(self, folder, port):
        folder.mkdir(parents=True, exist_ok=True)
        python = run(HERE / "aiosmtpd.sh", "python", check=True).stdout.strip()
        ports = {stage: port + offset for offset, stage in enumerate(s for s in STAGES if s != "RCPT")}
        ports = {stage: number + 1 for stage, number in ports.items()}
        words = [f"{stage}={number}" for stage, number in {"none": port, **ports}.items()]
        self.process = subprocess.Popen(
            [python, "-c", self.source, *words], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.process.stdout.readline()
        return ports

    def stop(self, _):
        self.process.stdin.close()
        self.process.wait()


class Cutter:
    """A proxy that closes both sides at one place of the session."""

    def __init__(self, place, port):
        self.place, self.upstream = place, port
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.converse, args=[client], daemon=True).start()

    def converse(self, client):
        if self.place == "greeting":
            return client.close()
        server = socket.create_connection(("127.0.0.1", self.upstream))
        silent = threading.Event()
        threading.Thread(target=self.answers, args=[server, client, silent], daemon=True).start()
        in_data = False
        for line in client.makefile("rb"):
            verb = line[:4].upper().decode("latin-1").strip()
            if in_data:
                if self.place == "mail data":
                    break
                in_data = line != b".\r\n"
                if not in_data and self.place == "dot":
                    # The server has the whole mail, and what it answers goes nowhere.
                    silent.set()
                    server.sendall(line)
                    time.sleep(0.5)
                    break
            elif verb == self.place or verb == "HELO" and self.place == "EHLO":
                break
            elif verb == "DATA":
                in_data = True
            server.sendall(line)
        for end in (client, server):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            end.close()

    @staticmethod
    def answers(server, client, silent):
        try:
            while octets := server.recv(4096):
                if not silent.is_set():
                    client.sendall(octets)
        except OSError:
            pass


def live(program, recipients, *options):
    """The exit status, and the lines of the verdict."""
    words = [program, "live", "--plain", "--no-record", "--no-input", "--from", "ada@sender.example", "--no-tls"]
    done = run(*words, "--timeout", "20", *options, *recipients)
    lines = done.stdout.splitlines()
    start = next((number for number, line in enumerate(lines) if line.startswith("Verdict: ")), None)
    if start is None:
        return done.returncode, [done.stderr.strip()]
    # A sentence that goes on in the next line stands two columns further in.
    sentences = []
    for line in lines[start:]:
        if line.startswith("  ") and sentences:
            sentences[-1] += " " + line.strip()
        elif line:
            sentences.append(line)
    sentences[0] = sentences[0].removeprefix("Verdict: ")
    return done.returncode, sentences


def row(server, place, outcome):
    status, sentences = outcome
    words = "<br>".join(sentence.replace("|", "\\|") for sentence in sentences)
    print(f"| {server} | {place} | {status} | {words} |", flush=True)


def table(program, name, server, folder, port):
    ports = server.start(folder, port)
    try:
        def at(number):
            return ["--server", f"127.0.0.1:{number}"]

        row(name, "nothing refused", live(program, [BOX], *at(port)))
        for stage in STAGES:
            if stage == "RCPT":
                row(name, "refused: RCPT, one of two", live(program, [BOX, NOBODY], *at(port)))
                row(name, "refused: RCPT, all", live(program, [NOBODY], *at(port)))
            elif stage in ports:
                row(name, f"refused: {stage}", live(program, [BOX], *at(ports[stage])))
        for place in CUTS:
            row(name, f"cut: {place}", live(program, [BOX], *at(Cutter(place, port).port)))
    finally:
        server.stop(folder)
    row(name, "refused: connect", live(program, [BOX], *at(port)))


def lookups(program, folder, port, lived):
    """Lookups that end the walk, and one that leads to a server."""
    lab("knot", folder, port)
    try:
        for domain, place in [
            ("receiver.example", "MX, a server behind it"), ("nosuch.receiver.example", "no such domain"),
            ("null.example", "null MX"), ("bare.example", "neither MX nor address"), ("other.example", "REFUSED"),
        ]:
            options = ["--dns", f"127.0.0.1:{port}", "--allow-private", "--port", lived]
            row("knot", f"DNS: {place}", live(program, [f"bob@{domain}"], *options))
    finally:
        lab("knot", folder, "", "stop")


SERVERS = {
    "postfix": Postfix, "exim": Exim, "opensmtpd": OpenSMTPD, "sendmail": Sendmail, "aiosmtpd": Aiosmtpd,
}


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    program, folder = sys.argv[1], pathlib.Path(sys.argv[2]).resolve()
    wanted = sys.argv[3:] or [*SERVERS, "knot"]
    print("| server | where | exit | verdict |\n|---|---|---|---|", flush=True)
    for number, name in enumerate(wanted):
        place = folder / name
        shutil.rmtree(place, ignore_errors=True)
        try:
            if name == "knot":
                server = Aiosmtpd()
                server.start(folder / "behind", 3090)
                lookups(program, place, 3080, 3090)
                server.stop(folder)
            else:
                table(program, name, SERVERS[name](), place, 3100 + 20 * number)
        except (RuntimeError, subprocess.CalledProcessError) as error:
            print(f"| {name} | could not be started | | {error} |", flush=True)


if __name__ == "__main__":
    main()
