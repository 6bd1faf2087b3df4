import SMTP

/// What the client sends as commands; what it sends as content is in `SessionTracer+Content`.
extension SessionTracer {
    mutating func command(_ asked: Utterance.Asked, _ said: Utterance, _ trace: inout Trace) {
        let (piece, turn) = (said.piece, asked.turn)
        let reading = Command.judged(said.octets)
        let command = reading.value
        mistaken = nil
        let isAllowed = asked.isAllowed && !isGivenOnlyOnce(turn)
        var sent = Sent(turn: turn, verb: command.verb, line: trace.lines.count, place: place, path: command.path)
        sent.isNested = asked.beginsNothing
        sent.isBehindChallenge = asked.phase == .authenticating
        if turn == .mail { declare(command) }
        var departures = piece.departures
        if !piece.isTorn {
            departures +=
                grammarDepartures(of: reading) + offerDepartures(of: reading)
                + orderDepartures(of: asked, isAllowed: isAllowed)
        }
        sent.place = enter(turn, isNested: sent.isNested)
        if case .chunk(let size?, _) = command.argument, size > 0 || isAllowed {
            sent.mail = mailOfChunk(at: sent.place, &trace)
        }
        append(said, .command, at: sent.place, departures: departures, &trace)
        if asked.isBeforeGreeting, !piece.isTorn { marks.ungreeted.append(trace.lines.count - 1) }
        // A response that comes although AUTH was refused is sent all the same.
        if turn == .unknown, !said.credentials.isEmpty { noteCredential(&trace) }
        openAuth = nil
        if turn == .hello, !reader.isSecured { marks.saidHelloInClear = true }
        // A command that did not arrive whole gets no answer.
        guard let id = asked.id else { return }
        if turn == .hello, leg == .relay || trace.facts.names.client == nil, case .domain(let name) = command.argument {
            trace.facts.names.client = name
        }
        sent.id = id
        sent.path = remember(command, at: sent.place, &trace)
        self.sent[id] = sent
    }

    // MARK: Order

    /// What RFC 4954 §4 and RFC 3207 §4 allow once in a session.
    private func isGivenOnlyOnce(_ turn: CommandSequence.Turn) -> Bool {
        turn == .auth && marks.isAuthenticated || turn == .startTLS && reader.isSecured
    }

    private func orderDepartures(of asked: Utterance.Asked, isAllowed: Bool) -> [Departure] {
        // What came before is unknown.
        guard !reader.lacksAnything else { return [] }
        if asked.isBehindSTARTTLS { return [Departure(.octetsAfterSTARTTLS)] }
        // Whether it came too early shows with the greeting.
        if asked.isBeforeGreeting { return [] }
        var found: [Departure] = []
        if let behind = asked.behind, !mayPipeline(behind: behind.turn, behind.verb) {
            found.append(Departure(.commandBeforeReply))
        }
        guard !isAllowed else { return found }
        // What a log leaves out of an exchange the client has said all the same. What the server takes it for its answer shows.
        if asked.phase == .authenticating { return found }
        if isBehindHandshake(asked) { return found + [Departure(.helloNotRepeated)] }
        let isRefusedTransaction = reader.sequence.phase == .reversePath && recipients.refused > 0
        let needsRecipient = [.data, .chunk, .lastChunk].contains(asked.turn)
        return found + [Departure(isRefusedTransaction && needsRecipient ? .noAcceptedRecipient : .outOfSequence)]
    }

    /// The session has begun anew inside TLS, and EHLO is missing (RFC 3207 §4.2).
    private func isBehindHandshake(_ asked: Utterance.Asked) -> Bool {
        reader.isSecured && marks.saidHelloInClear && asked.phase == .greeted
            && [.mail, .rcpt, .data].contains(asked.turn)
    }

    /// RFC 2920 §3.1: some commands change so much that nothing may be sent behind them before their answer.
    private func mayPipeline(behind turn: CommandSequence.Turn, _ verb: Verb?) -> Bool {
        let endsGroup: [Verb] = [
            .ehlo, .helo, .lhlo, .data, .vrfy, .expn, .noop, .turn, .atrn, .quit, .startTLS, .auth,
        ]
        if turn != .mailData, let verb, endsGroup.contains(verb) { return false }
        return hello.offers("PIPELINING") || reader.mayHaveOfferedAnything
    }

    // MARK: Length

    /// The departures of the reading, but for a length that an extension allows: parameters lengthen MAIL and RCPT as each
    /// extension says (RFC 5321 §4.1.1.11), and credentials need what they need (RFC 4954 §4).
    private func grammarDepartures(of reading: LineReading<Command>) -> [Departure] {
        let parameters = reading.lexemes.first { $0.kind == .parameter }?.range.lowerBound
        let isLengthened = reading.value.verb == .auth || parameters.map { $0 <= 510 } == true
        return reading.departures.filter { departure in
            switch departure.kind {
            case .commandLineTooLong: !isLengthened
            // What a log leaves out was not left out by the client.
            case .missingArgument: !knowsVerbsAlone
            default: true
            }
        }
    }

    // MARK: Offer

    /// What the command uses and the server did not offer (RFC 5321 §2.2.1, §4.1.1.11).
    private func offerDepartures(of reading: LineReading<Command>) -> [Departure] {
        let command = reading.value
        var found = utf8Departures(of: command)
        if case .domain(let name) = command.argument, marks.endpoint?.isLoopback == false, Self.isLoopback(name) {
            found.append(Departure(.loopbackLiteral))
        }
        if case .mechanism(let name, .some) = command.argument, isOpen(name) {
            found.append(Departure(.credentialInClear))
        }
        // Without an answer to EHLO nobody knows what is offered.
        guard !hello.domain.isEmpty, !reader.lacks(.server) else { return found }
        if let needed = command.verb?.neededKeyword, !offers(needed) { found.append(Departure(.extensionNotOffered)) }
        let ranges = reading.lexemes.filter { $0.kind == .parameter }.map(\.range)
        for (parameter, range) in zip(command.parameters, ranges) {
            if !Extension.keywords(permitting: parameter.name).contains(where: offers) {
                found.append(Departure(.parameterNotOffered, at: range))
            }
            if parameter.name == "SIZE", let limit = hello.sizeLimit,
                let size = parameter.value.flatMap({ UInt64(decimal: $0) }),
                size > limit
            {
                found.append(Departure(.sizeOverLimit, at: range))
            }
        }
        return found
    }

    private static func isLoopback(_ name: [UInt8]) -> Bool {
        guard let literal = AddressLiteral.read(name) else { return false }
        switch literal {
        case .ipv4(let octets): return octets.first == 127
        case .ipv6(let groups): return groups.dropLast().allSatisfy { $0 == 0 } && groups.last == 1
        default: return false
        }
    }

    /// Whether a mechanism sends the password, and anybody on the way can read it (RFC 4954 §4).
    private func isOpen(_ mechanism: [UInt8]) -> Bool {
        !reader.isSecured && !reader.isWrapped
            && Mechanism(named: mechanism)?.sends != nil
    }

    /// A credential went over the wire, or was taken: where everybody could read it, AUTH has that finding.
    mutating func noteCredential(_ trace: inout Trace) {
        if let openAuth { trace.find(Departure(.credentialInClear), inLine: openAuth) }
        openAuth = nil
    }

    /// Servers of the 1990s offer `AUTH=LOGIN` for AUTH.
    private func offers(_ keyword: String) -> Bool {
        hello.offers(keyword) || keyword == "AUTH" && hello.offered.contains { $0.name.hasPrefix("AUTH=") }
    }

    /// RFC 6531 §3.4: octets above ASCII in MAIL or RCPT need the parameter on MAIL.
    private func utf8Departures(of command: Command) -> [Departure] {
        let isKnown = declaresUTF8 || reader.joinedLate && command.verb == .rcpt && reversePath == nil
        guard command.path?.mailbox?.needsSMTPUTF8 == true, !isKnown else { return [] }
        return [Departure(.utf8WithoutSMTPUTF8)]
    }

    // MARK: What a command tells

    private mutating func declare(_ command: Command) {
        let body = command.value(of: "BODY").map { $0.map(\.uppercased).lossyText }
        declaresUTF8 = command.parameters.contains { $0.name == "SMTPUTF8" }
        declaresEightBit = body == "8BITMIME" || body == "BINARYMIME" || declaresUTF8
    }

    /// Gives the path of MAIL or RCPT; one that was named before shares its octets with that.
    private mutating func remember(_ command: Command, at place: Place, _ trace: inout Trace) -> Path? {
        switch command.argument {
        case .domain(let name):
            trace.facts.clientDomains.set(name, from: trace.lines.count - 1)
            if leg == .relay || trace.facts.clientDomain == nil { trace.facts.clientDomain = name }
        case .path(let path) where command.turn == .mail:
            let known = trace.facts.reversePath.flatMap { $0 == path ? $0 : nil } ?? path
            if leg == .relay || trace.facts.reversePath == nil { trace.facts.reversePath = known }
            return known
        case .path(let path): return trace.rememberForwardPath(path, of: leg)
        case .mechanism(let name, let response):
            mechanism = name.isMechanismName ? name.map(\.uppercased).lossyText : ""
            contentPlace = place
            openAuth = response == nil && isOpen(name) ? trace.lines.count - 1 : nil
        case .chunk(let size?, let last):
            contentPlace = place
            chunkLine = trace.lines.count - 1
            if size == 0, last { mail = nil }
        case .chunk, .none, .text: break
        }
        return command.path
    }
}
