import SMTP

/// What curl writes with --trace and --trace-ascii: `<= Recv header, 34 bytes (0x22)`, then the octets behind offsets.
enum CurlDump {
    struct Head {
        var time: ArraySlice<UInt8>
        var side: Side
        var count: Int
        /// Octets of TLS itself, which are no dialogue.
        var isTLS: Bool
        /// curl's own words.
        var words: ArraySlice<UInt8>?
    }

    static func head(_ line: ArraySlice<UInt8>) -> Head? {
        var text = line
        var time: ArraySlice<UInt8> = []
        if let (_, length) = TimeStamp.read(line) {
            time = line.prefix(length)
            text = line.dropFirst(length).drop(while: \.isBlank)
        }
        if let words = text.after("== Info: ") {
            return Head(time: time, side: .client, count: 0, isTLS: false, words: words)
        }
        guard
            let side: Side = text.starts(with: "<= Recv ".utf8)
                ? .server : text.starts(with: "=> Send ".utf8) ? .client : nil,
            let comma = text.firstIndex(of: UInt8(ascii: ","))
        else { return nil }
        let digits = text[comma...].dropFirst(2).prefix { (0x30...0x39).contains($0) }
        guard let count = Int(digits.text), text[digits.endIndex...].starts(with: " bytes".utf8) else { return nil }
        let isTLS = text[..<comma].firstRange(of: Array("SSL".utf8)) != nil
        return Head(time: time, side: side, count: count, isTLS: isTLS)
    }

    static func read(_ octets: [UInt8]) -> [UInt8] {
        Dump.gathered(octets, below: head) { head, body in
            if let words = head.words { return words + [10] }
            let rows = body.compactMap(row)
            guard !head.isTLS, !rows.isEmpty else { return [] }
            let hex = rows.map { HexRow($0.line) }
            let isHex = zip(rows, hex).allSatisfy { row, hex in hex.map { shows(row.line, $0) } ?? false }
            return Dump.line(
                .init(
                    time: head.time,
                    side: head.side,
                    octets: isHex ? hex.flatMap { $0?.octets ?? [] } : said(rows),
                    isExact: isHex
                )
            )
        }
    }

    /// `0014: mple`.
    private static func row(_ line: ArraySlice<UInt8>) -> (offset: Int, line: ArraySlice<UInt8>)? {
        let digits = line.prefix { $0.hexValue != nil }
        guard digits.count >= 4, digits.count <= 8, line[digits.endIndex...].first == UInt8(ascii: ":") else {
            return nil
        }
        return (digits.reduce(0) { $0 << 4 | Int($1.hexValue ?? 0) }, line)
    }

    /// Whether the row ends with its octets as text, so that what looks like hexadecimal is.
    private static func shows(_ line: ArraySlice<UInt8>, _ row: HexRow) -> Bool {
        let shown = row.octets.map { (32..<127).contains($0) ? $0 : UInt8(ascii: ".") }
        return line.suffix(shown.count).elementsEqual(shown)
    }

    /// The text of rows: where the next offset tells that nothing stands between, the line goes on.
    private static func said(_ rows: [(offset: Int, line: ArraySlice<UInt8>)]) -> [UInt8] {
        var said: [UInt8] = []
        for (index, row) in rows.enumerated() {
            let text = row.line[((row.line.firstIndex(of: UInt8(ascii: ":")) ?? row.line.startIndex) + 1)...]
            let words = text.after(" ") ?? text
            said += words
            guard index + 1 < rows.count else { break }
            if rows[index + 1].offset - row.offset != words.count { said.append(10) }
        }
        return said
    }
}
