public import SMTP
import Tracing
import Yams

/// Reads a persona, a small YAML file a teacher writes: THE one reader, and the table of its keys.
///
/// A persona is data: it names no file and no host and runs nothing. Anchors, aliases and tags are refused, and so is a file
/// so large or deep that reading it would cost something.
public struct PersonaReader {
    /// The largest file that is read, in octets.
    public static let maxOctets = PlainYAML.maxOctets

    /// What may stand in the file.
    enum Key: String, CaseIterable {
        case title, summary, explanation, hostname, greeting, `protocol`, extensions, domains, users, wording, rules,
            requires
        case sizeLimit = "size-limit"
        case recipientLimit = "recipient-limit"
        case errorLimit = "error-limit"
        case greylist, delays, drip, multiline
        case dropsAt = "drops-at"
        case dropsAfter = "drops-after"
        case endsOfData = "ends-of-data"
        case lineEnding = "line-ending"
        case takesBareLF = "takes-bare-lf"
        case mailBeforeHello = "mail-before-hello"
        case overlooksArguments = "overlooks-arguments"
        case talksEarly = "talks-early"
    }

    /// What was wrong, in the order of the lines.
    public private(set) var problems: [LessonCheck.Problem] = []
    private let file: String
    private var persona: Persona

    /// Reads the file's octets; the persona is nil when it cannot be used, and then there is a problem that says why.
    public static func read(_ octets: [UInt8], name: String, file: String) -> (
        persona: Persona?, problems: [LessonCheck.Problem]
    ) {
        var reader = PersonaReader(name: name, file: file)
        reader.readAll(octets)
        reader.problems.sort { ($0.line ?? 0) < ($1.line ?? 0) }
        return (reader.problems.isEmpty ? reader.persona : nil, reader.problems)
    }

    private init(name: String, file: String) {
        self.file = file
        persona = Persona(
            name: name,
            title: "",
            summary: "",
            explanation: "",
            policy: ServerDialogue.Policy(domain: "mx.receiver.example", greetingText: "ESMTP ready")
        )
    }

    private mutating func complain(_ line: Int?, _ message: String) {
        problems.append(LessonCheck.Problem(file: file, line: line, message: message))
    }

    // MARK: The file

    private mutating func readAll(_ octets: [UInt8]) {
        let mapping: Node.Mapping
        switch PlainYAML(kind: "a persona").mapping(octets) {
        case .success(let found): mapping = found
        case .failure(let trouble): return complain(trouble.problem.line, trouble.problem.message)
        }
        for (key, value) in mapping {
            let line = key.mark?.line ?? 1
            guard let name = key.scalar?.string else {
                complain(line, "a key is no text")
                continue
            }
            guard let known = Key(rawValue: name) else {
                complain(
                    line,
                    "unknown key '\(name)'; the keys are \(Key.allCases.map(\.rawValue).joined(separator: ", "))"
                )
                continue
            }
            read(known, Value(node: value, key: name, line: value.mark?.line ?? line))
        }
        for key in [Key.title, .summary, .explanation] where mapping[key.rawValue] == nil {
            complain(1, "\(key.rawValue) is missing")
        }
        finishOffer(line: mapping.first { $0.key.scalar?.string == Key.extensions.rawValue }?.key.mark?.line ?? 1)
    }

    /// SIZE says the limit, and what is offered must be something the server can do.
    private mutating func finishOffer(line: Int) {
        if persona.policy.family == .smtp { persona.policy.offered = [] }
        persona.policy.offered = persona.policy.offered.map { offer in
            offer.split(separator: " ").first?.uppercased() == "SIZE" ? "SIZE \(persona.policy.sizeLimit)" : offer
        }
        for offer in persona.policy.offered {
            let words = offer.split(separator: " ").map { $0.uppercased() }
            guard words.first == "AUTH" else { continue }
            for word in words.dropFirst() where Mechanism(named: word.utf8)?.isSpoken != true {
                let known = Mechanism.spokenNames
                complain(line, "extensions: the sandbox cannot do AUTH \(word); it can do \(known)")
            }
            // Who proves itself with a password has to know it (RFC 5802 §3).
            let scram = Mechanism.scramSHA256.name
            if words.contains(scram), persona.policy.users.isEmpty {
                complain(line, "extensions: AUTH \(scram) needs users and their passwords")
            }
        }
        if persona.policy.requiresTLS, !persona.policy.offered.contains("STARTTLS") {
            complain(line, "requires: tls needs STARTTLS among the extensions")
        }
        if persona.policy.requiresAuthentication, !persona.policy.offered.contains(where: { $0.hasPrefix("AUTH ") }) {
            complain(line, "requires: auth needs AUTH and its mechanisms among the extensions")
        }
    }

    // MARK: One case a key

    /// A table: what each key says, and where that goes.
    private mutating func read(_ key: Key, _ value: Value) {
        do throws(ValueError) {
            switch key {
            case .title: persona.title = try value.line(most: 60)
            case .summary: persona.summary = try value.line(most: 100)
            case .explanation: persona.explanation = try value.paragraphs(most: 4000)
            case .hostname: persona.policy.domain = try value.hostname()
            case .greeting: persona.policy.greetingText = try value.line(most: 400, isASCII: true, mayBeEmpty: true)
            case .protocol: persona.policy.family = try value.choice(ServerDialogue.Family.self)
            case .extensions:
                persona.policy.offered = try value.items().map { (item) throws(ValueError) in try item.offer() }
            case .domains:
                persona.policy.localDomains = try value.items().map { (item) throws(ValueError) in try item.hostname() }
            case .users:
                for (name, password) in try value.entries() {
                    persona.policy.users[name] = try password.line(most: 100, isASCII: true)
                }
            case .wording:
                for (name, reply) in try value.entries() {
                    guard let phrase = ServerDialogue.Phrase(rawValue: name) else {
                        let names = ServerDialogue.Phrase.allCases.map(\.rawValue).joined(separator: ", ")
                        throw reply.wrong("there is no wording '\(name)'; there are \(names)")
                    }
                    persona.policy.wording[phrase] = try reply.answer()
                }
            case .rules: persona.policy.rules = try value.items().map { (item) throws(ValueError) in try item.rule() }
            case .requires:
                for item in try value.items() {
                    switch try item.choice(Requirement.self) {
                    case .auth: persona.policy.requiresAuthentication = true
                    case .tls: persona.policy.requiresTLS = true
                    }
                }
            case .sizeLimit: persona.policy.sizeLimit = try value.number(1...104_857_600)
            case .recipientLimit: persona.policy.recipientLimit = try value.number(1...10_000)
            case .errorLimit: persona.policy.errorLimit = try value.number(0...10_000)
            case .greylist:
                persona.policy.greylists = true
                persona.manners.greylistDelay = try value.delay()
            case .delays:
                for (name, delay) in try value.entries() {
                    if name == "every" {
                        persona.manners.delay = try delay.delay()
                    } else {
                        persona.manners.delays[try delay.turn(named: name)] = try delay.delay()
                    }
                }
            case .drip: persona.manners.drip = try value.delay()
            case .multiline: persona.manners.multiline = try value.choice(Persona.Manners.Multiline.self)
            case .dropsAt: persona.policy.dropsAt = try value.turn()
            case .dropsAfter: persona.policy.dropsAfterOctets = try value.number(1...104_857_600)
            case .endsOfData:
                let ends = try value.items().map { (item) throws(ValueError) in try item.choice(EndOfData.self) }
                persona.policy.endsOfData = Set(ends).union([.standard])
            case .lineEnding: persona.manners.lineEnding = try value.choice(LineEnding.self) == .lf ? .lf : .crlf
            case .takesBareLF: persona.policy.takesBareLF = try value.truth()
            case .mailBeforeHello: persona.policy.takesMailBeforeHello = try value.truth()
            case .overlooksArguments:
                let verbs = try value.items().map { (item) throws(ValueError) in try item.verb() }
                persona.policy.overlooksArguments = Set(verbs)
            case .talksEarly: persona.manners.talksEarly = try value.truth()
            }
        } catch {
            complain(error.line, "\(key.rawValue): \(error.message)")
        }
    }

    private enum Requirement: String, CaseIterable { case auth, tls }
    private enum LineEnding: String, CaseIterable { case crlf, lf }
}

/// Why a value cannot be used.
private struct ValueError: Error {
    let line: Int
    let message: String
}

/// What stands behind a key, and what it may be.
private struct Value {
    let node: Node
    let key: String
    let line: Int

    func wrong(_ message: String) -> ValueError { ValueError(line: line, message: message) }

    func items() throws(ValueError) -> [Value] {
        guard let sequence = node.sequence else { throw wrong("this is a list, as [one, two]") }
        guard sequence.count <= 1000 else { throw wrong("the list is longer than 1000") }
        return sequence.map { Value(node: $0, key: key, line: $0.mark?.line ?? line) }
    }

    func entries() throws(ValueError) -> [(String, Value)] {
        guard let mapping = node.mapping else { throw wrong("this is a list of names and values") }
        var entries: [(String, Value)] = []
        for (key, value) in mapping {
            let line = value.mark?.line ?? line
            guard let name = key.scalar?.string, !name.isEmpty, name.utf8.count <= 100 else {
                throw ValueError(line: line, message: "a name is no text of 1 to 100 octets")
            }
            entries.append((name, Value(node: value, key: name, line: line)))
        }
        return entries
    }

    func text() throws(ValueError) -> String {
        guard let text = node.scalar?.string else { throw wrong("this is a text") }
        return text
    }

    /// One line without control characters.
    func line(most: Int, isASCII: Bool = false, mayBeEmpty: Bool = false) throws(ValueError) -> String {
        let text = try text()
        guard mayBeEmpty || !text.isEmpty else { throw wrong("there is no text") }
        guard text.utf8.count <= most else { throw wrong("the text is longer than \(most) octets") }
        guard text.unicodeScalars.allSatisfy({ WireText.isShown($0) && (!isASCII || $0.isASCII) }) else {
            throw wrong("the text holds a line end or another control character, or is not ASCII where it must be")
        }
        return text
    }

    /// Lines without control characters.
    func paragraphs(most: Int) throws(ValueError) -> String {
        let text = try text()
        guard text.utf8.count <= most else { throw wrong("the text is longer than \(most) octets") }
        guard text.unicodeScalars.allSatisfy({ WireText.isShown($0) || $0 == "\n" }), !text.isEmpty else {
            throw wrong("the text is empty or holds a control character")
        }
        return text
    }

    func hostname() throws(ValueError) -> String {
        let text = try line(most: 200, isASCII: true)
        do { _ = try Mailbox("a@\(text)") } catch { throw wrong("'\(text)' is no domain name") }
        return text
    }

    func number(_ range: ClosedRange<Int>) throws(ValueError) -> Int {
        let text = try text()
        guard let number = Int(text), range.contains(number) else {
            throw wrong("this is a number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    /// Seconds, perhaps with a fraction, up to ten minutes.
    func delay() throws(ValueError) -> Persona.Delay {
        guard let seconds = Double(try text()), seconds >= 0, seconds <= 600 else {
            throw wrong("this is a number of seconds from 0 to 600, as 1.5")
        }
        return Persona.Delay(milliseconds: Int((seconds * 1000).rounded()))
    }

    func truth() throws(ValueError) -> Bool {
        switch try text() {
        case "true": return true
        case "false": return false
        default: throw wrong("this is true or false")
        }
    }

    func choice<Choice: RawRepresentable & CaseIterable>(_ type: Choice.Type) throws(ValueError) -> Choice
    where Choice.RawValue == String {
        let text = try text()
        guard let choice = Choice(rawValue: text) else {
            throw wrong("'\(text)' is none of \(Choice.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return choice
    }

    /// A line of the answer to EHLO (RFC 5321 §4.1.1.1).
    func offer() throws(ValueError) -> String {
        let text = try line(most: 400, isASCII: true)
        guard let keyword = text.split(separator: " ", omittingEmptySubsequences: false).first,
            let first = keyword.utf8.first,
            first != UInt8(ascii: "-"),
            keyword.utf8.allSatisfy({
                $0 == UInt8(ascii: "-") || Character(Unicode.Scalar($0)).isLetter || (48...57).contains($0)
            })
        else { throw wrong("'\(text)' does not begin with an EHLO keyword") }
        return text
    }

    /// A reply as it goes over the wire: code, enhanced status code, text, perhaps of several lines.
    func answer() throws(ValueError) -> ServerDialogue.Answer {
        let text = try paragraphs(most: 4000)
        var rest = text[...]
        if rest.last == "\n" { rest = rest.dropLast() }
        guard let code = UInt16(rest.prefix(3)), (200...599).contains(code),
            rest.dropFirst(3).first.map({ $0 == " " }) ?? true
        else { throw wrong("'\(text.prefix(20))' does not begin with a reply code from 200 to 599 and a space") }
        rest = rest.dropFirst(4)
        guard rest.unicodeScalars.allSatisfy({ $0.isASCII }) else { throw wrong("a reply is ASCII") }
        let word = rest.prefix { $0 != " " && $0 != "\n" }
        guard EnhancedStatusCode.isOne(word) else { return ServerDialogue.Answer(code, nil, String(rest)) }
        return ServerDialogue.Answer(code, String(word), String(rest.dropFirst(word.count + 1)))
    }

    /// A moment in a session at which the server speaks: a verb, or a step's number.
    func turn() throws(ValueError) -> CommandSequence.Turn { try turn(named: try text()) }

    func turn(named name: String) throws(ValueError) -> CommandSequence.Turn {
        if let turn = Self.turns[name.uppercased()] { return turn }
        guard let verb = Verb(rawValue: name.uppercased()) else {
            throw wrong("'\(name)' is neither a verb nor a step at which a server speaks: 4, 6, 8, 10, 11, 13, 14")
        }
        return verb.turn
    }

    /// A verb, as QUIT.
    func verb() throws(ValueError) -> Verb {
        let text = try text()
        guard let verb = Verb(rawValue: text.uppercased()) else { throw wrong("'\(text)' is no verb") }
        return verb
    }

    /// The steps at which a server speaks, and words for two of them that have no verb.
    private static let turns: [String: CommandSequence.Turn] = [
        "4": .greeting, "6": .hello, "8": .mail, "10": .rcpt, "11": .data, "13": .mailData, "14": .quit,
        "GREETING": .greeting, "DOT": .mailData,
    ]

    func rule() throws(ValueError) -> ServerDialogue.Rule {
        var found: [String: Value] = [:]
        for (name, value) in try entries() {
            guard ["verb", "step", "path", "reply"].contains(name) else {
                throw value.wrong("a rule has verb or step, path and reply, but not '\(name)'")
            }
            found[name] = value
        }
        guard let reply = found["reply"] else { throw wrong("a rule needs a reply, as 550 5.1.1 No such user") }
        guard (found["verb"] == nil) != (found["step"] == nil) else {
            throw wrong("a rule needs a verb or the number of a step, and not both")
        }
        let answer = try reply.answer()
        let path = try found["path"].map { (value) throws(ValueError) in try value.line(most: 320, isASCII: true) }
        if let step = found["step"] {
            let turn = try step.turn()
            return ServerDialogue.Rule(
                turn: turn,
                path: path,
                code: answer.code,
                enhanced: answer.enhanced,
                text: answer.text
            )
        }
        guard let value = found["verb"] else { throw wrong("a rule needs a verb") }
        let word = try value.line(most: 40, isASCII: true).uppercased()
        if let verb = Verb(rawValue: word) {
            return ServerDialogue.Rule(
                verb: verb,
                path: path,
                code: answer.code,
                enhanced: answer.enhanced,
                text: answer.text
            )
        }
        guard word.allSatisfy(\.isLetter) else { throw value.wrong("'\(word)' is no verb: a verb is made of letters") }
        return ServerDialogue.Rule(unknownVerb: word, code: answer.code, enhanced: answer.enhanced, text: answer.text)
    }
}

extension EnhancedStatusCode {
    /// Whether a word has the form of one, as `5.1.1` (RFC 3463 §2).
    fileprivate static func isOne(_ word: Substring) -> Bool {
        let parts = word.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 3 && ["2", "4", "5"].contains(parts[0])
            && parts.allSatisfy { (1...3).contains($0.utf8.count) && $0.utf8.allSatisfy { (48...57).contains($0) } }
    }
}
