/// The order of commands in a session (RFC 5321 §4.1.4). Every phase and every transition is in this file.
///
/// It decides where in the session a turn leads and whether it may come now. It does not know whether it serves a client,
/// a server or an observer, nor what a server will like. The client dialogue, the server dialogue and the tracer all run
/// this one machine, so replay and live cannot disagree.
///
/// Wrong input: a turn that is not in the table for a phase is the peer's departure, asked with `allows`; `advance` then
/// changes nothing. There is no input that is our bug, and none that is dropped in silence.
public struct CommandSequence: Hashable, Sendable {
    /// Where the session is.
    public enum Phase: String, CaseIterable, Sendable {
        /// Connected; the server has not spoken yet.
        case connected
        /// Greeted; the client has not said who it is.
        case greeted
        /// EHLO or HELO accepted; no mail transaction is open.
        case identified
        /// MAIL accepted.
        case reversePath
        /// At least one RCPT accepted.
        case forwardPaths
        /// 354 came; what the client sends is mail data.
        case mailData
        /// At least one BDAT chunk accepted, the last still to come.
        case chunks
        /// An AUTH exchange is going on; what the client sends are responses.
        case authenticating
        /// STARTTLS accepted; what follows on the wire is TLS.
        case securing
        /// QUIT accepted.
        case ended
        /// Nobody knows: the beginning of the session is not there. Anything may come, and much of it tells where the session is.
        case unknown
    }

    /// What one side says that the other answers: the greeting, a verb, or what is no verb.
    public enum Turn: String, CaseIterable, Sendable {
        case greeting, hello, mail, rcpt, data, mailData, chunk, lastChunk
        case rset, anytime, auth, saslResponse, startTLS, handshake, quit, turnAround
        /// A verb nobody knows, or one that another extension adds: no order is known for it.
        case unknown
    }

    public private(set) var phase = Phase.connected

    public init() {}

    /// For whoever knows the phase from elsewhere.
    public init(at phase: Phase) { self.phase = phase }

    /// For an observer who has not seen the beginning.
    public static let unknown = CommandSequence(at: .unknown)

    /// Where a turn leads when it is answered by 2yz or 3yz. A pair that is missing is out of sequence (503).
    static func transitions(from phase: Phase) -> [(turn: Turn, next: Phase)] {
        switch phase {
        case .connected: [(.greeting, .greeted)]
        case .greeted: always(.greeted, reset: .greeted) + [(.auth, .authenticating), (.startTLS, .securing)]
        case .identified:
            always(.identified, reset: .identified)
                + [(.mail, .reversePath), (.auth, .authenticating), (.startTLS, .securing)]
        case .reversePath: always(.reversePath, reset: .identified) + [(.rcpt, .forwardPaths)]
        case .forwardPaths:
            always(.forwardPaths, reset: .identified)
                + [(.rcpt, .forwardPaths), (.data, .mailData), (.chunk, .chunks), (.lastChunk, .identified)]
        case .mailData: [(.mailData, .identified)]
        case .chunks: always(.chunks, reset: .identified) + [(.chunk, .chunks), (.lastChunk, .identified)]
        case .authenticating: [(.saslResponse, .identified)]
        case .securing: [(.handshake, .greeted)]
        case .ended: []
        case .unknown:
            always(.unknown, reset: .identified) + [
                (.greeting, .greeted), (.mail, .reversePath), (.rcpt, .forwardPaths), (.data, .mailData),
                (.mailData, .identified), (.chunk, .chunks), (.lastChunk, .identified), (.auth, .authenticating),
                (.saslResponse, .identified), (.startTLS, .securing), (.handshake, .greeted),
            ]
        }
    }

    /// The same table laid out flat: it is asked for every line of every session.
    private static let flat: [Phase?] = {
        var flat = [Phase?](repeating: nil, count: Phase.allCases.count * turns)
        for phase in Phase.allCases {
            for (turn, next) in transitions(from: phase) { flat[phase.place * turns + turn.place] = next }
        }
        return flat
    }()

    private static let turns = Turn.allCases.count
    private static func next(_ phase: Phase, _ turn: Turn) -> Phase? { flat[phase.place * turns + turn.place] }

    /// The turns that may come at any time after the greeting: they stay, start over or leave (RFC 5321 §4.1.4, §4.1.1.5).
    private static func always(_ here: Phase, reset: Phase) -> [(turn: Turn, next: Phase)] {
        [
            (.hello, .identified), (.rset, reset), (.anytime, here), (.quit, .ended), (.unknown, here),
            (.turnAround, here),
        ]
    }

    /// Whether `turn` is in sequence now. Says nothing about whether the server will like it.
    ///
    /// Under PIPELINING ask when the turn's answer is read, or of a copy that was advanced by the turns still pending.
    public func allows(_ turn: Turn) -> Bool { Self.next(phase, turn) != nil }

    /// The answer to `turn` came: `code` is the last line's, nil when it had none.
    public mutating func advance(_ turn: Turn, code: UInt16?) {
        guard let next = Self.next(phase, turn) else { return }
        switch (turn, (code ?? 0) / 100) {
        case (.data, 3), (.saslResponse, 2), (.startTLS, 2): phase = next
        case (.auth, 3): phase = .authenticating
        case (.auth, 2): phase = phase == .greeted ? .greeted : .identified
        // Where nobody knows the phase, a refusal tells nothing but that the content is over.
        case (.mail, 4...5), (.rcpt, 4...5), (.hello, 4...5): break
        case (.saslResponse, 3): break
        // The transaction is over whatever the answer to the mail data or a failed exchange was (RFC 5321 §4.1.1.4).
        case (.mailData, _), (.lastChunk, _), (.saslResponse, _), (.quit, _): phase = next
        case (.data, _), (.startTLS, _): break
        case (.greeting, 2), (_, 2): phase = next
        case (.greeting, 5): phase = .greeted
        // A chunk that was refused ends the transaction like RSET (RFC 3030 §2).
        case (.chunk, 4...5): phase = .identified
        default: break
        }
    }

    /// As `advance`, for an observer: what the server took although it was out of sequence has happened all the same.
    ///
    /// So one departure is one finding, and not one more with each command that follows.
    public mutating func follow(_ turn: Turn, code: UInt16?) {
        // Whatever the greeting says, only EHLO, HELO or QUIT can follow; those are what `greeted` is about.
        guard turn != .greeting else { return phase = .greeted }
        let wasTaken = (code ?? 0) / 100 == 2 || turn == .data && (code ?? 0) / 100 == 3
        if wasTaken, !allows(turn), ![.anytime, .unknown, .turnAround].contains(turn) { assume(turn) }
        advance(turn, code: code)
    }

    /// For an observer who comes late: takes for granted that all is done that `turn` needs.
    public mutating func assume(_ turn: Turn) {
        switch turn {
        case .greeting: phase = .connected
        case .hello, .startTLS: phase = .greeted
        case .mail, .rset, .anytime, .auth, .quit, .turnAround, .unknown: phase = .identified
        case .rcpt: phase = .reversePath
        case .data, .chunk, .lastChunk: phase = .forwardPaths
        case .mailData: phase = .mailData
        case .saslResponse: phase = .authenticating
        case .handshake: phase = .securing
        }
    }
}

extension Verb {
    /// The turn a command with this verb takes.
    public var turn: CommandSequence.Turn {
        switch self {
        case .helo, .ehlo, .lhlo: .hello
        case .mail, .send, .soml, .saml: .mail
        case .rcpt: .rcpt
        case .data: .data
        case .bdat: .chunk
        case .rset: .rset
        case .vrfy, .expn, .help, .noop, .etrn, .xforward: .anytime
        case .quit: .quit
        case .startTLS: .startTLS
        case .auth: .auth
        case .turn, .atrn: .turnAround
        // XCLIENT starts the session over with a new greeting (Postfix XCLIENT_README).
        case .xclient: .rset
        }
    }
}

extension Command {
    /// The turn this command takes; a BDAT with LAST is another than one without.
    public var turn: CommandSequence.Turn {
        if case .chunk(_, last: true) = argument { return .lastChunk }
        return verb?.turn ?? .unknown
    }
}

extension CommandSequence.Turn {
    /// Whether a reply with this code can answer the turn: only some are answered by 3yz, each by its own (RFC 5321 §4.3.2).
    public func mayBeAnswered(code: UInt16?) -> Bool {
        guard let code, code / 100 == 3 else { return true }
        switch self {
        case .data: return code == 354
        case .auth, .saslResponse: return code == 334
        // 353 begins the replies of PRDR, one for each recipient (draft-hall-prdr).
        case .mailData, .chunk, .lastChunk: return code == 353
        // 355 is CHECKPOINT's (RFC 1845 §3).
        case .mail: return code == 355
        case .unknown, .anytime, .turnAround: return true
        case .greeting, .hello, .rcpt, .rset, .startTLS, .handshake, .quit: return false
        }
    }
}

extension CommandSequence.Phase {
    /// Where it stands among all; a test holds it against `allCases`.
    var place: Int {
        switch self {
        case .connected: 0
        case .greeted: 1
        case .identified: 2
        case .reversePath: 3
        case .forwardPaths: 4
        case .mailData: 5
        case .chunks: 6
        case .authenticating: 7
        case .securing: 8
        case .ended: 9
        case .unknown: 10
        }
    }
}

extension CommandSequence.Turn {
    /// Where it stands among all; a test holds it against `allCases`.
    var place: Int {
        switch self {
        case .greeting: 0
        case .hello: 1
        case .mail: 2
        case .rcpt: 3
        case .data: 4
        case .mailData: 5
        case .chunk: 6
        case .lastChunk: 7
        case .rset: 8
        case .anytime: 9
        case .auth: 10
        case .saslResponse: 11
        case .startTLS: 12
        case .handshake: 13
        case .quit: 14
        case .turnAround: 15
        case .unknown: 16
        }
    }
}
