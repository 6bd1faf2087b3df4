import Lessons
import Screen
import Tracing

/// What a text is that holds no dialogue: a card that says what it is, who says it and what to do, then a card for each lesson.
enum ExplanationOverlay {
    static func title(_ state: State) -> String {
        guard let text = state.session.explained else { return "What this is" }
        return text.entries.count > 1 ? "\(text.name): \(text.entries.count.grouped) things explained" : text.name
    }

    static func page(_ state: State, in world: Environment) -> Page {
        guard let text = state.session.explained else { return Page(count: 0) { _ in [] } }
        let columns = max(16, min(76, state.view.columns - 4))
        var told: Set<LessonAnchor> = []
        var rows: [StyledLine] = []
        for entry in text.entries.prefix(maxEntries) {
            if !rows.isEmpty { rows.append(StyledLine("")) }
            for line in entry.lines { rows += self.rows(line, columns, world.glyphs) }
            for anchor in entry.lessons {
                guard let section = world.library.section(for: anchor), told.insert(section.anchor).inserted else {
                    continue
                }
                rows += cards(section, state, columns, world.glyphs)
            }
        }
        if text.walks > 0 { rows += [StyledLine("")] + invitation(text.walks, columns) }
        return Page(count: rows.count) { [rows[$0]] }
    }

    /// The most things that are set on one page.
    private static let maxEntries = 50

    private static func rows(_ line: ExplainedText.Line, _ columns: Int, _ glyphs: Glyphs) -> [StyledLine] {
        let text = line.text.asciified(glyphs)
        switch line.role {
        case .title: return Wrap.lines(StyledLine(text, .title, emphasis: .bold), columns: columns)
        case .quote: return Wrap.lines(StyledLine("  " + text, .server), columns: columns, hanging: 4)
        case .fact:
            let name = StyledLine("  \(line.name)  ", .dim)
            return Wrap.lines(name + StyledLine(text), columns: columns, hanging: min(12, name.columns))
        case .drawn: return [Wrap.cut(StyledLine(text, .code), columns: columns, glyphs: glyphs)]
        case .sentence: return Wrap.lines(StyledLine(text), columns: columns)
        case .heading:
            return [StyledLine("")] + Wrap.lines(StyledLine(text, .heading, emphasis: .bold), columns: columns)
        case .advice:
            let name = StyledLine("  \(line.name): ", .plain, emphasis: .bold)
            return Wrap.lines(name + StyledLine(text), columns: columns, hanging: 4)
        }
    }

    /// The cards of a lesson, each below a rule with its title.
    private static func cards(_ section: Section, _ state: State, _ columns: Int, _ glyphs: Glyphs) -> [StyledLine] {
        let context = SessionValues.Context(state.session.trace)
        let mark = StyledLine(String(repeating: String(glyphs.light.horizontal), count: 2) + " ", .frame)
        return Card.cards(of: section.filled(with: context)).flatMap { card -> [StyledLine] in
            let parts = [section.title, card.heading].filter { !$0.isEmpty }
            let title = parts.joined(separator: " \(glyphs.separator) ").asciified(glyphs)
            let head = Wrap.lines(mark + StyledLine(title, .title, emphasis: .bold), columns: columns)
            let text = MarkdownLines(columns: columns, glyphs: glyphs).lines(card.blocks)
            return [StyledLine("")] + head + [StyledLine("")] + text
        }
    }

    private static func invitation(_ walks: Int, _ columns: Int) -> [StyledLine] {
        var line = StyledLine("Enter", .key, emphasis: .bold)
        let what = walks == 1 ? "walks the session it comes from" : "lists the \(walks.grouped) sessions it comes from"
        line.append(" \(what), what nobody saw marked as inferred.")
        return Wrap.lines(line, columns: columns)
    }
}

extension State {
    /// Enter on an explanation: the sessions that it was made from.
    mutating func walkExplained() -> [Effect] {
        guard let text = session.explained, text.walks > 0 else {
            view.notice = "there is no reply in it that a session could be made of"
            return []
        }
        return [.walkExplained]
    }
}
