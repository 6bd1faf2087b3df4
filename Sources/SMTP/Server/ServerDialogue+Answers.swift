/// How the answer to a command reads (RFC 5321 §4.1.1, §4.3.2): found in the policy, the client's words and where the session
/// stands. Nothing here changes anything; what an answer leads to is in `ServerDialogue.swift`.
extension ServerDialogue {
    /// What to make of a command line.
    enum Judgement {
        /// It is available, in sequence and well-formed.
        case perform(Verb)
        /// An answer of the policy's own to a verb this server does not have.
        case answer(Answer)
        /// A protocol error.
        case fault(Answer)
        /// The command may not come now; a chunk that it announces comes all the same.
        case notNow(Answer)
        /// The end of the session.
        case hangUp(Answer)
    }

    /// Departures that leave nothing to be meant, so that the answer is 501. Forms that are merely sloppy are taken.
    private static let syntaxErrors: Set<Departure.Kind> = [
        .missingArgument, .unexpectedArgument, .malformedArgument, .missingColon, .malformedPath, .localPartTooLong,
        .domainTooLong, .pathTooLong, .malformedDomain, .malformedAddressLiteral, .malformedParameter,
        .duplicateParameter, .malformedXtext, .malformedChunkSize,
    ]

    /// First words of a browser that was led to a mail server; whatever follows may hold commands of an attacker.
    private static let webWords: Set<String> = ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "CONNECT", "HOST"]

    /// Looks at one whole command line.
    func judge(_ reading: LineReading<Command>, _ line: [UInt8]) -> Judgement {
        let command = reading.value
        if phase == .greeted, Self.webWords.contains(command.name) {
            return .hangUp(Answer(554, "5.5.1", "\(policy.domain) speaks SMTP, not HTTP"))
        }
        if case .refusing = standing, command.turn != .quit {
            return .fault(Answer(503, "5.5.1", "No service here, only QUIT"))
        }
        if WireLine(line).octets.contains(where: \.isControl) {
            return .fault(Answer(500, "5.5.2", "A command cannot hold control octets"))
        }
        guard let verb = command.verb else {
            if let rule = policy.rules.first(where: { $0.unknownVerb == command.name }) {
                return .answer(Answer(rule.code, rule.enhanced, rule.text))
            }
            return .fault(worded(.unknownCommand, Answer(500, "5.5.1", "Command unknown")))
        }
        let isMalformedChunk = reading.departures.contains { $0.kind == .malformedChunkSize }
        if let refusal = unavailable(verb) {
            if verb != .bdat, let rule = rule(for: command.turn, verb, Self.path(of: command)) { return .answer(rule) }
            return policy.offers("CHUNKING") && !isMalformedChunk ? .notNow(refusal) : .fault(refusal)
        }
        if let refusal = outOfPlace(verb, command.turn) {
            return isMalformedChunk ? .fault(refusal) : .notNow(refusal)
        }
        let departure = reading.departures.first { Self.syntaxErrors.contains($0.kind) }
        if let departure, departure.kind != .unexpectedArgument || !policy.overlooksArguments.contains(verb) {
            return .fault(syntaxError(departure.kind, of: verb, command))
        }
        return .perform(verb)
    }

    // MARK: Refusals before a command is looked at

    /// Why a verb that this server has may not come now.
    private func outOfPlace(_ verb: Verb, _ turn: CommandSequence.Turn) -> Answer? {
        guard CommandSequence(at: phase(before: turn)).allows(turn) else {
            let usual = Answer(503, "5.5.1", "Out of sequence: \(Self.hint(verb, phase))")
            return worded([missing(before: verb), .outOfSequence], usual, of: verb)
        }
        guard policy.requiresTLS, !client.isSecured,
            ![Verb.ehlo, .helo, .lhlo, .noop, .startTLS, .quit].contains(verb)
        else { return nil }
        return worded(.tlsRequired, Answer(530, "5.7.0", "Must issue a STARTTLS command first"))
    }

    /// Why this server does not know the verb, or does not now.
    private func unavailable(_ verb: Verb) -> Answer? {
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
            guard let keyword = verb.neededKeyword, policy.offers(keyword), !(verb == .startTLS && client.isSecured)
            else {
                return notImplemented
            }
            return client.hello == .helo ? Answer(503, "5.5.1", "Say EHLO first") : nil
        case .mail, .rcpt, .data, .rset, .vrfy, .help, .noop, .quit: return nil
        }
    }

    private var notImplemented: Answer {
        worded(.notImplemented, Answer(502, "5.5.1", "Command not implemented"))
    }

    /// The path a command is about, that of VRFY and EXPN too where their string is an address (RFC 5321 §4.1.1.6).
    private static func path(of command: Command) -> Path? {
        guard case .text(let text) = command.argument else { return command.path }
        return (try? Mailbox(text.lossyText)).map { .mailbox($0) }
    }

    // MARK: Commands

    var greeting: Answer {
        guard let rule = rule(for: .greeting) else {
            let text = policy.greetingText.isEmpty ? "" : " \(policy.greetingText)"
            return Answer(220, nil, policy.domain + text)
        }
        return Answer(rule.code, nil, "\(policy.domain) \(rule.text)")
    }

    /// The policy's own words, when it does not take this greeting.
    func helloRefusal(_ verb: Verb) -> Answer? {
        guard let rule = rule(for: .hello, verb), !rule.isPositive else { return nil }
        return Answer(rule.code, nil, rule.text)
    }

    func helloAnswer(_ verb: Verb, _ name: [UInt8]) -> Answer {
        let usual = worded(.hello, Answer(250, nil, "greets \(name.lossyText)"))
        let first = rule(for: .hello, verb)?.text ?? usual.text
        let offered = verb != .helo ? policy.offered.filter(isOffered) : []
        let lines = [first.isEmpty ? policy.domain : "\(policy.domain) \(first)"] + offered
        return Answer(250, nil, lines.joined(separator: "\n"))
    }

    /// STARTTLS is offered once (RFC 3207 §4.2); AUTH only inside TLS, where nothing else is taken before it (RFC 4954 §4).
    private func isOffered(_ line: String) -> Bool {
        client.isSecured ? !line.hasPrefix("STARTTLS") : !policy.requiresTLS || !line.hasPrefix("AUTH")
    }

    var rsetAnswer: Answer { rule(for: .rset, .rset) ?? worded(.rset, Answer(250, "2.0.0", "Reset")) }
    var helpAnswer: Answer { rule(for: .anytime, .help) ?? worded(.help, Answer(214, "2.0.0", helpText)) }
    var noopAnswer: Answer { rule(for: .anytime, .noop) ?? worded(.noop, Answer(250, "2.0.0", "OK")) }
    var quitAnswer: Answer {
        rule(for: .quit, .quit) ?? worded(.quit, Answer(221, "2.0.0", "\(policy.domain) closing"))
    }
    var startTLSAnswer: Answer {
        rule(for: .startTLS, .startTLS) ?? worded(.starttls, Answer(220, "2.0.0", "Ready to start TLS"))
    }
    var dataAnswer: Answer {
        rule(for: .data, .data)
            ?? worded(.data, Answer(354, nil, "Send the mail, end with a dot alone on a line"))
    }

    func vrfyAnswer(_ command: Command) -> Answer {
        rule(for: .anytime, .vrfy, Self.path(of: command))
            ?? worded(.vrfy, Answer(252, "2.5.0", "Cannot say; send mail and it will be tried"))
    }

    private var helpText: String {
        "This server knows\nEHLO HELO MAIL RCPT DATA\(policy.offers("CHUNKING") ? " BDAT" : "")\nRSET NOOP VRFY HELP QUIT"
    }

    var tooManyErrors: Answer {
        worded(.tooManyErrors, Answer(421, "4.7.0", "\(policy.domain) too many errors, closing"))
    }

    var localError: Answer { Answer(451, "4.3.0", "Local error") }

    // MARK: AUTH

    /// The exchange that AUTH may begin; nil where the mechanism is not offered, or cannot be spoken.
    func exchange(named name: [UInt8]) -> ServerSASL? {
        let isOffered = policy.parameters(of: "AUTH")?.contains { name.equalsIgnoringCase($0.utf8) } == true
        guard isOffered, let mechanism = Mechanism(named: name) else { return nil }
        return ServerSASL(mechanism, users: policy.users, domain: policy.domain, digests)
    }

    /// The end of an exchange that was carried through: as a rule for AUTH says, else as the credentials were.
    func authAnswer(isRight: Bool) -> Answer {
        if let rule = rule(for: .auth, .auth) { return rule }
        return isRight
            ? worded(.auth, Answer(235, "2.7.0", "Authentication successful"))
            : worded(.authFailed, Answer(535, "5.7.8", "Authentication credentials invalid"))
    }

    func brokenOff(_ why: ServerSASL.Fault) -> Answer {
        switch why {
        case .cancelled: Answer(501, "5.7.0", "Authentication called off")
        case .notBase64: Answer(501, "5.5.2", "Not Base64")
        case .serverBegins: Answer(501, "5.7.0", "The server begins this mechanism")
        case .malformed(let mechanism): Answer(501, "5.5.2", "Not a response of \(mechanism.name)")
        case .noExchange: Answer(503, "5.5.1", "No exchange is going on")
        }
    }

    // MARK: MAIL and RCPT

    /// What MAIL comes to.
    enum MailVerdict {
        case fault(Answer)
        /// Refused before anybody looked who sends.
        case answer(Answer)
        case refused(ReversePath, Answer)
        case begins(MailTransaction, Answer)
    }

    func mailVerdict(_ command: Command) -> MailVerdict {
        if policy.requiresAuthentication, !client.isAuthenticated {
            return .answer(worded(.authRequired, Answer(530, "5.7.0", "Authentication required")))
        }
        if let refusal = refusal(of: command) { return .fault(refusal) }
        let reversePath: ReversePath
        switch command.path {
        case .null: reversePath = .null
        case .mailbox(let mailbox): reversePath = .mailbox(mailbox)
        case .postmaster, .malformed, nil: return .fault(Answer(501, "5.1.7", "Not an address"))
        }
        let mayHoldUTF8 = command.parameters.contains { $0.name == "SMTPUTF8" }
        if case .mailbox(let mailbox) = reversePath, mailbox.needsSMTPUTF8, !mayHoldUTF8 {
            return .refused(reversePath, needsSMTPUTF8(550))
        }
        if let size = command.value(of: "SIZE").flatMap({ UInt64(decimal: $0) }), size > UInt64(policy.sizeLimit) {
            return .refused(reversePath, tooLarge)
        }
        let verdict =
            rule(for: .mail, .mail, command.path)
            ?? worded(.mail, Answer(250, "2.1.0", "Sender OK"), path: command.path)
        guard verdict.isPositive else { return .refused(reversePath, verdict) }
        let transaction = MailTransaction(
            envelope: Envelope(reversePath: reversePath, forwardPaths: []),
            mayHoldUTF8: mayHoldUTF8,
            isBinary: command.value(of: "BODY")?.equalsIgnoringCase("BINARYMIME".utf8) == true
        )
        return .begins(transaction, verdict)
    }

    /// What RCPT comes to.
    enum RecipientVerdict {
        case fault(Answer)
        case answer(ForwardPath, Answer)
        /// It is for the greylist to say.
        case greylisting(ForwardPath)
    }

    func recipientVerdict(_ command: Command, _ transaction: MailTransaction) -> RecipientVerdict {
        if let refusal = refusal(of: command) { return .fault(refusal) }
        let forwardPath: ForwardPath
        switch command.path {
        case .postmaster: forwardPath = .postmaster
        case .mailbox(let mailbox): forwardPath = .mailbox(mailbox)
        case .null, .malformed, nil: return .fault(Answer(501, "5.1.3", "Not an address"))
        }
        guard transaction.recipients < policy.recipientLimit else {
            let words = "Too many recipients, \(policy.recipientLimit) are taken"
            return .answer(forwardPath, Answer(452, "4.5.3", words))
        }
        let rule = rule(for: .rcpt, .rcpt, command.path)
        if case .mailbox(let mailbox) = forwardPath {
            if mailbox.needsSMTPUTF8, !transaction.mayHoldUTF8 { return .answer(forwardPath, needsSMTPUTF8(553)) }
            if rule == nil, !takesMail(for: mailbox) {
                let usual = Answer(550, "5.7.1", "Relaying denied")
                return .answer(forwardPath, worded(.relayDenied, usual, path: command.path))
            }
        }
        if let rule { return .answer(forwardPath, rule) }
        return policy.greylists ? .greylisting(forwardPath) : .answer(forwardPath, recipientOK(forwardPath))
    }

    func recipientOK(_ forwardPath: ForwardPath) -> Answer {
        worded(.rcpt, Answer(250, "2.1.5", "Recipient OK"), path: forwardPath.path)
    }

    func greylisted(_ forwardPath: ForwardPath) -> Answer {
        worded(.greylisted, Answer(451, "4.7.1", "Greylisted, come back later"), path: forwardPath.path)
    }

    /// 550 after MAIL, 553 after RCPT (RFC 6531 §3.5).
    private func needsSMTPUTF8(_ code: UInt16) -> Answer { Answer(code, "5.6.7", "This address needs SMTPUTF8") }

    private func takesMail(for mailbox: Mailbox) -> Bool {
        policy.localDomains.isEmpty || client.isAuthenticated
            || policy.localDomains.contains { mailbox.domain.equalsIgnoringCase($0.utf8) }
    }

    // MARK: Parameters

    /// Why a parameter of MAIL or RCPT cannot be granted (RFC 5321 §4.1.1.11): its extension was not offered.
    private func refusal(of command: Command) -> Answer? {
        let parameters = command.parameters
        let argument = command.path?.mailbox.map { "<\($0.octets.lossyText)>" } ?? "<>"
        for parameter in parameters {
            let keywords = Extension.keywords(permitting: parameter.name)
            guard policy.family != .smtp else { return Answer(501, nil, "Syntax error in parameters or arguments") }
            guard client.hello != .helo, keywords.contains(where: policy.offers) else {
                let words = parameter.value.map { "\(parameter.name)=\($0.lossyText)" } ?? parameter.name
                let usual = Answer(555, "5.5.4", "A parameter was not offered")
                return worded([.unknownParameter], usual, parameter: words, argument: argument)
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

    // MARK: The mail

    /// The mail is over the limit (RFC 1870 §6.1).
    var tooLarge: Answer {
        worded(.tooLarge, Answer(552, "5.3.4", "The mail is too large, \(policy.sizeLimit) octets are taken"))
    }

    func chunkAnswer(_ chunk: Chunk, _ transaction: MailTransaction) -> Answer {
        if transaction.octets > policy.sizeLimit { return tooLarge }
        return rule(for: .chunk, .bdat) ?? Answer(250, "2.0.0", "\(chunk.octets) octets received")
    }

    /// What the whole mail is answered with, where it is answered once.
    func mailVerdict(_ transaction: MailTransaction) -> Answer {
        let path: Path =
            if case .mailbox(let mailbox) = transaction.envelope.reversePath { .mailbox(mailbox) } else { .null }
        return rule(for: .mailData, nil, path) ?? accepted
    }

    /// What it is answered with for one recipient (RFC 2033 §4.2).
    func mailVerdict(for forwardPath: ForwardPath) -> Answer {
        rule(for: .mailData, nil, forwardPath.path) ?? accepted
    }

    private var accepted: Answer { worded(.content, Answer(250, "2.0.0", "Accepted as \(nextID)")) }

    /// What the next mail is queued as.
    var nextID: String {
        acceptedMails == 0 ? policy.queueID : "\(policy.queueID)-\(acceptedMails + 1)"
    }
}

extension ForwardPath {
    /// As the path of a command.
    fileprivate var path: Path {
        switch self {
        case .mailbox(let mailbox): .mailbox(mailbox)
        case .postmaster: .postmaster
        }
    }
}
