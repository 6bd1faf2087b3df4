/// Divides the body of a header field into pieces, line by line.
///
/// A field may be folded over many lines (RFC 5322 §2.2.3). What a line begins with depends on the lines before it: the middle of a
/// signature, of a comment, of a quoted string. That much is a `Standing`, a value of three octets, so each line can be divided by
/// itself, at any time, without those before it.
///
///     DKIM-Signature: v=1; a=rsa-sha256; d=sender.example; s=s1;
///      h=from:subject; bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=; b=dzdVyOfAKCdL
///      dmqJKl3yLDXyQVW
///
/// It decides which octets belong together and what they are part of. It does not know what a value means, or whether it is right.
/// Wrong input is any octet in any order: all are in some piece, and what fits nothing is of the part `other`.
public struct FieldDivider: Equatable, Sendable {
    public let grammar: FieldGrammar
    public internal(set) var standing: Standing

    public init(_ grammar: FieldGrammar, from standing: Standing = Standing()) {
        (self.grammar, self.standing) = (grammar, standing)
    }

    /// Where in a body a line begins.
    public struct Standing: Hashable, Sendable {
        /// What the last piece was part of.
        var part = FieldPart.other
        /// How many comments are open, one in another.
        var depth: UInt8 = 0
        var isQuoted = false
        /// Whether a tag, a result or a parameter goes on; in a date, whether the time of day was there; among addresses, whether
        /// an angle bracket is open; in a diagnostic code, whether it is of SMTP.
        var isOpen = false
        /// Whether the first segment, before a semicolon, is over; among addresses, whether a group is open.
        var isPastFirst = false
        /// Whether the comment that is open tells of TLS.
        var isOfTLS = false

        public init() {}
    }

    /// The pieces of the next line; together they are all of it.
    public mutating func divide(_ line: ArraySlice<UInt8>) -> [FieldPiece] {
        var pieces = FieldPieces(isKept: true)
        read(line, &pieces)
        return pieces.pieces
    }

    /// Goes on behind the next line.
    public mutating func pass(_ line: ArraySlice<UInt8>) {
        // Nothing in a text goes on from line to line.
        guard grammar != .text else { return }
        var pieces = FieldPieces(isKept: false)
        read(line, &pieces)
    }

    private mutating func read(_ line: ArraySlice<UInt8>, _ pieces: inout FieldPieces) {
        switch grammar {
        case .text: EncodedWords.divide(line, &pieces)
        case .tags: tags(line, &pieces)
        case .addresses: addresses(line, &pieces)
        case .mailboxes: mailboxes(line, &pieces)
        case .diagnostic: diagnostic(line, &pieces)
        case .value: value(line, &pieces)
        case .results, .receivedSPF, .received, .parameters, .encoding, .date, .identifiers, .path, .typedAddress,
            .typedName, .action, .status, .disposition:
            words(line, &pieces)
        }
    }

    // MARK: Words

    private mutating func words(_ line: ArraySlice<UInt8>, _ pieces: inout FieldPieces) {
        var rest = line
        // Blanks may turn out to stand within a piece.
        var blanks = 0
        // Only the first word of a line can go on with a quoted string of the line before.
        var goesOn = standing.isQuoted
        while let token = nextToken(rest) {
            let octets = rest.prefix(token.count)
            rest = rest.dropFirst(token.count)
            switch token.kind {
            case .blanks: blanks += token.count
            case .word:
                word(octets, blanks, goesOn, &pieces)
                goesOn = false
                blanks = 0
            case .comment:
                pieces.append(.separator, count: blanks)
                comment(octets, &pieces)
                blanks = 0
            case .semicolon:
                pieces.append(.separator, count: blanks + 1)
                blanks = 0
                beginSegment()
            }
        }
        pieces.append(.separator, count: blanks)
    }

    /// Behind a semicolon something new begins; in a Received field it is the time.
    private mutating func beginSegment() {
        standing.part = grammar == .received ? .date : grammar == .receivedSPF ? .spf : .other
        (standing.isOpen, standing.isPastFirst) = (false, true)
    }

    private mutating func comment(_ octets: ArraySlice<UInt8>, _ pieces: inout FieldPieces) {
        if grammar == .received, Self.tellsOfTLS(octets) { standing.isOfTLS = true }
        pieces.append(.comment, standing.isOfTLS ? .tls : standing.part, count: octets.count)
        if standing.depth == 0 { standing.isOfTLS = false }
    }

    private static func tellsOfTLS(_ comment: ArraySlice<UInt8>) -> Bool {
        comment.firstRange(of: "TLS".utf8) != nil || comment.firstRange(of: "cipher".utf8) != nil
    }

    private mutating func word(
        _ word: ArraySlice<UInt8>,
        _ blanks: Int,
        _ goesOn: Bool,
        _ pieces: inout FieldPieces
    ) {
        switch grammar {
        case .received: return clause(word, blanks, &pieces)
        case .date: return dateWord(word, blanks, &pieces)
        case .typedAddress, .typedName: return typedWord(word, blanks, &pieces)
        case .results, .receivedSPF, .parameters, .encoding, .identifiers, .path, .action, .status, .disposition: break
        case .text, .tags, .addresses, .mailboxes, .diagnostic, .value: return
        }
        pieces.append(.separator, count: blanks)
        switch grammar {
        case .results: result(word, goesOn, &pieces)
        case .receivedSPF:
            standing.part = .spf
            pieces.append(word.contains(.equals) ? .property : .result, .spf, count: word.count)
        case .parameters: parameter(word, &pieces)
        case .encoding: pieces.append(.value, Self.encoding(word), count: word.count)
        case .identifiers: identifier(word, &pieces)
        case .path: pieces.append(.path, word.elementsEqual("<>".utf8) ? .null : .other, count: word.count)
        case .action: action(word, &pieces)
        case .status: status(word, &pieces)
        case .disposition: disposition(word, &pieces)
        case .received, .date, .text, .tags, .addresses, .mailboxes, .typedAddress, .typedName, .diagnostic, .value:
            break
        }
    }

    /// A clause is its keyword and the words behind it; behind the semicolon all words are the time.
    private mutating func clause(_ word: ArraySlice<UInt8>, _ blanks: Int, _ pieces: inout FieldPieces) {
        guard !standing.isPastFirst else { return pieces.extend(.date, .date, blanks: blanks, count: word.count) }
        let named = FieldPart.named(word)
        guard FieldPart.clauses.contains(named) else {
            return pieces.extend(.clause, standing.part, blanks: blanks, count: word.count)
        }
        standing.part = named
        pieces.append(.separator, count: blanks)
        pieces.append(.clause, named, count: word.count)
    }

    private mutating func dateWord(_ word: ArraySlice<UInt8>, _ blanks: Int, _ pieces: inout FieldPieces) {
        let isOffset =
            word.count == 5 && (word.first == UInt8(ascii: "+") || word.first == UInt8(ascii: "-"))
            && word.dropFirst().allSatisfy(\.isDigit)
        let isZone = standing.isOpen && (isOffset || word.allSatisfy(\.isAlpha))
        pieces.extend(.date, isZone ? .zone : .other, blanks: blanks, count: word.count)
        if word.contains(UInt8(ascii: ":")) { standing.isOpen = true }
    }

    private mutating func result(_ word: ArraySlice<UInt8>, _ goesOn: Bool, _ pieces: inout FieldPieces) {
        if goesOn { return pieces.append(standing.isOpen ? .property : .result, standing.part, count: word.count) }
        guard let equals = word.firstIndex(of: .equals) else {
            // Where no result goes on, it is the server's name, the version behind it, or that there is no result.
            let isName = word.contains(UInt8(ascii: ".")) && !standing.isOpen
            return pieces.append(isName ? .domain : .result, standing.part, count: word.count)
        }
        guard !standing.isOpen else { return pieces.append(.property, standing.part, count: word.count) }
        // Behind the name of a method may stand its version.
        let name = FieldPart.named(word[..<equals].prefix { $0 != UInt8(ascii: "/") })
        standing.part = FieldPart.methods.contains(name) || name == .i ? name : .other
        // `i=1` is a segment of its own in front of the server's name (RFC 8617 §4.1.1).
        standing.isOpen = true
        pieces.append(.result, standing.part, count: word.count)
    }

    private mutating func parameter(_ word: ArraySlice<UInt8>, _ pieces: inout FieldPieces) {
        guard standing.isPastFirst else {
            return pieces.append(.value, Self.mediaType(word), count: word.count)
        }
        if !standing.isOpen {
            // `name*0*=` is a piece of a long value (RFC 2231 §3).
            standing.part = FieldPart.named(word.prefix { $0 != .equals && $0 != UInt8(ascii: "*") })
            standing.isOpen = true
        }
        pieces.append(.parameter, standing.part, count: word.count)
    }

    private static func mediaType(_ word: ArraySlice<UInt8>) -> FieldPart {
        let isOf = { (start: String) in word.prefix(start.utf8.count).equalsIgnoringCase(start.utf8) }
        return isOf("multipart/") ? .multipart : isOf("message/") || isOf("text/rfc822-headers") ? .message : .other
    }

    private static func encoding(_ word: ArraySlice<UInt8>) -> FieldPart {
        switch word.map(\.lowercased).lossyText {
        case "7bit", "8bit", "binary": .eightBit
        case "base64": .base64
        case "quoted-printable": .quotedPrintable
        default: .other
        }
    }

    private func identifier(_ word: ArraySlice<UInt8>, _ pieces: inout FieldPieces) {
        guard let at = word.lastIndex(of: UInt8(ascii: "@")) else {
            return pieces.append(.identifier, .left, count: word.count)
        }
        let right = word[(at + 1)...].prefix { $0 != UInt8(ascii: ">") }
        pieces.append(.identifier, .left, count: at + 1 - word.startIndex)
        pieces.append(.domain, .right, count: right.count)
        pieces.append(.separator, count: word.endIndex - right.endIndex)
    }

    // MARK: Lists

    /// A tag is all between two semicolons, without the blanks around it.
    private mutating func tags(_ line: ArraySlice<UInt8>, _ pieces: inout FieldPieces) {
        var rest = line
        while !rest.isEmpty {
            let gap = rest.prefix { $0.isWhiteSpace || $0 == .semicolon }
            if gap.contains(.semicolon) { standing.isOpen = false }
            pieces.append(.separator, count: gap.count)
            rest = rest.dropFirst(gap.count)
            let whole = rest.prefix { $0 != .semicolon }
            let tag = whole.dropLast(whole.reversed().prefix(while: \.isWhiteSpace).count)
            if !standing.isOpen, !tag.isEmpty {
                standing.part = FieldPart.named(Tag(tag).name, isExact: true)
                standing.isOpen = true
            }
            pieces.append(.tag, standing.part, count: tag.count)
            rest = rest.dropFirst(tag.count)
        }
    }

    /// Addresses in angle brackets with commas between them; what stands in no brackets is one up to the next comma.
    private mutating func addresses(_ line: ArraySlice<UInt8>, _ pieces: inout FieldPieces) {
        var rest = line
        while let first = rest.first {
            if !standing.isOpen, first.isWhiteSpace || first == .comma {
                let gap = rest.prefix { $0.isWhiteSpace || $0 == .comma }
                pieces.append(.separator, count: gap.count)
                rest = rest.dropFirst(gap.count)
                continue
            }
            if !standing.isOpen {
                standing.isOpen = first == UInt8(ascii: "<")
                let scheme = standing.isOpen ? rest.dropFirst() : rest
                standing.part = scheme.prefix(7).equalsIgnoringCase("mailto:".utf8) ? .mailto : .other
            }
            let inner = rest.prefix { $0 != (standing.isOpen ? UInt8(ascii: ">") : .comma) }
            let isClosed = standing.isOpen && inner.count < rest.count
            let count = inner.count + (isClosed ? 1 : 0)
            pieces.append(.address, standing.part, count: count)
            if isClosed { standing.isOpen = false }
            rest = rest.dropFirst(count)
        }
    }

    // MARK: Tokens

    private enum TokenKind { case blanks, word, comment, semicolon }

    /// The next token and how many octets it takes, blanks and semicolons inside of quotes and comments as part of these
    /// (RFC 5322 §3.2); nil at the end of the line.
    private mutating func nextToken(_ rest: ArraySlice<UInt8>) -> (kind: TokenKind, count: Int)? {
        guard let first = rest.first else { return nil }
        if standing.depth > 0 || (!standing.isQuoted && first == UInt8(ascii: "(")) {
            return (.comment, commentCount(rest))
        }
        if !standing.isQuoted, first.isWhiteSpace { return (.blanks, rest.prefix(while: \.isWhiteSpace).count) }
        if !standing.isQuoted, first == .semicolon { return (.semicolon, 1) }
        return (.word, wordCount(rest))
    }

    mutating func commentCount(_ rest: ArraySlice<UInt8>) -> Int {
        var isEscaped = false
        for (count, octet) in rest.enumerated() {
            if isEscaped {
                isEscaped = false
                continue
            }
            switch octet {
            case UInt8(ascii: "\\"): isEscaped = true
            case UInt8(ascii: "("): standing.depth += standing.depth < .max ? 1 : 0
            case UInt8(ascii: ")"): standing.depth -= 1
            default: break
            }
            if standing.depth == 0 { return count + 1 }
        }
        return rest.count
    }

    private mutating func wordCount(_ rest: ArraySlice<UInt8>) -> Int {
        var isEscaped = false
        for (count, octet) in rest.enumerated() {
            if isEscaped {
                isEscaped = false
                continue
            }
            switch octet {
            case UInt8(ascii: "\""): standing.isQuoted.toggle()
            case UInt8(ascii: "\\") where standing.isQuoted: isEscaped = true
            case UInt8(ascii: "("), .semicolon, 32, 9:
                if !standing.isQuoted { return count }
            default: break
            }
        }
        return rest.count
    }
}

extension UInt8 {
    fileprivate static let equals = UInt8(ascii: "=")
    static let semicolon = UInt8(ascii: ";")
    static let comma = UInt8(ascii: ",")
}

/// Encoded words among other text (RFC 2047 §2): `=?UTF-8?Q?Gr=C3=BC=C3=9Fe?=`.
enum EncodedWords {
    static func divide(_ line: ArraySlice<UInt8>, _ pieces: inout FieldPieces) {
        var (begun, at) = (line.startIndex, line.startIndex)
        while at < line.endIndex {
            guard line[at] == UInt8(ascii: "="), let count = wordCount(line[at...]) else {
                at += 1
                continue
            }
            pieces.append(.text, count: at - begun)
            pieces.append(.encodedWord, .encodedWord, count: count)
            at += count
            begun = at
        }
        pieces.append(.text, count: line.endIndex - begun)
    }

    /// How long the encoded word is that begins here: a charset, `Q` or `B`, and the text, none with a blank.
    static func wordCount(_ text: ArraySlice<UInt8>) -> Int? {
        let isInside = { (octet: UInt8) in octet > 32 && octet < 127 && octet != UInt8(ascii: "?") }
        guard text.starts(with: "=?".utf8) else { return nil }
        let charset = text.dropFirst(2).prefix(while: isInside)
        guard !charset.isEmpty, text[charset.endIndex...].first == UInt8(ascii: "?") else { return nil }
        let letter = text[charset.endIndex...].dropFirst().prefix(while: isInside)
        guard letter.count == 1, text[letter.endIndex...].first == UInt8(ascii: "?") else { return nil }
        let inner = text[letter.endIndex...].dropFirst().prefix(while: isInside)
        guard text[inner.endIndex...].starts(with: "?=".utf8) else { return nil }
        return inner.endIndex + 2 - text.startIndex
    }
}

extension FieldDivider.Standing {
    /// All of it in 24 bits, for whoever keeps very many.
    public var bits: UInt32 {
        let place = FieldPart.allCases.firstIndex(of: part) ?? 0
        let marks = [isQuoted, isOpen, isPastFirst, isOfTLS].reduce(0) { $0 << 1 | ($1 ? 1 : 0) }
        return UInt32(place) | UInt32(depth) << 8 | UInt32(marks) << 16
    }

    public init(bits: UInt32) {
        let (place, marks) = (Int(bits & 0xFF), bits >> 16)
        part = FieldPart.allCases.indices.contains(place) ? FieldPart.allCases[place] : .other
        depth = UInt8(bits >> 8 & 0xFF)
        (isQuoted, isOpen) = (marks & 8 != 0, marks & 4 != 0)
        (isPastFirst, isOfTLS) = (marks & 2 != 0, marks & 1 != 0)
    }
}
