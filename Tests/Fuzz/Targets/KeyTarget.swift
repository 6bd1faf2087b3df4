import Cryptography
import SMTP
import Tracing

/// TLS opened with a key log: what was inside is the same however the records arrive, and is never more than the records.
///
/// The octets are a key log up to the first zero; then pieces, each an octet that says whose it is and whether it is missing, two that
/// say how long it is, and, where it is not missing, as many octets.
enum KeyTarget: FuzzTarget {
    static let name = "keys"

    private struct Piece {
        let side: Side
        let count: Int
        /// Nil where the capture lacks them.
        let octets: [UInt8]?
    }

    static func check(_ octets: [UInt8]) {
        let text = octets.prefix { $0 != 0 }
        let log = KeyLog(Array(text))
        for warning in log.warnings { Properties.expectEscaped(warning, "a warning") }
        let pieces = pieces(octets.dropFirst(text.count + 1))
        let opening: TLSOpening
        do {
            opening = try TLSOpening(client: said(.client, pieces), server: said(.server, pieces), keys: log)
        } catch {
            return Properties.expectEscaped(error.words, "why it stays shut")
        }
        let whole = insides(opening, pieces)
        for side in Side.allCases {
            let count = said(side, pieces).count
            expect(whole[side, default: []].count <= count, "more inside than the \(count) octets of the records")
        }
        for size in [7, 50] { expect(insides(opening, cut(pieces, size)) == whole, "cut every \(size) it is another") }
    }

    private static func pieces(_ octets: ArraySlice<UInt8>) -> [Piece] {
        var pieces: [Piece] = []
        var rest = octets
        while rest.count >= 3 {
            let head = Array(rest.prefix(3))
            rest = rest.dropFirst(3)
            let count = Int(head[1]) << 8 | Int(head[2])
            let isMissing = head[0] & 2 != 0
            let octets = Array(rest.prefix(isMissing ? 0 : count))
            rest = rest.dropFirst(octets.count)
            let side: Side = head[0] & 1 == 0 ? .client : .server
            pieces.append(Piece(side: side, count: count, octets: isMissing ? nil : octets))
        }
        return pieces
    }

    /// What a side says up to what is missing.
    private static func said(_ side: Side, _ pieces: [Piece]) -> [UInt8] {
        pieces.lazy.filter { $0.side == side }.prefix { $0.octets != nil }.flatMap { $0.octets ?? [] }
    }

    /// Behind a gap records are sought where a piece begins, so that what is said there stays in its pieces.
    private static func cut(_ pieces: [Piece], _ size: Int) -> [Piece] {
        var broken: Set<Side> = []
        return pieces.flatMap { piece -> [Piece] in
            if piece.octets == nil { broken.insert(piece.side) }
            guard let octets = piece.octets, !broken.contains(piece.side) else { return [piece] }
            return stride(from: 0, to: octets.count, by: size).map { start in
                let part = Array(octets[start..<min(start + size, octets.count)])
                return Piece(side: piece.side, count: part.count, octets: part)
            }
        }
    }

    /// What was inside, by side.
    private static func insides(_ opening: TLSOpening, _ pieces: [Piece]) -> [Side: [UInt8]] {
        var opening = opening
        var insides: [Side: [UInt8]] = [:]
        let add = { (told: [TLSOpening.Told], side: Side) in
            for case .inside(let octets) in told { insides[side, default: []] += octets }
            for case .message(let name, _) in told { Properties.expectEscaped(name, "a message") }
        }
        for piece in pieces {
            let side = piece.side
            add(piece.octets.map { opening.take($0, from: side, at: 0) } ?? opening.lose(piece.count, from: side), side)
        }
        for side in Side.allCases { add(opening.end(side), side) }
        return insides
    }
}
