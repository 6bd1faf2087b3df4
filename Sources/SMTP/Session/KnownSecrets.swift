import Notation

/// Credentials that a session has shown so far, to be found wherever they stand again: a server that repeats what it did not
/// understand, a program that notes what it sends.
///
/// It decides from the octets alone, as they were sent and as they are behind Base64. Only whole words are found, so that a
/// short password hides no other word. Wrong input: none. What is ignored: credentials of fewer than four octets, and more of
/// them than it keeps.
struct KnownSecrets: Sendable {
    /// The most secrets that are kept.
    static let maxCount = 48
    private static let minLength = 4
    private static let maxLength = 4_096
    /// How much of a secret a line must begin with where it breaks off.
    private static let minPart = 8

    private var secrets: [[UInt8]] = []
    /// The first octets of each, so that other words cost one look.
    private var beginnings: Set<UInt32> = []

    var isEmpty: Bool { secrets.isEmpty }

    // MARK: Learning

    /// Learns what the client sent as a credential. `isName`: it is the name of a user and no secret once it is decoded.
    mutating func learn(_ credential: ArraySlice<UInt8>, isName: Bool = false) {
        let words = credential.split(whereSeparator: \.isWhiteSpace)
        if let first = words.first, let last = words.last { keep(credential[first.startIndex..<last.endIndex]) }
        for word in words where words.count == 1 || CredentialsInText.isTellingBase64(word) {
            keep(word)
            if !isName, let decoded = Self.decoded(word) { learn(decoded: decoded) }
        }
        if words.count > 1, let last = words.last { keep(last) }
    }

    /// Learns from text: only words that are not ordinary ones.
    mutating func learn(inText credential: ArraySlice<UInt8>) {
        for word in credential.split(whereSeparator: { $0.isWhiteSpace || "\"'`,;()<>[]{}|".utf8.contains($0) }) {
            let isPlain = word.dropFirst().allSatisfy { (0x61...0x7A).contains($0) || !$0.isOfWord }
            if !isPlain, word.count >= Self.minLength + 2 { learn(word) }
        }
    }

    /// PLAIN has the password behind the last NUL (RFC 4616 §2); other responses that have several words end in the secret.
    private mutating func learn(decoded: [UInt8]) {
        if let nul = decoded.lastIndex(of: 0) { return keep(decoded[(nul + 1)...]) }
        let isText = String(validating: decoded, as: UTF8.self) != nil
        guard isText else { return }
        keep(decoded[...])
        let words = decoded.split { $0 <= 32 }
        if words.count > 1, let last = words.last, last.count >= 10 { keep(last) }
    }

    private mutating func keep(_ secret: ArraySlice<UInt8>) {
        // Padding is often left out.
        let secret = secret.prefix(secret.count - secret.reversed().prefix { $0 == UInt8(ascii: "=") }.count)
        guard (Self.minLength...Self.maxLength).contains(secret.count), secrets.count < Self.maxCount,
            !secret.allSatisfy({ $0 == UInt8(ascii: "*") }), Verb(reading: secret) == nil,
            Mechanism(named: secret) == nil, !secrets.contains(where: { secret.elementsEqual($0) })
        else { return }
        secrets.append(Array(secret))
        beginnings.insert(Self.beginning(of: secret))
    }

    /// What Base64 says, with its padding or without; nil where it is none.
    static func decoded(_ word: ArraySlice<UInt8>) -> [UInt8]? {
        guard word.isBase64Word else { return nil }
        let bare = word.prefix { $0 != UInt8(ascii: "=") }
        return Base64.decode(bare + Array(repeating: UInt8(ascii: "="), count: (4 - bare.count % 4) % 4))
    }

    /// Whether a word of Base64 is a response of PLAIN: text, NUL, user, NUL, password (RFC 4616 §2).
    static func isPlainResponse(_ word: ArraySlice<UInt8>) -> Bool {
        // Six octets are the least that has a user and a password.
        guard word.count >= 8, let decoded = decoded(word), String(validating: decoded, as: UTF8.self) != nil else {
            return false
        }
        let parts = decoded.split(separator: 0, omittingEmptySubsequences: false)
        return parts.count == 3 && !parts[1].isEmpty && !parts[2].isEmpty && !decoded.contains { 1..<32 ~= $0 }
    }

    // MARK: Finding

    /// Where secrets stand in a line. `isWhole` false: more of the line may come, so that what a secret begins with counts.
    func places(in line: ArraySlice<UInt8>, isWhole: Bool = true) -> [Range<Int>] {
        guard !isEmpty else { return [] }
        var found: [Range<Int>] = []
        var at = line.startIndex
        while at < line.endIndex {
            if let end = end(of: line, from: at, isWhole) {
                found.append(at..<end)
                at = end
            } else {
                at += 1
            }
        }
        return found
    }

    private func end(of line: ArraySlice<UInt8>, from start: Int, _ isWhole: Bool) -> Int? {
        let rest = line[start...]
        let mayBeCut = !isWhole && rest.count < Self.maxLength
        guard rest.count >= Self.minLength ? beginnings.contains(Self.beginning(of: rest)) : mayBeCut else {
            return nil
        }
        guard Self.beginsWord(line, start) else { return nil }
        return secrets.compactMap { secret -> Int? in
            let common = zip(secret, rest).prefix { $0 == $1 }.count
            let end = start + common
            if common == secret.count { return Self.endsWord(line, end) ? Self.padded(line, end) : nil }
            if end == line.endIndex, mayBeCut, common >= 3 { return end }
            return common >= Self.minPart && Self.endsWord(line, end) ? end : nil
        }.max()
    }

    private static func beginning(of octets: some Collection<UInt8>) -> UInt32 {
        octets.prefix(minLength).reduce(0) { $0 << 8 | UInt32($1) }
    }

    private static func padded(_ line: ArraySlice<UInt8>, _ end: Int) -> Int {
        line[end...].firstIndex { $0 != UInt8(ascii: "=") } ?? line.endIndex
    }

    private static func endsWord(_ line: ArraySlice<UInt8>, _ end: Int) -> Bool {
        guard end < line.endIndex, end > line.startIndex else { return true }
        return !line[end].isOfWord || !line[end - 1].isOfWord
    }

    /// Whether no word goes on at `start`; an escaped octet such as `\000` belongs to no word.
    private static func beginsWord(_ line: ArraySlice<UInt8>, _ start: Int) -> Bool {
        guard start > line.startIndex, line[start].isOfWord, line[start - 1].isOfWord else { return true }
        let before = line[..<start].suffix(4)
        guard let sign = before.lastIndex(of: UInt8(ascii: "\\")) else { return false }
        let escape = before[(sign + 1)...]
        return escape.allSatisfy { (0x30...0x37).contains($0) }
            || escape.first == UInt8(ascii: "x") && escape.count == 3
            || escape.count == 1
    }
}

extension SessionReader {
    /// For another connection of the same session, in which secrets of the one before may be said again.
    public init(behind earlier: SessionReader) {
        self.init()
        known = earlier.known
    }
}

/// Secrets that a dump shows in hexadecimal.
extension KnownSecrets {
    /// Where a dump shows some of a secret: from there to the end of the line, since the letters often stand behind.
    func placeInDump(of line: ArraySlice<UInt8>) -> Range<Int>? {
        guard !isEmpty else { return nil }
        let row = DumpRow.runs(in: line).first { row in
            shows(row.octets) || row.turned.map { shows($0.octets) } == true
        }
        return row?.starts.first.map { $0..<line.endIndex }
    }

    private func shows(_ run: [UInt8]) -> Bool {
        guard run.count >= Self.minLength else { return false }
        let length = 6
        return secrets.contains { secret in
            let part = min(length, secret.count)
            guard run.count >= part else { return false }
            return (0...(secret.count - part)).contains { run.holds(secret[$0..<$0 + part]) }
        }
    }
}

extension UInt8 {
    fileprivate var isOfWord: Bool { isLetDig || self >= 0x80 }
}

extension Array<UInt8> {
    fileprivate func holds(_ part: ArraySlice<UInt8>) -> Bool {
        guard count >= part.count else { return false }
        return (0...(count - part.count)).contains { self[$0..<$0 + part.count].elementsEqual(part) }
    }
}
