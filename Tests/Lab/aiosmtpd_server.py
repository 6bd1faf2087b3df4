"""An SMTP server for tests, on 127.0.0.1:PORT, built on aiosmtpd.

The mail exchanger of receiver.example with the mailboxes bob, carol and postmaster. With --greylist a pair of
sender and recipient it has not seen is answered `450 4.7.1` until --delay seconds have passed.
"""

import argparse
import base64
import hashlib
import hmac
import mailbox
import os
import signal
import ssl
import threading
import time
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import MISSING, AuthResult

HOST = "mx.receiver.example"
DOMAIN = "receiver.example"
BOXES = ("bob", "carol", "postmaster")


class Login:
    """Mechanisms that aiosmtpd does not bring: CRAM-MD5 (RFC 2195) and SCRAM-SHA-256 (RFC 5802, RFC 7677)."""

    user = ""
    password = ""
    # "wrong-signature" and "no-signature" are servers that do not know the password, as a client must notice.
    fault = ""

    def check(self, server, session, envelope, mechanism, data):
        known = data.login == self.user.encode() and data.password == self.password.encode()
        return AuthResult(success=known, handled=False)

    async def auth_CRAM__MD5(self, server, args):
        challenge = f"<{os.getpid()}.{time.time_ns()}@{HOST}>"
        answer = await server.challenge_auth(challenge)
        if answer is MISSING:
            return AuthResult(success=False)
        user, _, digest = answer.decode().rpartition(" ")
        proof = hmac.new(self.password.encode(), challenge.encode(), "md5").hexdigest()
        return AuthResult(success=user == self.user and hmac.compare_digest(proof, digest), handled=False)

    async def auth_SCRAM__SHA__256(self, server, args):
        first = base64.b64decode(args[1]) if len(args) > 1 else await server.challenge_auth("")
        if first is MISSING or not first.startswith(b"n,,"):
            return AuthResult(success=False)
        bare = first[3:].decode()
        fields = dict(part.split("=", 1) for part in bare.split(","))
        nonce = fields["r"] + base64.b64encode(os.urandom(12)).decode()
        salt, rounds = os.urandom(16), 4096
        server_first = f"r={nonce},s={base64.b64encode(salt).decode()},i={rounds}"
        answer = await server.challenge_auth(server_first)
        if answer is MISSING:
            return AuthResult(success=False)
        without_proof, _, proof = answer.decode().rpartition(",p=")
        message = f"{bare},{server_first},{without_proof}".encode()
        salted = hashlib.pbkdf2_hmac("sha256", self.password.encode(), salt, rounds)
        client_key = hmac.digest(salted, b"Client Key", "sha256")
        signature = hmac.digest(hashlib.sha256(client_key).digest(), message, "sha256")
        wanted = bytes(a ^ b for a, b in zip(client_key, signature))
        name = fields["n"].replace("=2C", ",").replace("=3D", "=")
        if name != self.user or not hmac.compare_digest(wanted, base64.b64decode(proof)):
            return AuthResult(success=False, handled=False)
        verifier = hmac.digest(hmac.digest(salted, b"Server Key", "sha256"), message, "sha256")
        if self.fault == "wrong-signature":
            verifier = bytes(32)
        if self.fault != "no-signature":
            last = await server.challenge_auth("v=" + base64.b64encode(verifier).decode())
            if last is MISSING:
                return AuthResult(success=False)
        return AuthResult(success=True)


class Exchanger(Login):
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
    parser.add_argument("--tls-on-connect", action="store_true", help="TLS from the first octet")
    parser.add_argument("--tls-max", choices=["1.2", "1.3"], default="1.3", help="the newest version of TLS")
    parser.add_argument("--auth", metavar="USER", help="ask USER for the password in LAB_PASSWORD")
    parser.add_argument("--auth-in-clear", action="store_true", help="offer AUTH without TLS too")
    parser.add_argument("--auth-without", action="append", default=[], metavar="MECHANISM", help="do not offer this one")
    parser.add_argument("--auth-fault", default="", choices=["", "wrong-signature", "no-signature"])
    parser.add_argument("--certificate", type=Path)
    parser.add_argument("--key", type=Path)
    arguments = parser.parse_args()

    context = None
    if arguments.starttls or arguments.tls_on_connect:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(arguments.certificate, arguments.key)
        if arguments.tls_max == "1.2":
            context.maximum_version = ssl.TLSVersion.TLSv1_2
    if arguments.maildir:
        arguments.maildir.mkdir(parents=True, exist_ok=True)
    exchanger = Exchanger(arguments.maildir, arguments.greylist, arguments.delay)
    settings = {"server_hostname": HOST, "enable_SMTPUTF8": True, "tls_context": context}
    if arguments.tls_on_connect:
        settings["tls_context"] = None
        settings["ssl_context"] = context
    if arguments.auth:
        exchanger.user, exchanger.password = arguments.auth, os.environ["LAB_PASSWORD"]
        exchanger.fault = arguments.auth_fault
        settings["authenticator"] = exchanger.check
        settings["auth_required"] = True
        settings["auth_require_tls"] = not (arguments.auth_in_clear or arguments.tls_on_connect)
        settings["auth_exclude_mechanism"] = arguments.auth_without
    controller = Controller(exchanger, hostname="127.0.0.1", port=arguments.port, **settings)
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    controller.start()
    stopped.wait()
    controller.stop()


if __name__ == "__main__":
    main()
