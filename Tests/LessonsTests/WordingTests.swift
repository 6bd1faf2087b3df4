import Testing
import Tracing

@testable import Lessons

/// Texts that programs are known to write, and which of them a reply is known by.
struct WordingTests {
    @Test(arguments: [
        ("Relay access denied", "<b@b>: relay  ACCESS\tdenied", true),
        ("blocked using *; https", "host [1] blocked using zen.example; https://a", true),
        ("blocked using *; https", "host blocked using zen", false),
        ("wait %d seconds", "please wait 300 seconds.", true),
        ("wait %d seconds", "please wait some seconds.", false),
        ("user unknown", "superuser unknown", false),
        ("user unknown", "user unknownish", false),
        ("user unknown", "User unknown; rejecting", true),
        // The first place that begins like it is not the one.
        ("over quota", "over the limit, over quota", true),
        ("100%% full%*", "box 100% full* now", true),
        ("Empfänger unbekannt", "Der Empfänger unbekannt.", true),
        ("ユーザーが", "その ユーザーがいません", true),
        ("one*two*one", "one two", false),
    ]) func `a pattern fits a text`(pattern: String, text: String, fits: Bool) throws {
        #expect(try #require(WordingPattern(pattern)).fits(WordingText(text)) == fits)
    }

    @Test(arguments: ["", "***", "%d %d %d %d", "abc", String(repeating: "a", count: 201)])
    func `a pattern that is known by nothing is none`(source: String) { #expect(WordingPattern(source) == nil) }

    /// A text that nearly fits at every place; what goes back at each star would not end.
    @Test func `no text makes the search long`() throws {
        let pattern = try #require(WordingPattern(String(repeating: "aaa*", count: 40) + "b"))
        #expect(!pattern.fits(WordingText(String(repeating: "a", count: 100_000))))
    }

    private static let file = """
        by: Postfix
        wordings:
          - {id: exact, text: relay access denied, by: "", example: "550 relay access denied", source: here}
          - {id: bound, text: relay access denied, code: 45z 554, example: "554 relay access denied", source: here}
          - {id: status, text: mailbox full, status: x.2.2, verb: RCPT, example: "452 4.2.2 mailbox full", source: here}
          - {id: general, text: access denied, example: "550 access denied", source: here}
        """

    private static func read(_ text: String = file) -> ([Wording], [LessonCheck.Problem]) {
        let (wordings, problems) = WordingReader.read(Array(text.utf8), file: "wordings/a.yaml")
        return (wordings, problems)
    }

    @Test(arguments: [
        ("relay access denied", Wording.Occasion(code: 550), "exact"),
        ("relay access denied", Wording.Occasion(code: 451), "bound"),
        // Nothing is known of the code, and so nothing is against the narrower one.
        ("relay access denied", Wording.Occasion(), "bound"),
        ("client access denied", Wording.Occasion(code: 554), "general"),
        ("mailbox full", Wording.Occasion(status: "5.2.2", verb: "RCPT"), "status"),
        ("mailbox full", Wording.Occasion(status: "5.2.1", verb: "RCPT"), nil),
        ("mailbox full", Wording.Occasion(status: "5.2.2", verb: "DATA"), nil),
        ("mailbox", Wording.Occasion(), nil),
    ]) func `the most specific wording wins`(text: String, occasion: Wording.Occasion, id: String?) {
        let table = WordingTable(Self.read().0)
        #expect(table.best(for: WordingText(text), occasion)?.id == id)
    }

    @Test func `the file's name is that of each row without one of its own`() {
        #expect(Self.read().0.map(\.by) == [nil, "Postfix", "Postfix", "Postfix"])
        #expect(Self.read().1.isEmpty)
    }

    @Test(arguments: [
        ("wordings: [{id: a, text: abcd, example: abcd}]", "source is missing"),
        ("wordings: [{id: a, text: ab*, example: abcd, source: b}]", "a text has at most"),
        ("wordings: [{id: a b, text: abcd}]", "begins with its id"),
        ("wordings: [{id: a, text: abcd, code: 5, example: abcd, source: b}]", "a code is as"),
        ("wordings: [{id: a, text: abcd, status: 5.1, example: abcd, source: b}]", "a status is as"),
        ("wordings: [{id: a, text: abcd, verb: TALK, example: abcd, source: b}]", "verb is one of"),
        ("wordings: [{id: a, text: abcd, step: 15, example: abcd, source: b}]", "a step is"),
        ("wordings: [{id: a, text: abcd, kind: joke, example: abcd, source: b}]", "kind is one of"),
        ("wordings: [{id: a, txt: abcd, example: abcd, source: b}]", "the keys of a wording"),
        ("words: []", "holds 'by'"),
    ]) func `what is wrong in a file is told, and the row left out`(text: String, message: String) {
        let (wordings, problems) = Self.read(text)
        #expect(wordings.isEmpty && problems.count == 1)
        #expect(problems.first?.message.contains(message) == true, "\(problems)")
    }

    @Test func `the check finds what leads nowhere`() {
        let table = WordingTable(Self.read().0 + Self.read().0.suffix(1))
        let anchors = Set(["exact", "bound", "status", "idle"].map { LessonAnchor("wording/\($0)") })
        let messages = table.check(anchors: anchors).map(\.message)
        #expect(messages.contains { $0.contains("there is no lesson en/wording/general.md") })
        #expect(messages.contains { $0.contains("of this name in wordings/a.yaml already") })
        #expect(messages.contains { $0 == "no wording leads to this lesson" })
        #expect(!messages.contains { $0.contains("its example") })
    }

    @Test func `an example that another wording explains better is told`() {
        let rows = """
            wordings:
              - {id: short, text: access denied, example: "550 relay access denied", source: here}
              - {id: long, text: relay access denied, example: "550 relay access denied", source: here}
            """
        let messages = WordingTable(Self.read(rows).0).check(anchors: ["wording/short", "wording/long"].asAnchors)
        #expect(messages.map(\.message) == ["short: its example is explained by long and not by it"])
    }
}

extension [String] {
    fileprivate var asAnchors: Set<LessonAnchor> { Set(map { LessonAnchor($0) }) }
}
