import SMTP

/// Follows an SMTP connection octet by octet, just closely enough to know how the client's next octets are to be read, and
/// which of them are a credential (RFC 4954 §4), before a line of them is complete.
///
/// It decides which octets are masked from birth, and whether commands, responses, mail data, a chunk or TLS come next. It
/// does not know who carries the octets and judges nothing: that is the tracer's part, which sees whole lines. What cannot be
/// told yet is taken for a credential rather than for a command.
///
/// Wrong input: none of it is ours. A reply that answers nothing, a line without a code and a command out of order are
/// followed as a server would most likely have taken them.
public struct DialogueWatch: Sendable {
    /// How the next octets of the client are to be read.
    public enum Mode: Equatable, Sendable {
        case commands
        /// The server said 334: the next line is a credential, or a lone asterisk.
        case saslResponse
        /// Up to the line with a lone dot (RFC 5321 §4.1.1.4).
        case mailData
        /// Octets of a BDAT chunk that are still to come (RFC 3030 §2).
        case chunk(remaining: UInt64)
        /// TLS, of which only the ends of its records are looked for.
        case opaque
    }

    public private(set) var mode = Mode.commands

    /// QUIT was answered: nothing that matters is said any more (RFC 5321 §4.1.1.10).
    public private(set) var hasQuit = false
    /// DATA was said and not answered: what comes next depends on the answer.
    public var awaitsAnswerToData: Bool { pending.last?.turn == .data }
    /// STARTTLS was said and not answered: what the client says meanwhile may be thrown away (RFC 3207 §4.2).
    public var awaitsAnswerToSTARTTLS: Bool { pending.entries.contains { $0.turn == .startTLS } }
    /// Whether a line of the client, or a part of it that is told apart, has begun and has not ended.
    public var isInLine: Bool { !line.isEmpty || content.count > 0 || record.isStarted }

    private var pending = PendingTurns<Bool>()
    /// The beginning of the client's line under way; enough of it to know what it is.
    private var line: [UInt8] = []
    /// How many octets of it there were, and from which of them on all is a credential.
    private var lineCount = 0
    private var secretFrom: Int?
    /// The last line was AUTH or a response, so another credential may follow.
    private var isNearCredential = false
    private var content = ContentLine()
    private var record = RecordHead()
    private var reply = ReplyHead()
    /// Nobody has said anything yet, so TLS may come first (RFC 8314 §3.3).
    public private(set) var isUntouched = true
    private var isLMTP = false
    private var acceptedRecipients = 0

    private static let longestHead = 4096

    /// Inside TLS after STARTTLS there is no greeting, and no TLS to come.
    public init(insideTLS: Bool = false) {
        isUntouched = !insideTLS
        if !insideTLS { pending.append(.greeting, verb: nil, context: false) }
    }

    // MARK: The client

    /// Takes what the client sent next. Gives the ranges of it that are a credential.
    public mutating func client(_ octets: [UInt8]) -> [Range<Int>] {
        // A client that begins with a handshake record speaks TLS from the first octet (RFC 8314 §3.3).
        if isUntouched, octets.first == 22 { mode = .opaque }
        if !octets.isEmpty { isUntouched = false }
        var secrets: [Range<Int>] = []
        var index = 0
        while index < octets.count {
            if !isInLine, awaitsAnswerToData, mode == .commands { mode = .mailData }
            switch mode {
            case .opaque:
                index += record.take(octets[index...])
                if record.isNoTLS { (mode, record) = (.commands, RecordHead()) }
            case .chunk(let remaining):
                let count = Int(min(remaining, UInt64(octets.count - index)))
                index += count
                mode = UInt64(count) == remaining ? .commands : .chunk(remaining: remaining - UInt64(count))
            case .mailData:
                index += content.take(octets[index...])
                if content.isEnd { endMailData() }
            case .commands, .saslResponse:
                let end = octets[index...].firstIndex(of: 10).map { $0 + 1 } ?? octets.count
                if let secret = takeLine(octets[index..<end]) { secrets.append(secret) }
                index = end
            }
        }
        return secrets
    }

    /// Takes a line, or a part of it. Gives which octets, as indices of the slice, are a credential.
    private mutating func takeLine(_ part: ArraySlice<UInt8>) -> Range<Int>? {
        let isWhole = part.last == 10
        let before = lineCount
        line += part.prefix(max(0, Self.longestHead - line.count))
        lineCount += part.count
        if secretFrom == nil { secretFrom = secretStart(isWhole: isWhole).map { max($0, before) } }
        var found: Range<Int>?
        if let secretFrom {
            let start = part.startIndex + max(0, secretFrom - before)
            // The line end is none of it, also where CR and LF came apart.
            var end = part.endIndex - (isWhole ? 1 : 0)
            if end > part.startIndex, part[end - 1] == 13 { end -= 1 }
            if start < end { found = start..<end }
        }
        if isWhole { endLine() }
        return found
    }

    private mutating func endLine() {
        var octets = line
        while octets.last == 10 || octets.last == 13 { octets.removeLast() }
        (line, lineCount, secretFrom) = ([], 0, nil)
        let command = Command.read(octets).value
        let isResponse = mode == .saslResponse || command.verb == nil && awaitsSASL
        guard !isResponse else {
            mode = .commands
            isNearCredential = true
            return pending.append(.saslResponse, verb: .auth, context: false)
        }
        let turn = command.turn
        isNearCredential = turn == .auth
        if turn == .mail { acceptedRecipients = 0 }
        pending.append(turn, verb: command.verb, context: command.verb == .lhlo)
        if case .chunk(let size?, _) = command.argument, size > 0 { mode = .chunk(remaining: size) }
    }

    /// The mail data is over; in LMTP each recipient has an answer of its own (RFC 2033 §4.2).
    private mutating func endMailData() {
        mode = .commands
        content = ContentLine()
        for _ in 0..<(isLMTP ? max(1, acceptedRecipients) : 1) {
            pending.append(.mailData, verb: .data, context: false)
        }
    }

    // MARK: Credentials

    /// An AUTH or a response was sent and not answered.
    private var awaitsSASL: Bool { [.auth, .saslResponse].contains(pending.last?.turn) }

    /// The offset in the line under way from which on it is a credential; nil while none of it is known to be one.
    private func secretStart(isWhole: Bool) -> Int? {
        var octets = line[...]
        while octets.last == 10 || octets.last == 13 { octets = octets.dropLast() }
        if mode == .saslResponse { return octets.isEmpty || octets.elementsEqual("*".utf8) ? nil : 0 }
        let verb = Word(at: 0, of: octets, isWhole: isWhole)
        if verb.isComplete, verb.text == "AUTH" { return responseStart(octets, after: verb.range.upperBound, isWhole) }
        guard awaitsSASL || isNearCredential else { return nil }
        // A word that is, or may become, a verb is a command.
        guard !verb.range.isEmpty else { return nil }
        let isVerb =
            verb.isComplete
            ? Command.read(Array(octets)).value.verb != nil
            : Verb.allCases.contains { "\($0.rawValue)".uppercased().hasPrefix(verb.text) }
        if isVerb { return nil }
        // Once the exchange is over, only one word of Base64 can be a response that came too late.
        let isOneWord = octets[verb.range.upperBound...].allSatisfy { $0 == 32 || $0 == 9 }
        if !awaitsSASL, isWhole, !isOneWord || verb.range.count < 4 || !octets[verb.range].allSatisfy(\.isBase64) {
            return nil
        }
        return verb.range.lowerBound
    }

    /// Where the initial response begins behind `AUTH`, or what stands in the place of the mechanism and is none.
    private func responseStart(_ octets: ArraySlice<UInt8>, after verb: Int, _ isWhole: Bool) -> Int? {
        let mechanism = Word(at: verb, of: octets, isWhole: isWhole)
        guard !mechanism.range.isEmpty else { return nil }
        let isName =
            mechanism.isComplete
            ? mechanism.isMechanismName : Self.mechanisms.contains { $0.hasPrefix(mechanism.text) }
        guard isName else { return mechanism.range.lowerBound }
        let response = Word(at: mechanism.range.upperBound, of: octets, isWhole: isWhole)
        // A lone equals sign is the empty response.
        guard !response.range.isEmpty, response.text != "=" else { return nil }
        return response.range.lowerBound
    }

    /// Mechanisms that are recognised while their name is still being sent; IANA's registry of SASL mechanisms, the ones seen in mail.
    private static let mechanisms = [
        "PLAIN", "LOGIN", "CRAM-MD5", "DIGEST-MD5", "XOAUTH2", "OAUTHBEARER", "EXTERNAL", "ANONYMOUS", "GSSAPI",
        "GS2-KRB5", "NTLM", "KERBEROS_V4", "SCRAM-SHA-1-PLUS", "SCRAM-SHA-256-PLUS", "SCRAM-SHA-512-PLUS",
    ]

    // MARK: The server

    /// Takes what the server sent next.
    public mutating func server(_ octets: [UInt8]) {
        if !octets.isEmpty { isUntouched = false }
        guard mode != .opaque else { return }
        for octet in octets {
            guard let code = reply.take(octet) else { continue }
            answered(code)
            if mode == .opaque { return }
        }
    }

    private mutating func answered(_ code: UInt16) {
        if code == 354, pending.entries.contains(where: { $0.turn == .data }) {
            // Whatever was lost before it: this answers DATA.
            while pending.first?.turn != .data { _ = pending.removeFirst() }
        }
        let answered = pending.answer(code: code).answered
        let isPositive = code / 100 == 2
        switch answered?.turn {
        case .hello: if isPositive { isLMTP = answered?.context ?? false }
        case .rcpt: if isPositive { acceptedRecipients += 1 }
        case .quit: hasQuit = true
        case .data where code / 100 == 3: if pending.first?.turn != .mailData { mode = .mailData }
        // The server reads what follows as commands.
        case .data where mode == .mailData: (mode, content) = (.commands, ContentLine())
        case .startTLS where isPositive: if mode == .commands { (mode, record) = (.opaque, RecordHead()) }
        case nil where mode == .mailData && content.endedLoosely: (mode, content) = (.commands, ContentLine())
        default: break
        }
        if code == 334, mode == .commands, !pending.entries.contains(where: { $0.turn == .saslResponse }) {
            mode = .saslResponse
        } else if code != 334, mode == .saslResponse {
            mode = .commands
        }
    }
}

extension UInt8 {
    /// An octet of Base64, padding included (RFC 4648 §4).
    fileprivate var isBase64: Bool {
        switch self {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "+"), UInt8(ascii: "/"), UInt8(ascii: "="): true
        default: false
        }
    }
}

/// A word of a line that may not be complete.
private struct Word {
    let range: Range<Int>
    /// Whether it is known where the word ends.
    let isComplete: Bool
    /// In upper case.
    let text: String

    init(at start: Int, of octets: ArraySlice<UInt8>, isWhole: Bool) {
        let isSpace = { (octet: UInt8) in octet == 32 || octet == 9 || octet == 13 }
        let first = octets[min(start, octets.endIndex)...].firstIndex { !isSpace($0) } ?? octets.endIndex
        let end = octets[first...].firstIndex(where: isSpace) ?? octets.endIndex
        range = first..<end
        isComplete = isWhole || end < octets.endIndex
        text = octets[range].lossyText.uppercased()
    }

    /// RFC 4422 §3.1: up to 20 letters, digits, hyphens and underscores.
    var isMechanismName: Bool {
        (1...20).contains(range.count) && text.utf8.count == range.count
            && text.utf8.allSatisfy {
                (0x41...0x5A).contains($0) || (0x30...0x39).contains($0) || $0 == UInt8(ascii: "-")
                    || $0 == UInt8(ascii: "_")
            }
    }
}

/// A line of mail data under way: only whether it is a lone dot (RFC 5321 §4.1.1.4).
private struct ContentLine: Sendable {
    private(set) var count = 0
    private(set) var isEnd = false
    /// A lone dot came with line ends that are not CRLF on both sides, of which some server makes an end of data.
    private(set) var endedLoosely = false
    private var first: UInt8 = 0
    private var last: UInt8 = 0
    private var beganAfterCRLF = true

    /// Takes octets up to the end of the data, or all; gives how many.
    mutating func take(_ octets: ArraySlice<UInt8>) -> Int {
        var rest = octets
        while let feed = rest.firstIndex(of: 10) {
            note(rest[..<feed])
            let isDot = count > 0 && first == UInt8(ascii: ".")
            let endsInCRLF = last == 13 && count > 0
            isEnd = isDot && count == 2 && endsInCRLF && beganAfterCRLF
            endedLoosely = !isEnd && isDot && (count == 1 || count == 2 && endsInCRLF)
            beganAfterCRLF = endsInCRLF
            (count, first, last) = (0, 0, 0)
            rest = rest[(feed + 1)...]
            if isEnd { return rest.startIndex - octets.startIndex }
        }
        note(rest)
        return octets.count
    }

    private mutating func note(_ part: ArraySlice<UInt8>) {
        guard let begin = part.first, let end = part.last else { return }
        if count == 0 { first = begin }
        count += part.count
        last = end
    }
}

/// Where in a TLS record a stream is (RFC 8446 §5.1).
private struct RecordHead: Sendable {
    private var head: [UInt8] = []
    private var remaining = 0
    private(set) var isNoTLS = false
    var isStarted: Bool { !head.isEmpty || remaining > 0 }

    /// Takes octets until it is known that they are no TLS, or all; gives how many.
    mutating func take(_ octets: ArraySlice<UInt8>) -> Int {
        var rest = octets
        while let octet = rest.first {
            if remaining > 0 {
                let count = min(remaining, rest.count)
                remaining -= count
                rest = rest.dropFirst(count)
                continue
            }
            let isSound = head.isEmpty ? (20...24).contains(octet) : head.count != 1 || octet == 3
            guard isSound else {
                isNoTLS = true
                return rest.startIndex - octets.startIndex
            }
            head.append(octet)
            rest = rest.dropFirst()
            guard head.count == 5 else { continue }
            remaining = Int(head[3]) << 8 | Int(head[4])
            head = []
        }
        return octets.count
    }
}

/// The beginning of the server's line under way: its code, and whether the reply goes on.
private struct ReplyHead: Sendable {
    private var head: [UInt8] = []

    /// The code of a reply whose last line ends with this octet.
    mutating func take(_ octet: UInt8) -> UInt16? {
        guard octet == 10 else {
            if head.count < 4 { head.append(octet) }
            return nil
        }
        defer { head.removeAll(keepingCapacity: true) }
        guard head.count >= 3, head[..<3].allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        if head.count == 4, head[3] == UInt8(ascii: "-") { return nil }
        return head[..<3].reduce(0) { $0 * 10 + UInt16($1 - 0x30) }
    }
}
