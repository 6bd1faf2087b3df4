import SMTP

/// A client's machine with every event told to the debug log: its state before and after, what it wants done, and what it
/// ignored. It changes nothing. Octets and words are left out, since they may hold a credential.
struct LoggedDialogue: ClientConversation {
    private var inner: any ClientConversation
    private let writer: DebugLog.Writer
    private var hasBegun = false
    private var hasFinished = false

    /// The dialogue itself where there is no debug log.
    static func around(_ dialogue: some ClientConversation) -> any ClientConversation {
        guard let writer = DebugLog.writer("client") else { return dialogue }
        return LoggedDialogue(inner: dialogue, writer: writer)
    }

    var sequence: CommandSequence { inner.sequence }
    var offer: Hello { inner.offer }
    var awaitedTurn: CommandSequence.Turn? { inner.awaitedTurn }
    var responseMeaning: String? { inner.responseMeaning }

    mutating func connected() -> [ClientDialogue.Action] {
        let isSecond = hasBegun
        defer { hasBegun = true }
        return watch("connected", isOurBug: isSecond) { $0.connected() }
    }

    mutating func received(_ reply: Reply) -> [ClientDialogue.Action] {
        let code = reply.code.map { "\($0)" } ?? "without a code"
        return watch("reply \(code)", isOurBug: !hasBegun) { $0.received(reply) }
    }

    mutating func closed() -> [ClientDialogue.Action] { watch("closed", isOurBug: !hasBegun) { $0.closed() } }
    mutating func timedOut() -> [ClientDialogue.Action] { watch("timed out", isOurBug: !hasBegun) { $0.timedOut() } }
    mutating func secured() -> [ClientDialogue.Action] { watch("secured", isOurBug: !hasBegun) { $0.secured() } }

    mutating func notSecured(_ reason: String) -> [ClientDialogue.Action] {
        watch("not secured", isOurBug: !hasBegun) { $0.notSecured(reason) }
    }

    mutating func observed(_ command: Command, as turn: CommandSequence.Turn, _ reply: Reply) {
        _ = watch("a line by hand was answered, \(turn.words)", isOurBug: !hasBegun) {
            $0.observed(command, as: turn, reply)
            return []
        }
    }

    mutating func observedMailData(_ reply: Reply) {
        _ = watch("mail data by hand was answered", isOurBug: !hasBegun) {
            $0.observedMailData(reply)
            return []
        }
    }

    mutating func receivedEarly(_ reply: Reply) {
        _ = watch("an early reply", isOurBug: !hasBegun) {
            $0.receivedEarly(reply)
            return []
        }
    }

    mutating func resume() -> [ClientDialogue.Action] { watch("resume", isOurBug: !hasBegun) { $0.resume() } }

    mutating func goOn(to point: ClientDialogue.StopPoint?) -> [ClientDialogue.Action] {
        watch("go on", isOurBug: !hasBegun) { $0.goOn(to: point) }
    }

    init(inner: any ClientConversation, writer: DebugLog.Writer) {
        self.inner = inner
        self.writer = writer
        writer.line("begins, \(Self.state(of: inner))")
    }

    private mutating func watch(
        _ event: String,
        isOurBug: Bool,
        _ body: (inout any ClientConversation) -> [ClientDialogue.Action]
    ) -> [ClientDialogue.Action] {
        let before = Self.state(of: inner)
        let actions = body(&inner)
        let after = Self.state(of: inner)
        var line = event
        if isOurBug {
            line += ": our bug, it came before connected or a second time"
        } else if hasFinished {
            line += ": after the end, ignored"
        }
        line += before == after ? "; still \(after)" : "; \(before) -> \(after)"
        if !actions.isEmpty { line += "; " + actions.map(Self.words).joined(separator: ", ") }
        writer.line(line)
        if case .finish = actions.last { hasFinished = true }
        return actions
    }

    private static func state(of conversation: any ClientConversation) -> String {
        "\(conversation.sequence.phase)" + (conversation.awaitedTurn.map { " awaits the answer to \($0.words)" } ?? "")
    }

    private static func words(_ action: ClientDialogue.Action) -> String {
        switch action {
        case .send(_, let turn): "send \(turn.words)"
        case .sendOctets(_, let turn): "send octets for \(turn.words)"
        case .note, .mismatch, .smuggling: "remark"
        case .sendMailData(let octets): "send mail data, \(octets.count) octets"
        case .wait(let limit): "wait \(limit.seconds) s (\(limit.spec))"
        case .startTLS: "start TLS"
        case .close: "close"
        case .finish: "finish"
        }
    }
}
