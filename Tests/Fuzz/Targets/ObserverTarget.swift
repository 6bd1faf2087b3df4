import SMTP
import Tracing

/// The observer: two sides, cut anyhow. What it says of whole lines does not depend on how they came, it tells every octet once,
/// and what it masks of a session that comes in pieces is at least what it masks of one that comes whole.
enum ObserverTarget: FuzzTarget {
    static let name = "observer"

    /// The first octet says how the pieces are cut. Then each line belongs to the client, or with `<` before it to the server.
    static func check(_ octets: [UInt8]) {
        guard let size = octets.first.map({ Int($0 % 13) + 1 }) else { return }
        let said = octets.dropFirst().split(separator: 10, omittingEmptySubsequences: false).map {
            line -> (Side, [UInt8]) in
            line.first == UInt8(ascii: "<") ? (.server, Array(line.dropFirst()) + [10]) : (.client, Array(line) + [10])
        }
        let whole = told(said)
        let pieces = told(
            said.flatMap { side, octets in
                stride(from: 0, to: octets.count, by: size).map {
                    (side, Array(octets[$0..<min($0 + size, octets.count)]))
                }
            }
        )
        expect(whole.kinds == pieces.kinds, "cut every \(size) octets the session is another")
        for side in Side.allCases {
            let all = said.filter { $0.0 == side }.reduce(0) { $0 + $1.1.count }
            expect(whole.counts[side, default: 0] == all, "not every octet of the \(side) is told once")
        }
    }

    private static func told(_ said: [(Side, [UInt8])]) -> (kinds: [String], counts: [Side: Int]) {
        var reader = SessionReader()
        var kinds: [String] = []
        var counts: [Side: Int] = [:]
        func note(_ utterance: Utterance) {
            expect(utterance.range.count == utterance.piece.line.count, "a range of another length")
            expect(
                utterance.credentials.allSatisfy { $0.upperBound <= utterance.octets.count },
                "a credential outside its line"
            )
            counts[utterance.side, default: 0] += utterance.range.count + utterance.piece.leftOut
            kinds.append("\(utterance.side) \(utterance.kind)")
        }
        for (side, octets) in said {
            if side == .server, reader.holdsBeginning {
                reader.decideBeginning()
                while let utterance = reader.next(.client) { note(utterance) }
            }
            reader.append(octets, from: side)
            while let utterance = reader.next(side) { note(utterance) }
        }
        for side in Side.allCases { if let rest = reader.finish(side) { note(rest) } }
        return (kinds, counts)
    }
}
