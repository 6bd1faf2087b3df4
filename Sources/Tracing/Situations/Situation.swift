public import SMTP

/// What is going on in a session, in one sentence over its lines: passwords are guessed, somebody tests for an open relay, a browser
/// talks to the wrong port.
///
/// It decides nothing itself: `SituationReading` does over one session, `RelatedSessions` over several. It does not know words: those
/// are made in `Situation+Words`. A situation says what was done, not who did it or what for.
public struct Situation: Equatable, Sendable {
    /// The situations there are, THE table: each has the lesson `situation/ID`.
    public enum Kind: String, CaseIterable, Sendable {
        case passwordGuessing = "password-guessing"
        case relayTest = "relay-test"
        case addressHarvest = "address-harvest"
        case httpClient = "http-client"
        case socksClient = "socks-client"
        case tlsClient = "tls-client"
        case otherProtocol = "other-protocol"
        case earlyTalker = "early-talker"
        case connectAndLeave = "connect-and-leave"
        case headerInjection = "header-injection"
        case smuggling
        case secondAttempt = "second-attempt"
        case sameMail = "same-mail"
    }

    /// The numbers and names in it, of each kind its own.
    public enum Told: Equatable, Sendable {
        /// How many logins failed, in how many seconds where that is known, on how many connections, and whether one was accepted
        /// behind them. Where many addresses share it, of how many, and whether they all tried one user.
        case passwordGuessing(
            failed: Int,
            seconds: Double?,
            connections: Int,
            succeeded: Bool,
            spread: Spread? = nil
        )
        /// Which tricks, how many recipients were asked for with them, and how many of those were taken.
        case relayTest(tricks: [RelayTrick], asked: Int, taken: Int)
        /// By which commands, how many names, and how many of those the server told to be there, on how many connections.
        case addressHarvest(verbs: [Verb], names: Int, found: Int, connections: Int = 1)
        case wrongProtocol(ForeignProtocol)
        case earlyTalker
        /// Whether the server had spoken when the client left.
        case connectAndLeave(isGreeted: Bool)
        /// What was put in behind a line end: the name of a field; empty where a path was broken up.
        case headerInjection(field: String)
        /// How many commands stood hidden in the mail, and whether the server took what stood before them for a whole mail.
        case smuggling(commands: Int, isTaken: Bool)
        /// How much later in seconds, where that is known, and whether it was taken then; nil where nobody knows.
        case secondAttempt(seconds: Double?, isTaken: Bool?)
        /// Where in the way of the mail the session stands, counted from 1, and of how many. `isOneWay`: each hands on what the one
        /// before took; else the same mail was only sent several times.
        case sameMail(hop: Int, hops: Int, isOneWay: Bool)
    }

    /// How guessing is shared out.
    public struct Spread: Equatable, Sendable {
        public let addresses: Int
        public let isOneUser: Bool
    }

    public let kind: Kind
    public let told: Told
    /// The lines it rests on, as indices into the trace, in order; empty where the session was only glanced at.
    public let lines: [Int]
    /// The sessions of the same input that it rests on, this one among them, in order; empty where one alone tells it.
    public let sessions: [Int]

    init(_ told: Told, lines: [Int] = [], sessions: [Int] = []) {
        (kind, self.told) = (told.kind, told)
        (self.lines, self.sessions) = (lines, sessions)
    }

    public var id: String { kind.rawValue }
    public var anchor: LessonAnchor { LessonAnchor("situation/\(id)") }

    /// The most lines that are named.
    static let maxLines = 1000
}

extension Situation.Told {
    fileprivate var kind: Situation.Kind {
        switch self {
        case .passwordGuessing: .passwordGuessing
        case .relayTest: .relayTest
        case .addressHarvest: .addressHarvest
        case .wrongProtocol(.http): .httpClient
        case .wrongProtocol(.socks): .socksClient
        case .wrongProtocol(.tls): .tlsClient
        case .wrongProtocol: .otherProtocol
        case .earlyTalker: .earlyTalker
        case .connectAndLeave: .connectAndLeave
        case .headerInjection: .headerInjection
        case .smuggling: .smuggling
        case .secondAttempt: .secondAttempt
        case .sameMail: .sameMail
        }
    }
}

/// Lines that a situation rests on, no more than are named.
struct SituationLines: Sendable {
    private(set) var all: [Int] = []

    mutating func add(_ line: Int?) {
        guard let line, all.count < Situation.maxLines, all.last != line else { return }
        all.append(line)
    }
}
