import SMTP

/// Packets as ngrep prints them: a line with the ends, then what it holds as text, by line (-W byline) or in hexadecimal (-x).
enum NgrepDump {
    struct Head {
        var time: ArraySlice<UInt8>
        var from: ArraySlice<UInt8>
        var to: ArraySlice<UInt8>
    }

    /// `T 2026/11/26 09:31:04.558862 127.0.0.1:25 -> 127.0.0.1:36870 [AP] #4`.
    static func head(_ line: ArraySlice<UInt8>) -> Head? {
        guard line.starts(with: "T ".utf8), line.count < 200 else { return nil }
        let words = line.split(separator: 32)
        guard let arrow = words.firstIndex(where: { $0.elementsEqual("->".utf8) }), arrow >= 2,
            arrow + 1 < words.count, words[arrow - 1].contains(UInt8(ascii: ":")),
            words[arrow + 1].contains(UInt8(ascii: ":"))
        else { return nil }
        let time = words[1..<(arrow - 1)]
        let clock = time.isEmpty ? [] : line[words[1].startIndex..<words[arrow - 2].endIndex]
        return Head(time: clock, from: words[arrow - 1], to: words[arrow + 1])
    }

    static func read(_ octets: [UInt8]) -> [UInt8] {
        Dump.gathered(octets, below: head, endedBy: isBetweenPackets) { head, body in
            guard !body.isEmpty else { return [] }
            let (connection, side) = Dump.connection(head.from, head.to, portMark: UInt8(ascii: ":"))
            let rows = body.map(HexRow.init)
            let isHex = rows.allSatisfy { $0 != nil } && body[0].first == 32
            return Dump.line(
                .init(
                    time: head.time,
                    connection: connection,
                    side: side,
                    octets: isHex ? rows.flatMap { $0?.octets ?? [] } : said(body),
                    isExact: isHex
                )
            )
        }
    }

    /// Packets that hold nothing are signs alone; by line, an empty line ends a packet.
    private static func isBetweenPackets(_ line: ArraySlice<UInt8>) -> Bool {
        line.allSatisfy { $0 == UInt8(ascii: "#") } || line.starts(with: "exit".utf8)
    }

    /// What cannot be printed is a dot: two of them are a line's end, by line the CR before it is one.
    private static func said(_ body: [ArraySlice<UInt8>]) -> [UInt8] {
        let dots = Array("..".utf8)
        if body.count > 1 || !body[0].suffix(2).elementsEqual(dots) {
            let lines = body.map { $0.last == UInt8(ascii: ".") ? $0.dropLast() : $0 }
            return Array(lines.joined(separator: [10]))
        }
        var line = body[0]
        var end: [UInt8] = []
        // The dot that ends mail data between two line ends.
        if line.suffix(5).elementsEqual(".....".utf8) { (line, end) = (line.dropLast(5), [10, UInt8(ascii: ".")]) }
        if line.suffix(2).elementsEqual(dots) { line = line.dropLast(2) }
        return Array(line.replacing(dots, with: [10])) + end
    }
}
