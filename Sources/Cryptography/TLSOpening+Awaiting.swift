import SMTP
import Tracing

/// What TLS that passes waits for: what both sides say first comes in pieces, and the secrets come before it or behind it.
extension TLSOpening {
    public enum Awaited: Equatable, Sendable {
        /// The rest of a hello.
        case octets
        /// What a key log may still be given.
        case secrets(KeyLog.Wanted)
    }

    /// Whether records that are sealed as a server chose are opened here.
    static func reads(_ agreed: TLSHello) -> Bool {
        SealedSuite(agreed.suite) != nil && [TLSHello.tls12, TLSHello.tls13].contains(agreed.version)
    }

    /// What has to come before a connection whose client began with a ClientHello can be opened wholly. Nil where all is there, and
    /// where nothing that comes would help.
    public static func awaited(client: [UInt8], server: [UInt8], keys log: KeyLog) -> Awaited? {
        guard let asked = hellos(in: client, isServer: false).first else { return .octets }
        if let first = server.first, first != TLSRecord.ContentType.handshake.rawValue { return nil }
        guard let agreed = hellos(in: server, isServer: true).first(where: { !$0.isRetry }) else { return .octets }
        guard reads(agreed) else { return nil }
        let wanted = KeyLog.Wanted(clientRandom: asked.random, isTLS13: agreed.version == TLSHello.tls13)
        return log.holds(wanted) ? nil : .secrets(wanted)
    }
}
