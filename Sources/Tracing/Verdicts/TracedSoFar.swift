/// A recording as far as it was read: traced, and what is known of just these lines. Whoever is handed it shows it and works on none
/// of it.
public struct TracedSoFar: Equatable, Sendable {
    public let trace: Trace
    public let verdict: VerdictSoFar
    public let situations: SituationsSoFar
    /// How much of the recording it is, from 0 to 1; nil when it is all of it.
    public let portion: Double?

    /// Reads on to the end of the trace what was read of it before.
    public init(
        _ trace: Trace,
        reading verdict: inout VerdictSoFar,
        _ situations: inout SituationsSoFar,
        portion: Double?
    ) {
        verdict.read(trace.lines, isWhole: portion == nil)
        situations.look(at: trace.lines, before: trace.lines.count)
        (self.trace, self.verdict, self.situations, self.portion) = (trace, verdict.told, situations, portion)
    }
}
