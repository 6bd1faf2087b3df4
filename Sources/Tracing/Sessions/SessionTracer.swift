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
    private let keepsWholeMails: Bool
    /// A log tells of commands by their verbs alone: that one lacks its argument is not the client's doing.
    var knowsVerbsAlone = false
    /// When the event under way happened.
    var time = 0.0
    /// Whether its octets were inferred.
    var isInferred = false
    /// The place of the last line.
    private(set) var place: Place

    // Of the connection
    var connection = Connection.unseen
    /// Says what each piece is and what it answers.
    var reader: SessionReader
    /// What was sent and not answered; each with the index of its line and the place it stands at.
    var sent: [TurnID: Sent] = [:]
    var hello = Hello() { didSet { offersStatusCodes = hello.offers("ENHANCEDSTATUSCODES") } }
    /// Asked with every reply.
    private(set) var offersStatusCodes = false
    var assembler = ReplyAssembler()
    /// What the reply under way answers, once its first line was seen.
    var answering: Sent?
    /// A line without a code stood where this answer belongs; the answer may still come.
    var mistaken: Sent?
    var marks = Marks()
    var tls = TLSState()
    var waits = ServerWaits()
    /// What is told is what was left when no more came.
    var isFlushing = false
    /// The last line of the connection that was on the wire.
    var lastWireLine: Int?

    // Of the transaction
    var recipients = Recipients()
    var reversePath: Path?
    /// Those the server said yes to.
    var forwardPaths: [Path] = []
    /// The lines of the RCPTs it said yes to.
    var acceptedLines: [TurnID: Int] = [:]
    var declaresEightBit = false
    var declaresUTF8 = false
    var mechanism = ""
    /// The line of an AUTH in the clear whose mechanism sends the password, until a credential went.
    var openAuth: Int?
    /// The line of the last BDAT.
    var chunkLine: Int?
    /// Reads the mail data under way; nil while there is none.
    var content: MailDataReader?
    /// The mail whose content is under way, as an index into the trace's mails.
    var mail: Int?
    /// Where content under way stands: mail data, a chunk or a SASL response, whatever answers come in between.
    var contentPlace: Place
    /// The last line of mail data, when it looks so much like the end that a server may take it for one.
    var looseEnd: LooseEnd?

    // Of the whole leg
    private var visits = VisitCounts()
    private var transaction = 0
    private var letters = 0

    /// With `keepsWholeMails` lines are kept whole, however long they are.
    init(leg: Leg, showsSecrets: Bool = false, keepsWholeMails: Bool = false) {
        self.leg = leg
        self.showsSecrets = showsSecrets
        self.keepsWholeMails = keepsWholeMails
        reader = SessionReader(keepsWholeLines: keepsWholeMails)
        place = Place(Self.firstStep(of: leg))
        contentPlace = place
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
        var next = SessionTracer(leg: leg, showsSecrets: showsSecrets, keepsWholeMails: keepsWholeMails)
        next.knowsVerbsAlone = knowsVerbsAlone
        (next.time, next.place, next.visits) = (time, place, visits)
        (next.transaction, next.letters, next.waits) = (transaction, letters, waits)
        self = next
    }

    // MARK: Places

    /// The place of a turn's own line. In the submission leg everything is a sub-step of step 1.
    mutating func enter(_ turn: CommandSequence.Turn, isNested: Bool = false) -> Place {
        if isNested { return leg == .relay ? visit(place.step) : nextLetter() }
        if turn == .mail { beginTransaction() }
        guard leg == .relay else { return turn == .saslResponse ? contentPlace : nextLetter() }
        switch turn {
        case .greeting: return visit(.connection)
        // After STARTTLS the second EHLO is a sub-step of the first answer (RFC 3207 §4.2).
        case .hello: return reader.isSecured && marks.saidHelloInClear ? visit(.ehloReply) : visit(.ehlo)
        case .mail: return visit(.mail)
        case .rcpt: return visit(.rcpt)
        case .data: return visit(.data)
        case .mailData, .chunk, .lastChunk: return visit(.content)
        case .quit: return visit(.quit)
        case .auth, .startTLS: return visit(.ehloReply)
        // TLS from the first octet belongs to the connection, TLS after STARTTLS to the offer.
        case .handshake: return visit(reader.sequence.phase == .connected ? .connection : .ehloReply)
        // Where the AUTH before it is not there, it begins what AUTH would have begun.
        case .saslResponse: return contentPlace.step == .ehloReply ? contentPlace : visit(.ehloReply)
        case .rset, .anytime, .unknown, .turnAround: return visit(place.step)
        }
    }

    /// Of the transactions before, nothing is counted any more once all that was sent in them is answered.
    private mutating func beginTransaction() {
        if sent.isEmpty, answering == nil, mistaken == nil {
            visits.forgetTransactions()
        }
        transaction += 1
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
        let count = visits.next(of: step, in: number)
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
        _ said: Utterance,
        _ content: TraceLine.Content,
        at place: Place,
        departures: [Departure],
        _ trace: inout Trace
    ) -> Int {
        let (index, side, piece) = (trace.lines.count, said.side, said.piece)
        let (octets, masks) = Mask.over(piece.line.octets, showsSecrets ? [] : said.credentials)
        trace.append(
            TraceLine(
                index: index,
                time: time,
                leg: leg,
                speaker: side == .client ? .client : .server,
                place: place,
                octets: octets,
                ending: piece.line.ending,
                content: content,
                isInferred: isInferred,
                secrets: masks,
                findings: isInferred ? [] : departures.map(Finding.init),
                message: tls.carriers[side] ?? []
            )
        )
        lastWireLine = index
        return index
    }

    /// Appends an event of the link at the place where the session is.
    mutating func appendEvent(
        _ text: String,
        _ anchor: String,
        departures: [Departure.Kind] = [],
        failure: LinkFailure? = nil,
        endpoint: String? = nil,
        _ trace: inout Trace
    ) {
        var line = TraceLine(
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
        (line.failure, line.endpoint) = (failure, endpoint)
        trace.append(line)
    }
}
