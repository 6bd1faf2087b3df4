import SMTP

extension TraceLine {
    /// A line of mail data (RFC 5322 §2.1, RFC 5321 §4.1.1.4, §4.5.2).
    func mailDataSpans(_ tiling: inout SpanTiling, _ part: MailDataPart) {
        if part == .end {
            return tiling.append(.endOfData, count: octets.count, .syntax("end-of-data"), name: "end of mail data")
        }
        let isStuffed = octets.first == UInt8(ascii: ".")
        if isStuffed { tiling.append(.stuffedDot, count: 1, .syntax("stuffed-dot"), name: "stuffed dot") }
        let line = octets.dropFirst(isStuffed ? 1 : 0)
        switch part {
        case .header, .partField: headerSpans(&tiling, line)
        case .foldedHeader(let fold), .foldedPartField(let fold): foldedSpans(&tiling, line, fold)
        case .headerEnd, .partHeaderEnd, .end: break
        case .boundary:
            tiling.append(.value, count: line.count, LessonAnchor("field/Content-Type@boundary"), name: "boundary")
        case .body: tiling.append(.text, count: line.count, .syntax("body-line"), name: "body")
        }
    }

    private func headerSpans(_ tiling: inout SpanTiling, _ line: ArraySlice<UInt8>) {
        guard let field = FieldHead(line) else {
            return tiling.append(.junk, count: line.count, .syntax("junk"), name: "no header field")
        }
        tiling.append(.fieldName, count: field.name.count, field.anchor, name: "field name")
        tiling.append(.colon, count: 1, .syntax("field-colon"), name: "colon")
        let fold = FieldFold(field: field.lessonName)
        let pieces = fold.pieces(field.body)
        if pieces.allSatisfy({ $0.kind == .text }) {
            return tiling.append(.fieldBody, count: field.body.count, .syntax("field-body"), name: "field body")
        }
        bodySpans(&tiling, pieces, fold)
    }

    /// A line that goes on with a field.
    private func foldedSpans(_ tiling: inout SpanTiling, _ line: ArraySlice<UInt8>, _ fold: FieldFold) {
        let blanks = line.prefix { $0 == 32 || $0 == 9 }
        let pieces = fold.pieces(line.dropFirst(blanks.count))
        if pieces.allSatisfy({ $0.kind == .text }) {
            return tiling.append(.foldedLine, count: line.count, .syntax("folded-line"), name: "folded line")
        }
        tiling.append(.leadingSpace, count: blanks.count, .syntax("folded-line"), name: "fold")
        bodySpans(&tiling, pieces, fold)
    }

    private func bodySpans(_ tiling: inout SpanTiling, _ pieces: [FieldPiece], _ fold: FieldFold) {
        for piece in pieces {
            // Words and what divides them have the general lesson, named parts without a section that of their field.
            let isGeneral = [.separator, .text, .fieldBody].contains(piece.kind)
            let anchor = fold.row.section(of: piece.part) ?? (isGeneral ? .syntax("field-body") : fold.lesson)
            tiling.append(piece.kind, count: piece.count, anchor, name: piece.name)
        }
    }
}

/// The name of a field and what is behind its colon.
struct FieldHead {
    let name: ArraySlice<UInt8>
    let body: ArraySlice<UInt8>

    /// Nil without a colon.
    init?(_ line: ArraySlice<UInt8>) {
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { return nil }
        (name, body) = (line[..<colon], line[(colon + 1)...])
    }

    /// As lessons spell it.
    var lessonName: String { Self.lessonName(of: name) }

    static func lessonName(of name: ArraySlice<UInt8>) -> String { name.lossyText.trimmingSpaces.capitalizedFieldName }

    var anchor: LessonAnchor { LessonAnchor("field/\(lessonName)") }
}

extension FieldPiece {
    /// What to call it on a screen.
    fileprivate var name: String {
        switch kind {
        case .separator: "separator"
        case .text, .fieldBody: "field body"
        case .encodedWord: "encoded word"
        case .domain: part == .right ? "id-right" : "server's name"
        case .identifier: "id-left"
        case .path: part == .null ? "null reverse-path" : "reverse-path"
        case .date: part == .zone ? "zone" : "date and time"
        default: part == .other || kind == .comment ? kind.spokenName : "\(kind.spokenName) \(part.rawValue)"
        }
    }
}

extension String {
    var trimmingSpaces: String {
        var rest = self[...]
        while let first = rest.first, first == " " || first == "\t" { rest.removeFirst() }
        while let last = rest.last, last == " " || last == "\t" { rest.removeLast() }
        return String(rest)
    }

    /// `message-id` as lessons spell it: `Message-ID`; any other name with a capital behind each hyphen.
    var capitalizedFieldName: String {
        let words = split(separator: "-", omittingEmptySubsequences: false).map { word -> String in
            switch word.lowercased() {
            case "id": "ID"
            case "mime": "MIME"
            default: word.prefix(1).uppercased() + word.dropFirst().lowercased()
            }
        }
        return words.joined(separator: "-")
    }
}
