import Screen
import Tracing

/// The end: what became of the mail for each recipient, by whose words, who holds it now, what a server with a queue does next, and
/// what to look at next. The words are those of the verdict.
enum EndOverlay {
    static func page(_ state: State, in world: Environment) -> Page {
        guard let verdict = state.soFar.verdict else { return Page(count: 0) { _ in [] } }
        let columns = max(10, state.view.columns - 4)
        let told = verdict.words(in: state.session.trace, max: maxRecipients)
        let groups = told.enumerated().map { number, words in
            row(words, verdict, isFirst: number == 0, columns, world.glyphs)
        }
        // What is going on is said before who is told what: it may be all there is to know.
        let lines =
            Array(groups.prefix(1).joined()) + situations(state, columns, world.glyphs) + groups.dropFirst().joined()
        let more = verdict.recipients.count - maxRecipients
        let words = "\(more.grouped) more recipients; \(state.key("s")) saves what became of each as text (.txt)"
        let rest = more > 0 ? ["", words] : []
        let rows =
            (lines + rest.flatMap { Wrap.lines(StyledLine($0), columns: columns) }) + [StyledLine("")]
            + suggestions(verdict, state, columns)
        return Page(count: rows.count) { [rows[$0]] }
    }

    /// A recipient begins a paragraph; what the server said and what comes next hang below.
    private static func row(
        _ words: Verdict.Words,
        _ verdict: Verdict,
        isFirst: Bool,
        _ columns: Int,
        _ glyphs: Glyphs
    ) -> [StyledLine] {
        let text = String(words.text.prefix(maxCharacters)).asciified(glyphs)
        switch words {
        case .summary:
            let (sign, role) = verdict.outcome.mark(glyphs)
            return Wrap.lines(StyledLine("\(sign) \(text)", role, emphasis: .bold), columns: columns, hanging: 2)
        case .sentence:
            return [StyledLine("")] + Wrap.lines(StyledLine(text, .plain, emphasis: .bold), columns: columns)
        case .quote:
            return Wrap.lines(StyledLine("  S\(glyphs.arrowLeft) \(text)", .server), columns: columns, hanging: 5)
        case .next: return Wrap.lines(StyledLine("  \(text)"), columns: columns, hanging: 2)
        }
    }

    /// What is going on, and what to do about it.
    private static func situations(_ state: State, _ columns: Int, _ glyphs: Glyphs) -> [StyledLine] {
        state.situations.flatMap { situation in
            let more = [situation.advice, situation.others].filter { !$0.isEmpty }.joined(separator: " ")
            return [StyledLine("")]
                + Wrap.lines(
                    StyledLine(situation.sentence.asciified(glyphs), .finding, emphasis: .bold),
                    columns: columns
                )
                + Wrap.lines(StyledLine("  \(more)".asciified(glyphs)), columns: columns, hanging: 2)
        }
    }

    /// A sentence that names thousands of recipients is not read to its end, nor are thousands of sentences.
    private static let maxCharacters = 2000
    static let maxRecipients = 50

    /// Other ends of the same story, THE table: what it is, and the command that shows it.
    static let others: [(words: String, command: String)] = [
        ("the same inside TLS", "ehlo starttls"), ("one recipient refused", "ehlo one-refused"),
        ("put off till later", "ehlo greylisted"), ("a second mail smuggled in", "ehlo live --dialog smuggling"),
    ]

    /// Those that tell something new.
    private static func suggestions(_ verdict: Verdict, _ state: State, _ columns: Int) -> [StyledLine] {
        let counts = state.soFar.standing.counts
        let seen = [state.session.trace.facts.tls != nil, counts.refused > 0, counts.deferred > 0, false]
        let rows = zip(others, seen).filter { !$1 }.map { other, _ in
            let gap = String(repeating: " ", count: max(2, 27 - other.words.count))
            return StyledLine("  \(other.words)\(gap)") + StyledLine(other.command, .code)
        }
        let lines = rows.flatMap { Wrap.lines($0, columns: columns, hanging: 4) }
        return [StyledLine("Next", .heading, emphasis: .bold)] + lines
    }
}
