/// Addresses as authors write them (RFC 5322 §3.4).
///
///     From: Ada Lovelace <ada@sender.example>
///     To: "Babbage, C." <bob@receiver.example> (at the engine), friends: eve@other.example, mallory@other.example;
///
/// What words are depends on what stands behind them: a name where `<` comes, a local part where `@` comes. So words are collected up
/// to the next of these signs. What a line ends with before any came stays unsure: two words and more are a name that goes on,
/// one word alone may be anything.
extension FieldDivider {
    /// A word among addresses, and what stands between words.
    private struct AddressToken {
        enum Kind { case blanks, word, quoted, encoded, comment }
        let kind: Kind
        let count: Int
    }

    mutating func mailboxes(_ line: ArraySlice<UInt8>, _ pieces: inout FieldPieces) {
        var rest = line
        while !rest.isEmpty {
            let run = nextRun(&rest)
            words(run, before: rest.first, &pieces)
            guard let sign = rest.popFirst() else { break }
            addressSign(sign, &pieces)
            if sign == UInt8(ascii: "<") { rest = rest.dropFirst(route(rest, &pieces)) }
        }
    }

    // MARK: Signs

    private mutating func addressSign(_ sign: UInt8, _ pieces: inout FieldPieces) {
        switch sign {
        case UInt8(ascii: "<"):
            (standing.isOpen, standing.part) = (true, .other)
            pieces.append(.separator, .angle, count: 1)
        case UInt8(ascii: ">"):
            (standing.isOpen, standing.part) = (false, .angle)
            pieces.append(.separator, .angle, count: 1)
        case UInt8(ascii: "@"):
            standing.part = .domain
            pieces.append(.separator, .at, count: 1)
        case UInt8(ascii: ":") where !standing.isOpen && standing.part != .domain:
            (standing.isPastFirst, standing.part) = (true, .other)
            pieces.append(.separator, .group, count: 1)
        case .semicolon where standing.isPastFirst:
            (standing.isPastFirst, standing.isOpen, standing.part) = (false, false, .other)
            pieces.append(.separator, .group, count: 1)
        case .semicolon, .comma:
            // Neither may stand within an angle bracket, so one that was never closed ends here.
            (standing.isOpen, standing.part) = (false, .other)
            pieces.append(.separator, count: 1)
        default: pieces.append(.separator, count: 1)
        }
    }

    /// `@a.example,@b.example:` behind an angle bracket, a way that nobody goes any more (RFC 5322 §4.4); how long it is.
    private func route(_ rest: ArraySlice<UInt8>, _ pieces: inout FieldPieces) -> Int {
        guard rest.first == UInt8(ascii: "@") else { return 0 }
        let route = rest.prefix { $0 != UInt8(ascii: ":") && $0 != UInt8(ascii: ">") }
        guard rest[route.endIndex...].first == UInt8(ascii: ":") else { return 0 }
        pieces.append(.path, .route, count: route.count + 1)
        return route.count + 1
    }

    // MARK: Words

    /// The words up to the next sign.
    private mutating func nextRun(_ rest: inout ArraySlice<UInt8>) -> [AddressToken] {
        var run: [AddressToken] = []
        while let token = nextAddressToken(rest) {
            run.append(token)
            rest = rest.dropFirst(token.count)
        }
        return run
    }

    /// Nil at a sign and at the end.
    private mutating func nextAddressToken(_ rest: ArraySlice<UInt8>) -> AddressToken? {
        guard let first = rest.first else { return nil }
        if standing.depth > 0 || (!standing.isQuoted && first == UInt8(ascii: "(")) {
            return AddressToken(kind: .comment, count: commentCount(rest))
        }
        if standing.isQuoted || first == UInt8(ascii: "\"") {
            return AddressToken(kind: .quoted, count: quotedCount(rest))
        }
        if first.isWhiteSpace { return AddressToken(kind: .blanks, count: rest.prefix(while: \.isWhiteSpace).count) }
        if first == UInt8(ascii: "["), standing.part == .domain, let end = rest.firstIndex(of: UInt8(ascii: "]")) {
            return AddressToken(kind: .word, count: end + 1 - rest.startIndex)
        }
        if first == UInt8(ascii: "="), let count = EncodedWords.wordCount(rest) {
            return AddressToken(kind: .encoded, count: count)
        }
        let word = rest.prefix { !$0.isWhiteSpace && !$0.endsAddressWord }
        return word.isEmpty ? nil : AddressToken(kind: .word, count: word.count)
    }

    /// A quoted string, or how much of it stands on this line (RFC 5322 §3.2.4).
    private mutating func quotedCount(_ rest: ArraySlice<UInt8>) -> Int {
        var isEscaped = false
        for (count, octet) in rest.enumerated() {
            if isEscaped {
                isEscaped = false
            } else if octet == UInt8(ascii: "\\") {
                isEscaped = true
            } else if octet == UInt8(ascii: "\"") {
                standing.isQuoted.toggle()
                if !standing.isQuoted { return count + 1 }
            }
        }
        return rest.count
    }

    private mutating func words(_ run: [AddressToken], before sign: UInt8?, _ pieces: inout FieldPieces) {
        let local = sign == UInt8(ascii: "@") ? Self.localPart(in: run) : run.endIndex
        let role = roleOfWords(run, before: sign)
        var blanks = 0
        for (number, token) in run.enumerated() {
            switch token.kind {
            case .blanks:
                blanks += token.count
                continue
            case .comment:
                pieces.append(.separator, count: blanks)
                pieces.append(.comment, .comment, count: token.count)
            case .word, .quoted, .encoded:
                if standing.part == .domain {
                    pieces.append(.separator, count: blanks)
                    pieces.append(.domain, .domain, count: token.count)
                    // One word is the domain; behind it the address is over.
                    standing.part = .angle
                } else if standing.isOpen || number >= local {
                    pieces.extend(.address, .localPart, blanks: blanks, count: token.count)
                } else if token.kind == .encoded {
                    pieces.append(.separator, count: blanks)
                    pieces.append(.encodedWord, .encodedWord, count: token.count)
                } else {
                    pieces.extend(.address, role, blanks: blanks, count: token.count)
                }
            }
            blanks = 0
        }
        pieces.append(.separator, count: blanks)
    }

    /// Where in a run that an `@` follows the local part begins: behind the last blanks before its words.
    private static func localPart(in run: [AddressToken]) -> Int {
        guard let last = run.lastIndex(where: { $0.kind != .blanks && $0.kind != .comment }) else {
            return run.endIndex
        }
        return run[..<last].lastIndex { $0.kind == .blanks || $0.kind == .comment }.map { $0 + 1 } ?? 0
    }

    /// What words outside of an address are.
    private func roleOfWords(_ run: [AddressToken], before sign: UInt8?) -> FieldPart {
        switch sign {
        case UInt8(ascii: "<"): return .displayName
        case UInt8(ascii: ":"): return .group
        case nil:
            // The line ends: a name goes on, unless the address was there already.
            let words = run.filter { $0.kind != .blanks && $0.kind != .comment }
            let isName = words.count > 1 || words.first?.kind == .quoted
            return isName && standing.part != .angle && standing.part != .domain ? .displayName : .bare
        default: return .bare
        }
    }
}

extension UInt8 {
    /// Whether it ends a word among addresses: RFC 5322 §3.2.3 calls it a special.
    fileprivate var endsAddressWord: Bool {
        switch self {
        case UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "@"), UInt8(ascii: ","), UInt8(ascii: ";"),
            UInt8(ascii: ":"), UInt8(ascii: "("), UInt8(ascii: "\""):
            true
        default: false
        }
    }
}
