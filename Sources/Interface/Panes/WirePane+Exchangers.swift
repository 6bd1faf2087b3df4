import Screen
import Tracing

/// Step 2 as a table: MX records in columns, the chosen one marked.
extension WireRows {
    /// How wide each column of the exchangers is; empty when there are none.
    ///
    /// Where the headings would make the table too wide, they give way.
    static func columnsOfExchangers(_ trace: Trace, within room: Int) -> [Int] {
        var widths: [Int] = []
        let lookups = trace.visits(of: .exchangerLookup, in: 0).stops
        for index in lookups.flatMap({ trace.stops[$0].lines }) {
            guard case .record(let record) = trace.lines[index].content, case .exchanger = record.kind else { continue }
            for (index, piece) in record.pieces.enumerated() {
                let width = TextWidth.columns(of: WireText.shown(piece.text.utf8))
                if index < widths.count { widths[index] = max(widths[index], width) } else { widths.append(width) }
            }
        }
        let headed = widths.enumerated().map { max($1, TextWidth.columns(of: headings[min($0, headings.count - 1)])) }
        return headed.reduce(headed.count - 1, +) <= room ? headed : widths
    }

    static let headings = ["TYPE", "PREF", "EXCHANGE", "TTL", "ADDRESS"]

    /// Whether a line is the first exchanger of its answer.
    func startsTable(_ index: Int) -> Bool {
        isExchanger(index) && !isExchanger(index - 1)
    }

    private func isExchanger(_ index: Int) -> Bool {
        guard state.session.trace.lines.indices.contains(index),
            case .record(let record) = state.session.trace.lines[index].content,
            case .exchanger = record.kind
        else { return false }
        return true
    }

    var tableHead: StyledLine {
        var head = StyledLine("    ", .heading)
        for (width, heading) in zip(exchangerColumns, Self.headings) {
            let shown = heading.prefix(width)
            head.append(" " + shown + String(repeating: " ", count: width - shown.count), .heading, emphasis: .bold)
        }
        return Wrap.cut(head, columns: columns, glyphs: glyphs)
    }

    /// The units of a record with blanks behind each piece, so that columns stand under each other. Blanks are no octets.
    func padded(_ units: [WireUnit], _ record: DNSLine) -> [WireUnit] {
        var all: [WireUnit] = []
        var rest = units[...]
        var end = 0
        for (index, piece) in record.pieces.enumerated() {
            end += piece.text.utf8.count
            let own = rest.prefix { $0.range.lowerBound < end }
            rest = rest.dropFirst(own.count)
            all += own
            let separator = rest.prefix(1)
            rest = rest.dropFirst(separator.count)
            end += 1
            let width = own.reduce(0) { $0 + $1.columns }
            let missing = (index < exchangerColumns.count ? exchangerColumns[index] : width) - width
            if missing > 0, !separator.isEmpty {
                all.append(
                    WireUnit(
                        text: String(repeating: " ", count: missing),
                        columns: missing,
                        isPlaceholder: false,
                        range: 0..<0
                    )
                )
            }
            all += separator
        }
        return all + rest
    }

    /// Whether this is the exchanger that was connected to, once that happened.
    func isChosen(_ line: TraceLine) -> Bool {
        guard case .record(let record) = line.content, case .exchanger(let exchange) = record.kind,
            let chosen = state.session.trace.facts.chosen?.exchange, exchange == chosen
        else { return false }
        let trace = state.session.trace
        guard let first = trace.visits(of: .connection, in: 0).stops.first else { return false }
        return trace.stops[first].lines.lowerBound < state.cursor.reached
    }
}
