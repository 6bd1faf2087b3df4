/// AUTH and what follows it in a line of text that was not understood, by the words of the line alone.
///
/// Mechanisms beyond the table are met in logs: a name in upper case is taken for one where what follows can be nothing but a
/// response. Prose stays, such as "AUTH command is not supported".
enum AuthInText {
    /// What follows AUTH and a mechanism, to the end of the line; nothing where only mechanisms follow, as in an offer.
    static func places(in line: [UInt8], _ words: [Range<Int>]) -> [Range<Int>] {
        guard let end = words.last?.upperBound else { return [] }
        for at in words.indices where isAuth(line[words[at]]) || isGluedAuth(line[words[at]]) {
            // `cmd=AUTH arg="LOGIN …"`, `"verb": "AUTH", "args": "LOGIN …"`.
            let next = words[(at + 1)...].prefix(3).firstIndex { !isName($0, in: line) } ?? words.endIndex
            guard next < words.endIndex else { continue }
            let rest = words[(next + 1)...]
            guard let response = rest.first else {
                if isAuth(line[words[at]]), isLikely(line[words[next]]) { return [words[next]] }
                continue
            }
            let name = value(line[words[next]])
            let isKnown = Mechanism(named: name) != nil
            guard isKnown || mayBeMechanism(name, before: value(line[response])) else {
                if isAuth(line[words[at]]), isLikely(line[words[next]]) { return [words[next].lowerBound..<end] }
                continue
            }
            if rest.allSatisfy({ Mechanism(named: line[$0]) != nil }) || isOffer(line, words, rest) { continue }
            if isGluedAuth(line[words[at]]), !isTelling(value(line[response])) { continue }
            return [response.lowerBound..<end]
        }
        return []
    }

    /// The verb, or a value that is it: `AUTH`, `cmd=AUTH`.
    static func isAuth(_ word: ArraySlice<UInt8>) -> Bool {
        word.count >= 4 && value(word).equalsIgnoringCase(Verb.auth.octets)
    }

    /// What a dump shows of octets before the verb may look like letters of it.
    private static func isGluedAuth(_ word: ArraySlice<UInt8>) -> Bool {
        word.count > 4 && word.suffix(4).elementsEqual(Verb.auth.octets)
    }

    /// What stands behind an equals sign within a word, or the word.
    private static func value(_ word: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        guard let last = word.lastIndex(where: { $0 != UInt8(ascii: "=") }),
            let sign = word[..<last].lastIndex(of: UInt8(ascii: "="))
        else { return word }
        return word[(sign + 1)...]
    }

    /// Whether a word is the name of a value: an equals sign or a colon follows it.
    private static func isName(_ word: Range<Int>, in line: [UInt8]) -> Bool {
        guard Mechanism(named: line[word]) == nil else { return false }
        if line[word].last == UInt8(ascii: "=") {
            return line[word].dropLast().allSatisfy { $0.isLetDigHyphen } && word.count <= 16
        }
        let behind = line[word.upperBound...].drop { $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "'") }
        return behind.first == UInt8(ascii: ":") || behind.first == UInt8(ascii: "=")
    }

    /// A reply that lists mechanisms, some of which nobody knows.
    private static func isOffer(_ line: [UInt8], _ words: [Range<Int>], _ rest: ArraySlice<Range<Int>>) -> Bool {
        guard let first = words.first, CredentialsInText.replyCode(line[first]) == 250 else { return false }
        return rest.allSatisfy { isUpperName(line[$0]) }
    }

    // MARK: Mechanisms that nobody knows

    /// A name as mechanisms have (RFC 4422 §3.1).
    static func isUpperName(_ word: ArraySlice<UInt8>) -> Bool {
        word.isMechanismName && word.first?.isAlpha == true && !word.contains { (0x61...0x7A).contains($0) }
    }

    private static func mayBeMechanism(_ name: ArraySlice<UInt8>, before response: ArraySlice<UInt8>) -> Bool {
        guard name.isMechanismName else { return false }
        return isUpperName(name) ? isTelling(response) : isLikely(response)
    }

    /// Words with digits follow prose as well, such as the name of a user: what is Base64 can be read, or is long.
    private static func isTelling(_ word: ArraySlice<UInt8>) -> Bool {
        if CredentialsInText.isReadableBase64(word) { return true }
        guard word.isBase64Word, !CredentialsInText.isPlainWord(word) else { return false }
        return word.count >= 20 || word.count % 4 == 0 && word.last == UInt8(ascii: "=")
    }

    /// Base64 that is no word, whatever stands before it.
    private static func isLikely(_ word: ArraySlice<UInt8>) -> Bool {
        word.count >= 12 && CredentialsInText.isReadableBase64(word)
    }

    // MARK: Words that need no AUTH before them

    /// A response of PLAIN, or AUTH itself behind Base64.
    static func isCredential(_ word: ArraySlice<UInt8>) -> Bool {
        KnownSecrets.isPlainResponse(word) || saysAuth(word)
    }

    private static func saysAuth(_ word: ArraySlice<UInt8>) -> Bool {
        // Both cases of the verb begin with one of these.
        guard word.count >= 16, ["QVVU", "YXV0", "QXV0"].contains(where: { word.starts(with: $0.utf8) }),
            let line = KnownSecrets.decoded(word)
        else { return false }
        return !places(in: line, CredentialsInText.words(of: line)).isEmpty
    }
}
