import SMTP
import Tracing

/// What a line looks like by itself, whatever mark stood before it: a reply code tells the truth, and so does a verb in its place.
enum LineShape: Equatable {
    case reply(code: Int, continues: Bool)
    case command(Verb)
    case dot
    case blank
    /// Anything else: text of a mail, a word of Base64, a remark.
    case other

    init(_ line: ArraySlice<UInt8>) {
        let text = line.drop(while: \.isBlank)
        guard let first = text.first else {
            self = .blank
            return
        }
        if first == UInt8(ascii: "."), text.dropFirst().allSatisfy(\.isBlank) {
            self = .dot
        } else if let reply = Self.reply(text) {
            self = reply
        } else if let verb = Self.verb(text) {
            self = .command(verb)
        } else {
            self = .other
        }
    }

    /// Three digits from 200 to 599, then a space, a hyphen or nothing (RFC 5321 §4.2).
    private static func reply(_ text: ArraySlice<UInt8>) -> LineShape? {
        guard text.count >= 3, (0x32...0x35).contains(text[text.startIndex]) else { return nil }
        var number = 0
        for octet in text.prefix(3) {
            guard (0x30...0x39).contains(octet) else { return nil }
            number = number * 10 + Int(octet) - 0x30
        }
        let next = text.dropFirst(3).first
        guard next == nil || next == 32 || next == UInt8(ascii: "-") || next == 9 else { return nil }
        // A number alone that is a port of mail, as programs print where they connect to.
        if [465, 587].contains(number), text.dropFirst(3).allSatisfy(\.isBlank) { return nil }
        return .reply(code: number, continues: next == UInt8(ascii: "-"))
    }

    /// A verb with an argument that could be its own, so that a sentence which begins with "help" or "data" is none.
    private static func verb(_ text: ArraySlice<UInt8>) -> Verb? {
        // Most lines begin with no letter: they need no look at the table of verbs.
        guard let first = text.first, (0x41...0x5A).contains(first & 0xDF) else { return nil }
        let word = text.prefix { !$0.isBlank }
        // `MAIL FROM:` without its space, and what else is written against the verb, is for the loose reading.
        guard word.count <= 8, let verb = Verb(reading: word) else { return nil }
        let words = text.dropFirst(word.count).split(whereSeparator: \.isBlank)
        // `send smtp HELO command`.
        if let last = words.last, last.equalsIgnoringCase("command".utf8) { return nil }
        let argument = words.first.map { $0.map(\.uppercased) } ?? []
        let isUpper = word.allSatisfy { !(0x61...0x7A).contains($0) }
        switch verb {
        case .mail: return argument.starts(with: "FROM".utf8) ? verb : nil
        case .send, .soml, .saml: return argument.starts(with: "FROM:".utf8) ? verb : nil
        case .rcpt: return argument.starts(with: "TO".utf8) ? verb : nil
        case .helo, .ehlo, .lhlo: return words.count <= 1 || isUpper && words.count <= 3 ? verb : nil
        case .data, .quit, .rset, .startTLS, .turn: return words.isEmpty ? verb : nil
        case .bdat: return argument.first.map { (0x30...0x39).contains($0) } == true ? verb : nil
        case .auth:
            guard (1...2).contains(words.count) else { return nil }
            return isUpper || words[0].elementsEqual(argument) || isLogin(words) ? verb : nil
        case .noop, .help: return words.isEmpty || isUpper && words.count <= 3 ? verb : nil
        case .vrfy, .expn, .etrn, .atrn: return (1...3).contains(words.count) || isUpper ? verb : nil
        case .xclient, .xforward: return argument.contains(UInt8(ascii: "=")) ? verb : nil
        }
    }

    /// Whether words behind `auth`, in whichever case (RFC 5321 §2.4), are a mechanism and what can be its response: a sentence
    /// as "auth login failed" goes on with a word of letters.
    private static func isLogin(_ words: [ArraySlice<UInt8>]) -> Bool {
        guard Mechanism(named: words[0]) != nil else { return false }
        guard words.count > 1 else { return true }
        return CredentialsInText.isTellingBase64(words[1]) || !words[1].allSatisfy(\.isLetterOrDigit)
    }

    /// Whether a line is what a proxy says ahead of a session: it is the client's, and no command.
    static func isProxyHeader(_ line: ArraySlice<UInt8>) -> Bool {
        let text = line.trimmed
        guard text.starts(with: "PROXY ".utf8), case .header = ProxyHeader.read(text + [13, 10]) else { return false }
        return true
    }

    /// Whether it says for sure which side spoke.
    var side: Side? {
        switch self {
        case .reply: .server
        case .command: .client
        case .dot, .blank, .other: nil
        }
    }
}

extension UInt8 {
    /// Space or tab.
    var isBlank: Bool { self == 32 || self == 9 }
}

extension ArraySlice<UInt8> {
    /// Without spaces and tabs around it.
    var trimmed: ArraySlice<UInt8> {
        let start = drop(while: \.isBlank)
        return start.dropLast(start.reversed().prefix(while: \.isBlank).count)
    }

    /// What follows a prefix; nil when it does not begin so. Every line of a log is asked for many.
    func after(_ prefix: StaticString) -> ArraySlice<UInt8>? {
        let length = prefix.utf8CodeUnitCount
        guard count >= length else { return nil }
        for index in 0..<length where self[startIndex + index] != prefix.utf8Start[index] { return nil }
        return dropFirst(length)
    }

    func after(mark: String) -> ArraySlice<UInt8>? {
        starts(with: mark.utf8) ? dropFirst(mark.utf8.count) : nil
    }

    var text: String { String(decoding: self, as: UTF8.self) }

    /// Where these octets stand first; nil where they do not. Every line of a log is searched for some: Foundation's own search knows
    /// nothing of the type and takes a hundred times as long.
    func firstRange(of sought: [UInt8]) -> Range<Int>? {
        guard let first = sought.first, count >= sought.count else { return nil }
        return withUnsafeBufferPointer { octets in
            sought.withUnsafeBufferPointer { sought in
                for at in 0...(octets.count - sought.count) where octets[at] == first {
                    var length = 1
                    while length < sought.count, octets[at + length] == sought[length] { length += 1 }
                    if length == sought.count { return startIndex + at..<startIndex + at + length }
                }
                return nil
            }
        }
    }
}
