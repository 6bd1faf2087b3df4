import SMTP

/// Line ends that a log writes out as words: `<CRLF>`, `<EOL>`, `\\r\\n`.
enum WrittenEnds: CaseIterable {
    case tag, pair, mark, escape, smallTag, smallPair

    private var word: [UInt8] {
        switch self {
        case .tag: Array("<CRLF>".utf8)
        case .pair: Array("<CR><LF>".utf8)
        // Indy's.
        case .mark: Array("<EOL>".utf8)
        case .escape: Array("\\r\\n".utf8)
        case .smallTag: Array("<crlf>".utf8)
        case .smallPair: Array("<cr><lf>".utf8)
        }
    }

    /// Whether it is such a word in angle brackets.
    static func isWord(_ text: ArraySlice<UInt8>) -> Bool {
        [WrittenEnds.tag, .mark, .smallTag].contains { text.elementsEqual($0.word) }
    }

    /// The one that ends more than half of the lines of a side. A 354 may end in such words by itself.
    init?(_ lines: [ArraySlice<UInt8>]) {
        let lines = lines.filter { !$0.starts(with: "354".utf8) }
        let sides = [lines.filter { LineShape($0).side == .server }, lines.filter { LineShape($0).side != .server }]
        let found = Self.allCases.first { ends in
            let word = ends.word
            return sides.contains { side in side.count { $0.suffix(word.count).elementsEqual(word) } * 2 > side.count }
        }
        guard let found else { return nil }
        self = found
    }

    /// The item with line ends as octets.
    func item(_ item: Peeled.Item) -> Peeled.Item {
        guard case .said(let side, let text) = item else { return item }
        let octets = octets(text)
        return octets.contains(10) ? .wrote(side, octets) : item
    }

    private func octets(_ text: ArraySlice<UInt8>) -> [UInt8] {
        // `354 … end with <CRLF>.<CRLF>` speaks of line ends and holds none but its own.
        if text.starts(with: "354".utf8) {
            let isEnded = text.suffix(word.count).elementsEqual(word)
            return (isEnded ? text.dropLast(word.count) : text) + [13, 10]
        }
        return Array(text.replacing(word, with: [13, 10]))
    }
}

extension ArraySlice<UInt8> {
    /// Without a line end that is written out as a word.
    var withoutWrittenEnd: ArraySlice<UInt8> {
        guard last == UInt8(ascii: ">"), let open = lastIndex(of: UInt8(ascii: "<")) else { return self }
        return WrittenEnds.isWord(self[open...]) ? self[..<open] : self
    }
}
