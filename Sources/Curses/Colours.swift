/// The 256 colours of xterm that are the same everywhere: 16...231 a cube, 232...255 greys.
enum Colours {
    /// Red, green and blue, 0...255 each; nil for 0...15, which every terminal sets as it likes.
    static func rgb(_ index: UInt8) -> (red: Int, green: Int, blue: Int)? {
        switch Int(index) {
        case ..<16: return nil
        case let grey where grey >= 232:
            let level = 8 + 10 * (grey - 232)
            return (level, level, level)
        case let place:
            let level = { (step: Int) in step == 0 ? 0 : 55 + 40 * step }
            return (level((place - 16) / 36), level((place - 16) / 6 % 6), level((place - 16) % 6))
        }
    }

    /// The number by which a terminal with `count` colours knows one of the 256. Those with direct colour take RGB.
    static func number(_ index: UInt8, count: Int) -> Int32 {
        guard count > 256, let (red, green, blue) = rgb(index) else { return Int32(index) }
        return Int32(red << 16 | green << 8 | blue)
    }
}
