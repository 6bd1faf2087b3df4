import Lessons
import Screen

/// Sets a lesson like a page of a book: wrapped at words, one blank line between paragraphs, bullets that hang, code that
/// keeps its shape, tables that keep their columns or become lists where there is no room.
struct MarkdownLines {
    let columns: Int
    let glyphs: Glyphs

    func lines(_ blocks: [Block]) -> [StyledLine] {
        var all: [StyledLine] = []
        for block in blocks {
            let lines = self.lines(block)
            guard !lines.isEmpty else { continue }
            if !all.isEmpty { all.append(StyledLine("")) }
            all += lines
        }
        return all
    }

    private func lines(_ block: Block) -> [StyledLine] {
        switch block {
        case .paragraph(let inlines): return Wrap.lines(styled(inlines), columns: columns)
        case .heading(_, let inlines): return Wrap.lines(styled(inlines, .heading, .bold), columns: columns)
        case .code(_, let text): return code(text)
        case .list(let ordered, let start, let tight, let items): return list(ordered, start, tight, items)
        case .quote(let blocks): return indented(blocks, "\(glyphs.light.vertical) ", .quote)
        case .table(_, let header, let rows): return table(header, rows)
        case .rule: return [StyledLine(String(repeating: String(glyphs.light.horizontal), count: columns), .dim)]
        }
    }

    private func indented(_ blocks: [Block], _ mark: String, _ role: Role) -> [StyledLine] {
        let inner = MarkdownLines(columns: max(8, columns - TextWidth.columns(of: mark)), glyphs: glyphs)
        return inner.lines(blocks).map { StyledLine(mark, role) + $0 }
    }

    private func code(_ text: String) -> [StyledLine] {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        // A drawing that fits is not folded for the sake of its margin.
        let widest = lines.map { TextWidth.columns(of: String($0)) }.max() ?? 0
        let margin = String(repeating: " ", count: widest <= columns ? min(2, columns - widest) : 2)
        return lines.flatMap { line -> [StyledLine] in
            let role: Role = line.hasPrefix("C: ") ? .client : line.hasPrefix("S: ") ? .server : .code
            return Wrap.lines(StyledLine(margin + line, role), columns: columns, hanging: 5)
        }
    }

    private func list(_ ordered: Bool, _ start: Int, _ tight: Bool, _ items: [[Block]]) -> [StyledLine] {
        var all: [StyledLine] = []
        for (index, item) in items.enumerated() {
            let mark = ordered ? "\(start + index). " : "\(glyphs.bullet) "
            let width = ordered ? "\(start + items.count - 1). ".count : 2
            let inner = MarkdownLines(columns: max(8, columns - width), glyphs: glyphs)
            let lines = inner.lines(item)
            if !tight, !all.isEmpty { all.append(StyledLine("")) }
            for (number, line) in lines.enumerated() {
                let lead =
                    number == 0
                    ? mark + String(repeating: " ", count: max(0, width - mark.count))
                    : String(repeating: " ", count: width)
                all.append(StyledLine(lead, .dim) + line)
            }
        }
        return all
    }

    private func table(_ header: [[Inline]], _ rows: [[[Inline]]]) -> [StyledLine] {
        let cells = [header] + rows
        let widths = header.indices.map { column in cells.map { styled($0[column]).columns }.max() ?? 0 }
        guard widths.reduce(0, +) + 2 * (widths.count - 1) <= columns else { return tableAsList(header, rows) }
        return cells.enumerated().map { index, row in
            var line = StyledLine("")
            for (cell, width) in zip(row, widths) {
                let text = index == 0 ? styled(cell, .heading, .bold) : styled(cell)
                line = line + text
                line.append(String(repeating: " ", count: width - text.columns + 2))
            }
            return line
        }
    }

    private func tableAsList(_ header: [[Inline]], _ rows: [[[Inline]]]) -> [StyledLine] {
        rows.flatMap { row -> [StyledLine] in
            var lines = Wrap.lines(styled(row.first ?? [], .heading, .bold), columns: columns)
            for (name, cell) in zip(header, row).dropFirst() {
                var line = StyledLine("  ")
                line = line + styled(name, .dim, [])
                line.append(": ", .dim)
                lines += Wrap.lines(line + styled(cell), columns: columns, hanging: 4)
            }
            return lines
        }
    }

    // MARK: Running text

    private func styled(_ inlines: [Inline], _ role: Role = .plain, _ emphasis: Emphasis = []) -> StyledLine {
        inlines.reduce(into: StyledLine()) { line, inline in
            switch inline {
            case .text(let text): line.append(plain(text), role, emphasis: emphasis)
            case .code(let text): line.append(plain(text), .code, emphasis: emphasis)
            case .emphasis(let inner): line = line + styled(inner, role, emphasis.union(.italic))
            case .strong(let inner): line = line + styled(inner, role, emphasis.union(.bold))
            case .strike(let inner): line = line + styled(inner, .dim, emphasis)
            case .link(let url, let inner):
                line = line + styled(inner, .url, emphasis.union(.underline))
                if !url.hasPrefix("ehlo:"), inner.plainText != url { line.append(" (\(url))", .dim) }
            case .softBreak: line.append(" ", role, emphasis: emphasis)
            case .lineBreak: line.append("\n", role)
            }
        }
    }

    /// Signs that an ASCII terminal does not have, spelled out.
    private func plain(_ text: String) -> String {
        glyphs.isASCII ? ASCIISpelling.spelled(text) : text
    }
}
