import SMTP

/// Counts recipients that are asked for with a trick: a test whether the server relays for anybody.
///
/// One address with a percent sign, an exclamation mark or two at signs carries another domain in it, which is reason enough. A source
/// route is old and was honest once, so it counts beside another spelling of the same mailbox alone: who means mail writes an address once.
struct RelayTally: Sendable {
    private struct Asked: Sendable {
        let id: Int
        let trick: RelayTrick
        let target: Int
        var isTaken = false
    }

    private var asked: [Asked] = []
    /// More are not looked at.
    private static let maxAsked = 1000
    private var lines = SituationLines()

    mutating func asked(_ path: UnsafeBufferPointer<UInt8>, id: Int, line: Int?) {
        guard asked.count < Self.maxAsked, RelayTrick.mayStand(in: path), let found = RelayTrick.read(Array(path))
        else {
            return
        }
        asked.append(Asked(id: id, trick: found.trick, target: HashedNames.number(found.target)))
        lines.add(line)
    }

    mutating func answered(_ id: Int, _ code: UInt16, line: Int?) {
        guard !asked.isEmpty, let index = asked.index(ascending: \.id, id) else { return }
        asked[index].isTaken = code / 100 == 2
        lines.add(line)
    }

    /// `names` are the recipients that were asked for as they were written.
    func situation(beside names: HashedNames) -> Situation? {
        guard !asked.isEmpty else { return nil }
        let used = Set(asked.map(\.trick))
        let isSpelledAnew = used == [.sourceRoute] && asked.contains { names.contains($0.target) }
        guard !used.subtracting([.sourceRoute]).isEmpty || isSpelledAnew else { return nil }
        return Situation(
            .relayTest(
                tricks: RelayTrick.allCases.filter(used.contains),
                asked: asked.count,
                taken: asked.count { $0.isTaken }
            ),
            lines: lines.all
        )
    }
}
