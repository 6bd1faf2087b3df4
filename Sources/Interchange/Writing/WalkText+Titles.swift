import Lessons
import SMTP
public import Tracing

/// What documents call a stop, and which lesson it has.
extension WalkText {
    /// As a list of what was walked shows it: a step by its title, a sub-step by what it is about.
    public static func title(of stop: Trace.Stop, in trace: Trace) -> String {
        let place = stop.place
        let name =
            place.substep == 0
            ? StepTitle(place.step, trace.answer(at: stop), port: trace.facts.usedPort).full : what(stop, in: trace)
        let transaction = stop.place.transaction > 1 ? " · transaction \(stop.place.transaction)" : ""
        return "\(name)\(transaction)"
    }

    /// Whether something failed there that the title does not tell.
    static func failsUntold(_ stop: Trace.Stop, in trace: Trace) -> Bool {
        guard trace.failed.contains(stop.place) else { return false }
        let code: UInt16? =
            if stop.place.substep == 0 {
                StepTitle.tellsAnswer(to: stop.place.step) ? trace.answer(at: stop).code : nil
            } else {
                telling(stop, in: trace)?.replyCode
            }
        return code.map { $0 < 400 } ?? true
    }

    /// The line that tells what a sub-step is about.
    private static func telling(_ stop: Trace.Stop, in trace: Trace) -> TraceLine? {
        trace.lines[stop.lines].first { $0.speaker != .note } ?? trace.lines[stop.lines].first
    }

    /// What a sub-step is about, told by its first line.
    private static func what(_ stop: Trace.Stop, in trace: Trace) -> String {
        guard let line = telling(stop, in: trace) else { return "" }
        switch line.content {
        case .command: return line.verbName.map { WireText.shown($0.utf8.prefix(40)) } ?? "an empty line"
        case .reply(let context): return reply(line, context)
        case .mailData: return "mail data"
        case .saslResponse: return "AUTH"
        case .chunk: return "BDAT chunk"
        case .tls: return "TLS handshake"
        case .opaque: return "inside TLS"
        case .record: return "DNS"
        case .event(let anchor): return anchor == LessonAnchor("tls/handshake") ? "TLS handshake" : "connection"
        }
    }

    /// As `reply to RCPT`, `refuses RCPT: 550`.
    private static func reply(_ line: TraceLine, _ context: TraceLine.ReplyContext) -> String {
        let isGreeting = context.turn == .greeting
        let asked = isGreeting ? "the session" : context.verb?.rawValue ?? "the session"
        switch (line.severity, line.replyCode) {
        case (.transientFailure, let code?): return "puts off \(asked): \(code)"
        case (.permanentFailure, let code?): return "refuses \(asked): \(code)"
        default: return isGreeting ? "greeting" : context.verb.map { "reply to \($0.rawValue)" } ?? "reply"
        }
    }

    /// The lesson of a stop: its step's, or for a sub-step that of what it is about.
    public static func anchor(of stop: Trace.Stop, in trace: Trace) -> LessonAnchor {
        guard stop.place.substep > 0, let line = telling(stop, in: trace) else { return .step(stop.place.step) }
        switch line.content {
        case .command, .saslResponse, .opaque:
            return line.spans.first { $0.kind != .leadingSpace }?.anchor ?? .step(stop.place.step)
        case .event(let anchor): return anchor
        case .tls: return LessonAnchor("tls/handshake")
        case .reply, .mailData, .chunk, .record: return .step(stop.place.step)
        }
    }

    static func sentence(_ finding: Finding) -> String {
        "\(finding.message), \(finding.spec) (\(finding.severity.rawValue) \(finding.id))"
    }

    /// Seconds and thousandths.
    public static func seconds(_ time: Double) -> String { String(clock(time).drop { $0 == " " }) }

    /// The same in eight columns.
    static func clock(_ time: Double) -> String {
        let millis = UInt64(max(0, min(time, 1e12)) * 1000 + 0.0005)
        let fraction = String(millis % 1000)
        let text = "\(millis / 1000)." + String(repeating: "0", count: 3 - fraction.count) + fraction
        return String(repeating: " ", count: max(0, 8 - text.count)) + text
    }
}
