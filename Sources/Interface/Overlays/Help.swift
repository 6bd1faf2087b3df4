import Screen

/// The keys, from the one table of them.
enum HelpOverlay {
    static func page(_ state: State, in world: Environment) -> Page {
        let lines = lines(state, in: world)
        return Page(count: lines.count) { [lines[$0]] }
    }

    static func lines(_ state: State, in world: Environment) -> [StyledLine] {
        let keys = state.view.bindings
        let width = KeyTable.rows.map { TextWidth.columns(of: keys.shown($0)) }.max() ?? 0
        let columns = max(20, min(76, state.view.columns - 4))
        var lines: [StyledLine] = []
        for group in KeyTable.Group.allCases {
            if !lines.isEmpty { lines.append(StyledLine("")) }
            lines.append(StyledLine(group.rawValue, .heading, emphasis: .bold))
            for row in KeyTable.rows where row.group == group {
                let shown = world.glyphs.isASCII ? keys.shown(row).spelledArrows : keys.shown(row)
                var line = StyledLine("  " + shown, .key, emphasis: .bold)
                line.append(String(repeating: " ", count: width - TextWidth.columns(of: shown) + 2))
                line.append(row.words)
                lines += Wrap.lines(line, columns: columns, hanging: width + 4)
            }
        }
        lines.append(StyledLine(""))
        lines += Wrap.lines(
            "The left pane has the fourteen steps, the upper one what went over the wire, the lower one the explanation. → names the octets of the current line one by one."
                .asciified(world.glyphs),
            .dim,
            columns: columns
        )
        return lines
    }
}

extension String {
    /// Arrow keys in words that fit their column.
    var spelledArrows: String {
        replacing("→", with: "->").replacing("←", with: "<-").replacing("↓", with: "Dn").replacing("↑", with: "Up")
    }
}
