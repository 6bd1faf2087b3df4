/// A lesson as lines of plain text, for `ehlo lessons show` and `--plain`.
public enum PlainText {
    /// The blocks in lines of at most `columns`, one blank line between blocks; a word longer than a line stays whole.
    ///
    /// Lists hang, code is indented by four, a table that does not fit becomes a list. No line ends in spaces.
    ///
    /// `asLists`: every table becomes a list, so that each of its lines says all that it has to say.
    public static func lines(_ blocks: [Block], columns: Int, asLists: Bool = false) -> [String] {
        var lines: [String] = []
        var afterHeading = true
        for block in blocks {
            if !afterHeading { lines.append("") }
            if asLists, case .table(_, let header, let rows) = block {
                lines += tableAsList(cells([header] + rows), columns: columns)
            } else {
                lines += self.lines(block, columns: columns)
            }
            if case .heading = block { afterHeading = true } else { afterHeading = false }
        }
        return lines
    }

    /// Running text in lines of at most `columns`.
    public static func lines(_ inlines: [Inline], columns: Int) -> [String] { wrapped(text(inlines), columns: columns) }

    /// Running text in one piece; only a hard break is a line feed.
    static func text(_ inlines: [Inline]) -> String {
        inlines.map { inline in
            switch inline {
            case .text(let text), .code(let text): text
            case .emphasis(let inner), .strong(let inner), .strike(let inner): text(inner)
            case .link(let url, let inner): link(url, text(inner))
            case .softBreak: " "
            case .lineBreak: "\n"
            }
        }.joined()
    }

    private static func link(_ url: String, _ text: String) -> String {
        let target = url.hasPrefix("ehlo:") ? String(url.dropFirst(5)) : url
        return text == target || text.isEmpty ? target : "\(text) (\(target))"
    }

    private static func lines(_ block: Block, columns: Int) -> [String] {
        switch block {
        case .paragraph(let inlines), .heading(_, let inlines): return lines(inlines, columns: columns)
        case .code(_, let text):
            return text.split(separator: "\n", omittingEmptySubsequences: false).map { $0.isEmpty ? "" : "    \($0)" }
        case .list(let ordered, let start, let tight, let items):
            return list(items, tight: tight, columns: columns) { ordered ? "\(start + $0). " : "- " }
        case .quote(let inner): return lines(inner, columns: columns - 2).map { $0.isEmpty ? ">" : "> \($0)" }
        case .table(let alignments, let header, let rows): return table(alignments, header, rows, columns: columns)
        case .rule: return [String(repeating: "-", count: max(1, min(columns, 20)))]
        }
    }

    private static func list(_ items: [[Block]], tight: Bool, columns: Int, mark: (Int) -> String) -> [String] {
        let width = items.indices.map { mark($0).count }.max() ?? 0
        let hanging = String(repeating: " ", count: width)
        var lines: [String] = []
        for (index, item) in items.enumerated() {
            if index > 0, !tight { lines.append("") }
            var inner = self.lines(item, columns: columns - width)
            // In a tight list the paragraph and the list below it belong together.
            if tight { inner.removeAll(where: \.isEmpty) }
            let first = mark(index).padded(to: width, .right)
            lines.append((first + (inner.first ?? "")).withoutTrailingSpaces)
            lines += inner.dropFirst().map { $0.isEmpty ? "" : hanging + $0 }
        }
        return lines
    }

    // MARK: Tables

    private static func table(_ alignments: [ColumnAlignment], _ header: [[Inline]], _ rows: [[[Inline]]], columns: Int)
        -> [String]
    {
        let cells = cells([header] + rows)
        let widths = header.indices.map { column in cells.map { $0[column].columns }.max() ?? 0 }
        guard widths.reduce(0, +) + 2 * (widths.count - 1) <= columns else {
            return tableAsList(cells, columns: columns)
        }
        var lines = cells.map { row in
            zip(zip(row, widths), alignments).map { $0.0.padded(to: $0.1, $1) }.joined(separator: "  ")
                .withoutTrailingSpaces
        }
        lines.insert(widths.map { String(repeating: "-", count: max(1, $0)) }.joined(separator: "  "), at: 1)
        return lines
    }

    private static func cells(_ rows: [[[Inline]]]) -> [[String]] {
        rows.map { $0.map { text($0).replacing("\n", with: " ") } }
    }

    /// A row an item: its first cell, then the others under the names of their columns.
    private static func tableAsList(_ cells: [[String]], columns: Int) -> [String] {
        let header = cells.first ?? []
        return cells.dropFirst().flatMap { row -> [String] in
            var lines = wrapped(row.first ?? "", columns: columns - 2)
            for (name, cell) in zip(header, row).dropFirst() where !cell.isEmpty {
                lines += wrapped(name.isEmpty ? cell : "\(name): \(cell)", columns: columns - 2)
            }
            return lines.enumerated().map { ($0 == 0 ? "- " : "  ") + $1 }
        }
    }

    // MARK: Words

    private static func wrapped(_ text: String, columns: Int) -> [String] {
        var text = text
        return text.withUTF8 { OctetWrapping.lines($0, columns: columns) }
            ?? wrappedByCharacters(text, columns: columns)
    }

    static func wrappedByCharacters(_ text: String, columns: Int) -> [String] {
        text.split(separator: "\n", omittingEmptySubsequences: false).flatMap { piece -> [String] in
            var lines: [String] = []
            var line = ""
            var width = 0
            for word in piece.split(separator: " ") {
                let wordWidth = word.columns
                if !line.isEmpty, width + 1 + wordWidth > columns {
                    lines.append(line)
                    line = ""
                    width = 0
                }
                if !line.isEmpty {
                    line += " "
                    width += 1
                }
                line += word
                width += wordWidth
            }
            return lines + [line]
        }
    }
}

extension StringProtocol {
    /// How many columns of a terminal the text takes, near enough for prose: East Asian characters and emoji take two.
    fileprivate var columns: Int {
        if utf8.allSatisfy({ $0 < 0x80 }) { return utf8.count }
        return reduce(0) { sum, character in
            switch character.unicodeScalars.first?.value ?? 0 {
            case 0x1100...0x115F, 0x2E80...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60,
                0xFFE0...0xFFE6, 0x1F300...0x1FAFF, 0x20000...0x3FFFD:
                sum + 2
            default: sum + 1
            }
        }
    }

    fileprivate var withoutTrailingSpaces: String {
        guard let last = lastIndex(where: { $0 != " " }) else { return "" }
        return String(self[...last])
    }

    fileprivate func padded(to width: Int, _ alignment: ColumnAlignment) -> String {
        let room = Swift.max(0, width - columns)
        let left: Int =
            switch alignment {
            case .none, .left: 0
            case .center: room / 2
            case .right: room
            }
        return String(repeating: " ", count: left) + self + String(repeating: " ", count: room - left)
    }
}
