import SMTP

/// The line that recordings have most of, `[seconds, "leg", "client", "text"]`, read without a general reader of JSON.
///
/// It decides nothing of its own: what is spelled in any other way, such as a number with an exponent or text beyond ASCII, is
/// left to the general reader, and of what is read here that reader would say the same.
struct PlainStoredEvent {
    private let line: UnsafeBufferPointer<UInt8>
    private var position = 0

    static func read(_ line: ArraySlice<UInt8>) -> WireEvent? {
        guard line.count <= RecordingReader.maxLine else { return nil }
        return line.withUnsafeBufferPointer { buffer in
            var reading = PlainStoredEvent(line: buffer)
            return reading.event()
        }
    }

    private init(line: UnsafeBufferPointer<UInt8>) { self.line = line }

    private mutating func event() -> WireEvent? {
        guard take("["), let time = number(), take(","), let leg = leg(), take(","), let side = side(), take(","),
            let octets = text(), take("]")
        else { return nil }
        passSpaces()
        return position == line.count ? WireEvent(.octets(from: side, octets), leg: leg, at: time) : nil
    }

    private mutating func passSpaces() {
        while position < line.count, line[position] == 32 { position += 1 }
    }

    /// A mark of JSON, after spaces.
    private mutating func take(_ mark: Unicode.Scalar) -> Bool {
        passSpaces()
        guard position < line.count, line[position] == UInt8(ascii: mark) else { return false }
        position += 1
        return true
    }

    /// Seconds in so few digits that dividing by a power of ten is exact.
    private mutating func number() -> Double? {
        passSpaces()
        let start = position
        var (digits, value, decimals, point) = (0, 0, 0, false)
        while position < line.count {
            let octet = line[position]
            if octet == UInt8(ascii: "."), !point, digits > 0 {
                point = true
            } else if (48...57).contains(octet), digits < 15 {
                value = value * 10 + Int(octet - 48)
                digits += 1
                decimals += point ? 1 : 0
            } else {
                break
            }
            position += 1
        }
        let hasZeroBefore = digits - decimals > 1 && line[start] == 48
        guard digits > 0, !hasZeroBefore, !point || decimals > 0 else { return nil }
        let seconds = Double(value) / Self.powersOfTen[decimals]
        return seconds <= 1_000_000_000_000 ? seconds : nil
    }

    private static let powersOfTen: [Double] = (0...15).map { power in (0..<power).reduce(1.0) { ten, _ in ten * 10 } }

    private mutating func leg() -> Leg? {
        passSpaces()
        return take(word: "\"relay\"") ? .relay : take(word: "\"submission\"") ? .submission : nil
    }

    private mutating func side() -> Side? {
        passSpaces()
        return take(word: "\"client\"") ? .client : take(word: "\"server\"") ? .server : nil
    }

    private mutating func take(word: StaticString) -> Bool {
        let count = word.utf8CodeUnitCount
        guard line.count - position >= count else { return false }
        for offset in 0..<count where line[position + offset] != word.utf8Start[offset] { return false }
        position += count
        return true
    }

    /// A string of ASCII; nil where it holds anything else, or an escape that stands for anything else.
    private mutating func text() -> [UInt8]? {
        guard take("\"") else { return nil }
        var end = position
        // Escaped quotation marks make this too much, never too little.
        while end < line.count, line[end] != UInt8(ascii: "\"") || line[end - 1] == UInt8(ascii: "\\") { end += 1 }
        var isPlain = true
        let octets = [UInt8](unsafeUninitializedCapacity: end - position) { octets, count in
            while isPlain, position < line.count, line[position] != UInt8(ascii: "\"") {
                let octet = line[position]
                position += 1
                if octet != UInt8(ascii: "\\") {
                    isPlain = octet >= 32 && octet < 128
                    octets[count] = octet
                } else if let meant = escaped() {
                    octets[count] = meant
                } else {
                    isPlain = false
                    break
                }
                count += 1
            }
        }
        return isPlain && take("\"") ? octets : nil
    }

    /// What stands behind a backslash (RFC 8259 §7).
    private mutating func escaped() -> UInt8? {
        guard position < line.count else { return nil }
        defer { position += 1 }
        switch line[position] {
        case UInt8(ascii: "r"): return 13
        case UInt8(ascii: "n"): return 10
        case UInt8(ascii: "t"): return 9
        case UInt8(ascii: "b"): return 8
        case UInt8(ascii: "f"): return 12
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return line[position]
        default: return nil
        }
    }
}
