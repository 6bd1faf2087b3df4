import SMTP

/// Who says the pieces of a dump that does not tell it: replies have their codes, and what the client sends as content the observer
/// says, who is told each piece.
///
/// It decides by what the pieces say, in their order. Where a program tells the ends of its pieces, that is truer.
struct SaidSides {
    private var reader = SessionReader(keepsOffer: false)

    mutating func side(of octets: [UInt8]) -> Side {
        let isReply = LineShape(octets.prefix { $0 != 10 && $0 != 13 }).side == .server
        let side: Side = isReply && !isInContent ? .server : .client
        reader.append(octets, from: side)
        while reader.next(side) != nil {}
        return side
    }

    /// Whether mail data or a chunk is under way, which may hold anything.
    private var isInContent: Bool {
        switch reader.mode {
        case .mailData, .chunk: true
        case .commands, .saslResponse, .strayMailData: false
        }
    }
}

/// The octets that somebody wrote in hexadecimal, pair by pair.
enum HexText {
    /// `3232 30`, `32:32:30`, `323230`: the octets of a word; nil for what is none, or fewer than three octets.
    static func octets(_ word: ArraySlice<UInt8>) -> [UInt8]? {
        let isColoned = word.count > 2 && word[word.startIndex + 2] == UInt8(ascii: ":")
        let count = isColoned ? (word.count + 1) / 3 : word.count / 2
        guard count >= 3, word.count == (isColoned ? count * 3 - 1 : count * 2) else { return nil }
        var octets: [UInt8] = []
        octets.reserveCapacity(count)
        for at in stride(from: word.startIndex, to: word.endIndex, by: isColoned ? 3 : 2) {
            guard let high = word[at].hexValue, let low = word[at + 1].hexValue,
                !isColoned || at + 2 == word.endIndex || word[at + 2] == UInt8(ascii: ":")
            else { return nil }
            octets.append(high << 4 | low)
        }
        return octets
    }
}
