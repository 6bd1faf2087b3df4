import ArgumentParser
import Explain
import Interchange
import SMTP
import Tracing

/// What a script asks of the sessions it has shown or exported: `--fail-on` and `--expect`.
struct DemandOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "End with 65 when a session is one of these: refused, deferred, or has an error or a warning.",
            valueName: "words"
        ),
        completion: .list(Demands.words)
    )
    var failOn: [String] = []
    @Option(
        help: ArgumentHelp(
            "End with 65 unless this reply came, as 550@RCPT, 5yz@DOT, 4.7.1 or 220@BANNER.",
            valueName: "reply"
        )
    )
    var expect: [String] = []

    func demands() throws(CommandError) -> Demands {
        var demands = Demands()
        try Self.refuseEmpty(failOn, "--fail-on", "write refused, deferred, error or warning")
        try Self.refuseEmpty(expect, "--expect", "write a code and what it answers, as 550@RCPT")
        for word in failOn.flatMap({ $0.split(whereSeparator: { $0 == "," || $0 == " " }) }) {
            try demands.fail(on: word.lowercased())
        }
        for word in expect.flatMap({ $0.split(whereSeparator: { $0 == "," || $0 == " " }) }) {
            demands.expected.append(try ExpectedReply(word))
        }
        return demands
    }

    /// A script whose variable is empty asks for something, and must not be told that all is well.
    private static func refuseEmpty(_ values: [String], _ option: String, _ advice: String) throws(CommandError) {
        guard values.contains(where: { $0.allSatisfy { $0 == "," || $0 == " " } }) else { return }
        throw CommandError(.usage, "\(option) has no word: \(advice)")
    }
}

/// A reply that has to come: `550@RCPT`, `5yz`, `5.1.1@RCPT`. Without a verb it may answer anything.
struct ExpectedReply: Equatable {
    /// As it was typed.
    let text: String
    /// Digits, and `y` or `z` or `x` for any digit.
    private let code: [UInt8]
    private let status: EnhancedStatusCode?
    private let turns: [CommandSequence.Turn]
    private let verb: Verb?

    init(_ word: Substring) throws(CommandError) {
        text = String(word)
        let parts = word.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
        let code = Array(parts[0].utf8)
        status = EnhancedStatusCode(code)
        let isCode =
            code.count == 3 && (0x32...0x35).contains(code[0]) && code.dropFirst().allSatisfy(Self.isDigitOrAny)
        guard isCode || status != nil else {
            throw CommandError(
                .usage,
                "--expect: '\(Escaping.message(text))' is no reply; write a code or a status and what it answers, as 550@RCPT or 5.7.1@DOT"
            )
        }
        self.code = isCode ? code : []
        guard parts.count > 1 else {
            (turns, verb) = ([], nil)
            return
        }
        let name = parts[1].uppercased()
        turns = Self.turns.first { $0.names.contains(name) }?.turns ?? []
        verb = turns.isEmpty ? Verb(rawValue: name) : nil
        guard !turns.isEmpty || verb != nil else {
            throw CommandError(
                .usage,
                "--expect: nothing is answered that is called '\(Escaping.message(name))'; write a verb, BANNER for the greeting or DOT for the mail data"
            )
        }
    }

    private static func isDigitOrAny(_ octet: UInt8) -> Bool {
        (0x30...0x39).contains(octet)
            || [UInt8(ascii: "x"), UInt8(ascii: "y"), UInt8(ascii: "z")].contains(octet | 0x20)
    }

    /// The words for what is answered, as those of `--quit-after`; other verbs have their own name.
    private static let turns: [(names: [String], turns: [CommandSequence.Turn])] = [
        (["BANNER", "CONNECT", "GREETING"], [.greeting]), (["EHLO", "HELO", "LHLO"], [.hello]),
        (["MAIL", "FROM"], [.mail]), (["RCPT", "TO"], [.rcpt]), (["DATA"], [.data]),
        (["DOT"], [.mailData, .lastChunk]),
        (["BDAT"], [.chunk, .lastChunk]), (["AUTH"], [.auth, .saslResponse]), (["STARTTLS", "TLS"], [.startTLS]),
        (["QUIT"], [.quit]), (["RSET"], [.rset]),
    ]

    /// Whether a line of a trace is this reply.
    func fits(_ line: TraceLine) -> Bool {
        guard case .reply(let context) = line.content, let code = line.replyCode else { return false }
        if let verb, context.verb != verb { return false }
        if !turns.isEmpty {
            guard let turn = context.turn, turns.contains(turn) else { return false }
        }
        guard status == nil else { return line.enhanced == status }
        return fits(code)
    }

    /// Whether a text quotes this reply. What the text does not say is not counted against it.
    func fits(_ found: Explanation) -> Bool {
        guard verb == nil || verb?.rawValue == found.turn?.name else { return false }
        if !turns.isEmpty {
            guard let turn = found.turn, turns.contains(turn.sequenceTurn) else { return false }
        }
        guard status == nil else { return status.map { "\($0)" } == found.status }
        return found.code.map(fits) ?? false
    }

    private func fits(_ code: UInt16) -> Bool {
        zip(self.code, "\(code)".utf8).allSatisfy { wanted, digit in
            wanted == digit || !(0x30...0x39).contains(wanted)
        }
    }
}

/// What `--fail-on` and `--expect` ask for, and how far the sessions seen so far keep to it.
///
/// Every session is held against `--fail-on`; an expected reply has to come once in any of them.
struct Demands {
    private var outcomes: Set<Verdict.Outcome> = []
    private var severities: Set<Finding.Severity> = []
    var expected: [ExpectedReply] = []
    /// Those that came.
    private var met: Set<Int> = []
    /// How many sessions failed, and what is told of the first of them.
    private var failed = 0
    private var told: [String] = []
    private var seen = 0

    /// The most sessions that are told of one by one.
    private static let maxTold = 5

    var isEmpty: Bool { outcomes.isEmpty && severities.isEmpty && expected.isEmpty }

    /// What `--fail-on` takes, THE list.
    static let words = ["refused", "deferred", "error", "warning"]

    /// They end with a status, which a script waits for; a person at the panes reads the verdict.
    static let needsText = CommandError(
        .usage,
        "--fail-on and --expect are for scripts: put --plain or --list beside them"
    )

    mutating func fail(on word: String) throws(CommandError) {
        switch word {
        case "refused": outcomes.insert(.refused)
        case "deferred": outcomes.insert(.deferred)
        case "error": severities.insert(.error)
        case "warning": severities.formUnion([.error, .warning])
        default:
            throw CommandError(
                .usage,
                "--fail-on: there is no '\(Escaping.message(word))'; take one of \(Self.words.joined(separator: ", "))"
            )
        }
    }

    mutating func look(at trace: Trace, session: Int) {
        guard !isEmpty else { return }
        seen += 1
        for (index, reply) in expected.enumerated() where !met.contains(index) {
            if trace.lines.contains(where: reply.fits) { met.insert(index) }
        }
        guard let why = fault(in: trace) else { return }
        failed += 1
        if told.count < Self.maxTold { told.append("session \(session): \(why)") }
    }

    /// The same for what a text that is no dialogue tells of a mail: a bounce, a line of a log.
    mutating func look(at found: Explanation, number: Int) {
        guard !isEmpty else { return }
        seen += 1
        for (index, reply) in expected.enumerated() where !met.contains(index) {
            if reply.fits(found) { met.insert(index) }
        }
        guard let outcome = found.outcome?.verdict, outcomes.contains(outcome) else { return }
        failed += 1
        if told.count < Self.maxTold { told.append("text \(number): \(outcome.rawValue)") }
    }

    /// What of a session `--fail-on` forbids; nil when nothing is.
    private func fault(in trace: Trace) -> String? {
        if !outcomes.isEmpty {
            let verdict = Verdict(of: trace)
            let all = [verdict.outcome] + verdict.recipients.map(\.outcome) + verdict.transactions.map(\.outcome)
            if all.contains(where: outcomes.contains) { return verdict.summary }
        }
        guard !severities.isEmpty else { return nil }
        for line in trace.lines {
            guard let finding = line.findings.first(where: { severities.contains($0.severity) }) else { continue }
            return "\(finding.severity.rawValue) \(finding.id) at step \(line.place.step.number)"
        }
        return nil
    }

    /// Says what was not as it should be; throws when anything was not.
    func judge() throws(CommandError) {
        guard !isEmpty else { return }
        for line in told { Message.write("--fail-on: \(line)") }
        let missing = expected.indices.filter { !met.contains($0) }.map { expected[$0].text }
        var sentences: [String] = []
        if failed > 0 { sentences.append("\(failed) of \(seen.counted("session")) did what --fail-on forbids") }
        if !missing.isEmpty {
            sentences.append("no reply \(missing.joined(separator: ", ")) came, which --expect wants")
        }
        guard !sentences.isEmpty else { return }
        throw CommandError(.wrongData, sentences.joined(separator: "; "))
    }
}

extension Explanation.Outcome {
    /// What became of the mail, as a verdict has it; a mail that was tried for days is as good as refused.
    fileprivate var verdict: Verdict.Outcome? {
        switch self {
        case .refused, .expired: .refused
        case .deferred: .deferred
        case .accepted: .accepted
        case .unknown: nil
        }
    }
}
