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

    /// Every line of a text is asked several times, so nothing is allocated but for AUTH.
    init(_ line: ArraySlice<UInt8>) {
        let start = line.withUnsafeBufferPointer(Self.indent)
        guard start < line.count else {
            self = .blank
            return
        }
        if let reply = Self.reply(line) {
            self = reply
            return
        }
        let text = line[(line.startIndex + start)...]
        if text.withUnsafeBufferPointer({ $0[0] == UInt8(ascii: ".") && $0.dropFirst().allSatisfy { $0.isBlank } }) {
            self = .dot
        } else if let verb = Self.verb(text) {
            self = .command(verb)
        } else {
            self = .other
        }
    }

    /// How many blanks a line begins with.
    private static func indent(_ line: UnsafeBufferPointer<UInt8>) -> Int {
        var start = 0
        while start < line.count, line[start].isBlank { start += 1 }
        return start
    }

    /// The code of a line that looks like one of a reply; nil for any other.
    static func code(of line: ArraySlice<UInt8>) -> Int? {
        guard case .reply(let code, _) = reply(line) else { return nil }
        return code
    }

    /// Three digits from 200 to 599, then a space, a hyphen or nothing (RFC 5321 §4.2).
    private static func reply(_ line: ArraySlice<UInt8>) -> LineShape? {
        line.withUnsafeBufferPointer { line in
            let text = UnsafeBufferPointer(rebasing: line[indent(line)...])
            guard text.count >= 3, (0x32...0x35).contains(text[0]) else { return nil }
            var number = 0
            for octet in text[..<3] {
                guard (0x30...0x39).contains(octet) else { return nil }
                number = number * 10 + Int(octet) - 0x30
            }
            let next = text.count > 3 ? text[3] : nil
            guard next == nil || next == 32 || next == UInt8(ascii: "-") || next == 9 else { return nil }
            // A number alone that is a port of mail, as programs print where they connect to.
            if number == 465 || number == 587, text[3...].allSatisfy({ $0.isBlank }) { return nil }
            return .reply(code: number, continues: next == UInt8(ascii: "-"))
        }
    }

    /// The words of a line behind its first one, as places in the line.
    private struct Words {
        var count = 0
        var first = 0..<0
        var last = 0..<0

        init(_ line: UnsafeBufferPointer<UInt8>, from start: Int) {
            var at = start
            while true {
                while at < line.count, line[at].isBlank { at += 1 }
                guard at < line.count else { return }
                let start = at
                while at < line.count, !line[at].isBlank { at += 1 }
                last = start..<at
                if count == 0 { first = last }
                count += 1
            }
        }
    }

    /// Whether octets begin with these, which have no letter in lower case, in whichever case.
    private static func begins(_ octets: Slice<UnsafeBufferPointer<UInt8>>, _ start: StaticString) -> Bool {
        guard octets.count >= start.utf8CodeUnitCount else { return false }
        for at in 0..<start.utf8CodeUnitCount {
            guard octets[octets.startIndex + at].uppercased == start.utf8Start[at] else { return false }
        }
        return true
    }

    /// A verb with an argument that could be its own, so that a sentence which begins with "help" or "data" is none.
    private static func verb(_ text: ArraySlice<UInt8>) -> Verb? {
        // Most lines begin with no letter: they need no look at the table of verbs.
        guard let first = text.first, (0x41...0x5A).contains(first & 0xDF) else { return nil }
        let length = text.withUnsafeBufferPointer { text in text.firstIndex { $0.isBlank } ?? text.count }
        // `MAIL FROM:` without its space, and what else is written against the verb, is for the loose reading.
        guard length <= 8, let verb = Verb(reading: text.prefix(length)) else { return nil }
        let isIts = text.withUnsafeBufferPointer { isArgument(of: verb, $0, behind: length) }
        guard let isIts else { return isLogin(text, behind: length) ? verb : nil }
        return isIts ? verb : nil
    }

    /// Whether what stands behind a verb could be its argument; nil where that asks for the words of AUTH.
    private static func isArgument(of verb: Verb, _ line: UnsafeBufferPointer<UInt8>, behind length: Int) -> Bool? {
        let words = Words(line, from: length)
        // `send smtp HELO command`.
        if words.last.count == 7, begins(line[words.last], "COMMAND") { return false }
        let argument = line[words.first]
        let isUpper = line[..<length].allSatisfy { !(0x61...0x7A).contains($0) }
        switch verb {
        case .mail: return begins(argument, "FROM")
        case .send, .soml, .saml: return begins(argument, "FROM:")
        case .rcpt: return begins(argument, "TO")
        case .helo, .ehlo, .lhlo: return words.count <= 1 || isUpper && words.count <= 3
        case .data, .quit, .rset, .startTLS, .turn: return words.count == 0
        case .bdat: return argument.first.map { (0x30...0x39).contains($0) } == true
        case .auth:
            guard (1...2).contains(words.count) else { return false }
            return isUpper || argument.allSatisfy { $0.uppercased == $0 } ? true : nil
        case .noop, .help: return words.count == 0 || isUpper && words.count <= 3
        case .vrfy, .expn, .etrn, .atrn: return (1...3).contains(words.count) || isUpper
        case .xclient, .xforward: return argument.contains(UInt8(ascii: "="))
        }
    }

    /// Whether words behind `auth`, in whichever case (RFC 5321 §2.4), are a mechanism and what can be its response: a sentence
    /// as "auth login failed" goes on with a word of letters.
    private static func isLogin(_ text: ArraySlice<UInt8>, behind length: Int) -> Bool {
        let words = text.dropFirst(length).split(whereSeparator: \.isBlank)
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
