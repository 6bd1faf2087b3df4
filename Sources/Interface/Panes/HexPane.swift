import Screen
import Tracing

/// The octets under the cursor in hexadecimal and as text, the span highlighted in both.
///
/// A DNS line shows the whole message it was read from; a line that went inside TLS shows below it the records that carried it,
/// which is what the wire saw.
func drawHex(_ state: State, _ line: TraceLine, in rect: Rect, on canvas: inout Canvas, _ glyphs: Glyphs) {
    let own = line.octets + line.ending.octets
    var blocks: [HexBlock] = []
    if !line.isWire {
        blocks = [
            HexBlock(
                head: line.message.isEmpty ? "a remark of the trace, on no wire" : "the DNS message",
                octets: line.message,
                marked: line.messageRange(ofSpan: state.cursor.span),
                name: state.currentSpan?.name ?? ""
            )
        ]
    } else {
        let (span, head) = (state.currentSpan, line.message.isEmpty ? "" : "what was said")
        blocks = [HexBlock(head: head, octets: own, marked: span?.range, name: span?.name ?? "")]
        if !line.message.isEmpty { blocks.append(HexBlock(head: "on the wire, inside TLS", octets: line.message)) }
    }
    var top = 0
    for (index, block) in blocks.enumerated() {
        // What was said gets half the pane at most.
        let isLast = index == blocks.count - 1
        let needed = 2 + (block.octets.count + hexColumns(rect) - 1) / hexColumns(rect)
        let rows = isLast ? rect.rows - top : min(needed, rect.rows / 2)
        let part = Rect(column: rect.column, row: rect.row + top, columns: rect.columns, rows: max(0, rows))
        draw(block, speaker: line.speaker, in: part, on: &canvas, glyphs)
        top += rows
    }
}

/// Octets with a heading of their own.
private struct HexBlock {
    let head: String
    let octets: [UInt8]
    /// Which of them are under the span cursor, and what they are.
    var marked: Range<Int>?
    var name = ""
}

private func hexColumns(_ rect: Rect) -> Int { rect.columns >= 76 ? 16 : 8 }

private func draw(
    _ block: HexBlock,
    speaker: TraceLine.Speaker,
    in rect: Rect,
    on canvas: inout Canvas,
    _ glyphs: Glyphs
) {
    let octets = block.octets
    let perRow = hexColumns(rect)
    let marked = block.marked
    let count = octets.isEmpty ? "" : "\(octets.count) octets"
    canvas.write([block.head, count].filter { !$0.isEmpty }.joined(separator: ", "), .dim, column: 1, in: rect)
    // Offset, three columns an octet, a blank, one column an octet: eight of them are 37 columns, and one more around.
    let margin = rect.columns >= 40 ? 1 : 0
    guard !octets.isEmpty else { return }
    let first = marked.map { max(0, $0.lowerBound / perRow - (rect.rows - 3) / 2) } ?? 0
    let starts = Array(stride(from: first * perRow, to: octets.count, by: perRow).prefix(max(0, rect.rows - 2)))
    for (row, start) in starts.enumerated() {
        var text = StyledLine(offsetText(start) + (margin > 0 ? " " : ""), .dim)
        var shown = StyledLine("")
        for index in start..<start + perRow {
            guard index < octets.count else {
                text.append("   ")
                continue
            }
            let isInSpan = marked?.contains(index) ?? false
            let role: Role = isInSpan ? .span : speaker == .client ? .client : .server
            let emphasis: Emphasis = isInSpan ? [.bold, .underline] : []
            text.append(" ")
            text.append(twoDigits(octets[index]), role, emphasis: emphasis)
            let isText = (32...126).contains(octets[index])
            shown.append(
                isText ? String(UnicodeScalar(octets[index])) : ".",
                isText ? role : .control,
                emphasis: emphasis
            )
        }
        text.append(margin > 0 ? "  " : " ")
        canvas.write(text + shown, column: margin, row: row + 1, in: rect)
    }
    let rest = octets.count - (starts.last.map { $0 + perRow } ?? 0)
    var foot = StyledLine(marked == nil || block.name.isEmpty ? "" : " \(block.name) ", .span)
    if rest > 0 { foot.append(" \(glyphs.ellipsis) \(rest.grouped) octets more", .dim) }
    canvas.write(
        Wrap.cut(foot, columns: rect.columns - 1, glyphs: glyphs),
        column: 1,
        row: min(rect.rows - 1, starts.count + 1),
        in: rect
    )
}

/// An octet as everybody writes it.
func twoDigits(_ octet: UInt8) -> String {
    let digits = String(octet, radix: 16)
    return digits.count == 1 ? "0" + digits : digits
}

private func offsetText(_ offset: Int) -> String {
    let digits = String(offset, radix: 16)
    return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
}
