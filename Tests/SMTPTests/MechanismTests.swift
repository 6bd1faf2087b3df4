import Notation
import Testing

@testable import SMTP

/// Walks the table of SASL mechanisms, and holds client and server against it.
@Suite struct MechanismTests {
    /// Stands for a library: what it computes is not looked at here.
    private static let digests = SASLDigests(
        hmacMD5: { _, _ in [1] },
        hmacSHA256: { _, _ in [1] },
        sha256: { _ in [1] },
        stretched: { _, _, _ in [1] },
        nonce: { Array("nonce".utf8) }
    )

    private static func server(_ mechanism: Mechanism, _ digests: SASLDigests? = digests) -> ServerSASL? {
        ServerSASL(mechanism, users: ["ada": "lovelace"], domain: "mx.example", digests)
    }

    @Test(arguments: Mechanism.allCases)
    func `a row is well-formed, and its name is read in any case`(mechanism: Mechanism) {
        #expect(mechanism.name.utf8.isMechanismName)
        #expect(mechanism.name == mechanism.name.uppercased())
        #expect(Mechanism(named: mechanism.name.lowercased().utf8) == mechanism)
        #expect(Mechanism(named: (mechanism.name + "X").utf8) == nil)
        #expect((1...mechanism.name.count).allSatisfy { Mechanism.begins(with: mechanism.name.prefix($0).utf8) })
        #expect(!mechanism.spec.isEmpty)
    }

    @Test(arguments: Mechanism.allCases)
    func `client and server speak just what the table says they speak`(mechanism: Mechanism) throws {
        let credentials = try Credentials(user: "ada", password: "lovelace")
        var client = ClientSASL(mechanism, credentials, Self.digests)
        let first = client.start()
        #expect((first != OutgoingLine(trusted: "*")) == mechanism.isSpoken)
        #expect((client.trouble == .notSpoken) == !mechanism.isSpoken)
        #expect((Self.server(mechanism) != nil) == mechanism.isSpoken)
    }

    @Test(arguments: Mechanism.spoken)
    func `who speaks first is who the table says`(mechanism: Mechanism) throws {
        var client = ClientSASL(mechanism, try Credentials(user: "ada", password: "lovelace"), Self.digests)
        let isBare = client.start().octets.lossyText == "AUTH \(mechanism.name)"
        #expect(isBare == (mechanism.begins == .server))
        var server = try #require(Self.server(mechanism))
        guard case .challenge(let challenge) = server.begin(nil) else {
            Issue.record("AUTH alone is answered with a challenge")
            return
        }
        #expect(challenge.isEmpty == (mechanism.begins == .client))
    }

    @Test(arguments: Mechanism.spoken)
    func `the secret goes as it is just where the table says so`(mechanism: Mechanism) throws {
        let secret = "a-secret-of-some-length"
        var client = ClientSASL(mechanism, try Credentials(user: "ada", password: secret), Self.digests)
        let challenges = ["", "", Base64.encode(Array("r=noncenonce,s=AAAA,i=1".utf8)).lossyText]
        var lines = [client.start()]
        for challenge in challenges.dropFirst(mechanism == .scramSHA256 ? 2 : 0) {
            lines.append(client.challenged(Array(challenge.utf8)))
        }
        let words = lines.flatMap { $0.octets.split(separator: 32) }.compactMap { Base64.decode(Array($0)) }
        let isSent = words.contains { $0.firstRange(of: Array(secret.utf8)) != nil }
        #expect(isSent == (mechanism.sends != nil))
    }

    @Test(arguments: Mechanism.spoken)
    func `what computes is not begun without a library`(mechanism: Mechanism) {
        #expect((Self.server(mechanism, nil) == nil) == mechanism.needsDigests)
    }

    @Test func `a token is taken only when it is asked for by name`() {
        let offer = "250 AUTH " + Mechanism.spoken.reversed().map(\.name).joined(separator: " ")
        let hello = Hello(Reply(lines: ["250-mx", offer].map { ReplyLine.read(Array($0.utf8)).value }))
        #expect(ClientSASL.mechanism(offeredIn: hello, hasDigests: true) == .scramSHA256)
        #expect(ClientSASL.mechanism(offeredIn: hello) == .plain)
        let token = Hello(Reply(lines: ["250-mx", "250 AUTH XOAUTH2"].map { ReplyLine.read(Array($0.utf8)).value }))
        #expect(ClientSASL.mechanism(offeredIn: token, hasDigests: true) == nil)
        #expect(ClientSASL.isOffered(.xoauth2, in: token))
    }
}
