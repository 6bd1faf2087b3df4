import SMTP

/// Follows what was asked on one leg and what was answered, and says what became of the mail.
///
/// It decides which reply counts for which recipient, and what a session means that ends before its replies came. It does not know
/// lines or octets: a trace and a glance at a session both feed it, so that they cannot disagree. Wrong input is a peer's: an
/// answer to nothing that it knows changes nothing, but for a 421, which ends all that is open (RFC 5321 §3.8), and for the
/// answers to a mail that the server found in the data of another. A cut before the dot leaves the mail with its sender; one behind
/// it leaves it nobody knows where (RFC 5321 §4.1.1.4, RFC 1047).
struct VerdictReading: Sendable {
    private(set) var recipients: [Verdict.Recipient] = []
    private(set) var transactions: [Verdict.Transaction] = []
    private(set) var tally = RecipientTally()
    private let keepsTally: Bool  // Whether somebody asks on the way; at the end nobody needs it.
    /// The last reply that said no to a recipient.
    private(set) var lastRefusal: Verdict.Decision?
    /// Whether the mail under way was taken by the server.
    private(set) var isTaken = false
    /// Whether all recipients of the mail under way were asked for: its data was announced.
    private(set) var hasAllRecipients = false
    /// Mails that the server took although nobody sent them: it read them out of the data of another (RFC 5321 §4.1.1.4).
    private(set) var smuggledMails = 0
    /// The server said 354, and nobody had asked.
    private var awaitsSmuggledMail = false
    private(set) var failure: LinkFailure?
    private(set) var failureLine: Int?
    /// Where the session was last, and where each of its transactions was.
    private(set) var lastPlace: Place?
    private var courses = TransactionCourses()
    /// Whether anything went over the wire.
    private(set) var hasSpoken = false
    /// Refusals that are about no recipient and no mail, the first first; one that was made good is taken out.
    private var refusals: [Verdict.Decision] = []
    private var link = VerdictLink()
    /// Something went wrong that has no case in the table of failures.
    private var hasFailedOtherwise = false
    /// Connections of which answers are missing: to all that was asked up to the command with this id.
    private var incomplete: [Int: Int] = [:]
    private var lastAsked = -1
    /// Every path once, where somebody asks on the way: most are named again and again, and share their octets.
    private var paths: Set<[UInt8]> = []
    /// What a log says became of recipients.
    private(set) var fates = ToldFates()
    /// Whether a lookup or a connection came to nothing.
    var hasGoneWrong: Bool { failure != nil || link.isTrying || hasFailedOtherwise || hasFailedHandshake }
    /// TLS was begun, and the connection ended before anything was said in it.
    private var hasFailedHandshake: Bool { link.speaksTLS && !link.sealed.areBoth && link.isClosed }
    /// What matters went by inside TLS, or goes by there from now on.
    var isEncrypted: Bool { link.sealed.areBoth || (link.speaksTLS || link.awaitsTLS) && !link.isClosed }
    /// What decided before any mail came about.
    var refusal: Verdict.Decision? { refusals.first }

    /// Whether no command comes any more on the connection under way.
    var hasEnded: Bool { link.hasQuit || link.isClosed }

    init(keepsTally: Bool = false) { self.keepsTally = keepsTally }

    // MARK: The link

    mutating func connecting(to endpoint: EndpointName?) {
        noteEndOfLink()
        // What is told to be missing before anything happened is missing of what begins now.
        if link.number == 0, !hasSpoken, let missing = incomplete.removeValue(forKey: 0) { incomplete[1] = missing }
        link = VerdictLink(number: link.number + 1, endpoint: endpoint, isTrying: true)
    }

    mutating func connected() {
        if !link.isTrying { connecting(to: nil) }
        link.isTrying = false
    }

    /// Something was said: somebody is there.
    mutating func spoke(_ side: Side, at place: Place?) {
        (link.isTrying, hasSpoken) = (false, true)
        link.spoken.insert(side)
        if let place { arrive(at: place) }
    }

    private mutating func arrive(at place: Place) {
        guard place != lastPlace else { return }
        lastPlace = place
        courses.with(place.transaction) { $0.place = place }
    }

    mutating func closed(inLine line: Int?) {
        let silence = silence
        // Who asks for a session and gets none comes back with the mail.
        let isCut = link.awaitsHello && link.hasReplied && !isIncomplete
        hasFailedOtherwise = hasFailedOtherwise || isCut
        link.isClosed = true
        if let silence { failed(silence, at: nil, inLine: line) }
    }

    /// What it means when the connection ends now and the server has not said a word.
    private var silence: LinkFailure? { isIncomplete ? nil : link.silence }
    /// Whether octets of this connection are missing.
    var isIncomplete: Bool { incomplete[link.number] != nil }

    /// A lookup or the connection failed; nil for what is not in the table. What breaks behind QUIT takes nothing with it.
    mutating func failed(_ failure: LinkFailure?, at place: Place?, inLine line: Int?) {
        guard !link.hasQuit else { return }
        let isWrongTLS = failure == .reset && silence == .tlsExpected
        link.failed(failure)
        (hasFailedOtherwise, failureLine) = (true, line)
        self.failure = isWrongTLS ? .tlsExpected : failure
        if let place { arrive(at: place) }
    }

    /// Octets went by that nobody kept. The answer to what is asked after them is not among them.
    mutating func gap() { if !link.said421 { incomplete[link.number] = lastAsked } }

    /// A log says what became of a recipient, or of the whole mail.
    mutating func told(_ outcome: Verdict.Outcome, of address: [UInt8]?, at place: Place?) {
        fates.add(.init(address: address, outcome: outcome, connection: link.number, place: place))
    }

    /// A TLS record went by.
    mutating func record(_ octets: [UInt8], from side: Side, inLine line: Int?) {
        guard !link.isOpened, case .record(let type, let length) = TLSRecord.head(of: octets) else { return }
        if let wrong = link.begins(side, inLine: line) { return noteWrongTLS(wrong) }
        link.speaksTLS = true
        if type == .applicationData { link.sealed.insert(side) }
        // An alert that can be read and is fatal ends the handshake (RFC 8446 §6).
        if type == .alert, length == 2, octets.count == 7, octets[5] == 2 { failure = .tlsFailed }
    }

    /// The records are no handshake that could lead anywhere, unless something is missing that was agreed on.
    private mutating func noteWrongTLS(_ wrong: LinkFailure) {
        guard !isIncomplete else { return }
        (failure, failureLine) = (wrong, link.unaskedLine)
        link.speaksTLS = false
    }

    /// What was said inside TLS is known.
    private mutating func opened() {
        link.awaitsTLS = false
        guard link.speaksTLS else { return }
        (link.sealed, link.speaksTLS, link.isOpened) = (Sides(), false, true)
    }

    /// A transcript may hold one side alone: then nobody knows what was answered.
    private mutating func noteEndOfLink() {
        guard hasSpoken || link.number > 0 else { return }
        if !link.hasReplied, !link.isClosed || isIncomplete, !link.isTrying { incomplete[link.number] = lastAsked }
    }

    // MARK: What is asked

    /// A command that arrived whole. `address` is that of MAIL or RCPT without angle brackets, `id` names it in what answers it.
    mutating func asked(_ turn: CommandSequence.Turn, address: [UInt8]?, id: Int, transaction: Int) {
        opened()
        (link.hasAsked, link.awaitsHello, lastAsked) = (true, turn == .hello, id)
        switch turn {
        case .mail:
            // A MAIL inside a transaction begins none.
            guard transaction > 0, courses[transaction]?.mail == nil else { return }
            let index = transactions.count
            courses.with(transaction) { $0.mail = index }
            courses.begin(transaction)
            (isTaken, hasAllRecipients) = (false, false)
            transactions.append(
                .init(number: transaction, reversePath: address.map { shared($0) }, id: id, connection: link.number)
            )
        case .rcpt:
            guard let address = address.map({ shared($0) }) else { return }
            let index = recipients.count
            courses.with(transaction) { $0.members.append(index) }
            courses.begin(transaction)
            recipients.append(.init(address: address, transaction: transaction, id: id, connection: link.number))
            count(1, index)
        case .data, .chunk: hasAllRecipients = true
        case .lastChunk:
            hasAllRecipients = true
            contentEnded(of: transaction)
        case .rset, .hello: courses.leave()
        case .quit:
            link.hasQuit = true
            courses.leave()
        default: break
        }
    }

    private mutating func shared(_ path: [UInt8]) -> [UInt8] {
        keepsTally ? paths.insert(path).memberAfterInsert : path
    }

    mutating func contentEnded(of transaction: Int) { courses.with(transaction) { $0.isUnanswered = true } }

    // MARK: What is answered

    /// A reply is complete. `id` names what it answers, `about` the RCPT whose recipient it tells of alone.
    mutating func answered(_ decision: Verdict.Decision, id: Int?, about: Int?, transaction: Int) {
        let isInClear = link.onlyClientSpeaksTLS
        opened()
        (link.hasReplied, link.awaitsHello) = (true, false)
        defer { if isInClear { noteWrongTLS(.clearExpected) } }
        if let place = decision.place { arrive(at: place) }
        if decision.turn == nil { answeredUnasked(decision.code) }
        guard let outcome = Verdict.Outcome(code: decision.code) else { return }
        switch decision.turn {
        case .rcpt:
            guard let id, let index = recipients.index(ascending: \.id, id) else { break }
            decide(index, decision, outcome, isOpen: outcome == .accepted)
        case .mailData, .lastChunk: contentAnswered(decision, outcome, about: about, transaction)
        case .data, .chunk: if outcome != .accepted { decideOpen(in: transaction, decision, outcome) }
        case .mail:
            guard let id, let index = transactions.index(ascending: \.id, id) else { break }
            transactions[index].code = decision.code
            if outcome != .accepted { mailRefused(index, decision) }
        case .greeting, .hello, .auth, .saslResponse, .startTLS: sessionAnswered(decision, outcome)
        case nil: if decision.code == 421 { refusals.append(decision) }
        case .rset, .quit, .anytime, .handshake, .turnAround, .unknown: break
        }
        if decision.code == 421 { link.said421 = true }
        guard decision.code == 421, decision.turn != .quit else { return }
        for course in courses.all where !course.isUnanswered { decideOpen(in: course.number, decision, outcome) }
    }

    /// Behind a mail that was taken, a 354 and a 2yz that answer nothing are about another one, which stood in its data.
    private mutating func answeredUnasked(_ code: UInt16) {
        guard isTaken, !isIncomplete else { return awaitsSmuggledMail = false }
        if awaitsSmuggledMail, code / 100 == 2 { smuggledMails += 1 }
        awaitsSmuggledMail = code == 354
    }

    /// One reply for all, one for each recipient (RFC 2033 §4.2), or both: then a refusal of all counts
    /// (PRDR, draft-hall-prdr §2.3).
    private mutating func contentAnswered(
        _ decision: Verdict.Decision,
        _ outcome: Verdict.Outcome,
        about: Int?,
        _ transaction: Int
    ) {
        courses.with(transaction) { $0.isUnderWay = false }
        if let about, let index = recipients.index(ascending: \.id, about) {
            // The others still wait for theirs.
            decide(index, decision, outcome)
            return recipients[index].isToldApart = true
        }
        courses.with(transaction) { $0.isUnanswered = false }
        decideUnseen(decision, outcome, transaction)
        for index in courses[transaction]?.members ?? [] {
            let isOverruled = recipients[index].isToldApart && outcome != .accepted
            if recipients[index].isOpen || isOverruled { decide(index, decision, outcome) }
        }
    }

    /// Recipients, or the mail without any, of whom no answer was seen: what was refused as a whole was refused for them; taken it is
    /// for one who is alone, since a server asks for the mail data only when it has accepted a recipient (RFC 5321 §3.3).
    private mutating func decideUnseen(_ decision: Verdict.Decision, _ outcome: Verdict.Outcome, _ transaction: Int) {
        guard let course = courses[transaction] else { return }
        if course.members.isEmpty, let mail = course.mail { transactions[mail].content = decision }
        let unseen = course.members.filter {
            !recipients[$0].isOpen && recipients[$0].decision == nil
                && lacksAnswer(to: recipients[$0].id, on: recipients[$0].connection)
        }
        guard outcome != .accepted || unseen.count == course.members.count && unseen.count == 1 else { return }
        for index in unseen { decide(index, decision, outcome) }
    }

    /// Somebody is there now, so what failed before was another way to get here. What was refused once and then accepted is
    /// made good: HELO after EHLO, another mechanism, another exchanger.
    private mutating func sessionAnswered(_ decision: Verdict.Decision, _ outcome: Verdict.Outcome) {
        guard outcome == .accepted else { return refusals.append(decision) }
        link.awaitsTLS = decision.turn == .startTLS
        (failure, failureLine, hasFailedOtherwise) = (nil, nil, false)
        let kinds: [CommandSequence.Turn?] =
            switch decision.turn {
            case .auth, .saslResponse: [.auth, .saslResponse]
            case .startTLS: [.startTLS]
            default: [.greeting, .hello, nil]
            }
        refusals.removeAll { kinds.contains($0.turn) }
    }

    /// A mail of which nothing was seen but that it began is refused as a whole.
    private mutating func decideOpen(in transaction: Int, _ decision: Verdict.Decision, _ outcome: Verdict.Outcome) {
        if let course = courses[transaction], course.members.isEmpty, let mail = course.mail,
            transactions[mail].content == nil, lacksAnswer(to: transactions[mail].id, on: link.number)
        {
            transactions[mail].content = decision
        }
        for index in courses[transaction]?.members ?? [] where recipients[index].isOpen {
            decide(index, decision, outcome)
        }
    }

    private mutating func decide(
        _ index: Int,
        _ decision: Verdict.Decision,
        _ outcome: Verdict.Outcome,
        isOpen: Bool = false
    ) {
        let isCountedAnew = recipients[index].countedOutcome != (isOpen ? nil : outcome)
        if isCountedAnew { count(-1, index) }
        (recipients[index].outcome, recipients[index].decision) = (outcome, decision)
        (recipients[index].place, recipients[index].isOpen) = (decision.place, isOpen)
        if isCountedAnew { count(1, index) }
        if outcome != .accepted { lastRefusal = decision } else if !isOpen { isTaken = true }
    }

    /// The RCPTs that came along with a refused MAIL ask for nobody.
    private mutating func mailRefused(_ index: Int, _ decision: Verdict.Decision) {
        let transaction = transactions[index].number
        for member in courses[transaction]?.members ?? [] { count(-1, member) }
        transactions[index].decision = decision
    }

    /// Counts a recipient in or out, with what has become of it so far.
    private mutating func count(_ change: Int, _ index: Int) {
        guard keepsTally else { return }
        let mail = courses[recipients[index].transaction]?.mail.map { transactions[$0] }
        tally.count(change, recipients[index], of: mail)
    }

    // MARK: The end

    /// No more comes: what is open is cut, given up, or nobody knows.
    mutating func finish() {
        noteEndOfLink()
        dropRecipientsOfRefusedMails()
        for index in recipients.indices where recipients[index].isOpen || recipients[index].decision == nil {
            let recipient = recipients[index]
            let course = courses[recipient.transaction]
            (recipients[index].decision, recipients[index].place) = (nil, course?.place)
            recipients[index].outcome =
                if recipient.isOpen && course?.isUnanswered == true
                    || lacksAnswer(to: recipient.id, on: recipient.connection)
                {
                    .unknown
                } else if recipient.isOpen, course?.hasBeenLeft == true {
                    .untried
                } else {
                    .deferred
                }
        }
        recipients = onceEach(fates.applied(to: recipients, of: transactions))
        concludeTransactions()
    }

    private func lacksAnswer(to id: Int, on connection: Int) -> Bool { incomplete[connection, default: .min] >= id }

    /// What the server said to RCPTs that came along with a refused MAIL says nothing of the recipients.
    private mutating func dropRecipientsOfRefusedMails() {
        guard transactions.contains(where: { $0.decision != nil }) else { return }
        let refused = Set(transactions.filter { $0.decision != nil }.map(\.number))
        recipients.removeAll { refused.contains($0.transaction) }
    }

    /// What came to nothing on one connection and was tried on another is told once: as accepted where it was accepted; a refusal
    /// for good stands, since no other exchanger is asked after it (RFC 5321 §5.1); otherwise the last try counts.
    private func onceEach(_ tried: [Verdict.Recipient]) -> [Verdict.Recipient] {
        guard let connection = tried.first?.connection, tried.contains(where: { $0.connection != connection }) else {
            return tried
        }
        let keys = tried.map { recipient in
            let mail = courses[recipient.transaction]?.mail.map { transactions[$0].reversePath }
            return RecipientTally.Key(reversePath: mail ?? nil, address: recipient.address)
        }
        var best: [RecipientTally.Key: (rank: Int, connection: Int)] = [:]
        for (recipient, key) in zip(tried, keys) {
            let found = (recipient.outcome.rank, recipient.connection)
            if let known = best[key], known >= found { continue }
            best[key] = found
        }
        return zip(tried, keys).filter { recipient, key in
            recipient.outcome == .accepted || best[key]?.connection == recipient.connection
        }.map(\.0)
    }

    private mutating func concludeTransactions() {
        for index in transactions.indices { transactions[index].outcome = .none }
        for recipient in recipients {
            guard let mail = courses[recipient.transaction]?.mail else { continue }
            transactions[mail].outcome = transactions[mail].outcome.joined(with: recipient.outcome)
        }
        for index in transactions.indices {
            let transaction = transactions[index]
            let told = fates.ofWholeMail(on: transaction.connection) ?? .none
            let outcome = transaction.outcome.joined(with: told)
            let course = courses[transaction.number]
            if let content = transaction.content, content.code >= 400 { transactions[index].decision = content }
            transactions[index].outcome =
                if let decision = transaction.decision, outcome == .none {
                    Verdict.Outcome(code: decision.code) ?? .refused
                } else if let content = transaction.content {
                    Verdict.Outcome(code: content.code) ?? .refused
                } else if outcome != .none {
                    outcome
                } else if course?.members.isEmpty == false || course?.hasBeenLeft == true {
                    // All its recipients were tried on another connection, or the client left.
                    .none
                } else {
                    lacksAnswer(to: transaction.id, on: transaction.connection) ? .unknown : .deferred
                }
        }
        transactions = transactions.withoutThoseSaidAgain
    }
}
