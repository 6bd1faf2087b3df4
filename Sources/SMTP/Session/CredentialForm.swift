/// Lines that hold a credential and are no AUTH of SMTP, THE table: what a client of another protocol says on a port of mail,
/// and AUTH as it is mistyped.
///
/// It decides from the words a line begins with. It does not know which protocol is spoken: none of these lines means anything
/// else to a server of SMTP.
struct CredentialForm: Sendable {
    /// A word of the pattern.
    enum Word: Sendable {
        case named(String)
        /// Any word that is no verb of SMTP, as the tag before a command of IMAP.
        case anyButVerb
        case any
    }

    /// What stands before the credential, which goes to the end of the line.
    let words: [Word]
    /// Whether lines of Base64 may follow, as behind AUTH.
    var beginsExchange = false

    static let all: [CredentialForm] = [
        // POP3 (RFC 1939 §7) and FTP (RFC 959 §4.1.1).
        CredentialForm(words: [.named("PASS")]),
        CredentialForm(words: [.named("APOP"), .any]),
        // NNTP (RFC 4643 §2.3, §2.4).
        CredentialForm(words: [.named("AUTHINFO"), .named("PASS")]),
        CredentialForm(words: [.named("AUTHINFO"), .named("SASL"), .any], beginsExchange: true),
        // IMAP (RFC 9051 §6.2.2, §6.2.3).
        CredentialForm(words: [.anyButVerb, .named("LOGIN")]),
        CredentialForm(words: [.named("LOGIN")]),
        CredentialForm(words: [.anyButVerb, .named("AUTHENTICATE"), .any], beginsExchange: true),
        // ManageSieve (RFC 5804 §2.1).
        CredentialForm(words: [.named("AUTHENTICATE"), .any], beginsExchange: true),
        // HTTP (RFC 9110 §11.6.2, §11.7.2).
        CredentialForm(words: [.named("Authorization:")]),
        CredentialForm(words: [.named("Proxy-Authorization:")]),
    ]

    /// Where in a line that begins with these words the credential begins; nil when it has none, or none yet.
    static func start(in octets: ArraySlice<UInt8>, isWhole: Bool) -> Int? {
        let first = Credential.Word(at: octets.startIndex, of: octets, isWhole: isWhole)
        guard first.isComplete || octets[first.range].count > 4 else { return nil }
        // Nothing in the table begins with a verb of SMTP, as nearly every line of a client does: such a line is not held
        // against it word by word.
        guard !first.isComplete || Verb(reading: octets[first.range]) == nil else { return nil }
        if let glued = gluedStart(octets, behind: first, isWhole) { return glued }
        return all.lazy.compactMap { $0.start(in: octets, isWhole) }.first
            ?? misspeltStart(octets, behind: first, isWhole)
    }

    /// Behind AUTH as it is mistyped, such as `ATUH`, whatever would be a response behind AUTH. Behind another word that is no verb,
    /// and perhaps a mechanism: a response of PLAIN, or one word of Base64; while the line may go on, whatever is behind a mechanism.
    private static func misspeltStart(
        _ octets: ArraySlice<UInt8>,
        behind first: Credential.Word,
        _ isWhole: Bool
    ) -> Int? {
        guard first.isComplete else { return nil }
        if resemblesAuth(octets[first.range]) {
            return Credential.responseStart(octets, behind: first.range.upperBound, isWhole)
        }
        var word = Credential.Word(at: first.range.upperBound, of: octets, isWhole: isWhole)
        let isBehindMechanism = word.isComplete && Mechanism(named: octets[word.range]) != nil
        if isBehindMechanism { word = Credential.Word(at: word.range.upperBound, of: octets, isWhole: isWhole) }
        guard !word.range.isEmpty else { return nil }
        guard word.isComplete else { return isBehindMechanism ? word.range.lowerBound : nil }
        let response = octets[word.range]
        let isLast = octets[word.range.upperBound...].allSatisfy(\.isWhiteSpace)
        let isResponse =
            KnownSecrets.isPlainResponse(response)
            || isBehindMechanism && isLast && CredentialsInText.isTellingBase64(response)
        return isResponse ? word.range.lowerBound : nil
    }

    /// Whether a word is AUTH with one octet too much, too few or wrong, or with two that have changed places.
    static func resemblesAuth(_ word: ArraySlice<UInt8>) -> Bool {
        let auth = Verb.auth.octets
        guard (auth.count - 1...auth.count + 1).contains(word.count) else { return false }
        let typed = word.map { (0x61...0x7A).contains($0) ? $0 & 0xDF : $0 }
        let head = zip(typed, auth).prefix { $0 == $1 }.count
        let (rest, wanted) = (typed[head...], auth[head...])
        let swapped = rest.count > 1 ? [rest[head + 1], rest[head]] + rest.dropFirst(2) : Array(rest)
        return rest.dropFirst().elementsEqual(wanted) || rest.elementsEqual(wanted.dropFirst())
            || rest.dropFirst().elementsEqual(wanted.dropFirst()) || swapped.elementsEqual(wanted)
    }

    /// Whether lines of Base64 may follow this line: it begins an exchange of another protocol, or AUTH was mistyped.
    static func beginsExchange(_ octets: ArraySlice<UInt8>) -> Bool {
        if all.contains(where: { form in form.beginsExchange && form.end(in: octets, isWhole: true) != nil }) {
            return true
        }
        let first = Credential.Word(at: octets.startIndex, of: octets, isWhole: true)
        let second = Credential.Word(at: first.range.upperBound, of: octets, isWhole: true)
        return isMistypedAuth(octets[first.range])
            || resemblesAuth(octets[first.range]) && Mechanism(named: octets[second.range]) != nil
    }

    /// Where the words end; nil when the line does not begin with them.
    private func end(in octets: ArraySlice<UInt8>, isWhole: Bool) -> Int? {
        var end = octets.startIndex
        for word in words {
            let found = Credential.Word(at: end, of: octets, isWhole: isWhole)
            guard found.isComplete, !found.range.isEmpty else { return nil }
            switch word {
            case .named(let name): guard octets[found.range].equalsIgnoringCase(name.utf8) else { return nil }
            case .anyButVerb: guard Verb(reading: octets[found.range]) == nil else { return nil }
            case .any: break
            }
            end = found.range.upperBound
        }
        return end
    }

    private func start(in octets: ArraySlice<UInt8>, _ isWhole: Bool) -> Int? {
        guard let end = end(in: octets, isWhole: isWhole) else { return nil }
        let response = Credential.Word(at: end, of: octets, isWhole: isWhole).range
        return response.isEmpty ? nil : response.lowerBound
    }

    /// Behind a first word that runs into what follows: `AUTH=PLAIN …`, `AUTHPLAIN …`, `Authorization:Basic …`, and the call
    /// of a program, `s.login('ada', …)`.
    private static func gluedStart(
        _ octets: ArraySlice<UInt8>,
        behind first: Credential.Word,
        _ isWhole: Bool
    ) -> Int? {
        let word = octets[first.range]
        for header in ["Authorization:", "Proxy-Authorization:"]
        where word.count > header.utf8.count && word.prefix(header.utf8.count).equalsIgnoringCase(header.utf8) {
            return word.startIndex + header.utf8.count
        }
        if let call = callStart(word) { return call < octets.endIndex ? call : nil }
        guard first.isComplete, isMistypedAuth(word) else { return nil }
        let response = Credential.Word(at: first.range.upperBound, of: octets, isWhole: isWhole).range
        return response.isEmpty ? nil : response.lowerBound
    }

    /// Whether a word is AUTH and a mechanism without the blank between them.
    static func isMistypedAuth(_ word: ArraySlice<UInt8>) -> Bool {
        guard word.count > 4, word.prefix(4).equalsIgnoringCase(Verb.auth.octets) else { return false }
        // Some sign or blank that parts no words, as a hyphen or a no-break space.
        let name = word.dropFirst(4).drop { !$0.isLetDigHyphen || $0 == UInt8(ascii: "-") }
        return Mechanism(named: name) != nil
    }

    /// Where the arguments of a call begin that logs in.
    private static func callStart(_ word: ArraySlice<UInt8>) -> Int? {
        guard let open = word.firstIndex(of: UInt8(ascii: "(")),
            word[..<open].suffix(5).equalsIgnoringCase("login".utf8)
        else { return nil }
        return open + 1
    }
}
