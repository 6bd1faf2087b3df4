import Testing

/// Prose is never control flow: no code looks into a sentence that was written for a person (`Sources/README.md`).
struct ProseTests {
    /// A sentence that is searched or compared in a line of Swift, its comments taken away.
    private static func looksInto(_ line: Substring) -> Bool {
        let code = line.split(separator: "//", omittingEmptySubsequences: false).first ?? ""
        return [
            #/\.(?:words|sentence|phrase)\??\.(?:contains|hasPrefix|hasSuffix|starts|firstRange|utf8\.starts)/#,
            #/[=!]= *[\w.]*\.(?:words|sentence)\b/#, #/\.(?:words|sentence) *[=!]=/#,
            #/case [\w.(]*LinkFailure\.\w+\.words/#,
            #/toldBy:/#,
        ].contains { code.contains($0) }
    }

    /// The one reader that has nothing but sentences to go by.
    private static let legacy = ["Sources/Tracing/Events/OldRecordings.swift", "Sources/Tracing/StoredEvent.swift"]
    /// Words that a person types, by which a table is asked.
    private static let typed = ["Sources/ehlo/StopPoint.swift"]

    @Test func `no sentence is searched for words`() throws {
        for file in try Checkout.swift()
        where file.path.hasPrefix("Sources/") && !(Self.legacy + Self.typed).contains(file.path) {
            for (number, line) in file.lines.enumerated() where Self.looksInto(line) {
                Issue.record("\(file.path):\(number + 1) looks into prose: \(line)")
            }
        }
    }

    @Test(arguments: [
        ("if failure.words.contains(\"refused\") {", true), ("guard outcome.sentence == other else {", true),
        ("case .notConnected(LinkFailure.timedOut.words) = last", true), ("LinkFailure(toldBy: text)", true),
        ("return failure.words", false), ("// failure.words.contains", false), ("let words = line.words.count", false),
    ])
    func `looking into a sentence is told from showing it`(line: String, looks: Bool) {
        #expect(Self.looksInto(line[...]) == looks)
    }
}
