import Testing
import Tracing

@Suite struct `Octets made visible` {
    @Test(arguments: [
        ("MAIL FROM:<a@b> \\ ~", #"MAIL FROM:<a@b> \ ~"#), ("a\r\n\t\0\u{7F}", #"a\x0D\x0A\x09\x00\x7F"#),
        ("Grüße 日本 🎉 é", "Grüße 日本 🎉 é"),
        ("\u{85}\u{9B}", #"\xC2\x85\xC2\x9B"#), ("\u{200B}\u{FEFF}\u{AD}", #"\xE2\x80\x8B\xEF\xBB\xBF\xC2\xAD"#),
        ("\u{202E}\u{2066}", #"\xE2\x80\xAE\xE2\x81\xA6"#), ("\u{E000}\u{F0000}", #"\xEE\x80\x80\xF3\xB0\x80\x80"#),
        ("\u{2028}", #"\xE2\x80\xA8"#), ("", ""),
    ])
    func `text that can be shown stays`(said: String, shown: String) { #expect(WireText.shown(said.utf8) == shown) }

    @Test(
        arguments: [
            ([0xFF, 0x61, 0xFE], #"\xFFa\xFE"#), ([0xC3], #"\xC3"#), ([0xC3, 0x28], #"\xC3("#),
            ([0xC0, 0x80], #"\xC0\x80"#),
            ([0xED, 0xA0, 0x80], #"\xED\xA0\x80"#), ([0xF0, 0x9F, 0x8E], #"\xF0\x9F\x8E"#),
            ([0xE2, 0x82, 0xC3, 0xA9], #"\xE2\x82é"#),
            ([0xF4, 0x90, 0x80, 0x80], #"\xF4\x90\x80\x80"#),
        ] as [([UInt8], String)]
    )
    func `octets that are no UTF-8 are escaped one by one`(octets: [UInt8], shown: String) {
        #expect(WireText.shown(octets) == shown)
    }

    @Test func `a text may be shown when each of its characters may`() {
        for value in UInt32(0)...0x3000 {
            guard let scalar = Unicode.Scalar(value) else { continue }
            let isShown = WireText.isShown(scalar)
            #expect(WireText.isShown("a\(scalar)") == isShown, "U+\(String(value, radix: 16))")
            #expect(WireText.isShown("\(scalar)·b") == isShown, "U+\(String(value, radix: 16))")
        }
    }

    @Test func `no octet at all does anything to a terminal`() {
        for octet in UInt8.min...UInt8.max {
            let shown = WireText.shown([octet])
            #expect(shown.utf8.allSatisfy { (32...126).contains($0) })
            #expect(shown.utf8.count == ((32...126).contains(octet) ? 1 : 4))
        }
    }
}
