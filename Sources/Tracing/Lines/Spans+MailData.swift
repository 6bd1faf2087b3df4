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
        case .headerEnd, .partHeaderEnd, .innerHeaderEnd, .reportBlockEnd, .end: break
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
        bodySpans(&tiling, field.body, pieces, fold)
    }

    /// A line that goes on with a field.
    private func foldedSpans(_ tiling: inout SpanTiling, _ line: ArraySlice<UInt8>, _ fold: FieldFold) {
        let blanks = line.prefix { $0 == 32 || $0 == 9 }
        let pieces = fold.pieces(line.dropFirst(blanks.count))
        if pieces.allSatisfy({ $0.kind == .text }) {
            return tiling.append(.foldedLine, count: line.count, .syntax("folded-line"), name: "folded line")
        }
        tiling.append(.leadingSpace, count: blanks.count, .syntax("folded-line"), name: "fold")
        bodySpans(&tiling, line.dropFirst(blanks.count), pieces, fold)
    }

    private func bodySpans(
        _ tiling: inout SpanTiling,
        _ body: ArraySlice<UInt8>,
        _ pieces: [FieldPiece],
        _ fold: FieldFold
    ) {
        var rest = body
        for piece in pieces {
            // Words and what divides them have the general lesson, named parts without a section that of their field.
            let isGeneral = [.separator, .text, .fieldBody].contains(piece.kind)
            let own = Self.quotedCode(piece, upTo: body[..<(rest.startIndex + piece.count)])
            let anchor =
                own ?? fold.row.section(of: piece.part) ?? (isGeneral ? .syntax("field-body") : fold.lesson)
            tiling.append(piece.kind, count: piece.count, anchor, name: piece.name)
            rest = rest.dropFirst(piece.count)
        }
    }

    /// A code in a report is explained as it is in a reply. Of a status that is cut into its numbers, the last has the lesson of all.
    private static func quotedCode(_ piece: FieldPiece, upTo body: ArraySlice<UInt8>) -> LessonAnchor? {
        switch piece.kind {
        case .replyCode: LessonAnchor("reply/\(body.suffix(piece.count).lossyText)")
        case .enhancedCode:
            EnhancedStatusCode(body.reversed().prefix { $0 != 32 && $0 != 9 && $0 != UInt8(ascii: "#") }.reversed())
                .map { LessonAnchor("status/\($0)") }
        default: nil
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

    static func lessonName(of name: ArraySlice<UInt8>) -> String {
        plainLessonName(of: name) ?? name.lossyText.trimmingSpaces.capitalizedFieldName
    }

    /// The same of a name that is nothing but printable ASCII, as nearly all are: each line of each header is asked for it.
    private static func plainLessonName(of name: ArraySlice<UInt8>) -> String? {
        guard name.allSatisfy({ (33...126).contains($0) }) else { return nil }
        var spelled: [UInt8] = []
        spelled.reserveCapacity(name.count)
        var word = 0
        for octet in name {
            if octet == UInt8(ascii: "-") {
                raise(&spelled, from: word)
                word = spelled.count + 1
            }
            let isLetter = (0x41...0x5A).contains(octet & 0xDF)
            spelled.append(!isLetter ? octet : spelled.count == word ? octet & 0xDF : octet | 0x20)
        }
        raise(&spelled, from: word)
        return String(decoding: spelled, as: UTF8.self)
    }

    /// Words that are written in capitals.
    private static func raise(_ name: inout [UInt8], from start: Int) {
        let word = name[start...]
        guard word.elementsEqual("Id".utf8) || word.elementsEqual("Mime".utf8) else { return }
        for at in start..<name.count { name[at] &= 0xDF }
    }

    var anchor: LessonAnchor { LessonAnchor("field/\(lessonName)") }
}

extension FieldPiece {
    /// What to call it on a screen.
    fileprivate var name: String {
        if kind != .comment, let named = part.nameInAddress ?? part.nameInReport { return named }
        return switch kind {
        case .separator: "separator"
        case .text, .fieldBody: "field body"
        case .encodedWord: "encoded word"
        case .replyCode: "reply code"
        case .enhancedCode: "enhanced status code"
        case .domain: part == .right ? "id-right" : "server's name"
        case .identifier: "id-left"
        case .path: part == .null ? "null reverse-path" : "reverse-path"
        case .date: part == .zone ? "zone" : "date and time"
        default: part == .other || kind == .comment ? kind.spokenName : "\(kind.spokenName) \(part.rawValue)"
        }
    }
}

extension FieldPart {
    fileprivate var nameInAddress: String? {
        switch self {
        case .displayName: "display name"
        case .angle: "angle bracket"
        case .localPart: "local part"
        case .domain: "domain"
        case .group: "group"
        case .bare: "word without an address"
        case .at: "at sign"
        case .route: "source route"
        default: nil
        }
    }

    fileprivate var nameInReport: String? {
        switch self {
        case .addressType: "address type"
        case .reportedAddress: "address"
        case .nameType: "type of name"
        case .name: "server's name"
        case .diagnosticType: "diagnostic type"
        case .diagnosticText: "diagnostic text"
        case .class, .subject, .detail: rawValue
        case .failed, .delayed, .delivered, .relayed, .expanded: "action"
        case .actionMode: "action mode"
        case .sendingMode: "sending mode"
        case .dispositionType: "disposition type"
        case .modifier: "disposition modifier"
        default: nil
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
