import SMTP

/// A glance at a session feeds the same reading that a trace does, without times and lines.
extension SituationReading {
    /// One piece of what a side said. `base` is added to what the observer counts from 0 on each connection.
    mutating func take(_ said: Utterance, base: Int) {
        switch said.kind {
        case .command(let command):
            let line = said.piece.line
            line.octets.withUnsafeBufferPointer { octets in
                asked(command.turn, octets, isLF: line.ending == .lf, id: command.id.map { base + $0 }, at: Place())
            }
        case .reply(let answer): said.octets.withUnsafeBufferPointer { answered(answer, $0, base: base) }
        case .mailData(let part): content(said.piece.line, isEnd: part.ends != nil, at: Place())
        case .chunk: chunk(said.piece.line, at: Place())
        case .tls: record(said.side, line: nil)
        case .rest where said.side == .client: unclear(said.octets, line: nil)
        case .saslResponse: responded(said.piece.line.octets)
        case .strayMailData, .strayChunk, .proxy, .rest: break
        }
    }

    /// A line of a reply.
    mutating func answered(_ answer: Utterance.Answer, _ line: UnsafeBufferPointer<UInt8>, base: Int) {
        guard answer.isLast, let code = answer.code else { return }
        let status = needsStatus(answer.to?.turn, code) ? ReplyLine.status(of: line) : nil
        answered(
            answer.to?.turn,
            answer.to?.verb,
            (line, code, status),
            id: answer.to?.id.map { base + $0 },
            at: Place()
        )
    }

    /// A status is read where a reply that said no to a recipient has one.
    private func needsStatus(_ turn: CommandSequence.Turn?, _ code: UInt16) -> Bool { turn == .rcpt && code >= 400 }
}

extension SessionGlance {
    /// What is going on in the session, as far as it tells that alone.
    var situations: [Situation] { others.reduce(relay.situations.situations) { $0 + $1.situations.situations } }

    /// What ties its mails to those of other sessions.
    var mails: [MailTies.Mail] { others.reduce(relay.situations.mails.mails) { $0 + $1.situations.mails.mails } }
    /// Whether mail was sent or announced.
    var meansMail: Bool { relay.situations.meansMail || others.contains { $0.situations.meansMail } }
    /// The users for whom logins failed, as numbers.
    var failedUsers: [Int] { others.reduce(relay.situations.failedUsers) { $0 + $1.situations.failedUsers } }
    /// How many logins failed, and whether one was accepted.
    var failedLogins: (count: Int, hasSucceeded: Bool) {
        others.reduce(relay.situations.failedLogins) { sum, other in
            let more = other.situations.failedLogins
            return (sum.count + more.count, sum.hasSucceeded || more.hasSucceeded)
        }
    }
}

extension GlanceConnection {
    /// Passes over lines of mail data that tell nothing; gives whether there were any. A header is looked at on the way.
    mutating func passPlainMailData() -> Bool {
        guard reader.mode == .mailData, !situations.isLookingAtContent else { return false }
        guard var header = situations.takeHeader() else { return reader.passPlainMailData().lines > 0 }
        let passed = reader.passPlainMailData { header.readPlain($0) }
        situations.giveBack(header)
        return passed.lines > 0
    }
}
