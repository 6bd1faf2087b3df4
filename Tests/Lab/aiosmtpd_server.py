"""An SMTP server for tests, on 127.0.0.1:PORT, built on aiosmtpd.

The mail exchanger of receiver.example with the mailboxes bob, carol and postmaster. With --greylist a pair of
sender and recipient it has not seen is answered `450 4.7.1` until --delay seconds have passed.
"""

import argparse
import mailbox
import signal
import ssl
import threading
import time
from pathlib import Path

from aiosmtpd.controller import Controller

HOST = "mx.receiver.example"
DOMAIN = "receiver.example"
BOXES = ("bob", "carol", "postmaster")


class Exchanger:
    """Decides about recipients and puts accepted mail into maildirs."""

    def __init__(self, maildir, greylist, delay):
        self.maildir = maildir
        self.greylist = greylist
        self.delay = delay
        self.first_seen = {}

    async def handle_RCPT(self, server, session, envelope, address, options):
        local_part, _, domain = address.rpartition("@")
        if domain.lower() != DOMAIN:
            return "554 5.7.1 Relay access denied"
        if local_part.lower() not in BOXES:
            return "550 5.1.1 No such mailbox"
        if self.greylist and not self.is_known(session.peer[0], envelope.mail_from, address):
            return "450 4.7.1 Greylisted, please try again later"
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 2.1.5 Recipient ok"

    def is_known(self, client, sender, recipient):
        now = time.monotonic()
        first = self.first_seen.setdefault((client, sender.lower(), recipient.lower()), now)
        return now > first and now - first >= self.delay

    async def handle_DATA(self, server, session, envelope):
        if self.maildir:
            trace = f"Return-Path: <{envelope.mail_from}>\r\n".encode()
            for recipient in envelope.rcpt_tos:
                box = self.maildir / recipient.partition("@")[0].lower()
                mailbox.Maildir(box, create=True).add(trace + envelope.original_content)
        return "250 2.0.0 Message accepted for delivery"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("port", type=int)
    parser.add_argument("--greylist", action="store_true", help="defer what was not seen before")
    parser.add_argument("--delay", type=float, default=300, help="seconds a greylisted pair has to wait (300)")
    parser.add_argument("--maildir", type=Path, help="folder of the mailboxes; without it mail is thrown away")
    parser.add_argument("--starttls", action="store_true", help="offer STARTTLS")
    parser.add_argument("--certificate", type=Path)
    parser.add_argument("--key", type=Path)
    arguments = parser.parse_args()

    context = None
    if arguments.starttls:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(arguments.certificate, arguments.key)
    if arguments.maildir:
        arguments.maildir.mkdir(parents=True, exist_ok=True)
    controller = Controller(
        Exchanger(arguments.maildir, arguments.greylist, arguments.delay),
        hostname="127.0.0.1",
        port=arguments.port,
        server_hostname=HOST,
        enable_SMTPUTF8=True,
        tls_context=context,
    )
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    controller.start()
    stopped.wait()
    controller.stop()


if __name__ == "__main__":
    main()
