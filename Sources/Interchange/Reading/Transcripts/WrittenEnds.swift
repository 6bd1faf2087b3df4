import SMTP

/// Line ends that a log writes out as words: `<CRLF>`, `<EOL>`, `\\r\\n`.
enum WrittenEnds: CaseIterable {
    case tag, pair, mark, escape

    private var word: [UInt8] {
        switch self {
        case .tag: Array("<CRLF>".utf8)
        case .pair: Array("<CR><LF>".utf8)
        // Indy's.
        case .mark: Array("<EOL>".utf8)
        case .escape: Array("\\r\\n".utf8)
        }
    }

    /// The one that ends at least half of the lines. A 354 may end in such words by itself.
    init?(_ lines: [ArraySlice<UInt8>]) {
        let lines = lines.filter { !$0.starts(with: "354".utf8) }
        let found = Self.allCases.first { ends in
            let word = ends.word
            return lines.count { $0.suffix(word.count).elementsEqual(word) } * 2 > lines.count
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
