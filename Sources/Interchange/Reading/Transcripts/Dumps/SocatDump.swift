import SMTP

/// What socat prints of what it passes on, with -v as text, with -x in hexadecimal: `> 2026/11/26 10:00:00.000123456  length=30 from=0
/// to=29`, and the octets below. The arrow points away from the first of its two addresses, at which the client came in.
enum SocatDump {
    struct Head {
        let side: Side
        let time: ArraySlice<UInt8>
        let count: Int
    }

    static func head(_ line: ArraySlice<UInt8>) -> Head? {
        guard let first = line.first, "<>".utf8.contains(first), line.count < 120,
            let length = line.firstRange(of: Array(" length=".utf8)),
            line[length.upperBound...].firstRange(of: Array(" from=".utf8)) != nil,
            let count = Int(line[length.upperBound...].prefix { $0 != 32 }.text)
        else { return nil }
        let time = line[..<length.lowerBound].dropFirst().trimmed
        return Head(side: first == UInt8(ascii: ">") ? .client : .server, time: time, count: count)
    }

    static func read(_ octets: [UInt8]) -> [UInt8] {
        Dump.gathered(octets, below: head) { head, body in
            guard !body.isEmpty else { return [] }
            let rows = body.filter { !$0.elementsEqual("--".utf8) }.map(HexRow.init)
            let hex = rows.flatMap { $0?.octets ?? [] }
            let isHex = rows.allSatisfy { $0 != nil } && hex.count == head.count
            let said = isHex ? hex : said(body)
            return Dump.line(
                .init(time: head.time, side: head.side, octets: Array(said.prefix(head.count)), isExact: true)
            )
        }
    }

    /// Lines as they came, with what does not print written out: `\r` before each line end.
    private static func said(_ body: [ArraySlice<UInt8>]) -> [UInt8] {
        body.flatMap { line -> [UInt8] in
            (StringLiteral.read(([UInt8(ascii: "\"")] + line.replacing([0x22], with: [0x5C, 0x22]) + [0x22])[...])
                ?? Array(line)) + [10]
        }
    }
}
