/// Chance that falls the same way in every run, so that a failure can be met again.
public struct Dice: RandomNumberGenerator {
    private var state: UInt64
    public init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 | 1 }
    public mutating func next() -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state
    }
}

/// Pieces that have broken terminal programs: wide, combining, invisible, controls, joined emoji, plain words.
public let pieces = [
    "a", "word", "longerword", " ", "  ", "é", "e\u{301}", "日本", "👍", "👨‍👩‍👧", "❤️", "🇩🇪", "\u{301}", "\u{200B}",
    "\u{202E}", "\u{1B}[2J", "\u{9B}", "\0", "\r\n", "\t", "한", "\u{1112}\u{1161}\u{11AB}", "\u{1161}", "ｆ", "नि",
    "\u{FEFF}", "\u{E0041}", "z" + String(repeating: "\u{300}", count: 30),
]

public func randomText(_ dice: inout Dice, pieces count: Int) -> String {
    (0..<count).reduce(into: "") { text, _ in text += pieces.randomElement(using: &dice) ?? "" }
}
