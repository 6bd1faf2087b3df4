/// Mail data, chunks and AUTH exchanges: what comes after a command that asked for more (RFC 5321 §4.1.1.4, RFC 3030 §2,
/// RFC 4954 §4).
extension ServerDialogue {
    // MARK: DATA

    mutating func data() -> [Action] {
        // RFC 3030 §3: what is not made of lines cannot end with one.
        guard transaction?.isBinary != true else { return fault(.data, Answer(503, "5.5.1", "BINARYMIME needs BDAT")) }
        previousEnding = .crlf
        return answer(
            .data,
            rule(for: .data, .data) ?? Answer(354, nil, "Send the mail, end with a dot alone on a line")
        )
    }

    /// A line of mail data. Only a dot between CRLF and CRLF ends it; all other octets are content.
    mutating func receivedMailData(_ line: WireLine) -> [Action] {
        guard !DotStuffing.ends(line, after: previousEnding) else { return acceptMail(.mailData) }
        keep((previousEnding == .crlf ? DotStuffing.unstuff(line.octets) : line.octets) + line.ending.octets)
        previousEnding = line.ending
        return []
    }

    /// Keeps content as long as it is not too much, so that memory is bounded whatever comes.
    mutating func keep(_ octets: some Collection<UInt8>) {
        guard var mail = transaction else { return }
        transaction = nil  // so that the content is not copied
        mail.octets += octets.count
        if mail.octets <= policy.sizeLimit { mail.content += octets } else { mail.content = [] }
        transaction = mail
    }

    /// The whole mail is here: take responsibility for it or not (RFC 5321 §4.2.5).
    private mutating func acceptMail(_ turn: CommandSequence.Turn) -> [Action] {
        defer { transaction = nil }
        guard let mail = transaction else { return answer(turn, Answer(451, "4.3.0", "Local error")) }
        guard mail.octets <= policy.sizeLimit else {
            return answer(turn, Answer(552, "5.3.4", "The mail is too large, \(policy.sizeLimit) octets are taken"))
        }
        let id = acceptedMails == 0 ? policy.queueID : "\(policy.queueID)-\(acceptedMails + 1)"
        let path: Path = if case .mailbox(let mailbox) = mail.envelope.reversePath { .mailbox(mailbox) } else { .null }
        let verdict = rule(for: .mailData, nil, path) ?? Answer(250, "2.0.0", "Accepted as \(id)")
        guard verdict.code / 100 == 2 else { return answer(turn, verdict) }
        acceptedMails += 1
        return [.accepted(MailObject(envelope: mail.envelope, content: mail.content))] + answer(turn, verdict)
    }

    // MARK: BDAT

    mutating func bdat(_ command: Command) -> [Action] {
        guard case .chunk(let octets?, let isLast) = command.argument, let count = Int(exactly: octets) else {
            return fault(command.turn, Answer(501, "5.5.4", "Not a chunk size"))
        }
        return begin(Chunk(octets: count, remaining: count, isLast: isLast, refusal: nil))
    }

    /// A command that may not come now. The octets of a chunk come all the same and are not commands (RFC 3030 §2).
    mutating func outOfSequence(_ command: Command, _ turn: CommandSequence.Turn, _ refusal: Answer) -> [Action] {
        guard case .chunk(let octets?, let isLast) = command.argument, let count = Int(exactly: octets) else {
            return fault(turn, refusal)
        }
        return begin(Chunk(octets: count, remaining: count, isLast: isLast, refusal: refusal))
    }

    private mutating func begin(_ chunk: Chunk) -> [Action] {
        self.chunk = chunk
        return chunk.remaining == 0 ? finishChunk() : []
    }

    mutating func finishChunk() -> [Action] {
        guard let done = chunk else { return [] }
        chunk = nil
        if let refusal = done.refusal { return fault(done.turn, refusal) }
        if done.isLast { return acceptMail(.lastChunk) }
        var verdict = rule(for: .chunk, .bdat) ?? Answer(250, "2.0.0", "\(done.octets) octets received")
        if transaction.map({ $0.octets > policy.sizeLimit }) == true {
            verdict = Answer(552, "5.3.4", "The mail is too large, \(policy.sizeLimit) octets are taken")
        }
        if verdict.code / 100 != 2 { transaction = nil }
        return answer(.chunk, verdict)
    }

    // MARK: AUTH

    /// Takes any user and password that are well-formed, unless a rule for AUTH says otherwise.
    mutating func auth(_ command: Command) -> [Action] {
        guard case .mechanism(let name, let initialResponse) = command.argument else {
            return fault(.auth, Answer(501, "5.5.4", "Syntax error in arguments"))
        }
        guard !isAuthenticated else { return fault(.auth, Answer(503, "5.5.1", "Authenticated already")) }
        let isOffered = policy.parameters(of: "AUTH")?.contains { name.equalsIgnoringCase($0.utf8) } == true
        switch SASLExchange.Mechanism.allCases.first(where: { name.equalsIgnoringCase($0.rawValue.utf8) }) {
        case .plain? where isOffered: exchange = .plain
        case .login? where isOffered: exchange = .loginUser
        case .plain?, .login?, .cramMD5?, .scramSHA256?, .xoauth2?, nil: return fault(.auth, Answer(504, "5.5.4", "Mechanism not offered"))
        }
        guard let initialResponse else { return challenge(.auth) }
        // RFC 4954 §4: `=` is an initial response of no octets.
        return respond(initialResponse == [UInt8(ascii: "=")] ? [] : initialResponse, to: .auth)
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
            guard parts.count == 3, !parts[1].isEmpty, !parts[2].isEmpty else {
                return refuseExchange(turn, Answer(501, "5.5.2", "Not a response of PLAIN"))
            }
        case .loginUser:
            exchange = .loginPassword
            return challenge(turn)
        case .loginPassword: break
        case nil: return refuseExchange(turn, Answer(503, "5.5.1", "No exchange is going on"))
        }
        exchange = nil
        let verdict = rule(for: .auth, .auth) ?? Answer(235, "2.7.0", "Authentication successful")
        isAuthenticated = verdict.code / 100 == 2
        return answer(turn, verdict)
    }

    private mutating func challenge(_ turn: CommandSequence.Turn) -> [Action] {
        let prompt =
            switch exchange {
            case .loginUser: "Username:"
            case .loginPassword: "Password:"
            case .plain, nil: ""
            }
        return answer(turn, Answer(334, nil, Base64.encode(Array(prompt.utf8)).lossyText))
    }

    private mutating func refuseExchange(_ turn: CommandSequence.Turn, _ refusal: Answer) -> [Action] {
        exchange = nil
        let phase = sequence.phase
        let actions = fault(turn, refusal)
        if phase == .authenticating { sequence.advance(turn, code: refusal.code) }
        return actions
    }
}
