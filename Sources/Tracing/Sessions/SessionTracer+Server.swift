import SMTP

/// What the server sends: replies, each matched to the turn it answers.
extension SessionTracer {
    mutating func reply(_ answer: Utterance.Answer, _ said: Utterance, _ trace: inout Trace) {
        let (piece, octets) = (said.piece, said.octets)
        if answer.isFirst {
            noteEarlyCommands(answer, &trace)
            let sent = match(answer, &trace)
            answering = sent?.placed(at: enterAnswer(to: sent))
        }
        let turn = answering?.turn
        let expectsEnhanced = expectsEnhanced(turn)
        let reading = ReplyLine.judged(octets, expectsEnhanced: expectsEnhanced)
        if answer.to?.turn == .greeting, answer.isFirst, answer.code == 220,
            leg == .relay || trace.facts.names.server == nil
        {
            trace.facts.names.server = Array(reading.value.text.prefix { $0 != 32 && $0 != 9 })
        }
        let context = TraceLine.ReplyContext(
            turn: turn,
            verb: answering?.verb,
            isFirst: answer.isFirst,
            expectsEnhanced: expectsEnhanced,
            answers: answering?.line,
            recipient: answer.to?.recipient.flatMap { acceptedLines[$0] }
        )
        let found =
            answer.isForeign || piece.isTorn ? [] : replyDepartures(reading.value, context, answer, whole: octets)
        // That it is no SMTP says it all: every line would break most of the rules.
        let delay = waits.take(turn).map { [$0] } ?? []
        let departures =
            answer.isForeign
            ? found + foreignDepartures(answer)
            : piece.departures + (piece.isTorn ? [] : grammarDepartures(of: reading, context)) + found + delay
        let isInClear = reader.speaksTLSToCommands || answer.phase == .connected && !reader.isSecured
        if isInClear, let line = marks.wrappedLine {
            trace.find(Departure(.tlsInsteadOfCommand), inLine: line)
        }
        append(said, .reply(context), at: answering?.place ?? place, departures: departures, &trace)
        // A line without a code in the middle of a reply does not end it.
        if reading.value.code == nil, !answer.isFirst { return }
        guard let reply = assembler.append(reading.value) else { return }
        let answered = answering
        answering = nil
        conclude(reply, answered, &trace)
    }

    // MARK: Matching

    /// What a reply answers, with the place it stands at; nil when it answers nothing.
    private mutating func match(_ answer: Utterance.Answer, _ trace: inout Trace) -> Sent? {
        // What went on behind a gap is another reply.
        assembler = ReplyAssembler()
        if let end = answer.endOfMailData { endLoosely(end, &trace) }
        if answer.isSecondTry, let mistaken {
            trace.takeBackFailure(mistaken.place)
            return mistaken
        }
        for id in answer.skipped {
            if let line = sent.removeValue(forKey: id)?.line { trace.find(Departure(.commandUnanswered), inLine: line) }
        }
        guard let answered = answer.to else { return nil }
        guard let id = answered.id else {
            return Sent(
                turn: answered.turn,
                verb: answered.verb,
                place: answered.beginsStep ? enter(answered.turn) : place
            )
        }
        // Lines of a mail that the server reads as commands have no turn of their own.
        let elsewhere = answered.turn == .unknown ? contentPlace : place
        var found = sent[id] ?? Sent(turn: answered.turn, verb: answered.verb, place: elsewhere)
        if found.turn != answered.turn {
            // A mail that was sent before DATA was refused: each of its lines is answered as a command.
            found = Sent(turn: answered.turn, verb: nil, line: found.line, place: found.place)
        } else if answered.recipient == nil, !answered.opensRepliesOfEach(answer.code) {
            sent[id] = nil
        }
        found.recipient = answered.recipient
        return found
    }

    /// The greeting has come, also where the session looked as if it was joined late: what was said before it was said too early.
    private mutating func noteEarlyCommands(_ answer: Utterance.Answer, _ trace: inout Trace) {
        if answer.isLateGreeting { marks.ungreeted += reader.waiting.compactMap { sent[$0]?.line } }
        if answer.to?.turn == .greeting {
            for line in marks.ungreeted { trace.find(Departure(.commandBeforeGreeting), inLine: line) }
        }
        marks.ungreeted = []
    }

    /// Whether a reply to this turn should carry an enhanced status code: everything but the greeting and the answer to
    /// EHLO, once it was offered (RFC 2034 §4).
    private func expectsEnhanced(_ turn: CommandSequence.Turn?) -> Bool {
        guard let turn, offersStatusCodes else { return false }
        return turn != .greeting && turn != .hello
    }

    // MARK: Departures

    /// The departures of the reading, but for what the grammar allows here: the text of a reply may end in a space, only a
    /// line of the offer may not (RFC 5321 §4.2, §4.1.1.1), and a challenge is as long as it must be (RFC 4954 §4).
    private func grammarDepartures(
        of reading: Reading<ReplyLine>,
        _ context: TraceLine.ReplyContext
    ) -> [Departure] {
        reading.departures.filter { departure in
            switch departure.kind {
            case .trailingSpace: context.turn == .hello && !context.isFirst && !reader.lacks(.server)
            case .replyLineTooLong: reading.value.code != 334
            default: true
            }
        }
    }

    private mutating func replyDepartures(
        _ line: ReplyLine,
        _ context: TraceLine.ReplyContext,
        _ answer: Utterance.Answer,
        whole: [UInt8]
    ) -> [Departure] {
        if answer.phase == .securing { return [Departure(.octetsAfterSTARTTLS)] }
        var found: [Departure] = []
        if line.code != nil, assembler.changesCode(line) { found.append(Departure(.replyCodeChanges)) }
        if let code = line.code, (200...559).contains(code), code / 10 % 10 <= 5, !ReplyCode.isListed(code) {
            found.append(Departure(.replyNotDefined))
        }
        if let turn = context.turn, context.isFirst, !turn.mayBeAnswered(code: line.code) {
            found.append(Departure(.unexpectedIntermediateReply))
        }
        if context.turn == nil, line.code != 421, reader.seesClient { found.append(Departure(.replyWithoutCommand)) }
        if context.turn == .greeting, context.isFirst { found += greetingDepartures(line) }
        if context.turn == .hello, !context.isFirst, line.code.map({ $0 / 100 == 2 }) == true, context.verb != .helo {
            let keyword = line.text.prefix { $0 != 32 && $0 != 9 }
            let isKnownOddity = Extension.named(keyword) != nil
            let isGood =
                keyword.first.map { $0.isLetterOrDigit } == true
                && keyword.allSatisfy { $0.isLetterOrDigit || $0 == 45 }
            found += offerOfTLSDepartures(keyword)
            // A line of the code alone is another finding already, and where lines are lost it may stand for one.
            let isStandIn = line.text.isEmpty && reader.lacks(.server)
            if !isGood, !isKnownOddity, whole.count > 3, !isStandIn { found.append(Departure(.malformedKeyword)) }
        }
        return found
    }

    private func greetingDepartures(_ line: ReplyLine) -> [Departure] {
        let name = line.text.prefix { $0 != 32 && $0 != 9 }
        guard line.code == 220, AddressLiteral.read(Array(name)) == nil, !Domain.isFullyQualified(name) else {
            return []
        }
        return [Departure(Domain.isDomain(name) ? .domainNotFullyQualified : .greetingWithoutDomain)]
    }

    /// What came instead of a greeting is another protocol's.
    private func foreignDepartures(_ answer: Utterance.Answer) -> [Departure] {
        answer.isFirst && answer.to?.turn == .greeting ? [Departure(.notSMTP)] : []
    }

    // MARK: Consequences

    /// The reply is complete: the session moves on.
    private mutating func conclude(_ reply: Reply, _ answered: Sent?, _ trace: inout Trace) {
        mistaken = reply.code == nil ? answered : nil
        if reply.code == 421 { marks.said421 = true }
        let isRefusal = reply.severity != .positive && reply.severity != .intermediate
        if isRefusal, answered != nil || reply.code == 421 { trace.fail(answered?.place ?? place) }
        guard let answered else { return }
        // The server took it for the response that it waited for, and could make nothing of it (RFC 4954 §4).
        if answered.isBehindChallenge, let line = answered.line, reply.code.map(Self.failsResponse) == true {
            trace.find(Departure(.outOfSequence), inLine: line)
        }
        let isPositive = reply.severity == .positive
        switch answered.turn {
        case .greeting:
            marks.said521 = reply.code == 521
            greeted(reply, &trace)
        case .hello: helloAnswered(reply, answered, &trace)
        case .mail:
            guard isPositive else { break }
            (recipients, reversePath, forwardPaths, acceptedLines) = (Recipients(), answered.path, [], [:])
        case .rcpt:
            recipients.accepted += isPositive ? 1 : 0
            recipients.refused += isPositive ? 0 : 1
            if isPositive, let path = answered.path { forwardPaths.append(path) }
            if isPositive, let id = answered.id { acceptedLines[id] = answered.line }
        case .data: dataAnswered(reply, &trace)
        case .mailData, .lastChunk, .chunk: contentAnswered(reply, answered, &trace)
        case .auth, .saslResponse: challenged(reply, &trace)
        case .startTLS where isRefusal: refusedTLS(&trace)
        // 421 says in other words that the session ends (RFC 5321 §3.8).
        case .quit where isRefusal && reply.code != 421:
            trace.find(Departure(.quitRefused), inLine: trace.lines.count - 1)
        case .rset, .anytime, .startTLS, .handshake, .quit, .turnAround, .unknown: break
        }
    }

    private func greeted(_ reply: Reply, _ trace: inout Trace) {
        guard let text = reply.lines.first?.text else { return }
        let domain = reply.code == 220 ? Array(text.prefix { $0 != 32 && $0 != 9 }) : nil
        let first = max(0, trace.lines.count - reply.lines.count)
        trace.facts.greetings.set(text, from: first)
        trace.facts.serverDomains.set(domain, from: first)
        guard leg == .relay || trace.facts.greeting == nil else { return }
        (trace.facts.greeting, trace.facts.serverDomain) = (text, domain)
    }

    private mutating func helloAnswered(_ reply: Reply, _ answered: Sent, _ trace: inout Trace) {
        guard reply.severity == .positive else { return }
        hello = answered.verb == .helo ? Hello(Reply(lines: Array(reply.lines.prefix(1)))) : Hello(reply)
        if leg == .relay || trace.facts.hello.domain.isEmpty { trace.facts.hello = hello }
        compareHellos(&trace)
    }

    /// DATA was refused: a mail that was sent without waiting for that was refused with it.
    private mutating func dataAnswered(_ reply: Reply, _ trace: inout Trace) {
        guard reply.severity == .transientFailure || reply.severity == .permanentFailure else { return }
        let waiting = sent.values.first { $0.turn == .mailData }
        guard content != nil || waiting != nil else { return }
        if let index = waiting?.mail ?? mail { Self.answer(index, reply, &trace) }
        (mail, content, looseEnd) = (nil, nil, nil)
    }

    private mutating func contentAnswered(_ reply: Reply, _ answered: Sent, _ trace: inout Trace) {
        // What follows decides: a reply for each recipient, and for the mail the one for all (draft-hall-prdr).
        if answered.turn == .mailData, reply.code == 353 {
            if let id = answered.id { sent[id]?.isAnsweredEach = true }
            return
        }
        if answered.isAnsweredEach, answered.recipient != nil { return }
        let isRefused = reply.severity != .positive
        guard answered.turn != .chunk || isRefused else { return }
        if let index = answered.mail, trace.mails[index].code == nil { Self.answer(index, reply, &trace) }
        // The transaction is over: the next chunk, if one comes, belongs to another mail.
        if mail == answered.mail { mail = nil }
        if !isRefused, let text = reply.lines.last?.text { trace.facts.acceptance = text }
    }

    /// What became of a mail is known.
    private static func answer(_ mail: Int, _ reply: Reply, _ trace: inout Trace) {
        trace.mails[mail].code = reply.code
        trace.mails[mail].answer = words(of: reply)
        trace.mails.putAway(mail)
    }

    /// What the last line of a reply says behind its code.
    private static func words(of reply: Reply) -> [UInt8] {
        guard let line = reply.lines.last else { return [] }
        return Array((line.enhanced.map { "\($0) " } ?? "").utf8) + line.text
    }

    /// The codes that a server has for a response it cannot use, or for one that comes when it waits for no command
    /// (RFC 4954 §4, §6, RFC 5321 §4.2.4).
    private static func failsResponse(_ code: UInt16) -> Bool { [500, 501, 502, 503, 535].contains(code) }

    private mutating func challenged(_ reply: Reply, _ trace: inout Trace) {
        if reply.severity == .positive {
            marks.isAuthenticated = true
            noteCredential(&trace)
        }
    }
}

extension Utterance.Answered {
    /// Whether a reply with this code says that one for each recipient follows.
    fileprivate func opensRepliesOfEach(_ code: UInt16?) -> Bool { turn == .mailData && code == 353 }
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
