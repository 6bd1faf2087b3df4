/// Finds credentials in text that was not understood as a dialogue: lines of a log, a dump, a quotation.
///
/// It decides by the same words as the observer does: whatever follows AUTH and a mechanism, words of Base64 between a 334 and
/// the next reply, and a line of Base64 right before a reply that ends an exchange (RFC 4954 §4, §6). It does not know who
/// spoke. Wrong input: none; where it is in doubt it masks.
public enum CredentialsInText {
    /// The texts, one line each and in their order, with credentials masked; also where what one line shows to be a credential
    /// stands in another, before it or behind, and what the sessions that `readers` followed have shown.
    public static func masked(_ lines: [[UInt8]], behind readers: [SessionReader] = []) -> [[UInt8]] {
        var found = places(in: lines)
        var known = readers.map(\.known).filter { !$0.isEmpty }
        var here = KnownSecrets()
        for (line, places) in zip(lines, found) {
            for place in places { here.learn(inText: line[place.clamped(to: 0..<line.count)]) }
        }
        known.append(here)
        for known in known where !known.isEmpty {
            for (at, line) in lines.enumerated() {
                found[at] += known.places(in: line[...])
                if let dump = known.placeInDump(of: line[...]) { found[at].append(dump) }
            }
        }
        return zip(lines, found).map { $1.isEmpty ? $0 : Mask.over($0, $1).octets }
    }

    /// What each line shows to be a credential.
    private static func places(in lines: [[UInt8]]) -> [[Range<Int>]] {
        var found: [[Range<Int>]] = []
        var awaitsResponse = false
        var last: (line: Int, word: Range<Int>)?
        for line in lines {
            let words = words(of: line)
            found.append(behindAuth(line, words) + SecretsOfPrograms.places(in: line, words))
            let isAtFirst = found.count - 1
            var isChallenge = false
            for word in words {
                if KnownSecrets.isPlainResponse(line[word]) { found[isAtFirst].append(word) }
                if let code = replyCode(line[word]) {
                    if endsExchange(code), let last { found[last.line].append(last.word) }
                    awaitsResponse = code == 334
                    isChallenge = code == 334
                } else {
                    // The word right behind a 334 is the challenge itself.
                    if awaitsResponse, !isChallenge, isTellingBase64(line[word]) { found[isAtFirst].append(word) }
                    isChallenge = false
                }
                last = isTellingBase64(line[word]) ? (isAtFirst, word) : nil
            }
            if asksForResponse(line, words) { awaitsResponse = true }
        }
        return found
    }

    /// Replies to a response, or to AUTH (RFC 4954 §4, §6).
    private static func endsExchange(_ code: UInt16) -> Bool { [235, 432, 454, 534, 535].contains(code) }

    /// What follows AUTH and a mechanism, to the end of the line; nothing where only mechanisms follow, as in an offer.
    private static func behindAuth(_ line: [UInt8], _ words: [Range<Int>]) -> [Range<Int>] {
        guard words.count > 2,
            let auth = words.indices.dropLast(2).first(where: { at in
                Verb(reading: line[words[at]]) == .auth && Mechanism(named: line[words[at + 1]]) != nil
            }),
            !words[(auth + 2)...].allSatisfy({ Mechanism(named: line[$0]) != nil }), let end = words.last?.upperBound
        else { return [] }
        return [words[auth + 2].lowerBound..<end]
    }

    /// Words of plain English are made of the same letters; Base64 mixes them, or holds digits or padding.
    public static func isTellingBase64(_ word: ArraySlice<UInt8>) -> Bool {
        guard word.isBase64Word, word.count % 4 == 0 else { return false }
        let isPlain = word.dropFirst().allSatisfy { (0x61...0x7A).contains($0) || $0 == UInt8(ascii: "/") }
        return !isPlain && word.contains { !(0x41...0x5A).contains($0) }
    }

    /// Whether a line ends in AUTH and a mechanism, so that the response stands in the next.
    private static func asksForResponse(_ line: [UInt8], _ words: [Range<Int>]) -> Bool {
        guard let name = words.last, words.count > 1, Mechanism(named: line[name]) != nil else { return false }
        return Verb(reading: line[words[words.count - 2]]) == .auth
            && words.first.map { replyCode(line[$0]) == nil } == true
    }

    static func replyCode(_ word: ArraySlice<UInt8>) -> UInt16? {
        let digits = word.prefix(3)
        guard digits.count == 3, word.count == 3 || word[word.startIndex + 3] == UInt8(ascii: "-"),
            let code = UInt64(decimal: digits), (200...599).contains(code)
        else { return nil }
        return UInt16(code)
    }

    /// Runs of octets between white space, quotation marks and what else parts words in logs.
    private static func words(of line: [UInt8]) -> [Range<Int>] {
        var words: [Range<Int>] = []
        var start: Int?
        for (at, octet) in line.enumerated() {
            if !partsWords[Int(octet)] {
                start = start ?? at
            } else if let begun = start {
                words.append(begun..<at)
                start = nil
            }
        }
        if let start { words.append(start..<line.count) }
        return words
    }

    /// Which octets part words; every line of every log is asked.
    private static let partsWords: [Bool] = {
        let marks = Set("\"'`,;.:<>()[]{}|".utf8)
        return (0...255).map { $0 <= 32 || marks.contains($0) }
    }()
}
