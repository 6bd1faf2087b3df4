import Notation

/// AUTH exchanges on the server's side (RFC 4954 §4).
extension ServerDialogue {
    /// The mechanisms a server of ours can do.
    public static let mechanisms = SASLExchange.Mechanism.allCases.map(\.rawValue)

    /// Where an AUTH exchange is.
    enum Exchange: Hashable, Sendable {
        case plain, loginUser
        case loginPassword(user: [UInt8])
        case cramMD5(challenge: [UInt8])
        case scramFirst
        case scramFinal(SCRAMServer)
        /// The server's proof is out, and an empty response is to come.
        case scramProven
        case token
        /// The reason of a refusal is out, and an empty response is to come.
        case tokenRefused
    }

    /// Takes any user and password that are well-formed where no users are set, unless a rule for AUTH says otherwise.
    mutating func auth(_ command: Command) -> [Action] {
        guard case .mechanism(let name, let initialResponse) = command.argument else {
            return fault(.auth, Answer(501, "5.5.4", "Syntax error in arguments"))
        }
        guard !isAuthenticated else { return fault(.auth, Answer(503, "5.5.1", "Authenticated already")) }
        let isOffered = policy.parameters(of: "AUTH")?.contains { name.equalsIgnoringCase($0.utf8) } == true
        let mechanism = SASLExchange.Mechanism.allCases.first { name.equalsIgnoringCase($0.rawValue.utf8) }
        guard let mechanism, isOffered, let begun = begun(mechanism) else {
            return fault(.auth, Answer(504, "5.5.4", "Mechanism not offered"))
        }
        guard let initialResponse else {
            exchange = begun
            return challenge(.auth)
        }
        // RFC 4954 §4: in a mechanism that the server begins there is none.
        if case .cramMD5 = begun { return fault(.auth, Answer(501, "5.7.0", "The server begins this mechanism")) }
        exchange = begun
        // RFC 4954 §4: `=` is an initial response of no octets.
        return respond(initialResponse == [UInt8(ascii: "=")] ? [] : initialResponse, to: .auth)
    }

    /// What an exchange begins with; nil where there is nothing to compute it with.
    private func begun(_ mechanism: SASLExchange.Mechanism) -> Exchange? {
        switch mechanism {
        case .plain: return .plain
        case .login: return .loginUser
        case .xoauth2: return .token
        case .scramSHA256: return digests == nil ? nil : .scramFirst
        case .cramMD5:
            // RFC 2195 §2: what was never asked before, in the form of a msg-id.
            guard let nonce = digests?.nonce(), !nonce.isEmpty else { return nil }
            return .cramMD5(challenge: Array("<".utf8) + nonce + Array("@\(policy.domain)>".utf8))
        }
    }

    /// One whole line of the client's within an exchange.
    mutating func respond(_ octets: [UInt8]) -> [Action] { respond(octets, to: .saslResponse) }

    private mutating func respond(_ octets: [UInt8], to turn: CommandSequence.Turn) -> [Action] {
        if octets == [UInt8(ascii: "*")] {
            return refuseExchange(turn, Answer(501, "5.7.0", "Authentication called off"))
        }
        guard let response = Base64.decode(octets) else {
            return refuseExchange(turn, Answer(501, "5.5.2", "Not Base64"))
        }
        switch exchange {
        case .plain:
            let parts = response.split(separator: 0, omittingEmptySubsequences: false)
            guard parts.count == 3, !parts[1].isEmpty, !parts[2].isEmpty else { return malformed(.plain, turn) }
            return decide(knows(user: Array(parts[1]), password: Array(parts[2])), turn)
        case .loginUser:
            exchange = .loginPassword(user: response)
            return challenge(turn)
        case .loginPassword(let user): return decide(knows(user: user, password: response), turn)
        case .cramMD5(let challenge): return respondToChallenge(challenge, response, turn)
        case .scramFirst: return beginSCRAM(response, turn)
        case .scramFinal(let scram): return finishSCRAM(scram, response, turn)
        case .scramProven: return response.isEmpty ? decide(true, turn) : malformed(.scramSHA256, turn)
        case .token: return takeToken(response, turn)
        case .tokenRefused: return decide(false, turn)
        case nil: return refuseExchange(turn, Answer(503, "5.5.1", "No exchange is going on"))
        }
    }

    /// The end of an exchange that was carried through.
    private mutating func decide(_ isRight: Bool, _ turn: CommandSequence.Turn) -> [Action] {
        exchange = nil
        let usual =
            isRight
            ? worded(.auth, Answer(235, "2.7.0", "Authentication successful"))
            : worded(.authFailed, Answer(535, "5.7.8", "Authentication credentials invalid"))
        let verdict = rule(for: .auth, .auth) ?? usual
        isAuthenticated = verdict.code / 100 == 2
        return answer(turn, verdict)
    }

    private func knows(user: [UInt8], password: [UInt8]) -> Bool {
        policy.users.isEmpty || self.password(of: user) == password
    }

    private func password(of user: [UInt8]) -> [UInt8]? {
        policy.users.first { $0.key.utf8.elementsEqual(user) }.map { Array($0.value.utf8) }
    }

    private mutating func challenge(_ turn: CommandSequence.Turn) -> [Action] {
        switch exchange {
        case .loginUser: challenge(turn, Array("Username:".utf8))
        case .loginPassword: challenge(turn, Array("Password:".utf8))
        case .cramMD5(let challenge): self.challenge(turn, challenge)
        case .plain, .scramFirst, .scramFinal, .scramProven, .token, .tokenRefused, nil: challenge(turn, [])
        }
    }

    private mutating func challenge(_ turn: CommandSequence.Turn, _ octets: [UInt8]) -> [Action] {
        answer(turn, Answer(334, nil, Base64.encode(octets).lossyText))
    }

    private mutating func malformed(_ mechanism: SASLExchange.Mechanism, _ turn: CommandSequence.Turn) -> [Action] {
        refuseExchange(turn, Answer(501, "5.5.2", "Not a response of \(mechanism.rawValue)"))
    }

    private mutating func refuseExchange(_ turn: CommandSequence.Turn, _ refusal: Answer) -> [Action] {
        exchange = nil
        let phase = sequence.phase
        let actions = fault(turn, refusal)
        if phase == .authenticating { sequence.advance(turn, code: refusal.code) }
        return actions
    }
}

// MARK: Proofs and tokens

extension ServerDialogue {
    /// CRAM-MD5: user, space, and the challenge's HMAC in small hexadecimal digits (RFC 2195 §2).
    private mutating func respondToChallenge(
        _ challenge: [UInt8],
        _ response: [UInt8],
        _ turn: CommandSequence.Turn
    ) -> [Action] {
        guard let digests, let space = response.lastIndex(of: 32), space > 0, response.count - space == 33 else {
            return malformed(.cramMD5, turn)
        }
        guard !policy.users.isEmpty else { return decide(true, turn) }
        guard let password = password(of: Array(response[..<space])) else { return decide(false, turn) }
        return decide(digests.hmacMD5(password, challenge).hexadecimal == Array(response[(space + 1)...]), turn)
    }

    /// SCRAM: the client's first message, answered with salt and iterations, for a user nobody knows as well as for any other.
    private mutating func beginSCRAM(_ response: [UInt8], _ turn: CommandSequence.Turn) -> [Action] {
        guard let digests, let scram = SCRAMServer(clientFirst: response, nonce: digests.nonce(), salt: digests.nonce())
        else { return malformed(.scramSHA256, turn) }
        exchange = .scramFinal(scram)
        return challenge(turn, scram.serverFirst)
    }

    /// SCRAM: the client's proof, answered with the server's. SMTP has no room for it beside 235, so it is a challenge that
    /// wants an empty response (RFC 4422 §5, RFC 4954 §4).
    private mutating func finishSCRAM(
        _ scram: SCRAMServer,
        _ response: [UInt8],
        _ turn: CommandSequence.Turn
    ) -> [Action] {
        guard let digests, let final = scram.read(clientFinal: response) else { return malformed(.scramSHA256, turn) }
        guard let password = password(of: scram.user),
            let serverFinal = scram.serverFinal(answering: final, password: password, digests)
        else { return decide(false, turn) }
        exchange = .scramProven
        return challenge(turn, serverFinal)
    }

    /// XOAUTH2: `user=…^Aauth=Bearer …^A^A`. Any token of a user that is known will do; a refusal tells its reason in a challenge
    /// first.
    private mutating func takeToken(_ response: [UInt8], _ turn: CommandSequence.Turn) -> [Action] {
        let fields = response.split(separator: 1, omittingEmptySubsequences: false)
        let (user, bearer) = (Array("user=".utf8), Array("auth=Bearer ".utf8))
        guard fields.count == 4, fields[2].isEmpty, fields[3].isEmpty, fields[0].starts(with: user),
            fields[0].count > user.count, fields[1].starts(with: bearer), fields[1].count > bearer.count,
            fields[1].dropFirst(bearer.count).allSatisfy({ (33...126).contains($0) })
        else { return malformed(.xoauth2, turn) }
        if policy.users.isEmpty || password(of: Array(fields[0].dropFirst(user.count))) != nil {
            return decide(true, turn)
        }
        exchange = .tokenRefused
        return challenge(turn, Array(#"{"status":"400","schemes":"Bearer"}"#.utf8))
    }
}
