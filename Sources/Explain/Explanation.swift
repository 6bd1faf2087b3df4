public import Interchange
public import Tracing

/// What a text is that somebody has in hand, and what there is to say about it: a value, shown as words or as JSON.
public struct Explanation: Equatable, Sendable {
    /// What kind of thing it is, THE table; the id stands in JSON.
    public enum Kind: String, CaseIterable, Sendable {
        case reply, bounce, log, exception, failure, headers, record, dialogue, code, verb, keyword, unknown
    }

    /// What became of the mail, as far as the text tells.
    public enum Outcome: String, Sendable { case refused, deferred, accepted, expired, unknown }

    /// Who said what is quoted, THE table; the name stands in JSON.
    public enum Speaker: String, CaseIterable, Sendable {
        /// The server that the mail was to be handed to.
        case recipientServer = "recipient"
        /// The server of the administrator whose log it is, or that of the author.
        case ownServer = "own"
        /// A service in front of the recipient's server.
        case filter
        /// A program that noticed it; no server said anything.
        case program
    }

    public var kind: Kind
    /// Who wrote the text: a program or a provider, as people call it.
    public var by: String?
    /// What is answered, where a command is.
    public var turn: AnsweredTurn? { didSet { command = turn?.name } }
    /// Where it belongs when nothing is answered, or when it is no answer.
    public var place: Step?
    /// Whether nobody told what is answered, and the words or the codes alone say what they nearly always answer.
    public var isLikely = false
    public var recipient: String?
    public var code: UInt16?
    /// As `5.1.1`.
    public var status: String?
    /// What is quoted, or the line itself; credentials are masked in it.
    public var text: String
    public var outcome: Outcome?
    public var speaker: Speaker?
    /// The name of the server that said it.
    public var server: String?
    /// The lessons, the most specific first.
    public var lessons: [LessonAnchor] = []
    /// The command that is answered, or that the text is; nil where none is known.
    public var command: String?
    /// The words of the reply alone, by which it is known.
    var quoted: String?
    /// Lessons about the program or the occasion, named behind those of what was said.
    var general: [LessonAnchor] = []
    /// The hops of a mail, where its header is what is explained.
    public var received: ReceivedTrace?
    /// Rows that say more, a name and a value.
    public var details: [Detail] = []

    /// One row that says more: `delay`, `3 s`.
    public struct Detail: Equatable, Sendable {
        public let name: String
        public let value: String

        public init(_ name: String, _ value: String) { (self.name, self.value) = (name, value) }
    }

    public init(_ kind: Kind, text: String) { (self.kind, self.text) = (kind, text) }

    /// At which of the fourteen steps it belongs.
    public var step: Step? { place ?? turn?.step }
}
