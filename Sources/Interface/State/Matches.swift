import Tracing

/// The lines that hold what is searched for. What was looked through once is not looked through again while the pattern stands.
public struct Matches: Equatable, Sendable {
    /// Indices of lines, in order.
    public private(set) var lines: [Int] = []
    private var pattern = ""
    private var searched = 0

    public init() {}

    /// What was looked through says nothing about the session: all are equal.
    public static func == (one: Matches, other: Matches) -> Bool { true }

    /// Looks through the lines before `end` that it has not seen yet; a pattern that is empty is in no line.
    mutating func look(for pattern: String, in all: TraceLines, before end: Int) {
        let end = Swift.min(end, all.count)
        if pattern != self.pattern || searched > end { self = Matches() }
        self.pattern = pattern
        guard !pattern.isEmpty, searched < end else { return }
        let wanted = SearchPattern(pattern)
        lines += (searched..<end).filter { wanted.isIn(all[$0].octets) }
        searched = end
    }
}
