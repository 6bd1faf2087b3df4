import Screen
import Tracing

/// All findings in order, the lesson of the selected one beside or below.
func drawFindings(_ state: State, at selected: Int, in rect: Rect, on canvas: inout Canvas, in world: Environment) {
    let findings = state.findings
    let (list, lesson) = FindingsOverlay.split(rect, count: findings.count)
    canvas.frame(
        list,
        title: "Findings",
        titleRight: "\(selected + 1)/\(findings.count)",
        focused: true,
        glyphs: world.glyphs
    )
    drawList(findings.count, selected: selected, in: list.inset(), on: &canvas, world.glyphs) { index in
        FindingsOverlay.line(findings[index], state, world.glyphs)
    }
    guard findings.indices.contains(selected) else { return }
    let (line, finding) = findings[selected]
    let trace = state.session.trace
    LessonPane(trace, about: Explained(finding, of: trace.lines[line]), world)
        .draw(isFramed: true, in: lesson, on: &canvas)
}

extension State {
    /// Enter in the findings goes to the line that has it.
    mutating func goToFinding(_ selected: Int) -> [Effect] {
        view.overlay = nil
        let findings = findings
        guard findings.indices.contains(selected) else { return [] }
        let (line, finding) = findings[selected]
        cursor.stand(on: line, chosen: true)
        let spans = session.trace.lines[line].spans
        cursor.span = finding.range.isEmpty ? nil : spans.firstIndex { $0.range.overlaps(finding.range) }
        view.pane = .wire
        return []
    }
}

enum FindingsOverlay {
    static func place(_ state: State, at selected: Int, in rect: Rect, _: Environment) -> ListPlace? {
        let count = state.findingCount
        return ListPlace(rect: split(rect, count: count).list.inset(), selected: selected, count: count)
    }

    /// The list beside its lesson where there is room for both, else above it.
    fileprivate static func split(_ rect: Rect, count: Int) -> (list: Rect, lesson: Rect) {
        let isWide = rect.columns >= 100
        let (list, lesson) =
            isWide
            ? rect.split(left: rect.columns / 2)
            : rect.split(top: max(4, min(count + 2, rect.rows / 2)))
        return (list, lesson)
    }

    fileprivate static func line(_ entry: (line: Int, finding: Finding), _ state: State, _ glyphs: Glyphs) -> StyledLine
    {
        let mark: (String, Role) =
            switch entry.finding.severity {
            case .error: (String(glyphs.failed), .failed)
            case .warning: (String(glyphs.flag), .finding)
            case .note: (String(glyphs.bullet), .dim)
            }
        let label = state.session.trace.lines[entry.line].place.label
        var line = StyledLine("\(mark.0) ", mark.1, emphasis: .bold)
        line.append(label + String(repeating: " ", count: max(1, 4 - label.count)), .dim)
        line.append(entry.finding.message)
        line.append("  \(entry.finding.spec)".asciified(glyphs), .dim)
        return line
    }
}
