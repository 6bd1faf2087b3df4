import SMTP

/// What the client sends that is no command: mail data, SASL responses, chunks.
extension SessionTracer {
    // MARK: Mail data

    /// The envelope is what was accepted, and what was asked for behind it and is not answered yet.
    private mutating func beginMail(at place: Place, _ trace: inout Trace) -> Int {
        var traced = TracedMail(leg: leg, transaction: place.transaction)
        traced.reversePath = reversePath
        traced.forwardPaths = forwardPaths
        for entry in reader.waiting.compactMap({ sent[$0] }) {
            if entry.turn == .mail {
                traced.reversePath = entry.path
                traced.forwardPaths = []
            } else if entry.turn == .rcpt, let path = entry.path {
                traced.forwardPaths.append(path)
            }
        }
        return trace.begin(traced)
    }

    mutating func mailData(_ told: Utterance.Content, _ said: Utterance, _ trace: inout Trace) {
        let (piece, line) = (said.piece, said.piece.line)
        let isFirst = !isInContent
        if isFirst { beginContent(&trace) }
        var departures = piece.departures
        if told.isEarly, isFirst { departures.append(Departure(.dataBefore354)) }
        let (part, found) = readContent(line, isEnd: told.ends != nil)
        if !piece.isTorn { departures += found }
        // Which characters the octets of a body stand for its MIME fields say; only header fields must be UTF-8 (RFC 6532 §3.2).
        if part.isOfBody { departures.removeAll { $0.kind == .invalidUTF8 } }
        let isStuffed = line.octets.first == DotStuffing.dotOctet
        if part != .end, leaveOut(said, departures, &trace) {
            looseEnd = nil
            return keep(said, isStuffed: isStuffed, &trace)
        }
        if part == .end { sayWhatIsLeftOut(&trace) }
        let index = append(said, .mailData(part), at: contentPlace, departures: departures, &trace)
        if let mail { trace.mails[mail].lastShown = index }
        if let asked = told.ends { return endMailData(asked, inLine: index) }
        looseEnd = nil
        if told.resemblesEnd {
            let octets = mail.map { trace.mails[$0].content.count } ?? 0
            looseEnd = LooseEnd(line: index, octets: octets, isStuffed: isStuffed)
        }
        keep(said, isStuffed: isStuffed, &trace)
    }

    private mutating func readContent(_ line: WireLine, isEnd: Bool) -> (TraceLine.MailDataPart, [Departure]) {
        if !isInContent { content = MailDataReader(declaresEightBit: declaresEightBit) }
        // In its place: what is known of all parts is not copied for each line.
        return content?.read(line, isEnd: isEnd) ?? (.body, [])
    }

    /// Whether mail data is under way; to compare it with nothing would copy it.
    private var isInContent: Bool {
        switch content {
        case .some: true
        case .none: false
        }
    }

    /// Mail data stands where mail data stands, also when nothing of it was kept.
    mutating func beginContent(_ trace: inout Trace) {
        guard !isInContent else { return }
        content = MailDataReader(declaresEightBit: declaresEightBit)
        contentPlace = enter(.mailData)
        mail = beginMail(at: contentPlace, &trace)
    }

    /// Mail that the client sends although DATA was refused: it is no command, and no mail either.
    mutating func strayMailData(isFirst: Bool, id: TurnID, _ said: Utterance, _ trace: inout Trace) {
        if isFirst { (content, contentPlace) = (nil, enter(.mailData)) }
        let isEnd = said.octets == [DotStuffing.dotOctet]
        let (part, _) = readContent(said.piece.line, isEnd: isEnd)
        let departures = said.piece.departures + (isFirst ? [Departure(.dataWithout354)] : [])
        append(said, .mailData(part), at: contentPlace, departures: departures, &trace)
        sent[id] = Sent(turn: .unknown, id: id, place: contentPlace)
        if isEnd { content = nil }
    }

    /// Whether a line is one too many to be shown. What departs from the rules is shown all the same, up to a bound of its own.
    private func leaveOut(_ said: Utterance, _ departures: [Departure], _ trace: inout Trace) -> Bool {
        guard let mail, trace.mails.linesShown(of: mail) >= TracedMail.maxLines else { return false }
        let isRemarkable = departures.contains { $0.kind == .endOfDataVariant }
        guard !isRemarkable || trace.mails[mail].lineCount > TracedMail.maxLines * 100 else { return false }
        trace.mails[mail].linesLeftOut += 1
        trace.mails[mail].lineOctetsLeftOut += said.piece.line.count
        trace.mails[mail].leaveUnshown(said.piece.line.count)
        return true
    }

    mutating func sayWhatIsLeftOut(_ trace: inout Trace) {
        guard let mail, trace.mails[mail].linesLeftOut > 0 else { return }
        let (lines, octets) = (trace.mails[mail].linesLeftOut, trace.mails[mail].lineOctetsLeftOut)
        appendEvent(
            "\(lines) more lines of mail data, \(octets) octets, are not shown one by one",
            "syntax/note",
            &trace
        )
    }

    /// Passes over lines of a body that is longer than anybody reads; gives whether there were any.
    mutating func passBody(_ trace: inout Trace) -> Bool {
        guard let mail, trace.mails.isFull(mail), content?.isPlainBody == true else { return false }
        let passed = reader.passPlainMailData()
        guard passed.lines > 0 else { return false }
        trace.mails[mail].lineCount += passed.lines
        trace.mails[mail].linesLeftOut += passed.lines
        trace.mails[mail].lineOctetsLeftOut += passed.octets
        trace.mails[mail].leaveUnshown(passed.octets)
        trace.mails[mail].octetsLeftOut += passed.octets
        looseEnd = nil
        return true
    }

    mutating func restOfMailData(_ said: Utterance, _ trace: inout Trace) {
        var reader = content ?? MailDataReader(declaresEightBit: declaresEightBit)
        let (part, departures) = reader.readRest(said.piece.line)
        content = reader
        if let mail { trace.mails[mail].leaveUnshown(said.piece.leftOut) }
        let index = append(
            said,
            .mailData(part),
            at: contentPlace,
            departures: said.piece.departures + departures,
            &trace
        )
        if let mail { trace.mails[mail].lastShown = index }
        keep(said, isStuffed: false, &trace)
    }

    /// The mail data is over and waits for its answer, in LMTP for one from each recipient (RFC 2033 §4.2).
    private mutating func endMailData(_ asked: [TurnID], inLine index: Int) {
        for id in asked {
            sent[id] = Sent(turn: .mailData, id: id, verb: .data, line: index, place: contentPlace, mail: mail)
        }
        (mail, content, looseEnd) = (nil, nil, nil)
    }

    /// The server answered the mail data although its end did not come: at a dot that only a lenient server takes for the end,
    /// or because the end was lost.
    mutating func endLoosely(_ end: Utterance.LooseEnd, _ trace: inout Trace) {
        guard end.isAtDot, let looseEnd else { return endMailData(end.asked, inLine: lastWireLine ?? 0) }
        if let mail, trace.mails[mail].octetsLeftOut == 0 {
            trace.mails[mail].content.removeSubrange(looseEnd.octets...)
            trace.mails[mail].lineCount -= 1
            trace.mails[mail].stuffedLines -= looseEnd.isStuffed ? 1 : 0
        }
        endMailData(end.asked, inLine: looseEnd.line)
    }

    /// Adds a line to the mail under way, up to the bound; what is beyond is counted.
    private func keep(_ said: Utterance, isStuffed: Bool, _ trace: inout Trace) {
        guard let mail else { return }
        let piece = said.piece
        let octets = Mask.over(piece.line.octets, said.credentials).octets
        trace.mails[mail].keep(
            octets,
            piece.line.ending,
            continuesLine: piece.continuesLine,
            isStuffed: isStuffed,
            leftOut: piece.leftOut,
            most: trace.maxContent
        )
    }

    // MARK: Chunks

    /// The mail a chunk adds to: the one under way, or a new one.
    mutating func mailOfChunk(at place: Place, _ trace: inout Trace) -> Int {
        let index = mail ?? beginMail(at: place, &trace)
        mail = index
        return index
    }

    /// Octets of a BDAT chunk (RFC 3030 §2).
    mutating func chunk(endsLast: Bool, _ said: Utterance, _ trace: inout Trace) {
        let isBrokenOff = said.piece.isTorn && reader.mode != .commands && reader.client.isEmpty && isFlushing
        let departures = isBrokenOff && !said.piece.isCut ? [Departure(.unfinishedLine)] : []
        append(said, .chunk, at: contentPlace, departures: departures, &trace)
        keep(said, isStuffed: false, &trace)
        if endsLast { mail = nil }
    }

    /// Content that stands outside of its chunk: BDAT has one finding, with the difference.
    mutating func strayChunk(_ stray: Utterance.StrayChunk, _ said: Utterance, _ trace: inout Trace) {
        append(said, .chunk, at: contentPlace, departures: [], &trace)
        sent[stray.id] = Sent(turn: .unknown, id: stray.id, place: contentPlace)
        if let chunkLine { trace.findAnew(Departure(.chunkSizeWrong, difference: stray.difference), inLine: chunkLine) }
    }

    // MARK: SASL

    mutating func saslResponse(_ response: Utterance.Response, _ said: Utterance, _ trace: inout Trace) {
        contentPlace = enter(.saslResponse)
        let index = append(
            said,
            .saslResponse(mechanism: mechanism),
            at: contentPlace,
            departures: said.piece.departures + (response.isEarly ? [Departure(.commandBeforeReply)] : []),
            &trace
        )
        if !said.credentials.isEmpty { noteCredential(&trace) }
        if let id = response.id {
            sent[id] = Sent(turn: .saslResponse, id: id, verb: .auth, line: index, place: contentPlace)
        }
    }
}
