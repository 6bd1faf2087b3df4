import Notation

/// Which octets of a line are a credential (RFC 4954 §4), THE rule, asked before the line is complete and when it is.
///
/// It decides from the line's words and from where in the session it stands. What cannot be told yet is taken for a
/// credential rather than for a command. Wrong input: none; any octets may come.
enum Credential {
    /// Where in a session a line of the client begins.
    struct Standing: Equatable, Sendable {
        /// The server has sent a challenge: this line answers it.
        var isChallenged = false
        /// An answer came since that nothing waited for: the exchange may be over, where a log has left the response out.
        var mayBeOver = false
        /// AUTH or a response was sent and not answered: this line may be a response that does not wait for its challenge.
        var awaitsAnswer = false
        /// The line before was AUTH or a response: this one may be a response that comes too late.
        var isBehindExchange = false
        /// Nobody knows what came before: this line may stand in the middle of an exchange.
        var isUnknown = false
    }

    /// The offset in `line` from which on it is a credential; nil when none of it is known to be one. `line` is what has come of
    /// the line, with its line end if that has come; `isWhole` says that nothing more belongs to it.
    static func start(in line: some Collection<UInt8>, isWhole: Bool, at standing: Standing) -> Int? {
        var octets = Array(line)[...]
        while octets.last == 10 || octets.last == 13 { octets = octets.dropLast() }
        let verb = Word(at: 0, of: octets, isWhole: isWhole)
        if standing.isChallenged {
            let isCommand = standing.mayBeOver && verb.isComplete && Verb(reading: octets[verb.range]) != nil
            guard isCommand else { return isNoResponse(octets, isWhole: isWhole) ? nil : 0 }
        }
        if verb.isComplete, Verb(reading: octets[verb.range]) == .auth {
            return responseStart(octets, behind: verb.range.upperBound, isWhole)
        }
        if let start = CredentialForm.start(in: octets, isWhole: isWhole) { return start }
        guard !verb.range.isEmpty, !isVerb(octets[verb.range], isComplete: verb.isComplete) else { return nil }
        if standing.awaitsAnswer || !isWhole && standing.isBehindExchange { return verb.range.lowerBound }
        let word = octets[verb.range]
        guard octets[verb.range.upperBound...].allSatisfy(\.isWhiteSpace) else { return nil }
        // Once the exchange is over, one word can be a response that comes too late, or the password as it is; where nobody knows
        // what came before, one of Base64, or the mask that a recording has in its place.
        let isLate =
            standing.isBehindExchange ? word.count >= 4 : standing.isUnknown && (word.isBase64Word || word.isMask)
        return isLate || isWhole && isLoneResponse(word) ? verb.range.lowerBound : nil
    }

    /// Whether a line behind a challenge is none that answers it: it cancels the exchange, or it is a command that no response
    /// can look like, because the log left the response out. Verbs are words of Base64 as well, but most stand for no text: RSET
    /// for `E!` and a control character.
    static func isNoResponse(_ line: ArraySlice<UInt8>, isWhole: Bool) -> Bool {
        if line.isEmpty || line.elementsEqual("*".utf8) { return true }
        guard isWhole else { return false }
        let verb = Word(at: 0, of: line, isWhole: true)
        guard let name = Verb(reading: line[verb.range]) else { return false }
        let rest = line[verb.range.upperBound...]
        switch name.shape {
        case .reversePath, .forwardPath: return rest.contains(UInt8(ascii: ":"))
        case .nothing, .optionalText:
            let text = Base64.decode(line) ?? []
            return line.elementsEqual(name.octets) && !text.allSatisfy { (32...126).contains($0) }
        case .domain: return line.starts(with: name.octets) && rest.split(separator: 32).count == 1
        case .chunk, .mechanism, .text, .attributes: return false
        }
    }

    /// Whether a line that is one word and no verb is a response of an exchange whose beginning a log has left out.
    static func isLoneResponse(_ word: ArraySlice<UInt8>) -> Bool {
        word.count >= 8 && CredentialsInText.isTellingBase64(word)
    }

    private static func isVerb(_ word: ArraySlice<UInt8>, isComplete: Bool) -> Bool {
        isComplete ? Verb(reading: word) != nil : Verb.begins(with: word)
    }

    /// Where the initial response begins behind `AUTH`, or what stands in the place of the mechanism and is none.
    static func responseStart(_ octets: ArraySlice<UInt8>, behind verb: Int, _ isWhole: Bool) -> Int? {
        let mechanism = Word(at: verb, of: octets, isWhole: isWhole)
        guard !mechanism.range.isEmpty else { return nil }
        let name = octets[mechanism.range]
        // A mechanism that nobody knows is written in capitals (RFC 4422 §3.1); what has other letters may be the secret itself.
        let isUnknownName = name.isMechanismName && !name.contains { (0x61...0x7A).contains($0) }
        let isName =
            mechanism.isComplete ? isUnknownName || Mechanism(named: name) != nil : Mechanism.begins(with: name)
        guard isName else { return mechanism.range.lowerBound }
        let response = Word(at: mechanism.range.upperBound, of: octets, isWhole: isWhole)
        // A lone equals sign is the empty response.
        guard !response.range.isEmpty, !octets[response.range].elementsEqual("=".utf8) else { return nil }
        return response.range.lowerBound
    }

    /// A word of a line that may not be complete.
    struct Word {
        let range: Range<Int>
        /// Whether it is known where the word ends.
        let isComplete: Bool

        init(at start: Int, of octets: ArraySlice<UInt8>, isWhole: Bool) {
            let first =
                octets[min(start, octets.endIndex)...].firstIndex { !$0.isWhiteSpace && $0 != 13 } ?? octets.endIndex
            let end = octets[first...].firstIndex { $0.isWhiteSpace || $0 == 13 } ?? octets.endIndex
            range = first..<end
            isComplete = isWhole || end < octets.endIndex
        }
    }
}

/// How a credential is shown, for all that is shown or written: the same eight stars whatever its length.
public enum Mask {
    public static let octets = Array("********".utf8)

    /// The octets with the mask in the place of each credential, and where the masks stand. Credentials may come in any order;
    /// those that touch or overlap are one.
    public static func over(_ octets: [UInt8], _ credentials: [Range<Int>]) -> (octets: [UInt8], masks: [Range<Int>]) {
        guard !credentials.isEmpty else { return (octets, []) }
        var shown: [UInt8] = []
        var masks: [Range<Int>] = []
        var position = 0
        for credential in merged(credentials) {
            let credential = credential.clamped(to: 0..<octets.count)
            guard !credential.isEmpty else { continue }
            shown += octets[position..<credential.lowerBound]
            masks.append(shown.count..<shown.count + Mask.octets.count)
            shown += Mask.octets
            position = credential.upperBound
        }
        return (shown + octets[position...], masks)
    }

    static func merged(_ credentials: [Range<Int>]) -> [Range<Int>] {
        var merged: [Range<Int>] = []
        for credential in credentials.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if let last = merged.last, credential.lowerBound <= last.upperBound {
                merged[merged.count - 1] = last.lowerBound..<max(last.upperBound, credential.upperBound)
            } else {
                merged.append(credential)
            }
        }
        return merged
    }
}

extension Verb {
    /// Whether some verb begins with these octets, in any case.
    static func begins(with octets: ArraySlice<UInt8>) -> Bool {
        allCases.contains { $0.rawValue.utf8.prefix(octets.count).equalsIgnoringCase(octets) }
    }
}

extension Collection<UInt8> {
    /// RFC 4422 §3.1: up to 20 letters, digits, hyphens and underscores; mechanisms are read without case.
    public var isMechanismName: Bool {
        (1...20).contains(count) && allSatisfy { $0.isLetDigHyphen || $0 == UInt8(ascii: "_") }
    }

    /// The mask that a recording has in the place of a credential.
    var isMask: Bool { elementsEqual(Mask.octets) }

    /// One word of Base64, padding included (RFC 4648 §4), and long enough to hold anything.
    var isBase64Word: Bool {
        count >= 4
            && allSatisfy {
                switch $0 {
                case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "+"), UInt8(ascii: "/"), UInt8(ascii: "="):
                    true
                default: false
                }
            }
    }
}
