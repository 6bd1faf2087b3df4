import SMTP

/// Lines of a log that were run together into one, as a web page shows them that knows no line ends: each began with its time.
enum RunTogetherLog {
    /// The shortest line that is looked at, and how many times make it a log.
    private static let (shortest, fewest) = (200, 4)

    /// The text with such lines divided; nil when there is none.
    static func divided(_ octets: [UInt8]) -> [UInt8]? {
        var lines = TextLines(octets)
        var divided: [UInt8] = []
        var copied = 0
        while true {
            let start = lines.position
            guard let line = lines.next() else { break }
            let starts = Self.starts(in: line)
            guard starts.count >= fewest else { continue }
            divided += octets[copied..<start]
            for (start, end) in zip(starts, starts.dropFirst() + [line.endIndex]) {
                let piece = line[start..<end]
                divided += (piece.last == 32 ? piece.dropLast() : piece) + [10]
            }
            copied = lines.position
        }
        return copied == 0 ? nil : divided + octets[copied...]
    }

    /// Where a time begins that is written as the one at the line's beginning.
    private static func starts(in line: ArraySlice<UInt8>) -> [Int] {
        guard line.count >= shortest, let (first, length) = TimeStamp.read(line), first.hasDate else { return [] }
        let shape = Self.shape(line.prefix(length))
        return [line.startIndex]
            + line.indices.dropFirst().filter { position in
                line[position - 1] == 32 && line[position].isLetterOrDigit
                    && Self.shape(line[position...].prefix(length)) == shape
            }
    }

    private static func shape(_ time: ArraySlice<UInt8>) -> [UInt8] {
        time.map { (0x30...0x39).contains($0) ? 0x30 : $0 }
    }
}
