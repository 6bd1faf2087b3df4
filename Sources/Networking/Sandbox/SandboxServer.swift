public import SMTP
import NIOCore
import NIOPosix
import Tracing

/// A server to practise against: listens on loopback, behaves as a persona says, hands every mail over and sends none on.
///
/// There is no code path from here to another host: it accepts connections and opens none.
public final class SandboxServer: Sendable {
    /// What keeps it small whatever clients do.
    public struct Limits: Hashable, Sendable {
        /// How many clients are served at once; one more is told 421.
        public var clients = 1000
        /// How many seconds a client may be silent (RFC 5321 §4.5.3.2.7).
        public var idleSeconds = TimeLimit.nextCommand.seconds

        public init() {}
    }

    /// When a conversation goes into TLS.
    public enum Encryption: Hashable, Sendable {
        /// When the client says STARTTLS, where the persona offers it.
        case whenAsked
        /// From the first octet on, as on port 465 (RFC 8314 §3.3).
        case onConnect
    }

    /// A mail that came, or was to come.
    public struct Mail: Sendable {
        /// What became of it.
        public enum Fate: Hashable, Sendable {
            case accepted
            case notAccepted(why: String)
        }

        /// The conversation it came in.
        public var conversation: Int
        public var fate: Fate
        public var envelope: Envelope
        /// What came of it; of an accepted mail all, with the trace fields of this server on top (RFC 5321 §4.4).
        public var content: [UInt8]
    }

    private let persona: Persona
    private let limits: Limits
    private let encryption: Encryption
    private let loop: any EventLoop
    private let service: NIOLoopBoundBox<SandboxService?>
    private let onEvent: @Sendable (ConversationEvent) -> Void
    private let onMail: @Sendable (Mail) -> Void
    private let mayRead: @Sendable (Int) -> Bool

    /// The callbacks come on the server's thread, one after the other. `mayRead` is asked on it before more is read of a
    /// conversation; where the answer was no, `resume` says when it may be asked again.
    public init(
        _ persona: Persona,
        limits: Limits = Limits(),
        encryption: Encryption = .whenAsked,
        mayRead: @escaping @Sendable (Int) -> Bool = { _ in true },
        onEvent: @escaping @Sendable (ConversationEvent) -> Void,
        onMail: @escaping @Sendable (Mail) -> Void = { _ in }
    ) {
        self.persona = persona
        self.limits = limits
        self.encryption = encryption
        self.mayRead = mayRead
        self.onEvent = onEvent
        self.onMail = onMail
        loop = SandboxWorld.group.next()
        service = .makeEmptyBox(valueType: SandboxService.self, eventLoop: loop)
    }

    /// Listens on 127.0.0.1, and on ::1 where there is one; port 0 is one that the system picks. Gives the addresses, as
    /// `127.0.0.1:2525`. Throws a sentence.
    @discardableResult public func start(port: Int) async throws -> [String] {
        try await start { $0.listen(on: $1, port: port) }
        let (service, loop) = (service, loop)
        let bound = try await loop.submit { service.value?.listener.port ?? 0 }.get()
        _ = try? await loop.flatSubmit {
            service.value?.listener.listen(on: loop, host: "::1", port: bound) ?? loop.makeSucceededVoidFuture()
        }.get()
        return try await addresses
    }

    /// Listens at this address alone.
    @discardableResult public func start(at address: ListenAddress) async throws -> [String] {
        try await start { $0.listen(on: $1, to: address.socketAddress) }
        return try await addresses
    }

    private var addresses: [String] {
        get async throws {
            let service = service
            return try await loop.submit { service.value?.listener.addresses.map(\.shown) ?? [] }.get()
        }
    }

    private func start(
        _ listen: @escaping @Sendable (Listener, any EventLoop) -> EventLoopFuture<Void>
    ) async throws {
        let (service, loop, persona, onEvent, onMail) = (service, loop, persona, onEvent, onMail)
        let (limits, encryption, mayRead) = (limits, encryption, mayRead)
        do {
            try await loop.flatSubmit {
                let made = SandboxService(
                    persona,
                    limits,
                    encryption,
                    on: loop,
                    mayRead,
                    onEvent: onEvent,
                    onMail: onMail
                )
                service.value = made
                return listen(made.listener, loop)
            }.get()
        } catch { throw SandboxServerError(reason: SocketTrouble.failure(error).words) }
    }

    /// More may be read of these conversations.
    public func resume(_ ids: [Int]) { loop.execute { [service] in service.value?.resume(Set(ids)) } }

    /// Stops listening and breaks off whoever is connected; no event comes after it returns.
    public func stop() async {
        _ = try? await loop.submit { [service] in
            service.value?.close()
            service.value = nil
        }.get()
    }
}

/// Why the server does not stand, in a sentence without a full stop.
public struct SandboxServerError: Error, CustomStringConvertible {
    public let reason: String
    public var description: String { reason }
}

/// The server on its event loop: who is connected, and who was seen before.
private final class SandboxService {
    private(set) var listener: Listener
    private let persona: Persona
    private let loop: any EventLoop
    private let mayRead: (Int) -> Bool
    private let onEvent: @Sendable (ConversationEvent) -> Void
    private let onMail: @Sendable (SandboxServer.Mail) -> Void
    private var conversations: [ObjectIdentifier: Conversation] = [:]
    private var count = 0
    private var greylist: Greylist
    private var isShut = false
    private var lottery = UInt64.random(in: .min ... .max)

    /// One of those under way.
    private struct Conversation {
        let id: Int
        let peer: String
        let log: TimedLog
        let end: ServerEnd
    }

    init(
        _ persona: Persona,
        _ limits: SandboxServer.Limits,
        _ encryption: SandboxServer.Encryption,
        on loop: any EventLoop,
        _ mayRead: @escaping (Int) -> Bool,
        onEvent: @escaping @Sendable (ConversationEvent) -> Void,
        onMail: @escaping @Sendable (SandboxServer.Mail) -> Void
    ) {
        self.persona = persona
        self.loop = loop
        self.mayRead = mayRead
        self.onEvent = onEvent
        self.onMail = onMail
        greylist = Greylist(delay: .milliseconds(Int64(persona.manners.greylistDelay.milliseconds)))
        weak var weakSelf: SandboxService?
        let tls = Self.tls(for: persona, encryption)
        listener = Listener(maxClients: limits.clients) {
            var policy = persona.policy
            policy.queueID = weakSelf?.queueID() ?? ""
            if tls == nil { policy.offered.removeAll { $0.hasPrefix("STARTTLS") } }
            return ServerEnd.Setup(
                policy: policy,
                manners: persona.manners,
                tls: tls,
                beginsWithTLS: encryption == .onConnect,
                limit: .seconds(Int64(limits.idleSeconds)),
                date: { .now() }
            )
        } onConnected: {
            weakSelf?.open($0)
        } onMail: {
            weakSelf?.take($1, $0)
        } onClosed: {
            weakSelf?.closed($0)
        }
        weakSelf = self
    }

    /// A certificate made for this run, in memory alone, where there can be TLS.
    private static func tls(for persona: Persona, _ encryption: SandboxServer.Encryption) -> TLSSetup? {
        let offersTLS = persona.policy.offered.contains { $0.hasPrefix("STARTTLS") }
        guard offersTLS || encryption == .onConnect else { return nil }
        let names = [persona.policy.domain, "localhost", "127.0.0.1", "::1"]
        return (try? TLSIdentity.selfSigned(names: names)).map { TLSSetup(.server($0)) }
    }

    /// Letters and a digit in front, so that it cannot be taken for a word. Different each time is all it has to be; to ask
    /// the system for every one would take two calls a client.
    private func queueID() -> String {
        lottery = lottery &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return "\(1 + (lottery >> 60) % 9)Q\(String(lottery >> 20, radix: 36, uppercase: true).suffix(6))"
    }

    func close() {
        isShut = true
        listener.close()
    }

    /// There is room again for what is told of these.
    func resume(_ ids: Set<Int>) {
        for conversation in conversations.values where ids.contains(conversation.id) { conversation.end.resume() }
    }

    private func open(_ end: ServerEnd) {
        guard !isShut else { return end.abort() }
        count += 1
        let (id, peer) = (count, end.peer?.shown ?? "unknown")
        let onEvent = onEvent
        let log = TimedLog { onEvent(ConversationEvent(id: id, peer: peer, kind: .event($0))) }
        conversations[ObjectIdentifier(end)] = Conversation(id: id, peer: peer, log: log, end: end)
        onEvent(ConversationEvent(id: id, peer: peer, kind: .opened))
        log.emit(.note("a client came from \(peer); the server plays \(persona.name)"), .relay)
        log.emit(.connected(to: "\(persona.policy.domain) \(end.local?.endpoint ?? "")"), .relay)
        end.observe = { log.emit($0, .relay) }
        end.mayRead = { [mayRead] in mayRead(id) }
        let (service, address) = (NIOLoopBound(self, eventLoop: loop), end.peer?.ipAddress ?? "")
        end.start(isKnown: { service.value.greylist.knows(address, $0) })
    }

    private func closed(_ end: ServerEnd) {
        guard let conversation = conversations.removeValue(forKey: ObjectIdentifier(end)), !isShut else { return }
        onEvent(ConversationEvent(id: conversation.id, peer: conversation.peer, kind: .closed))
    }

    /// Tells of a mail in the conversation, and hands it over.
    private func take(_ fate: ServerEnd.Fate, _ end: ServerEnd) {
        guard let conversation = conversations[ObjectIdentifier(end)], !isShut else { return }
        switch fate {
        case .accepted(let reception):
            let envelope = reception.mail.envelope
            // The final delivery: Return-Path goes on top of Received (RFC 5321 §4.4).
            let content =
                TraceFields.returnPath(of: envelope) + reception.fields.received(for: envelope) + reception.mail.content
            conversation.log.emit(.delivered(content), .relay)
            onMail(.init(conversation: conversation.id, fate: .accepted, envelope: envelope, content: content))
        case .notAccepted(let mail, let why):
            let came = mail.content.isEmpty ? "nothing of it had come" : "\(mail.content.count) octets of it had come"
            conversation.log.emit(.note("this mail was not accepted: \(why); \(came)"), .relay)
            let fate = SandboxServer.Mail.Fate.notAccepted(why: why)
            onMail(.init(conversation: conversation.id, fate: fate, envelope: mail.envelope, content: mail.content))
        }
    }
}

/// Whom a greylisting server has seen: client, sender and recipient (RFC 6647 §2.4).
struct Greylist {
    /// How many it remembers; when there are more it forgets all.
    static let maxEntries = 10_000
    private let delay: TimeAmount
    private var seen: [Triplet: NIODeadline] = [:]

    private struct Triplet: Hashable {
        let client: String
        let correspondence: ServerDialogue.Correspondence
    }

    init(delay: TimeAmount) { self.delay = delay }

    /// Whether the three were seen at least the delay ago; from now on they have been seen.
    mutating func knows(
        _ client: String,
        _ correspondence: ServerDialogue.Correspondence,
        now: NIODeadline = .now()
    ) -> Bool {
        let triplet = Triplet(client: client, correspondence: correspondence)
        if let first = seen[triplet] { return now - first >= delay }
        if seen.count >= Self.maxEntries { seen = [:] }
        seen[triplet] = now
        return false
    }
}

extension SocketAddress {
    /// As `127.0.0.1:2525`, or `[::1]:2525`.
    var shown: String {
        guard let ipAddress, let port else { return "unknown" }
        return ipAddress.contains(":") ? "[\(ipAddress)]:\(port)" : "\(ipAddress):\(port)"
    }

    /// As events name it: `[127.0.0.1]:2525`.
    var endpoint: String {
        guard let ipAddress, let port else { return "" }
        return "\(AddressLiteral.text(of: ipAddress)):\(port)"
    }
}
