import Notation
import SMTP

/// Octets that went by and were not kept, or that no key opens: what is known to be missing, and how the session is found again
/// behind it.
///
/// After a gap fewer findings are reported: a reply without a command may answer a missing one, and a command out of order may
/// be in order.
extension SessionTracer {
    mutating func gap(_ count: Int?, from side: Side, isSealed: Bool, _ trace: inout Trace) {
        // Behind 421 nothing is awaited, so nothing is missing (RFC 5321 §3.8).
        guard !marks.said421 else { return }
        flush(&trace, [side], isCut: true)
        if side == .client, reader.mode == .mailData {
            beginContent(&trace)
            content?.resume()
        }
        if side == .client, let mail { trace.mails[mail].hasGap = true }
        let octets = count.map { $0.counted("octet") } ?? "unknown length"
        let why = isSealed ? "the recording has them, and no key opens them" : "the recording lacks them"
        appendEvent("gap of \(octets) from the \(side.rawValue): \(why)", "link/gap", &trace)
        if isSealed { trace.facts.sealedOctets += count ?? 0 }
        let before = reader.mode
        reader.gap(count, from: side)
        if case .chunk(_, last: true) = before, reader.mode == .commands { mail = nil }
    }

    /// The client went on, so what it had said before was answered, and answered well as far as one can tell.
    mutating func assumeAnswer(to id: TurnID) {
        assembler = ReplyAssembler()
        answering = nil
        guard let sent = sent.removeValue(forKey: id) else { return }
        if sent.turn == .rcpt, let path = sent.path { forwardPaths.append(path) }
        if sent.turn == .mail { (reversePath, forwardPaths) = (sent.path, []) }
    }
}
