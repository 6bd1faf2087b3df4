import Notation

/// The server's side of one AUTH exchange, a state machine (RFC 4954 §4): which challenge comes next, and whether the client
/// is who it says.
///
/// It decides which responses are well-formed and whether they prove the user's identity. It does not know reply codes, how a
/// server words them, or who may log in for other reasons. Wrong input: a response when no exchange is going on is our bug and
/// gives `noExchange`; a response that is no Base64, or not what the mechanism says, is the client's departure and ends the
/// exchange; `*` is allowed and ends it as well.
public struct ServerSASL: Sendable {
    /// What the server is to do.
    public enum Action: Equatable, Sendable {
        /// Ask for a response, with these octets before Base64.
        case challenge([UInt8])
        /// The exchange was carried through, and the client is who it says.
        case accept
        /// The exchange was carried through, and the client is not who it says, or nobody who is known.
        case reject
        /// The exchange came to nothing.
        case breakOff(Fault)
    }

    /// Why an exchange came to nothing.
    public enum Fault: Equatable, Sendable {
        /// The client called it off with an asterisk.
        case cancelled
        case notBase64
        /// An initial response in a mechanism that the server begins (RFC 4954 §4).
        case serverBegins
        case malformed(Mechanism)
        case noExchange
    }

    private enum State: Sendable {
        case plain, loginUser
        case loginPassword(user: [UInt8])
        case cramMD5(challenge: [UInt8], SASLDigests)
        case scramFirst(SASLDigests)
        case scramFinal(SCRAMServer, SASLDigests)
        /// The server's proof is out, and an empty response is to come.
        case scramProven
        case token
        /// The reason of a refusal is out, and an empty response is to come.
        case tokenRefused
        case over
    }

    private var state: State
    /// Users and their passwords; empty takes any.
    private let users: [String: String]

    private init(_ state: State, users: [String: String]) {
        self.state = state
        self.users = users
    }

    /// An exchange about to begin. Nil where the mechanism is not spoken, or there is nothing to compute it with. The domain
    /// becomes part of challenges.
    init?(_ mechanism: Mechanism, users: [String: String], domain: String, _ digests: SASLDigests?) {
        switch mechanism {
        case .plain: self.init(.plain, users: users)
        case .login: self.init(.loginUser, users: users)
        case .xoauth2: self.init(.token, users: users)
        case .scramSHA256:
            guard let digests else { return nil }
            self.init(.scramFirst(digests), users: users)
        case .cramMD5:
            // RFC 2195 §2: what was never asked before, in the form of a msg-id.
            guard let digests, case let nonce = digests.nonce(), !nonce.isEmpty else { return nil }
            let challenge = Array("<".utf8) + nonce + Array("@\(domain)>".utf8)
            self.init(.cramMD5(challenge: challenge, digests), users: users)
        case .digestMD5, .oauthBearer, .external, .anonymous, .gssapi, .gs2Kerberos, .spnego, .ntlm, .kerberosV4,
            .scramSHA1, .scramSHA1Plus, .scramSHA256Plus, .scramSHA512, .scramSHA512Plus, .gs2KerberosPlus, .eap,
            .eapPlus, .otp, .skey, .securID, .oauth10A, .openID20, .saml20, .xoauth, .yahooCookie:
            return nil
        }
    }

    /// An exchange that has ended: whatever the client says is no part of one.
    static let over = ServerSASL(.over, users: [:])

    // MARK: Events

    /// AUTH came, with an initial response or without.
    mutating func begin(_ initialResponse: [UInt8]?) -> Action {
        switch state {
        case .plain, .scramFirst, .token:
            // RFC 4954 §4: `=` is an initial response of no octets.
            initialResponse.map { respond($0 == [UInt8(ascii: "=")] ? [] : $0) } ?? .challenge([])
        // Some clients send the user's name with AUTH LOGIN, and servers take it.
        case .loginUser:
            initialResponse.map { respond($0 == [UInt8(ascii: "=")] ? [] : $0) } ?? .challenge(Array("Username:".utf8))
        case .cramMD5(let challenge, _):
            initialResponse == nil ? .challenge(challenge) : end(.breakOff(.serverBegins))
        case .loginPassword, .scramFinal, .scramProven, .tokenRefused, .over: end(.breakOff(.noExchange))
        }
    }

    /// A whole line of the client's within the exchange.
    mutating func respond(_ line: [UInt8]) -> Action {
        if line == [UInt8(ascii: "*")] { return end(.breakOff(.cancelled)) }
        guard let response = Base64.decode(line) else { return end(.breakOff(.notBase64)) }
        switch state {
        case .plain: return readPlain(response)
        case .loginUser: return goOn(.loginPassword(user: response), Array("Password:".utf8))
        case .loginPassword(let user): return decide(knows(user: user, password: response))
        case .cramMD5(let challenge, let digests): return readDigest(response, of: challenge, digests)
        case .scramFirst(let digests): return readClientFirst(response, digests)
        case .scramFinal(let scram, let digests): return readClientFinal(response, scram, digests)
        case .scramProven: return response.isEmpty ? decide(true) : end(.breakOff(.malformed(.scramSHA256)))
        case .token: return readToken(response)
        case .tokenRefused: return decide(false)
        case .over: return end(.breakOff(.noExchange))
        }
    }

    // MARK: Transitions

    private mutating func goOn(_ next: State, _ challenge: [UInt8]) -> Action {
        state = next
        return .challenge(challenge)
    }

    private mutating func end(_ action: Action) -> Action {
        state = .over
        return action
    }

    private mutating func decide(_ isRight: Bool) -> Action { end(isRight ? .accept : .reject) }

    /// PLAIN: `identity NUL user NUL password` (RFC 4616 §2).
    private mutating func readPlain(_ response: [UInt8]) -> Action {
        let parts = response.split(separator: 0, omittingEmptySubsequences: false)
        guard parts.count == 3, !parts[1].isEmpty, !parts[2].isEmpty else { return end(.breakOff(.malformed(.plain))) }
        return decide(knows(user: Array(parts[1]), password: Array(parts[2])))
    }

    /// CRAM-MD5: user, space, and the challenge's HMAC in small hexadecimal digits (RFC 2195 §2).
    private mutating func readDigest(_ response: [UInt8], of challenge: [UInt8], _ digests: SASLDigests) -> Action {
        guard let space = response.lastIndex(of: 32), space > 0, response.count - space == 33 else {
            return end(.breakOff(.malformed(.cramMD5)))
        }
        guard !users.isEmpty else { return decide(true) }
        guard let password = password(of: Array(response[..<space])) else { return decide(false) }
        return decide(digests.hmacMD5(password, challenge).hexadecimal == Array(response[(space + 1)...]))
    }

    /// SCRAM: the client's first message, answered with salt and iterations, for a user nobody knows as well as for any other.
    private mutating func readClientFirst(_ response: [UInt8], _ digests: SASLDigests) -> Action {
        guard let scram = SCRAMServer(clientFirst: response, nonce: digests.nonce(), salt: digests.nonce()) else {
            return end(.breakOff(.malformed(.scramSHA256)))
        }
        return goOn(.scramFinal(scram, digests), scram.serverFirst)
    }

    /// SCRAM: the client's proof, answered with the server's. SMTP has no room for it beside 235, so it is a challenge that
    /// wants an empty response (RFC 4422 §5, RFC 4954 §4).
    private mutating func readClientFinal(
        _ response: [UInt8],
        _ scram: SCRAMServer,
        _ digests: SASLDigests
    ) -> Action {
        guard let final = scram.read(clientFinal: response) else { return end(.breakOff(.malformed(.scramSHA256))) }
        guard let password = password(of: scram.user),
            let serverFinal = scram.serverFinal(answering: final, password: password, digests)
        else { return decide(false) }
        return goOn(.scramProven, serverFinal)
    }

    /// XOAUTH2: `user=…^Aauth=Bearer …^A^A`. Any token of a user that is known will do; a refusal tells its reason in a challenge
    /// first.
    private mutating func readToken(_ response: [UInt8]) -> Action {
        let fields = response.split(separator: 1, omittingEmptySubsequences: false)
        let (user, bearer) = (Array("user=".utf8), Array("auth=Bearer ".utf8))
        guard fields.count == 4, fields[2].isEmpty, fields[3].isEmpty, fields[0].starts(with: user),
            fields[0].count > user.count, fields[1].starts(with: bearer), fields[1].count > bearer.count,
            fields[1].dropFirst(bearer.count).allSatisfy({ (33...126).contains($0) })
        else { return end(.breakOff(.malformed(.xoauth2))) }
        if users.isEmpty || password(of: Array(fields[0].dropFirst(user.count))) != nil { return decide(true) }
        return goOn(.tokenRefused, Array(#"{"status":"400","schemes":"Bearer"}"#.utf8))
    }

    private func knows(user: [UInt8], password: [UInt8]) -> Bool {
        users.isEmpty || self.password(of: user) == password
    }

    private func password(of user: [UInt8]) -> [UInt8]? {
        users.first { $0.key.utf8.elementsEqual(user) }.map { Array($0.value.utf8) }
    }
}
