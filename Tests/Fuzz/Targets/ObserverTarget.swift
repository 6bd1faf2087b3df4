@testable import SMTP

/// The observer: two sides, cut anyhow. What it says of whole lines does not depend on how they came, it tells every octet once,
/// and what it masks of a session that comes in pieces is at least what it masks of one that comes whole.
enum ObserverTarget: FuzzTarget {
    static let name = "observer"

    private typealias Said = [(side: Side, octets: [UInt8])]

    private struct Told {
        var kinds: [String] = []
        var counts: [Side: Int] = [:]
        /// What has to be masked, as offsets into all that a side says.
        var credentials: [Side: Set<Int>] = [:]
    }

    /// The first octet says how the pieces are cut. Then each line belongs to the client, or with `<` before it to the server.
    static func check(_ octets: [UInt8]) {
        guard let size = octets.first.map({ Int($0 % 13) + 1 }) else { return }
        let said: Said = octets.dropFirst().split(separator: 10, omittingEmptySubsequences: false).map { line in
            line.first == UInt8(ascii: "<") ? (.server, Array(line.dropFirst()) + [10]) : (.client, Array(line) + [10])
        }
        let cut: Said = said.flatMap { side, octets in
            stride(from: 0, to: octets.count, by: size).map {
                (side, Array(octets[$0..<min($0 + size, octets.count)]))
            }
        }
        let (whole, pieces) = (told(said), told(cut))
        let (atOnce, bitByBit) = (masked(said), masked(cut))
        expect(whole.kinds == pieces.kinds, "cut every \(size) octets the session is another")
        for side in Side.allCases {
            let all = said.filter { $0.side == side }.reduce(0) { $0 + $1.octets.count }
            expect(whole.counts[side, default: 0] == all, "not every octet of the \(side) is told once")
            for found in [atOnce, bitByBit] {
                let shown = whole.credentials[side, default: []].subtracting(found[side, default: []])
                expect(shown.isEmpty, "cut every \(size) octets the \(side) shows of a credential \(shown.sorted())")
            }
        }
    }

    /// The octets of each side that are masked as they come, as offsets into all that it says.
    private static func masked(_ said: Said) -> [Side: Set<Int>] {
        var reader = SessionReader()
        var (counts, masked): ([Side: Int], [Side: Set<Int>]) = ([:], [:])
        for (side, octets) in said {
            let start = counts[side, default: 0]
            for range in reader.credentials(in: octets, from: side) {
                masked[side, default: []].formUnion(range.lowerBound + start..<range.upperBound + start)
            }
            counts[side] = start + octets.count
        }
        return masked
    }

    private static func told(_ said: Said) -> Told {
        var reader = SessionReader()
        var told = Told()
        for (side, octets) in said {
            if side == .server, reader.holdsBeginning {
                reader.decideBeginning()
                while let utterance = reader.next(.client) { note(utterance, &told) }
            }
            reader.append(octets, from: side)
            while let utterance = reader.next(side) {
                note(utterance, &told)
                let start = utterance.range.lowerBound
                for at in mustBeMasked(utterance).joined() where utterance.octets[at] != 13 {
                    told.credentials[side, default: []].insert(start + at)
                }
            }
        }
        for side in Side.allCases { if let rest = reader.finish(side) { note(rest, &told) } }
        return told
    }

    private static func note(_ utterance: Utterance, _ told: inout Told) {
        expect(utterance.range.count == utterance.piece.line.count, "a range of another length")
        let count = utterance.octets.count
        expect(utterance.credentials.allSatisfy { $0.upperBound <= count }, "a credential outside its line")
        told.counts[utterance.side, default: 0] += utterance.range.count + utterance.piece.leftOut
        told.kinds.append("\(utterance.side) \(utterance.kind)")
    }

    /// What AUTH says behind its mechanism, and responses. What may yet become a verb or a mechanism is shown until it cannot, and so
    /// are the first octets of what may yet be an empty response or, where the session's beginning is not there, no response at all.
    private static func mustBeMasked(_ utterance: Utterance) -> [Range<Int>] {
        let shown: Int
        switch utterance.kind {
        case .command(let asked):
            guard asked.verb == .auth else { return [] }
            shown = 1
        case .saslResponse: shown = 3
        default: return []
        }
        return utterance.credentials.compactMap { range in
            let blank = utterance.octets[range].prefix { $0 == 32 || $0 == 9 || $0 == 13 }.count
            let word = utterance.octets[range].dropFirst(blank).prefix(12)
            let undecided = (1...12).last { count in
                Verb.begins(with: word.prefix(count)) || Mechanism.begins(with: word.prefix(count))
            }
            let count = blank + max(shown, min(undecided ?? 0, word.count))
            return range.count > count ? range.dropFirst(count) : nil
        }
    }
}
