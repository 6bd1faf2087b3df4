import SMTP

/// Lines that a person sends by hand while the dialogue holds its own.
extension ClientEnd {
    /// A person's own line was answered: the session goes on from where the server is now.
    func takeByHand(_ sent: TypedInput.Expected, _ reply: Reply) {
        switch sent.part {
        case .command(let command): dialogue?.observed(command, as: sent.turn, reply)
        case .mailDataEnd: dialogue?.observedMailData(reply)
        }
        // RFC 5321 §3.8: the server closes, whatever else was to be said.
        if reply.code == 421 { return goOn(dialogue?.received(reply) ?? []) }
        guard life.isHeld, !expected.contains(where: \.isSure) else { return }
        goOn(dialogue?.resume() ?? [])
    }

    /// Something else is to be done than what is held.
    private func goOn(_ next: [ClientDialogue.Action]) {
        life.goOn()
        actions = next
    }

    // MARK: By hand

    /// Sends octets that a person typed, whatever is held.
    func send(byHand octets: [UInt8]) -> LiveHold.Sent {
        switch life {
        case .open: break
        case .securing: return .refused("not sent: the TLS handshake is under way")
        case .connecting, .parting, .ended, .closed, .finished: return .refused("there is no connection to send on")
        }
        guard let link, let dialogue else { return .refused("there is no connection to send on") }
        guard !isGuarded || !hand.leadsToDelivery(octets, at: dialogue.sequence.phase) else {
            return .refused("not sent: this leads to a delivery, and nobody has said that there shall be one")
        }
        let sent = hand.append(octets, at: dialogue.sequence)
        disownEarlyReplies()
        link.run(.write(octets))
        expected += sent.map(Expected.byHand)
        if let last = sent.last(where: \.isSure), life.interrupt() {
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
        switch life {
        case .open, .securing: break
        case .connecting, .parting, .ended, .closed, .finished: return
        }
        isGuarded = false
        let next = dialogue?.goOn(to: point) ?? []
        guard life.isHeld else { return }
        setup.onDropped?()
        goOn(next)
        proceed()
    }
}
