import Interchange
import Testing

/// Each condition of `Escaping` by itself: whichever is taken away, one of these rows fails.
@Suite struct EscapingTests {
    private static let entities: [(sign: String, written: String)] = [
        ("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("\"", "&quot;"), ("'", "&#39;"), ("`", "&#96;"),
    ]

    @Test func `what could begin or end something in a page or a drawing is an entity, and nothing else is`() {
        for octet in UInt8(32)...126 {
            let sign = String(UnicodeScalar(octet))
            let written = Self.entities.first { $0.sign == sign }?.written ?? sign
            #expect(Escaping.html("a\(sign)é") == "a\(written)é")
            #expect(Escaping.xml("a\(sign)é") == "a\(written)é")
        }
    }

    @Test(arguments: [
        ("<", "\\u003c"), (">", "\\u003e"), ("&", "\\u0026"), ("\u{2028}", "\\u2028"), ("\u{2029}", "\\u2029"),
        ("\"'`\\u003c é", "\"'`\\u003c é"),
    ])
    func `what could end a script is written by its number`(sign: String, written: String) {
        #expect(Escaping.scriptData("[\"a\(sign)\(sign)b\"]") == "[\"a\(written)\(written)b\"]")
    }

    @Test func `a sign of Markdown has a backslash, and no other has one`() {
        let signs = Set("\\`*_{}[]<>#|~&$".unicodeScalars)
        for octet in UInt8(32)...126 {
            let scalar = UnicodeScalar(octet)
            let written = signs.contains(scalar) ? "\\\(scalar)" : "\(scalar)"
            #expect(Escaping.markdown("a\(scalar)é") == "a\(written)é")
        }
    }

    /// GitHub makes links of what looks like an address.
    @Test(arguments: [
        ("http://x.example", "http\\://x.example"), ("www.x.example www.y", "www\\.x.example www\\.y"),
        ("a@x.example", "a@x.example"),
    ])
    func `no address becomes a link by itself`(text: String, written: String) {
        #expect(Escaping.markdown(text) == written)
    }

    /// C0, DEL, C1, ends of lines, what turns the direction of text, what is not seen, and what nobody knows.
    @Test(arguments: [
        "\0", "\u{7}", "\t", "\n", "\r", "\u{1B}", "\u{7F}", "\u{85}", "\u{9B}", "\u{9D}", "\u{2028}", "\u{2029}",
        "\u{202E}", "\u{2066}", "\u{200E}", "\u{61C}", "\u{200B}", "\u{FEFF}", "\u{AD}", "\u{E0041}", "\u{E000}",
        "\u{10FFFD}", "\u{378}",
    ])
    func `what does not show is written as its octets in every medium`(sign: String) {
        let octets = sign.utf8.map { octet in
            let digits = String(octet, radix: 16, uppercase: true)
            return "\\x" + (digits.count == 1 ? "0" : "") + digits
        }.joined()
        for written in [Escaping.message(sign), Escaping.html(sign), Escaping.xml(sign)] { #expect(written == octets) }
        #expect(Escaping.markdown(sign) == octets.replacing("\\", with: "\\\\"))
    }

    @Test(arguments: [
        ("➔", "->"), ("→", "->"), ("←", "<-"), ("·", "-"), ("•", "*"), ("…", "..."), ("–", "-"), ("—", "--"),
        ("‑", "-"), ("§", "section "), ("‘", "'"), ("’", "'"), ("“", "\""), ("”", "\""), ("×", "x"), ("≤", "<="),
        ("≥", ">="), ("│", "|"), ("─", "-"), ("✔", "v"), ("✘", "x"), ("⚑", "!"), ("\u{A0}", " "), ("é", "\\xC3\\xA9"),
        ("\u{1F600}", "\\xF0\\x9F\\x98\\x80"), ("~a\\", "~a\\"),
    ])
    func `ASCII has what comes close, or the octets`(sign: String, written: String) {
        #expect(Escaping.ascii("a\(sign)b") == "a\(written)b")
    }
}
