import Foundation
import Testing
import Tracing

@testable import Explain

/// A reply as a provider publishes it, and what an explanation has to say of it: `Replies.tsv`.
struct PublishedReply {
    let provider, step, speaker, by, lesson, text: String

    static let all: [PublishedReply] = {
        let url = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Replies.tsv")
        let lines = (try? String(contentsOf: url, encoding: .utf8))?.split(separator: "\n") ?? []
        return lines.filter { !$0.hasPrefix("#") }.compactMap { PublishedReply($0) }
    }()

    init?(_ row: Substring) {
        let cells = row.split(separator: "\t").map(String.init)
        guard cells.count == 7 else { return nil }
        (provider, step, speaker, by, lesson) = (cells[0], cells[2], cells[3], cells[4], cells[5])
        text = cells[6].replacing("\\n", with: "\n")
    }
}

@Suite struct `Replies of large providers` {
    /// What is right in the explanation of a reply alone, part by part. What cannot be known has to be left out.
    private static func parts(_ reply: PublishedReply, _ all: [Explanation]) -> [(name: String, isRight: Bool)] {
        let found = all[0]
        let isWording = found.lessons.first?.path.hasPrefix("wording/") ?? false
        let by = found.by ?? "–"
        return [
            ("kind", all.count == 1 && found.kind == .reply),
            ("outcome", found.outcome == (reply.text.hasPrefix("4") ? .deferred : .refused)),
            ("step", (found.step.map { "\($0.number)" } ?? "–") == reply.step && found.isLikely == (found.step != nil)),
            ("speaker", (found.speaker?.rawValue ?? "–") == reply.speaker), ("by", by.hasPrefix(reply.by)),
            ("lesson", found.lessons.contains { $0.path == reply.lesson } || isWording && by.hasPrefix(reply.by)),
        ]
    }

    @Test func `are known, and what nobody can know is not guessed`() throws {
        #expect(PublishedReply.all.count == 100)
        for reply in PublishedReply.all {
            let all = try `What people have in hand`.explain(reply.text)
            let missed = Self.parts(reply, all).filter { !$0.isRight }.map(\.name)
            let found = all[0]
            #expect(
                missed.isEmpty,
                "\(missed): \(reply.text.prefix(80)) -> \(found.step?.number ?? 0) \(found.speaker?.rawValue ?? "–") \(found.by ?? "–")"
            )
        }
    }

    @Test func `hardly any is without its step or its speaker`() throws {
        let found = try PublishedReply.all.map { try `What people have in hand`.explain($0.text)[0] }
        #expect(found.count { $0.step != nil } >= 95 && found.count { $0.speaker != nil } >= 75)
        #expect(found.count { $0.by != nil } >= 80 && found.allSatisfy { !$0.lessons.isEmpty })
    }

    /// The same words stand in a reply, whoever it is to: an address in it is no sign of who writes it.
    @Test(arguments: [
        "550 5.1.1 <bob@mail.ru>: user unknown", "550 5.1.1 <bob@icloud.com>... no such user",
        "450 4.2.0 <bob@yahoo.com> try again", "550 5.7.1 <bob@comcast.net> refused",
    ]) func `an address tells nothing of the writer`(text: String) throws {
        #expect(try `What people have in hand`.explain(text)[0].by == nil)
    }

    /// Replies of one code that answer different commands are told apart by their words.
    @Test(arguments: [
        ("220 mx1.receiver.example ESMTP", 4), ("220 2.0.0 Ready to start TLS", 6), ("250 2.1.0 Ok", 8),
        ("250 2.1.5 Ok", 10), ("250 2.0.0 Ok: queued as 4ABC1D2E3F", 13), ("250 OK id=1tQSxK-0001Rs-2K", 13),
        ("250 mx1 Hello a.example [192.0.2.94], pleased to meet you", 6), ("503 5.5.1 Error: need MAIL command", 10),
        ("503 5.5.1 Error: nested MAIL command", 8), ("503 5.5.1 Error: need RCPT command", 11),
        ("554 5.5.1 Error: no valid recipients", 11), ("354 End data with <CR><LF>.<CR><LF>", 11),
        ("221 2.0.0 Bye", 14),
        ("235 2.7.0 Authentication successful", 6), ("334 VXNlcm5hbWU6", 6),
    ]) func `words tell what a code alone does not`(text: String, step: Int) throws {
        let found = try `What people have in hand`.explain(text)[0]
        #expect(found.step?.number == step && found.isLikely, "\(found.step?.number ?? 0)")
    }

    /// What may be said at any time is said of no step.
    @Test(arguments: [
        "421 4.3.0 Temporary system problem", "451 4.4.2 Timeout", "500 5.5.2 Syntax error", "550 5.7.1 Refused",
        "421 Service not available, closing transmission channel", "554 5.7.1 Access denied", "250 ok",
    ]) func `a reply that fits everywhere is at no step`(text: String) throws {
        let found = try `What people have in hand`.explain(text)[0]
        #expect(found.step == nil && found.speaker == nil && !found.isLikely)
    }
}
