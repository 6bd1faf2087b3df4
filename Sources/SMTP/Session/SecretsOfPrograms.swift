/// Credentials in text that was not understood, which stand in no exchange of SMTP: what other protocols say, settings, and
/// calls of a program that logs in.
///
/// It decides from a line alone. A word stands for one of a protocol only where a command can begin: at the start of the line,
/// behind marks of one letter, or right behind what a dump shows of a packet's head.
enum SecretsOfPrograms {
    /// The ranges of a line; `words` are its words.
    static func places(in line: [UInt8], _ words: [Range<Int>]) -> [Range<Int>] {
        var found: [Range<Int>] = []
        if let start = commandStart(line, words) { found.append(start..<line.count) }
        // A reply that speaks of passwords tells none: `535 Password: wrong`.
        let isReply = words.contains { isReplyCode(line, $0) }
        return found + values(in: line, isReply: isReply)
    }

    /// The second digit of a code is at most 5 (RFC 5321 §4.2.1), so the ports 465 and 587 are none.
    private static func isReplyCode(_ line: [UInt8], _ word: Range<Int>) -> Bool {
        guard CredentialsInText.replyCode(line[word]).map({ $0 / 10 % 10 <= 5 }) ?? false else { return false }
        // A part of an address, of a time or of a number in some notation is none.
        let isBehindBlank = word.lowerBound == 0 || line[word.lowerBound - 1].isWhiteSpace
        let isBeforeBlank = word.upperBound == line.count || line[word.upperBound].isWhiteSpace
        return isBehindBlank && (isBeforeBlank || line[word].count > 3)
    }

    // MARK: Commands of other protocols

    private static func commandStart(_ line: [UInt8], _ words: [Range<Int>]) -> Int? {
        for at in words.indices.dropLast() {
            if isHeader(line, words[at]) { return words[at + 1].lowerBound }
            if isMistypedAuth(line, words, at) { return words[at + 1].lowerBound }
            guard mayBegin(line, words, at), CredentialsInText.replyCode(line[words[at]]) == nil,
                let start = CredentialForm.start(in: line[words[at].lowerBound...], isWhole: true),
                isLikely(line, words[at], start)
            else { continue }
            return start
        }
        return nil
    }

    private static func isHeader(_ line: [UInt8], _ word: Range<Int>) -> Bool {
        guard word.upperBound < line.count, line[word.upperBound] == UInt8(ascii: ":") else { return false }
        return ["Authorization", "Proxy-Authorization"].contains { line[word].equalsIgnoringCase($0.utf8) }
    }

    /// `AUTH=PLAIN`, and behind it no mechanism, as an offer has, but a word of Base64.
    private static func isMistypedAuth(_ line: [UInt8], _ words: [Range<Int>], _ at: Int) -> Bool {
        CredentialForm.isMistypedAuth(line[words[at]]) && CredentialsInText.isTellingBase64(line[words[at + 1]])
    }

    private static func mayBegin(_ line: [UInt8], _ words: [Range<Int>], _ at: Int) -> Bool {
        if words[..<at].allSatisfy({ $0.count == 1 }) { return true }
        let start = words[at].lowerBound
        return start > 0 && !line[start - 1].isWhiteSpace
    }

    /// Whether what looks like a command is no sentence: in one, "pass" goes on with more than a word, and a tag has no number.
    private static func isLikely(_ line: [UInt8], _ first: Range<Int>, _ start: Int) -> Bool {
        guard first.upperBound < line.count, line[first.upperBound].isWhiteSpace else { return false }
        let arguments = line[start...].split(whereSeparator: \.isWhiteSpace).count
        if line[first].equalsIgnoringCase("PASS".utf8) { return arguments == 1 }
        let isNamed = ["APOP", "AUTHINFO", "AUTHENTICATE"].contains { line[first].equalsIgnoringCase($0.utf8) }
        return isNamed
            || line[first].contains(where: \.isDigit) && line[first].contains(where: \.isAlpha) && arguments <= 2
    }

    // MARK: Values with a name, and calls

    /// In a reply what stands behind a colon is its own words.
    private static func values(in line: [UInt8], isReply: Bool) -> [Range<Int>] {
        var found: [Range<Int>] = []
        for (at, octet) in line.enumerated() where at >= (found.last?.upperBound ?? 0) {
            switch octet {
            case UInt8(ascii: "="), UInt8(ascii: ":"):
                if let password = passwordOfURL(in: line, from: at) {
                    found.append(password)
                } else if let value = value(in: line, behind: at), !isReply || isWritten(line, value, behind: at) {
                    found.append(value)
                }
            case UInt8(ascii: "("):
                if let arguments = arguments(in: line, from: at) { found.append(arguments) }
            case UInt8(ascii: "-"): if let value = optionValue(in: line, at: at) { found.append(value) }
            default: break
            }
        }
        return found
    }

    /// Whether a value stands in quotation marks or behind an equals sign, as none does in a sentence.
    private static func isWritten(_ line: [UInt8], _ value: Range<Int>, behind sign: Int) -> Bool {
        line[sign] == UInt8(ascii: "=") || "\"'".utf8.contains(line[value.lowerBound - 1])
    }

    private static let endings = [
        "password", "passwd", "passphrase", "_pass", "-pass", "passwort", "authpass", "smtppass", "mailpass",
        "access_token", "refresh_token", "client_secret",
    ].map { Array($0.utf8) }

    /// `password = secret`, `"smtp_pass": "secret"`, `Password: secret`.
    private static func value(in line: [UInt8], behind sign: Int) -> Range<Int>? {
        let quotes = Array("\"' \t".utf8)
        let before = line[..<sign].reversed().drop { quotes.contains($0) }
        if isName(before, "auth"), let password = passwordBehindUser(line, sign) { return password }
        guard isSecret(before, isEquals: line[sign] == UInt8(ascii: "=")) else { return nil }
        let start = line[(sign + 1)...].firstIndex { !quotes.contains($0) && $0 != UInt8(ascii: ">") } ?? line.count
        guard start < line.count else { return nil }
        let quote = line[start - 1]
        if quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") {
            return start..<closing(quote, in: line, from: start)
        }
        // A line of settings has one value, which may be of several words.
        let isSetting = isAlone(line[..<sign]) && !line[start...].contains(UInt8(ascii: "="))
        if line[sign] == UInt8(ascii: ":") || isSetting { return start..<line.count }
        return start..<(line[start...].firstIndex { $0.isWhiteSpace || ",;&)".utf8.contains($0) } ?? line.count)
    }

    /// Where a value in quotation marks ends: at the first that no backslash stands before.
    private static func closing(_ quote: UInt8, in line: [UInt8], from start: Int) -> Int {
        var at = start
        while at < line.count, line[at] != quote { at += line[at] == UInt8(ascii: "\\") ? 2 : 1 }
        return min(at, line.count)
    }

    private static func isAlone(_ name: ArraySlice<UInt8>) -> Bool {
        name.split(whereSeparator: \.isWhiteSpace).count == 1
    }

    /// Whether what stands before a sign, last octet first, names a secret.
    private static func isSecret(_ before: some Collection<UInt8>, isEquals: Bool) -> Bool {
        // `MAIL_PASSWORD_1ST=`, `password_mail=`.
        if isEquals {
            let name = Array(before.prefix(40).prefix { $0.isLetDigHyphen || $0 == UInt8(ascii: "_") })
            let marker = Array("wssap".utf8)
            if name.indices.contains(where: { name[$0...].prefix(marker.count).equalsIgnoringCase(marker) }) {
                return true
            }
        }
        // Most names end otherwise, and are told apart by their last letter.
        guard let octet = before.first, "dsetnw0123456789".utf8.contains(octet | 0x20) else { return false }
        let name = Array(before.prefix(24).drop(while: \.isDigit))
        if isName(name, "pass") || isEquals && isName(name, "pw") { return true }
        // `smtpPass`, and not `bypass`.
        if name.starts(with: "ssaP".utf8), name.count > 4, (0x61...0x7A).contains(name[4]) { return true }
        return endings.contains { $0.reversed().equalsIgnoringCase(name.prefix($0.count)) }
    }

    /// Whether what stands before a sign, last octet first, is this name and no longer one.
    private static func isName(_ before: some Collection<UInt8>, _ name: String) -> Bool {
        Array(before.prefix(name.utf8.count)).equalsIgnoringCase(Array(name.utf8.reversed()))
            && before.dropFirst(name.utf8.count).first.map { !$0.isLetDig } ?? true
    }

    /// `auth=ada:secret`.
    private static func passwordBehindUser(_ line: [UInt8], _ sign: Int) -> Range<Int>? {
        guard line[sign] == UInt8(ascii: "=") else { return nil }
        let end = line[sign...].firstIndex { $0.isWhiteSpace || ",;&)\"'".utf8.contains($0) } ?? line.count
        guard let colon = line[(sign + 1)..<end].firstIndex(of: UInt8(ascii: ":")), colon > sign + 1, colon + 1 < end
        else { return nil }
        return (colon + 1)..<end
    }

    /// What is called with a user and a password, THE list: ends of names.
    private static let calls = ["login", "PlainAuth", "NetworkCredential", "PasswordAuthentication"]

    /// `login('ada', 'secret')`, `new NetworkCredential("ada", "secret")`.
    private static func arguments(in line: [UInt8], from open: Int) -> Range<Int>? {
        guard calls.contains(where: { line[..<open].suffix($0.utf8.count).equalsIgnoringCase($0.utf8) }) else {
            return nil
        }
        let end = line[open...].lastIndex(of: UInt8(ascii: ")")) ?? line.count
        guard open + 1 < end, line[(open + 1)..<end].contains(where: { "'\",".utf8.contains($0) }) else { return nil }
        return (open + 1)..<end
    }

    // MARK: Command lines and addresses

    /// What follows these is a secret, or a name that logs in: of swaks, curl, sendEmail and their like, THE list.
    private static let secretOptions = [
        "--auth-password", "-ap", "--auth-user", "-au", "--password", "-password", "--passwd", "--pass", "-pass", "-xp",
        "-pw", "--oauth2-bearer",
    ]
    /// Programs of mail, by a part of their names: what is short means something else to others, as `-xp` to tar.
    private static let mailPrograms = ["mail", "smtp", "swaks", "curl", "imap", "pop3"]

    private static func namesMailProgram(_ line: [UInt8]) -> Bool {
        mailPrograms.contains { name in
            line.indices.contains { line[$0...].prefix(name.utf8.count).equalsIgnoringCase(name.utf8) }
        }
    }

    /// What follows these is a user, and behind a colon the password.
    private static let userOptions = ["--user", "-u", "--proxy-user", "-user"]

    /// `--auth-password secret`, `--user ada:secret`, `["--password", "secret"]`.
    private static func optionValue(in line: [UInt8], at start: Int) -> Range<Int>? {
        guard start == 0 || !line[start - 1].isAtext else { return nil }
        let name = line[start...].prefix { $0.isLetDigHyphen }
        let isSecret = secretOptions.contains { name.equalsIgnoringCase($0.utf8) }
        guard isSecret || userOptions.contains(where: { name.elementsEqual($0.utf8) }) else { return nil }
        let parts = Set("\"',= \t".utf8)
        let value = line[name.endIndex...].drop { parts.contains($0) }
        guard value.startIndex > name.endIndex, let first = value.first else { return nil }
        if name.count <= 5, !namesMailProgram(line) { return nil }
        let quote = line[value.startIndex - 1]
        let isQuoted = quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'")
        let end = value.firstIndex { isQuoted ? $0 == quote : $0.isWhiteSpace } ?? line.count
        if isSecret {
            // Another option.
            return first == UInt8(ascii: "-") && value.dropFirst().first == first ? nil : value.startIndex..<end
        }
        guard let colon = value[..<end].firstIndex(of: UInt8(ascii: ":")), colon + 1 < end else { return nil }
        return (colon + 1)..<end
    }

    /// More of an address is not looked at for its password.
    private static let maxURL = 400

    /// `smtp://user:secret@host` (RFC 3986 §3.2.1), from the colon of the scheme on.
    private static func passwordOfURL(in line: [UInt8], from colon: Int) -> Range<Int>? {
        guard line[colon...].starts(with: "://".utf8) else { return nil }
        let word = line[(colon + 3)...].prefix(maxURL).prefix { $0 > 32 && !"\"<>`".utf8.contains($0) }
        guard let at = word.lastIndex(of: UInt8(ascii: "@")), let sign = word[..<at].firstIndex(of: UInt8(ascii: ":")),
            sign + 1 < at, !word[..<sign].contains(where: { "/?#".utf8.contains($0) })
        else { return nil }
        // A port, and the at sign stands in the path.
        let port = word[(sign + 1)..<at].prefix(while: \.isDigit)
        if port.endIndex < at, line[port.endIndex] == UInt8(ascii: "/") { return nil }
        return (sign + 1)..<at
    }
}
