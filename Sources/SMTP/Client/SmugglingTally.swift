/// Whether a server takes a second mail out of the content of the first (CVE-2023-51764 and its like).
public enum Smuggling: Equatable, Sendable {
    /// So many mails were taken where one was sent.
    case tookMails(Int)
    /// It answered lines of the content as commands, and took no second mail.
    case obeyedContent
    /// One mail, and one answer to it.
    case tookOne
    /// The mail was refused, or the connection was ended for it.
    case refused(UInt16?)

    public var isOpen: Bool {
        switch self {
        case .tookMails, .obeyedContent: true
        case .tookOne, .refused: false
        }
    }
}

/// Counts what a server answers behind mail data in which only who takes a bare LF for a line end finds commands
/// (RFC 5321 §4.1.1.4).
///
///     C: .                 the end of the mail that was sent
///     S: 250 queued        the answer to it
///     S: 250, 250, 354     answers to MAIL, RCPT and DATA in the content
///     S: 250 queued        a second mail
///
/// It decides what the answers mean. It does not know what was sent. Wrong input: whatever a server answers is counted.
struct SmugglingTally: Sendable {
    private var codes: [UInt16?] = []

    mutating func take(_ reply: Reply) { codes.append(reply.code) }

    /// What all answers together mean, the one to QUIT not among them.
    var verdict: Smuggling {
        guard let first = codes.first, let code = first, code / 100 == 2 else { return .refused(codes.first ?? nil) }
        guard codes.count > 1 else { return .tookOne }
        // The server says no more; that is about the connection (RFC 5321 §3.8).
        if codes.dropFirst().allSatisfy({ $0 == 421 || $0 == 521 }) { return .tookOne }
        let mails = zip(codes, codes.dropFirst()).count { $0 == 354 && ($1 ?? 0) / 100 == 2 }
        return mails > 0 ? .tookMails(1 + mails) : .obeyedContent
    }
}
