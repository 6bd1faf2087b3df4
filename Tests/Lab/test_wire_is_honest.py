#!/usr/bin/env python3
"""Tests of compare_capture, json_octets and wire_is_honest: `python3 -m unittest` in this folder.

The last ones hold a real session: aiosmtpd, a proxy that records and tcpdump on the loopback interface. They need
root and are skipped without it.
"""

import base64
import json
import os
import shutil
import smtplib
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
import unittest
from pathlib import Path

import compare_capture
import json_octets
import wire_is_honest

HERE = Path(__file__).resolve().parent
CLIENT, SERVER = ("127.0.0.1", 40000), ("127.0.0.1", 25)
SYN, ACK, FIN = 2, 16, 1


def tcp_packet(source, target, number, payload=b"", flags=ACK, link_type=1):
    """A frame with an IPv4 packet; checksums are left zero, which the reader does not look at."""
    tcp = struct.pack(">HHIIBBHHH", source[1], target[1], number % 2**32, 0, 5 << 4, flags, 512, 0, 0) + payload
    return frame(source, target, 6, tcp, link_type)


def frame(source, target, protocol, body, link_type=1):
    addresses = socket.inet_aton(source[0]) + socket.inet_aton(target[0])
    ip = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(body), 0, 0x4000, 64, protocol, 0) + addresses + body
    link = {1: bytes(12) + b"\x08\x00", 113: bytes(14) + b"\x08\x00", 276: b"\x08\x00" + bytes(18), 101: b""}
    return link[link_type] + ip


class Files(unittest.TestCase):
    def setUp(self):
        self.folder = Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.folder)

    def capture(self, *packets, link_type=1, order="<"):
        magic = 0xA1B2C3D4
        octets = struct.pack(order + "IHHiIII", magic, 2, 4, 0, 0, 262144, link_type)
        for index, packet in enumerate(packets):
            octets += struct.pack(order + "IIII", 1000, index * 1000, len(packet), len(packet)) + packet
        path = self.folder / "capture.pcap"
        path.write_bytes(octets)
        return path

    def recording(self, *events):
        path = self.folder / "recording.ehlo"
        header = {"ehlo": 1, "began": "2026-01-01T00:00:00Z", "title": "t", "source": "s"}
        path.write_text("".join(json.dumps(line) + "\n" for line in [header, *events]))
        return path

    def judge(self, recording, capture, **options):
        return wire_is_honest.judge(
            json_octets.conversations(recording), compare_capture.connections(capture), **options
        )


class Captures(Files):
    def test_every_link_type_and_byte_order_gives_the_same(self):
        for link_type in (1, 113, 276, 101):
            for order in "<>":
                packet = tcp_packet(SERVER, CLIENT, 5, b"220 hi\r\n", link_type=link_type)
                found = compare_capture.connections(self.capture(packet, link_type=link_type, order=order))
                self.assertEqual([s[1:] for s in found[0].segments], [("server", b"220 hi\r\n")])

    def test_segments_out_of_order_sent_again_and_over_the_wrap_come_once_and_in_order(self):
        start = 2**32 - 3
        found = compare_capture.connections(
            self.capture(
                tcp_packet(CLIENT, SERVER, start - 1, flags=SYN),
                tcp_packet(CLIENT, SERVER, start + 4, b"EF"),
                tcp_packet(CLIENT, SERVER, start, b"ABCD"),
                tcp_packet(CLIENT, SERVER, start, b"ABCD"),
                tcp_packet(CLIENT, SERVER, start + 2, b"CDEFGH"),
            )
        )
        self.assertEqual(found[0].octets("client"), b"ABCDEFGH")
        self.assertEqual([s.octets for s in found[0].segments], [b"ABCDEF", b"GH"])
        self.assertTrue(found[0].complete)

    def test_a_gap_makes_a_connection_incomplete(self):
        found = compare_capture.connections(
            self.capture(
                tcp_packet(CLIENT, SERVER, 10, flags=SYN),
                tcp_packet(CLIENT, SERVER, 11, b"AB"),
                tcp_packet(CLIENT, SERVER, 15, b"EF"),
            )
        )
        self.assertEqual(found[0].octets("client"), b"AB")
        self.assertFalse(found[0].complete)

    def test_lost_octets_before_the_end_make_a_connection_incomplete(self):
        found = compare_capture.connections(
            self.capture(
                tcp_packet(CLIENT, SERVER, 10, flags=SYN),
                tcp_packet(CLIENT, SERVER, 13, flags=FIN | ACK),
            )
        )
        self.assertFalse(found[0].complete)

    def test_the_same_ports_again_are_another_connection(self):
        found = compare_capture.connections(
            self.capture(
                tcp_packet(CLIENT, SERVER, 10, flags=SYN),
                tcp_packet(CLIENT, SERVER, 10, flags=SYN),
                tcp_packet(CLIENT, SERVER, 11, b"one"),
                tcp_packet(CLIENT, SERVER, 900, flags=SYN),
                tcp_packet(CLIENT, SERVER, 901, b"two"),
            )
        )
        self.assertEqual([c.octets("client") for c in found], [b"one", b"two"])

    def test_padding_of_short_frames_is_no_octet_of_the_stream(self):
        packet = tcp_packet(SERVER, CLIENT, 5, b"x") + bytes(5)
        self.assertEqual(compare_capture.connections(self.capture(packet))[0].octets("server"), b"x")

    def test_datagrams(self):
        body = struct.pack(">HHHH", 5000, 53, 11, 0) + b"dns"
        found = compare_capture.datagrams(self.capture(frame(CLIENT, SERVER, 17, body)))
        self.assertEqual(found[0].octets, b"dns")

    def test_a_file_of_another_kind_is_refused(self):
        path = self.folder / "x"
        path.write_text("hello, this is no capture at all")
        with self.assertRaises(compare_capture.CaptureError):
            compare_capture.connections(path)


class Recordings(Files):
    def test_octets_in_every_spelling(self):
        recording = self.recording(
            [0.0, "relay", "connect", "127.0.0.1:25"],
            [0.1, "relay", "server", "220 é\r\n"],
            [0.2, "relay", "client", {"base64": base64.b64encode(b"\xff\r\n").decode()}],
        )
        found = json_octets.conversations(recording)
        self.assertEqual([p.octets for p in found[0].pieces], ["220 é\r\n".encode(), b"\xff\r\n"])

    def test_legs_and_second_connections_are_kept_apart(self):
        recording = self.recording(
            [0.0, "submission", "connect", "a"],
            [0.1, "submission", "server", "1"],
            [0.1, "relay", "connect", "b"],
            [0.2, "relay", "server", "2"],
            [0.3, "relay", "connect", "c"],
            [0.4, "relay", "server", "3"],
        )
        found = json_octets.conversations(recording)
        self.assertEqual(
            [(c.leg, c.pieces[0].octets) for c in found], [("submission", b"1"), ("relay", b"2"), ("relay", b"3")]
        )

    def test_a_torn_last_line_is_dropped_and_a_torn_middle_refused(self):
        recording = self.recording([0.1, "relay", "server", "220 a\r\n"])
        with open(recording, "a", encoding="utf-8") as file:
            file.write('[0.2, "relay", "cli')
        self.assertEqual(len(json_octets.conversations(recording)[0].pieces), 1)
        with open(recording, "a", encoding="utf-8") as file:
            file.write('\n[0.3, "relay", "client", "x"]\n')
        with self.assertRaises(json_octets.FormatError):
            json_octets.conversations(recording)

    def test_exported_lines_get_their_line_ends_and_escapes_back(self):
        path = self.folder / "export.json"
        rows = [
            ("NOOP \\xFF", [(0, 6), (6, 8)]),
            ("bare", [(0, 4), (4, 5)]),
            ("none", [(0, 4)]),
            ("a\\x41", [(0, 5), (5, 7)]),
            ("a\\\\b", [(0, 3), (3, 5)]),
        ]
        with open(path, "w", encoding="utf-8") as file:
            for index, (text, spans) in enumerate(rows):
                spans = [{"start": start, "end": end, "kind": "x"} for start, end in spans]
                row = {"session": 0, "index": index, "time": 0.1, "leg": "relay", "from": "client", "text": text}
                file.write(json.dumps({**row, "spans": spans}) + "\n")
        pieces = json_octets.conversations(path)[0].pieces
        expected = [b"NOOP \xff\r\n", b"bare\n", b"none", b"a\\x41\r\n", b"a\\b\r\n"]
        self.assertEqual([piece.octets for piece in pieces], expected)


class Honesty(Files):
    def session(self, *turns):
        """A capture of these turns, after a proper opening."""
        numbers = {"client": 101, "server": 501}
        packets = [tcp_packet(CLIENT, SERVER, 100, flags=SYN), tcp_packet(SERVER, CLIENT, 500, flags=SYN | ACK)]
        for side, octets in turns:
            ends = (CLIENT, SERVER) if side == "client" else (SERVER, CLIENT)
            packets.append(tcp_packet(*ends, numbers[side], octets))
            numbers[side] += len(octets)
        return self.capture(*packets)

    def relay(self, *events):
        return self.recording(*([index / 10, "relay", kind, payload] for index, (kind, payload) in enumerate(events)))

    def test_other_chunks_of_the_same_turns_are_honest(self):
        capture = self.session(("server", b"220 a\r\n"), ("client", b"EH"), ("client", b"LO b\r\n"))
        honest, report = self.judge(self.relay(("server", "220 a\r\n"), ("client", "EHLO b\r\n")), capture)
        self.assertTrue(honest, report)

    def test_a_changed_octet_is_shown_with_its_place(self):
        capture = self.session(("server", b"220 a\r\n"), ("client", b"EHLO b\r\n"))
        honest, report = self.judge(self.relay(("server", "220 a\r\n"), ("client", "EHLO c\r\n")), capture)
        self.assertFalse(honest)
        self.assertIn("client: differ at octet 5", "\n".join(report))
        self.assertIn("EHLO ▶c␍␊", "\n".join(report))

    def test_a_missing_end_is_not_honest_in_either_direction(self):
        events = [("server", "220 a\r\n"), ("client", "QUIT\r\n")]
        turns = [(side, text.encode()) for side, text in events]
        self.assertFalse(self.judge(self.relay(*events), self.session(*turns[:1]))[0])
        self.assertFalse(self.judge(self.relay(*events[:1]), self.session(*turns))[0])

    def test_another_order_of_turns_is_not_honest_unless_allowed(self):
        capture = self.session(
            ("server", b"220 a\r\n"), ("client", b"NOOP\r\n"), ("client", b"NOOP\r\n"), ("server", b"250\r\n")
        )
        recording = self.relay(
            ("server", "220 a\r\n"), ("client", "NOOP\r\n"), ("server", "250\r\n"), ("client", "NOOP\r\n")
        )
        honest, report = self.judge(recording, capture)
        self.assertFalse(honest)
        self.assertIn("turn 2 is another", "\n".join(report))
        self.assertTrue(self.judge(recording, capture, any_order=True)[0])

    def test_what_follows_tls_must_be_encrypted(self):
        clear = [("server", b"220 a\r\n"), ("client", b"STARTTLS\r\n"), ("server", b"220 go\r\n")]
        events = [(side, octets.decode()) for side, octets in clear]
        events += [("tls", "TLS 1.3"), ("client", "EHLO b\r\n")]
        self.assertTrue(self.judge(self.relay(*events), self.session(*clear, ("client", b"\x16\x03\x01")))[0])
        self.assertFalse(self.judge(self.relay(*events), self.session(*clear, ("client", b"EHLO b\r\n")))[0])

    def test_secret_octets_may_differ_and_others_may_not(self):
        capture = self.session(("client", b"EHLO b\r\n"), ("client", b"AUTH PLAIN AGEAYg==\r\n"))
        masked = {"text": "AUTH PLAIN ********\r\n", "secrets": [[11, 19]]}
        self.assertTrue(self.judge(self.relay(("client", "EHLO b\r\n"), ("client", masked)), capture)[0])
        masked["secrets"] = [[11, 18]]
        self.assertFalse(self.judge(self.relay(("client", "EHLO b\r\n"), ("client", masked)), capture)[0])

    def test_a_capture_that_began_late_proves_nothing(self):
        capture = self.capture(tcp_packet(SERVER, CLIENT, 5, b"220 a\r\n"))
        self.assertFalse(self.judge(self.relay(("server", "220 a\r\n")), capture)[0])

    def test_what_nobody_recorded_counts_when_asked(self):
        capture = self.session(("server", b"220 a\r\n"))
        recording = self.relay(("server", "220 a\r\n"))
        self.assertTrue(self.judge(recording, capture, nothing_else=True)[0])
        other = tcp_packet(SERVER, ("127.0.0.1", 40001), 1, b"220 b\r\n")
        path = self.folder / "two.pcap"
        path.write_bytes(capture.read_bytes() + struct.pack("<IIII", 1001, 0, len(other), len(other)) + other)
        self.assertTrue(self.judge(recording, path)[0])
        self.assertFalse(self.judge(recording, path, nothing_else=True)[0])

    def test_nothing_recorded_is_not_honest(self):
        capture = self.session(("server", b"220 a\r\n"))
        self.assertIn("no octets", "\n".join(self.judge(self.relay(), capture)[1]))

    def test_the_program_says_it_by_exit_code(self):
        capture = self.session(("server", b"220 a\r\n"))
        for text, code in (("220 a\r\n", 0), ("220 b\r\n", 1)):
            command = [sys.executable, HERE / "wire_is_honest.py", self.relay(("server", text)), capture]
            self.assertEqual(subprocess.run(command, capture_output=True, check=False).returncode, code)
        command = [sys.executable, HERE / "wire_is_honest.py", capture, capture]
        self.assertEqual(subprocess.run(command, capture_output=True, check=False).returncode, 2)


class RecordingProxy(threading.Thread):
    """Takes one connection, passes it on to a server and writes down what it passes."""

    def __init__(self, target, path):
        super().__init__(daemon=True)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.target = target
        self.file = open(path, "w", encoding="utf-8")
        self.began = time.monotonic()
        self.lock = threading.Lock()
        self.file.write(json.dumps({"ehlo": 1, "began": "2026-01-01T00:00:00Z", "title": "p", "source": "p"}) + "\n")

    def run(self):
        near, _ = self.listener.accept()
        far = socket.create_connection(self.target)
        self.write("connect", "%s:%d" % self.target)
        back = threading.Thread(target=self.pass_on, args=(far, near, "server"))
        back.start()
        self.pass_on(near, far, "client")
        back.join()
        for end in (near, far, self.listener, self.file):
            end.close()

    def pass_on(self, source, target, side):
        while octets := source.recv(65536):
            self.write(side, compare_capture.as_json(octets))
            target.sendall(octets)
        target.shutdown(socket.SHUT_WR)

    def write(self, kind, payload):
        with self.lock:
            self.file.write(json.dumps([time.monotonic() - self.began, "relay", kind, payload]) + "\n")


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


@unittest.skipUnless(os.geteuid() == 0 and shutil.which("tcpdump"), "needs root and tcpdump")
class RealSession(Files):
    def test_a_session_recorded_and_captured_is_honest_and_a_changed_one_is_not(self):
        port = free_port()
        server = self.folder / "server"
        start = [HERE / "aiosmtpd.sh", "start", server, str(port)]
        subprocess.run(start, check=True, stdout=subprocess.DEVNULL)
        self.addCleanup(subprocess.run, [HERE / "aiosmtpd.sh", "stop", server], check=True)
        capture, recording = self.folder / "real.pcap", self.folder / "real.ehlo"

        # Immediate mode: without it the kernel keeps packets back and the last ones would miss the file.
        command = [
            "tcpdump",
            "-i",
            "lo",
            "-U",
            "--immediate-mode",
            "-s",
            "0",
            "-Z",
            "root",
            "-w",
            capture,
            f"tcp port {port}",
        ]
        with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as tcpdump:
            self.assertIn("listening", tcpdump.stderr.readline())
            proxy = RecordingProxy(("127.0.0.1", port), recording)
            proxy.start()
            self.send("127.0.0.1", proxy.listener.getsockname()[1])
            proxy.join(10)
            time.sleep(0.5)
            tcpdump.terminate()
            tcpdump.communicate()

        honest, report = self.judge(recording, capture, nothing_else=True)
        self.assertTrue(honest, "\n".join(report))
        self.assertIn("honest: relay", report[0])
        self.assertTrue(list((server / "mail/bob/new").iterdir()))
        changed = recording.read_text(encoding="utf-8").replace("nosuch@", "nobody@", 1)
        recording.write_text(changed, encoding="utf-8")
        self.assertFalse(self.judge(recording, capture)[0])

    def send(self, host, port):
        lines = [".a line that begins with a dot", "naïve" * 20, "x" * 70000]
        text = (
            "Subject: hello\r\n\r\n" + "\r\n".join(lines[:2]) + "\r\n" + "\r\n".join([lines[2][:900]] * 90) + "\r\n"
        )
        with smtplib.SMTP(host, port, local_hostname="client.sender.example") as client:
            refused = client.sendmail(
                "author@sender.example", ["bob@receiver.example", "nosuch@receiver.example"], text.encode("latin-1")
            )
        self.assertEqual(refused["nosuch@receiver.example"][0], 550)


if __name__ == "__main__":
    unittest.main()
