/// Fits lines into columns: by wrapping, or by a cut with a mark that shows it.
public enum Wrap {
    /// The line in lines of at most `columns`, broken at blanks; the second and later ones begin `hanging` columns in.
    ///
    /// Only the blanks at which a line is broken are left out, and LF, which always breaks. A word longer than a line
    /// is broken where the line is full. Never answers an empty list. A glyph wider than `columns` stands alone.
    public static func lines(_ line: StyledLine, columns: Int, hanging: Int = 0) -> [StyledLine] {
        let units = self.units(of: line)
        let width = max(1, columns)
        let indent = min(max(0, hanging), width - 1)
        var result: [StyledLine] = []
        var start = 0
        repeat {
            let room = result.isEmpty ? width : width - indent
            let (end, next) = breakPlace(in: units, from: start, room: room, hangingRoom: width - indent)
            var piece = StyledLine(
                result.isEmpty || indent == 0 ? [] : [StyledRun(String(repeating: " ", count: indent))]
            )
            for unit in units[start..<end] { piece.append(unit) }
            result.append(piece)
            start = next
        } while start < units.count
        if units.last?.character == "\n" { result.append(StyledLine()) }
        return result
    }

    /// Text of one style, wrapped.
    public static func lines(_ text: String, _ role: Role = .plain, columns: Int, hanging: Int = 0) -> [StyledLine] {
        lines(StyledLine(text, role), columns: columns, hanging: hanging)
    }

    /// The line in at most `rows` lines, the last with an ellipsis at its end where there are more.
    public static func lines(
        _ line: StyledLine,
        columns: Int,
        rows: Int,
        glyphs: Glyphs = .unicode
    ) -> [StyledLine] {
        let all = lines(line, columns: columns)
        guard all.count > rows, rows > 0 else { return Array(all.prefix(max(0, rows))) }
        var last = all[rows - 1]
        if last.columns + TextWidth.columns(of: glyphs.ellipsis) <= columns {
            last.append(glyphs.ellipsis, .dim)
        } else {
            // A blank too many makes it one that is cut.
            last.append(String(repeating: " ", count: max(0, columns + 1 - last.columns)))
            last = cut(last, columns: columns, glyphs: glyphs)
        }
        return all.prefix(rows - 1) + [last]
    }

    /// The beginning of a line, with an ellipsis where it had to be cut.
    public static func cut(_ line: StyledLine, columns: Int, glyphs: Glyphs = .unicode) -> StyledLine {
        guard line.columns > columns else { return line }
        let mark = String(glyphs.ellipsis.prefix(max(0, columns)))
        let room = columns - TextWidth.columns(of: mark)
        var kept = StyledLine()
        var at = 0
        for unit in units(of: line) {
            guard at + unit.columns <= room else { break }
            kept.append(unit)
            at += unit.columns
        }
        kept.append(mark, .dim)
        return kept
    }

    /// Where the line that begins at `start` ends, and where the next one begins.
    private static func breakPlace(
        in units: [Unit],
        from start: Int,
        room: Int,
        hangingRoom: Int
    ) -> (end: Int, next: Int) {
        var used = 0
        var lastBlank: Int?
        var index = start
        while index < units.count {
            if units[index].character == "\n" { return (index, index + 1) }
            if units[index].character == " ", index > start, units[index - 1].character != " " { lastBlank = index }
            guard used + units[index].columns <= room else { break }
            used += units[index].columns
            index += 1
        }
        guard index < units.count else { return (index, index) }
        if units[index].character == " " { return (lastBlank ?? index, afterBlanks(in: units, from: index)) }
        let full = max(index, start + 1)
        guard let blank = lastBlank else { return (full, full) }
        // A word that is too long for any line begins on the current line rather than on a new one.
        let word = afterBlanks(in: units, from: blank)
        var wordColumns = 0
        for unit in units[word...] {
            if unit.character == " " || unit.character == "\n" || wordColumns > hangingRoom { break }
            wordColumns += unit.columns
        }
        if wordColumns > hangingRoom, word < full { return (full, full) }
        return (blank, word)
    }

    private static func afterBlanks(in units: [Unit], from index: Int) -> Int {
        units[index...].firstIndex { $0.character != " " } ?? units.count
    }

    /// One grapheme cluster of a run.
    struct Unit {
        let character: Character
        let columns: Int
        let role: Role
        let emphasis: Emphasis
    }

    static func units(of line: StyledLine) -> [Unit] {
        line.runs.flatMap { run in
            run.text.map { character in
                let lineEnd = character == "\n" || character == "\r\n"
                return Unit(
                    character: lineEnd ? "\n" : character,
                    columns: lineEnd ? 0 : TextWidth.columns(of: character),
                    role: run.role,
                    emphasis: run.emphasis
                )
            }
        }
    }
}

extension StyledLine {
    fileprivate mutating func append(_ unit: Wrap.Unit) {
        append(String(unit.character), unit.role, emphasis: unit.emphasis)
    }
}
