import SMTP

/// A reply that a text quotes: a code, an enhanced status code, or both, and the words behind them.
///
/// A number is taken for a reply code where it stands as a word, a blank or a hyphen follows, and it says no, or an enhanced
/// status code stands behind it. It does not know who quotes: sizes, ports and times are told apart by what surrounds them.
struct ReplyInText: Equatable {
    var code: UInt16?
    /// As `5.1.1`.
    var status: String?
    /// Behind the codes.
    var text: String

    /// The whole quotation, as `550 5.1.1 No such user`.
    var quotation: String {
        [code.map(String.init), status, text].compactMap(\.self).filter { !$0.isEmpty }.joined(separator: " ")
    }

    /// Whether the server hangs up of its own accord and says so with the code that answers QUIT, as Postfix does behind GET and POST:
    /// `221 2.7.0 Error: I can break rules, too. Goodbye.`
    var hangsUp: Bool { code == 221 && (status?.hasPrefix("2.7.") == true || text.hasPrefix("Error")) }

    /// The first reply in a text, up to its end.
    static func first(in text: some StringProtocol) -> ReplyInText? { all(in: text).first }

    /// A reply that a text begins with, also one that says yes.
    static func opening(_ text: some StringProtocol) -> ReplyInText? {
        reply(Array(text.trimmed.utf8)[...], allowsYes: true)
    }

    /// Every place where a reply begins, each with the text to its end.
    static func all(in text: some StringProtocol) -> [ReplyInText] {
        let octets = Array(text.utf8)
        return octets.indices.compactMap { at -> ReplyInText? in
            guard (0x32...0x35).contains(octets[at]), at == 0 || beginsWord(behind: octets[at - 1]),
                let found = reply(octets[at...], allowsYes: false)
            else { return nil }
            if found.status == nil, isPort(octets[..<at]) { return nil }
            return found.status != nil || isQuoted(octets[..<at], isBare: found.text.isEmpty) ? found : nil
        }
    }

    /// Whether what stands in front quotes a reply. Without an enhanced status code a number might be anything: the house in
    /// `450 Main Street`.
    /// One without any words behind it has to be called so: `RCPT failed: 550`.
    private static func isQuoted(_ before: ArraySlice<UInt8>, isBare: Bool) -> Bool {
        guard let last = before.last(where: { $0 != 32 }) else { return !isBare }
        if !isBare, ":\"'`(<[>=;,{".utf8.contains(last) { return true }
        let word = before.split(separator: 32).last?.lossyText.lowercased() ?? ""
        return quoting.contains(isBare && word.hasSuffix(":") ? String(word.dropLast()) : word)
    }

    /// Whether a number is a port: a colon without a blank behind the name or the address of a host, as in
    /// `ssl://smtp.provider.example:465`. Behind a word it may be a reply, `said:550`.
    private static func isPort(_ before: ArraySlice<UInt8>) -> Bool {
        guard before.last == UInt8(ascii: ":") else { return false }
        let host = before.dropLast().reversed().prefix { !" \"'`(<,;=".utf8.contains($0) }
        // The full stop behind a sentence is no part of a name.
        return host.first == UInt8(ascii: "]") || host.starts(with: "tsohlacol".utf8)
            || host.dropFirst().contains(UInt8(ascii: ".")) || host.contains(UInt8(ascii: "/"))
    }

    private static let quoting: Set = [
        "error", "code", "said", "reply", "response", "returned", "smtp", "status", "with", "failed", "denied",
        "fehler",
        "erreur",
    ]

    /// An enhanced status code that stands alone in a text.
    static func status(in text: some StringProtocol) -> ReplyInText? {
        let octets = Array(text.utf8)
        for at in octets.indices where at == 0 || beginsWord(behind: octets[at - 1]) {
            guard let (status, end) = status(octets[at...]), status.first != "2" else { continue }
            let words = octets[..<at].split { $0 == 32 || $0 == UInt8(ascii: "(") }
            // The number of a version looks alike.
            if let before = words.last, names.contains(before.lossyText.lowercased()) { continue }
            return ReplyInText(code: nil, status: status, text: octets[end...].lossyText.trimmedReply)
        }
        return nil
    }

    /// Whether what stands in front of a status quotes it.
    static func isQuoted(_ status: String, in text: some StringProtocol) -> Bool {
        let octets = Array(text.utf8)
        return octets.firstRange(of: Array(status.utf8)).map { isQuoted(octets[..<$0.lowerBound], isBare: false) }
            ?? false
    }

    private static let names: Set = [
        "version", "exim", "postfix", "sendmail", "v", "release", "esmtp", "phpmailer", "python", "mysql", "php",
        "linux", "kernel", "server", "perl", "ruby", "node", "wordpress",
    ]
    /// What a number in front of it counts.
    private static let units: Set = [
        "bytes", "octets", "byte", "ms", "msec", "seconds", "sec", "messages", "recipients", "lines", "bits", "kb",
        "mb", "of",
    ]

    /// A word that begins with a digit begins here, behind a blank or a mark.
    private static func beginsWord(behind octet: UInt8) -> Bool { " \"'`(<>[{:;,=#|~".utf8.contains(octet) }

    /// Whether a word has the form of an enhanced status code (RFC 3463 §2).
    static func isStatus(_ word: Substring) -> Bool { status(Array(word.utf8)[...]).map { $0.0 == word } ?? false }

    private static func reply(_ octets: ArraySlice<UInt8>, allowsYes: Bool) -> ReplyInText? {
        let digits = octets.prefix { (0x30...0x39).contains($0) }
        guard digits.count == 3, let code = UInt16(digits.lossyText), (200...599).contains(code), code / 10 % 10 <= 7
        else { return nil }
        var rest = octets.dropFirst(3)
        guard let separator = rest.first else { return ReplyInText(code: code, status: nil, text: "") }
        // lettre puts the code into brackets: `permanent error (550): 5.1.1 …`.
        if rest.starts(with: "):".utf8) {
            rest = rest.dropFirst()
        } else {
            guard separator == 32 || separator == UInt8(ascii: "-") else { return nil }
        }
        rest = rest.dropFirst().drop { $0 == 32 || $0 == UInt8(ascii: "#") || $0 == UInt8(ascii: "-") }
        var found = ReplyInText(code: code, status: nil, text: "")
        if let (status, end) = status(rest) {
            found.status = status
            rest = rest[end...].drop { $0 == 32 || $0 == UInt8(ascii: ":") }
        }
        found.text = rest.lossyText.trimmedReply
        let word = found.text.split(separator: " ").first.map { $0.lowercased() } ?? ""
        guard !units.contains(word) else { return nil }
        guard allowsYes || found.status != nil || code >= 400 else { return nil }
        if found.status == nil { found.status = bracketed(in: rest) }
        return found
    }

    /// `5.1.1` at the beginning, and where it ends; an address of four numbers is none.
    private static func status(_ octets: ArraySlice<UInt8>) -> (String, Int)? {
        let word = octets.prefix { (0x30...0x39).contains($0) || $0 == UInt8(ascii: ".") }
        // A full stop may follow it.
        let plain = word.last == UInt8(ascii: ".") ? word.dropLast() : word
        let parts = plain.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 3, [0x32, 0x34, 0x35].contains(parts[0].first), parts[0].count == 1,
            parts.allSatisfy({ (1...3).contains($0.count) }), (parts[1].first ?? 0) <= 0x39, parts[1].count == 1
        else { return nil }
        let next = octets[plain.endIndex...].first
        guard next.map({ !isLetter($0) && $0 != UInt8(ascii: "-") && $0 != UInt8(ascii: "/") }) ?? true else {
            return nil
        }
        return (plain.lossyText, plain.endIndex)
    }

    private static func isLetter(_ octet: UInt8) -> Bool {
        (0x41...0x5A).contains(octet) || (0x61...0x7A).contains(octet) || octet == UInt8(ascii: "_")
    }

    /// The way of qmail: `sorry, no mailbox here by that name. (#5.1.1)`.
    private static func bracketed(in octets: ArraySlice<UInt8>) -> String? {
        guard let mark = octets.firstRange(of: Array("#".utf8)) else { return nil }
        return status(octets[mark.upperBound...])?.0
    }
}

extension StringProtocol {
    /// The text of a reply without what quotes it: marks, escapes of line ends, commas.
    fileprivate var trimmedReply: String {
        var text = Substring(self)
        for ending in ["\\x0D", "\\r\\n", "\\n"] { text = text.before(ending) }
        text = text.trimmed
        while let last = text.last, "\"'`,".contains(last) || last == ">" && !text.contains("<") {
            text = text.dropLast()
        }
        return String(text.trimmed)
    }
}

extension Sequence<UInt8> {
    var lossyText: String { String(decoding: Array(self), as: UTF8.self) }
}
