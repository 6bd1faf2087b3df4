import Tracing

/// The trace of a conversation that goes on, bounded however long it gets.
///
/// What is beyond the bound is not looked at at all, so nothing is said about it: a mail that is under way then is not one that
/// has no end. The tracer bounds what it holds of one mail by itself; so a mail that has begun is followed to its answer.
struct ConversationTrace {
    /// The most lines, where there is room for them.
    static let maxLines = 4 * TracedMail.maxLines

    private var tracer = Tracer()
    /// Whether it went on longer than is looked at.
    private(set) var isCut = false

    var trace: Trace { tracer.trace }

    /// After `most` lines no other mail is followed, and after twice as many nothing is, whatever is under way.
    mutating func consume(_ event: WireEvent, atMost most: Int = maxLines) {
        if isFull(min(most, Self.maxLines)) { isCut = true }
        guard !isCut else { return }
        tracer.consume(event)
    }

    /// The conversation is over. Of one that was cut nobody knows how it ended, so nothing is concluded from that.
    mutating func finish() {
        guard !isCut else { return }
        tracer.finish()
    }

    private func isFull(_ most: Int) -> Bool {
        let count = tracer.trace.lines.count
        guard count >= most else { return false }
        return count >= 2 * most || tracer.trace.mails.last?.outcome != .underWay
    }
}
