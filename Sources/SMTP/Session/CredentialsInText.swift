/// Finds credentials in text that was not understood as a dialogue: lines of a log, a dump, a quotation, a note.
///
/// It decides by the same words as the observer does: whatever follows AUTH and a mechanism, words of Base64 between a 334 and
/// the next reply, and a line of Base64 right before a reply that ends an exchange (RFC 4954 §4, §6); `TextExchange` follows
/// the lines. It does not know who spoke. Wrong input: none; where it is in doubt it masks.
public enum CredentialsInText {
    /// The texts, one line each and in their order, with credentials masked; also where what one line shows to be a credential
    /// stands in another, before it or behind, and what the sessions that `readers` followed have shown. `isChallenged`: they
    /// begin where a response is awaited.
    public static func masked(_ lines: [[UInt8]], behind readers: [SessionReader] = [], isChallenged: Bool = false)
        -> [[UInt8]]
    {
        var exchange = TextExchange(isChallenged: isChallenged)
        for line in lines { exchange.take(line.count > maxLine ? Array(line.prefix(maxLine)) : line) }
        var (found, shown) = exchange.finish()
        // A line without end is no line of a log that somebody reads: behind so much of it nothing is shown.
        for (at, line) in lines.enumerated() where line.count > maxLine { found[at].append(maxLine..<line.count) }
        for known in readers.map(\.known) + [shown] where !known.isEmpty {
            for (at, line) in lines.enumerated() {
                found[at] += known.places(in: line.prefix(maxLine))
                if let dump = known.placeInDump(of: line.prefix(maxLine)) { found[at].append(dump) }
            }
        }
        return zip(lines, found).map { $1.isEmpty ? $0 : Mask.over($0, $1).octets }
    }

    /// So much of a line is looked at: to look at all of a longer one takes time that grows with its square.
    static let maxLine = 16 << 10

    /// The same of words that may have several lines.
    public static func masked(_ words: String, behind readers: [SessionReader] = [], isChallenged: Bool = false)
        -> String
    {
        let lines = words.utf8.split(separator: 10, omittingEmptySubsequences: false).map(Array.init)
        let shown = masked(lines, behind: readers, isChallenged: isChallenged)
        return shown == lines ? words : Array(shown.joined(separator: [10])).lossyText
    }

    /// Words of plain English are made of the same letters; Base64 mixes them, or holds digits or padding.
    public static func isTellingBase64(_ word: ArraySlice<UInt8>) -> Bool {
        word.isBase64Word && word.count % 4 == 0 && !isPlainWord(word) && !word.allSatisfy(\.isDigit)
    }

    /// Letters of one case, whatever the first is.
    static func isPlainWord(_ word: ArraySlice<UInt8>) -> Bool {
        word.dropFirst().allSatisfy { (0x61...0x7A).contains($0) || $0 == UInt8(ascii: "/") }
            || word.allSatisfy { (0x41...0x5A).contains($0) }
    }

    /// Whether a word is Base64, with its padding or without, of letters that can be read: chance hardly ever makes such a word.
    static func isReadableBase64(_ word: ArraySlice<UInt8>) -> Bool {
        // Base64 of ASCII begins with one of these; of English words some short ones do, such as "ancient".
        guard let first = word.first, (0x41...0x5A).contains(first) || (0x61...0x66).contains(first) else {
            return false
        }
        guard word.count >= (isPlainWord(word) ? 9 : 7), let decoded = KnownSecrets.decoded(word) else { return false }
        return decoded.allSatisfy { (0x20...0x7E).contains($0) || [0, 1, 9, 10, 13].contains($0) }
    }

    static func replyCode(_ word: ArraySlice<UInt8>) -> UInt16? {
        let digits = word.prefix(3)
        guard digits.count == 3, word.count == 3 || word[word.startIndex + 3] == UInt8(ascii: "-"),
            let code = UInt64(decimal: digits), (200...599).contains(code)
        else { return nil }
        return UInt16(code)
    }

    /// Runs of octets between white space, quotation marks and what else parts words in logs.
    static func words(of line: [UInt8]) -> [Range<Int>] {
        var words: [Range<Int>] = []
        var start: Int?
        for (at, octet) in line.enumerated() {
            if !partsWords[Int(octet)] {
                start = start ?? at
            } else if let begun = start {
                add(begun..<at, of: line, to: &words)
                start = nil
            }
        }
        if let start { add(start..<line.count, of: line, to: &words) }
        return words
    }

    /// A form has a plus sign for a blank: `AUTH+LOGIN+…`, which Base64 might have, too.
    private static func add(_ word: Range<Int>, of line: [UInt8], to words: inout [Range<Int>]) {
        let plus = UInt8(ascii: "+")
        guard word.count > 5, line[word.lowerBound + 4] == plus,
            line[word].prefix(4).equalsIgnoringCase(Verb.auth.octets)
        else { return words.append(word) }
        words += line[word].split(separator: plus, maxSplits: 2).map { $0.startIndex..<$0.endIndex }
    }

    /// Which octets part words; every line of every log is asked.
    private static let partsWords: [Bool] = {
        let marks = Set("\"'`,;.:<>()[]{}|".utf8)
        return (0...255).map { $0 <= 32 || marks.contains($0) }
    }()
}
