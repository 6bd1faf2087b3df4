import SMTP
import Testing
import Tracing

@testable import Networking

@Suite(.serialized, .timeLimit(.minutes(10)))
struct SandboxWorldTests {
    private let recorder = Recorder()

    private func configuration(
        recipients: [String] = ["bob@receiver.example"],
        subject: String = "Hello",
        body: String = "One\n.Two\n..\n.\nThree\n"
    ) throws -> SandboxConfiguration {
        try SandboxConfiguration(
            recipients: recipients,
            subject: subject,
            body: Array(body.utf8),
            seed: 1,
            fixedDate: MailDate(seconds: 1_795_478_400)
        )
    }

    /// Walks to the end in one go.
    private func walk(_ configuration: SandboxConfiguration) async throws {
        let world = try RecordedWorld(recorder, configuration)
        try await world.start()
        world.releaseAll()
        #expect(await recorder.until { !$0.outcomes.isEmpty })
        await world.stop()
    }

    /// The words by which a step is known: what the first new thing on the wire is.
    private func summary(_ events: ArraySlice<WireEvent>) -> String {
        events.map { event in
            switch event.kind {
            case .connect: "connect"
            case .connected: "connected"
            case .dnsQuery: "query"
            case .dnsAnswer: "answer"
            case .octets(let side, let octets, _):
                (side == .client ? "C " : "S ") + String(decoding: octets.prefix(4), as: UTF8.self)
            case .close: "close"
            case .delivered: "delivered"
            default: "note"
            }
        }
        .joined(separator: ", ")
    }

    @Test func `one release is one step, and between releases nothing happens`() async throws {
        let world = try RecordedWorld(
            recorder,
            try configuration(recipients: ["bob@r.example", "eve@r.example"])
        )
        let ports = try await world.start()
        let expected: [(Step, String)] = [
            (.submission, ""),  // a whole session, looked at by another test
            (.exchangerLookup, "query, answer, query, answer, query, answer"),
            (.connection, "connect, connected, note"),
            (.greeting, "S 220 "),
            (.ehlo, "C EHLO"),
            (.ehloReply, "S 250-"),
            (.mail, "C MAIL"),
            (.mailReply, "S 250 "),
            (.rcpt, "C RCPT"),
            (.rcptReply, "S 250 "),
            (.rcpt, "C RCPT"),
            (.rcptReply, "S 250 "),
            (.data, "C DATA, S 354 "),
            (.content, "C Rece"),
            (.acceptance, "S 250 , note, note, note"),  // what the server looks up
            (.quit, "C QUIT, S 221 , close, delivered"),
        ]
        var seen = 0
        for (number, (step, words)) in expected.enumerated() {
            #expect(await recorder.until { $0.waiting == step }, "release \(number) should be for \(step)")
            // Time enough for anything that would come of itself.
            try await Task.sleep(for: .milliseconds(30))
            #expect(recorder.events.count == seen, "something moved before \(step) was released")
            if step <= .connection { #expect(connections(at: ports.relay) == 0) }
            if step == .submission { #expect(connections(at: ports.submission) == 0) }
            world.release()
            let isLast = number == expected.count - 1
            #expect(await recorder.until { isLast ? !$0.outcomes.isEmpty : $0.waiting != nil && $0.waiting != step })
            let events = recorder.events
            if !words.isEmpty { #expect(summary(events[seen...]) == words) }
            seen = events.count
        }
        #expect(recorder.outcomes == [.delivered])
        await world.stop()
    }

    @Test func `step 1 is a whole session of its own`() async throws {
        try await walk(try configuration())
        let client = recorder.said(.client, .submission).split(separator: "\r\n")
        #expect(client.first == "EHLO [127.0.0.1]")
        #expect(client.dropFirst().prefix(3).map { $0.prefix(4) } == ["MAIL", "RCPT", "DATA"])
        #expect(client.last == "QUIT")
        #expect(recorder.said(.server, .submission).hasPrefix("220 out.sender.example "))
        #expect(recorder.said(.server, .submission).contains("\r\n221 "))
    }

    @Test func `times never decrease`() async throws {
        try await walk(try configuration())
        let times = recorder.events.map(\.time)
        #expect(!times.isEmpty)
        #expect(times == times.sorted())
        #expect(times.allSatisfy { $0 >= 0 })
    }

    @Test func `the delivered mail has its trace fields and its dots`() async throws {
        try await walk(try configuration())
        let mail = try #require(recorder.delivered.first)
        let date = "Tue, 24 Nov 2026 00:00:00 +0000"
        #expect(
            mail.hasPrefix(
                """
                Return-Path: <ada@sender.example>\r
                Authentication-Results: mx1.receiver.example;\r
                \tspf=pass smtp.mailfrom=sender.example;\r
                \tdkim=pass header.d=sender.example header.s=walk;\r
                \tdmarc=pass header.from=sender.example\r
                Received: from out.sender.example ([127.0.0.1])\r
                \tby mx1.receiver.example with ESMTP id \

                """
            )
        )
        #expect(mail.components(of: "\r\n\tfor <bob@receiver.example>;\r\n\t\(date)\r\n") == 3)
        #expect(mail.contains("\r\nReceived: from [127.0.0.1] ([127.0.0.1])\r\n\tby out.sender.example with ESMTP id "))
        #expect(mail.components(of: "\r\nMessage-ID: <") == 2)
        #expect(mail.components(of: "\r\nDate: \(date)\r\n") == 2)
        #expect(mail.contains("\r\nSubject: Hello\r\n"))
        #expect(mail.hasSuffix("\r\n\r\nOne\r\n.Two\r\n..\r\n.\r\nThree\r\n"))
        // On the wire every one of those dots had another before it.
        #expect(recorder.said(.client).contains("\r\n\r\nOne\r\n..Two\r\n...\r\n..\r\nThree\r\n.\r\nQUIT\r\n"))
    }

    @Test func `several recipients are not named in Received`() async throws {
        try await walk(try configuration(recipients: ["bob@r.example", "eve@r.example"]))
        #expect(recorder.delivered.count == 1)
        #expect(recorder.delivered.first?.contains("\tfor <") == false)
    }

    @Test func `another recipient's domain is served instead`() async throws {
        try await walk(try configuration(recipients: ["eve@gmail.com"]))
        #expect(recorder.outcomes == [.delivered])
        #expect(recorder.connects.last?.hasPrefix("mx1.gmail.com [127.0.0.1]:") == true)
    }

    @Test func `sender and recipient may be neighbours`() async throws {
        try await walk(
            try SandboxConfiguration(sender: "ada@receiver.example", recipients: ["bob@receiver.example"])
        )
        #expect(recorder.outcomes == [.delivered])
    }

    @Test func `the null reverse-path arrives as such`() async throws {
        try await walk(try SandboxConfiguration(sender: "<>"))
        #expect(recorder.delivered.first?.hasPrefix("Return-Path: <>\r\n") == true)
    }

    @Test func `text beyond ASCII goes as 8BITMIME and arrives whole`() async throws {
        try await walk(try configuration(subject: "Grüße", body: "Köln – 東京\n"))
        #expect(recorder.said(.client).contains(" BODY=8BITMIME\r\n"))
        let mail = try #require(recorder.delivered.first)
        #expect(mail.contains("\r\nSubject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\n"))
        #expect(mail.hasSuffix("\r\nKöln – 東京\r\n"))
    }

    @Test func `a body full of false ends is one mail`() async throws {
        try await walk(try configuration(body: "a\n.\nMAIL FROM:<x@y>\n.\r.\r\n.\nb\r\n.\r\n"))
        #expect(recorder.outcomes == [.delivered])
        #expect(recorder.delivered.count == 1)
        let body = recorder.delivered.first?.components(after: "\r\n\r\n")
        #expect(body == "a\r\n.\r\nMAIL FROM:<x@y>\r\n.\r\n.\r\n.\r\nb\r\n.\r\n")
    }

    @Test func `a large mail goes through in pieces`() async throws {
        let line = String(repeating: ".x", count: 400) + "\n"
        try await walk(try configuration(body: String(repeating: line, count: 1500)))
        #expect(recorder.outcomes == [.delivered])
        #expect(recorder.delivered.first.map { $0.utf8.count > 1_200_000 } == true)
        let pieces = recorder.events.compactMap {
            if case .octets(.client, let octets, _) = $0.kind { octets.count } else { nil }
        }
        #expect(pieces.allSatisfy { $0 <= Link.maxWrite })
    }

    @Test func `it can be stopped anywhere, and then nothing is told any more`() async throws {
        for releases in 0..<14 {
            let recorder = Recorder()
            let world = try RecordedWorld(recorder, try configuration())
            let ports = try await world.start()
            for _ in 0..<releases { world.release() }
            try await Task.sleep(for: .milliseconds(releases % 3))
            await world.stop()
            let seen = recorder.events.count
            #expect(recorder.outcomes == [.stopped] || releases == 14)
            world.release()
            try await Task.sleep(for: .milliseconds(10))
            #expect(recorder.events.count == seen)
            #expect(connections(at: ports.relay) == 0)
        }
    }

    @Test func `addresses that cannot be walked are refused in words`() {
        #expect(throws: SandboxError.noRecipient) { try SandboxConfiguration(recipients: []) }
        #expect(throws: SandboxError.severalDomains("b@d.example")) {
            try SandboxConfiguration(recipients: ["a@c.example", "b@d.example"])
        }
        #expect(throws: SandboxError.addressLiteral("a@[127.0.0.1]")) {
            try SandboxConfiguration(recipients: ["a@[127.0.0.1]"])
        }
        #expect(throws: SandboxError.badContent(.lineBreakInSubject)) {
            try SandboxConfiguration(subject: "a\r\nBcc: eve@evil.example")
        }
        #expect(throws: SandboxError.self) { try SandboxConfiguration(sender: "a\r\nRSET@b.example") }
    }
}

extension String {
    /// Into how many pieces a separator cuts it.
    fileprivate func components(of separator: String) -> Int {
        var count = 1
        var rest = utf8[...]
        while let start = rest.firstRange(of: separator.utf8) {
            count += 1
            rest = rest[start.upperBound...]
        }
        return count
    }

    /// What follows the first place of a separator.
    fileprivate func components(after separator: String) -> String? {
        guard let range = utf8.firstRange(of: separator.utf8) else { return nil }
        return String(decoding: Array(utf8[range.upperBound...]), as: UTF8.self)
    }
}
