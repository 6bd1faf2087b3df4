public import SMTP

/// What became of the mail: for each recipient, for the session, by which reply, and who holds it now. A pure function of the
/// trace (RFC 5321 §4.2.1, §4.5.4.1, §6.1).
///
/// It decides from replies and what they answer, and from failures of lookup and link where nobody spoke. It does not know
/// words: lines are named by their index, and sentences are made where they are shown. A cut before the dot leaves the mail with
/// its sender, one behind it leaves it nobody knows where.
public struct Verdict: Equatable, Sendable {
    /// What became of the mail for a recipient, of a transaction, or in the whole session.
    public enum Outcome: String, CaseIterable, Sendable {
        case accepted, deferred, refused
        /// The content came to its end and nobody saw the answer.
        case unknown
        /// The client gave up before the server could say.
        case untried
        /// Of a session: recipients differ.
        case mixed
        /// Of a session: nothing was asked for and nothing refused.
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

    /// One forward-path that was asked for.
    public struct Recipient: Equatable, Sendable {
        /// Without angle brackets; octets of the wire, unescaped.
        public let address: [UInt8]
        public let transaction: Int
        public internal(set) var outcome = Outcome.deferred
        /// Where it was decided; nil for what nobody decided.
        public internal(set) var place: Place?
        /// The lines of the reply that decided, as indices into the trace.
        public internal(set) var lines: Range<Int>?
        public internal(set) var code: UInt16?
        public internal(set) var status: EnhancedStatusCode?

        public var next: Next { outcome.next }
        /// The line of its RCPT.
        let line: Int
        let connection: Int
        /// RCPT was accepted, and the mail data decides.
        var isOpen = false
    }

    public let outcome: Outcome
    /// In the order they were asked for; empty when none was, or when MAIL was refused.
    public let recipients: [Recipient]
    /// Where the session was decided: the first refusal, or the acceptance; nil when nothing was.
    public let place: Place?
    /// The lines of the reply that decided; nil where none did.
    public let lines: Range<Int>?
    /// What went wrong around the words, where that decided.
    public let failure: LinkFailure?
    public let holder: Holder

    /// The verdict on the leg that went furthest: the relay, where there was one.
    public init(of trace: Trace) {
        let hasRelay = trace.lines.contains { $0.leg == .relay && $0.isWire }
        let hasSubmission = trace.lines.contains { $0.leg == .submission && $0.isWire }
        let isOnlySubmission = hasSubmission && !hasRelay
        var reading = VerdictReading()
        for line in trace.lines where line.leg != (isOnlySubmission ? .relay : .submission) { reading.take(line) }
        reading.finish()
        let submitted = isOnlySubmission || trace.mails.contains { $0.leg == .submission && $0.outcome == .accepted }
        recipients = reading.recipients
        outcome = reading.outcome
        let decisive =
            recipients.first { $0.outcome != .accepted && $0.place != nil } ?? recipients.first { $0.place != nil }
        place = decisive?.place ?? reading.decided?.place
        lines = decisive?.lines ?? reading.decided?.lines
        failure = recipients.isEmpty || outcome == .deferred && lines == nil ? reading.failure : nil
        holder =
            if recipients.contains(where: { $0.outcome == .accepted }) {
                isOnlySubmission ? .sender : .recipient
            } else if outcome == .unknown {
                .nobodyKnows
            } else {
                isOnlySubmission || !submitted && !hasRelay && !hasSubmission && !reading.hasGoneWrong
                    ? .author : .sender
            }
    }
}

extension Verdict.Outcome {
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
}

/// Reads the lines of one leg once, in order.
private struct VerdictReading {
    private(set) var recipients: [Verdict.Recipient] = []
    /// The first refusal that is about no recipient.
    private(set) var decided: (outcome: Verdict.Outcome, place: Place, lines: Range<Int>)?
    private(set) var failure: LinkFailure?
    private var connection = 0
    /// Transactions whose content came to its end and was not answered, and those that the client left.
    private var unanswered: Set<Int> = []
    private var gaveUp: Set<Int> = []
    private var mails: [Mail] = []
    /// A connection is tried, and nobody has answered.
    private var isTrying = false
    private var hasQuit = false
    /// Something went wrong that has no case in the table of failures.
    private var hasFailedOtherwise = false
    private var reply: (context: TraceLine.ReplyContext, first: Int)?

    /// Whether a lookup or a connection came to nothing.
    var hasGoneWrong: Bool { failure != nil || isTrying || hasFailedOtherwise }

    /// A MAIL as it was said, and what became of it.
    private struct Mail {
        let line: Int
        let transaction: Int
        let reversePath: [UInt8]
        let connection: Int
        var outcome: Verdict.Outcome?
    }

    mutating func take(_ line: TraceLine) {
        if line.isWire { isTrying = false }
        switch line.content {
        case .event(let anchor): event(line, anchor)
        case .command: command(line)
        case .mailData(.end): unanswered.insert(line.place.transaction)
        case .reply(let context): replied(line, context)
        case .mailData, .saslResponse, .chunk, .opaque, .tls, .record: break
        }
    }

    private mutating func event(_ line: TraceLine, _ anchor: LessonAnchor) {
        if line.endpoint != nil {
            connection += 1
            (isTrying, hasQuit) = (true, false)
        }
        if anchor == LessonAnchor("link/connected") { isTrying = false }
        // A connection that breaks behind QUIT takes nothing with it.
        guard !hasQuit else { return }
        if let failure = line.failure {
            if failure.isOfLink { self.failure = failure }
        } else if [LessonAnchor("link/error"), LessonAnchor("dns/failure")].contains(anchor) {
            hasFailedOtherwise = true
        }
    }

    private mutating func command(_ line: TraceLine) {
        guard line.ending != .none else { return }
        let command = Command.read(line.octets).value
        let transaction = line.place.transaction
        switch command.turn {
        case .rcpt:
            guard let address = command.path?.withoutBrackets else { return }
            recipients.append(
                .init(address: address, transaction: transaction, line: line.index, connection: connection)
            )
        case .mail:
            guard let path = command.path?.withoutBrackets else { return }
            mails.append(
                Mail(line: line.index, transaction: transaction, reversePath: path, connection: connection)
            )
        case .lastChunk: unanswered.insert(transaction)
        // The client leaves what was accepted so far.
        case .rset, .quit, .hello:
            if command.turn == .quit { hasQuit = true }
            gaveUp.formUnion(recipients.filter(\.isOpen).map(\.transaction))
        default: break
        }
    }

    private mutating func replied(_ line: TraceLine, _ context: TraceLine.ReplyContext) {
        if context.isFirst { reply = (context, line.index) }
        guard let (context, first) = reply, let code = line.replyCode, !ReplyLine.read(line.octets).value.continues,
            let outcome = Verdict.Outcome(code: code)
        else { return }
        reply = nil
        let lines = first..<line.index + 1
        let decide = { (recipient: inout Verdict.Recipient) in
            (recipient.outcome, recipient.place, recipient.lines) = (outcome, line.place, lines)
            (recipient.code, recipient.status, recipient.isOpen) = (code, line.enhanced, false)
        }
        let transaction = line.place.transaction
        switch context.turn {
        case .rcpt:
            guard let index = recipients.lastIndex(where: { $0.line == context.answers }) else { return }
            decide(&recipients[index])
            recipients[index].isOpen = outcome == .accepted
        case .mailData, .lastChunk:
            unanswered.remove(transaction)
            for index in recipients.indices
            where recipients[index].isOpen && recipients[index].transaction == transaction {
                if let about = context.recipient, recipients[index].line != about { continue }
                decide(&recipients[index])
            }
        case .data, .chunk:
            guard outcome != .accepted else { return }
            for index in recipients.indices
            where recipients[index].isOpen && recipients[index].transaction == transaction {
                decide(&recipients[index])
            }
        case .mail:
            if let index = mails.lastIndex(where: { $0.line == context.answers }) { mails[index].outcome = outcome }
            guard outcome != .accepted else { return }
            decided = decided ?? (outcome, line.place, lines)
        case .greeting, .hello, .auth, .saslResponse, .startTLS:
            guard outcome != .accepted else {
                // Somebody is there now; what failed before was another way to get here.
                (failure, hasFailedOtherwise) = (nil, false)
                return decided = recipients.isEmpty ? nil : decided
            }
            decided = decided ?? (outcome, line.place, lines)
        case nil: if code == 421 { decided = decided ?? (outcome, line.place, lines) }
        case .rset, .quit, .anytime, .handshake, .turnAround, .unknown: break
        }
    }

    /// No more lines come: what is open is cut, given up, or nobody knows.
    mutating func finish() {
        let begun = Set(mails.filter { $0.outcome == .accepted }.map(\.transaction))
        let refused = Set(mails.filter { $0.outcome != nil }.map(\.transaction)).subtracting(begun)
        recipients.removeAll { refused.contains($0.transaction) }
        for index in recipients.indices where recipients[index].isOpen || recipients[index].lines == nil {
            let transaction = recipients[index].transaction
            let isBehindDot = recipients[index].isOpen && unanswered.contains(transaction)
            recipients[index].outcome = isBehindDot ? .unknown : gaveUp.contains(transaction) ? .untried : .deferred
            if recipients[index].isOpen { (recipients[index].code, recipients[index].status) = (nil, nil) }
            if recipients[index].isOpen { (recipients[index].place, recipients[index].lines) = (nil, nil) }
        }
        // What came to nothing on one connection and was tried again on another is told once.
        let again = recipients
        recipients.removeAll { tried in
            tried.outcome != .accepted
                && again.contains { $0.address == tried.address && $0.connection > tried.connection }
        }
    }

    /// What came of transactions that never began, since MAIL was refused. One that was tried again is told once: with the
    /// same reverse-path on this connection, or at another exchanger.
    private var refusals: [Verdict.Outcome] {
        mails.indices.compactMap { index in
            let mail = mails[index]
            let isOpen = mails[..<index].contains { $0.transaction == mail.transaction && $0.outcome == .accepted }
            let isTriedAgain = mails[(index + 1)...].contains {
                $0.connection > mail.connection || $0.reversePath == mail.reversePath
            }
            return mail.outcome == .accepted || isOpen || isTriedAgain ? nil : mail.outcome
        }
    }

    var outcome: Verdict.Outcome {
        let found = Set(recipients.map(\.outcome) + refusals)
        if found.count == 1, let one = found.first { return one == .untried ? .none : one }
        if found.count > 1 { return .mixed }
        if let decided { return decided.outcome }
        guard hasGoneWrong else { return .none }
        return failure?.saysNoForGood == true ? .refused : .deferred
    }
}

extension Path {
    /// As the octets stood between the angle brackets.
    fileprivate var withoutBrackets: [UInt8] {
        switch self {
        case .null: []
        case .postmaster: Array("postmaster".utf8)
        case .mailbox(let mailbox): mailbox.octets
        case .malformed(let octets): octets.filter { $0 != UInt8(ascii: "<") && $0 != UInt8(ascii: ">") }
        }
    }
}

extension LinkFailure {
    /// Whether something went wrong, and it is no remark about that.
    fileprivate var isOfLink: Bool {
        switch self {
        case .retries, .bounces, .withoutTLS, .doubt, .unfinishedLine, .notAsExpected: false
        default: true
        }
    }

    /// The zone itself says that there is nowhere to go (RFC 5321 §5.1, RFC 7505 §3).
    fileprivate var saysNoForGood: Bool {
        switch self {
        case .noSuchDomain, .nullMX, .neitherMXNorAddress, .noAddress: true
        default: false
        }
    }
}
