#!/usr/bin/env python3
"""How many mails a second `ehlo sandbox` takes, beside aiosmtpd; and how much memory it needs. Prints, asserts nothing.

    sandbox.py PROGRAM [MAILS]

Sends with Postfix's smtp-source, four connections at a time, one mail a connection and many mails a connection. Both servers
keep the mails in memory; ehlo also traces every octet and writes the annotated text to /dev/null.
"""
import os
import shutil
import socket
import subprocess
import sys
import time

AIOSMTPD = """
import sys, time
from aiosmtpd.controller import Controller
class Keep:
    def __init__(self): self.mails = []
    async def handle_DATA(self, server, session, envelope):
        self.mails.append(envelope.content)
        return "250 OK"
controller = Controller(Keep(), hostname="127.0.0.1", port=int(sys.argv[1]))
controller.start()
print("ready", flush=True)
time.sleep(1e9)
"""


def memory(process):
    with open(f"/proc/{process.pid}/status") as file:
        lines = {line.split(":")[0]: line.split(":")[1].strip() for line in file}
    return lines["VmRSS"], lines["VmHWM"]


def ehlo(program, *options):
    process = subprocess.Popen([program, "sandbox", "--plain", "--port", "0", *options], stdin=subprocess.DEVNULL,
                               stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    line = process.stderr.readline()
    return process, int(line.split("127.0.0.1:")[1].split()[0])


def aiosmtpd():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen([sys.executable, "-c", AIOSMTPD, str(port)], stdout=subprocess.PIPE, text=True)
    process.stdout.readline()
    return process, port


def rate(port, mails, *options):
    began = time.monotonic()
    subprocess.run([shutil.which("smtp-source") or "/usr/sbin/smtp-source", "-s", "4", "-m", str(mails), *options,
                    f"127.0.0.1:{port}"], check=True)
    return mails / (time.monotonic() - began)


def main():
    program, mails = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 2000
    for name, options in [("one mail a connection", []), ("many mails a connection", ["-d"])]:
        rates = {}
        for server, start in [("ehlo", lambda: ehlo(program)), ("aiosmtpd", aiosmtpd)]:
            process, port = start()
            rate(port, 100, *options)
            rates[server] = max(rate(port, mails, *options) for _ in range(3))
            print(f"{name:<24} {server:<9} {rates[server]:8.0f} mails a second, memory {memory(process)[0]}")
            process.kill()
            process.wait()
        print(f"{name:<24} {rates['ehlo'] / rates['aiosmtpd']:.1f} times as many")

    process, port = ehlo(program)
    before = memory(process)[0]
    with socket.create_connection(("127.0.0.1", port)) as client:
        file = client.makefile("rb")
        file.readline()
        for _ in range(100):
            client.sendall(b"NOOP\r\n" * 100)
            for _ in range(100):
                file.readline()
    print(f"10,000 NOOPs: memory {before} before, {memory(process)[0]} after")
    clients = [socket.create_connection(("127.0.0.1", port)) for _ in range(1000)]
    for client in clients:
        client.recv(3)
    print(f"1,000 connections: memory {memory(process)[0]}, at most {memory(process)[1]}")
    for client in clients:
        client.close()
    process.kill()


if __name__ == "__main__":
    main()
