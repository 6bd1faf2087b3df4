import SMTP

/// Follows the SMTP connections of one leg and gives every line its step (RFC 5321 §3, §4.1.4).
///
/// It decides what each line is: command, reply, mail data, SASL response, chunk, or opaque; and where it stands. It does
/// not know times, screens or which program spoke. Wrong input is always a peer's: it becomes a finding and the session
/// goes on from the next line that can be understood. What the server took has happened, whatever the RFC says of it.
struct SessionTracer: Sendable {
    let leg: Leg
    /// Credentials that no event marked are shown as they are.
    let showsSecrets: Bool
    /// When the event under way happened.
    var time = 0.0
    /// The place of the last line.
    private(set) var place: Place

    // Of the connection
    var connection = Connection.unseen
    var client = LineStream()
    var server = LineStream()
    var sequence = CommandSequence() { didSet { anticipated = nil } }
    /// What was sent and not answered; each with the index of its line and the place it stands at.
    private(set) var pending = PendingTurns<Sent>()
    /// Where the sequence will be once all that is pending is answered well; nil when that has to be worked out anew.
    private var anticipated: CommandSequence?
    var hello = Hello()
    var mode = ClientMode.commands
    var assembler = ReplyAssembler()
    /// What the reply under way answers, once its first line was seen.
    var answering: Sent?
    /// A line without a code stood where this answer belongs; the answer may still come.
    var mistaken: Sent?
    var marks = Marks()
    var tls = TLSState()
    /// The last line of the connection that was on the wire.
    var lastWireLine: Int?

    // Of the transaction
    var recipients = Recipients()
    var reversePath: Path?
    /// Those the server said yes to.
    var forwardPaths: [Path] = []
    var declaresEightBit = false
    var declaresUTF8 = false
    var mechanism = ""
    /// The mail whose content is under way, as an index into the trace's mails.
    var mail: Int?
    /// Where content under way stands: mail data, a chunk or a SASL response, whatever answers come in between.
    var contentPlace: Place
    /// The last line of mail data, when it looks so much like the end that a server may take it for one.
    var looseEnd: LooseEnd?

    // Of the whole leg
    private var visits: [Place: Int] = [:]
    private var transaction = 0
    private var letters = 0

    init(leg: Leg, showsSecrets: Bool = false) {
        self.leg = leg
        self.showsSecrets = showsSecrets
        place = Place(Self.firstStep(of: leg))
        contentPlace = place
        pending.append(.greeting, verb: nil, context: Sent(turn: .greeting, place: place))
    }

    private static func firstStep(of leg: Leg) -> Step {
        switch leg {
        case .submission: .submission
        case .lookup: .exchangerLookup
        case .relay: .connection
        }
    }

    /// A new connection of the same leg: all that was agreed in the one before is void, the walk goes on.
    mutating func startOver() {
        var next = SessionTracer(leg: leg, showsSecrets: showsSecrets)
        (next.time, next.place, next.visits) = (time, place, visits)
        (next.transaction, next.letters) = (transaction, letters)
        self = next
    }

    // MARK: Turns

    /// Where the session will be when everything pending is answered well.
    mutating func sequenceOnceAnswered() -> CommandSequence {
        if let anticipated { return anticipated }
        var next = sequence
        for entry in pending.entries { next.advance(entry.turn, code: entry.turn == .data ? 354 : 250) }
        anticipated = next
        return next
    }

    mutating func ask(_ sent: Sent) {
        pending.append(sent.turn, verb: sent.verb, context: sent)
        anticipated?.advance(sent.turn, code: sent.turn == .data ? 354 : 250)
    }

    mutating func takeAnswered(code: UInt16?) -> (answered: Sent?, skipped: [Sent]) {
        let (answered, skipped) = pending.answer(code: code)
        return (answered?.context, skipped.map(\.context))
    }

    /// To the server a line that ends in LF alone goes on with the next: the two get one reply.
    mutating func joinUnfinishedLines(_ trace: Trace) {
        pending.remove { $0.context.line.map { trace.lines[$0].ending == .lf } ?? false }
        anticipated = nil
    }

    mutating func takeAllPending() -> [Sent] { pending.removeAll().map(\.context) }
    mutating func takeGreeting() { if pending.first?.turn == .greeting { _ = pending.removeFirst() } }

    /// An answer came: the sequence moves on. Keeps what is known about all that is pending when nothing surprised.
    mutating func advance(_ turn: CommandSequence.Turn, code: UInt16?) {
        let known = anticipated
        let isExpected = sequence.allows(turn) && (code ?? 0) / 100 == (turn == .data ? 3 : 2)
        sequence.follow(turn, code: code)
        if isExpected { anticipated = known }
    }

    // MARK: Places

    /// The place of a turn's own line. In the submission leg everything is a sub-step of step 1.
    mutating func enter(_ turn: CommandSequence.Turn, isNested: Bool = false) -> Place {
        if isNested { return leg == .relay ? visit(place.step) : nextLetter() }
        if turn == .mail { transaction += 1 }
        guard leg == .relay else { return turn == .saslResponse ? contentPlace : nextLetter() }
        switch turn {
        case .greeting: return visit(.connection)
        // After STARTTLS the second EHLO is a sub-step of the first answer (RFC 3207 §4.2).
        case .hello: return marks.securedAfterHello ? visit(.ehloReply) : visit(.ehlo)
        case .mail: return visit(.mail)
        case .rcpt: return visit(.rcpt)
        case .data: return visit(.data)
        case .mailData, .chunk, .lastChunk: return visit(.content)
        case .quit: return visit(.quit)
        case .auth, .startTLS: return visit(.ehloReply)
        // TLS from the first octet belongs to the connection, TLS after STARTTLS to the offer.
        case .handshake: return visit(sequence.phase == .connected ? .connection : .ehloReply)
        case .saslResponse: return contentPlace
        case .rset, .anytime, .unknown, .turnAround: return visit(place.step)
        }
    }

    /// The place of the answer to what was sent; nil for an answer to nothing.
    mutating func enterAnswer(to sent: Sent?) -> Place {
        guard let sent else { return place }
        guard leg == .relay, !sent.isNested else {
            return leg != .relay && sent.turn == .greeting ? nextLetter() : move(to: sent.place)
        }
        switch sent.turn {
        case .greeting: return visit(.greeting)
        case .hello where sent.place.step == .ehlo: return visit(.ehloReply)
        case .mail: return visit(.mailReply, transaction: sent.place.transaction)
        case .rcpt: return visit(.rcptReply, transaction: sent.place.transaction)
        case .mailData, .lastChunk: return visit(.acceptance, transaction: sent.place.transaction)
        case .hello, .data, .chunk, .quit, .auth, .saslResponse, .startTLS, .handshake, .rset, .anytime, .unknown,
            .turnAround:
            return move(to: sent.place)
        }
    }

    private mutating func nextLetter() -> Place {
        letters += 1
        return move(to: Place(Self.firstStep(of: leg), substep: letters, transaction: transaction))
    }

    /// The step itself the first time, then its sub-steps a, b, c … Each transaction has its own steps 7 to 13.
    private mutating func visit(_ step: Step, transaction number: Int? = nil) -> Place {
        let number = number ?? transaction
        let key = Place(step, transaction: (.mail ... .acceptance).contains(step) ? number : 0)
        let count = visits[key, default: 0]
        visits[key] = count + 1
        return move(to: Place(step, substep: count, transaction: number))
    }

    private mutating func move(to place: Place) -> Place {
        self.place = place
        return place
    }

    // MARK: Lines

    /// Appends a line of the wire and gives its index.
    @discardableResult
    mutating func append(
        _ piece: LineStream.Piece,
        from side: Side,
        _ content: TraceLine.Content,
        at place: Place,
        secrets: [Range<Int>] = [],
        departures: [Departure],
        _ trace: inout Trace
    ) -> Int {
        let index = trace.lines.count
        let (octets, masks) = Secrets.masked(piece.line.octets, piece.secrets + (showsSecrets ? [] : secrets))
        var line = TraceLine(
            index: index,
            time: time,
            leg: leg,
            speaker: side == .client ? .client : .server,
            place: place,
            octets: octets,
            ending: piece.line.ending,
            content: content,
            secrets: masks,
            findings: departures.map(Finding.init)
        )
        line.message = tls.carriers[side] ?? []
        trace.append(line)
        lastWireLine = index
        return index
    }

    /// Appends an event of the link at the place where the session is.
    mutating func appendEvent(
        _ text: String,
        _ anchor: String,
        departures: [Departure.Kind] = [],
        _ trace: inout Trace
    ) {
        trace.append(
            TraceLine(
                index: trace.lines.count,
                time: time,
                leg: leg,
                speaker: .note,
                place: place,
                octets: Array(text.utf8),
                ending: .none,
                content: .event(LessonAnchor(anchor)),
                secrets: [],
                findings: departures.map { Finding(Departure($0)) }
            )
        )
    }
}
