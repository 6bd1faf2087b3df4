import SMTP
import Tracing

/// Replies that came before the command they seem to answer.
///
/// A client has to wait for the reply before it says more (RFC 5321 §4.3.1), and under PIPELINING a reply still answers a
/// command that was sent (RFC 2920 §3.1): so what was there before a command was written cannot answer it. It is told as
/// everything is that came, and the dialogue does not hear of it.
extension ClientEnd {
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

    func sayItCameEarly(_ reply: Reply) {
        let code = reply.code.map { "the reply \($0)" } ?? "what came"
        log.emit(
            .note("\(code) was here before the command was sent, so it answers nothing (RFC 5321 §4.3.1)"),
            setup.leg
        )
    }
}
