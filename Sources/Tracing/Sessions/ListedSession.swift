import SMTP

/// What a list knows of one session of a file, without tracing it: when, from whom, to whom, by which server, and the verdict in
/// a word or two.
///
/// All texts are safe to show. Nothing is decided here: the verdict is told as it came.
public struct ListedSession: Equatable, Sendable {
    /// Counted from 0 within the file, as `--session` does.
    public var number: Int
    /// ISO 8601; empty when it is not known.
    public let began: String
    /// The ends; nil for what is not known.
    public let client, server: String?
    /// The first path of MAIL, angle brackets and all, or what a log tells beside the session; nil where there was none.
    public let from: String?
    /// The paths of RCPT in the same way, each once; of no more than the first ones where there are very many.
    public let to: [String]
    public let outcome: Verdict.Outcome
    /// What tells the outcome apart, as `550 RCPT 5.1.1`; empty where the outcome says it all.
    public let told: String
    /// The outcome, and what tells it apart.
    public var summary: String { outcome.summary(told) }
    /// Whether some mail was not accepted.
    public let isTrouble: Bool
    /// Of a mixed session, what became of its mails and recipients.
    private let fates: Set<Verdict.Outcome>
    /// Of the reply that decided.
    public let code: UInt16?
    public let status: EnhancedStatusCode?
    /// Whether some of it went by inside TLS.
    public let usesTLS: Bool
    /// What is going on in it, and in others with it.
    public var situations: [Situation]

    public init(
        number: Int,
        began: String,
        client: String?,
        server: String?,
        envelope: Recording.Envelope? = nil,
        _ glance: borrowing SessionGlance,
        _ verdict: Verdict
    ) {
        self.number = number
        self.began = WireText.shown(began)
        self.client = client.map { WireText.shown($0) }
        self.server = server.map { WireText.shown($0) }
        let written = { (path: [UInt8]) in "<\(WireText.shown(path))>" }
        from = glance.reversePath.map { WireText.shown($0) } ?? envelope?.reversePath.map(written)
        let asked = glance.forwardPaths
        let shown = asked.map { WireText.shown($0) }
        // Whom no server was asked for, a log knows all the same.
        let known = envelope == nil ? [] : Set(shown)
        to = shown + (envelope?.forwardPaths.map(written).filter { !known.contains($0) } ?? [])
        (outcome, told, isTrouble, fates) = (verdict.outcome, verdict.told, verdict.isTrouble, verdict.fates)
        (code, status) = (verdict.decision?.code, verdict.decision?.status)
        usesTLS = glance.usesTLS
        situations = glance.situations
    }

    /// A conversation as far as its trace knows it. Without a verdict it goes on, and what is decided so far has become of it.
    public init(
        number: Int,
        began: String = "",
        client: String,
        _ facts: SessionFacts,
        _ soFar: Verdict.Standing,
        _ verdict: Verdict?
    ) {
        self.number = number
        self.began = WireText.shown(began)
        self.client = WireText.shown(client)
        server = nil
        let shown = { (path: Path) in "<\(WireText.shown(path.withoutBrackets))>" }
        from = facts.reversePath.map(shown)
        to = facts.forwardPaths.map(shown)
        outcome = verdict?.outcome ?? soFar.outcome
        isTrouble = verdict?.isTrouble ?? soFar.outcome.isTrouble
        (told, fates) = (verdict?.told ?? soFar.told, verdict?.fates ?? [])
        (code, status) = (verdict?.decision?.code, verdict?.decision?.status)
        usesTLS = facts.tls != nil
        situations = []
    }

    /// Whether this became of it, or of one of its mails or recipients.
    public func came(to outcome: Verdict.Outcome) -> Bool { self.outcome == outcome || fates.contains(outcome) }

    /// `19:47:14` of the time when it began; nil when that is not known.
    public var clock: Substring? {
        guard let separator = began.firstIndex(of: "T") else { return nil }
        return began[began.index(after: separator)...].prefix(8)
    }

    /// The day on which it began; nil when that is not known.
    public var day: Substring? { began.firstIndex(of: "T").map { began[..<$0] } }
}

extension Verdict {
    /// What became of the mails and recipients of a mixed session; there is nothing to tell apart in another.
    fileprivate var fates: Set<Outcome> {
        outcome == .mixed ? Set(recipients.map(\.outcome) + transactions.map(\.outcome)) : []
    }
}
