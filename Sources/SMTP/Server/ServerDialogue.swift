/// The server's side of a session: takes command lines, mail data and chunks, and says what to answer (RFC 5321 §4).
///
/// It decides every reply, and which mail is accepted. It does not know sockets, clocks, TLS or files, adds no trace
/// fields, and not which order is allowed: that is `CommandSequence`. Wrong input: a line while a chunk is due, a chunk
/// while none is, or an event before `connected` is our bug and changes nothing; what the client says against the RFCs
/// is its departure and gets a 4yz or 5yz reply, exactly one for each line ended by CRLF; what comes between
/// `startTLS` and `secured`, or after `close`, is allowed and ignored.
public struct ServerDialogue: Sendable {
    /// What the owner is to do, in the order given.
    public enum Action: Equatable, Sendable {
        /// The lines of one reply, to be sent together.
        case reply([OutgoingLine], answering: CommandSequence.Turn)
        /// The server has taken responsibility for this mail; comes before the reply that says so.
        case accepted(MailObject)
        /// A mail transaction ended and the server took responsibility for nothing: what had come of the mail, and why.
        case notAccepted(MailObject, why: String)
        /// A remark on what the server does that the wire does not show.
        case remark(String)
        /// Close once everything is sent. Always last.
        case close
        /// Throw away what came after the STARTTLS line, begin the handshake, then call `secured` (RFC 3207 §4.2).
        case startTLS
    }

    /// A mail on its way in.
    struct Transaction {
        var envelope: Envelope
        var mayHoldUTF8: Bool
        var isBinary: Bool
        var content: [UInt8] = []
        /// Octets that came, those that were too many for `content` included.
        var octets = 0
        /// What was answered to recipients that were refused, the first few.
        var refusals: [String] = []
    }

    /// A BDAT chunk whose octets are not all here.
    struct Chunk {
        var octets: Int
        var remaining: Int
        var isLast: Bool
        /// Why it is thrown away once it has come, and whether that is a protocol error (RFC 3030 §2).
        var refusal: Answer?
        var turn: CommandSequence.Turn { isLast ? .lastChunk : .chunk }
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

    /// Longest command line with its CRLF (RFC 5321 §4.5.3.1.4), and longest line of AUTH (RFC 4954 §4).
    static let longestCommand = 512
    static let longestAuthLine = 12_288
    /// A line that goes on longer than this closes the connection.
    static let longestIgnoredLine = 10_000_000

    public let policy: Policy
    /// The client's address, for wordings that name it.
    public var clientAddress = ""
    /// What mechanisms of AUTH compute with; without it those that need it are refused.
    public var digests: SASLDigests?
    /// Whether a correspondence is known and may pass; asked when the policy greylists.
    public var isKnown: (@Sendable (Correspondence) -> Bool)?
    /// Where in the session the client is.
    public internal(set) var sequence = CommandSequence()
    /// How many raw octets of a BDAT chunk are still to come, for `received(chunk:)`; nil when lines are due.
    public var expectedChunkOctets: Int? { chunk?.remaining }
    /// How many mails were accepted.
    public internal(set) var acceptedMails = 0
    /// Whether a line should be handed over in pieces, as the octets come: its end may be what only this server takes for one.
    public var takesPieces: Bool { endSearch != nil && sequence.phase == .mailData }
    /// How the mail comes, as trace fields name it (RFC 3848 §1).
    public var transport: String {
        guard helloVerb != .helo else { return "SMTP" }
        let base = policy.family == .lmtp ? "LMTP" : "ESMTP"
        return base + (isSecured ? "S" : "") + (isAuthenticated ? "A" : "")
    }
    /// Whether the client may speak before it was answered (RFC 2920 §3.1).
    public var mayPipeline: Bool { policy.offers("PIPELINING") }

    var isClosed = false
    /// The greeting was 554: everything but QUIT gets 503 (RFC 5321 §3.1).
    var refusesService = false
    /// EHLO or HELO, whichever was accepted last.
    var helloVerb: Verb?
    /// How the client called itself.
    public internal(set) var clientName: [UInt8] = []
    var isSecured = false
    var isAuthenticated = false
    var exchange: Exchange?
    var transaction: Transaction?
    var chunk: Chunk?
    var errors = 0
    /// How the line of mail data before ended.
    var previousEnding = WireLine.Ending.crlf
    /// The search for the end of mail data, where more than one is taken.
    var endSearch: EndOfDataSearch?
    /// What came of a command line whose CRLF has not come, and how many octets of it were thrown away.
    private var unfinished: [UInt8] = []
    private var ignoredOctets = 0

    public init(_ policy: Policy) { self.policy = policy }

    // MARK: Events

    /// A client connected: the greeting.
    public mutating func connected() -> [Action] {
        guard sequence.phase == .connected, !isClosed else { return [] }
        guard let rule = rule(for: .greeting) else {
            let text = policy.greetingText.isEmpty ? "" : " \(policy.greetingText)"
            return answer(.greeting, Answer(220, nil, policy.domain + text))
        }
        refusesService = rule.code / 100 == 5
        let actions = answer(.greeting, Answer(rule.code, nil, "\(policy.domain) \(rule.text)"))
        guard sequence.phase == .connected, !isClosed else { return actions }
        // A greeting that is neither 2yz nor 5yz begins no session.
        isClosed = true
        return actions + [.close]
    }

    /// A line, or a piece of one: only CRLF ends a command or a line of mail data (RFC 5321 §2.3.8, §4.1.1.4).
    public mutating func received(_ line: WireLine) -> [Action] {
        guard !isClosed, chunk == nil else { return [] }
        switch sequence.phase {
        case .connected, .securing, .ended, .unknown: return []
        case .mailData: return receivedMailData(line)
        case .greeted, .identified, .reversePath, .forwardPaths, .chunks:
            return receivedWhole(line) { (server, octets) in server.perform(octets) }
        case .authenticating:
            return receivedWhole(line) { (server, octets) in server.respond(octets) }
        }
    }

    /// Octets of a BDAT chunk, no more than `expectedChunkOctets`; they may come in pieces.
    public mutating func received(chunk octets: [UInt8]) -> [Action] {
        guard !isClosed, let due = chunk?.remaining else { return [] }
        let taken = octets.prefix(due)
        chunk?.remaining -= taken.count
        if chunk?.refusal == nil { keep(taken) }
        return chunk?.remaining == 0 ? finishChunk() : []
    }

    /// The handshake after `startTLS` is done: the session begins anew, without a greeting (RFC 3207 §4.2). Where TLS comes
    /// first, the greeting is inside it (RFC 8314 §3.3): called in the place of `connected`.
    public mutating func secured() -> [Action] {
        if sequence.phase == .connected, !isClosed {
            isSecured = true
            return connected()
        }
        guard sequence.phase == .securing else { return [] }
        sequence.advance(.handshake, code: 220)
        helloVerb = nil
        isAuthenticated = false
        isSecured = true
        return []
    }

    /// The client was silent for longer than `TimeLimit.nextCommand`.
    public mutating func timedOut() -> [Action] {
        guard !isClosed else { return [] }
        guard sequence.phase != .securing else {
            isClosed = true
            return [.close]
        }
        return hangUp(Answer(421, "4.4.2", "\(policy.domain) nothing came for too long, closing"), answering: .unknown)
    }

    /// The client closed the connection. A mail whose end had not come is not accepted (RFC 5321 §4.1.1.4).
    public mutating func closed() -> [Action] {
        isClosed = true
        return giveUp("the client closed the connection")
    }

    /// The client spoke on before it was answered, to a server that does not offer PIPELINING (RFC 2920 §3.1).
    public mutating func spokenAhead() -> [Action] {
        guard !isClosed else { return [] }
        return hangUp(
            Answer(554, "5.5.0", "You spoke before you were answered, and PIPELINING is not offered"),
            answering: .unknown
        )
    }

    // MARK: Lines

    /// Hands on the line once its CRLF is here. A line too long is answered once, and not kept.
    private mutating func receivedWhole(
        _ line: WireLine,
        _ handle: (inout ServerDialogue, [UInt8]) -> [Action]
    ) -> [Action] {
        unfinished += line.octets
        // The CR may have come in the piece before.
        let isSplit = line.ending == .lf && line.octets.isEmpty && unfinished.last == 13
        if isSplit { unfinished.removeLast() }
        let isWhole = line.ending == .crlf || isSplit || line.ending == .lf && policy.takesBareLF
        if !isWhole { unfinished += line.ending.octets }
        if ignoredOctets > 0 || unfinished.count > Self.longestAuthLine {
            ignoredOctets += unfinished.count
            unfinished = []
        }
        guard ignoredOctets <= Self.longestIgnoredLine else {
            return hangUp(Answer(421, "4.7.0", "\(policy.domain) this line does not end, closing"), answering: .unknown)
        }
        guard isWhole else { return [] }
        defer {
            unfinished = []
            ignoredOctets = 0
        }
        let isAuth = sequence.phase == .authenticating || unfinished.prefix(5).equalsIgnoringCase("AUTH ".utf8)
        let limit = isAuth ? Self.longestAuthLine : Self.longestCommand
        guard ignoredOctets == 0, unfinished.count + 2 <= limit else {
            guard sequence.phase != .authenticating else { return respond([]) }
            return fault(.unknown, Answer(500, "5.5.2", "Line too long"))
        }
        return handle(&self, unfinished)
    }

    // MARK: Replies

    /// The reply to a turn that was in sequence; it moves the session on.
    mutating func answer(_ turn: CommandSequence.Turn, _ answer: Answer) -> [Action] {
        if policy.dropsAt == turn { return drop() }
        if answer.code == 421 { return hangUp(answer, answering: turn) }
        sequence.advance(turn, code: answer.code)
        let reply = Action.reply(lines(of: answer), answering: turn)
        guard sequence.phase == .ended else { return [reply] }
        isClosed = true
        return [reply, .close]
    }

    /// The reply to a protocol error; the session stays where it is. Too many of them end it.
    mutating func fault(_ turn: CommandSequence.Turn, _ answer: Answer) -> [Action] {
        errors += 1
        guard errors <= policy.errorLimit else {
            let usual = Answer(421, "4.7.0", "\(policy.domain) too many errors, closing")
            return hangUp(worded(.tooManyErrors, usual), answering: turn)
        }
        return [.reply(lines(of: answer), answering: turn)]
    }

    /// 421 and the end (RFC 5321 §3.8).
    mutating func hangUp(_ answer: Answer, answering turn: CommandSequence.Turn) -> [Action] {
        isClosed = true
        let lines = lines(of: answer)
        return [.reply(lines, answering: turn)] + giveUp("the server ended the session: \(Self.summary(lines))") + [
            .close
        ]
    }

    /// The end without a word.
    mutating func drop() -> [Action] {
        isClosed = true
        return giveUp("the server dropped the connection") + [.close]
    }

    /// The transaction under way, if there is one, comes to nothing.
    mutating func giveUp(_ why: String) -> [Action] {
        guard let mail = transaction else { return [] }
        transaction = nil
        let reasons = [why] + mail.refusals
        return [
            .notAccepted(
                MailObject(envelope: mail.envelope, content: mail.content),
                why: reasons.joined(separator: "; ")
            )
        ]
    }

    /// The first line of a reply, for a sentence about it.
    static func summary(_ lines: [OutgoingLine]) -> String { lines.first?.octets.lossyText ?? "" }

    /// How this server words something: as its policy says, else as `usual`.
    func worded(_ phrase: Phrase, _ usual: Answer, path: Path? = nil) -> Answer {
        guard var answer = policy.wording[phrase] else { return usual }
        guard answer.text.contains("{") else { return answer }
        let id = acceptedMails == 0 ? policy.queueID : "\(policy.queueID)-\(acceptedMails + 1)"
        for (name, value) in [
            ("{id}", id), ("{client}", clientName.lossyText), ("{address}", clientAddress),
            ("{path}", path?.mailbox.map { $0.octets.lossyText } ?? ""), ("{octets}", "\(transaction?.octets ?? 0)"),
        ] { answer.text = answer.text.replacing(name, with: value) }
        return answer
    }

    /// The reply on the wire: printable ASCII only, whatever a rule's text holds, and no line over 512 octets (RFC 5321
    /// §4.5.3.1.5). What a client said is never in it but for a name that was checked.
    func lines(of answer: Answer) -> [OutgoingLine] {
        let enhanced = offersEnhanced ? answer.enhanced.map { "\($0) " } ?? "" : ""
        // Nearly every answer is one line of printable ASCII.
        if answer.text.utf8.allSatisfy({ (32...126).contains($0) }),
            let line = try? OutgoingLine(Array("\(answer.code) \(enhanced)\(answer.text)".utf8.prefix(510)))
        {
            return [line]
        }
        let texts = answer.text.split(omittingEmptySubsequences: false) { $0.isNewline }
        return texts.enumerated().map { index, text in
            let separator = index == texts.count - 1 ? " " : "-"
            let whole = "\(answer.code)\(separator)\(enhanced)\(text)".utf8.map { (32...126).contains($0) ? $0 : 0x3F }
            return (try? OutgoingLine(Array(whole.prefix(510)))) ?? OutgoingLine(trusted: "451 Local error")
        }
    }
}
