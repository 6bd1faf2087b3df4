/// Which command gets which reply (RFC 5321 §4.1.1, §4.3.2). One function a verb; the order is asked of `sequence`.
extension ServerDialogue {
    private typealias Turn = CommandSequence.Turn

    /// Departures that leave nothing to be meant, so that the answer is 501. Forms that are merely sloppy are taken.
    private static let syntaxErrors: Set<Departure.Kind> = [
        .missingArgument, .unexpectedArgument, .malformedArgument, .missingColon, .malformedPath, .localPartTooLong,
        .domainTooLong, .pathTooLong, .malformedDomain, .malformedAddressLiteral, .malformedParameter,
        .duplicateParameter, .malformedXtext, .malformedChunkSize,
    ]

    /// First words of a browser that was led to a mail server; whatever follows may hold commands of an attacker.
    private static let webWords: Set<String> = ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "CONNECT", "HOST"]

    /// One whole command line.
    mutating func perform(_ line: [UInt8]) -> [Action] {
        let reading = Command.read(line)
        let command = reading.value
        let turn = command.turn
        if sequence.phase == .greeted, Self.webWords.contains(command.name) {
            return hangUp(Answer(554, "5.5.1", "\(policy.domain) speaks SMTP, not HTTP"), answering: turn)
        }
        if refusesService, turn != .quit { return fault(turn, Answer(503, "5.5.1", "No service here, only QUIT")) }
        if WireLine(line).octets.contains(where: \.isControl) {
            return fault(turn, Answer(500, "5.5.2", "A command cannot hold control octets"))
        }
        guard let verb = command.verb else { return fault(turn, Answer(500, "5.5.1", "Command unknown")) }
        if let refusal = unavailable(verb) {
            return policy.offers("CHUNKING") ? outOfSequence(command, turn, refusal) : fault(turn, refusal)
        }
        guard sequence.allows(turn) else {
            return outOfSequence(
                command,
                turn,
                Answer(503, "5.5.1", "Out of sequence: \(Self.hint(verb, sequence.phase))")
            )
        }
        if let departure = reading.departures.first(where: { Self.syntaxErrors.contains($0.kind) }) {
            return fault(turn, Self.syntaxError(departure.kind, of: verb))
        }
        switch verb {
        case .ehlo, .helo: return hello(verb, command)
        case .mail: return mail(command)
        case .rcpt: return rcpt(command)
        case .data: return data()
        case .bdat: return bdat(command)
        case .rset:
            let verdict = rule(for: turn, verb) ?? Answer(250, "2.0.0", "Reset")
            if verdict.code / 100 == 2 { transaction = nil }
            return answer(turn, verdict)
        case .vrfy:
            return answer(
                turn,
                rule(for: turn, verb) ?? Answer(252, "2.5.0", "Cannot say; send mail and it will be tried")
            )
        case .help: return answer(turn, rule(for: turn, verb) ?? Answer(214, "2.0.0", helpText))
        case .noop: return answer(turn, rule(for: turn, verb) ?? Answer(250, "2.0.0", "OK"))
        case .quit: return answer(turn, rule(for: turn, verb) ?? Answer(221, "2.0.0", "\(policy.domain) closing"))
        case .auth: return auth(command)
        case .startTLS: return startTLS()
        case .lhlo, .expn, .etrn, .turn, .atrn, .send, .soml, .saml, .xclient, .xforward:
            // `unavailable` has refused these.
            return fault(turn, Answer(502, "5.5.1", "Command not implemented"))
        }
    }

    // MARK: Refusals before a command is looked at

    /// Why this server does not know the verb, or does not now.
    private func unavailable(_ verb: Verb) -> Answer? {
        switch verb {
        case .lhlo: return Answer(500, "5.5.1", "Command unknown: this is SMTP, not LMTP")
        case .expn, .etrn, .turn, .atrn, .send, .soml, .saml, .xclient, .xforward:
            return Answer(502, "5.5.1", "Command not implemented")
        case .auth, .bdat, .startTLS:
            guard let keyword = verb.neededKeyword, policy.offers(keyword), !(verb == .startTLS && isSecured) else {
                return Answer(502, "5.5.1", "Command not implemented")
            }
            return helloVerb == .helo ? Answer(503, "5.5.1", "Say EHLO first") : nil
        case .helo, .ehlo, .mail, .rcpt, .data, .rset, .vrfy, .help, .noop, .quit: return nil
        }
    }

    private static func hint(_ verb: Verb, _ phase: CommandSequence.Phase) -> String {
        switch phase {
        case .connected, .greeted: return "say EHLO or HELO first"
        case .identified: return "MAIL comes first"
        case .reversePath: return verb == .mail ? "a transaction is open" : "no recipient was accepted"
        case .forwardPaths: return "a transaction is open"
        case .chunks: return "the last chunk has not come"
        case .mailData, .authenticating, .securing, .ended: return "not now"
        }
    }

    private static func syntaxError(_ kind: Departure.Kind, of verb: Verb) -> Answer {
        switch kind {
        case .malformedParameter, .duplicateParameter, .malformedXtext:
            return Answer(501, "5.5.4", "Syntax error in parameters")
        case .malformedPath, .localPartTooLong, .domainTooLong, .pathTooLong, .malformedDomain,
            .malformedAddressLiteral:
            let enhanced = verb == .mail ? "5.1.7" : verb == .rcpt ? "5.1.3" : "5.5.2"
            return Answer(501, enhanced, verb.turn == .hello ? "Not a domain name" : "Not an address")
        default: return Answer(501, "5.5.4", "Syntax error in arguments")
        }
    }

    private var helpText: String {
        "This server knows\nEHLO HELO MAIL RCPT DATA\(policy.offers("CHUNKING") ? " BDAT" : "")\nRSET NOOP VRFY HELP QUIT"
    }

    // MARK: One function a verb

    private mutating func hello(_ verb: Verb, _ command: Command) -> [Action] {
        guard case .domain(let name) = command.argument, name.allSatisfy({ $0 < 0x80 }) else {
            return fault(.hello, Answer(501, nil, "Not a domain name"))
        }
        if let rule = rule(for: .hello, verb), rule.code / 100 != 2 {
            return answer(.hello, Answer(rule.code, nil, rule.text))
        }
        helloVerb = verb
        transaction = nil
        let first = rule(for: .hello, verb)?.text ?? "greets \(name.lossyText)"
        let offered = verb == .ehlo ? policy.offered.filter { !isSecured || !$0.hasPrefix("STARTTLS") } : []
        return answer(.hello, Answer(250, nil, (["\(policy.domain) \(first)"] + offered).joined(separator: "\n")))
    }

    private mutating func mail(_ command: Command) -> [Action] {
        if policy.requiresAuthentication, !isAuthenticated {
            return answer(.mail, Answer(530, "5.7.0", "Authentication required"))
        }
        if let refusal = refusal(of: command.parameters) { return fault(.mail, refusal) }
        let mayHoldUTF8 = command.parameters.contains { $0.name == "SMTPUTF8" }
        let reversePath: ReversePath
        switch command.path {
        case .null: reversePath = .null
        case .mailbox(let mailbox): reversePath = .mailbox(mailbox)
        case .postmaster, .malformed, nil: return fault(.mail, Answer(501, "5.1.7", "Not an address"))
        }
        if case .mailbox(let mailbox) = reversePath, mailbox.needsSMTPUTF8, !mayHoldUTF8 {
            return answer(.mail, Answer(553, "5.6.7", "This address needs SMTPUTF8"))
        }
        if let size = command.value(of: "SIZE").flatMap({ UInt64(decimal: $0) }), size > UInt64(policy.sizeLimit) {
            return answer(.mail, Answer(552, "5.3.4", "The mail is too large, \(policy.sizeLimit) octets are taken"))
        }
        let verdict = rule(for: .mail, .mail, command.path) ?? Answer(250, "2.1.0", "Sender OK")
        if verdict.code / 100 == 2 {
            let isBinary = command.value(of: "BODY")?.equalsIgnoringCase("BINARYMIME".utf8) == true
            transaction = Transaction(
                envelope: Envelope(reversePath: reversePath, forwardPaths: []),
                mayHoldUTF8: mayHoldUTF8,
                isBinary: isBinary
            )
        }
        return answer(.mail, verdict)
    }

    private mutating func rcpt(_ command: Command) -> [Action] {
        if let refusal = refusal(of: command.parameters) { return fault(.rcpt, refusal) }
        let forwardPath: ForwardPath
        switch command.path {
        case .postmaster: forwardPath = .postmaster
        case .mailbox(let mailbox): forwardPath = .mailbox(mailbox)
        case .null, .malformed, nil: return fault(.rcpt, Answer(501, "5.1.3", "Not an address"))
        }
        guard let count = transaction?.envelope.forwardPaths.count, count < policy.recipientLimit else {
            return answer(.rcpt, Answer(452, "4.5.3", "Too many recipients, \(policy.recipientLimit) are taken"))
        }
        if case .mailbox(let mailbox) = forwardPath {
            if mailbox.needsSMTPUTF8, transaction?.mayHoldUTF8 != true {
                return answer(.rcpt, Answer(553, "5.6.7", "This address needs SMTPUTF8"))
            }
            if rule(for: .rcpt, .rcpt, command.path) == nil, !takesMail(for: mailbox) {
                return answer(.rcpt, Answer(550, "5.7.1", "Relaying denied"))
            }
        }
        let verdict = rule(for: .rcpt, .rcpt, command.path) ?? Answer(250, "2.1.5", "Recipient OK")
        if verdict.code / 100 == 2 { transaction?.envelope.forwardPaths.append(forwardPath) }
        return answer(.rcpt, verdict)
    }

    private func takesMail(for mailbox: Mailbox) -> Bool {
        policy.localDomains.isEmpty || isAuthenticated
            || policy.localDomains.contains { mailbox.domain.equalsIgnoringCase($0.utf8) }
    }

    private mutating func startTLS() -> [Action] {
        let verdict = rule(for: .startTLS, .startTLS) ?? Answer(220, "2.0.0", "Ready to start TLS")
        let actions = answer(.startTLS, verdict)
        return sequence.phase == .securing ? actions + [.startTLS] : actions
    }

    // MARK: Parameters

    /// Why a parameter of MAIL or RCPT cannot be granted (RFC 5321 §4.1.1.11): its extension was not offered.
    private func refusal(of parameters: [Parameter]) -> Answer? {
        for parameter in parameters {
            let keywords = Extension.keywords(permitting: parameter.name)
            guard helloVerb == .ehlo, keywords.contains(where: policy.offers) else {
                return Answer(555, "5.5.4", "A parameter was not offered")
            }
            guard parameter.name == "BODY" else { continue }
            let keyword = String(decoding: (parameter.value ?? []).map(\.uppercased), as: UTF8.self)
            guard keyword == "7BIT" || ["8BITMIME", "BINARYMIME"].contains(keyword) && policy.offers(keyword) else {
                return Answer(501, "5.5.4", "Syntax error in parameters")
            }
        }
        return nil
    }

    // MARK: Rules

    /// The first rule that fits, as an answer.
    func rule(for turn: CommandSequence.Turn, _ verb: Verb? = nil, _ path: Path? = nil) -> Answer? {
        policy.rules.first { $0.fits(turn, verb: verb, path: path) }.map { Answer($0.code, $0.enhanced, $0.text) }
    }

    var offersEnhanced: Bool { policy.offers("ENHANCEDSTATUSCODES") }
}

extension ServerDialogue.Policy {
    /// Whether a line of the answer to EHLO opens with this keyword.
    func offers(_ keyword: String) -> Bool { parameters(of: keyword) != nil }

    /// The words behind a keyword; nil when it is not offered.
    func parameters(of keyword: String) -> [Substring]? {
        let words = offered.lazy.map { $0.split(separator: " ") }
        return words.first { $0.first?.utf8.equalsIgnoringCase(keyword.utf8) == true }.map { Array($0.dropFirst()) }
    }
}
