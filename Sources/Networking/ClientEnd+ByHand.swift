import SMTP

/// Lines that a person sends by hand while the dialogue holds its own.
extension ClientEnd {
    /// A person's own line was answered: the session goes on from where the server is now.
    func takeByHand(_ sent: HandSent.Expected, _ reply: Reply) {
        switch sent.part {
        case .command(let command): dialogue?.observed(command, as: sent.turn, reply)
        case .mailDataEnd: dialogue?.observedMailData(reply)
        }
        if reply.code == 421 { return actions = dialogue?.received(reply) ?? [] }
        guard isHeld, !expected.contains(where: \.isSure) else { return }
        goOn(dialogue?.resume() ?? [])
    }

    /// Something else is to be done than what is held.
    private func goOn(_ next: [ClientDialogue.Action]) {
        isHeld = false
        holding += 1
        actions = next
    }

    // MARK: By hand

    /// Sends octets that a person typed, whatever is held.
    func send(byHand octets: [UInt8]) -> LiveHold.Sent {
        guard !isFinished, !hasClosed, !hasEnded, let link, let dialogue else {
            return .refused("there is no connection to send on")
        }
        guard !isGuarded || !hand.leadsToDelivery(octets, at: dialogue.sequence.phase) else {
            return .refused("not sent: this leads to a delivery, and nobody has said that there shall be one")
        }
        let before = hand.unfinished
        let sent = hand.append(octets, at: dialogue.sequence)
        link.run(.write(octets, secrets: secrets(byHand: octets, behind: before, at: dialogue.sequence.phase)))
        expected += sent.map(Expected.byHand)
        if isHeld, let last = sent.last(where: \.isSure) {
            holding += 1
            setup.onDropped?()
            wait(TimeLimit(awaiting: last.turn), last.turn)
        }
        listenWhileHeld()
        proceed()
        return .sent(isAnswered: sent.contains(where: \.isSure))
    }

    /// Where the session is.
    var phase: CommandSequence.Phase { dialogue?.sequence.phase ?? .connected }
    var offer: Hello { dialogue?.offer ?? Hello() }

    /// A person allowed what was not planned: the session goes on and ends after `point` only.
    func goOn(to point: ClientDialogue.StopPoint?) {
        guard !isFinished, !hasClosed, !hasEnded, dialogue != nil else { return }
        isGuarded = false
        let next = dialogue?.goOn(to: point) ?? []
        guard isHeld else { return }
        setup.onDropped?()
        goOn(next)
        proceed()
    }

    /// What of octets typed by hand is a credential (RFC 4954 §4): responses as a whole, and what follows the mechanism of
    /// every AUTH among them, whose line may have begun in the octets `before`.
    private func secrets(
        byHand octets: [UInt8],
        behind before: [UInt8],
        at phase: CommandSequence.Phase
    ) -> [Range<Int>] {
        guard !setup.showsSecrets else { return [] }
        if phase == .authenticating { return [0..<octets.count] }
        let all = before + octets
        return all.split(whereSeparator: { $0 == 10 || $0 == 13 }).compactMap { line in
            let words = line.split(whereSeparator: { $0 == 32 || $0 == 9 })
            guard words.count > 2, words[0].lossyText.uppercased() == "AUTH" else { return nil }
            let secret = words[2].startIndex - before.count..<line.endIndex - before.count
            let inside = secret.clamped(to: 0..<octets.count)
            return inside.isEmpty ? nil : inside
        }
    }
}
