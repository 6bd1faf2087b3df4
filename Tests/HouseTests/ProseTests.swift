import Foundation
import Testing

/// Prose is never control flow: no code looks into a sentence that was written for a person (`Sources/README.md`).
struct ProseTests {
    /// How code looks into a sentence: one that a value gave, or words in the code that are looked for. Of Foundation, since
    /// the library's own expressions take half a minute for the whole tree.
    private static let signs = [
        #"\.(words|sentence|phrase)\??\.(contains|hasPrefix|hasSuffix|starts|firstRange|utf8\.starts)"#,
        #"[=!]= *[\w.]*\.(words|sentence)\b"#, #"\.(words|sentence) *[=!]="#,
        #"case [\w.(]*LinkFailure\.\w+\.words"#, #"toldBy:"#,
        #"(contains|hasPrefix|hasSuffix|starts\(with:|irstRange\(of:)\(? *(Array\()?"[A-Za-z']+ [A-Za-z']"#,
    ]

    private static func expression() throws -> NSRegularExpression {
        try NSRegularExpression(pattern: signs.joined(separator: "|"))
    }

    /// A sentence that is searched or compared in a line of Swift, its comments taken away.
    private static func looksInto(_ line: some StringProtocol, _ expression: NSRegularExpression) -> Bool {
        let code = String(line.split(separator: "//", omittingEmptySubsequences: false).first ?? "")
        return expression.firstMatch(in: code, range: NSRange(code.startIndex..., in: code)) != nil
    }

    /// The one reader that has nothing but sentences to go by, and the writer, lest it write what would be read so.
    private static let legacy = [
        "Sources/Tracing/Events/OldRecordings.swift", "Sources/Tracing/Events/StoredEvent.swift",
        "Sources/Tracing/Events/RecordingWriter.swift",
    ]
    /// Rooms that read what other programs wrote for people.
    private static let foreign = [
        "Sources/Interchange/Reading/", "Sources/Explain/Logs/", "Sources/Explain/Bounces/", "Sources/Explain/Text/",
    ]
    /// Words that a person types, by which a table is asked.
    private static let typed = ["Sources/ehlo/Commands/StopPoint.swift"]

    @Test func `no sentence is searched for words`() throws {
        let expression = try Self.expression()
        for file in try Checkout.swift()
        // Logs and bounces of other programs have nothing else to go by.
        where !Self.foreign.contains(where: file.path.hasPrefix) && file.path.hasPrefix("Sources/")
            && !(Self.legacy + Self.typed).contains(file.path)
        {
            for (number, line) in file.lines.enumerated() where Self.looksInto(line, expression) {
                Issue.record("\(file.path):\(number + 1) looks into prose: \(line)")
            }
        }
    }

    @Test(arguments: [
        ("if failure.words.contains(\"refused\") {", true), ("guard outcome.sentence == other else {", true),
        ("case .notConnected(LinkFailure.timedOut.words) = last", true), ("LinkFailure(toldBy: text)", true),
        ("line.octets.starts(with: Array(\"connecting to\".utf8))", true),
        ("text.hasSuffix(\"different lines\")", true),
        ("offered.contains { $0.hasPrefix(\"AUTH \") }", false), ("line.hasPrefix(\"C: \")", false),
        ("return failure.words", false), ("// failure.words.contains", false), ("let words = line.words.count", false),
    ])
    func `looking into a sentence is told from showing it`(line: String, looks: Bool) throws {
        #expect(try Self.looksInto(line, Self.expression()) == looks)
    }
}
