/// A port in words, THE rule for text that is read aloud: a synthesiser reads the colon of `mx.example:25` by its name.
///
/// `mx.example [192.0.2.1]:25` becomes `mx.example [192.0.2.1], port 25`. It changes nothing in an option of a command, in a URL,
/// and behind the words ` said: `, where somebody else's own words stand.
public enum SpokenPort {
    /// The text with each port in words.
    public static func said(in text: String) -> String {
        guard mayTellPort(text) else { return text }
        var said = ""
        var (isFirst, isOption) = (true, false)
        var rest = text[...]
        while !rest.isEmpty || isFirst {
            // Blanks are looked for among octets: no character is put together but in a word that may tell a port.
            let end = rest.utf8.firstIndex(of: UInt8(ascii: " ")) ?? rest.endIndex
            let word = rest[..<end]
            if !isFirst, end < rest.endIndex, word == "said:" { return said + rest }
            said += isOption || !mayTellPort(word) ? String(word) : Self.said(word)
            guard end < rest.endIndex else { break }
            said += " "
            isOption = word.utf8.first == UInt8(ascii: "-")
            isFirst = false
            rest = rest[rest.utf8.index(after: end)...]
        }
        return said
    }

    /// Whether a colon stands right before a digit: so few sentences have one that no other is taken apart into words.
    private static func mayTellPort(_ text: some StringProtocol) -> Bool {
        // Where its octets lie: to step through a text by its indices takes longer than to write it.
        text.utf8.withContiguousStorageIfAvailable { octets in
            octets.indices.dropLast().contains {
                octets[$0] == UInt8(ascii: ":") && (0x30...0x39).contains(octets[$0 + 1])
            }
        } ?? true
    }

    private static func said(_ word: Substring) -> String {
        let front = word.prefix { "(“‘\"'*".contains($0) }
        let rest = word[front.endIndex...]
        guard let colon = rest.indices.last(where: { rest[$0] == ":" && rest[rest.index(after: $0)...].first.isDigit })
        else { return String(word) }
        let digits = rest[rest.index(after: colon)...].prefix { $0.isASCII && $0.isNumber }
        let behind = rest[digits.endIndex...]
        guard digits.count <= 5, behind.allSatisfy({ ".,:;!?)”’\"'*".contains($0) }), isHost(rest[..<colon]) else {
            return String(word)
        }
        return "\(front)\(rest[..<colon]), port \(digits)\(behind)"
    }

    /// An address in brackets, an address with dots, or a name of several labels; and this machine.
    private static func isHost(_ text: Substring) -> Bool {
        if text.hasSuffix("]") { return true }
        let isOfLabels = text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { label in
            !label.isEmpty && label.allSatisfy { $0.isLetter || $0.isNumber || $0 == "-" }
        }
        return isOfLabels && (text.contains(".") || text == "localhost")
    }
}

extension Character? {
    fileprivate var isDigit: Bool { self.map { ("0"..."9").contains($0) } ?? false }
}
