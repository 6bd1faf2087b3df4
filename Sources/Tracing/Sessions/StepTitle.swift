import SMTP

/// What answers a step, as far as it is known.
public enum StepAnswer: Equatable, Sendable {
    /// It is not there yet, or nobody saw it.
    case awaited
    case reply(UInt16)
    /// Several recipients, each with an answer of its own.
    case several(refused: Int, of: Int)

    /// The code, where there is one answer.
    public var code: UInt16? { if case .reply(let code) = self { code } else { nil } }
}

/// What a step is called: neutral until its answer is there, then what came. The words of the post stand only where it went as the
/// post tells, so that `recipient ➔ OK` is never said of a refusal.
public struct StepTitle: Equatable, Sendable {
    /// As `recipient ➔ responds with OK`.
    public let full: String
    /// At most 26 columns, as `recipient ➔ OK`.
    public let medium: String

    /// `port` is where the connection was made to, where that is known.
    public init(_ step: Step, _ answer: StepAnswer, port: UsedPort = .usual) {
        guard let row = step.answerWords else {
            (full, medium) = (step.title(port: port), "sender ➔ \(step.shortTitle)")
            return
        }
        let came: String? =
            switch answer {
            case .awaited: row.neutral
            case .reply(let code): Self.words(code)
            case .several(let refused, let all): refused == 0 ? nil : "no to \(refused) of \(all)"
            }
        full = came.map { "recipient ➔ \($0)" } ?? step.title
        medium = "recipient ➔ \(came ?? row.yes)"
    }

    /// Whether the title of a step tells what it was answered with.
    public static func tellsAnswer(to step: Step) -> Bool { step.answerWords != nil }

    /// What a code does; nil for what was hoped for.
    private static func words(_ code: UInt16) -> String? {
        switch Reply.Severity(ofCode: code) {
        case .positive: nil
        case .transientFailure: "puts off: \(code)"
        case .permanentFailure: "refuses: \(code)"
        case .intermediate, nil: "answers: \(code)"
        }
    }
}

extension Step {
    /// What the recipient's server does, said before it is known how, and said of a yes; nil for what the sender does.
    fileprivate var answerWords: (neutral: String, yes: String)? {
        switch self {
        case .submission, .exchangerLookup, .connection, .ehlo, .mail, .rcpt, .data, .content, .quit: nil
        case .greeting: ("greeting", "greets")
        case .ehloReply: ("answers EHLO", "extensions")
        case .mailReply: ("answers MAIL", "OK")
        case .rcptReply: ("answers RCPT", "OK")
        case .acceptance: ("final answer", "accepts")
        }
    }

    /// Whether a reply stands at it.
    private var hasReply: Bool { answerWords != nil || self == .data || self == .quit }

    /// What a stop at it was answered with: the code of the last reply there.
    fileprivate func answer(_ lines: Slice<TraceLines>) -> StepAnswer {
        guard hasReply else { return .awaited }
        return lines.last { $0.replyCode != nil }?.replyCode.map(StepAnswer.reply) ?? .awaited
    }
}

extension Trace {
    /// What a stop was answered with.
    public func answer(at stop: Stop) -> StepAnswer { stop.place.step.answer(lines[stop.lines]) }

    /// What the first `count` visits of a step were answered with together.
    public func answer(to visits: StopIndex.Visits, among count: Int) -> StepAnswer {
        guard count > 0 else { return .awaited }
        let last = stops[visits.stops[count - 1]]
        let places = visits.places(among: count)
        guard places > 1, last.place.step == .rcptReply else { return answer(at: last) }
        return .several(refused: visits.failures(among: count), of: places)
    }
}
