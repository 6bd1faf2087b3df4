import Notation
import SMTP

/// Finds in text what tells of people and machines, and puts pseudonyms there: mail addresses, domains, IP addresses, queue ids.
struct AnonymousText {
    /// What is done with the rest of the text.
    enum Rest {
        /// It is of a program, and stays.
        case stays
        /// It is of a person: letters become `x`, digits `0`.
        case isBlanked
    }

    let text: [UInt8]
    private let findsIdentifiers: Bool
    private(set) var result: [UInt8]
    /// Which octets were looked after.
    private(set) var isDone: [Bool]

    /// The most octets of an address or a name.
    private static let maxWord = 512

    static func anonymized(
        _ text: some Collection<UInt8>,
        _ names: inout Pseudonyms,
        findsIdentifiers: Bool = false,
        rest: Rest = .stays
    ) -> [UInt8] {
        var finder = AnonymousText(Array(text), findsIdentifiers)
        finder.replaceEncoded(&names)
        finder.replaceAddresses(&names)
        if findsIdentifiers {
            finder.replaceAccounts(&names)
            finder.replaceLinks(&names)
            finder.replaceTelephones(&names)
            finder.replaceCompanies(&names)
        }
        finder.replaceWords(&names)
        if rest == .isBlanked { finder.blankRest() }
        return finder.result
    }

    private init(_ text: [UInt8], _ findsIdentifiers: Bool) {
        (self.text, self.findsIdentifiers, result) = (text, findsIdentifiers, text)
        isDone = Array(repeating: false, count: text.count)
        // A reply code and its hyphen are no word.
        if text.count > 3, text[..<3].allSatisfy(Self.isDigit), text[3] == UInt8(ascii: "-") { isDone[3] = true }
    }

    mutating func put(_ octets: [UInt8], _ range: Range<Int>) {
        for (index, octet) in zip(range, octets) {
            result[index] = octet
            isDone[index] = true
        }
    }

    // MARK: Encoded addresses

    /// What stands in xtext or unitext is decoded, given other names, and encoded as before. A plain address is left to the rest.
    private mutating func replaceEncoded(_ names: inout Pseudonyms) {
        guard text.contains(where: { $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "\\") }) else { return }
        for mark in EncodedAddress.marks {
            var searched = text.startIndex
            while let start = text[searched...].firstEnd(of: mark) {
                searched = start
                let end = text[start...].firstIndex { $0 <= 0x20 || $0 == UInt8(ascii: ">") } ?? text.endIndex
                guard !isDone[start..<end].contains(true), let address = EncodedAddress(text[start..<end]) else {
                    continue
                }
                let other = Self.anonymized(address.octets, &names, findsIdentifiers: findsIdentifiers)
                put(address.holding(other), start..<end)
                searched = end
            }
        }
    }

    // MARK: Mail addresses

    /// What stands before an `@` is a local-part, what stands behind it a domain or an address literal (RFC 5321 §4.1.2).
    private mutating func replaceAddresses(_ names: inout Pseudonyms) {
        replaceWrittenAddresses(&names)
        for at in text.indices where text[at] == UInt8(ascii: "@") && !isDone[at] {
            let start = localPartStart(before: at)
            var end = at + 1
            if end < text.count, text[end] == UInt8(ascii: "[") {
                end = text[end...].firstIndex(of: UInt8(ascii: "]")) ?? end
            } else {
                while end < text.count, end - at < Self.maxWord, Self.isOfDomain(text[end]) { end += 1 }
                while end > at + 1, text[end - 1] == UInt8(ascii: ".") || text[end - 1] == UInt8(ascii: "-") {
                    end -= 1
                }
                let domain = at + 1..<end
                if !domain.isEmpty { put(names.domain(text[domain]), domain) }
            }
            if start < at { replaceLocalPart(start..<at, &names) }
            isDone[at] = true
        }
    }

    /// Addresses whose `@` is written otherwise: `ada%40company.example`, `ada(at)company.example`.
    private mutating func replaceWrittenAddresses(_ names: inout Pseudonyms) {
        for at in text.indices where text[at] == UInt8(ascii: "%") || text[at] == UInt8(ascii: "(") {
            let rest = text[at...]
            guard let sign = ["%40", "(at)"].first(where: { rest.prefix($0.utf8.count).equalsIgnoringCase($0.utf8) })
            else { continue }
            let behind = at + sign.utf8.count
            var domain = behind..<behind + text[behind...].prefix(Self.maxWord).prefix(while: Self.isOfDomain).count
            while let last = text[domain].last, last == 0x2D || last == 0x2E {
                domain = domain.lowerBound..<domain.upperBound - 1
            }
            let start =
                at - text[..<at].reversed().prefix(Self.maxWord).prefix { Self.isOfDomain($0) || $0 == 0x2B }.count
            guard start < at, Self.isDomain(text[domain]), !isDone[start..<domain.upperBound].contains(true) else {
                continue
            }
            put(names.domain(text[domain]), domain)
            replaceLocalPart(start..<at, &names)
        }
    }

    /// `COMPANY\\ada`: a domain of Windows and a login in it.
    private mutating func replaceAccounts(_ names: inout Pseudonyms) {
        for at in text.indices where text[at] == UInt8(ascii: "\\") && !isDone[at] {
            let end = at + 1 + text[(at + 1)...].prefix(Self.maxWord).prefix(while: Self.isOfDomain).count
            let start = at - text[..<at].reversed().prefix(Self.maxWord).prefix(while: Self.isOfDomain).count
            let (domain, login) = (text[start..<at], text[(at + 1)..<end])
            let isCapital = domain.count > 1 && !domain.contains { (0x61...0x7A).contains($0) || $0 >= 0x80 }
            // `OK\\nQUIT` holds a line end.
            let isEscape =
                "nrt".utf8.contains(login.first ?? 0) && !(login.dropFirst().first.map(Self.isSmall) ?? false)
            guard login.count > 2, !isEscape,
                names.known(domain) != nil || isCapital && domain.contains(where: Self.isLetter)
            else { continue }
            put(names.label(domain), start..<at)
            put(names.localPart(login), at + 1..<end)
        }
    }

    private func localPartStart(before at: Int) -> Int {
        var start = at
        if start > 0, text[start - 1] == UInt8(ascii: "\"") {
            start -= 1
            while start > 0, at - start < Self.maxWord {
                start -= 1
                if text[start] == UInt8(ascii: "\""), start == 0 || text[start - 1] != UInt8(ascii: "\\") { break }
            }
            return start
        }
        while start > 0, at - start < Self.maxWord, Self.isOfLocalPart(text[start - 1]), !isDone[start - 1] {
            start -= 1
        }
        return start
    }

    /// Its words, so that `bob%company.example` and `bounce+bob=company.example` lose every one. Only next to the signs of a route
    /// may a word with dots be a domain; `ada.lovelace` is a person.
    private mutating func replaceLocalPart(_ range: Range<Int>, _ names: inout Pseudonyms) {
        var start = range.lowerBound
        // `SRS0=hash=day=domain=local-part`: what stands last is a person.
        let isRewritten = ["SRS0", "SRS1"].contains { text[range].prefix(4).equalsIgnoringCase($0.utf8) }
        for index in range.lowerBound...range.upperBound {
            let isEnd = index == range.upperBound || [0x22, 0x25, 0x21, 0x2B, 0x3D].contains(text[index])
            guard isEnd else { continue }
            let word = start..<index
            let isNameOfValue = index < range.upperBound && text[index] == 0x3D && Self.isOfProgram(text[word])
            if isNameOfValue || isRewritten && start == range.lowerBound {
                for octet in word { isDone[octet] = true }
            } else if !word.isEmpty {
                let isOfRoute =
                    start > range.lowerBound && [0x25, 0x3D].contains(text[start - 1])
                    || index < range.upperBound && text[index] == 0x21
                let isPerson = isRewritten && index == range.upperBound
                let isDomain = isOfRoute && !isPerson && Self.isDomain(text[word])
                put(isDomain ? names.domain(text[word]) : names.localPart(text[word]), word)
            }
            start = index + 1
        }
    }

    // MARK: Words

    private mutating func replaceWords(_ names: inout Pseudonyms) {
        var index = 0
        while index < text.count {
            guard Self.isOfWord(text[index]), !isDone[index] else {
                index += 1
                continue
            }
            let start = index
            while index < text.count, Self.isOfWord(text[index]), !isDone[index] { index += 1 }
            replaceWord(start..<index, &names)
        }
    }

    private mutating func replaceWord(_ whole: Range<Int>, _ names: inout Pseudonyms) {
        if let address = ipv6(whole) { return put(names.ipv6(text[address]), address) }
        // A colon parts a name from a port, or a tag from an address.
        for part in text[whole].split(separator: UInt8(ascii: ":")) {
            var range = part.startIndex..<part.endIndex
            while let last = text[range].last, last == UInt8(ascii: ".") || last == UInt8(ascii: "-") {
                range = range.lowerBound..<range.upperBound - 1
            }
            while let first = text[range].first, first == UInt8(ascii: ".") || first == UInt8(ascii: "-") {
                range = range.lowerBound + 1..<range.upperBound
            }
            let word = text[range]
            if IPv4Text.octets(word) != nil {
                put(names.ipv4(word), range)
            } else if findsIdentifiers, let other = names.known(word) ?? knownParts(word, names) {
                put(other, range)
            } else if findsIdentifiers, isCalledLogin(word) {
                put(names.localPart(word), range)
            } else if Self.isDomain(word) {
                put(names.domain(word), range)
            } else if findsIdentifiers, Self.isIdentifier(word) || isCalledIdentifier(word) {
                put(names.identifier(word), range)
            }
        }
    }

    /// `company-mail` where `company` was replaced; nil where none of its words was.
    private func knownParts(_ word: ArraySlice<UInt8>, _ names: Pseudonyms) -> [UInt8]? {
        guard word.contains(where: { $0 == 0x2D || $0 == 0x5F }), !word.contains(0x2E) else { return nil }
        var (other, isKnown) = (Array(word), false)
        for part in word.split(whereSeparator: { $0 == 0x2D || $0 == 0x5F }) {
            guard let known = names.known(part) else { continue }
            let start = part.startIndex - word.startIndex
            other.replaceSubrange(start..<start + part.count, with: known)
            isKnown = true
        }
        return isKnown ? other : nil
    }

    /// An IPv6 address in a word, with or without the tag before it (RFC 5321 §4.1.3); a time of day is none.
    private func ipv6(_ whole: Range<Int>) -> Range<Int>? {
        var range = whole
        if text[range].prefix(5).equalsIgnoringCase("IPv6:".utf8) { range = range.lowerBound + 5..<range.upperBound }
        while let last = text[range].last, last == UInt8(ascii: ".") { range = range.lowerBound..<range.upperBound - 1 }
        return text[range].contains(UInt8(ascii: ":")) && IPv6Text.groups(text[range]) != nil ? range : nil
    }

    /// A word with a digit behind `queued as`, `id` or `id=` is a queue id, however short.
    private func isCalledIdentifier(_ word: ArraySlice<UInt8>) -> Bool {
        guard word.count >= 4, word.contains(where: Self.isDigit), word.allSatisfy({ $0 < 0x80 }) else { return false }
        let before = text[..<word.startIndex].suffix(12).map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
        return ["queued as ", " id ", " id=", "(id ", ";id=", "internalid=", " ident="].contains {
            before.reversed().starts(with: $0.utf8.reversed())
        }
    }

    /// What stands behind `LOGIN=` or `Authenticated sender:` is a login.
    private func isCalledLogin(_ word: ArraySlice<UInt8>) -> Bool {
        guard word.count > 2, word.contains(where: Self.isLetter), !PlainWords.contains(word.map { $0 | 0x20 }) else {
            return false
        }
        let before = text[..<word.startIndex]
        return ["login=", "sasl_username=", "username=", "user=", "authenticated sender: "].contains {
            before.suffix($0.utf8.count).equalsIgnoringCase($0.utf8)
        }
    }

    private mutating func blankRest() {
        for index in text.indices where !isDone[index] { result[index] = Self.blank(text[index]) }
    }

    /// A letter as `x`, a digit as `0`; of an octet beyond ASCII the lowest bits go, so that it stays part of a character.
    static func blank(_ octet: UInt8) -> UInt8 {
        switch octet {
        case 0x41...0x5A: UInt8(ascii: "X")
        case 0x61...0x7A: UInt8(ascii: "x")
        case 0x30...0x39: UInt8(ascii: "0")
        case 0x80...0xBF: 0xA4
        case 0xC2...0xDF: 0xC3
        case 0xE1...0xEF: 0xE2
        default: octet
        }
    }

    // MARK: What words are

    /// At least two labels, the last of letters: a version or a status is none.
    static func isDomain(_ word: ArraySlice<UInt8>) -> Bool {
        let labels = word.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard labels.count > 1, let last = labels.last, last.count > 1,
            labels.allSatisfy({ !$0.isEmpty && $0.count < 64 })
        else { return false }
        let isInternational = last.prefix(4).elementsEqual("xn--".utf8) || last.contains { $0 >= 0x80 }
        return (isInternational || last.allSatisfy(isLetter)) && word.allSatisfy(isOfDomain)
    }

    /// Eight or more letters and digits, some of each, that are no keyword: queue ids and message ids look so.
    static func isIdentifier(_ word: ArraySlice<UInt8>) -> Bool {
        guard word.count >= 8, word.contains(where: isDigit), word.contains(where: isLetter),
            word.allSatisfy({ isLetter($0) || isDigit($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".") })
        else { return false }
        if PublicNames.isAlgorithm(word) || PublicNames.isPrompt(word) { return false }
        let text = String(decoding: word, as: UTF8.self).uppercased()
        return !keywords.contains(text) && EnhancedStatusCode(Array(word)) == nil
    }

    private static let keywords = Set(
        Extension.all.map { $0.keyword.uppercased() } + ["UTF8SMTPA", "UTF8SMTPS", "UTF8SMTPSA", "ESMTPSA"]
    )

    /// Names of parameters and properties, which stand before a `=` and an address (RFC 5321 §4.1.2, RFC 8601 §2.2).
    private static func isOfProgram(_ word: ArraySlice<UInt8>) -> Bool {
        properties.contains(String(decoding: word, as: UTF8.self).uppercased())
    }

    private static let properties = Set(
        Extension.all.flatMap(\.parameters) + [
            "SMTP.MAILFROM", "SMTP.HELO", "SMTP.RCPTTO", "SMTP.REMOTE-IP", "HEADER.FROM", "HEADER.D", "HEADER.I",
            "HEADER.S",
            "I", "D", "S", "FROM", "TO", "SENDER", "ENVELOPE-FROM", "ENVELOPE-TO", "IDENTITY", "HELO", "EMAIL", "ADDR",
        ]
    )

    static func isLetter(_ octet: UInt8) -> Bool { (0x41...0x5A).contains(octet & 0xDF) }
    private static func isSmall(_ octet: UInt8) -> Bool { (0x61...0x7A).contains(octet) }
    static func isDigit(_ octet: UInt8) -> Bool { (0x30...0x39).contains(octet) }

    static func isOfDomain(_ octet: UInt8) -> Bool {
        isLetter(octet) || isDigit(octet) || octet >= 0x80 || [0x2D, 0x2E, 0x5F].contains(octet)
    }

    private static func isOfWord(_ octet: UInt8) -> Bool { isOfDomain(octet) || octet == UInt8(ascii: ":") }

    /// Atoms and dots (RFC 5322 §3.2.3).
    private static func isOfLocalPart(_ octet: UInt8) -> Bool {
        isOfDomain(octet) || "!#$%&'*+/=?^`{|}~".utf8.contains(octet)
    }
}

extension ArraySlice<UInt8> {
    /// Where the first of these octets end, whatever their capitals.
    fileprivate func firstEnd(of mark: [UInt8]) -> Int? {
        guard count >= mark.count, !mark.isEmpty else { return nil }
        for start in startIndex...(endIndex - mark.count)
        where self[start..<start + mark.count].equalsIgnoringCase(mark) {
            return start + mark.count
        }
        return nil
    }
}
