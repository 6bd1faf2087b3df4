import Tracing

/// Which rows of a list are shown, and in which order. Made when the filter or the column changes; a key that only moves asks it.
struct SessionOrder: Equatable, Sendable {
    /// A column that a list can be sorted by, in the order of the screen.
    enum Column: Int, CaseIterable, Sendable {
        case time, from, to, server, outcome

        func moved(by columns: Int) -> Self {
            let count = Self.allCases.count
            return Self(rawValue: (rawValue + columns + count) % count) ?? self
        }
    }

    /// Indices of rows, in the order from the least on.
    private let rows: [Int]
    let isReversed: Bool
    /// The places with trouble, counted in the order that is shown.
    let troubles: TroubleRows

    init(_ rows: [Int], of all: [ListedSession], isReversed: Bool) {
        self.init(rows, isReversed: isReversed, TroubleRows(rows.lazy.map { all[$0] }), isMirrored: isReversed)
    }

    private init(_ rows: [Int], isReversed: Bool, _ troubles: TroubleRows, isMirrored: Bool) {
        (self.rows, self.isReversed) = (rows, isReversed)
        self.troubles = isMirrored ? troubles.mirrored(in: rows.count) : troubles
    }

    var count: Int { rows.count }

    /// The row at a place of the list.
    subscript(place: Int) -> Int { rows[isReversed ? rows.count - 1 - place : place] }

    /// The place of a row; nil where it is not shown.
    func place(of row: Int) -> Int? {
        rows.firstIndex(of: row).map { isReversed ? rows.count - 1 - $0 : $0 }
    }

    /// The other way round.
    var reversed: SessionOrder { SessionOrder(rows, isReversed: !isReversed, troubles, isMirrored: true) }

    /// All rows by a column. Rows that say the same in it keep the order of the file.
    static func sorted(_ rows: [ListedSession], by column: Column) -> [Int] {
        let keys: [String]
        switch column {
        case .time: return Array(rows.indices)
        case .from: keys = rows.map { $0.from ?? "" }
        case .to: keys = rows.map { $0.to.first ?? "" }
        case .server: keys = rows.map { $0.server ?? "" }
        case .outcome: keys = rows.map { "\($0.outcome.weight) \($0.told)" }
        }
        // Thousands of rows have few addresses: those are sorted, and the rows put to them.
        var groups: [String: [Int]] = [:]
        for (row, key) in keys.enumerated() { groups[key, default: []].append(row) }
        return groups.keys.sorted().flatMap { groups[$0] ?? [] }
    }
}

extension Verdict.Outcome {
    /// The gravest first.
    fileprivate var weight: Int {
        switch self {
        case .refused: 0
        case .mixed: 1
        case .deferred: 2
        case .unknown: 3
        case .untried, .none: 4
        case .accepted: 5
        }
    }
}
