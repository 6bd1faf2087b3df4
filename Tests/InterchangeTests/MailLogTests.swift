import Foundation
import Testing
import Tracing

@testable import Interchange

/// A mail log, and what has to be known of each of its messages: `MailLogs/NAME.txt` holds a `#` line that says why the case exists, a
/// line for each message, a line of hyphens, then the log.
struct LoggedCase: CustomTestStringConvertible {
    let name: String
    let url: URL
    let why: String
    let expected: [String]
    let log: String

    var testDescription: String { name }

    static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "MailLogs")
    static let all: [LoggedCase] = {
        let files = (try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)) ?? []
        return files.filter { $0.pathExtension == "txt" }.sorted { $0.path < $1.path }.compactMap { LoggedCase($0) }
    }()

    init?(_ url: URL) {
        guard let whole = try? String(contentsOf: url, encoding: .utf8), let rule = whole.range(of: "\n----\n") else {
            return nil
        }
        let head = whole[..<rule.lowerBound].split(separator: "\n").map(String.init)
        name = url.deletingPathExtension().lastPathComponent
        self.url = url
        why = head.first ?? ""
        expected = Array(head.dropFirst())
        log = String(whole[rule.upperBound...])
    }

    var octets: [UInt8] { Array(log.utf8) }
}

@Suite struct `Messages of mail logs` {
    /// The outcome, and of each recipient: when, at which step, by which reply.
    static func line(_ recording: Recording) -> String {
        let trace = Tracer.trace(of: recording.events)
        let verdict = Verdict(of: trace)
        let told = verdict.recipients.map { recipient in
            let decision = recipient.decision
            let facts = [
                recipient.place.map { "step \($0.step.number)" }, decision.map { "\($0.code)" },
                decision?.status.map { "\($0)" },
            ]
            return
                (["\(String(decoding: recipient.address, as: UTF8.self)) \(recipient.outcome.rawValue)"]
                + facts.compactMap(\.self)).joined(separator: " ")
        }
        let from = trace.facts.reversePath.map { String(decoding: $0.mailbox?.octets ?? [], as: UTF8.self) } ?? "–"
        return (["\(verdict.outcome.rawValue) \(verdict.told)", from] + told).joined(separator: " | ")
    }

    @Test func `there are logs of each program`() {
        #expect(LoggedCase.all.count >= 6 && LoggedCase.all.allSatisfy { !$0.expected.isEmpty })
    }

    @Test(arguments: LoggedCase.all) func `are tied by their queue id`(given: LoggedCase) throws {
        let file = try SessionFile.read(given.octets, path: given.name)
        #expect(file.isMailLog)
        let found = Array(file.sessions.map(Self.line))
        if ProcessInfo.processInfo.environment["EHLO_RECORD"] == "1" {
            try (([given.why] + found).joined(separator: "\n") + "\n----\n" + given.log)
                .write(to: given.url, atomically: true, encoding: .utf8)
        }
        #expect(found == given.expected)
    }

    /// What nobody saw is nobody's departure, and a reply that the log quotes was seen.
    @Test(arguments: LoggedCase.all) func `mark what is inferred, and find nothing in it`(given: LoggedCase) throws {
        for recording in try SessionFile.read(given.octets, path: given.name).sessions {
            let lines = Tracer.trace(of: recording.events).lines
            #expect(lines.allSatisfy { !$0.isInferred || $0.findings.isEmpty })
            // Exim quotes a command that it did not understand, or that was its last, and postscreen what came too early.
            let isOfExim = given.name.hasPrefix("exim-reject") || given.name == "postscreen"
            #expect(isOfExim || lines.allSatisfy { $0.speaker != .client || $0.isInferred }, "no log shows a command")
            let quoted = lines.filter { $0.replyCode != nil && $0.octets.count > 4 }
            // sendmail tells some replies in its own words, a filter leaves the code out, and so does Exim mostly.
            #expect(isOfExim || quoted.allSatisfy { !$0.isInferred || ["sendmail", "filters"].contains(given.name) })
        }
    }

    @Test(arguments: LoggedCase.all) func `keep the mark in a recording and in JSON`(given: LoggedCase) throws {
        for recording in try SessionFile.read(given.octets, path: given.name).sessions {
            let again = try RecordingReader.read(Array(RecordingWriter.file(recording).utf8))
            #expect(again.events.map(\.isInferred) == recording.events.map(\.isInferred))
            #expect(
                Tracer.trace(of: again.events).lines.map(\.octets)
                    == Tracer.trace(of: recording.events).lines.map(\.octets)
            )
        }
    }

    @Test func `a dialogue that a log shows is read as one`() throws {
        let text =
            "Nov 23 10:00:01 mail postfix/qmgr[1]: 5B46F13477EF: from=<a@b.example>, size=1, nrcpt=1\n"
            + "C: EHLO a.example\nS: 250 b.example\nC: QUIT\nS: 221 bye\n"
        #expect(FileKind.of(Array(text.utf8)) == .transcript)
        let long = String(
            repeating: "Nov 23 10:00:01 mail postfix/qmgr[1]: 5B46F13477EF: from=<a@b.example>, size=1\n",
            count: 5000
        )
        #expect(long.utf8.count > MailLogFile.minLong && FileKind.of(Array(long.utf8)) == .mailLog)
        #expect(FileKind.of(Array((long + text).utf8)) == .transcript)
    }

    /// What no command says, since no server was reached, the list knows from the log.
    @Test func `a message that met no server has its sender and its recipient in the list`() throws {
        let given = try #require(LoggedCase.all.first { $0.name == "postfix-cut" })
        let file = try SessionFile.read(given.octets, path: given.name)
        let row = try #require(file.sessions.map { SessionListing($0, number: 0) }.last)
        #expect(row.session.from == "<ada@example.net>" && row.session.to == ["<carl@example.org>"])
        #expect(row.session.outcome == .deferred)
    }

    /// Exim's log has no number for a connection: what it tells of one client is divided where the log says that it is over, where its
    /// name is another, and where a minute is between two lines.
    @Test(arguments: [
        ("10:00:00", "(a)", "10:00:30", "(a)", 1), ("10:00:00", "(a)", "10:00:30", "(b)", 2),
        ("10:00:00", "(a)", "10:02:00", "(a)", 2), ("10:00:00", "", "10:00:01", "(a)", 1),
    ]) func `lines of one client are one connection within a minute`(
        first: String,
        name: String,
        second: String,
        other: String,
        sessions: Int
    ) throws {
        let log = [(first, name), (second, other)].map { time, name in
            "2026-11-23 \(time) H=\(name) [203.0.113.7] F=<a@b.example> rejected RCPT <c@d.example>: no\n"
        }
        #expect(try SessionFile.read(Array(log.joined().utf8), path: "log").count == sessions)
    }

    @Test func `guessing that many addresses share is told of an Exim log`() throws {
        let log = (1...6).map {
            "2026-11-23 10:0\($0):00 dovecot_login authenticator failed for (x) [198.51.100.\($0)]: 535 Incorrect authentication data (set_id=u\($0))\n"
        }
        let file = try SessionFile.read(Array(log.joined().utf8), path: "log")
        var block = ListingBlock()
        for (number, recording) in file.sessions.enumerated() {
            _ = block.add(SessionListing(recording, number: number))
        }
        let rows = block.take().flatMap(\.self)
        #expect(rows.count == 6)
        #expect(rows.allSatisfy { $0.session.situations.map(\.listed) == ["password guessing, 6 from 6 addresses"] })
    }

    /// Nothing of another log is taken for a connection of Exim's.
    @Test(arguments: [
        "2026-11-23 10:00:00 INFO request rejected from [192.0.2.1]", "H=[192.0.2.1] rejected RCPT <a@b.example>: no",
        "2026-11-23 10:00:00 H=[192.0.2.1] Warning: sender verify", "2026-11-23 10:00:00 Start queue run: pid=1",
        "2026-11-23 10:00:00 H=(x) [not an address] rejected RCPT <a@b.example>: no",
    ]) func `other lines are no connection`(line: String) {
        #expect(!MailLogFile.recognises(Array((line + "\n").utf8)))
    }

    /// What nobody saw is not shown as said, not even by a sign.
    @Test(arguments: LoggedCase.all) func `name nobody whom the log does not name`(given: LoggedCase) throws {
        for recording in try SessionFile.read(given.octets, path: given.name).sessions {
            let said = Tracer.trace(of: recording.events).lines.filter { $0.isWire }
            #expect(said.allSatisfy { !String(decoding: $0.octets, as: UTF8.self).contains("–") })
        }
    }

    /// A script that waits for mail that was put off hears of each recipient, and the list has each and the server that answered.
    @Test func `a recipient that met no server is in the list beside the others`() throws {
        let given = try #require(LoggedCase.all.first { $0.name == "postfix-fates" })
        let file = try SessionFile.read(given.octets, path: given.name)
        let row = try #require(file.sessions.map { SessionListing($0, number: 0) }.dropFirst(3).first)
        #expect(row.session.to == ["<bob@receiver.example>", "<nosuch@receiver.example>", "<eve@far.example>"])
        #expect(row.session.came(to: .deferred) && row.session.server?.hasPrefix("mx.receiver.example") == true)
    }

    /// No MAIL went to a server that did not answer.
    @Test func `a server that did not answer was told nothing`() throws {
        for name in ["never-reached", "postfix-lost"] {
            let given = try #require(LoggedCase.all.first { $0.name == name })
            for recording in try SessionFile.read(given.octets, path: given.name).sessions {
                let trace = Tracer.trace(of: recording.events)
                var isAtFar = false
                for line in trace.lines where line.leg == .relay {
                    if let endpoint = line.endpoint { isAtFar = endpoint.hasPrefix("mx.far.example") }
                    #expect(!isAtFar || !line.isWire)
                }
            }
        }
    }

    /// A message's lines are found wherever they stand, in one pass.
    @Test func `lines of many messages may stand in any order`() throws {
        var log = ""
        for number in 100_000..<100_200 {
            log += "Nov 23 10:00:01 mail postfix/qmgr[1]: \(number)AB: from=<a\(number)@b.example>, size=1\n"
        }
        for number in (100_000..<100_200).reversed() {
            log +=
                "Nov 23 10:00:02 mail postfix/smtp[2]: \(number)AB: to=<c\(number)@d.example>, relay=d.example[192.0.2.1]:25, dsn=2.0.0, status=sent (250 ok)\n"
        }
        let file = try SessionFile.read(Array(log.utf8), path: "log")
        #expect(file.count == 200)
        for (number, recording) in file.sessions.enumerated() {
            #expect(
                Self.line(recording).contains(
                    "a\(100_000 + number)@b.example | c\(100_000 + number)@d.example accepted"
                )
            )
        }
    }
}
