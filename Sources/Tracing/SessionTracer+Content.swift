import SMTP

/// What the client sends that is no command: mail data, SASL responses, chunks.
extension SessionTracer {
    // MARK: Mail data

    mutating func beginMailData(_ trace: inout Trace) {
        if case .mailData = mode { return }
        mode = .mailData(MailDataReader(declaresEightBit: declaresEightBit))
        contentPlace = place
        mail = nil
    }

    /// The envelope is what was accepted, and what was asked for behind it and is not answered yet.
    private mutating func beginMail(at place: Place, _ trace: inout Trace) -> Int {
        var traced = TracedMail(leg: leg, transaction: place.transaction)
        traced.reversePath = reversePath
        traced.forwardPaths = forwardPaths
        for entry in pending.entries {
            if entry.turn == .mail {
                traced.reversePath = entry.context.path
                traced.forwardPaths = []
            } else if entry.turn == .rcpt, let path = entry.context.path {
                traced.forwardPaths.append(path)
            }
        }
        trace.mails.append(traced)
        return trace.mails.count - 1
    }

    mutating func mailData(_ piece: LineStream.Piece, early: Bool, _ trace: inout Trace) {
        guard case .mailData(var reader) = mode else { return }
        let line = piece.line
        if reader.isFirst {
            contentPlace = enter(.mailData)
            mail = beginMail(at: contentPlace, &trace)
        }
        var departures = piece.departures
        if early, reader.isFirst { departures.append(Departure(.dataBefore354)) }
        let endsLoosely = reader.endsLoosely(line)
        let (part, found) = reader.read(line)
        if !piece.isTorn { departures += found }
        // Which characters the octets of a body stand for its MIME fields say; only header fields must be UTF-8 (RFC 6532 §3.2).
        if part == .body { departures.removeAll { $0.kind == .invalidUTF8 } }
        if part != .end, leaveOut(piece, departures, &trace) {
            mode = .mailData(reader)
            looseEnd = nil
            return keep(piece, isStuffed: line.octets.first == UInt8(ascii: "."), &trace)
        }
        if part == .end { sayWhatIsLeftOut(&trace) }
        let index = append(piece, from: .client, .mailData(part), at: contentPlace, departures: departures, &trace)
        guard part != .end else { return endMailData(inLine: index, &trace) }
        mode = .mailData(reader)
        let isStuffed = line.octets.first == UInt8(ascii: ".")
        let octets = mail.map { trace.mails[$0].content.count } ?? 0
        looseEnd = endsLoosely ? LooseEnd(line: index, octets: octets, isStuffed: isStuffed) : nil
        keep(piece, isStuffed: isStuffed, &trace)
    }

    /// Mail data of which nothing was kept stands where mail data stands.
    mutating func beginMailDataThatIsMissing(_ trace: inout Trace) {
        guard case .mailData(let reader) = mode, reader.isFirst else { return }
        contentPlace = enter(.mailData)
        mail = beginMail(at: contentPlace, &trace)
    }

    /// Whether a line is one too many to be shown. What departs from the rules is shown all the same, up to a bound of its own.
    private func leaveOut(_ piece: LineStream.Piece, _ departures: [Departure], _ trace: inout Trace) -> Bool {
        guard let mail, trace.mails[mail].lineCount - trace.mails[mail].linesLeftOut >= TracedMail.mostLines else {
            return false
        }
        let isRemarkable = departures.contains { $0.kind == .endOfDataVariant }
        guard !isRemarkable || trace.mails[mail].lineCount > TracedMail.mostLines * 100 else { return false }
        trace.mails[mail].linesLeftOut += 1
        trace.mails[mail].lineOctetsLeftOut += piece.line.count
        return true
    }

    private mutating func sayWhatIsLeftOut(_ trace: inout Trace) {
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
        guard case .mailData(let reader) = mode, reader.isPlainBody, let mail, trace.mails[mail].octetsLeftOut > 0
        else {
            return false
        }
        let passed = client.passPlainLines()
        guard passed.lines > 0 else { return false }
        trace.mails[mail].lineCount += passed.lines
        trace.mails[mail].linesLeftOut += passed.lines
        trace.mails[mail].lineOctetsLeftOut += passed.octets
        trace.mails[mail].octetsLeftOut += passed.octets
        looseEnd = nil
        return true
    }

    mutating func restOfMailData(_ piece: LineStream.Piece, _ trace: inout Trace) {
        guard case .mailData(var reader) = mode else { return }
        let (part, departures) = reader.readRest(piece.line)
        mode = .mailData(reader)
        append(
            piece,
            from: .client,
            .mailData(part),
            at: contentPlace,
            departures: piece.departures + departures,
            &trace
        )
        keep(piece, isStuffed: false, &trace)
    }

    /// The mail data is over and waits for its answer, in LMTP for one from each recipient (RFC 2033 §4.2).
    mutating func endMailData(inLine index: Int, _ trace: inout Trace) {
        mode = .commands
        looseEnd = nil
        let answers = marks.isLMTP ? max(1, recipients.accepted) : 1
        for _ in 0..<answers {
            ask(Sent(turn: .mailData, verb: .data, line: index, place: contentPlace, mail: mail))
        }
        mail = nil
    }

    /// The server answered the mail data at a dot that only a lenient server takes for its end: so there it ended.
    mutating func endLoosely(_ trace: inout Trace) {
        guard case .mailData = mode, let looseEnd else { return }
        if let mail, trace.mails[mail].octetsLeftOut == 0 {
            trace.mails[mail].content.removeSubrange(looseEnd.octets...)
            trace.mails[mail].lineCount -= 1
            trace.mails[mail].stuffedLines -= looseEnd.isStuffed ? 1 : 0
        }
        endMailData(inLine: looseEnd.line, &trace)
    }

    /// Adds a line to the mail under way, up to the bound; what is beyond is counted.
    private func keep(_ piece: LineStream.Piece, isStuffed: Bool, _ trace: inout Trace) {
        guard let mail else { return }
        let octets = Secrets.masked(piece.line.octets, piece.secrets).octets
        if !piece.continuesLine { trace.mails[mail].lineCount += 1 }
        if isStuffed { trace.mails[mail].stuffedLines += 1 }
        let count = octets.count + piece.line.ending.octets.count
        guard trace.mails[mail].content.count + count <= TracedMail.mostOctets else {
            trace.mails[mail].octetsLeftOut += count
            return
        }
        trace.mails[mail].content += octets.dropFirst(isStuffed ? 1 : 0)
        trace.mails[mail].content += piece.line.ending.octets
    }

    // MARK: Chunks

    /// The mail a chunk adds to: the one under way, or a new one.
    mutating func mailOfChunk(at place: Place, _ trace: inout Trace) -> Int {
        let index = mail ?? beginMail(at: place, &trace)
        mail = index
        return index
    }

    /// Octets of a BDAT chunk: counted, not searched for a dot (RFC 3030 §2). Gives whether there may be more to read.
    mutating func chunk(remaining: UInt64, last: Bool, _ trace: inout Trace) -> Bool {
        guard let piece = client.nextChunkPiece(remaining: remaining) else { return false }
        append(piece, from: .client, .chunk, at: contentPlace, departures: [], &trace)
        keep(piece, isStuffed: false, &trace)
        let rest = remaining - UInt64(piece.line.count)
        mode = rest > 0 ? .chunk(remaining: rest, last: last) : .commands
        if rest == 0, last { mail = nil }
        return true
    }

    /// The connection ended inside a chunk.
    mutating func brokenOffChunk(_ piece: LineStream.Piece, _ trace: inout Trace) {
        let departures = piece.isCut ? [] : [Departure(.unfinishedLine)]
        append(piece, from: .client, .chunk, at: contentPlace, departures: departures, &trace)
        keep(piece, isStuffed: false, &trace)
        guard case .chunk(let remaining, let last) = mode else { return }
        mode = .chunk(remaining: remaining - min(remaining, UInt64(piece.line.count)), last: last)
    }

    // MARK: SASL

    mutating func saslResponse(_ piece: LineStream.Piece, _ mechanism: String, early: Bool, _ trace: inout Trace) {
        // A lone asterisk cancels the exchange (RFC 4954 §4); everything else is a credential.
        let octets = piece.line.octets
        let isOpen = octets.isEmpty || octets == [UInt8(ascii: "*")]
        let index = append(
            piece,
            from: .client,
            .saslResponse(mechanism: mechanism),
            at: contentPlace,
            secrets: isOpen ? [] : [0..<octets.count],
            departures: piece.departures + (early ? [Departure(.commandBeforeReply)] : []),
            &trace
        )
        mode = .commands
        marks.isNearCredential = true
        marks.isInCredential = true
        ask(Sent(turn: .saslResponse, verb: .auth, line: index, place: contentPlace))
    }
}
