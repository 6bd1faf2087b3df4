import Notation

/// The server's side of a session, a state machine: takes command lines, mail data and chunks, and says what to answer
/// (RFC 5321 §4). Where a session can stand, and every transition, is in this file.
///
/// It decides every reply, and which mail is accepted. It does not know sockets, clocks, TLS or files, adds no trace
/// fields, remembers no client from another session, and does not know which order is allowed: that is `CommandSequence`. How
/// an answer reads is found in `ServerDialogue+Answers.swift`, which changes nothing.
///
/// Wrong input, of three kinds. Our bug, which changes nothing: a line while a chunk or the greylist's answer is due, a chunk
/// or that answer while none is, an event before `connected`. The client's departure, which gets a 4yz or 5yz reply, exactly one
/// for each line ended by CRLF: whatever it says against the RFCs. Allowed and ignored: what comes between `startTLS` and
/// `secured`, or after `close`.
public struct ServerDialogue: Sendable {
    /// What the owner is to do, in the order given.
    public enum Action: Equatable, Sendable {
        /// The lines of one reply, to be sent together.
        case reply([OutgoingLine], answering: CommandSequence.Turn)
        /// The server has taken responsibility for this mail; comes before the reply that says so.
        case accepted(MailObject)
        /// A mail transaction ended and the server took responsibility for nothing: what had come of the mail, and why.
        case notAccepted(MailObject, why: String)
        /// Look the correspondence up among those seen before, then call `greylistChecked` before anything else. Always last.
        case checkGreylist(Correspondence)
        /// A remark on what the server does that the wire does not show.
        case remark(String)
        /// Close once everything is sent. Always last.
        case close
        /// Throw away what came after the STARTTLS line, begin the handshake, then call `secured` (RFC 3207 §4.2).
        case startTLS
    }

    /// What the session stands in, with all that belongs to it and to nothing else.
    enum Standing: Sendable {
        /// Nothing was said.
        case connected
        /// The greeting was 554: everything but QUIT gets 503 (RFC 5321 §3.1).
        case refusing
        /// The client has not said who it is.
        case greeted
        /// EHLO or HELO was accepted, and no mail is under way.
        case identified
        /// MAIL was accepted; recipients, DATA or BDAT are due.
        case transaction(MailTransaction)
        /// RCPT waits for what the greylist says of it.
        indirect case greylisting(MailTransaction, ForwardPath)
        /// 354 was said.
        case mailData(MailData)
        /// The octets of a BDAT chunk are due.
        case chunk(Chunk, of: MailTransaction)
        /// The octets of a chunk are due that is refused; then all is as before.
        indirect case refusedChunk(Chunk, Answer, before: Standing)
        /// 334 was said; a response is due.
        indirect case authenticating(ServerSASL)
        /// STARTTLS was accepted; a handshake is due.
        case securing
        case closed
    }

    /// A BDAT chunk whose octets are not all here.
    struct Chunk: Sendable {
        var octets: Int
        var remaining: Int
        var isLast: Bool
        var turn: CommandSequence.Turn { isLast ? .lastChunk : .chunk }
    }

    /// What the client has made known of itself; the handshake makes all of it forgotten (RFC 3207 §4.2).
    struct Client: Sendable {
        /// EHLO, HELO or LHLO, whichever was accepted last.
        var hello: Verb?
        /// How it called itself.
        var name: [UInt8] = []
        var isSecured = false
        var isAuthenticated = false
    }

    /// Who sends to whom, as greylisting sees it (RFC 6647 §2.4); the client is known to whoever is asked.
    public struct Correspondence: Hashable, Sendable {
        public var reversePath: [UInt8]
        public var forwardPath: [UInt8]

        public init(reversePath: [UInt8], forwardPath: [UInt8]) {
            self.reversePath = reversePath
            self.forwardPath = forwardPath
        }
    }

    public let policy: Policy
    /// The client's address, for wordings that name it.
    public var clientAddress = ""
    /// What mechanisms of AUTH compute with; without it those that need it are refused.
    public var digests: SASLDigests?
    /// How many mails were accepted.
    public private(set) var acceptedMails = 0

    private(set) var standing = Standing.connected
    private(set) var client = Client()
    private var line = CommandLineAssembly()
    private var errors = 0

    public init(_ policy: Policy) { self.policy = policy }

    /// Where the order of commands has the client for this turn: as if greeted with EHLO, where the policy asks no greeting of MAIL.
    func phase(before turn: CommandSequence.Turn) -> CommandSequence.Phase {
        turn == .mail && phase == .greeted && policy.takesMailBeforeHello ? .identified : phase
    }
    /// Where in the session the client is.
    public var phase: CommandSequence.Phase { standing.phase }
    /// How many raw octets of a BDAT chunk are still to come, for `received(chunk:)`; nil when lines are due.
    public var expectedChunkOctets: Int? {
        switch standing {
        case .chunk(let chunk, _), .refusedChunk(let chunk, _, _): chunk.remaining
        case .connected, .refusing, .greeted, .identified, .transaction, .greylisting, .mailData, .authenticating,
            .securing, .closed:
            nil
        }
    }
    /// Whether a line should be handed over in pieces, as the octets come: its end may be what only this server takes for one.
    public var takesPieces: Bool { if case .mailData(let data) = standing { data.takesPieces } else { false } }
    /// How the client called itself.
    public var clientName: [UInt8] { client.name }
    /// How the mail comes, as trace fields name it (RFC 3848 §1).
    public var transport: String {
        guard client.hello != .helo else { return "SMTP" }
        let base = policy.family == .lmtp ? "LMTP" : "ESMTP"
        return base + (client.isSecured ? "S" : "") + (client.isAuthenticated ? "A" : "")
    }
    /// Whether the client may speak before it was answered (RFC 2920 §3.1).
    public var mayPipeline: Bool { policy.offers("PIPELINING") }
}

extension ServerDialogue.Standing {
    /// Where this is in the order of commands.
    var phase: CommandSequence.Phase {
        switch self {
        case .connected: .connected
        case .refusing, .greeted: .greeted
        case .identified: .identified
        case .transaction(let transaction), .greylisting(let transaction, _), .chunk(_, let transaction):
            transaction.phase
        case .refusedChunk(_, _, let before): before.phase
        case .mailData: .mailData
        case .authenticating: .authenticating
        case .securing: .securing
        case .closed: .ended
        }
    }

    /// The mail under way.
    var transaction: MailTransaction? {
        switch self {
        case .transaction(let transaction), .greylisting(let transaction, _), .chunk(_, let transaction): transaction
        case .mailData(let data): data.transaction
        case .refusedChunk(_, _, let before): before.transaction
        case .connected, .refusing, .greeted, .identified, .authenticating, .securing, .closed: nil
        }
    }
}

// MARK: Events

extension ServerDialogue {
    /// A client connected: the greeting.
    public mutating func connected() -> [Action] {
        guard case .connected = standing else { return [] }
        let actions = answer(.greeting, greeting)
        guard case .connected = standing else { return actions }
        // A greeting that is neither 2yz nor 5yz begins no session.
        standing = .closed
        return actions + [.close]
    }

    /// A line, or a piece of one: only CRLF ends a command or a line of mail data (RFC 5321 §2.3.8, §4.1.1.4).
    public mutating func received(_ line: WireLine) -> [Action] {
        switch standing {
        case .connected, .greylisting, .chunk, .refusedChunk, .securing, .closed: return []
        case .mailData: return receivedMailData(line)
        case .refusing, .greeted, .identified, .transaction: return receivedPiece(of: line, answeredBy: nil)
        case .authenticating(let exchange): return receivedPiece(of: line, answeredBy: exchange)
        }
    }

    /// Octets of a BDAT chunk, no more than `expectedChunkOctets`; they may come in pieces.
    public mutating func received(chunk octets: [UInt8]) -> [Action] {
        switch standing {
        case .chunk(var chunk, var transaction):
            standing = .closed  // so that the content is not copied
            let taken = octets.prefix(chunk.remaining)
            chunk.remaining -= taken.count
            transaction.keep(taken, limit: policy.sizeLimit)
            standing = .chunk(chunk, of: transaction)
            return chunk.remaining == 0 ? finish(chunk, of: transaction) : []
        case .refusedChunk(var chunk, let refusal, let before):
            chunk.remaining -= min(chunk.remaining, octets.count)
            standing = chunk.remaining == 0 ? before : .refusedChunk(chunk, refusal, before: before)
            return chunk.remaining == 0 ? fault(chunk.turn, refusal) : []
        case .connected, .refusing, .greeted, .identified, .transaction, .greylisting, .mailData, .authenticating,
            .securing, .closed:
            return []
        }
    }

    /// What the greylist says: whether this correspondence was seen before, long enough ago to pass.
    public mutating func greylistChecked(passes: Bool) -> [Action] {
        guard case .greylisting(let transaction, let forwardPath) = standing else { return [] }
        standing = .transaction(transaction)
        return answerRecipient(
            forwardPath,
            of: transaction,
            passes ? recipientOK(forwardPath) : greylisted(forwardPath)
        )
    }

    /// The handshake after `startTLS` is done: the session begins anew, without a greeting (RFC 3207 §4.2). Where TLS comes
    /// first, the greeting is inside it (RFC 8314 §3.3): called in the place of `connected`.
    public mutating func secured() -> [Action] {
        switch standing {
        case .connected:
            client.isSecured = true
            return connected()
        case .securing:
            client = Client(isSecured: true)
            enter(.handshake, code: 220, with: nil)
            return []
        case .refusing, .greeted, .identified, .transaction, .greylisting, .mailData, .chunk, .refusedChunk,
            .authenticating, .closed:
            return []
        }
    }

    /// The client was silent for longer than `TimeLimit.nextCommand`.
    public mutating func timedOut() -> [Action] {
        switch standing {
        case .closed: return []
        case .securing:
            standing = .closed
            return [.close]
        case .connected, .refusing, .greeted, .identified, .transaction, .greylisting, .mailData, .chunk, .refusedChunk,
            .authenticating:
            let words = "\(policy.domain) nothing came for too long, closing"
            return hangUp(Answer(421, "4.4.2", words), answering: .unknown)
        }
    }

    /// The client closed the connection. A mail whose end had not come is not accepted (RFC 5321 §4.1.1.4).
    public mutating func closed() -> [Action] {
        let given = giveUp("the client closed the connection")
        standing = .closed
        return given
    }

    /// The client spoke on before it was answered, to a server that does not offer PIPELINING (RFC 2920 §3.1).
    public mutating func spokenAhead() -> [Action] {
        if case .closed = standing { return [] }
        return hangUp(
            Answer(554, "5.5.0", "You spoke before you were answered, and PIPELINING is not offered"),
            answering: .unknown
        )
    }
}

// MARK: Commands

extension ServerDialogue {
    /// Hands on a command, or the response to a challenge, once its CRLF is here. A line too long is answered once.
    private mutating func receivedPiece(of line: WireLine, answeredBy exchange: ServerSASL?) -> [Action] {
        switch self.line.take(line, bareLFEnds: policy.takesBareLF, isResponse: exchange != nil) {
        case .unfinished: return []
        case .endless:
            return hangUp(Answer(421, "4.7.0", "\(policy.domain) this line does not end, closing"), answering: .unknown)
        case .whole(let octets):
            guard let exchange else { return perform(octets) }
            return respond(octets, in: exchange)
        case .tooLong:
            guard let exchange else { return fault(.unknown, Answer(500, "5.5.2", "Line too long")) }
            return respond([], in: exchange)
        }
    }

    /// One whole command line.
    private mutating func perform(_ line: [UInt8]) -> [Action] {
        let reading = Command.read(line)
        let command = reading.value
        switch judge(reading, line) {
        case .fault(let refusal): return fault(command.turn, refusal)
        case .answer(let reply): return answer(command.turn, reply)
        case .hangUp(let last): return hangUp(last, answering: command.turn)
        case .notNow(let refusal):
            // The octets of a chunk come all the same and are not commands (RFC 3030 §2).
            return chunk(of: command).map { refuse($0, refusal) } ?? fault(command.turn, refusal)
        case .perform(let verb): return perform(verb, command)
        }
    }

    /// One function a verb; it is in sequence, available and well-formed.
    private mutating func perform(_ verb: Verb, _ command: Command) -> [Action] {
        switch verb {
        case .ehlo, .helo, .lhlo: return hello(verb, command)
        case .mail: return mail(command)
        case .rcpt: return rcpt(command)
        case .data: return data()
        case .bdat: return bdat(command)
        case .rset:
            let verdict = rsetAnswer
            let given = verdict.isPositive ? giveUp("the client gave it up with RSET") : []
            return given + answer(.rset, verdict)
        case .vrfy: return answer(.anytime, vrfyAnswer(command))
        case .help: return answer(.anytime, helpAnswer)
        case .noop: return answer(.anytime, noopAnswer)
        case .quit:
            let verdict = quitAnswer
            return giveUp("the client gave it up with QUIT") + answer(.quit, verdict)
        case .auth: return auth(command)
        case .startTLS: return answer(.startTLS, startTLSAnswer)
        case .expn, .etrn, .turn, .atrn, .send, .soml, .saml, .xclient, .xforward:
            // `judge` has refused these.
            return fault(command.turn, Answer(502, "5.5.1", "Command not implemented"))
        }
    }

    private mutating func hello(_ verb: Verb, _ command: Command) -> [Action] {
        guard case .domain(let name) = command.argument, name.allSatisfy({ $0 < 0x80 }) else {
            return fault(.hello, Answer(501, nil, "Not a domain name"))
        }
        if let refusal = helloRefusal(verb) { return answer(.hello, refusal) }
        client.hello = verb
        client.name = name
        let given = giveUp("the client gave it up with \(verb.rawValue)")
        return given + answer(.hello, helloAnswer(verb, name))
    }

    private mutating func mail(_ command: Command) -> [Action] {
        switch mailVerdict(command) {
        case .fault(let refusal): return fault(.mail, refusal)
        case .answer(let refusal): return answer(.mail, refusal)
        case .refused(let reversePath, let refusal):
            // No transaction begins; whoever keeps the mails is told of one that got no further than this.
            let mail = MailObject(envelope: Envelope(reversePath: reversePath, forwardPaths: []), content: [])
            let why = "MAIL was answered \(summary(of: refusal))"
            return [.notAccepted(mail, why: why)] + answer(.mail, refusal)
        case .begins(let transaction, let reply): return answer(.mail, reply, with: .transaction(transaction))
        }
    }

    private mutating func rcpt(_ command: Command) -> [Action] {
        guard case .transaction(let transaction) = standing else { return fault(.rcpt, localError) }
        switch recipientVerdict(command, transaction) {
        case .fault(let refusal): return fault(.rcpt, refusal)
        case .answer(let forwardPath, let verdict):
            return answerRecipient(forwardPath, of: consume transaction, verdict)
        case .greylisting(let forwardPath):
            standing = .greylisting(transaction, forwardPath)
            let reversePath = transaction.envelope.reversePath.octets
            return [.checkGreylist(Correspondence(reversePath: reversePath, forwardPath: forwardPath.octets))]
        }
    }

    private mutating func answerRecipient(
        _ forwardPath: ForwardPath,
        of transaction: consuming MailTransaction,
        _ verdict: Answer
    ) -> [Action] {
        standing = .closed  // so that the recipients before are not copied
        if verdict.isPositive {
            transaction.accept(forwardPath)
        } else {
            transaction.refuse("RCPT TO:\(forwardPath.octets.lossyText) was answered \(summary(of: verdict))")
        }
        // With its first recipient the transaction is where the table of commands leads to.
        standing = .transaction(transaction)
        return answer(.rcpt, verdict)
    }

    private mutating func data() -> [Action] {
        guard case .transaction(let transaction) = standing else { return fault(.data, localError) }
        let verdict = dataAnswer
        guard verdict.code / 100 == 3 else { return answer(.data, verdict) }
        // RFC 3030 §3: what is not made of lines cannot end with one.
        guard !transaction.isBinary else { return fault(.data, Answer(503, "5.5.1", "BINARYMIME needs BDAT")) }
        return answer(.data, verdict, with: .mailData(MailData(of: transaction, endedBy: policy.endsOfData)))
    }

    private mutating func bdat(_ command: Command) -> [Action] {
        guard let chunk = chunk(of: command) else {
            return fault(command.turn, Answer(501, "5.5.4", "Not a chunk size"))
        }
        guard case .transaction(let transaction) = standing else { return refuse(chunk, localError) }
        standing = .chunk(chunk, of: transaction)
        return chunk.remaining == 0 ? finish(chunk, of: transaction) : []
    }

    /// Its octets come all the same, and then it is answered.
    private mutating func refuse(_ chunk: Chunk, _ refusal: Answer) -> [Action] {
        guard chunk.remaining > 0 else { return fault(chunk.turn, refusal) }
        standing = .refusedChunk(chunk, refusal, before: standing)
        return []
    }

    /// What BDAT announces; nil when it says nothing clear.
    private func chunk(of command: Command) -> Chunk? {
        guard case .chunk(let octets?, let isLast) = command.argument, let count = Int(exactly: octets) else {
            return nil
        }
        return Chunk(octets: count, remaining: count, isLast: isLast)
    }
}

// MARK: AUTH

extension ServerDialogue {
    private mutating func auth(_ command: Command) -> [Action] {
        guard case .mechanism(let name, let initialResponse) = command.argument else {
            return fault(.auth, Answer(501, "5.5.4", "Syntax error in arguments"))
        }
        guard !client.isAuthenticated else { return fault(.auth, Answer(503, "5.5.1", "Authenticated already")) }
        guard var exchange = exchange(named: name) else {
            return fault(.auth, Answer(504, "5.5.4", "Mechanism not offered"))
        }
        let next = exchange.begin(initialResponse)
        return carryOut(next, of: exchange, answering: .auth)
    }

    private mutating func respond(_ line: [UInt8], in exchange: ServerSASL) -> [Action] {
        var exchange = exchange
        let next = exchange.respond(line)
        return carryOut(next, of: exchange, answering: .saslResponse)
    }

    private mutating func carryOut(
        _ action: ServerSASL.Action,
        of exchange: ServerSASL,
        answering turn: CommandSequence.Turn
    ) -> [Action] {
        switch action {
        case .challenge(let octets):
            let challenge = Answer(334, nil, Base64.encode(octets).lossyText)
            return answer(turn, challenge, with: .authenticating(exchange))
        case .accept, .reject:
            let verdict = authAnswer(isRight: action == .accept)
            client.isAuthenticated = verdict.isPositive
            return answer(turn, verdict, with: .authenticating(exchange))
        case .breakOff(let why):
            let refusal = brokenOff(why)
            let actions = fault(turn, refusal)
            if turn == .saslResponse { enter(turn, code: refusal.code, with: nil) }
            return actions
        }
    }
}

// MARK: Mail

extension ServerDialogue {
    private mutating func receivedMailData(_ line: WireLine) -> [Action] {
        guard case .mailData(var data) = standing else { return [] }
        standing = .closed  // so that the content is not copied
        let ended = data.take(line, limit: policy.sizeLimit)
        standing = .mailData(data)
        guard let ended else { return dropsNow(data.transaction) ? drop() : [] }
        let accepted = acceptMail(data.transaction, .mailData)
        guard ended.end != .standard || !ended.rest.isEmpty else { return accepted }
        let remark = Action.remark("this server takes \(ended.end.phrase) for the end of the mail data")
        let actions = ended.end == .standard ? accepted : [remark] + accepted
        return ended.rest.isEmpty ? actions : actions + received(WireLine(givenOut: ended.rest))
    }

    private func dropsNow(_ mail: MailTransaction) -> Bool {
        policy.dropsAfterOctets.map { mail.octets >= $0 } ?? false
    }

    private mutating func finish(_ chunk: Chunk, of transaction: MailTransaction) -> [Action] {
        if chunk.isLast { return acceptMail(transaction, .lastChunk) }
        let verdict = chunkAnswer(chunk, transaction)
        guard verdict.isPositive else {
            return giveUp("BDAT was answered \(summary(of: verdict))") + answer(.chunk, verdict)
        }
        var transaction = transaction
        transaction.acceptChunk()
        return answer(.chunk, verdict, with: .transaction(transaction))
    }

    /// The whole mail is here: take responsibility for it or not (RFC 5321 §4.2.5). Either way its transaction is over before the
    /// reply is said.
    private mutating func acceptMail(_ transaction: MailTransaction, _ turn: CommandSequence.Turn) -> [Action] {
        if policy.dropsAt == .mailData { return drop() }
        guard transaction.octets <= policy.sizeLimit else { return refuse(transaction, turn, tooLarge) }
        if policy.family == .lmtp { return acceptForEach(transaction, turn) }
        let verdict = mailVerdict(transaction)
        guard verdict.isPositive else { return refuse(transaction, turn, verdict) }
        acceptedMails += 1
        standing = .identified
        return [.accepted(transaction.mail)] + answer(turn, verdict)
    }

    /// The mail is here and is not taken: in LMTP for no recipient.
    private mutating func refuse(
        _ transaction: MailTransaction,
        _ turn: CommandSequence.Turn,
        _ verdict: Answer
    ) -> [Action] {
        let count = policy.family == .lmtp ? max(1, transaction.envelope.forwardPaths.count) : 1
        let given = giveUp("the mail data was answered \(summary(of: verdict))")
        return given + (0..<count).flatMap { _ in answer(turn, verdict) }
    }

    /// LMTP: every recipient that RCPT accepted gets an answer of its own, in their order (RFC 2033 §4.2).
    private mutating func acceptForEach(_ transaction: MailTransaction, _ turn: CommandSequence.Turn) -> [Action] {
        let verdicts = transaction.envelope.forwardPaths.map { (path: $0, answer: mailVerdict(for: $0)) }
        let taken = verdicts.filter(\.answer.isPositive).map(\.path)
        let refused = verdicts.filter { !$0.answer.isPositive }
        standing = .identified
        var actions: [Action] = []
        if !taken.isEmpty {
            acceptedMails += 1
            actions.append(.accepted(transaction.mail(to: taken)))
        }
        if !refused.isEmpty {
            let why = refused.map { "\($0.path.octets.lossyText) was answered \(summary(of: $0.answer))" }
            actions.append(.notAccepted(transaction.mail(to: refused.map(\.path)), why: why.joined(separator: "; ")))
        }
        return actions + verdicts.flatMap { answer(turn, $0.answer) }
    }
}

// MARK: Transitions

extension ServerDialogue {
    /// The reply to a turn that was in sequence; it moves the session on, to the phase that the table of commands names.
    /// `belongings` is what to stand in when that is its phase.
    private mutating func answer(
        _ turn: CommandSequence.Turn,
        _ answer: Answer,
        with belongings: Standing? = nil
    ) -> [Action] {
        if case .closed = standing { return [] }
        if policy.dropsAt == turn || answer.code == 421 {
            standing = belongings ?? standing
            return policy.dropsAt == turn ? drop() : hangUp(answer, answering: turn)
        }
        let reply = Action.reply(lines(of: answer), answering: turn)
        let (before, after) = enter(turn, code: answer.code, with: belongings)
        return before.isEmpty && after.isEmpty ? [reply] : before + [reply] + after
    }

    /// Moves on as the table of commands says. A phase is entered with what belongs to it, or not at all. Gives what is to be
    /// done before and after the reply.
    @discardableResult
    private mutating func enter(
        _ turn: CommandSequence.Turn,
        code: UInt16,
        with belongings: Standing?
    ) -> (before: [Action], after: [Action]) {
        let phase = phase
        var sequence = CommandSequence(at: self.phase(before: turn))
        sequence.advance(turn, code: code)
        if let belongings, belongings.phase == sequence.phase {
            standing = belongings
            return ([], [])
        }
        guard sequence.phase != phase else { return ([], []) }
        let next: Standing
        var after: [Action] = []
        switch sequence.phase {
        case .connected, .reversePath, .forwardPaths, .mailData, .chunks, .unknown: return ([], [])
        case .greeted: next = turn == .greeting && code / 100 == 5 ? .refusing : .greeted
        case .identified: next = .identified
        case .authenticating: next = .authenticating(.over)
        case .securing: (next, after) = (.securing, [.startTLS])
        case .ended: (next, after) = (.closed, [.close])
        }
        // Some rule of the policy let a command through that ends a transaction without saying so.
        let before = giveUp("the session began anew")
        standing = next
        return (before, after)
    }

    /// The reply to a protocol error; the session stays where it is. Too many of them end it.
    private mutating func fault(_ turn: CommandSequence.Turn, _ answer: Answer) -> [Action] {
        errors += 1
        guard errors <= policy.errorLimit else { return hangUp(tooManyErrors, answering: turn) }
        return [.reply(lines(of: answer), answering: turn)]
    }

    /// 421 and the end (RFC 5321 §3.8).
    private mutating func hangUp(_ answer: Answer, answering turn: CommandSequence.Turn) -> [Action] {
        let reply = Action.reply(lines(of: answer), answering: turn)
        let given = giveUp("the server ended the session: \(summary(of: answer))")
        standing = .closed
        return [reply] + given + [.close]
    }

    /// The end without a word.
    private mutating func drop() -> [Action] {
        let given = giveUp("the server dropped the connection")
        standing = .closed
        return given + [.close]
    }

    /// The transaction under way, if there is one, comes to nothing.
    private mutating func giveUp(_ why: String) -> [Action] {
        guard let mail = standing.transaction else { return [] }
        standing = .identified
        return [abandoned(mail, why)]
    }

    private func abandoned(_ transaction: MailTransaction, _ why: String) -> Action {
        .notAccepted(transaction.mail, why: ([why] + transaction.refusals).joined(separator: "; "))
    }
}

extension WireLine {
    /// Octets that a framer gave out already, as a line again.
    fileprivate init(givenOut octets: [UInt8]) {
        if octets.suffix(2) == [13, 10] {
            self.init(Array(octets.dropLast(2)), ending: .crlf)
        } else if octets.last == 10 {
            self.init(Array(octets.dropLast()), ending: .lf)
        } else {
            self.init(octets, ending: .none)
        }
    }
}
