public import SMTP

/// A run of octets of one line that has one meaning, and the lesson that explains it.
///
/// The spans of a line tile it, the line ending included: every octet is in exactly one.
public struct WireSpan: Hashable, Sendable {
    /// What the octets are; its raw value is the `kind` of exports.
    public let kind: Lexeme.Kind
    /// Offsets into the line as it was on the wire, the ending included.
    public let range: Range<Int>
    public let anchor: LessonAnchor
    /// What to call it on screen: `reverse-path`, `reply code`.
    public let name: String
}

/// Spans laid end to end, so that gaps and overlaps cannot be written down.
struct SpanTiling {
    private(set) var spans: [WireSpan] = []
    var end: Int { spans.last?.range.upperBound ?? 0 }

    mutating func append(_ kind: Lexeme.Kind, count: Int, _ anchor: LessonAnchor, name: String? = nil) {
        guard count > 0 else { return }
        spans.append(WireSpan(kind: kind, range: end..<end + count, anchor: anchor, name: name ?? kind.spokenName))
    }
}

extension Lexeme.Kind {
    /// The kind in words.
    var spokenName: String {
        switch self {
        case .lineEnd: "line end"
        default: rawValue.split(separator: "-").joined(separator: " ")
        }
    }
}

extension Finding {
    /// Lines that were too long to be held at once are shown in pieces; only those pieces and TLS are opaque.
    fileprivate var isOfLongLine: Bool { kind == .commandLineTooLong || kind == .replyLineTooLong }
}

extension DNSLine {
    /// The first piece that is of the data of a record; before it stand the type, the owner and the time.
    static let firstValue = 3

    /// The record whose text a piece is; nil for any other.
    func textRecord(ofPiece index: Int) -> TextRecord? {
        guard kind == .record, index == Self.firstValue, pieces.indices.contains(index), pieces[0].text == "TXT" else {
            return nil
        }
        return TextRecord(shown: pieces[index].text, owner: pieces[1].text)
    }

    /// The piece that holds an octet of the line, and where that piece begins.
    func piece(at offset: Int) -> (index: Int, start: Int)? {
        var start = 0
        for (index, piece) in pieces.enumerated() {
            let end = start + piece.text.utf8.count
            if (start..<end).contains(offset) { return (index, start) }
            start = end + 1
        }
        return nil
    }
}

extension TraceLine {
    /// What each octet is, on demand: read anew from the line and its content.
    public var spans: [WireSpan] {
        var tiling = SpanTiling()
        switch content {
        case .command: commandSpans(&tiling)
        case .reply(let context): replySpans(&tiling, context)
        case .mailData(let part): mailDataSpans(&tiling, part)
        case .saslResponse:
            tiling.append(secrets.isEmpty ? .response : .secret, count: octets.count, .syntax("sasl-response"))
        case .chunk: tiling.append(.chunk, count: octets.count, .syntax("chunk-data"), name: "chunk data")
        case .tls(let fields):
            for field in fields {
                tiling.append(.tlsField, count: field.count, field.anchor, name: field.name)
            }
        case .opaque where findings.contains(where: \.isOfLongLine):
            tiling.append(
                secrets.isEmpty ? .junk : .secret,
                count: octets.count,
                .syntax("junk"),
                name: "rest of a long line"
            )
        case .opaque: tiling.append(.opaque, count: octets.count, LessonAnchor("tls/opaque"))
        case .record(let line): recordSpans(&tiling, line)
        case .event(let anchor): tiling.append(.note, count: octets.count, anchor)
        }
        tiling.append(.lineEnd, count: ending.octets.count, lineEndAnchor, name: "line end, \(ending.rawValue)")
        return tiling.spans
    }

    private var lineEndAnchor: LessonAnchor {
        switch content {
        case .mailData(.headerEnd): .syntax("header-end")
        case .mailData(.partHeaderEnd): .syntax("part-header-end")
        case .mailData(.innerHeaderEnd): .syntax("inner-header-end")
        case .mailData(.reportBlockEnd): .syntax("report-block-end")
        case .mailData(.body) where octets.isEmpty: .syntax("empty-body-line")
        default: ending == .lf ? LessonAnchor("finding/bare-lf") : .syntax("line-end")
        }
    }

    /// The pieces of a lookup line and the spaces between them.
    private func recordSpans(_ tiling: inout SpanTiling, _ line: DNSLine) {
        for (index, piece) in line.pieces.enumerated() {
            if index > 0 { tiling.append(.separator, count: 1, piece.anchor) }
            if let record = line.textRecord(ofPiece: index) {
                for part in record.pieces { tiling.append(part.kind, count: part.count, part.anchor, name: part.name) }
                continue
            }
            let name = piece.name ?? piece.anchor.path.split(separator: "/").last.map(String.init)
            tiling.append(.record, count: piece.text.utf8.count, piece.anchor, name: name)
        }
    }
}
