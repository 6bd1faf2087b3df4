import Captures
import Foundation
import Testing
import Tracing

/// Sessions as packets: read again they are the same.
@Suite struct WriterTests {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("lessons/sessions")

    static let bundled: [String] =
        ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []).filter { $0.hasSuffix(".ehlo") }
        .sorted()

    private static func load(_ name: String) throws -> Recording {
        try RecordingReader.read(Array(Data(contentsOf: folder.appendingPathComponent(name))))
    }

    private static func file(_ recordings: Recording...) -> [UInt8] {
        var writer = CaptureWriter(ports: .asRecorded)
        for recording in recordings { writer.add(recording) }
        return writer.take()
    }

    @Test func `there are sessions to write`() { #expect(Self.bundled.count > 5) }

    /// What packets cannot hold: remarks, and the name of a server that no answer of the capture gives.
    private static func comparable(_ trace: Trace, from start: Double) -> [String] {
        trace.lines.compactMap { line in
            if case .event(let anchor) = line.content {
                return ["link/close", "link/closed-by-server"].contains(anchor.path) ? "\(anchor)" : nil
            }
            let time = ((line.time - start) * 1e6).rounded() / 1e6
            return
                "\(time) \(line.leg) \(line.speaker) \(line.place.label) \(line.content) \(line.octets) \(line.ending)"
                + " \(line.findings.map(\.id)) \(line.secrets)"
        }
    }

    @Test(arguments: bundled) func `every bundled session comes back the same`(name: String) throws {
        var recording = try Self.load(name)
        // What was said inside TLS is in no packet that could be read again without its keys.
        if recording.events.contains(where: { if case .records = $0.kind { true } else { false } }) { return }
        // The example of the post is of another domain, so nothing in its packets ties it to the session.
        // A capture has a session for each connection.
        let connections = recording.events.count { if case .connect = $0.kind { true } else { false } }
        if connections > 1 { return }
        // What the server looked up is not tied to it, nor is a lookup without an exchanger of the recipient's domain as it is written.
        if let begin = recording.events.firstIndex(where: { $0.leg == .relay }) {
            let after = recording.events[begin...].filter { $0.leg != .lookup }
            recording.events.replaceSubrange(begin..., with: after)
        }
        if ["forged.ehlo", "international.ehlo"].contains(name) { recording.events.removeAll { $0.leg == .lookup } }
        if name == "seed.ehlo" { recording.events.removeAll { $0.leg == .lookup || $0.leg == .submission } }
        let capture = try #require(CaptureFile(CaptureOctets(Self.file(recording))))
        #expect(capture.count == 1)
        #expect(capture.warnings.isEmpty)
        let (old, new) = (Tracer.trace(of: recording.events), capture.recording(0).trace)
        #expect(Self.comparable(new, from: 0) == Self.comparable(old, from: recording.events.first?.time ?? 0))
        #expect(new.mails == old.mails)
        #expect(new.failed == old.failed)
        // The remarks of the client that played it are in no packet.
        if !["seed.ehlo", "smuggled.ehlo"].contains(name) {
            #expect(new.facts == old.facts)
            #expect(new.lines.map(\.octets) == old.lines.map(\.octets))
        }
    }

    @Test func `the same session always gives the same file`() throws {
        let recording = try Self.load("postfix.ehlo")
        #expect(Self.file(recording) == Self.file(recording))
        let capture = try #require(CaptureFile(CaptureOctets(Self.file(recording, recording))))
        #expect(capture.count == 2)
    }

    @Test func `a gap stays a gap and a secret is masked`() throws {
        let events: [WireEvent.Kind] = [
            .connect(to: "mx [2001:db8::19]:25"), .connected(to: "mx [2001:db8::19]:25"),
            .octets(from: .server, Array("220 mx.example ESMTP\r\n".utf8)),
            .gap(from: .client, octets: 20),
            .octets(from: .client, Array("EHLO a\r\nAUTH PLAIN secret\r\n".utf8), credentials: [19..<25]),
            .close(by: .client),
        ]
        let recording = Recording(
            header: .init(began: "2026-01-02T03:04:05Z", title: "", source: ""),
            events: events.map { WireEvent($0, leg: .relay) }
        )
        let octets = Self.file(recording)
        #expect(!String(decoding: octets, as: UTF8.self).contains("secret"))
        let read = try #require(CaptureFile(CaptureOctets(octets))).recording(0)
        #expect(read.header.began == "2026-01-02T03:04:05Z")
        #expect(read.events.contains { $0.kind == .gap(from: .client, octets: 20) })
        #expect(read.events.first?.kind == .connect(to: "[2001:db8::19]:25"))
        #expect(read.events.last?.kind == .close(by: .client))
    }

    @Test func `what no key opens is written once, as the records that it was`() throws {
        let events: [WireEvent.Kind] = [
            .octets(from: .server, Array("220 mx.example ESMTP\r\n".utf8)),
            .octets(from: .client, Array("EHLO a\r\n".utf8)),
            .octets(from: .server, Array("250 mx.example\r\n".utf8)), .records(from: .client, [23, 3, 3, 0, 2, 1, 2]),
            .gap(from: .client, octets: 2, isSealed: true), .octets(from: .client, Array("QUIT\r\n".utf8)),
        ]
        let recording = Recording(
            header: .init(began: "", title: "", source: ""),
            events: events.map { WireEvent($0, leg: .relay) }
        )
        let read = try #require(CaptureFile(CaptureOctets(Self.file(recording)))).recording(0)
        #expect(!read.events.contains { if case .gap = $0.kind { true } else { false } })
    }

    @Test func `a long mail is cut into segments`() throws {
        let body = [UInt8](repeating: 65, count: 100_000)
        let recording = Recording(
            header: .init(began: "", title: "", source: ""),
            events: [
                WireEvent(.octets(from: .server, Array("220 mx ESMTP\r\n".utf8)), leg: .relay),
                WireEvent(.octets(from: .client, body), leg: .relay, at: 1),
            ]
        )
        let octets = Self.file(recording)
        let read = try #require(CaptureFile(CaptureOctets(octets))).recording(0)
        #expect(read.octets(.client) == body)
        #expect(octets.count > 100_000 + 69 * 56)
    }

    private func words(_ server: String, leg: Leg = .relay, _ first: WireEvent.Kind) -> Recording {
        let events: [WireEvent.Kind] = [.connect(to: server), .connected(to: server), first, .close(by: .client)]
        return Recording(
            header: .init(began: "2026-01-02T03:04:05.25Z", title: "", source: ""),
            events: events.map { WireEvent($0, leg: leg) }
        )
    }

    @Test(
        arguments: [
            ("mx [192.0.2.7]:20000", .relay, false, 25), ("mx [192.0.2.7]:20000", .submission, false, 587),
            ("mx [192.0.2.7]:20000", .relay, true, 465), ("mx [192.0.2.7]:587", .relay, false, 587),
        ] as [(String, Leg, Bool, Int)]
    )
    func `the port is that of the service, or as it was`(server: String, leg: Leg, isTLS: Bool, port: Int) throws {
        let hello = Array("220 mx ESMTP\r\n".utf8)
        let recording = words(
            server,
            leg: leg,
            isTLS ? .records(from: .client, [22, 3, 1, 0, 1, 1]) : .octets(from: .server, hello)
        )
        for (ports, expected) in [
            (CaptureWriter.Ports.standard, port), (.asRecorded, server.hasSuffix("587") ? 587 : 20_000),
        ] {
            var writer = CaptureWriter(ports: ports)
            writer.add(recording)
            let packet = writer.take().dropFirst(24 + 16)
            let place = packet.startIndex + 22
            #expect(Int(packet[place]) << 8 | Int(packet[place + 1]) == expected)
        }
    }

    @Test func `both ends and the fraction of the start survive a recording`() throws {
        let capture = try #require(Talk.mail(Talk(clientPort: 40_123)).file).recording(0)
        let recording = try RecordingReader.read(Array(RecordingWriter.file(capture).utf8))
        #expect(recording.header == capture.header)
        let again = try #require(CaptureFile(CaptureOctets(Self.file(recording)))).recording(0)
        #expect(again.header.began == "2023-11-14T22:13:20.015625Z")
        #expect(again.header.began == capture.header.began)
        #expect(again.header.ends == .init(client: "192.0.2.1:40123", server: "192.0.2.25:25"))
        #expect(again.events == capture.events)
    }

    @Test func `ends that are no addresses are invented anew`() throws {
        var recording = words("mx [192.0.2.7]:25", .octets(from: .server, Array("220 mx ESMTP\r\n".utf8)))
        recording.header.ends = .init(client: "nobody", server: "[::1:25")
        let read = try #require(CaptureFile(CaptureOctets(Self.file(recording)))).recording(0)
        #expect(read.header.ends?.server == "192.0.2.7:25")
    }

    @Test func `pcapng has a comment where something is to be said`() throws {
        let recording = words("mx [192.0.2.7]:25", .octets(from: .server, Array("220 mx ESMTP\r\n".utf8)))
        var writer = CaptureWriter(.pcapng)
        writer.add(recording, comments: [2: "step 4"])
        let octets = writer.take()
        #expect(octets.count % 4 == 0)
        let read = try #require(CaptureFile(CaptureOctets(octets)))
        #expect(read.warnings == [])
        #expect(read.recording(0).octets(.server) == recording.octets(.server))
        #expect(read.recording(0).header.began == "2026-01-02T03:04:05.25Z")
        let comment: [UInt8] = [0, 1, 0, 6] + Array("step 4".utf8) + [0, 0, 0, 0, 0, 0]
        #expect(octets.indices.count { octets[$0...].starts(with: comment) } == 1)
    }
}
