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
        case .header: headerSpans(&tiling, line)
        case .foldedHeader: tiling.append(.foldedLine, count: line.count, .syntax("folded-line"), name: "folded line")
        case .headerEnd, .end: break
        case .body: tiling.append(.text, count: line.count, .syntax("body-line"), name: "body")
        }
    }

    private func headerSpans(_ tiling: inout SpanTiling, _ line: ArraySlice<UInt8>) {
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else {
            return tiling.append(.junk, count: line.count, .syntax("junk"), name: "no header field")
        }
        let name = line[..<colon]
        let shown = name.lossyText.trimmingSpaces
        let anchor = LessonAnchor("field/\(shown.capitalizedFieldName)")
        tiling.append(.fieldName, count: name.count, anchor, name: "field name")
        tiling.append(.colon, count: 1, .syntax("field-colon"), name: "colon")
        tiling.append(.fieldBody, count: line.endIndex - colon - 1, .syntax("field-body"), name: "field body")
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
