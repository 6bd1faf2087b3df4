import SMTP
import Tracing

/// Replies that came before the command they seem to answer.
///
/// A client has to wait for the reply before it says more (RFC 5321 §4.3.1), and under PIPELINING a reply still answers a
/// command that was sent (RFC 2920 §3.1): so what was there before a command was written cannot answer it. It is told as
/// everything is that came, and the dialogue does not hear of it.
extension ClientEnd {
    /// Gives a reply to whom it answers.
    func take(_ reply: Reply) {
        switch expected.first {
        case .byHand(let sent):
            expected.removeFirst()
            return takeByHand(sent, reply)
        // RFC 5321 §3.8: 421 may come at any time, and is about the connection and not about a command.
        case .nobody where reply.code != 421:
            expected.removeFirst()
            return sayItCameEarly(reply)
        case .own, .nobody, nil: break
        }
        let next = dialogue?.received(reply) ?? []
        actions += next
        // An answer after which there is only to wait is one of several to the same: in LMTP, or to a group.
        let isLast = next.contains { if case .wait = $0 { false } else { true } }
        if isLast || expected.count > 1, !expected.isEmpty { expected.removeFirst() }
    }

    /// A command is about to be written: of the replies that are here and were not read yet, those that no command before it
    /// waits for are nobody's, the one among them that is not complete as well.
    func disownEarlyReplies() {
        let awaited = expected.count { $0.isSure }
        let early = repliesHere - awaited
        guard early > 0 else { return }
        expected += Array(repeating: Expected.nobody, count: early)
    }

    /// How many replies are here and not read, one that has only begun among them.
    private var repliesHere: Int {
        guard !framer.unread.isEmpty || replyOctets > 0 else { return 0 }
        var (framer, assembler) = (framer, assembler)
        var (count, hasBegun) = (0, replyOctets > 0)
        while let line = framer.nextLine() {
            hasBegun = assembler.append(ReplyLine.read(line.octets).value) == nil
            if !hasBegun { count += 1 }
        }
        return count + (hasBegun || !framer.unfinished.isEmpty ? 1 : 0)
    }

    private func sayItCameEarly(_ reply: Reply) {
        dialogue?.receivedEarly(reply)
        let code = reply.code.map { "the reply \($0)" } ?? "what came"
        log.emit(
            .note("\(code) was here before the command was sent, so it answers nothing (RFC 5321 §4.3.1)"),
            setup.leg
        )
    }
}
