import SMTP

/// Counts names that are tried to learn which of them are there: by VRFY, by EXPN, or by RCPT with no mail behind it.
struct HarvestTally: Sendable {
    /// How many names VRFY, or EXPN, is asked about before it is a search: by hand one asks about one, or about two to compare them.
    static let askedThreshold = 3
    /// How many recipients are asked for, some of them there and some not, and no mail sent. A server that checks a sender's address
    /// before it takes a mail asks about that one, and perhaps about one that cannot be there.
    static let recipientThreshold = 4
    /// How many there are where none was there: an old list of addresses may have some dead ones in one mail. Postfix hangs up after as
    /// many mistakes (smtpd_hard_error_limit).
    static let refusedThreshold = 20

    private var verifiedNames = HashedNames()
    private var expandedNames = HashedNames()
    private var namesFound = 0
    private var verified = SituationLines()

    /// The recipients that were asked for, as they were written.
    private(set) var recipients = HashedNames()
    private var accepted = 0
    private var unknown = 0
    private var tried = SituationLines()
    /// Mail was sent, or announced: who does that means mail.
    private(set) var hasMail = false

    mutating func asked(_ verb: Verb, about name: [UInt8], line: Int?) {
        let number = HashedNames.number(name)
        if verb == .vrfy { verifiedNames.insert(number) } else { expandedNames.insert(number) }
        verified.add(line)
    }

    mutating func answered(_ code: UInt16) {
        // 252 says that the server does not tell (RFC 5321 §3.5.3).
        if code / 100 == 2, code != 252 { namesFound += 1 }
    }

    mutating func askedRecipient(_ name: Int, line: Int?) {
        recipients.insert(name)
        tried.add(line)
    }

    /// 550, 551 and 553 are about the mailbox (RFC 5321 §4.2.3); X.7.z is about the client, and X.2.z about a mailbox that is there
    /// (RFC 3463 §3).
    mutating func answeredRecipient(_ code: UInt16, _ status: EnhancedStatusCode?) {
        if code / 100 == 2 { accepted += 1 }
        if Self.tellsUnknown(code, status) { unknown += 1 }
    }

    static func tellsUnknown(_ code: UInt16, _ status: EnhancedStatusCode?) -> Bool {
        [550, 551, 553].contains(code) && ![2, 7].contains(status?.subject ?? 1)
    }

    mutating func sentMail() { hasMail = true }

    var situation: Situation? {
        if max(verifiedNames.count, expandedNames.count) >= Self.askedThreshold {
            let used: [Verb] = (verifiedNames.isEmpty ? [] : [.vrfy]) + (expandedNames.isEmpty ? [] : [.expn])
            let names = verifiedNames.count + expandedNames.count
            return Situation(
                .addressHarvest(verbs: used, names: names, found: min(namesFound, names)),
                lines: verified.all
            )
        }
        guard !hasMail, unknown > 0 else { return nil }
        guard accepted > 0 ? recipients.count >= Self.recipientThreshold : unknown >= Self.refusedThreshold else {
            return nil
        }
        return Situation(
            .addressHarvest(verbs: [.rcpt], names: recipients.count, found: min(accepted, recipients.count)),
            lines: tried.all
        )
    }
}
