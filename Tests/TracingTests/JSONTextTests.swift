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

    @Test func `no character that cannot be seen is left in JSON`() {
        for value in UInt32(0)...0x10FFFF {
            guard let scalar = Unicode.Scalar(value), !WireText.isShown(scalar) else { continue }
            #expect(
                jsonText(String(scalar)).unicodeScalars.allSatisfy { $0.isASCII && $0.value >= 0x20 && $0.value < 0x7F }
            )
        }
    }
}
