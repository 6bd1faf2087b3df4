import SMTP
import Screen
import Tracing

extension State {
    /// Whether the octets of the current line stand under it: on wide screens, until `x` turns them off.
    var showsOctets: Bool { view.columns >= Layout.ladder && !view.hidesOctets }

    /// `x`: on a narrow screen the line in hexadecimal and back; on a wide one the octets under the line go first.
    mutating func hexPressed() {
        if view.showsHex {
            (view.showsHex, view.hidesOctets) = (false, false)
        } else if showsOctets {
            view.hidesOctets = true
        } else {
            view.showsHex = true
        }
    }
}

/// The octets of the current line under it, in hexadecimal, a gap between its spans, that of the span cursor underlined.
///
/// ```
/// ▸ C▶ RCPT TO:<bob@receiver.example>
///      52 43 50 54 20 54 4f  3a  3c 62 6f 62 40 72 65
/// ```
extension WireRows {
    /// More rows than this are counted, and not drawn.
    private static let maxOctetRows = 3

    func octetRows(_ line: TraceLine, indent: Int) -> [StyledLine] {
        guard let shown = OctetsUnder(line, state.cursor.span), !shown.octets.isEmpty else { return [] }
        let margin = String(repeating: " ", count: indent)
        var rows: [StyledLine] = []
        var row = StyledLine(margin)
        for (offset, octet) in shown.octets.prefix(columns).enumerated() {
            let gap = row.columns == indent ? "" : shown.starts.contains(offset) ? "  " : " "
            if row.columns + gap.count + 2 > columns {
                rows.append(row)
                row = StyledLine(margin)
            }
            let isUnder = shown.marked?.contains(offset) ?? false
            if row.columns > indent { row.append(gap) }
            row.append(twoDigits(octet), isUnder ? .span : .dim, emphasis: isUnder ? .underline : [])
        }
        rows.append(row)
        guard rows.count > Self.maxOctetRows || shown.octets.count > columns else { return rows }
        let first = rows.prefix(Self.maxOctetRows - 1)
        let drawn = first.reduce(0) { $0 + $1.text.split(separator: " ").count }
        return first + [
            StyledLine("\(margin)\(glyphs.ellipsis) \((shown.octets.count - drawn).grouped) octets more", .dim)
        ]
    }
}

/// The octets that a line stands for: its own, or of a lookup those of its record in the message.
private struct OctetsUnder {
    let octets: [UInt8]
    /// Where spans begin, and which octets are under the cursor.
    let starts: Set<Int>
    let marked: Range<Int>?

    init?(_ line: TraceLine, _ span: Int?) {
        if line.isWire {
            octets = line.octets + line.ending.octets
            let spans = line.spans
            starts = Set(spans.map(\.range.lowerBound))
            marked = span.flatMap { spans.indices.contains($0) ? spans[$0].range : nil }
        } else {
            guard let whole = line.messageRange(ofSpan: nil) else { return nil }
            octets = Array(line.message[whole])
            let inside = { (range: Range<Int>) in
                range.lowerBound - whole.lowerBound..<range.upperBound - whole.lowerBound
            }
            let ranges = line.messageRanges(ofSpans: line.spansOfWire)
            starts = Set(ranges.compactMap { $0.map { inside($0).lowerBound } })
            marked = span.flatMap { line.messageRange(ofSpan: $0) }.map(inside)
        }
    }
}
