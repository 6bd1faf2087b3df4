import Notation

/// What tells of somebody by its form alone, wherever it stands in the words of a server: where a link leads, the number of a telephone,
/// the name of a company.
extension AnonymousText {
    // MARK: Links

    /// What stands behind the host of a URL (RFC 3986 §3.3, §3.4): a path of words and values, each of which may be of somebody. The
    /// pages on which a provider explains its replies are public, and only what is asked of them is not.
    mutating func replaceLinks(_ names: inout Pseudonyms) {
        let sign = Array("://".utf8)
        for start in text.indices where text[start] == sign[0] && text[start...].starts(with: sign) {
            let host = text[(start + 3)...].prefix { Self.isOfDomain($0) }
            let behind = text[host.endIndex...].prefix { $0 == UInt8(ascii: ":") || Self.isDigit($0) }.endIndex
            guard start > 0, Self.isLetter(text[start - 1]), !host.isEmpty, behind < text.count,
                [0x2F, 0x3F, 0x23].contains(text[behind])
            else { continue }
            let link = text[behind...].prefix { $0 > 0x20 && !"<>\"'\\".utf8.contains($0) }
            let isPublic = PublicNames.isPublicHost(host)
            let question = link.firstIndex { $0 == UInt8(ascii: "?") || $0 == UInt8(ascii: "#") } ?? link.endIndex
            replaceParts(of: isPublic ? question..<link.endIndex : behind..<link.endIndex, &names)
        }
    }

    private mutating func replaceParts(of link: Range<Int>, _ names: inout Pseudonyms) {
        var index = link.lowerBound
        while index < link.upperBound {
            let part = text[index..<link.upperBound].prefix { Self.isOfDomain($0) || $0 == 0x7E || $0 == 0x2B }
            defer { index = max(part.endIndex, index + 1) }
            guard !part.isEmpty, !isDone[part.indices].contains(true) else { continue }
            // The name of a value says nothing, and neither do two digits of an octet.
            let isName = part.endIndex < link.upperBound && text[part.endIndex] == UInt8(ascii: "=")
            let isEscape = index > link.lowerBound && text[index - 1] == UInt8(ascii: "%")
            let range = part.startIndex + (isEscape ? min(2, part.count) : 0)..<part.endIndex
            if IPv4Text.octets(text[range]) != nil {
                put(names.ipv4(text[range]), range)
            } else if isName {
                put(Array(text[range]), range)
            } else {
                replaceWords(ofPart: range, &names)
            }
        }
    }

    private mutating func replaceWords(ofPart range: Range<Int>, _ names: inout Pseudonyms) {
        if Self.isDomain(text[range]), !Self.isFile(text[range]) { return put(names.domain(text[range]), range) }
        for word in text[range].split(whereSeparator: { ".~+".utf8.contains($0) }) {
            let folded = word.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
            let isPlain = word.count < 3 || PlainWords.contains(folded) || Self.fileEndings.contains(folded)
            put(isPlain ? Array(word) : names.known(word) ?? names.identifier(word), word.indices)
        }
    }

    private static let fileEndings: Set<[UInt8]> = Set(
        ["html", "htm", "php", "asp", "aspx", "cgi", "jsp"].map { Array($0.utf8) }
    )

    private static func isFile(_ word: ArraySlice<UInt8>) -> Bool {
        let labels = word.split(separator: UInt8(ascii: "."))
        return labels.count == 2 && labels.last.map { fileEndings.contains(Array($0)) } ?? false
    }

    // MARK: Telephones

    /// Digits in groups: behind a `+` (ITU-T E.123), as North America writes them, with a zero before the area, or behind a word that
    /// says what they are. Dates, versions and codes are none of these.
    mutating func replaceTelephones(_ names: inout Pseudonyms) {
        // A reply code is no number to call.
        let isReply = text.count > 4 && text[..<3].allSatisfy(Self.isDigit) && [0x20, 0x2D].contains(text[3])
        var index = isReply ? 4 : 0
        while index < text.count {
            guard mayBegin(at: index) else {
                index += 1
                continue
            }
            let number = number(from: index)
            if isTelephone(number) {
                put(names.identifier(text[number]), number)
                index = number.upperBound
            } else {
                // Digits in front of others may be something else.
                index += text[index...].prefix { Self.isDigit($0) }.count + (Self.isDigit(text[index]) ? 0 : 1)
            }
        }
    }

    /// A `+`, digits or an opening parenthesis before digits, not in the middle of something.
    private func mayBegin(at index: Int) -> Bool {
        guard !isDone[index], index == 0 || !isOfNumber(text[index - 1]) else { return false }
        if Self.isDigit(text[index]) { return true }
        return "+(".utf8.contains(text[index]) && index + 1 < text.count && Self.isDigit(text[index + 1])
    }

    private func isOfNumber(_ octet: UInt8) -> Bool {
        Self.isOfDomain(octet) || ":/=+".utf8.contains(octet)
    }

    /// Digits and what may part them, up to the last digit.
    private func number(from start: Int) -> Range<Int> {
        var (end, last) = (start, start)
        while end < text.count, end - start < 40, !isDone[end] {
            if Self.isDigit(text[end]) {
                last = end + 1
            } else if !" -./()".utf8.contains(text[end]) && end > start || end - last > 2 {
                break
            }
            end += 1
        }
        return start..<last
    }

    private func isTelephone(_ range: Range<Int>) -> Bool {
        let groups = text[range].split { !Self.isDigit($0) }
        let count = groups.reduce(0) { $0 + $1.count }
        guard let first = groups.first, (5...15).contains(count),
            range.upperBound == text.count || !isOfNumber(text[range.upperBound]) || text[range.upperBound] == 0x2E
        else {
            return false
        }
        if text[range.lowerBound] == UInt8(ascii: "+") {
            // A zone stands behind a time.
            let isZone = first.count == 4 && text[..<range.lowerBound].suffix(4).contains(UInt8(ascii: ":"))
            return count >= 8 && first.first != UInt8(ascii: "0") && !isZone
        }
        if isCalledTelephone(range.lowerBound) { return true }
        let sizes = groups.map(\.count)
        let hasYear = groups.contains { $0.count == 4 && ($0.starts(with: "19".utf8) || $0.starts(with: "20".utf8)) }
        if sizes == [3, 3, 4] || sizes == [1, 3, 3, 4] && first.first == UInt8(ascii: "1") { return true }
        return first.first == UInt8(ascii: "0") && (2...5).contains(first.count) && (2...5).contains(sizes.count)
            && count >= 8
            && !hasYear && !text[range].contains(UInt8(ascii: "."))
    }

    private func isCalledTelephone(_ start: Int) -> Bool {
        let before = text[..<start].suffix(16).map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
        let word = before.reversed().drop { " .:".utf8.contains($0) }.prefix { Self.isLetter($0) }.reversed()
        return ["tel", "telephone", "phone", "telefon", "fax", "call", "dial", "hotline", "mobile"].contains {
            word.elementsEqual($0.utf8)
        }
    }

    // MARK: Companies

    /// Words with capitals before `Ltd` or the like, and words one behind the other that are the name of a domain together.
    mutating func replaceCompanies(_ names: inout Pseudonyms) {
        let words = text.split(whereSeparator: { !(Self.isLetter($0) || Self.isDigit($0) || $0 >= 0x80) })
            .filter { !isDone[$0.indices].contains(true) && !$0.allSatisfy(Self.isDigit) }
        guard words.count > 1 else { return }
        for (index, word) in words.enumerated() {
            if Self.companyForms.contains(String(decoding: word, as: UTF8.self)) {
                replaceCompany(words[..<index], until: word.startIndex, &names)
            }
            for count in 2...3 where index + count <= words.count {
                let together = words[index..<index + count]
                guard zip(together, together.dropFirst()).allSatisfy({ isBlank($0.endIndex..<$1.startIndex) }),
                    names.known(together.joined()) != nil
                else { continue }
                for part in together where !Self.isPlain(part) { put(names.label(part), part.indices) }
            }
        }
    }

    private mutating func replaceCompany(
        _ words: ArraySlice<ArraySlice<UInt8>>,
        until end: Int,
        _ names: inout Pseudonyms
    ) {
        var end = end
        for word in words.suffix(3).reversed() {
            guard let first = word.first, (0x41...0x5A).contains(first), word.count > 2, !Self.isPlain(word),
                isGap(word.endIndex..<end)
            else { return }
            put(names.label(word), word.indices)
            end = word.startIndex
        }
    }

    private func isGap(_ range: Range<Int>) -> Bool {
        (1...3).contains(range.count) && text[range].allSatisfy { " ,-&".utf8.contains($0) }
    }

    /// Words with a hyphen between them are one word, and known as one.
    private func isBlank(_ range: Range<Int>) -> Bool { isGap(range) && text[range].contains(0x20) }

    private static func isPlain(_ word: ArraySlice<UInt8>) -> Bool {
        PlainWords.contains(word.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 })
    }

    private static let companyForms: Set<String> = [
        "Inc", "Ltd", "LLC", "GmbH", "AG", "Corp", "Corporation", "Limited", "BV", "Oy", "PLC", "Pty", "SARL", "SRL",
    ]
}
