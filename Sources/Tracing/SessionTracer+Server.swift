import SMTP

/// What the server sends: replies, each matched to the turn it answers.
extension SessionTracer {
    mutating func server(_ piece: LineStream.Piece, _ trace: inout Trace) {
        let octets = piece.line.octets
        let isFirst = assembler.pending.isEmpty
        let code = ReplyLine.read(octets).value.code
        if isFirst {
            let sent = match(code, &trace)
            answering = sent?.placed(at: enterAnswer(to: sent))
        }
        let turn = answering?.turn
        let reading = ReplyLine.read(octets, expectsEnhanced: expectsEnhanced(turn))
        let context = TraceLine.ReplyContext(
            turn: turn,
            verb: answering?.verb,
            isFirst: isFirst,
            expectsEnhanced: expectsEnhanced(turn)
        )
        let found = marks.isForeign || piece.isTorn ? [] : replyDepartures(reading.value, context, whole: octets)
        // That it is no SMTP says it all: every line would break most of the rules.
        let departures =
            marks.isForeign
            ? found : piece.departures + (piece.isTorn ? [] : grammarDepartures(of: reading, context)) + found
        if marks.isWrapped, let line = marks.wrappedLine { trace.find(Departure(.notSMTP), inLine: line) }
        append(
            piece,
            from: .server,
            .reply(context),
            at: answering?.place ?? place,
            departures: departures,
            &trace
        )
        // A line without a code in the middle of a reply does not end it.
        if reading.value.code == nil, !isFirst { return }
        guard let reply = assembler.append(reading.value) else { return }
        let answered = answering
        answering = nil
        conclude(reply, answered, &trace)
    }

    // MARK: Matching

    /// Finds what a reply answers when its first line comes; nil when it answers nothing.
    private mutating func match(_ code: UInt16?, _ trace: inout Trace) -> Sent? {
        let severity = (code ?? 0) / 100
        if pending.isEmpty, code != nil, let mistaken {
            // A line without a code took the place of this answer.
            trace.failed.remove(mistaken.place)
            return mistaken
        }
        if pending.isEmpty, looseEnd != nil, code != 421, [2, 4, 5].contains(severity) { endLoosely(&trace) }
        if pending.isEmpty, marks.lost.contains(.client), let sent = lostTurn(code, &trace) { return sent }
        if marks.joinedLate, code == 220, !marks.helloWasAnswered, isFirstAnswer { return greetingAfterAll(&trace) }
        // A client that spoke first and is answered as by a server that greeted: the greeting was not recorded.
        if pending.first?.turn == .greeting, pending.count > 1, code != 220, (2...3).contains(severity) {
            takeGreeting()
            advance(.greeting, code: 220)
        }
        let (sent, skipped) = takeAnswered(code: code)
        for skipped in skipped {
            if let line = skipped.line { trace.find(Departure(.commandUnanswered), inLine: line) }
            advance(.data, code: 354)
        }
        return sent
    }

    /// Whether nothing of what the client sent has been answered, and 220 is no answer to the first of it.
    private var isFirstAnswer: Bool {
        guard let first = pending.first, !marks.hasAnswered else { return false }
        return first.turn != .startTLS && first.verb != .xclient && first.turn != .auth
    }

    /// The session looked as if it was joined late, but its greeting came: the client spoke too early.
    private mutating func greetingAfterAll(_ trace: inout Trace) -> Sent {
        marks.joinedLate = false
        sequence = CommandSequence()
        for entry in pending.entries {
            if let line = entry.context.line { trace.find(Departure(.commandBeforeGreeting), inLine: line) }
        }
        return Sent(turn: .greeting, place: place)
    }

    /// Whether a reply to this turn should carry an enhanced status code: everything but the greeting and the answer to
    /// EHLO, once it was offered (RFC 2034 §4).
    private func expectsEnhanced(_ turn: CommandSequence.Turn?) -> Bool {
        guard let turn, hello.offers("ENHANCEDSTATUSCODES") else { return false }
        return turn != .greeting && turn != .hello
    }

    // MARK: Departures

    /// The departures of the reading, but for what the grammar allows here: the text of a reply may end in a space, only a
    /// line of the offer may not (RFC 5321 §4.2, §4.1.1.1), and a challenge is as long as it must be (RFC 4954 §4).
    private func grammarDepartures(
        of reading: LineReading<ReplyLine>,
        _ context: TraceLine.ReplyContext
    ) -> [Departure] {
        reading.departures.filter { departure in
            switch departure.kind {
            case .trailingSpace: context.turn == .hello && !context.isFirst
            case .replyLineTooLong: reading.value.code != 334
            default: true
            }
        }
    }

    private mutating func replyDepartures(
        _ line: ReplyLine,
        _ context: TraceLine.ReplyContext,
        whole: [UInt8]
    ) -> [Departure] {
        if sequence.phase == .securing { return [Departure(.octetsAfterSTARTTLS)] }
        var found: [Departure] = []
        if line.code != nil, assembler.changesCode(line) { found.append(Departure(.replyCodeChanges)) }
        if let code = line.code, (200...559).contains(code), code / 10 % 10 <= 5, !ReplyCode.isListed(code) {
            found.append(Departure(.replyNotDefined))
        }
        if context.turn == nil, line.code != 421, seesClient { found.append(Departure(.replyWithoutCommand)) }
        if context.turn == .greeting, context.isFirst { found += greetingDepartures(line, whole) }
        if context.turn == .hello, !context.isFirst, line.code.map({ $0 / 100 == 2 }) == true, context.verb != .helo {
            let keyword = line.text.prefix { $0 != 32 && $0 != 9 }
            let isKnownOddity = Extension.named(keyword) != nil
            let isGood =
                keyword.first.map { $0.isLetterOrDigit } == true
                && keyword.allSatisfy { $0.isLetterOrDigit || $0 == 45 }
            found += offerOfTLSDepartures(keyword)
            // A line of the code alone is another finding already.
            if !isGood, !isKnownOddity, whole.count > 3 { found.append(Departure(.malformedKeyword)) }
        }
        return found
    }

    /// Whether a reply without a command is the server's doing: not when only its side was kept, and not when the client
    /// spoke TLS, which to the server were lines.
    private var seesClient: Bool {
        marks.lost.isEmpty && (connection != .unseen || !client.isUntouched) && !marks.isWrapped
    }

    private mutating func greetingDepartures(_ line: ReplyLine, _ whole: [UInt8]) -> [Departure] {
        if Self.looksForeign(whole) {
            marks.isForeign = true
            return [Departure(.notSMTP)]
        }
        let name = line.text.prefix { $0 != 32 && $0 != 9 }
        guard line.code == 220, AddressLiteral.read(Array(name)) == nil, !Domain.isFullyQualified(name) else {
            return []
        }
        return [Departure(Domain.isDomain(name) ? .domainNotFullyQualified : .greetingWithoutDomain)]
    }

    /// Whether what came instead of a greeting is another protocol's.
    private static func looksForeign(_ octets: [UInt8]) -> Bool {
        if octets.first == 0x16 || octets.first == 0x15 { return true }
        return ["HTTP/", "SSH-", "* OK", "* BYE", "+OK", "-ERR", "<html", "<!DOC"].contains {
            octets.starts(with: $0.utf8)
        }
    }

    // MARK: Consequences

    /// The reply is complete: the session moves on.
    private mutating func conclude(_ reply: Reply, _ answered: Sent?, _ trace: inout Trace) {
        mistaken = reply.code == nil ? answered : nil
        marks.hasAnswered = true
        if reply.code == 421 { marks.said421 = true }
        let isRefusal = reply.severity != .positive && reply.severity != .intermediate
        if isRefusal, answered != nil || reply.code == 421 { trace.failed.insert(answered?.place ?? place) }
        guard let answered else { return }
        let isRepeated = answered.turn == .mailData && sequence.phase != .mailData && marks.isLMTP
        if !isRepeated { advance(answered.turn, code: reply.code) }
        let isPositive = reply.severity == .positive
        switch answered.turn {
        case .greeting:
            marks.said521 = reply.code == 521
            greeted(reply, &trace)
        case .hello: helloAnswered(reply, answered, &trace)
        case .mail:
            guard isPositive else { break }
            (recipients, reversePath, forwardPaths) = (Recipients(), answered.path, [])
        case .rcpt:
            recipients.accepted += isPositive ? 1 : 0
            recipients.refused += isPositive ? 0 : 1
            if isPositive, let path = answered.path { forwardPaths.append(path) }
        case .data: dataAnswered(reply, &trace)
        case .mailData, .lastChunk, .chunk: contentAnswered(reply, answered, &trace)
        case .auth, .saslResponse: challenged(reply)
        case .startTLS where isRefusal: refusedTLS(&trace)
        case .rset, .anytime, .startTLS, .handshake, .quit, .turnAround, .unknown: break
        }
    }

    private func greeted(_ reply: Reply, _ trace: inout Trace) {
        guard let text = reply.lines.first?.text, leg == .relay || trace.facts.greeting == nil else { return }
        trace.facts.greeting = text
        trace.facts.serverDomain = reply.code == 220 ? Array(text.prefix { $0 != 32 && $0 != 9 }) : nil
    }

    private mutating func helloAnswered(_ reply: Reply, _ answered: Sent, _ trace: inout Trace) {
        guard reply.severity == .positive else { return }
        marks.helloWasAnswered = true
        marks.isLMTP = answered.verb == .lhlo
        hello = answered.verb == .helo ? Hello(Reply(lines: Array(reply.lines.prefix(1)))) : Hello(reply)
        if leg == .relay || trace.facts.hello.domain.isEmpty { trace.facts.hello = hello }
        compareHellos(&trace)
    }

    private mutating func dataAnswered(_ reply: Reply, _ trace: inout Trace) {
        switch reply.severity {
        // The mail data may have been sent already, without waiting for this.
        case .intermediate: if pending.first?.turn != .mailData { beginMailData(&trace) }
        // The server reads what follows as commands, so that is what it is.
        case .transientFailure, .permanentFailure:
            guard case .mailData = mode else { return }
            if let mail { (trace.mails[mail].code, trace.mails[mail].answer) = (reply.code, Self.words(of: reply)) }
            (mode, mail, looseEnd) = (.commands, nil, nil)
        case .positive, nil: break
        }
    }

    private mutating func contentAnswered(_ reply: Reply, _ answered: Sent, _ trace: inout Trace) {
        let isRefused = reply.severity != .positive
        guard answered.turn != .chunk || isRefused else { return }
        if let index = answered.mail, trace.mails[index].code == nil {
            (trace.mails[index].code, trace.mails[index].answer) = (reply.code, Self.words(of: reply))
        }
        // The transaction is over: the next chunk, if one comes, belongs to another mail.
        if mail == answered.mail { mail = nil }
        if !isRefused, let text = reply.lines.last?.text { trace.facts.acceptance = text }
    }

    /// What the last line of a reply says behind its code.
    private static func words(of reply: Reply) -> [UInt8] {
        guard let line = reply.lines.last else { return [] }
        return Array((line.enhanced.map { "\($0) " } ?? "").utf8) + line.text
    }

    private mutating func challenged(_ reply: Reply) {
        if reply.severity == .positive { marks.isAuthenticated = true }
        if reply.code == 334, pending.isEmpty {
            mode = .saslResponse(mechanism: mechanism)
        } else if case .saslResponse = mode {
            mode = .commands
        }
    }
}

extension SessionTracer.Sent {
    fileprivate func placed(at place: Place) -> Self {
        var placed = self
        placed.place = place
        return placed
    }
}

extension UInt8 {
    fileprivate var isLetterOrDigit: Bool {
        (0x30...0x39).contains(self) || (0x41...0x5A).contains(self) || (0x61...0x7A).contains(self)
    }
}
