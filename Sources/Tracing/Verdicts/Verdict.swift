public import SMTP

/// What became of the mail: for each recipient, for each transaction, for the session; by which reply, who holds it now, and
/// what a server with a queue does next (RFC 5321 §4.2.1, §4.5.4.1, §6.1).
///
///     C: RCPT TO:<bob@receiver.example>
///     S: 450 4.2.0 greylisted              bob: deferred at step 10, tried again, held by the sender's server
///
/// It decides nothing itself: `VerdictReading` does, from replies and what they answer, and from failures of lookup and link where
/// nobody spoke. It does not know words: lines are named by their index, and `Verdict+Words` makes the sentences.
public struct Verdict: Equatable, Sendable {
    /// What became of the mail for a recipient, of a transaction, or in the whole session.
    public enum Outcome: String, CaseIterable, Sendable {
        case accepted, deferred, refused
        /// The content came to its end and nobody saw the answer, or all of it went by unseen.
        case unknown
        /// The client gave up before the server could say.
        case untried
        /// Of a session or a transaction: recipients differ.
        case mixed
        /// Of a session or a transaction: nothing was asked for and nothing refused.
        case none
    }

    /// What a server with a queue does next.
    public enum Next: String, CaseIterable, Sendable {
        case none, retry, bounce
        case nobodyKnows = "nobody-knows"
    }

    /// Who has the duty to deliver the mail or to tell that it could not (RFC 5321 §6.1).
    public enum Holder: String, CaseIterable, Sendable {
        case author, sender, recipient
        case nobodyKnows = "nobody-knows"
    }

    /// The reply that decided.
    public struct Decision: Equatable, Sendable {
        /// What it answers; nil for a reply to nothing, as a 421 out of the blue.
        public let turn: CommandSequence.Turn?
        /// Where it stands; nil where the session was only glanced at.
        public let place: Place?
        /// All its lines, as indices into the trace. What the client says in between is not among them.
        public let lines: NumberRun
        public let code: UInt16
        public let status: EnhancedStatusCode?
    }

    /// One forward-path that was asked for.
    public struct Recipient: Equatable, Sendable {
        /// Without angle brackets; octets of the wire, unescaped.
        public let address: [UInt8]
        // There may be a hundred thousand recipients, so their numbers are kept small.
        private let keptTransaction, keptID, keptConnection: UInt32
        public var transaction: Int { Int(keptTransaction) }
        public internal(set) var outcome = Outcome.deferred
        /// nil where no reply decided.
        public internal(set) var decision: Decision?
        /// Where it was decided, or where the session was when it ended; nil where it was only glanced at.
        public internal(set) var place: Place?
        /// Who holds the mail for this recipient now.
        public internal(set) var holder = Holder.sender

        /// What names its RCPT: in a trace the index of the line.
        var id: Int { Int(keptID) }
        var connection: Int { Int(keptConnection) }
        /// RCPT was accepted, and the mail data decides.
        var isOpen = false
        /// What comes behind the mail data told of this recipient alone.
        var isToldApart = false
        /// No RCPT names it: a log says what became of it.
        var isToldByLog = false

        init(address: [UInt8], transaction: Int, id: Int, connection: Int) {
            self.address = address
            (keptTransaction, keptID) = (UInt32(clamping: transaction), UInt32(clamping: id))
            keptConnection = UInt32(clamping: connection)
        }
    }

    /// One mail transaction, from MAIL on (RFC 5321 §3.3). One that was tried again is told once.
    public struct Transaction: Equatable, Sendable {
        private let keptNumber, keptID, keptConnection: UInt32
        public var number: Int { Int(keptNumber) }
        /// Without angle brackets, so empty for the null reverse-path; nil where MAIL has none.
        public let reversePath: [UInt8]?
        public internal(set) var outcome = Outcome.none
        /// The reply to MAIL, where that was a refusal; that to the mail data where no recipient was seen.
        public internal(set) var decision: Decision? {
            get { keptDecision.first }
            set { keptDecision = newValue.map { [$0] } ?? [] }
        }
        // Few mails have these two, and there may be very many mails.
        private var keptDecision: [Decision] = []
        private var keptContent: [Decision] = []

        var id: Int { Int(keptID) }
        var connection: Int { Int(keptConnection) }
        var code: UInt16?
        /// What the mail data was answered by, where no recipient was seen.
        var content: Decision? {
            get { keptContent.first }
            set { keptContent = newValue.map { [$0] } ?? [] }
        }

        init(number: Int, reversePath: [UInt8]?, id: Int, connection: Int) {
            self.reversePath = reversePath
            (keptNumber, keptID) = (UInt32(clamping: number), UInt32(clamping: id))
            keptConnection = UInt32(clamping: connection)
        }
    }

    public let outcome: Outcome
    /// In the order they were asked for; empty when none was, or when MAIL was refused.
    public let recipients: [Recipient]
    public let transactions: [Transaction]
    /// Mails that the server took beside them, out of their data.
    public let smuggledMails: Int
    /// What decided the session: the first refusal, or the acceptance; nil when no reply did.
    public let decision: Decision?
    /// Where the session was decided, or where it failed; nil when it was not.
    public let place: Place?
    /// What went wrong around the words, where that decided and is in the table.
    public let failure: LinkFailure?
    /// The line that tells of what went wrong around the words, where that decided.
    public let failureLine: Int?
    public let holder: Holder
    /// Whether the mail was handed in at its sender's own server, and nothing beyond that is known.
    public let isSubmission: Bool
    /// Whether what matters went by inside TLS whose keys nobody gave us.
    public let isEncrypted: Bool

    init(_ reading: VerdictReading, isSubmission: Bool, wasSubmitted: Bool) {
        self.isSubmission = isSubmission
        outcome = reading.outcome
        smuggledMails = reading.smuggledMails
        // No longer than it is: a session may have a hundred thousand.
        transactions = reading.transactions.map { $0 }
        isEncrypted = reading.isEncrypted && reading.recipients.isEmpty
        let decisive =
            reading.recipients.first { $0.outcome != .accepted && $0.decision != nil }
            ?? reading.recipients.first { $0.decision != nil }
        decision =
            decisive?.decision ?? reading.transactions.first { $0.decision != nil }?.decision
            ?? reading.refusal
        let isCut = decision == nil && [.deferred, .refused, .unknown, .mixed].contains(outcome)
        failure = isCut ? reading.failure : nil
        failureLine = isCut ? reading.failureLine : nil
        place = decision?.place ?? (isCut ? reading.lastPlace : nil)
        let untaken = isSubmission ? Holder.author : .sender
        recipients = reading.recipients.map { recipient in
            var recipient = recipient
            recipient.holder =
                switch recipient.outcome {
                case .accepted: isSubmission ? .sender : .recipient
                case .unknown: .nobodyKnows
                case .deferred, .refused, .untried, .mixed, .none: untaken
                }
            return recipient
        }
        let isTaken =
            recipients.contains { $0.outcome == .accepted } || transactions.contains { $0.outcome == .accepted }
        let hasBegun = wasSubmitted || reading.hasSpoken || reading.hasGoneWrong
        holder =
            if isTaken {
                isSubmission ? .sender : .recipient
            } else if outcome == .unknown {
                .nobodyKnows
            } else {
                hasBegun ? untaken : .author
            }
    }

    /// Whether some mail was not accepted, as far as that can be known. What went by inside TLS is no trouble.
    public var isTrouble: Bool { outcome == .unknown ? !isEncrypted : outcome.isTrouble }

    /// What a server with a queue does next for a recipient; of a mail with the null reverse-path nobody is told (RFC 5321 §4.5.5).
    public func next(of recipient: Recipient) -> Next {
        let mail = transactions.index(ascending: \.number, recipient.transaction).map { transactions[$0] }
        return recipient.outcome == .refused && mail?.reversePath?.isEmpty == true ? .none : recipient.outcome.next
    }

    /// How many of the recipients the mail was accepted for.
    public var accepted: Int { recipients.reduce(0) { $0 + ($1.outcome == .accepted ? 1 : 0) } }
}

extension Verdict.Outcome {
    /// Whether a server said of some mail that it does not take it.
    var isTrouble: Bool {
        switch self {
        case .deferred, .refused, .mixed: true
        case .unknown, .accepted, .untried, .none: false
        }
    }

    /// What a server with a queue does next (RFC 5321 §4.5.4.1).
    public var next: Verdict.Next {
        switch self {
        case .accepted, .none, .mixed: .none
        case .deferred, .untried: .retry
        case .refused: .bounce
        case .unknown: .nobodyKnows
        }
    }

    /// What a reply code makes of what it answers (RFC 5321 §4.2.1).
    init?(code: UInt16) {
        switch code / 100 {
        case 2: self = .accepted
        case 4: self = .deferred
        case 5: self = .refused
        default: return nil
        }
    }

    /// What two come to together: the one they share, or mixed; nothing asked for adds nothing.
    func joined(with other: Self) -> Self {
        if self == .none || self == other { return other }
        return other == .none ? self : .mixed
    }
}

extension Path {
    /// As the octets stood between the angle brackets.
    var withoutBrackets: [UInt8] {
        switch self {
        case .null: []
        case .postmaster: Array("postmaster".utf8)
        case .mailbox(let mailbox): mailbox.octets
        case .malformed(let octets): octets.filter { $0 != UInt8(ascii: "<") && $0 != UInt8(ascii: ">") }
        }
    }
}

extension Verdict.Outcome {
    /// Which of several tries counts.
    var rank: Int {
        switch self {
        case .accepted: 3
        case .unknown: 2
        case .refused: 1
        case .deferred, .untried, .mixed, .none: 0
        }
    }
}
