/// Which lines of a session tell what became of the mail.
extension Verdict {
    /// The lines that decided, in their order: the reply, behind the command that it answers; else what tells of the failure;
    /// else the last words of the session.
    public func tellingLines(in trace: Trace) -> [Int] {
        if let decision, let first = decision.lines.first {
            return (trace.lines[first].answers.map { [$0] } ?? []) + decision.lines
        }
        if let failureLine { return [failureLine] }
        return trace.lines.lastIndex(where: \.isWire).map { [$0] } ?? []
    }

    /// Where the trouble is: the line that says no, or that tells of the failure; nil where there is no trouble.
    public var troubleLine: Int? { isTrouble ? decision?.lines.last ?? failureLine : nil }
}
