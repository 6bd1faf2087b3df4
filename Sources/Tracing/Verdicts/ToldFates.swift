import SMTP

/// What a log says became of recipients. It counts whatever the replies are that the log quotes: a server may be set up to try again
/// what was refused for good, and a recipient for whom no server was reached has no reply at all.
struct ToldFates: Sendable {
    struct Fate: Sendable {
        /// nil for all recipients of a mail that does not name them.
        let address: [UInt8]?
        let outcome: Verdict.Outcome
        /// The connection that was under way, or the last one.
        let connection: Int
        let place: Place?
    }

    private struct Key: Hashable { let connection: Int, address: [UInt8] }

    private var all: [Fate] = []

    mutating func add(_ fate: Fate) { all.append(fate) }

    /// What is said of a mail on a connection that names no recipient.
    func ofWholeMail(on connection: Int) -> Verdict.Outcome? {
        all.last { $0.address == nil && $0.connection == connection }?.outcome
    }

    /// What is said of mails that name no recipient.
    var ofWholeMails: [Verdict.Outcome] { all.filter { $0.address == nil }.map(\.outcome) }

    /// The recipients as the log has them. Whom no RCPT names is added.
    func applied(
        to asked: [Verdict.Recipient],
        of transactions: [Verdict.Transaction]
    ) -> [Verdict.Recipient] {
        guard !all.isEmpty else { return asked }
        var recipients = asked
        var known: [Key: Int] = [:]
        // The mail that a recipient is of is the same on whichever connection it is tried.
        var mails: [[UInt8]: Int] = [:]
        for (index, recipient) in recipients.enumerated() {
            known[Key(connection: recipient.connection, address: recipient.address)] = index
            mails[recipient.address] = recipient.transaction
        }
        for fate in all {
            guard let address = fate.address else { continue }
            let key = Key(connection: fate.connection, address: address)
            if let index = known[key] {
                recipients[index].take(fate)
                continue
            }
            let mail = transactions.last { $0.connection == fate.connection }?.number
            let transaction = mail ?? mails[address] ?? transactions.last?.number ?? 0
            var added = Verdict.Recipient(
                address: address,
                transaction: transaction,
                id: .max,
                connection: fate.connection
            )
            (added.outcome, added.place, added.isToldByLog) = (fate.outcome, fate.place, true)
            known[key] = recipients.count
            recipients.append(added)
        }
        return recipients
    }
}

extension Verdict.Recipient {
    /// A reply of another class than what the log says did not decide.
    fileprivate mutating func take(_ fate: ToldFates.Fate) {
        let saidYes = decision.map { $0.code < 300 }
        if let saidYes, saidYes != (fate.outcome == .accepted) { decision = nil }
        outcome = fate.outcome
    }
}
