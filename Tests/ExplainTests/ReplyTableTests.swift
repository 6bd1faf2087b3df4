import Foundation
import Testing
import Tracing

@testable import Explain

/// A reply as a provider publishes it, and what an explanation has to say of it: `Replies.tsv`.
struct PublishedReply {
    let provider, step, by, lesson, text: String

    static let all: [PublishedReply] = {
        let url = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Replies.tsv")
        let lines = (try? String(contentsOf: url, encoding: .utf8))?.split(separator: "\n") ?? []
        return lines.filter { !$0.hasPrefix("#") }.compactMap { PublishedReply($0) }
    }()

    init?(_ row: Substring) {
        let cells = row.split(separator: "\t").map(String.init)
        guard cells.count == 6 else { return nil }
        (provider, step, by, lesson) = (cells[0], cells[2], cells[3], cells[4])
        text = cells[5].replacing("\\n", with: "\n")
    }
}

@Suite struct `Replies of large providers` {
    /// How many of each are right today. The table of wordings is not made for this list, so that what is not reached stays so until
    /// the rule or the wording that is missing is there for its own sake; a number that grows is put up here.
    static let right = ["kind": 100, "outcome": 100, "step": 39, "by": 43, "lesson": 100]

    @Test func `are known as well as they were`() throws {
        #expect(PublishedReply.all.count == 100)
        var right = Self.right.mapValues { _ in 0 }
        var wrong: [String] = []
        for reply in PublishedReply.all {
            let all = try `What people have in hand`.explain(reply.text)
            let found = all[0]
            let isWording = found.lessons.first?.path.hasPrefix("wording/") ?? false
            let checks = [
                ("kind", all.count == 1 && found.kind == .reply),
                ("outcome", found.outcome == (reply.text.hasPrefix("4") ? .deferred : .refused)),
                ("step", found.step.map { "\($0.number)" } == reply.step),
                ("by", (found.by ?? "–").hasPrefix(reply.by)),
                (
                    "lesson",
                    found.lessons.contains { $0.path == reply.lesson }
                        || isWording && found.by?.hasPrefix(reply.by) ?? false
                ),
            ]
            for (name, isRight) in checks where isRight { right[name, default: 0] += 1 }
            let missed = checks.filter { !$0.1 }.map(\.0)
            if !missed.isEmpty {
                let lessons = found.lessons.map(\.path).joined(separator: " ")
                wrong.append(
                    "\(missed.joined(separator: ",")): \(reply.text.prefix(70)) -> step \(found.step?.number ?? 0) by \(found.by ?? "–"): \(lessons)"
                )
            }
        }
        if ProcessInfo.processInfo.environment["EHLO_TABLE"] == "1" { print(wrong.joined(separator: "\n")) }
        #expect(right == Self.right, "\(right)")
    }
}
