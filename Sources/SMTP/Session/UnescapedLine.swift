import Notation

/// A line as it was before a program wrote its blanks, quotation marks or letters as something else.
///
/// It knows the escapes of C, JSON and the like (`\t`, `\x20`, `\u0020`, `\040`), of addresses (`%20`), of web pages (`&nbsp;`,
/// `&#61;`), the caret notation (`^I`) and the codes that colour a terminal's text, and takes them off however often they were
/// put on, within reason. Wrong input: none; what is no escape stays.
struct UnescapedLine {
    private(set) var octets: [UInt8]
    /// Which octets of the line each octet stands for.
    private var places: [Range<Int>]

    /// An escape within an escape within an escape is the most.
    private static let maxRounds = 3

    /// Nil where nothing is escaped.
    init?(_ line: [UInt8]) {
        guard line.contains(where: { Self.isSign[Int($0)] }) else { return nil }
        (octets, places) = (line, line.indices.map { $0..<$0 + 1 })
        guard takeOff() else { return nil }
        for _ in 1..<Self.maxRounds where takeOff() {}
    }

    /// Where in the line some of the octets stand.
    func place(of range: Range<Int>) -> Range<Int> {
        guard let last = range.last else { return 0..<0 }
        return places[range.lowerBound].lowerBound..<places[last].upperBound
    }

    /// One round; false where nothing was escaped.
    private mutating func takeOff() -> Bool {
        var (shown, from): ([UInt8], [Range<Int>]) = ([], [])
        var at = 0
        while at < octets.count {
            var (octet, count): (UInt8?, Int) = (octets[at], 1)
            if Self.isSign[Int(octets[at])], let escape = Self.escape(octets[at...]) { (octet, count) = escape }
            if let octet {
                shown.append(octet)
                from.append(places[at].lowerBound..<places[at + count - 1].upperBound)
            }
            at += count
        }
        defer { (octets, places) = (shown, from) }
        return shown.count < octets.count
    }

    /// The first octets of escapes; nearly all lines have none of them.
    private static let isSign: [Bool] = {
        let signs: Set<UInt8> = [UInt8(ascii: "\\"), UInt8(ascii: "%"), UInt8(ascii: "&"), UInt8(ascii: "^"), 0x1B]
        // The first octets of blanks beyond ASCII.
        return (0...255).map { signs.contains($0) || [0xC2, 0xE2, 0xEF].contains($0) }
    }()

    private typealias Escape = (octet: UInt8?, count: Int)

    /// What the octets begin with: which octet it stands for, none where it shows nothing, and how long it is.
    private static func escape(_ rest: ArraySlice<UInt8>) -> Escape? {
        let behind = rest.dropFirst()
        switch rest.first {
        case UInt8(ascii: "\\"): return backslash(rest)
        case UInt8(ascii: "%"): return number(behind.prefix(2), digits: 2, radix: 16).map { ($0, 3) }
        case UInt8(ascii: "&"): return entity(behind)
        case UInt8(ascii: "^"):
            switch behind.first {
            case UInt8(ascii: "["): return behind.dropFirst().first == UInt8(ascii: "[") ? (0x1B, 2) : nil
            case UInt8(ascii: "I"), UInt8(ascii: "J"), UInt8(ascii: "M"): return (32, 2)
            default: return nil
            }
        case 0x1B: return colour(rest)
        default: return blank(rest)
        }
    }

    /// However many backslashes: each round of quoting doubles them.
    private static func backslash(_ rest: ArraySlice<UInt8>) -> Escape? {
        let signs = rest.prefix { $0 == UInt8(ascii: "\\") }.count
        let behind = rest.dropFirst(signs)
        guard let letter = behind.first else { return nil }
        switch letter {
        case UInt8(ascii: "t"), UInt8(ascii: "n"), UInt8(ascii: "r"): return (32, signs + 1)
        case UInt8(ascii: "e"): return behind.dropFirst().first == UInt8(ascii: "[") ? (0x1B, signs + 1) : nil
        case UInt8(ascii: "x"):
            return number(behind.dropFirst().prefix(2), digits: 2, radix: 16).map { ($0, signs + 3) }
        case UInt8(ascii: "u"):
            let isBraced = behind.dropFirst().first == UInt8(ascii: "{")
            let digits = behind.dropFirst(isBraced ? 2 : 1).prefix(isBraced ? 6 : 4).prefix { $0.hexValue != nil }
            guard isBraced ? !digits.isEmpty : digits.count == 4 else { return nil }
            let close = digits.endIndex < rest.endIndex ? rest[digits.endIndex] : 0
            guard !isBraced || close == UInt8(ascii: "}") else { return nil }
            let value = digits.reduce(UInt32(0)) { $0 << 4 | UInt32($1.hexValue ?? 0) }
            return (octet(of: value), signs + 1 + digits.count + (isBraced ? 2 : 0))
        case UInt8(ascii: "0")...UInt8(ascii: "7"):
            let digits = behind.prefix(3).prefix { (0x30...0x37).contains($0) }
            return (UInt8(truncatingIfNeeded: digits.reduce(0) { $0 << 3 | Int($1 & 7) }), signs + digits.count)
        default: return letter.isLetDig || letter >= 0x80 ? nil : (letter, signs + 1)
        }
    }

    private static func number(_ digits: ArraySlice<UInt8>, digits count: Int, radix: Int) -> UInt8? {
        guard digits.count == count, digits.allSatisfy({ $0.hexValue != nil }) else { return nil }
        return UInt8(truncatingIfNeeded: digits.reduce(0) { $0 * radix + Int($1.hexValue ?? 0) })
    }

    /// The names that a log on a web page has, THE table.
    private static let names: [(String, UInt8?)] = [
        ("nbsp", 32), ("ensp", 32), ("emsp", 32), ("thinsp", 32), ("tab", 32), ("newline", 32), ("shy", nil),
        ("zwj", nil),
        ("zwnj", nil), ("quot", UInt8(ascii: "\"")), ("apos", UInt8(ascii: "'")), ("amp", UInt8(ascii: "&")),
        ("lt", UInt8(ascii: "<")), ("gt", UInt8(ascii: ">")), ("equals", UInt8(ascii: "=")),
        ("plus", UInt8(ascii: "+")),
        ("sol", UInt8(ascii: "/")), ("percnt", UInt8(ascii: "%")), ("bsol", UInt8(ascii: "\\")),
    ]

    private static func entity(_ behind: ArraySlice<UInt8>) -> Escape? {
        let name = behind.prefix(10).prefix { $0.isLetDig || $0 == UInt8(ascii: "#") }
        guard behind.dropFirst(name.count).first == UInt8(ascii: ";") else { return nil }
        let count = name.count + 2
        guard name.first == UInt8(ascii: "#") else {
            return names.first { name.equalsIgnoringCase($0.0.utf8) }.map { ($0.1, count) }
        }
        let isHexadecimal = name.dropFirst().first.map { $0 | 0x20 == UInt8(ascii: "x") } ?? false
        let digits = name.dropFirst(isHexadecimal ? 2 : 1)
        guard !digits.isEmpty, digits.allSatisfy({ isHexadecimal ? $0.hexValue != nil : $0.isDigit }) else {
            return nil
        }
        let value = digits.reduce(UInt32(0)) { $0 &* (isHexadecimal ? 16 : 10) &+ UInt32($1.hexValue ?? 0) }
        return (octet(of: value), count)
    }

    /// ASCII as it is; what takes no room as nothing, and all else as a blank, since no credential is made of it.
    private static func octet(of value: UInt32) -> UInt8? {
        switch value {
        case 0..<0x80: UInt8(value)
        case 0xAD, 0x200B...0x200F, 0x2060, 0xFEFF: nil
        default: 32
        }
    }

    /// `ESC [`, parameters, and a letter (ECMA-48 §5.4).
    private static func colour(_ rest: ArraySlice<UInt8>) -> Escape? {
        guard rest.dropFirst().first == UInt8(ascii: "[") else { return nil }
        let parameters = rest.dropFirst(2).prefix(20).prefix { (0x20...0x3F).contains($0) }
        guard let last = rest.dropFirst(2 + parameters.count).first, (0x40...0x7E).contains(last) else { return nil }
        return (nil, parameters.count + 3)
    }

    /// Blanks beyond ASCII, and what takes no room, in UTF-8.
    private static func blank(_ rest: ArraySlice<UInt8>) -> Escape? {
        let start = Array(rest.prefix(3))
        guard start.count > 1 else { return nil }
        switch (start[0], start[1]) {
        case (0xC2, 0xA0): return (32, 2)
        case (0xC2, 0xAD): return (nil, 2)
        case (0xE2, 0x80) where start.count > 2: return octet(start[2])
        case (0xE2, 0x81) where start.count > 2 && start[2] == 0xA0: return (nil, 3)
        case (0xEF, 0xBB) where start.count > 2 && start[2] == 0xBF: return (nil, 3)
        default: return nil
        }
    }

    private static func octet(_ third: UInt8) -> Escape? {
        switch third {
        case 0x80...0x8A, 0xAF: (32, 3)
        case 0x8B...0x8F: (nil, 3)
        default: nil
        }
    }
}
