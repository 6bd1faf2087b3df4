import Tracing

/// What happens one step at a time because a person says so, the sandbox world or a live session.
protocol SteppedRun: AnyObject {
    var trace: Trace { get }
    var isOver: Bool { get }
    /// What the next step does, as the prompt says it; nil at the end.
    var promise: String? { get }
    /// Lets one step happen and comes back when the next one waits, or all is over.
    func step() throws
}
