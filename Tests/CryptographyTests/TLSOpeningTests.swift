import Cryptography
import Foundation
import SMTP
import Testing

/// TLS of real programs with one octet changed: what comes of it does not hang on how the octets arrive.
@Suite struct TLSOpeningTests {
    private typealias Piece = (side: Side, octets: [UInt8])

    /// What the fuzzer of key logs begins with: a key log, a zero, then pieces, each with its side and its length in front.
    private static let seeds = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Fuzz/Seeds/keys")
    private static let names = ((try? FileManager.default.contentsOfDirectory(atPath: seeds.path)) ?? []).sorted()

    private static func read(_ name: String) throws -> (log: KeyLog, pieces: [Piece]) {
        let octets = [UInt8](try Data(contentsOf: seeds.appendingPathComponent(name)))
        let text = octets.prefix { $0 != 0 }
        var rest = octets.dropFirst(text.count + 1)
        var pieces: [Piece] = []
        while let side = rest.popFirst(), let high = rest.popFirst(), let low = rest.popFirst() {
            let count = Int(high) << 8 | Int(low)
            pieces.append((side == 0 ? .client : .server, Array(rest.prefix(count))))
            rest = rest.dropFirst(count)
        }
        return (KeyLog(Array(text)), pieces)
    }

    /// What was inside, a side after the other; nil where it stays shut.
    private static func insides(_ log: KeyLog, _ pieces: [Piece], by size: Int) -> [[UInt8]]? {
        let said = { (side: Side) in pieces.filter { $0.side == side }.flatMap(\.octets) }
        guard var opening = try? TLSOpening(client: said(.client), server: said(.server), keys: log) else { return nil }
        var insides: [Side: [UInt8]] = [:]
        for (side, octets) in pieces {
            for start in stride(from: 0, to: octets.count, by: size) {
                let part = Array(octets[start..<min(start + size, octets.count)])
                for case .inside(let content) in opening.take(part, from: side, at: 0) {
                    insides[side, default: []] += content
                }
            }
        }
        return Side.allCases.map { insides[$0] ?? [] }
    }

    @Test func `there are sessions to change`() { #expect(Self.names.count >= 8) }

    @Test(.timeLimit(.minutes(2)), arguments: names)
    func `no change makes the same octets mean something else`(name: String) throws {
        let (log, pieces) = try Self.read(name)
        let whole = try #require(Self.insides(log, pieces, by: .max))
        #expect(whole.allSatisfy { !$0.isEmpty })
        var changed = 0
        for number in pieces.indices {
            // The heads of records, and what stands in them.
            for place in [0, 1, 2, 3, 4, 5, pieces[number].octets.count - 1] where place < pieces[number].octets.count {
                var others = pieces
                others[number].octets[place] ^= 0x40
                let one = Self.insides(log, others, by: .max)
                #expect(one == Self.insides(log, others, by: 1), "piece \(number), octet \(place)")
                changed += one == whole ? 0 : 1
            }
        }
        #expect(changed > 20)
    }
}
