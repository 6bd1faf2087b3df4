import ScreenSupport
import Testing

@testable import Screen

@Test(
    arguments: [
        ("", 0), ("a", 1), ("EHLO", 4),
        ("é", 1), ("e\u{301}", 1),  // composed and decomposed look the same
        ("日本語", 6), ("한", 2), ("\u{1112}\u{1161}\u{11AB}", 2),  // a syllable written as three letters
        ("ｆ", 2), ("ﾊ", 1),  // full and half width
        ("👍", 2), ("⚑✔➔▶", 4), ("─│┏", 3),  // ambiguous ones are narrow
        ("❤️", 1),  // the selector for emoji looks is left out, and with it the second column
        ("👨‍👩‍👧", 8),  // three emoji and two joiners that may not stay invisible
        ("🇩🇪", 2),  // two letters of a flag, one column each
        ("\u{1B}[2J", 4), ("\u{202E}x", 2), ("\u{200B}", 1), ("\r\n", 2), ("\u{301}", 1),
        ("\u{FFFFF}", 1), ("\u{0378}", 1),  // private and unassigned: unknown
    ] as [(String, Int)]
)
func `columns of`(text: String, columns: Int) { #expect(TextWidth.columns(of: text) == columns) }

@Test func `a mark has no column of its own`() {
    for mark in ["\u{300}", "\u{20DD}", "\u{5B0}", "\u{1161}"] as [Unicode.Scalar] {
        #expect(TextWidth.columns(of: mark) == 0)
    }
}

@Test func `a flood of marks is cut and counted`() {
    let flood = "a" + String(repeating: "\u{301}", count: 500) + "b"
    let clipped = TextWidth.clipped(flood)
    #expect(clipped == "a" + String(repeating: "\u{301}", count: 8) + "‹+492›b")
    #expect(TextWidth.columns(of: flood) == 1 + 6 + 1)
    #expect(TextWidth.columns(of: flood) == TextWidth.columns(of: clipped))
    let eight = "a" + String(repeating: "\u{301}", count: 8)
    #expect(TextWidth.clipped(eight) == eight)
    #expect(TextWidth.clipped(eight + "\u{301}") == eight + "‹+1›")
}

@Test func `the ranges of wide scalars are in order`() {
    for (range, next) in zip(WideScalars.ranges, WideScalars.ranges.dropFirst()) {
        #expect(range.upperBound < next.lowerBound)
    }
    #expect(WideScalars.ranges.count > 100)
    #expect(!WideScalars.contains(0x10FF))
    #expect(WideScalars.contains(0x1100))
    #expect(WideScalars.contains(0x115F))
    #expect(!WideScalars.contains(0x1160))
    #expect(WideScalars.contains(0x3FFFD))
    #expect(!WideScalars.contains(0x3FFFE))
}

@Test func `nothing forbidden is drawn, whatever the scalar`() {
    var forbidden = 0
    var drawnAnyway: [Unicode.Scalar] = []
    // Planes 4...13 and the private ones hold nothing.
    for value in [UInt32(0)...0x323AF, 0xE0000...0xE0FFF].joined() {
        guard let scalar = Unicode.Scalar(value) else { continue }
        if TextWidth.isForbidden(scalar) { forbidden += 1 }
        for glyph in TextWidth.drawn("x\(scalar)") {
            drawnAnyway += glyph.character.unicodeScalars.filter { TextWidth.isForbidden($0) }
        }
    }
    #expect(drawnAnyway.isEmpty)
    #expect(forbidden > 4000)  // 65 controls, the tags, the selectors
}

@Test(
    arguments: [
        0x00, 0x1B, 0x7F, 0x80, 0x9B, 0xAD, 0x61C, 0x200B, 0x200D, 0x200E, 0x2028, 0x2029, 0x202A, 0x202E, 0x2060,
        0x2066,
        0x2069, 0x3164, 0xFEFF, 0xFFF9, 0xE0001, 0xE007F,
    ] as [UInt32]
)
func `a scalar that attacks or hides is shown as replaced`(value: UInt32) throws {
    let scalar = try #require(Unicode.Scalar(value))
    #expect(TextWidth.drawn("a\(scalar)b").map(\.character).contains(TextWidth.replacement))
}

@Test func `the parts of a text are as wide as the whole`() {
    var dice = Dice(seed: 1)
    for _ in 0..<500 {
        let text = randomText(&dice, pieces: 12)
        let parts = text.reduce(0) { $0 + TextWidth.columns(of: $1) }
        #expect(parts == TextWidth.columns(of: text), "\(text.debugDescription)")
    }
}
