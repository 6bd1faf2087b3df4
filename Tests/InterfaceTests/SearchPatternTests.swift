import Testing

@testable import Interface

struct SearchPatternTests {
    @Test(arguments: [
        ("mail", "MAIL FROM:<a@b>", true), ("MAIL", "mail from:<a@b>", true), ("<a@b>", "MAIL FROM:<a@b>", true),
        ("m", "m", true), ("mm", "m", false), ("mam", "mamam", true), ("aam", "aaam", true), ("{", "[", false),
        ("@", "`", false), ("", "anything", false), ("a", "", false), ("\\x1b", "\u{1B}[2J", true),
        ("x1b", "\u{1B}[2J", false),
        ("É", "caf\u{E9}", true), ("日本", "250 日本", true), ("\\", "a", false),
    ])
    func `what a pattern finds`(pattern: String, line: String, isIn: Bool) {
        #expect(SearchPattern(pattern).isIn(Array(line.utf8)) == isIn)
    }
}
