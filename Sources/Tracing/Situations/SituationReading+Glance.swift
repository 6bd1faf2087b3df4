import SMTP

/// A glance at a session feeds the same reading that a trace does, without times and lines.
extension SituationReading {
    /// One piece of what a side said. `base` is added to what the observer counts from 0 on each connection.
    mutating func take(_ said: Utterance, base: Int) {
        switch said.kind {
        case .command(let command):
            let line = said.piece.line
            asked(command.turn, line.octets, isLF: line.ending == .lf, id: command.id.map { base + $0 }, at: Place())
        case .reply(let answer):
            guard answer.isLast, let code = answer.code else { return }
            let status = needsStatus(answer.to?.turn, code) ? ReplyLine(reading: said.octets).status : nil
            answered(
                answer.to?.turn,
                answer.to?.verb,
                (said.octets, code, status),
                id: answer.to?.id.map { base + $0 },
                at: Place()
            )
        case .mailData(let part): content(said.piece.line, isEnd: part.ends != nil, at: Place())
        case .chunk: chunk(said.piece.line, at: Place())
        case .tls: record(said.side, line: nil)
        case .rest where said.side == .client: unclear(said.octets, line: nil)
        case .strayMailData, .strayChunk, .saslResponse, .proxy, .rest: break
        }
    }

    /// A status is read where a reply that said no to a recipient has one.
    private func needsStatus(_ turn: CommandSequence.Turn?, _ code: UInt16) -> Bool { turn == .rcpt && code >= 400 }
}

extension SessionGlance {
    /// What is going on in the session, as far as it tells that alone.
    var situations: [Situation] { readings.flatMap(\.situations) }

    /// What ties its mails to those of other sessions.
    var ties: [MailTies] { readings.map(\.mails).filter { !$0.mails.isEmpty } }
    /// How many logins failed, and whether one was accepted.
    var failedLogins: (count: Int, hasSucceeded: Bool) {
        readings.reduce(into: (0, false)) { sum, reading in
            sum.0 += reading.failedLogins.count
            sum.1 = sum.1 || reading.failedLogins.hasSucceeded
        }
    }
}

extension GlanceConnection {
    /// Passes over lines of mail data that tell nothing; gives whether there were any. A header is looked at on the way.
    mutating func passPlainMailData() -> Bool {
        guard !situations.isLookingAtContent else { return false }
        guard var header = situations.takeHeader() else { return reader.passPlainMailData().lines > 0 }
        let passed = reader.passPlainMailData { header.readPlain($0) }
        situations.giveBack(header)
        return passed.lines > 0
    }
}
