import Testing

@testable import Lessons

/// Text that is wrapped octet by octet comes out as it does character by character.
@Suite struct WrappingTests {
    static let simple = [
        "", " ", "a", "  two  spaces  ", "line\nfeed", "\n", "a\n\nb",
        "a longer word than fits in the columns there are",
        "RFC 5321 §4.1.1.2, “quoted” – and … so on ➔ there", "ÄÖÜ äöü ß ñ ŝ", "tab\there",
    ]
    static let others = [
        "a\r\nb c", "e\u{301} combined \u{301} alone", "\n\u{301}x y", "日本語 の 文章 です 長い", "👩‍👩‍👧 family", "✔\u{FE0F} done",
        "zero\u{200D}width joiner", "Ελληνικά γράμματα",
    ]

    @Test(arguments: simple, [1, 7, 20, 76])
    func `simple text is wrapped by its octets`(text: String, columns: Int) {
        #expect(Self.lines(text, columns) == PlainText.wrappedByCharacters(text, columns: columns))
    }

    @Test(arguments: others) func `text with characters of several scalars is left to the slower way`(text: String) {
        #expect(Self.lines(text, 20) == nil)
    }

    private static func lines(_ text: String, _ columns: Int) -> [String]? {
        var text = text
        return text.withUTF8 { OctetWrapping.lines($0, columns: columns) }
    }
}
