public import Tracing
import NIOCore
import NIOPosix

/// A small world on 127.0.0.1 in which a real mail goes from its author to the recipient's server: a name server, the sender's own
/// server, the recipient's server, and a mail that waits to be let on.
///
/// Nothing is on any wire that was not released.
public final class SandboxWorld: Sendable {
    /// Where the servers listen, all on 127.0.0.1; chosen by the system.
    public struct Ports: Hashable, Sendable {
        public var dns: Int
        /// In place of 587.
        public var submission: Int
        /// In place of 25.
        public var relay: Int
    }

    /// What both servers offer in answer to EHLO.
    static func offered(withTLS: Bool = false) -> [String] {
        ["SIZE \(maxMailSize)", "8BITMIME", "PIPELINING"] + (withTLS ? ["STARTTLS"] : [])
            + ["ENHANCEDSTATUSCODES", "SMTPUTF8", "CHUNKING", "HELP"]
    }

    /// The largest mail, in octets.
    static let maxMailSize = 104_857_600
    /// The one thread on which all sockets of this program are served. It lives as long as the program.
    static let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)

    private let loop: any EventLoop
    private let walk: NIOLoopBoundBox<SandboxWalk?>
    private let configuration: SandboxConfiguration
    private let gate: any StepKeeper
    private let onEvent: @Sendable (WireEvent) -> Void
    private let onFinish: @Sendable (SandboxOutcome) -> Void
    private let nameServer: NameServer
    private let security: WalkSecurity?

    /// Every step asks `gate` before it happens. The callbacks come on the world's thread, one after the other: `onEvent` hears
    /// all that happens, in order; `onFinish` how it ended, once.
    public init(
        _ configuration: SandboxConfiguration,
        gate: any StepKeeper,
        onEvent: @escaping @Sendable (WireEvent) -> Void,
        onFinish: @escaping @Sendable (SandboxOutcome) -> Void = { _ in }
    ) throws {
        self.configuration = configuration
        self.gate = gate
        self.onEvent = onEvent
        self.onFinish = onFinish
        security = configuration.usesTLS ? try WalkSecurity(configuration) : nil
        nameServer = NameServer(zones: try configuration.zones(security))
        loop = Self.group.next()
        walk = .makeEmptyBox(valueType: SandboxWalk.self, eventLoop: loop)
    }

    /// Opens the servers. The first step waits then at the gate.
    @discardableResult public func start() async throws -> Ports {
        let dns = try await nameServer.start(on: loop)
        let (walk, loop, configuration, security) = (walk, loop, configuration, security)
        let (gate, onEvent, onFinish) = (gate, onEvent, onFinish)
        var ports = try await loop.flatSubmit {
            let made = SandboxWalk(
                configuration,
                security,
                on: loop,
                log: TimedLog(onEvent: onEvent),
                gate: gate,
                onFinish: onFinish
            )
            walk.value = made
            return made.open()
        }.get()
        ports.dns = dns
        loop.execute { walk.value?.begin(dns: dns) }
        return ports
    }

    /// Closes everything at once; no event comes after it returns.
    public func stop() async {
        _ = try? await loop.submit { [walk] in
            walk.value?.stop()
            walk.value = nil
        }.get()
        await nameServer.stop()
    }
}

/// How the mail's way through the sandbox ended.
public enum SandboxOutcome: Hashable, Sendable {
    case delivered
    /// The sender's own server did not take it; why.
    case notSubmitted(String)
    /// It was taken and went no further; why.
    case notDelivered(String)
    case stopped
}
