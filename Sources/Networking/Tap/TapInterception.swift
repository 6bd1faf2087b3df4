import Cryptography
import NIOCore
import SMTP
import SMTP
import Tracing

/// What a tap needs to hold both ends of a TLS connection: an authority of its own, and a certificate that it vouches for.
///
/// Both live for a day at most and in memory alone; what is given out is the authority's certificate, for clients to trust.
public struct TapInterception: Sendable {
    let identity: TLSIdentity
    /// Whether there is no session with a server whose certificate is not in order.
    public let verifies: Bool
    /// How many hours the certificates are good for.
    public static let hours = 24
    /// What clients have to trust, in PEM.
    public let pemCertificate: [UInt8]
    /// The names and addresses the authority may vouch for, and no others.
    public let names: [String]

    /// For a server of this name, and for the address clients really come to.
    public init(target: Tap.Endpoint, listen: Tap.Endpoint, verifies: Bool = false) throws(TLSError) {
        self.verifies = verifies
        var names: [String] = []
        for name in [target.host, listen.host, "localhost"]
        where !names.contains(name) && !["0.0.0.0", "::"].contains(name) {
            names.append(name)
        }
        let authority = try TLSAuthority(
            commonName: "ehlo tap, for \(target.host) alone",
            names: names,
            hours: Self.hours
        )
        identity = try authority.issue(names: names)
        pemCertificate = authority.pemCertificate
        self.names = names
    }
}

/// STARTTLS, and TLS from the first octet, where the tap holds both ends.
///
/// First the server's side stands, then the client's, so that a client is never told that all is well while it is not. What
/// either side says in the clear behind STARTTLS and its answer is not passed on (RFC 3207 §4.2).
extension TapConversation {
    /// Passes on what came in the clear, up to where TLS must begin.
    func passInTheClear(_ octets: [UInt8], from side: Side) {
        let behind: [UInt8]
        switch life.securing {
        case .untouched:
            if side == .client, TLSRecord.isClientHello(octets) { return secure(early: octets) }
            behind = []
        case .clear(let octets): behind = octets
        case .withServer, .withClient, .secured: return
        }
        if side == .client, reader.awaitsAnswerToSTARTTLS { return keep(behind: behind + octets) }
        var end = 0
        var ahead = reader
        while end < octets.count {
            let next = octets[end...].firstIndex(of: 10).map { $0 + 1 } ?? octets.count
            _ = ahead.credentials(in: Array(octets[end..<next]), from: side)
            end = next
            if side == .client ? ahead.awaitsAnswerToSTARTTLS : ahead.expectsTLS { break }
        }
        let passed = Array(octets[..<end])
        let isAgreed = side == .server && ahead.expectsTLS
        if isAgreed {
            // It came before the answer that is passed on now.
            discard(behind + (hold?.takeAll() ?? []), from: .client)
        }
        keep(behind: isAgreed ? [] : behind)
        tellAndWrite(passed, ByteBuffer(bytes: passed), from: side)
        let rest = Array(octets[end...])
        if side == .client { return keep(behind: behind + rest) }
        if isAgreed {
            self.end(.client)?.flush()
            discard(rest, from: .server)
            secure(early: [])
        } else if !reader.awaitsAnswerToSTARTTLS, !behind.isEmpty {
            // It was refused, so what stood behind it is commands.
            keep(behind: [])
            received(ByteBuffer(bytes: behind), from: .client)
            self.end(.server)?.flush()
        }
    }

    private func discard(_ octets: [UInt8], from side: Side) {
        guard !octets.isEmpty else { return }
        // They were on the wire and are told as such, so that the trace has them where a tap that passes TLS on has them.
        log.emit(.octets(from: side, octets), .relay)
        let count = octets.count == 1 ? "1 octet" : "\(octets.count) octets"
        log.emit(
            .note("\(count) that the \(side.rawValue) sent in the clear behind STARTTLS are not passed on"),
            .relay
        )
    }

    /// What the client sent behind STARTTLS waits for the answer to it.
    private func keep(behind octets: [UInt8]) { life.move(to: .clear(behind: octets)) }

    /// Both ends go into TLS; `early` is what the client sent of its handshake.
    private func secure(early: [UInt8]) {
        life.move(to: .withServer(early: early))
        let name = TLSNames.maySNI(options.target.host) ? options.target.host : nil
        let setup = TLSSetup(
            .client(serverName: name),
            minimum: .tls1_0,
            expectedName: options.target.host,
            mustVerify: options.interception?.verifies ?? false
        )
        server?.secure(setup) { [weak self] in self?.took($0, with: .server) }
    }

    private func took(_ occurrence: TLSHandler.Occurrence, with side: Side) {
        switch occurrence {
        case .records(let from, let octets):
            // The handshake with the server is the one worth looking at; what follows is seen as it is inside.
            if side == .server, case .withServer = life.securing { log.emitHandshake(octets, from: from, .relay) }
        case .established(let facts): side == .server ? secureClient(facts) : secured(facts)
        case .failed(let trouble, let facts):
            if let facts, side == .server { log.emit(.tls(facts), .relay) }
            guard life.fail() else { return }
            let hint = side == .client ? "; does it trust the tap's certificate?" : ""
            let isInClear = side == .server && trouble == .notTLS && reader.sequence.phase != .securing
            let kind = isInClear ? LinkFailure.clearExpected : .tlsFailed
            log.emit(.error(.init(kind, "TLS with the \(side.rawValue): \(trouble)\(hint)")), .relay)
            end(side.other)?.reset()
        case .truncated: break
        }
    }

    private func secureClient(_ facts: TLSFacts) {
        guard case .withServer(let early) = life.securing else { return }
        life.move(to: .withClient(facts))
        guard let identity = options.interception?.identity, let client else { return }
        client.secure(TLSSetup(.server(identity), minimum: .tls1_0)) { [weak self] in self?.took($0, with: .client) }
        if !early.isEmpty { client.feed(ByteBuffer(bytes: early)) }
    }

    private func secured(_ facts: TLSFacts) {
        guard case .withClient(let serverFacts) = life.securing else { return }
        life.move(to: .secured)
        log.emit(.tls(serverFacts), .relay)
        let cipher = facts.cipher.map { ", \($0)" } ?? ""
        log.emit(.note("The client is in \(facts.version ?? "TLS")\(cipher) with the tap's own certificate"), .relay)
        client?.read()
        server?.read()
    }
}
