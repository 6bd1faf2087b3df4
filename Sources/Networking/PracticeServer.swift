import NIOCore
import SMTP

/// One server of the sandbox on a loopback port of its own, for a client of ours that has nobody to talk to.
public final class PracticeServer: Sendable {
    /// The domain it takes mail for.
    public static let domain = "receiver.example"

    private let loop: any EventLoop
    private let listener: NIOLoopBoundBox<Listener?>

    public init() {
        loop = SandboxWorld.group.next()
        listener = .makeEmptyBox(valueType: Listener.self, eventLoop: loop)
    }

    /// Opens it; answers the port on 127.0.0.1.
    public func start() async throws -> Int {
        let (listener, loop) = (listener, loop)
        return try await loop.flatSubmit {
            let policy = ServerDialogue.Policy(
                domain: "mx1.\(Self.domain)",
                greetingText: "ESMTP ready",
                offered: SandboxWorld.offered,
                localDomains: [Self.domain]
            )
            let made = Listener(policy: policy) {
                .now()
            } onConnected: {
                $0.start()
            } onReception: { _, _ in
            }
            listener.value = made
            return made.listen(on: loop).map { listener.value?.port ?? 0 }
        }.get()
    }

    /// Closes it and whoever is connected.
    public func stop() { loop.execute { [listener] in listener.value?.close() } }
}
