import SMTP

/// What the client sends as commands; what it sends as content is in `SessionTracer+Content`.
extension SessionTracer {
    mutating func client(_ piece: LineStream.Piece, _ trace: inout Trace) {
        marks.isInCredential = false
        if marks.lostAnswers { assumeAnswers(&trace) }
        switch mode {
        case .commands:
            // DATA was not answered and the client goes on: what comes is mail data sent too early (RFC 5321 §3.3).
            if pending.last?.turn == .data {
                beginMailData(&trace)
                return mailData(piece, early: true, &trace)
            }
            let reading = Command.read(piece.line.octets)
            if reading.value.verb == nil, pending.last?.turn == .auth || pending.last?.turn == .saslResponse {
                return saslResponse(piece, mechanism, early: true, &trace)
            }
            command(reading, piece, &trace)
        case .mailData: mailData(piece, early: false, &trace)
        case .saslResponse(let mechanism): saslResponse(piece, mechanism, early: false, &trace)
        case .chunk: brokenOffChunk(piece, &trace)
        }
    }

    private mutating func command(_ reading: LineReading<Command>, _ piece: LineStream.Piece, _ trace: inout Trace) {
        let command = reading.value
        let turn = command.turn
        mistaken = nil
        joinLate(with: turn)
        if !marks.lost.isEmpty { catchUp(with: turn) }
        let expected = sequenceOnceAnswered()
        let isAllowed = expected.allows(turn) && !isGivenOnlyOnce(turn)
        let isInTransaction = [.reversePath, .forwardPaths, .chunks].contains(expected.phase)
        var sent = Sent(turn: turn, verb: command.verb, line: trace.lines.count, place: place, path: command.path)
        sent.isNested = turn == .mail && isInTransaction || isBehindSTARTTLS
        if turn == .mail { declare(command) }
        var departures = piece.departures
        if !piece.isTorn {
            departures +=
                grammarDepartures(of: reading) + offerDepartures(of: reading)
                + orderDepartures(of: turn, isAllowed: isAllowed)
        }
        sent.place = enter(turn, isNested: sent.isNested)
        let secrets = secrets(in: reading, of: piece.line)
        if case .chunk(let size?, _) = command.argument, size > 0 || isAllowed {
            sent.mail = mailOfChunk(at: sent.place, &trace)
        }
        append(piece, from: .client, .command, at: sent.place, secrets: secrets, departures: departures, &trace)
        if turn == .hello, !marks.isSecured { marks.saidHelloInClear = true }
        marks.isNearCredential = turn == .auth
        marks.isInCredential = turn == .auth || !secrets.isEmpty
        // Nobody answers what did not arrive as a whole.
        guard !piece.isTorn else { return }
        ask(sent)
        remember(command, at: sent.place, &trace)
    }

    /// A session whose first line is a command and of which no link event was told was joined after its greeting.
    private mutating func joinLate(with turn: CommandSequence.Turn) {
        guard connection == .unseen, server.isUntouched, pending.count == 1, pending.first?.turn == .greeting else {
            return
        }
        takeGreeting()
        marks.joinedLate = true
        sequence.assume(turn)
    }

    // MARK: Credentials

    /// Where a command holds a credential (RFC 4954 §4).
    private func secrets(in reading: LineReading<Command>, of line: WireLine) -> [Range<Int>] {
        let octets = line.octets
        if reading.value.verb == .auth {
            return reading.lexemes.filter { lexeme in
                switch lexeme.kind {
                // A lone equals sign is the empty response.
                case .initialResponse: !octets[lexeme.range].elementsEqual("=".utf8)
                // What cannot be the name of a mechanism may be a response whose mechanism was forgotten (RFC 4422 §3.1).
                case .mechanism: !octets[lexeme.range].isMechanismName
                default: false
                }
            }.map(\.range)
        }
        // A response that came after AUTH was refused or was over: one word of Base64 that is no verb, or what a recording
        // has in its place.
        let word = octets[...].trimmingWhiteSpace
        guard marks.isNearCredential, reading.value.verb == nil, word.count >= 4,
            word.allSatisfy({ $0.isBase64 || $0 == Secrets.mask[0] })
        else {
            return []
        }
        return [word.startIndex..<word.endIndex]
    }

    // MARK: Order

    /// What RFC 4954 §4 and RFC 3207 §4 allow once in a session.
    private func isGivenOnlyOnce(_ turn: CommandSequence.Turn) -> Bool {
        turn == .auth && marks.isAuthenticated || turn == .startTLS && marks.isSecured
    }

    /// Whether what comes now comes in the clear where only TLS may come.
    private var isBehindSTARTTLS: Bool {
        sequence.phase == .securing || pending.entries.suffix(100).contains { $0.turn == .startTLS }
    }

    private func orderDepartures(of turn: CommandSequence.Turn, isAllowed: Bool) -> [Departure] {
        // Nobody knows what came before.
        guard marks.lost.isEmpty else { return [] }
        if isBehindSTARTTLS { return [Departure(.octetsAfterSTARTTLS)] }
        if pending.first?.turn == .greeting { return [Departure(.commandBeforeGreeting)] }
        var found: [Departure] = []
        if let last = pending.last, !mayPipeline(behind: last.turn, last.verb) {
            found.append(Departure(.commandBeforeReply))
        }
        guard !isAllowed else { return found }
        let isRefusedTransaction = sequence.phase == .reversePath && recipients.refused > 0
        let needsRecipient = [.data, .chunk, .lastChunk].contains(turn)
        return found + [Departure(isRefusedTransaction && needsRecipient ? .noAcceptedRecipient : .outOfSequence)]
    }

    /// RFC 2920 §3.1: some commands change so much that nothing may be sent behind them before their answer.
    private func mayPipeline(behind turn: CommandSequence.Turn, _ verb: Verb?) -> Bool {
        let endsGroup: [Verb] = [
            .ehlo, .helo, .lhlo, .data, .vrfy, .expn, .noop, .turn, .atrn, .quit, .startTLS, .auth,
        ]
        if turn != .mailData, let verb, endsGroup.contains(verb) { return false }
        return hello.offers("PIPELINING") || marks.joinedLate && !marks.helloWasAnswered
    }

    // MARK: Length

    /// The departures of the reading, but for a length that an extension allows: parameters lengthen MAIL and RCPT as each
    /// extension says (RFC 5321 §4.1.1.11), and credentials need what they need (RFC 4954 §4).
    private func grammarDepartures(of reading: LineReading<Command>) -> [Departure] {
        let parameters = reading.lexemes.first { $0.kind == .parameter }?.range.lowerBound
        let isLengthened = reading.value.verb == .auth || parameters.map { $0 <= 510 } == true
        return isLengthened ? reading.departures.filter { $0.kind != .commandLineTooLong } : reading.departures
    }

    // MARK: Offer

    /// What the command uses and the server did not offer (RFC 5321 §2.2.1, §4.1.1.11).
    private func offerDepartures(of reading: LineReading<Command>) -> [Departure] {
        let command = reading.value
        var found = utf8Departures(of: command)
        if case .mechanism(let name, _) = command.argument, !marks.isSecured, !marks.isWrapped,
            ["PLAIN", "LOGIN", "XOAUTH2", "OAUTHBEARER"].contains(name.map(\.uppercased).lossyText)
        {
            found.append(Departure(.credentialInClear))
        }
        // Without an answer to EHLO nobody knows what is offered.
        guard !hello.domain.isEmpty else { return found }
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

    /// Servers of the 1990s offer `AUTH=LOGIN` for AUTH.
    private func offers(_ keyword: String) -> Bool {
        hello.offers(keyword) || keyword == "AUTH" && hello.offered.contains { $0.name.hasPrefix("AUTH=") }
    }

    /// RFC 6531 §3.4: octets above ASCII in MAIL or RCPT need the parameter on MAIL.
    private func utf8Departures(of command: Command) -> [Departure] {
        let isKnown = declaresUTF8 || marks.joinedLate && command.verb == .rcpt && reversePath == nil
        guard command.path?.mailbox?.needsSMTPUTF8 == true, !isKnown else { return [] }
        return [Departure(.utf8WithoutSMTPUTF8)]
    }

    // MARK: What a command tells

    private mutating func declare(_ command: Command) {
        let body = command.value(of: "BODY").map { $0.map(\.uppercased).lossyText }
        declaresUTF8 = command.parameters.contains { $0.name == "SMTPUTF8" }
        declaresEightBit = body == "8BITMIME" || body == "BINARYMIME" || declaresUTF8
    }

    private mutating func remember(_ command: Command, at place: Place, _ trace: inout Trace) {
        switch command.argument {
        case .domain(let name) where leg == .relay || trace.facts.clientDomain == nil: trace.facts.clientDomain = name
        case .path(let path) where command.turn == .mail:
            if leg == .relay || trace.facts.reversePath == nil { trace.facts.reversePath = path }
        case .path(let path): trace.rememberForwardPath(path)
        case .mechanism(let name, _):
            mechanism = name.isMechanismName ? name.map(\.uppercased).lossyText : ""
            contentPlace = place
        case .chunk(let size?, let last):
            contentPlace = place
            if size > 0 { mode = .chunk(remaining: size, last: last) } else if last { mail = nil }
        case .chunk, .none, .domain, .text: break
        }
    }
}

extension Collection<UInt8> {
    /// RFC 4422 §3.1: up to 20 capitals, digits, hyphens and underscores; verbs and mechanisms are read without case.
    fileprivate var isMechanismName: Bool {
        (1...20).contains(count)
            && allSatisfy {
                $0.isBase64 && $0 != UInt8(ascii: "+") && $0 != UInt8(ascii: "/")
                    && $0 != UInt8(ascii: "=") || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_")
            }
    }
}

extension ArraySlice<UInt8> {
    fileprivate var trimmingWhiteSpace: ArraySlice<UInt8> {
        let isSpace = { (octet: UInt8) in octet == 32 || octet == 9 }
        let start = drop(while: isSpace)
        return start.dropLast(start.reversed().prefix(while: isSpace).count)
    }
}

extension UInt8 {
    /// An octet of Base64, padding included (RFC 4648 §4).
    fileprivate var isBase64: Bool {
        switch self {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "+"), UInt8(ascii: "/"), UInt8(ascii: "="): true
        default: false
        }
    }
}
