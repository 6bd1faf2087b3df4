import Notation
import SMTP

/// What Wireshark saves of a stream that it follows as C arrays, YAML or raw, and the payloads that tshark prints as fields: pieces in
/// some code, each with the number of its end or with none.
enum SharkExports {
    /// Whether a line begins a piece in an array of C, or in YAML.
    static func beginsPiece(_ line: ArraySlice<UInt8>) -> Bool { array(line) != nil || isBinary(line) }

    /// `char peer1_0[] = { /* Packet 4 */`: the end.
    private static func array(_ line: ArraySlice<UInt8>) -> UInt8? {
        guard let rest = line.after("char peer"), let digit = rest.first, digit.hexValue != nil,
            rest.firstRange(of: Array("[] = {".utf8)) != nil
        else { return nil }
        return digit
    }

    /// `    data: !!binary |`, `peer1_0: !!binary |`.
    private static func isBinary(_ line: ArraySlice<UInt8>) -> Bool {
        line.prefix(80).firstRange(of: Array(": !!binary |".utf8)) != nil
    }

    private struct Piece {
        var end: UInt8?
        var octets: [UInt8] = []
    }

    static func readPieces(_ octets: [UInt8]) -> [UInt8] {
        var pieces: [Piece] = []
        var end: UInt8?
        var base64: [UInt8]?
        func endBinary() {
            if let text = base64 { pieces.append(Piece(end: end, octets: Base64.decode(text) ?? [])) }
            base64 = nil
        }
        var lines = TextLines(octets)
        while let line = lines.next() {
            let words = line.trimmed
            if let next = array(line) {
                pieces.append(Piece(end: next))
                if let open = line.firstIndex(of: UInt8(ascii: "{")) {
                    pieces[pieces.count - 1].octets += elements(line[(open + 1)...])
                }
            } else if isBinary(line) {
                endBinary()
                if let digit = words.after("peer")?.first { end = digit }
                base64 = []
            } else if base64 != nil {
                if !words.isEmpty, !words.contains(58), !words.contains(32), words.first != 45 {
                    base64? += words
                } else {
                    endBinary()
                }
            } else if words.starts(with: "0x".utf8), !pieces.isEmpty {
                pieces[pieces.count - 1].octets += elements(words)
            }
            if base64 == nil, let peer = words.after("peer: ") { end = peer.first }
        }
        endBinary()
        return text(of: pieces)
    }

    /// `0x32, 0x32, 0x30 }; /* 220 */`.
    private static func elements(_ line: ArraySlice<UInt8>) -> [UInt8] {
        var octets: [UInt8] = []
        for word in line.split(whereSeparator: { $0 == 32 || $0 == UInt8(ascii: ",") }) {
            guard let digits = word.after("0x"), let octet = UInt8(digits.prefix { $0.hexValue != nil }.text, radix: 16)
            else { break }
            octets.append(octet)
        }
        return octets
    }

    /// The server is the end that says a reply.
    private static func text(of pieces: [Piece]) -> [UInt8] {
        let first = pieces.first { LineShape($0.octets.prefix { $0 != 10 && $0 != 13 }).side != nil }
        let server = first.flatMap {
            LineShape($0.octets.prefix { $0 != 10 && $0 != 13 }).side == .server ? $0.end : nil
        }
        var said = SaidSides()
        return pieces.filter { !$0.octets.isEmpty }.flatMap { piece -> [UInt8] in
            let side = server.map { $0 == piece.end ? Side.server : .client } ?? said.side(of: piece.octets)
            return Dump.line(.init(side: side, octets: piece.octets, isExact: true))
        }
    }

    // MARK: A piece a line

    /// What stands in hexadecimal at the end of a line, and is text; nil for a line without.
    static func payload(_ line: ArraySlice<UInt8>) -> [UInt8]? {
        let words = line.trimmed
        let start = words.lastIndex(where: \.isBlank).map { $0 + 1 } ?? words.startIndex
        guard let octets = HexText.octets(words[start...]), octets.count >= 3, TranscriptText.isText(octets),
            // A digest begins so by accident only.
            octets.prefix(4).allSatisfy({ (0x20..<0x7F).contains($0) || $0 == 13 || $0 == 10 })
        else { return nil }
        return octets
    }

    static func readPayloads(_ octets: [UInt8]) -> [UInt8] {
        var lines = TextLines(octets)
        var pieces: [[UInt8]] = []
        while let line = lines.next() { if let octets = payload(line) { pieces.append(octets) } }
        // Lines of one length are a stream that was cut at it, as `xxd -p` prints one: its text is what it says.
        let length = pieces.first?.count ?? 0
        if pieces.count > 2, pieces.dropLast().allSatisfy({ $0.count == length }) { return pieces.flatMap(\.self) }
        var said = SaidSides()
        return pieces.flatMap { Dump.line(.init(side: said.side(of: $0), octets: $0, isExact: true)) }
    }
}
