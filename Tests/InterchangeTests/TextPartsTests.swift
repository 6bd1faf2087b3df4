import SMTP
import Testing
import Tracing

@testable import Interchange

/// Long texts that are read in parts, side by side.
@Suite struct TextPartsTests {
    /// How texts are written: sessions, one after another.
    struct Text: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let sessions: [String]
        var isMixed = false
        var count = 150
        var octets: [UInt8] { (0..<count).flatMap { sessions[$0 * 7 % sessions.count].utf8 } }
    }

    private static func swaks(_ lines: [String]) -> String {
        let told = ["=== Trying mx.example:25...", "=== Connected to mx.example."] + lines
        return (told + ["=== Connection closed with remote host."]).map { $0 + "\n" }.joined()
    }

    private static func typed(_ lines: String...) -> String { lines.map { $0 + "\n" }.joined() }

    private static let accepted = [
        "<-  220 mx.example ESMTP", " -> EHLO a.example", "<-  250-mx.example", "<-  250 STARTTLS",
        " -> MAIL FROM:<ada@a.example>", "<-  250 Ok", " -> RCPT TO:<bob@b.example>", "<-  250 Ok",
        " -> DATA", "<-  354 go", " -> Subject: hello", " -> ", " -> Hello.", " -> .", "<-  250 queued", " -> QUIT",
        "<-  221 bye",
    ]
    private static let quit = typed("220 mx.example ESMTP", "EHLO a.example", "250 mx.example", "QUIT", "221 bye")
    private static let quoted = (0..<40).map { _ in quit }.joined()

    static let texts = [
        Text(
            testDescription: "swaks",
            sessions: [
                swaks(accepted), swaks(Array(accepted[..<6])), swaks(Array(accepted[..<13])), swaks([]),
                swaks(
                    Array(accepted[..<4])
                        + [" -> STARTTLS", "<-  220 go", "=== TLS started with cipher TLSv1.3:X:256"]
                        + Array(accepted[4...])
                ),
            ]
        ),
        Text(
            testDescription: "arrows without words",
            sessions: [accepted.joined(separator: "\n") + "\n", accepted[..<6].joined(separator: "\n") + "\n"]
        ),
        Text(
            testDescription: "s_client",
            sessions: [
                "CONNECTED(00000003)\n---\nread 4523 bytes\n---\n" + quit,
                typed(
                    "220 mx.example ESMTP",
                    "HELO a.example",
                    "250 mx.example",
                    "MAIL FROM:<a@a.example>",
                    "550 no",
                    "RCPT TO:<b@b.example>"
                ),
                typed(
                    "",
                    "what is this",
                    "220 mx.example ESMTP",
                    "EHLO a.example",
                    "250-mx.example",
                    "250 SIZE 1000",
                    "QUIT",
                    "221 bye",
                    "closed"
                ),
            ]
        ),
        Text(
            testDescription: "mails that hold sessions",
            sessions: [
                quit,
                typed(
                    "220 mx.example ESMTP",
                    "EHLO a.example",
                    "250 mx.example",
                    "MAIL FROM:<a@a.example>",
                    "250 Ok",
                    "DATA",
                    "354 go"
                )
                    + quoted + typed(".", "250 queued", "QUIT", "221 bye"),
            ],
            count: 40
        ),
        Text(
            testDescription: "a log of a server",
            sessions: (1000..<1010).map { process in
                [">: 220 mx.example ESMTP", "<: EHLO a.example", ">: 250 mx.example", "<: QUIT", ">: 221 bye"].map {
                    let words = $0.split(separator: ":", maxSplits: 1)
                    return "Nov 25 10:00:00 mx postfix/smtpd[\(process)]: \(words[0]) unknown[192.0.2.7]:\(words[1])\n"
                }.joined()
            },
            isMixed: true
        ),
    ]

    /// Where a text is cut: where sessions seem to begin, or at whatever line comes after so many octets.
    enum Cut: Sendable { case guessed, anywhere }

    private static func parts(of octets: [UInt8], _ plan: ReadingPlan, _ cut: Cut) -> [TextParts.Part] {
        var found: [TextParts.Part] = []
        switch cut {
        case .guessed:
            var parts = TextParts(octets, plan, size: 8192)
            while let part = parts.next() { found.append(part) }
        case .anywhere:
            var start = 0
            while start < octets.count {
                let end = octets[min(start + 1000, octets.count)...].firstIndex(of: 10).map { $0 + 1 } ?? octets.count
                found.append(TextParts.Part(text: octets, place: start..<end, ahead: 500))
                start = end
            }
        }
        return found
    }

    @Test(arguments: texts, [Cut.guessed, .anywhere])
    func `a text in parts tells what it tells in one go`(_ text: Text, _ cut: Cut) throws {
        let octets = TranscriptText(text.octets).octets
        let plan = try #require(ReadingPlan(octets))
        let listed = { (ended: ReadingRun.Ended) -> Recording? in
            var draft = ended.draft
            return draft.finishedForList()
        }
        var inOne = InOrder<Recording>()
        var run = ReadingRun(TextLines(octets), plan)
        while let ended = run.next() { inOne.add(listed(ended), order: ended.order) }

        let parts = Self.parts(of: octets, plan, cut)
        var joined = JoinedParts(octets, plan, making: listed)
        var torn = 0
        for part in parts {
            let rows = TextParts.rows(of: part, plan, making: listed)
            torn += rows.isWhole ? 0 : 1
            joined.add(rows)
        }
        switch cut {
        case .guessed: #expect(text.isMixed ? parts.count == 1 : parts.count > 1, "\(parts.count)")
        case .anywhere: #expect(torn > 0, "a cut at any line is right here and there, and not everywhere")
        }
        while let expected = inOne.next() {
            let row = joined.next()
            #expect(row?.events == expected.events)
        }
        let more = joined.next()
        #expect(more == nil)
    }
}
