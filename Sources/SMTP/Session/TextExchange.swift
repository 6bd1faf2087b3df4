/// Follows an exchange of AUTH through lines of text that was not understood, a state machine: which words of each are a credential.
///
/// It decides from the words of a line, from the replies before it, and from the octets that the rows of a dump show together.
/// It does not know who spoke. Wrong input: none.
struct TextExchange {
    /// What a line may show of a response.
    private enum Awaited {
        case nothing
        /// AUTH stood there with a mechanism that nobody knows: what can be read as Base64.
        case readable
        case response
    }

    /// What each line shows to be a credential.
    private var found: [[Range<Int>]] = []
    private var known = KnownSecrets()
    private var awaited: Awaited
    /// In how many more lines a word alone is the response, whatever it looks like.
    private var linesAwaited: Int
    /// The last word, where it looks like a response.
    private var last: (line: Int, word: Range<Int>, octets: ArraySlice<UInt8>)?
    /// The line before ends in a credential that may go on in this one.
    private var isBehindCredential = false
    private var dump = DumpedOctets()
    /// What a dump shows is itself no dump.
    private let readsDumps: Bool

    /// The response stands close behind its challenge.
    private static let maxLinesAwaited = 3

    init(isChallenged: Bool = false) { self.init(isChallenged ? .response : .nothing, readsDumps: true) }

    private init(_ awaited: Awaited, readsDumps: Bool) {
        (self.awaited, self.readsDumps) = (awaited, readsDumps)
        linesAwaited = awaited == .response ? Self.maxLinesAwaited : 0
    }

    /// What each line has shown, and what is a secret wherever it stands.
    mutating func finish() -> (found: [[Range<Int>]], known: KnownSecrets) {
        endDump()
        return (found, known)
    }

    mutating func take(_ line: [UInt8]) {
        found.append([])
        if readsDumps { takeDump(line) }
        let unescaped = UnescapedLine(line)
        let octets = unescaped?.octets ?? line
        let words = CredentialsInText.words(of: octets)
        let number = found.count - 1
        let told = exchange(octets, words, number) { unescaped?.place(of: $0) ?? $0 }
        mark(told + SecretsOfPrograms.places(in: octets, words), of: octets) { unescaped?.place(of: $0) ?? $0 }
        // An escape within a value may be its own.
        if unescaped != nil {
            mark(SecretsOfPrograms.places(in: line, CredentialsInText.words(of: line)), of: line) { $0 }
        }
    }

    private mutating func mark(_ places: [Range<Int>], of octets: [UInt8], _ inLine: (Range<Int>) -> Range<Int>) {
        for place in places {
            found[found.count - 1].append(inLine(place))
            known.learn(inText: octets[place.clamped(to: octets.indices)])
        }
    }

    // MARK: An exchange

    private mutating func exchange(
        _ line: [UInt8],
        _ words: [Range<Int>],
        _ number: Int,
        _ inLine: (Range<Int>) -> Range<Int>
    ) -> [Range<Int>] {
        var places = AuthInText.places(in: line, words)
        if isBehindCredential, words.count == 1, mayGoOn(line[words[0]]) { places.append(words[0]) }
        var isChallenge = false
        for (at, word) in words.enumerated() {
            if AuthInText.isCredential(line[word]) { places.append(word) }
            if let code = CredentialsInText.replyCode(line[word]) {
                if Self.endsExchange(code) { markLast() }
                awaited = code == 334 ? .response : .nothing
                linesAwaited = Self.maxLinesAwaited + 1
                isChallenge = code == 334
            } else {
                // The word right behind a 334 is the challenge itself.
                if !isChallenge, mayRespond(line, words, at) { places.append(word) }
                isChallenge = false
            }
            last = Self.looksLikeResponse(line[word]) ? (number, inLine(word), line[word]) : nil
        }
        if linesAwaited > 0 { linesAwaited -= 1 }
        ask(line, words)
        isBehindCredential =
            words.last.map { word in
                Self.mayBeCut(line[word]) && places.contains { $0.upperBound >= word.upperBound }
            } ?? isBehindCredential
        return places
    }

    private mutating func markLast() {
        guard let last else { return }
        found[last.line].append(last.word)
        known.learn(inText: last.octets)
    }

    /// Replies to a response, or to AUTH (RFC 4954 §4, §6).
    private static func endsExchange(_ code: UInt16) -> Bool { [235, 432, 454, 534, 535].contains(code) }

    private static func looksLikeResponse(_ word: ArraySlice<UInt8>) -> Bool {
        CredentialsInText.isTellingBase64(word) || CredentialsInText.isReadableBase64(word)
    }

    /// Whether a word is the response that is awaited: by its letters, or since it stands alone where a response does.
    private func mayRespond(_ line: [UInt8], _ words: [Range<Int>], _ at: Int) -> Bool {
        let word = line[words[at]]
        switch awaited {
        case .nothing: return false
        case .readable: return CredentialsInText.isReadableBase64(word)
        case .response:
            if Self.looksLikeResponse(word) { return true }
            guard linesAwaited > 0, at == words.count - 1, Self.isBase64Alone(word), Verb(reading: word) == nil,
                Mechanism(named: word) == nil
            else { return false }
            return words.dropLast().allSatisfy { Self.isClientMark(line[$0]) }
        }
    }

    /// What programs write before what the client said, THE list.
    private static let clientMarks = ["client", "send", "sent", "sending", "wrote", "write", "out", "c2s"]

    private static func isClientMark(_ word: ArraySlice<UInt8>) -> Bool {
        word.count == 1 || word.allSatisfy { !$0.isLetDig }
            || clientMarks.contains { word.equalsIgnoringCase($0.utf8) }
    }

    /// Whether a line ends in AUTH and a mechanism, so that the response stands in the next.
    private mutating func ask(_ line: [UInt8], _ words: [Range<Int>]) {
        guard let name = words.last, words.count > 1, AuthInText.isAuth(line[words[words.count - 2]]),
            words.first.map({ CredentialsInText.replyCode(line[$0]) == nil }) == true
        else { return }
        if Mechanism(named: line[name]) != nil {
            (awaited, linesAwaited) = (.response, Self.maxLinesAwaited)
        } else if AuthInText.isUpperName(line[name]) {
            awaited = .readable
        }
    }

    // MARK: A credential of several lines

    /// Whether a credential may go on in the next line behind this word: it has no padding, which ends one.
    private static func mayBeCut(_ word: ArraySlice<UInt8>) -> Bool {
        word.isBase64Word && word.last != UInt8(ascii: "=") && !CredentialsInText.isPlainWord(word)
    }

    /// Whether a line that is this word alone is the rest of a credential.
    private func mayGoOn(_ word: ArraySlice<UInt8>) -> Bool {
        guard Self.isBase64Alone(word) || word.last == UInt8(ascii: "=") else { return false }
        return !word.allSatisfy(\.isDigit) && Verb(reading: word) == nil && word.first != UInt8(ascii: "=")
    }

    /// Base64 with its padding in its place, so that it is no name and its value.
    private static func isBase64Alone(_ word: ArraySlice<UInt8>) -> Bool {
        let padding = UInt8(ascii: "=")
        return word.isBase64Word && !word.drop { $0 != padding }.contains { $0 != padding }
    }

    // MARK: Dumps

    private mutating func takeDump(_ line: [UInt8]) {
        let row = DumpRow(line)
        let isLong = (row?.octets.count ?? 0) >= DumpRow.minCount
        if let row, isLong || !dump.isEmpty { dump.append(row, ofLine: found.count - 1) }
        if !isLong || dump.isFull { endDump() }
    }

    /// What the rows say together is looked at as the lines that they are.
    private mutating func endDump() {
        defer { dump = DumpedOctets() }
        for reading in dump.readings {
            var inner = TextExchange(awaited, readsDumps: false)
            let lines = reading.lines
            for line in lines { inner.take(Array(reading.octets[line])) }
            for (line, places) in zip(lines, inner.found) {
                for place in places {
                    let octets = (place.lowerBound + line.lowerBound)..<(place.upperBound + line.lowerBound)
                    known.learn(inText: reading.octets[octets])
                    // The letters often stand behind the octets, and those of the next row before its own.
                    for (number, start) in reading.starts(of: octets) { hide(number, from: start) }
                }
            }
            if reading.isText { (awaited, linesAwaited) = (inner.awaited, inner.linesAwaited) }
        }
    }

    private mutating func hide(_ number: Int, from start: Int) {
        if number < found.count { found[number].append(start..<Int.max) }
    }
}
