#!/usr/bin/env python3
"""Shows of each persona what its description says, with clients that are not ours: Python's smtplib and plain sockets.

    persona_clients.py PROGRAM PERSONA [FILE]

Starts `PROGRAM sandbox --persona PERSONA` on a port of its own (FILE instead of the name when one is given), talks to it, and
says on standard error what was not as it should be. The exit status is 0 when all was, 1 when not, 3 when there is no client
for the persona.
"""
import glob
import os
import re
import smtplib
import socket
import ssl
import subprocess
import sys
import tempfile
import time

MAIL = (
    "Date: Tue, 24 Nov 2026 12:00:00 +0000\r\nFrom: <ada@sender.example>\r\nTo: <bob@receiver.example>\r\n"
    "Subject: Hello\r\n\r\nGood morning.\r\n.\r\n..\r\n"
)
SENDER, RECIPIENT = "ada@sender.example", "bob@receiver.example"


def until(condition, seconds=30):
    """Asks until the answer is yes."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.05)
    return False


class Server:
    def __init__(self, program, persona, folder, *options):
        self.folder = folder
        self.stdout = open(os.path.join(folder, "stdout"), "wb")
        self.child = subprocess.Popen(
            [program, "sandbox", "--plain", "--persona", persona, "--port", "0", "--eml", folder + "/eml",
             "--maildir", folder + "/maildir", "--record", folder + "/recordings", *options],
            stdin=subprocess.DEVNULL, stdout=self.stdout, stderr=subprocess.PIPE, text=True)
        line = self.child.stderr.readline()
        assert "listens on 127.0.0.1:" in line, f"the program said: {line!r}{self.child.stderr.read()!r}"
        self.port = int(line.split("127.0.0.1:")[1].split()[0])

    def close(self):
        self.child.terminate()
        self.child.wait()
        self.child.stderr.close()
        self.stdout.close()

    @property
    def output(self):
        with open(os.path.join(self.folder, "stdout"), "rb") as file:
            return file.read().decode()

    def says(self, text):
        assert until(lambda: text in self.output), f"the program did not print {text!r}:\n{self.output}"

    def files(self, pattern):
        return sorted(glob.glob(os.path.join(self.folder, pattern)))

    def mails(self, count=1):
        """The mails that were accepted, once there are so many."""
        names = lambda: [name for name in self.files("eml/*.eml") if ".not-accepted" not in name]
        assert until(lambda: len(names()) >= count), f"{len(names())} mails came, not {count}"
        assert len(names()) == count, f"{len(names())} mails came, not {count}"
        return [open(name, "rb").read() for name in names()]

    def refused(self):
        return [open(name, "rb").read() for name in self.files("eml/*.not-accepted.eml")]

    def smtp(self, **options):
        return smtplib.SMTP("127.0.0.1", self.port, local_hostname="client.example", timeout=60, **options)

    def raw(self):
        return Raw(self.port)


class Raw:
    """A socket that says what it is told."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=60)
        self.file = self.socket.makefile("rb")

    def send(self, octets):
        self.socket.sendall(octets.encode() if isinstance(octets, str) else octets)

    def line(self):
        return self.file.readline()

    def reply(self):
        """The lines of one reply, without their ends; nothing at the end of the connection."""
        lines = []
        while True:
            line = self.line()
            if not line:
                return lines
            lines.append(line.rstrip(b"\r\n").decode())
            if line[3:4] != b"-":
                return lines

    def ask(self, command):
        self.send(command + "\r\n")
        return self.reply()

    def silent(self, seconds=0.3):
        """Whether nothing comes for a moment."""
        self.socket.settimeout(seconds)
        try:
            return self.socket.recv(1, socket.MSG_PEEK) == b"?"
        except (TimeoutError, socket.timeout):
            return True
        finally:
            self.socket.settimeout(60)

    def hello(self, verb="EHLO"):
        return self.reply() + self.ask(verb + " client.example")

    def close(self):
        self.file.close()
        self.socket.close()


def same(found, wanted):
    assert found == wanted, f"{found!r} came instead of {wanted!r}"


def refuses(error, call, code):
    """The call ends in this error of smtplib's, with this code."""
    try:
        call()
    except error as caught:
        found = [entry[0] for entry in caught.recipients.values()] if isinstance(
            caught, smtplib.SMTPRecipientsRefused) else [caught.smtp_code]
        same(found, [code] * len(found))
        return
    raise AssertionError(f"{error.__name__} with {code} did not come")


def delivers(server, text=MAIL, sender=SENDER, recipient=RECIPIENT, client=None):
    """A mail goes through and is, octet for octet, what was sent, with the server's fields on top."""
    before = len(server.files("maildir/new/*"))
    with client or server.smtp() as smtp:
        smtp.sendmail(sender, recipient, text)
    assert until(lambda: len(server.files("maildir/new/*")) == before + 1), "no mail came to the Maildir"
    mail = server.mails(before + 1)[-1]
    assert mail.endswith(text.encode()), mail
    assert mail.startswith(f"Return-Path: <{sender}>\r\nReceived: from client.example ([127.0.0.1])\r\n".encode()), mail
    for name in server.files("eml/*") + server.files("maildir/new/*") + server.files("recordings/*"):
        same(oct(os.stat(name).st_mode & 0o777), "0o600")


def keywords(server):
    raw = server.raw()
    offer = raw.hello()[2:]
    raw.close()
    return [line[4:] for line in offer]


def relays_nothing(server, code):
    with server.smtp() as smtp:
        refuses(smtplib.SMTPRecipientsRefused, lambda: smtp.sendmail(SENDER, "eve@elsewhere.example", MAIL), code)


def secured(server):
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    smtp = server.smtp()
    smtp.starttls(context=context)
    return smtp


# One function a persona.

def rfc5321(server):
    delivers(server)
    raw = server.raw()
    raw.hello()
    for command, code in [
        ("RCPT TO:<a@b.example>", "503"), ("DATA", "503"), ("NONSENSE", "500"), ("MAIL FROM:<a@b.example> FOO=1", "555"),
        ("MAIL FROM:<>", "250"), ("MAIL FROM:<>", "503"), ("VRFY a", "252"), ("NOOP", "250"), ("RSET", "250"),
        ("BDAT -1", "503"), ("EXPN all", "502"), ("HELP", "214"),
    ]:
        assert raw.ask(command)[-1].startswith(code), command
    same(raw.ask("QUIT")[0][:3], "221")
    same(raw.reply(), [])
    server.says("No findings: ")
    server.says("The message as it was delivered")


def postfix(server):
    assert {"PIPELINING", "SIZE 10485760", "ETRN", "DSN", "CHUNKING", "STARTTLS"} <= set(keywords(server))
    raw = server.raw()
    same(raw.hello()[:2], ["220 mail.postfix.example ESMTP Postfix", "250-mail.postfix.example"])
    same(raw.ask("MAIL FROM:<a@b.example>"), ["250 2.1.0 Ok"])
    same(raw.ask("RCPT TO:<eve@elsewhere.example>"), ["454 4.7.1 <eve@elsewhere.example>: Relay access denied"])
    same(raw.ask("RCPT TO:<bob@receiver.example>"), ["250 2.1.5 Ok"])
    same(raw.ask("DATA"), ["354 End data with <CR><LF>.<CR><LF>"])
    assert raw.ask("Subject: x\r\n\r\nx\r\n.")[0].startswith("250 2.0.0 Ok: queued as ")
    same(raw.ask("NONSENSE"), ["500 5.5.2 Error: command not recognized"])
    same(raw.ask("QUIT"), ["221 2.0.0 Bye"])
    server.mails(1)
    delivers(server, client=secured(server))


def exim(server):
    assert "ENHANCEDSTATUSCODES" not in keywords(server)
    raw = server.raw()
    same(raw.hello()[1], "250-mail.exim.example Hello client.example [127.0.0.1]")
    same(raw.ask("MAIL FROM:<a@b.example>"), ["250 OK"])
    same(raw.ask("RCPT TO:<bob@receiver.example>"), ["250 Accepted"])
    raw.ask("DATA")
    assert raw.ask("Subject: x\r\n\r\nx\r\n.")[0].startswith("250 OK id=")
    relays_nothing(server, 550)
    delivers(server, client=secured(server))


def exchange(server):
    assert {"X-ANONYMOUSTLS", "BINARYMIME", "CHUNKING", "SIZE 37748736"} <= set(keywords(server))
    raw = server.raw()
    same(raw.hello()[1], "250-mail.exchange.example Hello [127.0.0.1]")
    same(raw.ask("MAIL FROM:<a@b.example> BODY=BINARYMIME"), ["250 2.1.0 Sender OK"])
    same(raw.ask("RCPT TO:<bob@receiver.example>"), ["250 2.1.5 Recipient OK"])
    raw.send(b"BDAT 4 LAST\r\n\0\n.\r")
    assert "Queued mail for delivery" in raw.reply()[0]
    assert server.mails(1)[0].endswith(b"\0\n.\r")
    relays_nothing(server, 550)
    delivers(server, client=secured(server))


def gmail(server):
    raw = server.raw()
    assert raw.hello()[0].endswith("gsmtp")
    assert raw.ask("MAIL FROM:<a@b.example>")[0].endswith("gsmtp")
    same([line[:9] for line in raw.ask("RCPT TO:<nosuch@receiver.example>")], ["550-5.1.1", "550-5.1.1", "550 5.1.1"])
    relays_nothing(server, 550)
    delivers(server, client=secured(server))


def greylisting(server):
    with server.smtp() as smtp:
        refuses(smtplib.SMTPRecipientsRefused, lambda: smtp.sendmail(SENDER, RECIPIENT, MAIL), 451)
    server.says("this mail was not accepted")

    def retried():
        with server.smtp() as smtp:
            try:
                smtp.sendmail(SENDER, RECIPIENT, MAIL)
                return True
            except smtplib.SMTPRecipientsRefused:
                return False
    assert until(retried), "the mail was never taken"
    server.mails(1)
    with server.smtp() as smtp:
        refuses(smtplib.SMTPRecipientsRefused, lambda: smtp.sendmail("eve@sender.example", RECIPIENT, MAIL), 451)


def mailbox_full(server):
    with server.smtp() as smtp:
        refuses(smtplib.SMTPRecipientsRefused, lambda: smtp.sendmail(SENDER, "full@full.example", MAIL), 452)
    with server.smtp() as smtp:
        refuses(smtplib.SMTPRecipientsRefused, lambda: smtp.sendmail(SENDER, "over-quota@full.example", MAIL), 552)
    delivers(server)


def no_such_user(server):
    with server.smtp() as smtp:
        refused = smtp.sendmail(SENDER, ["eve@users.example", "bob@users.example"], MAIL)
        same({name: reply[0] for name, reply in refused.items()}, {"eve@users.example": 550})
    server.mails(1)
    with server.smtp() as smtp:
        refuses(smtplib.SMTPRecipientsRefused, lambda: smtp.sendmail(SENDER, "eve@users.example", MAIL), 550)
    server.says("this mail was not accepted: ")
    server.says("was answered 550 5.1.1 No such user here")


def relay_denied(server):
    relays_nothing(server, 550)
    raw = server.raw()
    raw.hello()
    raw.ask("MAIL FROM:<>")
    for path in ["<u%elsewhere.example@other.example>", "<@receiver.example:u@elsewhere.example>", "<elsewhere!u@other.example>",
                 '<"u@receiver.example"@elsewhere.example>', "<u@[192.0.2.1]>", "<u@receiver.example.elsewhere.example>"]:
        assert raw.ask("RCPT TO:" + path)[0].startswith("550 5.7.1"), path
    for path in ["<u@receiver.example@elsewhere.example>", "<u>", "<>"]:
        assert raw.ask("RCPT TO:" + path)[0].startswith("501"), path
    delivers(server)


def auth_required(server):
    with server.smtp() as smtp:
        refuses(smtplib.SMTPSenderRefused, lambda: smtp.sendmail(SENDER, RECIPIENT, MAIL), 530)
        refuses(smtplib.SMTPAuthenticationError, lambda: smtp.login("ada", "hunter2-CANARY"), 535)
    for mechanism in ["PLAIN", "LOGIN", "CRAM-MD5"]:
        smtp = server.smtp()
        smtp.ehlo()
        smtp.user, smtp.password = "ada", "lovelace"
        same(smtp.auth(mechanism, getattr(smtp, "auth_" + mechanism.lower().replace("-", "_")))[0], 235)
        delivers(server, client=smtp)
    raw = server.raw()
    raw.hello()
    raw.send(b"AUTH PLAIN AGFkYQ")
    time.sleep(0.05)
    raw.send(b"Bsb3ZlbGFjZQ==\r\n")
    same(raw.reply()[0][:3], "235")
    raw.ask("QUIT")
    raw.close()
    raw = server.raw()
    raw.hello()
    raw.send(b"AUTH CRAM-MD5\r\nbG92ZWxhY2U=\r\nAUTH LOGIN\r\nYWRh\r\nbG92ZWxhY2U=\r\nQUIT\r\n")
    raw.close()
    assert until(lambda: len(re.findall(r"(?m)(\d+ findings?\.|No findings: .*)$", server.output)) >= 6), server.output
    # No artefact holds a password, in clear or in Base64.
    for name in server.files("recordings/*") + server.files("stdout"):
        text = open(name, "rb").read().split(b"Conversation 1", 1)[-1]
        for secret in [b"lovelace", b"CANARY", b"bG92ZWxhY2U", b"AGFkYQBsb3ZlbGFjZQ", b"AGFkYQ", b"Bsb3ZlbGFjZQ",
                       b"AGh1bnRlcjItQ0FOQVJZ", b"aHVudGVyMi1DQU5BUlk"]:
            assert secret not in text, f"{name} holds {secret}"


def tls_required(server):
    with server.smtp() as smtp:
        refuses(smtplib.SMTPSenderRefused, lambda: smtp.sendmail(SENDER, RECIPIENT, MAIL), 530)
        same(smtp.docmd("RSET")[0], 530)
        same(smtp.noop()[0], 250)
    delivers(server, client=secured(server))
    server.says("with ESMTPS id")
    smtp = secured(server)
    smtp.ehlo()
    assert not smtp.has_extn("starttls")
    smtp.close()
    # What comes in one packet with STARTTLS is thrown away and never done (CVE-2011-0411).
    raw = server.raw()
    raw.hello()
    raw.send(b"STARTTLS\r\nEHLO injected.example\r\nRSET\r\n")
    same(raw.reply()[0][:3], "220")
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    inside = context.wrap_socket(raw.socket)
    inside.settimeout(0.5)
    try:
        found = inside.recv(100)
    except (TimeoutError, socket.timeout):
        found = b"nothing"
    same(found, b"nothing")
    inside.settimeout(60)
    inside.sendall(b"MAIL FROM:<>\r\n")
    same(inside.recv(3), b"503")
    inside.close()
    server.says("octets-after-starttls")


def size_limited(server):
    assert "SIZE 2000" in keywords(server)
    big = MAIL.replace("\r\n.", "\r\nx") + "x" * 60 + ("\r\n" + "y" * 60) * 40 + "\r\n"
    with server.smtp() as smtp:
        refuses(smtplib.SMTPSenderRefused, lambda: smtp.sendmail(SENDER, RECIPIENT, big), 552)
    raw = server.raw()
    raw.hello()
    for command in ["MAIL FROM:<a@b.example>", "RCPT TO:<bob@receiver.example>", "DATA"]:
        raw.ask(command)
    raw.send(big)
    same(raw.ask(".")[0][:9], "552 5.3.4")
    server.says("this mail was not accepted: the mail data was answered 552 5.3.4")
    assert until(lambda: len(server.refused()) == 1)
    assert server.refused()[0].startswith(b"Date: ")
    delivers(server)


def helo_only(server):
    raw = server.raw()
    raw.reply()
    same(raw.ask("EHLO client.example")[0][:3], "500")
    same(raw.ask("HELO client.example"), ["250 mx.arpa.example"])
    same(raw.ask("MAIL FROM:<a@b.example> SIZE=10")[0][:3], "501")
    for command in ["STARTTLS", "AUTH PLAIN", "BDAT 1"]:
        same(raw.ask(command)[0][:3], "502")
    raw.close()
    delivers(server)
    assert b"with SMTP id" in server.mails(1)[0]
    raw = server.raw()
    raw.reply()
    raw.send("HELO client.example\r\nMAIL FROM:<>\r\n")
    same([raw.reply()[0][:3] for _ in range(2)], ["250", "554"])
    same(raw.reply(), [])


def slow(server):
    raw = server.raw()
    began = time.monotonic()
    raw.hello()
    # Not how fast, only that it does wait: two seconds before the greeting, half a second at a command.
    assert time.monotonic() - began >= 2.4
    began = time.monotonic()
    raw.send("MAIL FROM:<a@b.example>\r\nRCPT TO:<bob@receiver.example>\r\nDATA\r\n")
    same([raw.reply()[0][:3] for _ in range(3)], ["250", "250", "354"])
    assert time.monotonic() - began >= 1.4
    began = time.monotonic()
    same(raw.ask("Subject: x\r\n\r\nx\r\n.")[0][:3], "250")
    assert time.monotonic() - began >= 1.9
    server.mails(1)


def tempfail_at_data(server):
    with server.smtp() as smtp:
        refuses(smtplib.SMTPDataError, lambda: smtp.sendmail(SENDER, RECIPIENT, MAIL), 451)
    server.says("this mail was not accepted")
    same(server.files("eml/*"), [])


def drops_connection(server):
    delivers(server, "Subject: short\r\n\r\nshort\r\n")
    with server.smtp() as smtp:
        try:
            smtp.sendmail(SENDER, RECIPIENT, MAIL + "line of text\r\n" * 5000)
        except (smtplib.SMTPServerDisconnected, ConnectionError, BrokenPipeError):
            pass
        else:
            raise AssertionError("the mail got through")
        smtp.close()
    server.says("this mail was not accepted: the server dropped the connection")
    server.mails(1)
    assert until(lambda: len(server.refused()) == 1)


def pipelining(server):
    same(keywords(server), ["PIPELINING"])
    raw = server.raw()
    raw.hello()
    raw.send("MAIL FROM:<a@b.example>\r\nRCPT TO:<bob@receiver.example>\r\nDATA\r\n")
    same([raw.reply()[0][:3] for _ in range(3)], ["250", "250", "354"])
    raw.send("Subject: x\r\n\r\nx\r\n.\r\nQUIT\r\n")
    same([raw.reply()[0][:3] for _ in range(2)], ["250", "221"])
    server.mails(1)


def chunking(server):
    raw = server.raw()
    raw.hello()
    raw.ask("MAIL FROM:<a@b.example> BODY=BINARYMIME")
    raw.ask("RCPT TO:<bob@receiver.example>")
    same(raw.ask("DATA")[0][:3], "502")
    raw.send(b"BDAT 10\r\n0123456\r\n.")
    same(raw.reply()[0][:3], "250")
    raw.send(b"BDAT 3 LAST\r\n\r\n.NOOP\r\n")
    same([raw.reply()[0][:3] for _ in range(2)], ["250", "250"])
    assert server.mails(1)[0].endswith(b"0123456\r\n.\r\n.")
    for size in ["-1", "99999999999999999999999999999999999999999", "x", "1 LASTX"]:
        assert raw.ask("BDAT " + size)[0][:3] in ["501", "503"], size


def smtputf8(server):
    raw = server.raw()
    raw.hello()
    raw.ask("MAIL FROM:<ada@sender.example>")
    same(raw.ask("RCPT TO:<grå@mx.example>")[0][:9], "553 5.6.7")
    raw.close()
    with server.smtp() as smtp:
        smtp.sendmail("grå@sender.example", "måns@receiver.example", MAIL.encode(), mail_options=["SMTPUTF8", "BODY=8BITMIME"])
    assert "Return-Path: <grå@sender.example>".encode() in server.mails(1)[0]


def dsn(server):
    with server.smtp() as smtp:
        smtp.sendmail(SENDER, RECIPIENT, MAIL, mail_options=["RET=HDRS", "ENVID=QQ314159"],
                      rcpt_options=["NOTIFY=SUCCESS,DELAY", "ORCPT=rfc822;bob@receiver.example"])
        for options in [["RET=SOME"], ["RET"]]:
            refuses(smtplib.SMTPSenderRefused, lambda: smtp.sendmail(SENDER, RECIPIENT, MAIL, mail_options=options), 501)
        for options in [["NOTIFY=NEVER,SUCCESS"], ["NOTIFY=NOW"], ["NOTIFY="]]:
            refuses(smtplib.SMTPRecipientsRefused,
                    lambda: smtp.sendmail(SENDER, RECIPIENT, MAIL, rcpt_options=options), 501)
    server.mails(1)


def lmtp(server):
    with smtplib.LMTP("127.0.0.1", server.port, local_hostname="client.example", timeout=60) as smtp:
        smtp.lhlo = smtp.ehlo
        smtp.ehlo("client.example")
        smtp.mail(SENDER)
        for name in ["ada", "full", "bob"]:
            same(smtp.rcpt(f"{name}@receiver.example")[0], 250)
        smtp.putcmd("DATA")
        same(smtp.getreply()[0], 354)
        smtp.send(MAIL.replace("\r\n.", "\r\n..") + ".\r\n")
        same([smtp.getreply()[0] for _ in range(3)], [250, 452, 250])
        smtp.quit()
    mail = server.mails(1)[0]
    assert b"with LMTP id" in mail
    server.says("this mail was not accepted: <full@receiver.example> was answered 452 4.2.2")
    raw = server.raw()
    raw.reply()
    same([raw.ask(verb + " client.example")[0][:3] for verb in ["EHLO", "HELO", "LHLO"]], ["500", "500", "250"])


def rules(server):
    raw = server.raw()
    raw.hello()
    for command, reply in [
        ("NOOP", ["250 2.0.0 Nothing done, as you wished"]),
        ("EXPN all", ["250-2.1.0 Ada Lovelace <ada@rules.example>", "250 2.1.0 Bob Bemer <bob@rules.example>"]),
        ("VRFY ada@rules.example", ["250 2.1.5 Ada Lovelace <ada@rules.example>"]),
        ("XYZZY", ["250 2.0.0 Nothing happens"]), ("HELP", ["214 2.0.0 See the file rules.yaml"]),
        ("MAIL FROM:<eve@spam.example>", ["554 5.7.1 Not from there"]), ("MAIL FROM:<>", ["250 2.1.0 A report is welcome"]),
        ("RSET", ["250 2.0.0 Reset"]), ("MAIL FROM:<refused-at-the-end@rules.example>", ["250 2.1.0 Sender OK"]),
        ("RCPT TO:<later@rules.example>", ["450 4.2.1 Busy, come back"]),
        ("RCPT TO:<never@rules.example>", ["550 5.1.1 Never heard of"]), ("RCPT TO:<bob@rules.example>", ["250 2.1.5 Recipient OK"]),
    ]:
        same(raw.ask(command), reply)
    assert raw.ask("VRFY bob@rules.example")[0].startswith("252")
    raw.ask("DATA")
    same(raw.ask("Subject: x\r\n\r\nx\r\n."), ["554 5.6.0 Read it, and do not want it"])
    assert until(lambda: len(server.refused()) == 1)
    delivers(server)


# RFC 5321 knows one end of mail data; these are the others.
ENDS = {
    "LF . LF": b"\n.\n", "CR . CR": b"\r.\r", "CR . LF": b"\r.\n", "LF . CR": b"\n.\r", "LF . CRLF": b"\n.\r\n",
    "CRLF . LF": b"\r\n.\n", "CR . CRLF": b"\r.\r\n", "CRLF . CR": b"\r\n.\r", "CRLF NUL . CRLF": b"\r\n\0.\r\n",
    "CRLF . NUL CRLF": b"\r\n.\0\r\n",
}


def smuggle(server, end, split, hidden):
    """Sends a mail with another behind a false end; the codes of all replies after 354."""
    raw = server.raw()
    raw.hello()
    raw.send("MAIL FROM:<ada@sender.example>\r\nRCPT TO:<bob@receiver.example>\r\nDATA\r\n")
    same([raw.reply()[0][:3] for _ in range(3)], ["250", "250", "354"])
    octets = (b"Subject: outer\r\n\r\nouter" + end + b"MAIL FROM:<root@bank.example>\r\nRCPT TO:<bob@receiver.example>\r\n"
              b"DATA\r\nSubject: inner\r\n\r\ninner\r\n.\r\nQUIT\r\n")
    start = octets.index(end)
    pieces = [octets]
    if split:
        pieces = [octets[:start]] + [octets[at:at + 1] for at in range(start, start + len(end))] + [octets[start + len(end):]]
    raw.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    for piece in pieces:
        raw.send(piece)
        if split:
            time.sleep(0.002)
    codes = []
    while reply := raw.reply():
        codes.append(reply[0][:3])
    raw.close()
    same(codes, ["250", "250", "250", "354", "250", "221"] if hidden else ["250", "221"])


def smuggle_prone(server):
    count = 0
    for name, end in ENDS.items():
        for split in [False, True]:
            smuggle(server, end, split, hidden=True)
            count += 2
            mails = server.mails(count)
            assert mails[-2].startswith(b"Return-Path: <ada@sender.example>"), mails[-2]
            assert b"inner" not in mails[-2] and b"outer" in mails[-2], mails[-2]
            assert mails[-1].startswith(b"Return-Path: <root@bank.example>"), mails[-1]
        server.says(f"this server takes {name} for the end of the mail data")
    server.says("end-of-data-variant")
    delivers(server)


def smuggle_proof(server):
    count = 0
    for name, end in ENDS.items():
        for split in [False, True]:
            smuggle(server, end, split, hidden=False)
            count += 1
            mail = server.mails(count)[-1]
            kept = end.replace(b"\r\n.\0", b"\r\n\0").replace(b"\r\n.\r", b"\r\n\r").replace(b"\r\n.\n", b"\r\n\n")
            assert b"outer" + kept + b"MAIL FROM:<root@bank.example>\r\n" in mail, (name, mail)
    server.says("end-of-data-variant")
    delivers(server)


def broken_multiline(server):
    raw = server.raw()
    codes = [line[:4] for line in raw.hello()[1:]]
    same([codes[0], codes[1], codes[-1]], ["250-", "251-", "250 "])
    raw.ask("QUIT")
    server.says("reply-code-changes")
    delivers(server)


def early_talker(server):
    with server.smtp() as smtp:
        same(smtp.ehlo()[1], b"Nobody asked, but go on")
        try:
            smtp.sendmail(SENDER, RECIPIENT, MAIL)
        except (smtplib.SMTPException, ConnectionError):
            pass
        else:
            raise AssertionError("a client that reads each reply for its last command should not get through")
        smtp.close()
    server.says("reply-without-command")
    same(server.files("eml/*"), [])


def submission(server):
    with server.smtp() as smtp:
        smtp.ehlo()
        assert smtp.has_extn("starttls") and not smtp.has_extn("auth"), smtp.esmtp_features
        refuses(smtplib.SMTPSenderRefused, lambda: smtp.sendmail(SENDER, RECIPIENT, MAIL), 530)
    smtp = secured(server)
    smtp.ehlo()
    assert smtp.has_extn("auth"), smtp.esmtp_features
    same(smtp.docmd("MAIL FROM:<ada@sender.example>")[0], 530)
    refuses(smtplib.SMTPAuthenticationError, lambda: smtp.login("ada", "hunter2-CANARY"), 535)
    smtp = secured(server)
    smtp.login("ada", "lovelace")
    delivers(server, recipient="eve@elsewhere.example", client=smtp)
    server.says("with ESMTPSA id")


def lf_only(server):
    raw = server.raw()
    line = raw.line()
    assert line.endswith(b"ready\n") or (line.endswith(b"\n") and not line.endswith(b"\r\n")), line
    raw.send("HELO client.example\nMAIL FROM:<ada@sender.example>\nRCPT TO:<bob@receiver.example>\nDATA\n")
    same([raw.reply()[0][:3] for _ in range(4)], ["250", "250", "250", "354"])
    raw.send("Subject: x\n\nx\n.\nQUIT\n")
    same([raw.reply()[0][:3] for _ in range(2)], ["250", "221"])
    server.mails(1)
    server.says("bare-lf")
    delivers(server)


def main():
    program, persona = sys.argv[1:3]
    client = globals().get(persona.replace("-", "_"))
    if persona in ["until", "same", "refuses", "delivers", "smuggle", "main", "secured", "keywords"] or not callable(client):
        print(f"there is no client for the persona {persona}", file=sys.stderr)
        return 3
    with tempfile.TemporaryDirectory() as folder:
        server = Server(program, sys.argv[3] if len(sys.argv) > 3 else persona, folder)
        try:
            client(server)
        finally:
            server.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
