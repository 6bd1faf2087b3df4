import NIOCore
import SMTP
import Tracing

/// What a live session holds on the event loop: the log, and the one connection there is at a time.
final class LiveLine {
    /// One connection to one address.
    struct Attempt: Sendable {
        var peer: String
        var address: String
        var port: Int
        /// Nil when the address of the own end is to stand for it.
        var clientName: String?
        var mail: MailObject
        var quitAfter: ClientDialogue.StopPoint?
        var leg = Leg.relay
        /// What TLS and login are to be; the name is the one the certificate should have.
        var security = LiveSecurity()
        var host = ""
        /// In seconds; shortens every limit.
        var timeout: Int?
        /// Said once the connection stands.
        var note: String?
        /// Where the session ends once a person allowed the delivery; only used when it is held back.
        var allowedStop: ClientDialogue.StopPoint?
        /// Whether nothing may be delivered that a person did not allow.
        var isHeldBack = false
        /// What else of a plan the options ask for.
        var style = LiveSession.Style()
        /// Told what is waited for.
        var onWaiting: (@Sendable (LiveHold.Waiting?) -> Void)?
        /// Asked before anything goes out; nil for a session that runs by itself.
        var gate: (any StepKeeper)?
        /// What a person says by hand comes this way.
        var hand: HandLine?
    }

    let log: TimedLog
    private let loop: any EventLoop
    private var client: ClientEnd?
    private var continuation: CheckedContinuation<ClientEnd.Ending?, Never>?
    private var isCancelled = false
    private var hand: HandLine?

    init(log: TimedLog, loop: any EventLoop) {
        self.log = log
        self.loop = loop
    }

    func begin(_ attempt: Attempt, _ continuation: CheckedContinuation<ClientEnd.Ending?, Never>) {
        guard !isCancelled else { return continuation.resume(returning: nil) }
        self.continuation = continuation
        log.emit(.connect(to: attempt.peer), attempt.leg)
        let setup = ClientEnd.Setup(
            leg: attempt.leg,
            peer: attempt.peer,
            dialogue: { link in
                let name = attempt.clientName ?? Self.literal(link.localAddress)
                let player = attempt.style.player(
                    name,
                    attempt.mail,
                    isGuarded: attempt.isHeldBack,
                    beginsWithTLS: attempt.security.use(at: attempt.port) == .onConnect
                )
                if let player { return LoggedDialogue.around(player) }
                var plan = attempt.style.plan(name, attempt.mail, attempt.quitAfter)
                attempt.security.apply(to: &plan, port: attempt.port)
                return LoggedDialogue.around(try ClientDialogue(plan))
            },
            limit: { .seconds(Int64(min($0.seconds, attempt.timeout ?? .max))) },
            pass: attempt.gate.map { pass($0, attempt) },
            onWaiting: { waiting in attempt.onWaiting?(waiting.map { $0.said(shortened: attempt.timeout) }) },
            onDropped: { attempt.gate?.drop() },
            isGuarded: attempt.isHeldBack,
            tls: attempt.security.setup(for: attempt.host, timeout: attempt.timeout)
        )
        let log = log
        let client = ClientEnd(setup, log: log) { _ in
            if let note = attempt.note { log.emit(.note(note), attempt.leg) }
        } onEnding: { ending in
            self.end(ending)
        }
        self.client = client
        attach(client, attempt)
        attempt.onWaiting?(
            .init(words: "the connection", limit: min(LiveSession.maxConnecting, attempt.timeout ?? .max), rule: "")
        )
        do {
            let address = try SocketAddress(ipAddress: attempt.address, port: attempt.port)
            let limit = min(LiveSession.maxConnecting, attempt.timeout ?? .max)
            dial(client, to: address, within: .seconds(Int64(limit)), on: loop)
        } catch { client.failed(error) }
    }

    /// Asks a person before each line.
    private func pass(_ gate: any StepKeeper, _ attempt: Attempt) -> ClientEnd.Pass {
        let loop = loop
        return { turn, ordinal, octets, action in
            let bound = NIOLoopBound(action, eventLoop: loop)
            // What waits is shown, so a credential in it is masked; sent is what it stands for.
            let shown = attempt.security.showsSecrets ? octets : self.log.shown(octets, from: .client, attempt.leg)
            let own = LiveHold.Held(sending: turn, ordinal)
            var held = LiveHold.Held(
                step: attempt.leg == .submission ? .submission : own.step,
                ordinal: ordinal,
                octets: shown,
                target: attempt.peer
            )
            held.promise = own.promise
            if let client = self.client {
                held.phase = client.phase
                held.offer = client.offer
                let isLeaving = turn == .rset || turn == .quit && client.phase == .identified
                held.leavesUndelivered = attempt.isHeldBack && isLeaving && client.phase == .forwardPaths
            }
            gate.pass(held) { edited in
                loop.execute { bound.value(edited == shown ? octets : edited ?? octets) }
            }
        }
    }

    /// Lets a person send on this connection by hand.
    private func attach(_ client: ClientEnd, _ attempt: Attempt) {
        guard let hand = attempt.hand else { return }
        let bound = NIOLoopBound(client, eventLoop: loop)
        let loop = loop
        let stop = attempt.allowedStop
        hand.attach(
            HandLine.Reach(
                send: { octets in
                    loop.execute { hand.tell(bound.value.send(byHand: octets)) }
                },
                allow: { loop.execute { bound.value.goOn(to: stop) } }
            )
        )
        self.hand = hand
    }

    /// Ends whatever is going on, at once.
    func cancel() {
        isCancelled = true
        client?.abort()
        end(nil)
    }

    private func end(_ ending: ClientEnd.Ending?) {
        client = nil
        hand?.attach(nil)
        hand = nil
        continuation?.resume(returning: ending)
        continuation = nil
    }

    /// The name of a client that has none (RFC 5321 §4.1.3, §4.1.4).
    private static func literal(_ address: SocketAddress?) -> String {
        guard let address, let text = address.ipAddress else { return "[127.0.0.1]" }
        return AddressLiteral.text(of: text)
    }
}

extension ClientEnd.Waiting {
    /// For a person; a limit of our own is not called the RFC's.
    fileprivate func said(shortened timeout: Int?) -> LiveHold.Waiting {
        let isShortened = timeout.map { limit ?? 0 >= $0 } ?? false
        return LiveHold.Waiting(words: turn.awaited, limit: limit, rule: isShortened ? "" : spec)
    }
}

extension CommandSequence.Turn {
    /// What is waited for, in a few words.
    fileprivate var awaited: String {
        switch self {
        case .greeting: "the greeting"
        case .data: "354"
        case .quit: "221"
        case .handshake: "the handshake"
        case .saslResponse: "the reply to the response"
        case .unknown, .anytime, .turnAround: "the reply"
        case .hello, .mail, .rcpt, .mailData, .chunk, .lastChunk, .rset, .auth, .startTLS: "the reply to \(words)"
        }
    }
}

extension LiveSession {
    /// Connects once and gives back how that ended; nil when it was broken off.
    static func attempt(
        _ attempt: LiveLine.Attempt,
        on loop: any EventLoop,
        _ line: NIOLoopBoundBox<LiveLine?>
    ) async -> ClientEnd.Ending? {
        await withCheckedContinuation { continuation in
            loop.execute {
                guard let line = line.value else { return continuation.resume(returning: nil) }
                line.begin(attempt, continuation)
            }
        }
    }
}
