import Glibc
import Interchange
import Networking
import Stage
import Tracing

/// A walk of the program's own as plain text follows it: what comes is traced on the calling thread, which waits for it.
final class FollowedWalk {
    private let walk: RunningWalk
    private var tracer: Tracer
    /// Hears every event before it is traced.
    private let record: (WireEvent) throws -> Void
    /// The address a person types for the mail of a live session to be delivered; nil where nothing goes to a real server.
    private let consent: String?

    /// What happened so far, for saving it.
    private(set) var events: [WireEvent] = []
    private(set) var ending: Ending?
    /// What waits to be released.
    private var held: LiveHold.Held?
    /// How many times something began to wait.
    private var waits = 0
    private var sent: LiveHold.Sent?
    private var awaited: LiveHold.Waiting?
    /// What a person was told is waited for.
    private var told: LiveHold.Waiting?

    /// The sandbox world. Comes back when its first step waits.
    init(_ configuration: SandboxConfiguration) throws {
        walk = try RunningWalk.sandbox(configuration)
        tracer = Tracer()
        consent = nil
        record = { _ in }
        try wait(beyond: 0)
        guard case .notStarted(let trouble) = ending else { return }
        throw CommandError(
            .unavailable,
            "the sandbox world cannot open its servers on 127.0.0.1 (\(trouble)); see whether 'ping 127.0.0.1' is answered"
        )
    }

    /// A session with a real server. Where it is held, comes back when its first line waits.
    init(_ options: LiveSession.Options, isHeld: Bool, record: @escaping (WireEvent) throws -> Void) throws {
        walk = RunningWalk.live(options, isHeld: isHeld)
        tracer = Tracer(showsSecrets: options.security.showsSecrets)
        consent = options.consentAddress
        self.record = record
        if isHeld { try wait(beyond: 0) }
    }

    var trace: Trace { tracer.trace }
    var isOver: Bool { ending != nil }
    /// Whether there is a real server to send to.
    var isLive: Bool { consent != nil }

    /// How a live session ended.
    var outcome: LiveOutcome? { if case .live(let outcome) = ending { outcome } else { nil } }

    // MARK: What comes

    /// How long something is waited for before a person is told, in seconds.
    private static let patience = 2.0

    /// Waits for something new; false when there will be nothing more. A person is told what takes long.
    func next() throws -> Bool {
        guard !isOver else { return false }
        while !walk.wait(seconds: Self.patience) {
            // Only to a person: a script that reads the messages must not see how busy the machine was.
            guard isatty(2) == 1, let awaited, awaited != told else { continue }
            told = awaited
            Message.write(awaited.sentence)
        }
        try take()
        return true
    }

    /// As `next`, but comes back after some seconds even when nothing is new.
    private func next(within seconds: Double) throws -> Bool {
        guard !isOver, walk.wait(seconds: seconds) else { return false }
        try take()
        return true
    }

    private func take() throws {
        let news = walk.news()
        for case .event(let event) in news.events.map(\.kind) {
            try record(event)
            events.append(event)
            tracer.consume(event)
        }
        if let change = news.held[RunningWalk.own] {
            held = change
            if change != nil { waits += 1 }
        }
        if let change = news.waiting { awaited = change }
        sent = news.sent ?? sent
        ending = news.ending ?? ending
        if isOver { tracer.finish() }
    }

    private func wait(beyond before: Int) throws {
        while !isOver, waits <= before || held == nil { _ = try next() }
    }

    // MARK: What a person says

    /// What the next step does, as the prompt says it; nil at the end.
    var promise: String? {
        guard !isOver, let held else { return nil }
        guard isLive else {
            return "Enter: step \(held.step.number), \(held.promise.isEmpty ? held.step.title : held.promise)"
        }
        if held.leavesUndelivered { return "Enter: RSET, nothing is delivered; 'deliver ADDRESS' delivers" }
        switch held.step {
        case .exchangerLookup: return "Enter: ask DNS for the MX of \(held.target)"
        case .connection: return "Enter: connect to \(held.target)"
        case .content: return "Enter: send the mail, \(held.octets.count) octets"
        default:
            return "Enter: \(WireText.shown(held.octets.dropLast(held.octets.suffix(2) == [13, 10] ? 2 : 0)))"
        }
    }

    /// Lets one step happen and comes back when the next one waits, or all is over.
    func step() throws {
        guard !isOver else { return }
        let before = waits
        walk.release()
        try wait(beyond: before)
    }

    /// Lets everything happen that is left.
    func releaseAll() { walk.releaseAll() }

    /// Sends octets as they were typed. Answers why not, when they were not sent.
    func send(byHand octets: [UInt8]) throws -> String? {
        guard !isOver else { return "the session is over" }
        let before = waits
        sent = nil
        walk.send(byHand: octets)
        while sent == nil, try next() {}
        switch sent {
        case .refused(let why): return why
        case .sent(isAnswered: true): try wait(beyond: before)
        // What no server needs to answer may be answered all the same.
        case .sent(isAnswered: false): while try next(within: 1) {}
        case nil: break
        }
        return nil
    }

    /// The mail shall be delivered, if that is the address. Answers why it is not going to be.
    func deliver(to address: String) throws -> String? {
        guard !isOver, held?.leavesUndelivered == true, let consent else { return "there is nothing to allow here" }
        guard address.lowercased() == consent.lowercased() else { return "that is not \(consent): nothing was sent" }
        let before = waits
        walk.allow()
        try wait(beyond: before)
        return nil
    }

    /// Ends it without waiting.
    func stop() { walk.stop() }

    /// Throws the exit status, and the sentence that goes with it, when the mail of a sandbox world was not delivered.
    func verdict() throws(CommandError) {
        switch ending {
        case .sandbox(.notSubmitted(let reason)), .sandbox(.notDelivered(let reason)):
            throw CommandError(
                ExitCode(failureOf: trace),
                "the mail was not delivered: \(reason); the verdict says at which step"
            )
        case .sandbox(.delivered), .sandbox(.stopped), .live, .read, .notStarted, nil: return
        }
    }
}

extension LiveHold.Waiting {
    /// `waiting for 354, up to 2:00 (RFC 5321 §4.5.3.2.4); Ctrl-C ends`.
    fileprivate var sentence: String {
        let time = limit.map { ", up to \($0 / 60):" + ($0 % 60 < 10 ? "0" : "") + "\($0 % 60)" } ?? ""
        return "waiting for \(words)\(time)\(rule.isEmpty ? "" : " (\(rule))"); Ctrl-C ends"
    }
}
