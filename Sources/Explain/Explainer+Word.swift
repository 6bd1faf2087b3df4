import Lessons
import SMTP
import Tracing

/// A word alone: a code, a status, a verb, a keyword, or whatever else a lesson is called by.
extension Explainer {
    /// Nil for a text that is more than the name of something.
    func word(_ text: PastedText) -> Explanation? {
        guard let line = text.filled.first, text.filled.count == 1, line.utf8.count <= 200 else { return nil }
        let words = line.split(separator: " ")
        guard let first = words.first else { return nil }
        if words.count == 1, let code = code(first) { return code }
        if let verb = verb(words) { return verb }
        guard words.count == 1 else { return nil }
        return named(String(first.before("=")))
    }

    /// `550`, `5.7.26`, `550@RCPT`.
    private func code(_ word: Substring) -> Explanation? {
        let parts = word.split(separator: "@", maxSplits: 1)
        guard let number = parts.first else { return nil }
        var found = Explanation(.code, text: String(word))
        if number.utf8.count == 3, let code = UInt16(number), (200...599).contains(code) {
            found.code = code
        } else if parts.count == 1, ReplyInText.isStatus(number) {
            found.status = String(number)
        } else {
            return nil
        }
        let turn = parts.dropFirst().first.flatMap { AnsweredTurn(named: $0) }
        guard parts.count == 1 || turn != nil else { return nil }
        found.turn = turn ?? LikelyTurn.of(code: found.code, status: found.status)
        found.isLikely = turn == nil && found.turn != nil
        found.outcome = Explanation.Outcome(code: found.code, status: found.status)
        found.quoted = ""
        return found
    }

    /// `RCPT`, `mail from`, `RCPT TO:<bob@receiver.example>`: a command and nothing else.
    private func verb(_ words: [Substring]) -> Explanation? {
        guard let first = words.first?.before(":"), let verb = Verb(reading: first.utf8) else { return nil }
        let line = words.joined(separator: " ")
        // A sentence may begin with the word.
        let isCommand =
            words.count == 1 || first.utf8.allSatisfy { $0 < 0x61 } || ["from", "to"].contains(words[1].lowercased())
        guard isCommand, words.count <= 8 else { return nil }
        var found = Explanation(.verb, text: line)
        found.command = verb.rawValue
        found.place = verb.commandStep
        found.lessons = [LessonAnchor("command/\(verb.rawValue)")]
        if Extension.all.contains(where: { $0.keyword == verb.rawValue }) {
            found.lessons.append(LessonAnchor("extension/\(verb.rawValue)"))
        }
        return found
    }

    /// A keyword of EHLO, a parameter, a mechanism, a header field, a finding: whatever has a lesson of this name.
    private func named(_ word: String) -> Explanation? {
        let anchors = library.anchors(meantBy: word).filter { anchor in
            library.section(for: anchor).map { anchor.isMet(by: $0.anchor) } ?? false
        }
        guard !anchors.isEmpty else { return nil }
        let keyword = anchors.first { $0.path.hasPrefix("extension/") }
        var found = Explanation(.keyword, text: word)
        found.lessons = [keyword].compactMap(\.self) + anchors.filter { $0 != keyword }
        found.place = found.lessons.first.flatMap(Self.step)
        return found
    }

    /// Where the things of a family are met.
    private static func step(of anchor: LessonAnchor) -> Step? {
        switch anchor.path.prefix(while: { $0 != "/" }) {
        case "extension", "sasl", "tls": .ehloReply
        case "dns": .exchangerLookup
        case "field": .content
        case "link": .connection
        case "step": Int(anchor.path.dropFirst(5)).flatMap(Step.init(rawValue:))
        default: nil
        }
    }
}

extension Verb {
    /// The step at which the client says it; nil for what may come anywhere.
    fileprivate var commandStep: Step? {
        switch self {
        case .helo, .ehlo, .lhlo: .ehlo
        case .startTLS, .auth, .xclient: .ehloReply
        case .mail, .send, .soml, .saml: .mail
        case .rcpt: .rcpt
        case .data: .data
        case .bdat: .content
        case .quit: .quit
        case .rset, .vrfy, .expn, .help, .noop, .etrn, .turn, .atrn, .xforward: nil
        }
    }
}
