public import Networking
public import SMTP

/// Conversations that others have.
extension RunningWalk {
    /// Passes clients on to a server and watches what they say. Comes back when it listens, and gives the address.
    public static func tap(
        _ options: Tap.Options,
        onNews: (@Sendable () -> Void)? = nil
    ) throws(TapError) -> (walk: RunningWalk, address: String) {
        let post = Post(onNews)
        let mailbox = post.mailbox
        let tap = Tap(
            options,
            mayRead: { mailbox.hasRoom($0) },
            onHeld: { id, held in mailbox.post { $0.held[id] = .some(held) } },
            onEvent: { mailbox.post($0) }
        )
        let address = try blocking { () async throws(TapError) in try await tap.start() }
        var controls = Controls()
        controls.release = { tap.release($0, sending: $1) }
        controls.resume = { tap.resume($0) }
        controls.stop = { Task.detached { await tap.stop() } }
        return (RunningWalk(post, controls), address)
    }

    /// Serves clients as a persona says and watches what they say. Comes back when it listens, and gives the addresses.
    public static func server(
        _ persona: Persona,
        at place: ServerPlace,
        limits: SandboxServer.Limits,
        encryption: SandboxServer.Encryption,
        onMail: @escaping @Sendable (SandboxServer.Mail) -> Void,
        onNews: (@Sendable () -> Void)? = nil
    ) throws -> (walk: RunningWalk, addresses: [String]) {
        let post = Post(onNews)
        let mailbox = post.mailbox
        let server = SandboxServer(
            persona,
            limits: limits,
            encryption: encryption,
            mayRead: { mailbox.hasRoom($0) },
            onEvent: { mailbox.post($0) },
            onMail: onMail
        )
        let addresses = try blocking {
            switch place {
            case .loopback(let port): try await server.start(port: port)
            case .address(let address): try await server.start(at: address)
            }
        }
        var controls = Controls()
        controls.resume = { server.resume($0) }
        controls.stop = { Task.detached { await server.stop() } }
        return (RunningWalk(post, controls), addresses)
    }
}

/// Where a server of the sandbox listens.
public enum ServerPlace: Sendable {
    /// On 127.0.0.1 and ::1.
    case loopback(port: Int)
    case address(ListenAddress)
}
