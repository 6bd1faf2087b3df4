import Cryptography
import SMTP
import Synchronization
import Testing
@testable import Tracing

@testable import Networking

/// Two ends of TLS in memory, joined by nothing but their records.
private struct Pair {
    let client: TLSEngine
    let server: TLSEngine
    /// The most octets handed over at once.
    var piece = Int.max
    var trouble: [Side: TLSError] = [:]

    init(_ client: TLSSetup, _ server: TLSSetup) throws {
        self.client = try TLSEngine(client)
        self.server = try TLSEngine(server)
    }

    /// Hands records over until both are done, or one has failed and the other knows.
    mutating func shakeHands() {
        for _ in 0..<20 {
            step(client, .client, to: server)
            step(server, .server, to: client)
        }
    }

    private mutating func step(_ engine: TLSEngine, _ side: Side, to peer: TLSEngine) {
        if trouble[side] == nil, case .failed(let found) = engine.handshake() { trouble[side] = found }
        pass(engine, to: peer)
    }

    private func pass(_ engine: TLSEngine, to peer: TLSEngine) {
        var records = engine.takeRecords()[...]
        while !records.isEmpty {
            peer.feed(records.prefix(piece))
            records = records.dropFirst(piece)
            if !peer.isEstablished { _ = peer.handshake() }
        }
    }

    /// Sends octets to the other end and gives what comes out there.
    mutating func send(_ octets: [UInt8], from engine: TLSEngine, to peer: TLSEngine) -> [UInt8] {
        #expect(engine.write(octets) == nil)
        pass(engine, to: peer)
        var found: [UInt8] = []
        while case .octets(let more) = peer.read() { found += more }
        return found
    }
}

@Suite struct TLSEngineTests {
    private static let name = "mx.receiver.example"

    private func identity(_ names: String...) throws -> TLSIdentity { try TLSIdentity.selfSigned(names: names) }

    private func pair(
        _ identity: TLSIdentity,
        asking name: String? = TLSEngineTests.name,
        _ change: (inout TLSSetup) -> Void = { _ in },
        server: (inout TLSSetup) -> Void = { _ in }
    ) throws -> Pair {
        var client = TLSSetup(.client(serverName: name))
        change(&client)
        var setup = TLSSetup(.server(identity))
        server(&setup)
        return try Pair(client, setup)
    }

    @Test(arguments: [TLSSetup.Version.tls1_2, .tls1_3], [Int.max, 1, 7])
    func `two ends agree and hear each other`(version: TLSSetup.Version, piece: Int) throws {
        var pair = try pair(try identity(Self.name), server: { $0.maximum = version })
        pair.piece = piece
        pair.shakeHands()
        #expect(pair.trouble == [:])
        let facts = pair.client.facts
        #expect(facts.version == "TLS \(version.name)")
        #expect(facts.cipher?.hasPrefix("TLS_") == true)
        #expect(facts.serverName == Self.name)
        #expect(pair.server.facts.serverName == Self.name)
        #expect(facts.messages.map(\.name).starts(with: ["ClientHello", "ServerHello"]))
        #expect(facts.messages.contains { $0.name == "Finished" && $0.from == .server })
        #expect(facts.chain.first?.names == ["DNS:\(Self.name)"])
        #expect(facts.name == TLSFacts.NameMatch(wanted: Self.name, found: "DNS:\(Self.name)"))
        #expect(facts.trust?.isTrusted == false)
        #expect(facts.trust?.reason?.contains("self") == true)
        #expect(pair.send(Array("EHLO a\r\n".utf8), from: pair.client, to: pair.server) == Array("EHLO a\r\n".utf8))
        let much = [UInt8](repeating: 65, count: 300_000)
        #expect(pair.send(much, from: pair.server, to: pair.client) == much)
        pair.server.close()
        pair.client.feed(pair.server.takeRecords())
        guard case .closed = pair.client.read() else { return #expect(Bool(false), "close_notify was not heard") }
    }

    @Test(arguments: [TLSSetup.Version.tls1_2, .tls1_3])
    func `whoever asks is told the secrets, in NSS's form and of his own end alone`(version: TLSSetup.Version) throws {
        let lines = Mutex<[String]>([])
        var pair = try pair(try identity(Self.name)) { setup in
            setup.maximum = version
            setup.onSecret = { line in lines.withLock { $0.append(line) } }
        }
        pair.shakeHands()
        #expect(pair.trouble == [:])
        let told = lines.withLock { $0 }
        let labels = Set(told.compactMap { $0.split(separator: " ").first })
        #expect(labels.isSuperset(of: version == .tls1_2 ? ["CLIENT_RANDOM"] : ["SERVER_TRAFFIC_SECRET_0"]))
        let log = KeyLog(Array(told.joined(separator: "\n").utf8))
        #expect(log.count == 1)
        #expect(log.warnings == [])
    }

    @Test(
        arguments: [
            (["mx.receiver.example"], "mx.receiver.example", "DNS:mx.receiver.example"),
            (["MX.Receiver.Example"], "mx.receiver.example", "DNS:MX.Receiver.Example"),
            (["*.receiver.example"], "mx.receiver.example", "DNS:*.receiver.example"),
            (["*.receiver.example"], "receiver.example", nil), (["*.example"], "mx.receiver.example", nil),
            (["m*.receiver.example"], "mx.receiver.example", nil), (["*"], "mx.receiver.example", nil),
            (["*.*"], "receiver.example", nil), (["other.example"], "mx.receiver.example", nil),
            (["127.0.0.1"], "127.0.0.1", "IP:127.0.0.1"), (["::1"], "::1", "IP:::1"),
            (["mx.receiver.example"], "127.0.0.1", nil),
        ] as [([String], String, String?)]
    )
    func `a name fits or does not`(names: [String], wanted: String, found: String?) throws {
        var pair = try pair(try TLSIdentity.selfSigned(names: names), asking: wanted)
        pair.shakeHands()
        #expect(pair.trouble == [:])
        #expect(pair.client.facts.name == TLSFacts.NameMatch(wanted: wanted, found: found))
    }

    @Test func `an address is not asked for with SNI`() throws {
        var pair = try pair(try identity("127.0.0.1"), asking: "127.0.0.1")
        pair.shakeHands()
        #expect(pair.server.facts.serverName == nil)
        #expect(pair.client.facts.chain.first?.names == ["IP:127.0.0.1"])
    }

    @Test func `an authority vouches for what it issued, and for nothing else`() throws {
        let authority = try TLSAuthority(commonName: "a tap", names: [Self.name])
        let own = authority.pemCertificate
        for (issued, asked, trusted) in [(Self.name, Self.name, true), ("other.example", "other.example", false)] {
            var pair = try pair(try authority.issue(names: [issued]), asking: asked, { $0.authorities = own })
            pair.shakeHands()
            #expect(pair.client.facts.trust?.isTrusted == trusted, "\(issued): \(pair.client.facts.trust as Any)")
            #expect(pair.client.facts.chain.count == 2)
        }
        var stranger = try pair(try authority.issue(names: [Self.name]))
        stranger.shakeHands()
        #expect(stranger.client.facts.trust?.isTrusted == false)
    }

    @Test func `who must verify gets a verdict`() throws {
        let authority = try TLSAuthority(commonName: "a tap")
        func verdict(_ identity: TLSIdentity, _ asked: String?) throws -> TLSError? {
            var pair = try pair(identity, asking: asked) {
                $0.mustVerify = true
                $0.authorities = authority.pemCertificate
            }
            pair.shakeHands()
            return pair.client.verdict(pair.client.facts)
        }
        #expect(try verdict(try authority.issue(names: [Self.name]), Self.name) == nil)
        #expect(try verdict(try authority.issue(names: ["other.example"]), Self.name) != nil)
        #expect(try verdict(try identity(Self.name), Self.name) != nil)
        #expect(try verdict(try authority.issue(names: [Self.name]), nil) != nil)
    }

    @Test(arguments: [(-7200, "expired"), (200_000, nil)] as [(Int, String?)])
    func `an expired certificate is shown and said to be`(seconds: Int, reason: String?) throws {
        let draft = try CertificateDraft(commonName: Self.name, seconds: seconds)
        try draft.add(names: [Self.name])
        try draft.sign(by: draft)
        let pem = CertificateDraft.pem(draft.certificate)
        let identity = try TLSIdentity(pemCertificates: pem, pemKey: CertificateDraft.pem(key: draft.key))
        draft.free()
        var pair = try pair(identity, { $0.authorities = pem })
        pair.shakeHands()
        #expect(pair.trouble == [:])
        #expect(pair.client.facts.trust?.isTrusted == (reason == nil))
        if let reason { #expect(pair.client.facts.trust?.reason?.contains(reason) == true) }
    }

    @Test func `a server too old is refused with an alert, or met when that is asked for`() throws {
        let old: (inout TLSSetup) -> Void = { ($0.minimum, $0.maximum) = (.tls1_0, .tls1_0) }
        var refused = try pair(try identity(Self.name), server: old)
        refused.shakeHands()
        guard case .alert(70, _)? = refused.trouble[.client] else {
            return #expect(Bool(false), "\(refused.trouble)")
        }
        var met = try pair(try identity(Self.name), { $0.minimum = .tls1_0 }, server: old)
        met.shakeHands()
        #expect(met.trouble == [:])
        #expect(met.client.facts.version == "TLS 1.0")
    }

    @Test(arguments: [
        "220 mx.example ESMTP\r\n", "HTTP/1.1 400 Bad Request\r\n\r\n", "\u{16}\u{3}\u{1}", "\0\0\0\0\0\0\0\0",
    ])
    func `what is no TLS is no TLS`(text: String) throws {
        let client = try TLSEngine(TLSSetup(.client(serverName: nil)))
        _ = client.handshake()
        client.feed(Array(text.utf8))
        switch client.handshake() {
        case .failed(.notTLS), .failed(.protocolError): break
        case .goesOn: #expect(text.count < 5)
        case .failed(let trouble): #expect(Bool(false), "\(trouble)")
        case .done: #expect(Bool(false), "done")
        }
    }

    @Test func `keys and certificates that do not fit are said not to`() throws {
        let one = try identity("a.example")
        let other = try identity("b.example")
        #expect(throws: TLSError.self) {
            try TLSIdentity(pemCertificates: one.pemCertificates, pemKey: other.pemKey)
        }
        #expect(throws: TLSError.self) { try TLSIdentity(pemCertificates: [], pemKey: one.pemKey) }
        #expect(throws: TLSError.self) { try TLSIdentity(pemCertificates: one.pemCertificates, pemKey: [65, 66]) }
        #expect(throws: TLSError.self) { try TLSIdentity.selfSigned(names: ["a.example,DNS:evil.example"]) }
        _ = try TLSIdentity(pemCertificates: one.pemCertificates, pemKey: one.pemKey)
    }

    @Test(arguments: [
        (Side.server, "220 mx.example ESMTP\r\n", "220 mx.example ESMTP …"),
        (.server, "HTTP/1.1 400\u{1B}", "HTTP/1.1 400\\x1B"),
        (.client, "EHLO a.example\r\n", "EHLO …"), (.client, "QUIT\r\n", "QUIT …"),
        (.client, "AUTH PLAIN c2VjcmV0\r\n", "AUTH …"),
    ])
    func `what is said in the clear where TLS should begin is shown, of a client the verb alone`(
        side: Side,
        said: String,
        words: String
    ) {
        var reader = TLSReader(side)
        #expect(reader.read(Array(said.utf8)).flatMap { $0 }.map(\.words) == [words])
    }

    @Test func `the octets of a handshake are explained to the last one`() throws {
        var readers: [Side: TLSReader] = [.client: TLSReader(.client), .server: TLSReader(.server)]
        for version in [TLSSetup.Version.tls1_2, .tls1_3] {
            let client = try TLSEngine(TLSSetup(.client(serverName: Self.name)))
            let server = try TLSEngine(TLSSetup(.server(try identity(Self.name)), maximum: version))
            readers = [.client: TLSReader(.client), .server: TLSReader(.server)]
            var words = ""
            for _ in 0..<4 {
                for (engine, peer, side) in [(client, server, Side.client), (server, client, .server)] {
                    _ = engine.handshake()
                    var records = engine.takeRecords()[...]
                    peer.feed(records)
                    while records.count >= 5 {
                        let end = records.startIndex + 5
                        let length = Int(records[end - 2]) << 8 | Int(records[end - 1])
                        let record = Array(records.prefix(5 + length))
                        records = records.dropFirst(5 + length)
                        let lines = readers[side]?.read(record) ?? []
                        #expect(lines.joined().reduce(0) { $0 + $1.count } == record.count)
                        #expect(!lines.joined().contains { $0.anchor.path == "tls/malformed" })
                        words += lines.joined().map(\.words).filter { !$0.isEmpty }.joined(separator: " ") + "\n"
                    }
                }
            }
            #expect(words.contains("ClientHello"))
            #expect(words.contains("server_name: \(Self.name)"))
            #expect(words.contains("ServerHello"))
            #expect(words.contains("chosen: TLS_"))
            #expect(words.contains("certificate 1,") == (version == .tls1_2), "in TLS 1.3 it is encrypted")
            #expect(words.contains("supported_versions: TLS 1.3 TLS 1.2"))
        }
    }
}
