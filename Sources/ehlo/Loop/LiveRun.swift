import Networking
import Tracing

/// A session with a real server that is followed on the main thread and held before each line.
final class LiveRun: SteppedRun {
    let follower: LiveFollower<LiveOutcome>
    private let hold: LiveHold
    private let consent: String
    private let task: Task<Void, Never>

    var trace: Trace { follower.trace }
    var isOver: Bool { follower.outcome != nil }
    var outcome: LiveOutcome? { follower.outcome }
    private var held: LiveHold.Held? { isOver ? nil : follower.news.held }

    /// Begins the session and comes back when its first line waits.
    init(_ options: LiveSession.Options, record: @escaping (WireEvent) -> Void) throws {
        let follower = LiveFollower<LiveOutcome>(showsSecrets: options.security.showsSecrets, record: record)
        let feed = follower.feed
        self.follower = follower
        consent = options.consentAddress
        let hold = LiveHold(
            onHeld: { held in
                feed.note { news in
                    news.held = held
                    if held != nil { news.waits += 1 }
                }
            },
            onSent: { sent in feed.note { $0.sent = sent } }
        )
        self.hold = hold
        task = Task.detached {
            let outcome = await LiveSession(options).run(
                hold: hold,
                onWaiting: { waiting in feed.note { $0.awaited = waiting } },
                onEvent: { feed.take($0) }
            )
            feed.finish(outcome)
        }
        try wait(beyond: 0)
    }

    var promise: String? {
        guard let held else { return nil }
        if held.leavesUndelivered { return "Enter: RSET, nothing is delivered; 'deliver ADDRESS' delivers" }
        switch held.step {
        case .exchangerLookup: return "Enter: ask DNS for the MX of \(held.target)"
        case .connection: return "Enter: connect to \(held.target)"
        case .content: return "Enter: send the mail, \(held.octets.count) octets"
        default:
            return "Enter: \(WireText.shown(held.octets.dropLast(held.octets.suffix(2) == [13, 10] ? 2 : 0)))"
        }
    }

    func step() throws {
        guard !isOver else { return }
        let before = follower.news.waits
        hold.release()
        try wait(beyond: before)
    }

    /// Sends octets as they were typed. Answers why not, when they were not sent.
    func send(byHand octets: [UInt8]) throws -> String? {
        guard !isOver else { return "the session is over" }
        let before = follower.news.waits
        hold.send(byHand: octets)
        var sent: LiveHold.Sent?
        while sent == nil, try follower.next() { sent = follower.news.sent }
        switch sent {
        case .refused(let why): return why
        case .sent(isAnswered: true): try wait(beyond: before)
        // What no server needs to answer may be answered all the same.
        case .sent(isAnswered: false): while try follower.next(within: 1) {}
        case nil: break
        }
        return nil
    }

    /// The mail shall be delivered, if that is the address. Answers why it is not going to be.
    func deliver(to address: String) throws -> String? {
        guard held?.leavesUndelivered == true else { return "there is nothing to allow here" }
        guard address.lowercased() == consent.lowercased() else { return "that is not \(consent): nothing was sent" }
        let before = follower.news.waits
        hold.allow()
        try wait(beyond: before)
        return nil
    }

    func cancel() { task.cancel() }

    private func wait(beyond waits: Int) throws {
        while !isOver, follower.news.waits <= waits || follower.news.held == nil { _ = try follower.next() }
    }
}
