import SMTP

/// What makes a line trouble: it says no, it tells that something came to nothing, or something is wrong with it.
extension TraceLine {
    /// The code of a reply that says no, on its last line.
    public var refusal: UInt16? {
        guard case .reply = content, let first = octets.first, first == UInt8(ascii: "4") || first == UInt8(ascii: "5")
        else { return nil }
        let reply = ReplyLine(reading: octets)
        guard !reply.continues, let code = reply.code, [4, 5].contains(code / 100) else { return nil }
        return code
    }

    /// Whether it tells that a lookup or a connection came to nothing.
    public var isFailure: Bool {
        guard case .event(let anchor) = content else { return false }
        return failure?.isOfLink ?? [LessonAnchor("link/error"), LessonAnchor("dns/failure")].contains(anchor)
    }

    /// Whether it says no, or tells that something came to nothing.
    public var isOutcome: Bool { refusal != nil || isFailure }

    /// Whether something went otherwise than it should: a refusal, a deferral, a failure, a finding.
    public var isTrouble: Bool { !findings.isEmpty || isOutcome }

    /// Whether whoever looks for what went wrong wants to see it: trouble, but for findings that are mere notes.
    public var isGrave: Bool { findings.contains { $0.severity != .note } || isOutcome }
}

/// Which lines are grave, kept as the trace grows: the next one is found without going through the lines.
public struct TroubleIndex: Equatable, Sendable {
    /// 1 for each line that is grave, 0 for the others.
    private var counts = RunningCounts()
    /// 1 for each of them that says no or tells of a failure.
    private var outcomes = RunningCounts()

    /// How many there are among the first `count` lines of the trace.
    public func count(before count: Int) -> Int { counts.sum(ofFirst: count) }

    /// The first grave line behind a line; nil there stands for the beginning.
    public func line(after line: Int?) -> Int? {
        counts.index(exceeding: counts.sum(ofFirst: line.map { $0 + 1 } ?? 0))?.index
    }

    /// The first line behind a line that says no or tells of a failure.
    public func outcome(after line: Int) -> Int? {
        outcomes.index(exceeding: outcomes.sum(ofFirst: line + 1))?.index
    }

    /// A line was added to the others.
    mutating func append(_ line: TraceLine) {
        let isOutcome = line.isOutcome
        outcomes.append(isOutcome ? 1 : 0)
        counts.append(isOutcome || line.isGrave ? 1 : 0)
    }

    /// A line has other findings than before.
    mutating func take(_ line: TraceLine) {
        let before = count(before: line.index + 1) - count(before: line.index)
        let now = line.isGrave ? 1 : 0
        if now != before { counts.add(now - before, at: line.index) }
    }
}
