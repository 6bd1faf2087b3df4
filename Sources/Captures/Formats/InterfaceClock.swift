/// How an interface of a pcapng file counts time.
struct InterfaceClock {
    /// Ticks a second as a power of 10, or of 2 with `isBinary`.
    private var exponent = 6
    private var isBinary = false
    /// Seconds to add.
    private var offset: Int64 = 0

    init() {}

    /// Reads the options `if_tsresol` (9) and `if_tsoffset` (14) among all others.
    init(options: Window, isBigEndian: Bool) {
        var rest = options
        while rest.count >= 4 {
            let code = isBigEndian ? rest.number16(0) : rest.little16(0)
            let length = isBigEndian ? rest.number16(2) : rest.little16(2)
            guard code != 0, length <= rest.count - 4 else { return }
            let value = rest.dropping(4).prefix(length)
            if code == 9, length >= 1 {
                isBinary = value[0] & 0x80 != 0
                exponent = Int(value[0] & 0x7F)
            } else if code == 14, length >= 8 {
                let number = value.number64(0)
                offset = Int64(bitPattern: isBigEndian ? number : number.byteSwapped)
            }
            rest = rest.dropping(4 + (length + 3) & ~3)
        }
    }

    func nanoseconds(_ ticks: UInt64) -> Int64 {
        let scaled: UInt64
        if isBinary {
            guard exponent < 64 else { return 0 }
            let wide = ticks.multipliedFullWidth(by: 1_000_000_000)
            scaled = exponent == 0 ? wide.low : wide.high << UInt64(64 - exponent) | wide.low >> UInt64(exponent)
        } else if exponent <= 9 {
            scaled = ticks &* Self.power(9 - exponent)
        } else {
            scaled = exponent > 28 ? 0 : ticks / Self.power(exponent - 9)
        }
        return Int64(truncatingIfNeeded: scaled) &+ offset &* 1_000_000_000
    }

    private static func power(_ exponent: Int) -> UInt64 { (0..<exponent).reduce(1) { number, _ in number &* 10 } }
}
