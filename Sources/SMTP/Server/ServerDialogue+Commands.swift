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
        let isMalformedChunk = reading.departures.contains { $0.kind == .malformedChunkSize }
        if sequence.phase == .greeted, Self.webWords.contains(command.name) {
            return hangUp(Answer(554, "5.5.1", "\(policy.domain) speaks SMTP, not HTTP"), answering: turn)
        }
        if refusesService, turn != .quit { return fault(turn, Answer(503, "5.5.1", "No service here, only QUIT")) }
        if WireLine(line).octets.contains(where: \.isControl) {
            return fault(turn, Answer(500, "5.5.2", "A command cannot hold control octets"))
        }
        guard let verb = command.verb else {
            if let rule = policy.rules.first(where: { $0.unknownVerb == command.name }) {
                return answer(turn, Answer(rule.code, rule.enhanced, rule.text))
            }
            return fault(turn, worded(.unknownCommand, Answer(500, "5.5.1", "Command unknown")))
        }
        if let refusal = unavailable(verb) {
            if verb != .bdat, let rule = rule(for: turn, verb, Self.path(of: command)) { return answer(turn, rule) }
            return policy.offers("CHUNKING")
                ? outOfSequence(isMalformedChunk ? nil : command, turn, refusal) : fault(turn, refusal)
        }
        guard sequence.allows(turn) else {
            let usual = Answer(503, "5.5.1", "Out of sequence: \(Self.hint(verb, sequence.phase))")
            return outOfSequence(isMalformedChunk ? nil : command, turn, worded(.outOfSequence, usual))
        }
        if policy.requiresTLS, !isSecured, ![.ehlo, .helo, .lhlo, .noop, .startTLS, .quit].contains(verb) {
            let usual = Answer(530, "5.7.0", "Must issue a STARTTLS command first")
            return outOfSequence(isMalformedChunk ? nil : command, turn, worded(.tlsRequired, usual))
        }
        if let departure = reading.departures.first(where: { Self.syntaxErrors.contains($0.kind) }) {
            return fault(turn, worded(.syntaxError, Self.syntaxError(departure.kind, of: verb)))
        }
        switch verb {
        case .ehlo, .helo, .lhlo: return hello(verb, command)
        case .mail: return mail(command)
        case .rcpt: return rcpt(command)
        case .data: return data()
        case .bdat: return bdat(command)
        case .rset:
            let verdict = rule(for: turn, verb) ?? worded(.rset, Answer(250, "2.0.0", "Reset"))
            let given = verdict.code / 100 == 2 ? giveUp("the client gave it up with RSET") : []
            return given + answer(turn, verdict)
        case .vrfy:
            let usual = worded(.vrfy, Answer(252, "2.5.0", "Cannot say; send mail and it will be tried"))
            return answer(turn, rule(for: turn, verb, Self.path(of: command)) ?? usual)
        case .help: return answer(turn, rule(for: turn, verb) ?? worded(.help, Answer(214, "2.0.0", helpText)))
        case .noop: return answer(turn, rule(for: turn, verb) ?? worded(.noop, Answer(250, "2.0.0", "OK")))
        case .quit:
            let usual = worded(.quit, Answer(221, "2.0.0", "\(policy.domain) closing"))
            return giveUp("the client gave it up with QUIT") + answer(turn, rule(for: turn, verb) ?? usual)
        case .auth: return auth(command)
        case .startTLS: return startTLS()
        case .expn, .etrn, .turn, .atrn, .send, .soml, .saml, .xclient, .xforward:
            // `unavailable` has refused these.
            return fault(turn, Answer(502, "5.5.1", "Command not implemented"))
        }
    }

    // MARK: Refusals before a command is looked at

    /// Why this server does not know the verb, or does not now.
    private func unavailable(_ verb: Verb) -> Answer? {
        let notImplemented = worded(.notImplemented, Answer(502, "5.5.1", "Command not implemented"))
        switch verb {
        case .lhlo:
            guard policy.family != .lmtp else { return nil }
            return worded(.unknownCommand, Answer(500, "5.5.1", "Command unknown: this is SMTP, not LMTP"))
        case .ehlo where policy.family == .smtp:
            return worded(.unknownCommand, Answer(500, nil, "Command unrecognized"))
        case .ehlo, .helo:
            // RFC 2033 §4.1: LHLO takes their place.
            return policy.family == .lmtp ? Answer(500, "5.5.1", "Command unknown: this is LMTP, say LHLO") : nil
        case .expn, .etrn, .turn, .atrn, .send, .soml, .saml, .xclient, .xforward: return notImplemented
        case .auth, .bdat, .startTLS:
            guard let keyword = verb.neededKeyword, policy.offers(keyword), !(verb == .startTLS && isSecured) else {
                return notImplemented
            }
            return helloVerb == .helo ? Answer(503, "5.5.1", "Say EHLO first") : nil
        case .mail, .rcpt, .data, .rset, .vrfy, .help, .noop, .quit: return nil
        }
    }

    /// The path a command is about, that of VRFY and EXPN too where their string is an address (RFC 5321 §4.1.1.6).
    private static func path(of command: Command) -> Path? {
        guard case .text(let text) = command.argument else { return command.path }
        return (try? Mailbox(text.lossyText)).map { .mailbox($0) }
    }

    private static func hint(_ verb: Verb, _ phase: CommandSequence.Phase) -> String {
        switch phase {
        case .connected, .greeted: return "say EHLO or HELO first"
        case .identified: return "MAIL comes first"
        case .reversePath: return verb == .mail ? "a transaction is open" : "no recipient was accepted"
        case .forwardPaths: return "a transaction is open"
        case .chunks: return "the last chunk has not come"
        case .mailData, .authenticating, .securing, .ended, .unknown: return "not now"
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
        clientName = name
        let given = giveUp("the client gave it up with \(verb.rawValue)")
        let usual = worded(.hello, Answer(250, nil, "greets \(name.lossyText)"))
        let first = rule(for: .hello, verb)?.text ?? usual.text
        let offered = verb != .helo ? policy.offered.filter { !isSecured || !$0.hasPrefix("STARTTLS") } : []
        let lines = [first.isEmpty ? policy.domain : "\(policy.domain) \(first)"] + offered
        return given + answer(.hello, Answer(250, nil, lines.joined(separator: "\n")))
    }

    private mutating func mail(_ command: Command) -> [Action] {
        if policy.requiresAuthentication, !isAuthenticated {
            return answer(.mail, worded(.authRequired, Answer(530, "5.7.0", "Authentication required")))
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
            return refuseMail(reversePath, Answer(553, "5.6.7", "This address needs SMTPUTF8"))
        }
        if let size = command.value(of: "SIZE").flatMap({ UInt64(decimal: $0) }), size > UInt64(policy.sizeLimit) {
            return refuseMail(reversePath, tooLarge)
        }
        let usual = worded(.mail, Answer(250, "2.1.0", "Sender OK"), path: command.path)
        let verdict = rule(for: .mail, .mail, command.path) ?? usual
        guard verdict.code / 100 == 2 else { return refuseMail(reversePath, verdict) }
        let isBinary = command.value(of: "BODY")?.equalsIgnoringCase("BINARYMIME".utf8) == true
        transaction = Transaction(
            envelope: Envelope(reversePath: reversePath, forwardPaths: []),
            mayHoldUTF8: mayHoldUTF8,
            isBinary: isBinary
        )
        return answer(.mail, verdict)
    }

    /// No transaction begins; whoever keeps the mails is told of one that got no further than this.
    private mutating func refuseMail(_ reversePath: ReversePath, _ verdict: Answer) -> [Action] {
        let envelope = Envelope(reversePath: reversePath, forwardPaths: [])
        let why = "MAIL was answered \(Self.summary(lines(of: verdict)))"
        let actions = answer(.mail, verdict)
        return [.notAccepted(MailObject(envelope: envelope, content: []), why: why)] + actions
    }

    /// The mail is over the limit (RFC 1870 §6.1).
    var tooLarge: Answer {
        worded(.tooLarge, Answer(552, "5.3.4", "The mail is too large, \(policy.sizeLimit) octets are taken"))
    }

    private mutating func rcpt(_ command: Command) -> [Action] {
        if let refusal = refusal(of: command.parameters) { return fault(.rcpt, refusal) }
        let forwardPath: ForwardPath
        switch command.path {
        case .postmaster: forwardPath = .postmaster
        case .mailbox(let mailbox): forwardPath = .mailbox(mailbox)
        case .null, .malformed, nil: return fault(.rcpt, Answer(501, "5.1.3", "Not an address"))
        }
        let verdict = verdict(on: forwardPath, command)
        if verdict.code / 100 == 2 {
            transaction?.envelope.forwardPaths.append(forwardPath)
        } else if transaction.map({ $0.refusals.count < 10 }) == true {
            let reply = Self.summary(lines(of: verdict))
            transaction?.refusals.append("RCPT TO:\(forwardPath.octets.lossyText) was answered \(reply)")
        }
        return answer(.rcpt, verdict)
    }

    private func verdict(on forwardPath: ForwardPath, _ command: Command) -> Answer {
        guard let count = transaction?.envelope.forwardPaths.count, count < policy.recipientLimit else {
            return Answer(452, "4.5.3", "Too many recipients, \(policy.recipientLimit) are taken")
        }
        let rule = rule(for: .rcpt, .rcpt, command.path)
        if case .mailbox(let mailbox) = forwardPath {
            if mailbox.needsSMTPUTF8, transaction?.mayHoldUTF8 != true {
                return Answer(553, "5.6.7", "This address needs SMTPUTF8")
            }
            if rule == nil, !takesMail(for: mailbox) {
                return worded(.relayDenied, Answer(550, "5.7.1", "Relaying denied"), path: command.path)
            }
        }
        if let rule { return rule }
        if policy.greylists, let isKnown, let reversePath = transaction?.envelope.reversePath,
            !isKnown(Correspondence(reversePath: reversePath.octets, forwardPath: forwardPath.octets))
        {
            return worded(.greylisted, Answer(451, "4.7.1", "Greylisted, come back later"), path: command.path)
        }
        return worded(.rcpt, Answer(250, "2.1.5", "Recipient OK"), path: command.path)
    }

    private func takesMail(for mailbox: Mailbox) -> Bool {
        policy.localDomains.isEmpty || isAuthenticated
            || policy.localDomains.contains { mailbox.domain.equalsIgnoringCase($0.utf8) }
    }

    private mutating func startTLS() -> [Action] {
        let usual = worded(.starttls, Answer(220, "2.0.0", "Ready to start TLS"))
        let actions = answer(.startTLS, rule(for: .startTLS, .startTLS) ?? usual)
        return sequence.phase == .securing ? actions + [.startTLS] : actions
    }

    // MARK: Parameters

    /// Why a parameter of MAIL or RCPT cannot be granted (RFC 5321 §4.1.1.11): its extension was not offered.
    private func refusal(of parameters: [Parameter]) -> Answer? {
        for parameter in parameters {
            let keywords = Extension.keywords(permitting: parameter.name)
            guard policy.family != .smtp else { return Answer(501, nil, "Syntax error in parameters or arguments") }
            guard helloVerb != .helo, keywords.contains(where: policy.offers) else {
                return Answer(555, "5.5.4", "A parameter was not offered")
            }
            let value = String(decoding: (parameter.value ?? []).map(\.uppercased), as: UTF8.self)
            guard isValue(value, of: parameter.name) else {
                return Answer(501, "5.5.4", "Syntax error in parameters")
            }
        }
        return nil
    }

    /// Whether a parameter can have this value, in upper case; only of those whose values are words (RFC 6152 §2, RFC 3461 §4).
    private func isValue(_ value: String, of name: String) -> Bool {
        switch name {
        case "BODY": value == "7BIT" || ["8BITMIME", "BINARYMIME"].contains(value) && policy.offers(value)
        case "RET": ["FULL", "HDRS"].contains(value)
        case "NOTIFY":
            value == "NEVER"
                || value.split(separator: ",", omittingEmptySubsequences: false).allSatisfy {
                    ["SUCCESS", "FAILURE", "DELAY"].contains($0)
                }
        default: true
        }
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
    func offers(_ keyword: String) -> Bool { line(of: keyword) != nil }

    /// The words behind a keyword; nil when it is not offered.
    func parameters(of keyword: String) -> [Substring]? {
        line(of: keyword).map { Array($0.split(separator: " ").dropFirst()) }
    }

    private func line(of keyword: String) -> String? {
        let length = keyword.utf8.count
        return offered.first { line in
            line.utf8.prefix(length).equalsIgnoringCase(keyword.utf8) && line.utf8.dropFirst(length).first ?? 32 == 32
        }
    }
}
