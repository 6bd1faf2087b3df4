import Notation
import SMTP

/// The one set of words for a verdict. Lists take `summary`; texts take `words`, a sentence a line.
extension Verdict {
    /// A line about what became of the mail.
    public enum Words: Equatable, Sendable {
        /// The whole verdict in a sentence.
        case summary(String)
        case sentence(String)
        /// A line of the reply that decided, as it was said.
        case quote(String)
        /// What a server with a queue does next, and who holds the mail.
        case next(String)

        /// Safe to show: what came off a wire was made visible.
        public var text: String {
            switch self {
            case .summary(let text), .sentence(let text), .quote(let text), .next(let text): text
            }
        }
    }

    // MARK: In a word or two

    /// For a list: the outcome, then what tells it apart, as `refused 550 RCPT 5.1.1` or `mixed 1 of 2 accepted, 550 RCPT 5.1.1`.
    public var summary: String { outcome.summary(told) }

    /// The same without the outcome, for lists that show it by a sign; empty where the outcome says it all.
    public var told: String {
        let mails = transactions.count { $0.outcome == .accepted }
        return switch outcome {
        case .accepted where smuggledMails > 0: "\(mails + smuggledMails) mails, \(smuggledMails) smuggled"
        case .accepted: mails > 1 ? "\(mails) mails" : ""
        case .mixed:
            [share, decision.flatMap { $0.code >= 400 ? $0.words : nil }].compactMap(\.self).joined(separator: ", ")
        case .deferred, .refused:
            decision?.words ?? failure?.listed
                ?? (isUnconnected ? "no connection" : outcome == .refused ? "" : "cut")
        case .unknown: isEncrypted ? "encrypted" : isUnseen ? "not seen" : "no answer"
        case .untried, .none: ""
        }
    }

    /// Whether nobody saw if there was a mail at all: a part of the session is missing.
    private var isUnseen: Bool { recipients.isEmpty && transactions.isEmpty }

    /// Whether there was no session in which something could have been said.
    private var isUnconnected: Bool {
        recipients.allSatisfy(\.isToldByLog) && transactions.isEmpty && (place.map { $0.step <= .connection } ?? true)
    }

    /// `1 of 2 accepted`, of recipients, or of mails where no recipient differs.
    private var share: String? {
        if isPartlyNamed { return nil }
        return recipients.count > 1 || transactions.count < 2
            ? "\(accepted) of \(recipients.count) accepted"
            : "\(transactions.count { $0.outcome == .accepted }) of \(transactions.count) mails accepted"
    }

    /// Whether a log says that the mail was taken for some recipients whom it does not name.
    private var isPartlyNamed: Bool { outcome == .mixed && recipients.count < 2 && transactions.count < 2 }

    /// For a title: of several recipients how many were not reached, else the summary; empty where nothing was decided.
    var title: String {
        switch outcome {
        case .none, .untried: ""
        default: counts.trouble(ofAll: true) ?? summary
        }
    }

    /// The same while the session goes on; `ofAll` when no recipient is asked for any more.
    static func title(_ outcome: Outcome, _ counts: Counts, _ decision: Decision?, ofAll: Bool) -> String {
        counts.trouble(ofAll: ofAll) ?? [outcome.rawValue, decision?.words].compactMap(\.self).joined(separator: " ")
    }

    // MARK: In sentences

    /// The verdict in sentences: the whole, then each recipient by name with all lines of what the server said, and what comes next.
    /// Of more than `max` recipients that many are told of, and of more than `max` mails that were refused as well.
    public func words(in trace: Trace, max: Int = .max) -> [Words] {
        var told = [Words.summary(sentence(in: trace))] + (smuggled.map { [.sentence($0)] } ?? [])
        for transaction in transactions.lazy.filter({ $0.decision != nil }).prefix(max) {
            told.append(
                .sentence(
                    "\(transaction.name) was \(transaction.outcome.participle)\(step(transaction.decision?.place))."
                )
            )
            told += quotes(transaction.decision, trace) + [next(transaction.outcome, transaction.reversePath)]
        }
        for group in groups(of: recipientsTold(max)) { told += words(group, trace) }
        guard recipients.isEmpty, transactions.allSatisfy({ $0.decision == nil }), outcome != .none else { return told }
        told += quotes(decision, trace)
        if !isEncrypted, !(outcome == .unknown && isUnseen) {
            told.append(next(outcome, transactions.last?.reversePath))
        }
        return told
    }

    /// No more than `max` recipients in their order, those before the others whom the mail was not accepted for.
    private func recipientsTold(_ max: Int) -> [Recipient] {
        guard recipients.count > max else { return recipients }
        let trouble = recipients.indices.lazy.filter { recipients[$0].outcome != .accepted }.prefix(max)
        let others = recipients.indices.lazy.filter { recipients[$0].outcome == .accepted }.prefix(max - trouble.count)
        return (Array(trouble) + others).sorted().map { recipients[$0] }
    }

    /// Recipients of a transaction who share their fate, in the order of the first.
    private func groups(of recipients: [Recipient]) -> [[Recipient]] {
        guard recipients.count > 1 else { return recipients.map { [$0] } }
        var groups: [[Recipient]] = []
        struct Key: Hashable { let transaction: Int, outcome: Outcome, line: Int, place: Place? }
        var known: [Key: Int] = [:]
        for recipient in recipients {
            let key = Key(
                transaction: recipient.transaction,
                outcome: recipient.outcome,
                line: recipient.decision?.lines.last ?? -1,
                place: recipient.place
            )
            if let index = known[key] {
                groups[index].append(recipient)
            } else {
                known[key] = groups.count
                groups.append([recipient])
            }
        }
        return groups
    }

    private func words(_ group: [Recipient], _ trace: Trace) -> [Words] {
        guard let one = group.first else { return [] }
        let names = Self.list(group.map { WireText.shown($0.address) })
        let (was, step) = (group.count == 1 ? "was" : "were", step(one.place))
        let sentence: String =
            switch one.outcome {
            case .accepted, .refused, .mixed, .none: "\(names) \(was) \(one.outcome.participle)\(step)."
            case .deferred where one.decision != nil: "\(names) \(was) \(one.outcome.participle)\(step)."
            case .deferred:
                "\(names) \(was) not reached, the session ended\(step) before the server had accepted the mail."
            case .unknown: "Nobody knows whether the mail was accepted for \(names), no answer of the server was seen."
            case .untried: "The client gave the mail to \(names) up\(step), before it was sent."
            }
        let reversePath = transactions.index(ascending: \.number, one.transaction).map { transactions[$0].reversePath }
        return [.sentence(sentence)] + quotes(one.decision, trace) + [next(one.outcome, reversePath ?? nil)]
    }

    private func sentence(in trace: Trace) -> String {
        switch outcome {
        case .accepted where smuggledMails > 0: "\(smuggledMails + 1) mails were accepted where one was sent."
        case .accepted where recipients.count == 1: "The mail was accepted."
        case .accepted where recipients.count > 1: "The mail was accepted for all \(recipients.count) recipients."
        case .accepted: "A mail was accepted, for whom is not known."
        case .mixed where isPartlyNamed: "The mail was accepted for some recipients, whom the log does not name."
        case .mixed where recipients.count > 1 || transactions.count < 2:
            "The mail was accepted for \(accepted == 0 ? "none" : "\(accepted)") of \(recipients.count) recipients."
        case .mixed:
            "Of \(transactions.count) mails \(transactions.count { $0.outcome == .accepted }) was accepted."
        case .unknown:
            isEncrypted
                ? "What became of the mail cannot be seen, it went by inside TLS."
                : isUnseen
                    ? "What became of a mail cannot be seen, a part of the session is missing."
                    : "Nobody knows whether the mail was accepted."
        case .none, .untried:
            recipients.isEmpty
                ? "No mail was sent, and none was refused." : "No mail was sent, the client gave up before that."
        case .deferred, .refused: failed(in: trace)
        }
    }

    /// What the server took that nobody sent as a mail; nil where there is none.
    private var smuggled: String? {
        guard smuggledMails > 0 else { return nil }
        let which = smuggledMails == 1 ? "A second mail" : "\(smuggledMails.counted("mail")) more"
        return
            "\(which) stood in the data of the first: the server took commands in it for the client's own (RFC 5321 §4.1.1.4)."
    }

    /// What went wrong, where nothing was accepted.
    private func failed(in trace: Trace) -> String {
        let did = outcome == .deferred ? "deferred" : "refused"
        guard let decision else {
            // What a peer said is no sentence; what the program noted is.
            let noted = failureLine.map { trace.lines[$0] }.flatMap { $0.isFailure ? $0 : nil }
            let words = noted.map { WireText.shown($0.octets) } ?? failure?.words
            guard let words else {
                // Neither a reply nor a failure refused it, so a log's own word did.
                if outcome == .refused { return "The mail was refused for good, as the log says." }
                return isUnconnected
                    ? "No connection came about." : "The mail was not delivered, the session ended too early."
            }
            return "The mail was not delivered: \(words)."
        }
        let step = step(decision.place)
        switch decision.turn {
        case .greeting: return "The server \(did) the session in its greeting\(step)."
        case .hello: return "The server \(did) EHLO\(step)."
        case .auth, .saslResponse: return "The server \(did) the login\(step)."
        case .startTLS, .handshake: return "The server \(did) TLS\(step)."
        case nil: return "The server ended the session by itself\(step)."
        default:
            let whose = recipients.count > 1 ? " for all \(recipients.count) recipients" : ""
            return "The mail was \(outcome.participle)\(whose)\(step)."
        }
    }

    private func quotes(_ decision: Decision?, _ trace: Trace) -> [Words] {
        (decision?.lines ?? []).map { .quote(WireText.shown(trace.lines[$0].octets)) }
    }

    /// What a mail server would do now, and who has the duty (RFC 5321 §4.5.4.1, §4.5.5, §6.1).
    private func next(_ outcome: Outcome, _ reversePath: [UInt8]?) -> Words {
        let holder = isSubmission ? "The author's program" : "The sender's server"
        switch outcome {
        case .accepted:
            return .next(
                isSubmission
                    ? "The sender's server holds the mail now and has to pass it on (RFC 5321 §6.1)."
                    : "The recipient's server holds the mail now and has to deliver it, or to say that it could not (RFC 5321 §6.1)."
            )
        case .deferred where isSubmission:
            return .next("\(holder) still holds the mail and can hand it in again.")
        case .deferred:
            return .next(
                "\(holder) still holds the mail and tries again, for at least 4 to 5 days as a rule (RFC 5321 §4.5.4.1)."
            )
        case .refused where isSubmission: return .next("\(holder) still holds the mail and tells its author why.")
        case .refused:
            guard let reversePath else { return .next("\(holder) gives the mail back to its author (RFC 5321 §6.1).") }
            return .next(
                reversePath.isEmpty
                    ? "\(holder) gives up, and nobody is told, since the reverse-path is null (RFC 5321 §4.5.5)."
                    : "\(holder) gives the mail back, it writes a bounce to \(WireText.shown(reversePath)) (RFC 5321 §6.1)."
            )
        case .unknown:
            return .next(
                "Nobody knows who holds it now. A sender's server sends it again, so it may arrive twice (RFC 1047)."
            )
        case .untried, .mixed, .none: return .next("\(holder) still holds the mail.")
        }
    }

    /// ` at step 10a`; nothing where it is not known.
    private func step(_ place: Place?) -> String { place.map { " at step \($0.label)" } ?? "" }

    /// `a`, `a and b`, `a, b and c`.
    private static func list(_ names: [String]) -> String {
        guard let last = names.last, names.count > 1 else { return names.first ?? "" }
        return names.dropLast().joined(separator: ", ") + " and " + last
    }
}

extension Verdict.Counts {
    /// `1 of 3 refused, 1 deferred`, and `1 refused` while others may be asked for; nil where there is one recipient, and where none
    /// was refused or deferred.
    func trouble(ofAll: Bool) -> String? {
        guard asked > 1, refused + deferred > 0 else { return nil }
        let told = [(refused, "refused"), (deferred, "deferred")].filter { $0.0 > 0 }
        return told.enumerated().map { number, fate in
            number == 0 && ofAll ? "\(fate.0) of \(asked) \(fate.1)" : "\(fate.0) \(fate.1)"
        }.joined(separator: ", ")
    }
}

extension Verdict.Standing {
    /// `2 of 3 have it now`; nil where there is one recipient, and while none has: their sender's own server is on the way.
    public var share: String? {
        guard counts.asked > 1, counts.accepted > 0, holder != .sender else { return nil }
        return "\(counts.accepted) of \(counts.asked) \(counts.accepted == 1 ? "has" : "have") it now"
    }
}

extension Verdict.Holder {
    /// Who holds the mail, for a narrow place and for a wide one.
    public var words: (short: String, full: String) {
        switch self {
        case .author: ("held by: author", "held by the author's program")
        case .sender: ("held by: sender", "held by the sender's server")
        case .recipient: ("held by: receiver", "held by the recipient's server")
        case .nobodyKnows: ("held by: unknown", "nobody knows who holds it")
        }
    }
}

extension Verdict.Decision {
    /// `550 RCPT 5.1.1`.
    public var words: String {
        // Each row of a long list has them, so nothing is made but the words.
        var words = String(code)
        if let turn {
            words += " "
            words += turn.listed
        }
        if let status {
            words += " "
            words += status.description
        }
        return words
    }
}

extension Verdict.Transaction {
    /// `the mail from a@b`.
    fileprivate var name: String {
        guard let reversePath else { return "The mail" }
        return reversePath.isEmpty
            ? "The mail with the null reverse-path" : "The mail from \(WireText.shown(reversePath))"
    }
}

extension Verdict.Outcome {
    fileprivate var participle: String {
        switch self {
        case .accepted: "accepted"
        case .deferred: "deferred"
        case .refused: "refused for good"
        case .unknown, .untried, .mixed, .none: "not decided"
        }
    }
}

extension LinkFailure {
    /// What went wrong, in a list; nil for a remark.
    fileprivate var listed: String? {
        switch self {
        case .refused, .timedOut, .unreachable, .noRoute, .portClosed: "no connection"
        case .noReply: "no reply"
        case .reset: "cut"
        case .noSuchDomain: "no such domain"
        case .nullMX: "null MX"
        case .noAddress, .neitherMXNorAddress: "no address"
        case .lookupFailed: "lookup failed"
        case .undeliverable: "undeliverable"
        case .surprisingAddress: "private address"
        case .tlsFailed: "TLS failed"
        case .noGreeting: "no greeting"
        case .tlsExpected: "TLS comes first here"
        case .clearExpected: "TLS to a port in the clear"
        case .retries, .bounces, .withoutTLS, .doubt, .unfinishedLine, .tookLong, .notAsExpected, .openToSmuggling,
            .closedToSmuggling, .verbsAlone, .logAccepted, .logDeferred, .logRefused:
            nil
        }
    }
}

extension CommandSequence.Turn {
    /// What a reply answers, in a list.
    fileprivate var listed: String {
        switch self {
        case .greeting: "greeting"
        case .hello: "EHLO"
        case .mail: "MAIL"
        case .rcpt: "RCPT"
        case .data: "DATA"
        case .mailData: "dot"
        case .chunk, .lastChunk: "BDAT"
        case .auth, .saslResponse: "AUTH"
        case .startTLS, .handshake: "STARTTLS"
        case .quit: "QUIT"
        case .rset: "RSET"
        case .anytime, .turnAround, .unknown: "command"
        }
    }
}

extension Verdict.Outcome {
    /// The outcome and what tells it apart, which may be empty.
    func summary(_ told: String) -> String { told.isEmpty ? rawValue : "\(rawValue) \(told)" }
}

extension Verdict.Standing {
    /// What tells the outcome apart, for a list that shows the outcome by a sign: its title without the word for the outcome that it
    /// begins with.
    public var told: String {
        title.hasPrefix(outcome.rawValue) ? String(title.dropFirst(outcome.rawValue.count).trimmingPrefix(" ")) : title
    }
}
