import SMTP

/// Octets that went by and were not kept: what is known to be missing, and how the session is found again behind it.
///
/// Whatever stands behind a gap is judged more kindly: an answer to nothing may answer what is missing, and a command out of
/// order may be in order.
extension SessionTracer {
    mutating func gap(_ count: Int?, from side: Side, _ trace: inout Trace) {
        flush(&trace, [side], isCut: true)
        if side == .client { beginMailDataThatIsMissing(&trace) }
        let octets = count.map { $0 == 1 ? "1 octet" : "\($0) octets" } ?? "unknown length"
        appendEvent("gap of \(octets) from the \(side.rawValue): the recording lacks them", "link/gap", &trace)
        marks.lost.insert(side)
        marks.restOfLine.insert(side)
        switch side {
        case .client: lostOctetsOfClient(count)
        case .server:
            marks.lostAnswers = true
            // Without its other side every command is taken as answered at once.
            if count == nil { marks.hasOnlyClient = true }
        }
    }

    private mutating func lostOctetsOfClient(_ count: Int?) {
        switch mode {
        case .commands: break
        case .mailData(var reader):
            reader.resume()
            mode = .mailData(reader)
        case .chunk(let remaining, let last):
            let lost = count.map { UInt64($0) } ?? remaining
            if lost < remaining {
                mode = .chunk(remaining: remaining - lost, last: last)
                marks.restOfLine.remove(.client)
            } else {
                mode = .commands
                if last { mail = nil }
            }
        case .saslResponse: mode = .commands
        }
    }

    /// The first line behind a gap when it lacks its beginning: shown as it is. Gives whether it was.
    mutating func readBehindGap(_ piece: LineStream.Piece, from side: Side, _ trace: inout Trace) -> Bool {
        marks.restOfLine.remove(side)
        switch side {
        case .client:
            guard case .commands = mode, Command.read(piece.line.octets).value.verb == nil else { return false }
            // A rest of what was a credential is one.
            let isSecret = marks.isNearCredential
            let secrets = isSecret ? [0..<piece.line.octets.count] : []
            append(piece, from: side, .opaque, at: place, secrets: secrets, departures: [], &trace)
        case .server:
            guard ReplyLine.read(piece.line.octets).value.code == nil else {
                leaveReply(before: piece)
                return false
            }
            append(piece, from: side, .opaque, at: place, departures: [], &trace)
        }
        return true
    }

    /// A reply that goes on with another code behind the gap is another reply.
    private mutating func leaveReply(before piece: LineStream.Piece) {
        guard !assembler.pending.isEmpty, assembler.changesCode(ReplyLine.read(piece.line.octets).value) else { return }
        assembler = ReplyAssembler()
        answering = nil
    }

    /// The client went on, so what it had said before was answered, and answered well as far as one can tell.
    mutating func assumeAnswers(_ trace: inout Trace) {
        marks.lostAnswers = marks.hasOnlyClient
        assembler = ReplyAssembler()
        answering = nil
        for sent in takeAllPending() {
            sequence.follow(sent.turn, code: sent.turn == .data ? 354 : 250)
            if sent.turn == .hello { marks.helloWasAnswered = true }
            if sent.turn == .data { beginMailData(&trace) }
            if sent.turn == .rcpt, let path = sent.path { forwardPaths.append(path) }
            if sent.turn == .mail { (reversePath, forwardPaths) = (sent.path, []) }
        }
    }

    /// A command after a gap tells what must have come before it.
    mutating func catchUp(with turn: CommandSequence.Turn) {
        var next = sequenceOnceAnswered()
        guard !next.allows(turn), pending.isEmpty else { return }
        next.assume(turn)
        sequence = next
    }

    /// What a reply to nothing answers, told by its code, when the command is among what was lost.
    mutating func lostTurn(_ code: UInt16?, _ trace: inout Trace) -> Sent? {
        guard let code else { return nil }
        if case .mailData = mode, [2, 4, 5].contains(code / 100), code != 421, let lastWireLine {
            endMailData(inLine: lastWireLine, &trace)
            return takeAnswered(code: code).answered
        }
        switch code {
        case 354:
            sequence.assume(.data)
            return Sent(turn: .data, verb: .data, place: enter(.data))
        case 334:
            sequence.assume(.auth)
            return Sent(turn: .auth, verb: .auth, place: enter(.auth))
        default: return nil
        }
    }
}
