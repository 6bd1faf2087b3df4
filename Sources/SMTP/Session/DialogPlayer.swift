/// Whoever leads the client's side of a connection: takes replies and says what to do.
public protocol ClientConversation: Sendable {
    var sequence: CommandSequence { get }
    var offer: Hello { get }
    var awaitedTurn: CommandSequence.Turn? { get }
    mutating func connected() -> [ClientDialogue.Action]
    mutating func received(_ reply: Reply) -> [ClientDialogue.Action]
    mutating func closed() -> [ClientDialogue.Action]
    mutating func timedOut() -> [ClientDialogue.Action]
    mutating func observed(_ command: Command, as turn: CommandSequence.Turn, _ reply: Reply)
    mutating func observedMailData(_ reply: Reply)
    mutating func resume() -> [ClientDialogue.Action]
    mutating func goOn(to point: ClientDialogue.StopPoint?) -> [ClientDialogue.Action]
    mutating func secured() -> [ClientDialogue.Action]
    mutating func notSecured(_ reason: String) -> [ClientDialogue.Action]
    /// What the response under way says, of a credential only that it is one.
    var responseMeaning: String? { get }
}

extension ClientConversation {
    public var responseMeaning: String? { nil }
}

extension ClientDialogue: ClientConversation {}

/// Plays a dialog instead of the usual walk: says what stands in it, and tells where the server answers otherwise.
///
/// It decides what is sent next and when the play is over. It does not know sockets. Wrong input: an answer that was not
/// expected is said and the play goes on, but where one side would take for commands what the other takes for mail, which
/// ends it; what comes after the end is ignored.
public struct DialogPlayer: ClientConversation {
    private enum State { case idle, playing, leaving, finished }

    private let script: DialogScript
    private let values: [String: String]
    private var state = State.idle
    private var position = 0
    /// The replies that are still to come for what was said.
    private var awaited: [HandSent.Expected] = []
    private var hand = HandSent()
    private var isGuarded: Bool
    private var acceptedMails = 0

    public private(set) var sequence = CommandSequence()
    public private(set) var offer = Hello()
    /// How many answers were not as expected.
    public private(set) var mismatches = 0
    public var awaitedTurn: CommandSequence.Turn? {
        switch state {
        case .idle, .finished: nil
        case .playing, .leaving: awaited.first?.turn ?? (sequence.phase == .connected ? .greeting : .unknown)
        }
    }

    /// `isGuarded` stops it before whatever leads to a delivery.
    public init(_ script: DialogScript, values: [String: String], isGuarded: Bool) {
        self.script = script
        self.values = values
        self.isGuarded = isGuarded
    }

    public mutating func connected() -> [ClientDialogue.Action] {
        guard state == .idle else { return [] }
        state = .playing
        return [.wait(.greeting)]
    }

    public mutating func received(_ reply: Reply) -> [ClientDialogue.Action] {
        guard state == .playing || state == .leaving else { return [] }
        let sent = awaited.isEmpty ? nil : awaited.removeFirst()
        note(reply, sent)
        if state == .leaving { return finish() }
        var actions: [ClientDialogue.Action] = []
        switch script.steps[position...].first {
        case .expect(let expectation):
            position += 1
            let wanted = DialogScript.Expectation(text: fill(expectation.text))
            if !wanted.isMet(by: reply) {
                actions.append(
                    .note(
                        "expected \(wanted.text.split(separator: "\n").joined(separator: " / ")), and this came instead"
                    )
                )
                mismatches += 1
                let isMail = reply.severity == .intermediate
                let isExpected = wanted.text.hasPrefix("3")
                if isMail != isExpected { return actions + leave() }
            }
        case .say, .expectClose, nil:
            mismatches += 1
            actions.append(.note("nobody expected this reply"))
            // The answer to something that was said may still be the one that is waited for.
            if !awaited.isEmpty { return actions + [.wait(TimeLimit(awaiting: awaited[0].turn))] }
        }
        if reply.code == 421 { return actions + finish() }
        return actions + next()
    }

    public mutating func closed() -> [ClientDialogue.Action] {
        guard state == .playing || state == .leaving else { return [] }
        if case .expectClose? = script.steps[position...].first, position + 1 == script.steps.count { return finish() }
        if sequence.phase == .ended || position >= script.steps.count { return finish() }
        let turn = awaitedTurn ?? .unknown
        state = .finished
        return [.close, .finish(.closedEarly(at: turn))]
    }

    public mutating func timedOut() -> [ClientDialogue.Action] {
        guard state == .playing || state == .leaving else { return [] }
        let turn = awaitedTurn ?? .unknown
        state = .finished
        return [.close, .finish(.timedOut(at: turn))]
    }

    public mutating func observed(_ command: Command, as turn: CommandSequence.Turn, _ reply: Reply) {
        sequence.follow(turn, code: reply.code)
    }

    public mutating func observedMailData(_ reply: Reply) { sequence.follow(.mailData, code: reply.code) }
    public mutating func resume() -> [ClientDialogue.Action] { state == .playing ? next() : [] }

    public mutating func goOn(to point: ClientDialogue.StopPoint?) -> [ClientDialogue.Action] {
        isGuarded = false
        return []
    }

    /// No dialog asks for TLS: what follows STARTTLS is nothing that lines could say.
    public mutating func secured() -> [ClientDialogue.Action] { [] }
    public mutating func notSecured(_ reason: String) -> [ClientDialogue.Action] { [] }

    private func fill(_ text: String) -> String { DialogScript.filled(text) { values[$0] } }

    /// Where the session is after a reply.
    private mutating func note(_ reply: Reply, _ sent: HandSent.Expected?) {
        guard let sent else { return sequence.follow(.greeting, code: reply.code) }
        sequence.follow(sent.turn, code: reply.code)
        if sent.turn == .hello, reply.severity == .positive { offer = Hello(reply) }
        if [.mailData, .lastChunk].contains(sent.turn), reply.severity == .positive { acceptedMails += 1 }
    }

    /// The next thing to say, or the next reply to wait for.
    private mutating func next() -> [ClientDialogue.Action] {
        switch script.steps[position...].first {
        case .expect: return [.wait(TimeLimit(awaiting: awaitedTurn ?? .unknown))]
        case .expectClose: return [.wait(.other)]
        case nil: return finish()
        case .say(let lines):
            let octets = lines.flatMap { TypedOctets.read(fill($0)) }
            guard !isGuarded || !hand.leadsToDelivery(octets, at: sequence.phase) else {
                return [
                    .note(
                        "What comes now leads to a delivery, which a server beyond this machine gets only when that is asked for"
                    )
                ]
                    + leave()
            }
            position += 1
            let expected = hand.append(octets, at: sequence)
            awaited += expected.filter(\.isSure)
            let turn = expected.first?.turn ?? (sequence.phase == .mailData ? .mailData : .unknown)
            let send = ClientDialogue.Action.sendOctets(octets, turn)
            guard case .say? = script.steps[position...].first else { return [send] + next() }
            return [send]
        }
    }

    private mutating func leave() -> [ClientDialogue.Action] {
        guard sequence.phase != .mailData, sequence.phase != .ended else { return finish() }
        state = .leaving
        awaited = []
        return [.send(Command.bare(.quit), .quit), .wait(.other)]
    }

    private mutating func finish() -> [ClientDialogue.Action] {
        state = .finished
        return [.close, .finish(.completed(accepted: acceptedMails))]
    }
}
