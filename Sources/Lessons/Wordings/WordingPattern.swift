/// A piece of text by which a wording is known, as `Client host * blocked using *`.
///
/// `*` is any text, `%d` is digits, `%%` and `%*` are the signs themselves. It is sought anywhere in the text, and where it begins
/// or ends with a letter or a digit, a word of the text has to begin or end there. Each part between two stars is sought once,
/// from left to right and never again, so that no text can make the search long.
public struct WordingPattern: Equatable, Sendable {
    /// The most characters of a pattern.
    static let maxLength = 200
    /// The fewest characters outside of the wildcards; fewer would be found everywhere.
    static let minLetters = 4

    enum Piece: Equatable, Sendable {
        case octets([UInt8])
        case digits
    }

    /// What stands between the stars, in order.
    let parts: [[Piece]]
    /// How many characters stand outside of the wildcards: of two patterns that fit, the one with more of them is the more
    /// specific.
    let letters: Int

    /// Nil when it is too long, or has too little in it to be known by.
    init?(_ source: String) {
        guard source.count <= Self.maxLength else { return nil }
        let parts = Self.parts(of: WordingText.folded(source.utf8))
        letters = parts.joined().reduce(0) { sum, piece in
            guard case .octets(let octets) = piece else { return sum }
            return sum + octets.count { $0 & 0xC0 != 0x80 }
        }
        self.parts = parts.filter { !$0.isEmpty }
        guard letters >= Self.minLetters else { return nil }
    }

    private static func parts(of source: [UInt8]) -> [[Piece]] {
        var parts: [[Piece]] = [[]]
        var literal: [UInt8] = []
        func close() {
            if !literal.isEmpty { parts[parts.count - 1].append(.octets(literal)) }
            literal = []
        }
        var rest = source[...]
        while let octet = rest.popFirst() {
            switch (octet, rest.first) {
            case (UInt8(ascii: "*"), _):
                close()
                parts.append([])
            case (UInt8(ascii: "%"), UInt8(ascii: "d")):
                close()
                parts[parts.count - 1].append(.digits)
                rest = rest.dropFirst()
            case (UInt8(ascii: "%"), let sign?) where "%*".utf8.contains(sign):
                literal.append(sign)
                rest = rest.dropFirst()
            default: literal.append(octet)
            }
        }
        close()
        return parts
    }

    /// Whether it stands somewhere in the text.
    func fits(_ text: WordingText) -> Bool {
        let octets = text.octets
        var position = 0
        for (number, part) in parts.enumerated() {
            let isLast = number == parts.count - 1
            var start = position
            var found: Int?
            while found == nil, start <= octets.count {
                if let end = Self.end(of: part, in: octets, from: start), number > 0 || Self.isEdge(octets, start),
                    !isLast || Self.isEdge(octets, end)
                {
                    found = end
                }
                start += 1
            }
            guard let found else { return false }
            position = found
        }
        return true
    }

    /// Where a part ends that begins here; nil when it does not begin here.
    private static func end(of part: [Piece], in octets: [UInt8], from start: Int) -> Int? {
        var position = start
        for piece in part {
            switch piece {
            case .octets(let literal):
                guard octets.count - position >= literal.count else { return nil }
                for index in literal.indices where octets[position + index] != literal[index] { return nil }
                position += literal.count
            case .digits:
                let digits = octets[position...].prefix { (0x30...0x39).contains($0) }
                guard !digits.isEmpty else { return nil }
                position += digits.count
            }
        }
        return position
    }

    /// Whether no word goes on over a place.
    private static func isEdge(_ octets: [UInt8], _ place: Int) -> Bool {
        guard place > 0, place < octets.count else { return true }
        return !(isWord(octets[place - 1]) && isWord(octets[place]))
    }

    private static func isWord(_ octet: UInt8) -> Bool {
        (0x30...0x39).contains(octet) || (0x61...0x7A).contains(octet)
    }
}

/// A text as patterns are sought in it: ASCII letters in lower case, white space as one blank, never long.
public struct WordingText: Sendable {
    /// The most that is looked at, in octets; a reply line has 512 (RFC 5321 §4.5.3.1.5).
    public static let maxOctets = 4096

    let octets: [UInt8]

    public init(_ octets: some Sequence<UInt8>) { self.octets = Self.folded(octets.prefix(Self.maxOctets)) }

    public init(_ text: String) { self.init(text.utf8) }

    static func folded(_ octets: some Sequence<UInt8>) -> [UInt8] {
        var folded: [UInt8] = []
        for octet in octets {
            switch octet {
            case 9...13, 32: if folded.last != 32, !folded.isEmpty { folded.append(32) }
            case 0x41...0x5A: folded.append(octet + 32)
            default: folded.append(octet)
            }
        }
        if folded.last == 32 { folded.removeLast() }
        return folded
    }
}
