import Notation

/// A run of octets that a line shows in hexadecimal, as a row of a dump does: in pairs or longer groups, with an offset before
/// them and letters behind, or bare. It decides from one line; what the octets mean it does not know.
struct DumpRow {
    private(set) var octets: [UInt8] = []
    /// Where in the line the digits of each octet begin.
    private(set) var starts: [Int] = []
    /// Every group has four digits: it may be a number of 16 bits, its low octet behind the high one.
    private var isOfWords = true

    /// How few octets begin no dump; its last row may have fewer.
    static let minCount = 4

    /// The longest run of a line, which is its row where it is one; nil where it has none.
    init?(_ line: [UInt8]) {
        guard let longest = Self.runs(in: line[...]).max(by: { $0.octets.count < $1.octets.count }) else { return nil }
        self = longest
    }

    private init() {}

    /// All runs of a line, in their order. Every line of every log is asked, and nearly none has a word of digits alone.
    static func runs(in line: ArraySlice<UInt8>) -> [DumpRow] {
        var rows: [DumpRow] = []
        var row = DumpRow()
        var gap = 0
        var hasOffset = false
        var at = line.startIndex
        while at < line.endIndex {
            guard !partsGroups[Int(line[at])] else {
                if line[at].isWhiteSpace { gap += 1 }
                at += 1
                continue
            }
            var end = at
            var isHexadecimal = true
            while end < line.endIndex, !partsGroups[Int(line[end])] {
                if line[end].hexValue == nil { isHexadecimal = isHexadecimal && isBase(line, at, end) }
                end += 1
            }
            if !isHexadecimal || (end - at) % 2 != 0 || row.isLetters(behind: gap), !row.octets.isEmpty {
                rows.append(row)
                row = DumpRow()
            }
            if isHexadecimal, (end - at) % 2 == 0 {
                if !hasOffset, row.octets.isEmpty, isOffset(line, at, end) {
                    hasOffset = true
                } else {
                    row.take(line[at..<end])
                }
            }
            (at, gap) = (end, 0)
        }
        if !row.octets.isEmpty { rows.append(row) }
        return rows
    }

    private static let partsGroups: [Bool] = {
        let marks = Set(":,<>[]{}|\"'".utf8)
        return (0...255).map { $0 == 32 || $0 == 9 || marks.contains($0) }
    }()

    /// The x of `0x41`.
    private static func isBase(_ line: ArraySlice<UInt8>, _ start: Int, _ at: Int) -> Bool {
        at == start + 1 && line[at] | 0x20 == UInt8(ascii: "x") && line[start] == UInt8(ascii: "0")
    }

    /// Whether the first digits of a line say where it stands: a colon or a wide gap follows, or shorter groups do.
    private static func isOffset(_ line: ArraySlice<UInt8>, _ start: Int, _ end: Int) -> Bool {
        let isBased = line[start + 1].hexValue == nil
        let digits = end - start - (isBased ? 2 : 0)
        guard (4...8).contains(digits), end < line.endIndex else { return false }
        if line[end] == UInt8(ascii: ":") { return true }
        let behind = line[end...].drop { $0.isWhiteSpace }
        if behind.startIndex - end > 1 { return true }
        let next = behind.prefix { $0.hexValue != nil }.count
        return next == 2 && (digits > 4 || line[end - 1] == UInt8(ascii: "0")) || next == 4 && digits > 4
    }

    /// A wide gap parts the octets from the same as letters, but for one in their middle.
    private func isLetters(behind gap: Int) -> Bool { !octets.isEmpty && gap > 1 && (octets.count != 8 || gap > 4) }

    private mutating func take(_ word: ArraySlice<UInt8>) {
        let digits = word.dropFirst(word.dropFirst().first?.hexValue == nil ? 2 : 0)
        for at in stride(from: digits.startIndex, to: digits.endIndex, by: 2) {
            octets.append((digits[at].hexValue ?? 0) << 4 | (digits[at + 1].hexValue ?? 0))
            starts.append(at)
        }
        isOfWords = isOfWords && digits.count == 4
    }

    /// The same with each pair of octets turned round; nil where the groups are no pairs.
    var turned: DumpRow? {
        guard isOfWords else { return nil }
        var row = self
        for at in stride(from: 0, to: octets.count - 1, by: 2) { row.octets.swapAt(at, at + 1) }
        // Whichever of a pair is a secret, the pair is masked.
        for at in stride(from: 0, to: octets.count - 1, by: 2) { row.starts[at + 1] = row.starts[at] }
        return row
    }
}

/// Rows of a dump that stand together, put together.
struct DumpedOctets {
    private var rows: [(line: Int, row: DumpRow)] = []
    /// The most octets that are looked at together.
    private static let maxCount = 1 << 16

    private(set) var count = 0

    var isEmpty: Bool { rows.isEmpty }
    var isFull: Bool { count >= Self.maxCount }

    mutating func append(_ row: DumpRow, ofLine line: Int) {
        rows.append((line, row))
        count += row.octets.count
    }

    /// What the rows may say: as they stand, and as numbers of 16 bits.
    var readings: [Reading] {
        guard count >= DumpRow.minCount else { return [] }
        let turned = rows.compactMap { line, row in row.turned.map { (line, $0) } }
        return [Reading(rows: rows)] + (turned.count == rows.count ? [Reading(rows: turned)] : [])
    }

    struct Reading {
        let octets: [UInt8]
        private let places: [(line: Int, start: Int)]

        init(rows: [(line: Int, row: DumpRow)]) {
            octets = rows.flatMap(\.row.octets)
            places = rows.flatMap { line, row in row.starts.map { (line, $0) } }
        }

        /// Whether nothing in it is no text.
        var isText: Bool { octets.allSatisfy { (0x20...0x7E).contains($0) || [0, 9, 10, 13].contains($0) } }

        /// Where some of the octets begin in each line that has any of them.
        func starts(of range: Range<Int>) -> [(line: Int, start: Int)] {
            var found: [(line: Int, start: Int)] = []
            for place in places[range] where found.last?.line != place.line { found.append(place) }
            return found
        }

        /// Its lines, as ranges of the octets.
        var lines: [Range<Int>] {
            octets.split(separator: 10, omittingEmptySubsequences: true).map { $0.startIndex..<$0.endIndex }
        }
    }
}
