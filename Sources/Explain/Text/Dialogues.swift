import Interchange
import Lessons
import SMTP
import Tracing

/// A text that is a dialogue after all, with commands and replies: what became of the mail, for each session. To see it step by step
/// is what a walk is for.
enum Dialogues {
    /// The most sessions that are explained.
    static let maxSessions = 100

    static func read(_ octets: [UInt8], _ explainer: Explainer) -> [Explanation] {
        guard let file = try? SessionFile.read(octets, path: ""), !file.isMailLog else { return [] }
        return file.sessions.prefix(maxSessions).compactMap { recording in
            let trace = Tracer.trace(of: recording.events)
            let hasCommand = trace.lines.contains { $0.verbName.flatMap { Verb(rawValue: $0) } != nil }
            guard hasCommand, trace.lines.contains(where: { $0.replyCode != nil }) else { return nil }
            return explanation(trace, explainer)
        }
    }

    private static func explanation(_ trace: Trace, _ explainer: Explainer) -> Explanation {
        let verdict = Verdict(of: trace)
        var found = Explanation(.dialogue, text: "")
        found.outcome = Explanation.Outcome(verdict.outcome)
        found.recipient =
            verdict.recipients.count == 1 ? verdict.recipients.first.map { WireText.shown($0.address) } : nil
        guard let decision = verdict.decision else {
            found.text = verdict.summary
            found.place = verdict.place?.step ?? trace.stops.last?.place.step
            return found
        }
        found.text = decision.lines.map { WireText.shown(trace.lines[$0].octets) }.joined(separator: "\n")
        found.code = decision.code
        found.status = decision.status.map { "\($0)" }
        found.turn = decision.turn.flatMap { AnsweredTurn($0) }
        found.place = decision.place?.step
        found.speaker = .recipientServer
        if let line = decision.lines.last {
            found.lessons = FirstLesson(explainer.library).outcome(of: trace.lines[line], in: trace).map(\.anchor)
        }
        return found
    }
}

extension Explanation.Outcome {
    fileprivate init(_ outcome: Verdict.Outcome) {
        switch outcome {
        case .accepted: self = .accepted
        case .refused: self = .refused
        case .deferred: self = .deferred
        case .mixed, .unknown, .none, .untried: self = .unknown
        }
    }
}

extension AnsweredTurn {
    fileprivate init?(_ turn: CommandSequence.Turn) {
        switch turn {
        case .greeting: self = .connect
        case .hello: self = .ehlo
        case .startTLS, .handshake: self = .startTLS
        case .auth, .saslResponse: self = .auth
        case .mail: self = .mail
        case .rcpt: self = .rcpt
        case .data: self = .data
        case .mailData, .chunk, .lastChunk: self = .dot
        case .rset: self = .rset
        case .quit: self = .quit
        case .anytime, .turnAround, .unknown: return nil
        }
    }
}
