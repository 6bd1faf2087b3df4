/// Fields of reports: what a server tells of a delivery (RFC 3464 §2.2, §2.3), a reader's program of reading (RFC 8098 §3).
///
///     Final-Recipient: rfc822; bob@receiver.example
///     Remote-MTA: dns; mx1.receiver.example
///     Diagnostic-Code: smtp; 550 5.1.1 <bob@receiver.example>
///      No such user
extension FieldDivider {
    /// An address or a name of a server, its type in front of a semicolon. Where the type is missing, the value shows by its signs.
    mutating func typedWord(_ word: ArraySlice<UInt8>, _ blanks: Int, _ pieces: inout FieldPieces) {
        let isName = grammar == .typedName
        let sign = isName ? UInt8(ascii: ".") : UInt8(ascii: "@")
        if standing.isPastFirst || word.contains(sign) {
            pieces.extend(
                isName ? .domain : .address,
                isName ? .name : .reportedAddress,
                blanks: blanks,
                count: word.count
            )
        } else {
            pieces.append(.separator, count: blanks)
            pieces.append(.value, isName ? .nameType : .addressType, count: word.count)
        }
    }

    func action(_ word: ArraySlice<UInt8>, _ pieces: inout FieldPieces) {
        let named = FieldPart.named(word)
        pieces.append(.value, FieldPart.actions.contains(named) ? named : .other, count: word.count)
    }

    /// Class, subject and detail, each by itself; anything else is one piece.
    func status(_ word: ArraySlice<UInt8>, _ pieces: inout FieldPieces) {
        guard EnhancedStatusCode(Array(word)) != nil else { return pieces.append(.value, count: word.count) }
        let parts: [FieldPart] = [.class, .subject, .detail]
        for (number, (part, digits)) in zip(parts, word.split(separator: UInt8(ascii: "."))).enumerated() {
            pieces.append(.separator, count: number > 0 ? 1 : 0)
            pieces.append(part == .detail ? .enhancedCode : .value, part, count: digits.count)
        }
    }

    /// Before the semicolon the two modes, behind it what happened, each with a slash within.
    mutating func disposition(_ word: ArraySlice<UInt8>, _ pieces: inout FieldPieces) {
        var rest = word
        while let first = rest.first {
            guard first != UInt8(ascii: "/") else {
                pieces.append(.separator, count: 1)
                standing.isOpen = true
                rest = rest.dropFirst()
                continue
            }
            let inner = rest.prefix { $0 != UInt8(ascii: "/") }
            let modes: FieldPart = standing.isOpen ? .sendingMode : .actionMode
            let types: FieldPart = standing.isOpen ? .modifier : .dispositionType
            pieces.append(.value, standing.isPastFirst ? types : modes, count: inner.count)
            rest = rest.dropFirst(inner.count)
        }
    }

    /// All of a line but for the blanks around it.
    func value(_ line: ArraySlice<UInt8>, _ pieces: inout FieldPieces) {
        let start = line.prefix(while: \.isWhiteSpace).count
        let end = line.dropFirst(start).reversed().prefix(while: \.isWhiteSpace).count
        pieces.append(.separator, count: start)
        pieces.append(.value, count: line.count - start - end)
        pieces.append(.separator, count: end)
    }

    // MARK: Diagnostic codes

    /// A type, then what was said. Where that is SMTP it is a reply with its code; words of any other kind are words.
    mutating func diagnostic(_ line: ArraySlice<UInt8>, _ pieces: inout FieldPieces) {
        var rest = line
        let gap = rest.prefix(while: \.isWhiteSpace)
        pieces.append(.separator, count: gap.count)
        rest = rest.dropFirst(gap.count)
        if !standing.isPastFirst, !rest.isEmpty {
            // Where a type is missing, nobody says what kind of words these are.
            standing.isPastFirst = true
            let type = rest.prefix { !$0.isWhiteSpace && $0 != .semicolon }
            let behind = rest[type.endIndex...].drop(while: \.isWhiteSpace)
            if !type.isEmpty, behind.first == .semicolon {
                rest = behind.dropFirst().drop(while: \.isWhiteSpace)
                pieces.append(.value, .diagnosticType, count: type.count)
                pieces.append(.separator, count: rest.startIndex - type.endIndex)
                standing.isOpen = ["smtp", "lmtp"].contains(type.map(\.lowercased).lossyText)
            }
        }
        quotedReply(rest, &pieces)
    }

    /// The words of a server; at the beginning of a line its code, of a reply of several lines on each of them.
    private mutating func quotedReply(_ text: ArraySlice<UInt8>, _ pieces: inout FieldPieces) {
        guard !text.isEmpty else { return }
        let goesOn = standing.part == .diagnosticText
        standing.part = .diagnosticText
        let reading = ReplyLine.read(Array(text))
        guard standing.isOpen, let code = reading.value.code, Reply.Severity(ofCode: code) != nil,
            !goesOn || reading.value.continues || reading.value.enhanced.map({ UInt16($0.class) == code / 100 }) == true
        else { return pieces.append(.value, .diagnosticText, count: text.count) }
        for lexeme in reading.lexemes {
            switch lexeme.kind {
            case .replyCode, .enhancedCode: pieces.append(lexeme.kind, count: lexeme.range.count)
            case .separator, .trailingSpace, .leadingSpace: pieces.append(.separator, count: lexeme.range.count)
            default: pieces.append(.value, .diagnosticText, count: lexeme.range.count)
            }
        }
    }
}
