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
        /// Asked before anything goes out; nil for a session that runs by itself.
        var hold: LiveHold?
    }

    let log: WireLog
    private let loop: any EventLoop
    private var client: ClientEnd?
    private var continuation: CheckedContinuation<ClientEnd.Ending?, Never>?
    private var isCancelled = false

    init(log: WireLog, loop: any EventLoop) {
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
                var plan = ClientDialogue.Plan(clientName: name, mails: [attempt.mail], quitAfter: attempt.quitAfter)
                attempt.security.apply(to: &plan, port: attempt.port)
                return try ClientDialogue(plan)
            },
            limit: { .seconds(Int64(min($0.seconds, attempt.timeout ?? .max))) },
            pass: attempt.hold.map { pass($0, attempt.peer) },
            tls: attempt.security.setup(for: attempt.host, timeout: attempt.timeout),
            showsSecrets: attempt.security.showsSecrets
        )
        let log = log
        let client = ClientEnd(setup, log: log) { _ in
            if let note = attempt.note { log.emit(.note(note), attempt.leg) }
        } onEnding: { ending in
            self.end(ending)
        }
        self.client = client
        do {
            let address = try SocketAddress(ipAddress: attempt.address, port: attempt.port)
            let limit = min(LiveSession.connectionLimit, attempt.timeout ?? .max)
            dial(client, to: address, within: .seconds(Int64(limit)), on: loop)
        } catch { client.failed(error) }
    }

    /// Asks a person before each line.
    private func pass(_ hold: LiveHold, _ peer: String) -> ClientEnd.Pass {
        let loop = loop
        return { turn, ordinal, octets, action in
            let bound = NIOLoopBound(action, eventLoop: loop)
            let step = Gate.Label(sending: turn, ordinal).step
            hold.pass(LiveHold.Held(step: step, octets: octets, target: peer)) { edited in
                loop.execute { bound.value(edited ?? octets) }
            }
        }
    }

    /// Ends whatever is going on, at once.
    func cancel() {
        isCancelled = true
        client?.abort()
        end(nil)
    }

    private func end(_ ending: ClientEnd.Ending?) {
        client = nil
        continuation?.resume(returning: ending)
        continuation = nil
    }

    /// The name of a client that has none (RFC 5321 §4.1.3, §4.1.4).
    private static func literal(_ address: SocketAddress?) -> String {
        guard let address, let text = address.ipAddress else { return "[127.0.0.1]" }
        return address.protocol == .inet6 ? "[IPv6:\(text)]" : "[\(text)]"
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
