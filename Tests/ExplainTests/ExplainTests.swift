import Foundation
import Lessons
import Testing
import Tracing

@testable import Explain

/// A text that is no dialogue, and what has to be said of it: `Texts/NAME.txt` holds a `#` line that says why the case exists, a line
/// for each explanation, a line of hyphens, then the text.
struct Case: CustomTestStringConvertible {
    let name: String
    let url: URL
    let expected: [String]
    let text: String

    var testDescription: String { name }

    static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Texts")
    static let all: [Case] = {
        let files = (try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)) ?? []
        return files.filter { $0.pathExtension == "txt" }.sorted { $0.path < $1.path }.compactMap { Case($0) }
    }()

    init?(_ url: URL) {
        guard let whole = try? String(contentsOf: url, encoding: .utf8), let rule = whole.range(of: "\n----\n") else {
            return nil
        }
        name = url.deletingPathExtension().lastPathComponent
        self.url = url
        expected = whole[..<rule.lowerBound].split(separator: "\n").map(String.init)
        text = String(whole[rule.upperBound...])
    }
}

@Suite struct `What people have in hand` {
    static let library = Result { try LessonLibrary(root: Self.lessons) }
    private static var lessons: String {
        URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../lessons").standardized.path
    }

    static func explain(_ text: String) throws -> [Explanation] {
        Explainer(try library.get()).explain(Array(text.utf8))
    }

    /// In one line all that has to be right, but for what a wording adds: those come and go with the files of wordings.
    static func line(_ found: Explanation) -> String {
        let fields = [
            ("by", found.kind == .reply ? nil : found.by), ("step", found.step.map { "\($0.number)" }),
            ("command", found.command),
            ("recipient", found.recipient), ("code", found.code.map { "\($0)" }), ("status", found.status),
            ("outcome", found.outcome?.rawValue),
            ("lesson", found.lessons.first { !$0.path.hasPrefix("wording/") }?.path),
        ]
        return ([found.kind.rawValue] + fields.compactMap { name, value in value.map { "\(name)=\($0)" } }).joined(
            separator: " | "
        )
    }

    @Test func `there are texts of each kind`() {
        let kinds = Set(Case.all.flatMap(\.expected).compactMap { $0.split(separator: " ").first.map(String.init) })
        #expect(
            kinds.isSuperset(of: ["reply", "bounce", "log", "exception", "failure", "headers", "record", "unknown"])
        )
    }

    @Test(arguments: Case.all) func `is explained as it has to be`(given: Case) throws {
        let found = try Self.explain(given.text).map(Self.line)
        if ProcessInfo.processInfo.environment["EHLO_RECORD"] == "1" {
            let why = given.expected.filter { $0.hasPrefix("#") }
            try ((why + found).joined(separator: "\n") + "\n----\n" + given.text)
                .write(to: given.url, atomically: true, encoding: .utf8)
        }
        #expect(found == given.expected.filter { !$0.hasPrefix("#") })
    }

    @Test(
        arguments: [
            ("550 5.7.1 Unable to relay", 550, "5.7.1"), ("550-5.1.1 No\n550 5.1.1 such user", 550, "5.1.1"),
            ("421 busy", 421, nil),
            ("550 5.1.1", 550, "5.1.1"), ("571 no", 571, nil),
        ] as [(String, UInt16, String?)]
    ) func `a reply alone is a reply`(text: String, code: UInt16, status: String?) throws {
        let found = try Self.explain(text)
        #expect(found.map(\.kind) == [.reply] && found[0].code == code && found[0].status == status)
        #expect(found[0].outcome == (code < 500 ? .deferred : .refused) && !found[0].lessons.isEmpty)
    }

    @Test func `a wording tells what it answers, who writes so, and stands first`() throws {
        let found = try Self.explain("554 5.7.1 <bob@receiver.example>: Relay access denied")[0]
        #expect(found.by == "Postfix" && found.turn == .rcpt && found.step == .rcptReply)
        #expect(found.lessons.first?.path == "wording/postfix-relay-denied")
    }

    /// RFC 5321 §4.2.5: the answer to the dot hands the mail over, and no other one does.
    @Test func `only behind the mail data is a mail taken`() throws {
        for text in ["250 2.1.5 Ok", "250 ok", "250-PIPELINING\n250 CHUNKING", "250 2.1.0 Sender ok"] {
            let again = try #require(try Self.explain(text)[0].againSentence)
            #expect(!again.contains("has taken the mail, and has to"), "\(text)")
        }
        let sent =
            "Nov 24 10:00:00 mx postfix/smtp[9]: 4VW0aD3: to=<b@b.example>, relay=b.example[192.0.2.1]:25, delay=1, delays=0/0/0/1, dsn=2.0.0, status=sent (250 2.0.0 Ok: queued as 7C1)"
        let logged = try #require(try Self.explain(sent)[0].againSentence)
        #expect(logged.contains("has taken the mail, and has to"))
    }

    @Test(arguments: ["550 5.7.25 no", "450 4.7.25 no"]) func `a host without a name is told to get one`(text: String)
        throws
    {
        #expect(Advice.of(try Self.explain(text)[0]) == Advice.hostName)
    }

    /// What a person pastes goes to a screen, a file, a chat.
    @Test(arguments: [
        "dma: AUTH PLAIN AGFkYQBzZWNyZXQ= failed: 535 5.7.8 no",
        "C: AUTH LOGIN\nS: 334 VXNlcm5hbWU6\nC: c2VjcmV0MQ==\nS: 535 no",
        "Error: AUTH PLAIN AGFkYQBzZWNyZXQ=\nEAUTH 535 5.7.8 no",
    ]) func `no credential is quoted`(text: String) throws {
        var words = ExplanationText(try Self.library.get())
        for found in try Self.explain(text) {
            let shown = found.json + words.lines(found).map(\.text).joined(separator: "\n")
            #expect(!shown.contains("AGFkYQBzZWNyZXQ") && !shown.contains("c2VjcmV0MQ"), "\(shown)")
        }
    }

    /// Texts come cut, doubled and damaged. Whatever is said of them, something is said, and always the same.
    @Test(arguments: Case.all) func `no damage to a text breaks it`(given: Case) throws {
        let explainer = Explainer(try Self.library.get())
        let octets = Array(given.text.utf8)
        var seed: UInt64 = 7
        for _ in 0..<12 {
            var damaged = octets
            for _ in 0..<4 {
                seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                let place = Int(seed >> 33) % max(1, damaged.count)
                switch seed >> 20 & 3 {
                case 0: damaged = Array(damaged.prefix(place))
                case 1: damaged.insert(UInt8(truncatingIfNeeded: seed >> 24), at: min(place, damaged.count))
                case 2: if damaged.indices.contains(place) { damaged[place] = UInt8(truncatingIfNeeded: seed >> 12) }
                default: damaged = Array(damaged.dropFirst(place / 2))
                }
            }
            let found = explainer.explain(damaged)
            #expect(!found.isEmpty && found == explainer.explain(damaged))
        }
    }

    @Test func `nothing in a text does anything to a terminal`() throws {
        var words = ExplanationText(try Self.library.get())
        let found = try Self.explain("550 5.1.1 \u{1B}]0;x\u{7}\u{202E}no <a\u{1B}[2J@b.example>")[0]
        let shown = found.json + words.lines(found).map(\.text).joined()
        #expect(!shown.unicodeScalars.contains { $0 == "\u{1B}" || $0 == "\u{7}" || $0 == "\u{202E}" })
    }

    @Test(arguments: [
        ("550", "code"), ("5.7.26", "code | step=13"), ("421", "code"), ("CHUNKING", "keyword | step=6"),
        ("rcpt", "verb | step=9 | command=RCPT"), ("MAIL FROM:<a@b.example>", "verb | step=7 | command=MAIL"),
        ("550@RCPT", "code | step=10 | command=RCPT"), ("STARTTLS", "verb | step=6"), ("bare-lf", "keyword"),
        ("PLAIN", "keyword | step=6"), ("Received:", "keyword | step=12"), ("nonsense", "unknown"), ("999", "unknown"),
        ("", "unknown"),
    ]) func `a word is known by what it is`(word: String, start: String) throws {
        let found = try Self.explain(word)
        #expect(found.count == 1)
        let line = Self.line(found[0])
        let isKnown = found[0].kind == .unknown || !found[0].lessons.isEmpty
        #expect(
            line.hasPrefix(start.before(" | ")) && start.split(separator: "|").allSatisfy { line.contains($0.trimmed) }
                && isKnown,
            "\(line)"
        )
    }
}
