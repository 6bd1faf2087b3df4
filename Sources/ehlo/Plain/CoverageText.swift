import Lessons

/// What of the registries has a section of its own, as a table.
enum CoverageText {
    /// A line a registry with its source, what is missing of it below, and the sum at the end.
    static func lines(_ coverage: LessonCoverage) -> [String] {
        coverage.problems.map(\.description) + coverage.tables.flatMap(lines)
            + [counted(coverage.covered, of: coverage.rows) + "  all tables"]
    }

    private static func lines(_ table: LessonCoverage.Table) -> [String] {
        let registry = table.registry
        let head = counted(table.covered, of: registry.rows.count) + "  \(registry.title)"
        let source = "                  \(registry.source); as of \(registry.date)"
        return [head, source] + table.gaps.map { "    missing  \($0.row.anchor)  \($0.row.note): \(words($0.gap))" }
    }

    /// `  26 of   26  100.0 %`, rounded down so that only what is whole is a hundred.
    private static func counted(_ covered: Int, of rows: Int) -> String {
        let tenths = rows == 0 ? 0 : covered * 1000 / rows
        return "\(padded(covered)) of \(padded(rows))  \(padded(tenths / 10, to: 3)).\(tenths % 10) %"
    }

    private static func padded(_ number: Int, to width: Int = 4) -> String {
        String(repeating: " ", count: max(0, width - "\(number)".count)) + "\(number)"
    }

    private static func words(_ gap: LessonCoverage.Gap) -> String {
        switch gap {
        case .fallback(let anchor?): "falls back to \(anchor)"
        case .fallback(nil): "nothing explains it"
        case .short(let words): "its section has \(words) words, at least \(LessonCoverage.minWords) are wanted"
        case .copied(let anchor): "its section says what \(anchor) says"
        }
    }
}
