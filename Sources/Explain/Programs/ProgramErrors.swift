import Lessons
import Tracing

/// The error of a library, or the failure of a connection, as a program tells it: known by its words (`lessons/wordings/`, kinds
/// exception and failure), with the reply that it quotes.
enum ProgramErrors {
    static func read(_ text: PastedText, _ explainer: Explainer) -> Explanation? {
        let lines = text.filled.prefix(500).map(String.init)
        let exception = explainer.library.wordings.firstKnown([.exception], in: lines)
        let failure = explainer.library.wordings.firstKnown([.failure], in: lines)
        let reply = reply(in: lines)
        guard exception != nil || failure != nil else { return nil }
        // Of a mailbox that is full or unknown the words of a delivery agent are those of a reply as well.
        let isOfMailbox = exception == nil && failure?.step == .rcptReply
        let kind: Explanation.Kind = exception != nil ? .exception : isOfMailbox && reply != nil ? .reply : .failure
        let telling =
            lines.first { reply != nil && ReplyInText.first(in: $0) == reply }
            ?? [failure, exception].lazy.compactMap { known in lines.first { known?.isKnown(in: $0) ?? false } }.first
        var found = Explanation(kind, text: telling ?? "")
        found.by = exception?.by ?? failure?.by
        found.speaker = isOfMailbox ? .recipientServer : .program
        if let reply {
            found.speaker = .recipientServer
            explainer.take(reply, in: &found, turn: turn(lines, exception) ?? told(lines, explainer))
            if !reply.text.isEmpty, !found.text.has(reply.text) { found.text += "\n\(reply.quotation)" }
        } else {
            found.turn = turn(lines, exception)
            if let failure { found.lessons += explainer.library.lessons(of: failure) }
            if let told = told(lines, explainer) {
                found.turn = told
                found.place = told.step
            }
        }
        found.general = exception.map(explainer.library.lessons) ?? []
        // Without a reply, the failure's step is the truer one: an exception may come at several.
        found.place =
            reply == nil ? found.place ?? failure?.step ?? exception?.step : found.turn == nil ? exception?.step : nil
        found.recipient = lines.lazy.compactMap { $0.between("{'", "':") }.first.flatMap {
            $0.contains("@") ? String($0) : nil
        }
        return found
    }

    /// What the program says it was doing.
    private static func told(_ lines: [String], _ explainer: Explainer) -> AnsweredTurn? {
        lines.lazy.compactMap { explainer.turn(toldIn: $0) }.first
    }

    /// The reply that is quoted, in whichever way: `550 5.1.1 …`, `(535, b'5.7.8 …')`, `535-5.7.8 …`. One with a status says most.
    private static func reply(in lines: [String]) -> ReplyInText? {
        let all = lines.flatMap { ReplyInText.all(in: $0) + ReplyInText.tuples(in: $0) }
        var best = all.first { $0.status != nil && $0.code != nil } ?? all.first
        if best != nil, best?.status == nil {
            // PHPMailer tells the parts of a reply apart: `… SMTP code: 554 Additional SMTP info: 5.7.1`.
            best?.status = lines.lazy.compactMap { line in
                line.behind("Additional SMTP info: ").flatMap { $0.split(separator: " ").first }
            }.first { ReplyInText.isStatus($0) }.map(String.init)
        }
        return best ?? lines.lazy.compactMap { ReplyInText.status(in: $0) }.first
    }

    private static func turn(_ lines: [String], _ exception: Wording?) -> AnsweredTurn? {
        let command = lines.lazy.compactMap { $0.between("command: '", "'") ?? $0.between("\"command\":\"", "\"") }
            .first
        return command.flatMap { AnsweredTurn(named: $0) } ?? exception?.likelyTurn
    }
}

extension ReplyInText {
    /// As Python and Ruby show a reply: `(535, b'5.7.8 Username …')`.
    static func tuples(in line: String) -> [ReplyInText] {
        var found: [ReplyInText] = []
        var rest = Substring(line)
        while let open = rest.firstIndex(of: "(") {
            rest = rest[rest.index(after: open)...]
            let code = rest.prefix { $0.isASCII && $0.isNumber }
            guard code.utf8.count == 3, rest.dropFirst(3).first == "," else { continue }
            let text = rest.dropFirst(4).drop { " bu'\"".contains($0) }
            if let reply = ReplyInText.opening("\(code) \(text.before("')").before("\")"))") { found.append(reply) }
        }
        return found
    }
}
