import SMTP
import Testing
import Tracing

@Suite struct JSONTextTests {
    @Test(arguments: [
        ("", #""""#), ("a\"b\\c/", #""a\"b\\c/""#), ("\r\n\t", #""\r\n\t""#),
        ("\u{0}\u{1B}[2J\u{7F}", #""\u0000\u001b[2J\u007f""#),
        ("\u{9B}\u{2028}\u{202E}\u{2066}\u{61C}\u{FEFF}\u{200B}", #""\u009b\u2028\u202e\u2066\u061c\ufeff\u200b""#),
        ("\u{E0041}", #""\udb40\udc41""#), ("Grüße \u{1F600} 中", "\"Grüße \u{1F600} 中\""),
    ])
    func `what would act on a terminal is escaped`(text: String, json: String) {
        #expect(jsonText(text) == json)
    }

    /// Each octet alone, and what is longer: put behind a text they are what they are alone.
    @Test func `what is put behind a text is escaped by the same rule`() {
        let long = ["", "plain words", "a\"b\\c/", "\r\n\t", "Grüße \u{1F600}", "\u{202E}x"].map { Array($0.utf8) }
        for octets in (UInt8.min...UInt8.max).map({ [$0] }) + long {
            let (text, start) = (WireText.shown(octets), Array("text: ".utf8))
            var (shown, put) = (start, start)
            addJSONText(shown: octets, to: &shown)
            addJSONText(text, to: &put)
            #expect(shown == start + jsonText(text).utf8 && put == shown)
        }
    }

    @Test func `no character that cannot be seen is left in JSON`() {
        for value in UInt32(0)...0x10FFFF {
            guard let scalar = Unicode.Scalar(value), !WireText.isShown(scalar) else { continue }
            #expect(
                jsonText(String(scalar)).unicodeScalars.allSatisfy { $0.isASCII && $0.value >= 0x20 && $0.value < 0x7F }
            )
        }
    }
}
