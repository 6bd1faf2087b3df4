import SMTP
import Tracing

/// What a line says in a word or two, for places that have no room for the line itself.
extension Trace {
    /// `RCPT nosuch`, `250 ×8`, `MX?`, `connect`: of a line, or of several of one side that begin with it.
    func shortName(of line: TraceLine, lines count: Int = 1) -> String {
        switch line.content {
        case .command:
            guard let verb = line.verbName else { return WireText.shown(line.octets.prefix(20)) }
            return [verb, localPart(of: line)].compactMap(\.self).joined(separator: " ")
        case .reply:
            guard let code = line.replyCode else { return WireText.shown(line.octets.prefix(20)) }
            return count > 1 ? "\(code) ×\(count)" : "\(code)"
        case .mailData: return "mail data"
        case .saslResponse: return "response"
        case .chunk: return "chunk"
        case .opaque: return "octets"
        case .tls: return "TLS handshake"
        case .record(let record):
            switch record.kind {
            case .question: return record.pieces.first?.text ?? "?"
            case .header: return count > 1 ? "answer ×\(count - 1)" : "answer"
            case .exchanger, .record, .failure: return record.pieces.first?.text ?? "answer"
            }
        case .event(let anchor):
            let name = anchor.path.split(separator: "/").last ?? ""
            return String(name).replacing("-", with: " ")
        }
    }

    /// What a sub-step is called above its lines: what its first line says, or what that answers.
    func heading(of line: TraceLine) -> String {
        guard case .reply(let context) = line.content else { return shortName(of: line) }
        if let asked = asked(by: line), asked.verbName != nil { return "answer to \(shortName(of: asked))" }
        return context.turn == .greeting ? Step.greeting.shortTitle : "reply"
    }

    /// What a sub-step is called before it is shown: what kind of thing it is, and nothing of what comes of it.
    func neutralName(of line: TraceLine) -> String {
        switch line.content {
        case .command: line.verbName ?? "command"
        case .reply(let context): context.turn == .greeting ? Step.greeting.shortTitle : "answer"
        case .record(let record): record.kind == .question ? "question" : "answer"
        default: shortName(of: line)
        }
    }

    /// Whom a RCPT is about, or the reply to one: the local part, which tells recipients apart.
    func recipient(of line: TraceLine) -> String? {
        let asked = asked(by: line) ?? line
        return asked.verbName == "RCPT" ? localPart(of: asked) : nil
    }

    private func asked(by line: TraceLine) -> TraceLine? {
        line.answers.flatMap { lines.indices.contains($0) ? lines[$0] : nil }
    }

    /// Of the path that MAIL and RCPT name.
    private func localPart(of line: TraceLine) -> String? {
        guard let path = Command.read(line.octets).value.path else { return nil }
        return String(spoken(path).prefix { $0 != "@" })
    }
}
