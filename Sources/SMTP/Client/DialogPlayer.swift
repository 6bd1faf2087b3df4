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
    /// A reply that was there before the command that it seems to answer: it answers nothing.
    mutating func receivedEarly(_ reply: Reply)
}

extension ClientConversation {
    public var responseMeaning: String? { nil }
    public mutating func receivedEarly(_ reply: Reply) {}
}

extension ClientDialogue: ClientConversation {}

/// Plays a dialog instead of the usual walk: says what stands in it, and tells where the server answers otherwise.
///
/// It decides what is sent next, when TLS begins and when the play is over. It does not know sockets or how TLS works. Wrong
/// input: an answer that was not expected is said and the play goes on, but where one side would take for commands what the
/// other takes for mail, or where what was to be said inside TLS would go in the clear, which ends it; what comes after the
/// end is ignored.
public struct DialogPlayer: ClientConversation {
    private enum State { case idle, playing, securing, leaving, finished }

    private let script: DialogScript
    /// What is to be played, the conditions that were met opened.
    private var steps: [DialogScript.Step]
    private let values: [String: String]
    private var state = State.idle
    private var position = 0
    /// The replies that are still to come for what was said.
    private var awaited: [TypedInput.Expected] = []
    private var hand = TypedInput()
    private var isGuarded: Bool
    private let beginsWithTLS: Bool
    private var acceptedMails = 0
    /// The first answer to EHLO tells whether there is anything to play.
    private var hasHeardOffer = false
    /// What the server answers behind the mail data, where that is the question.
    private var tally: SmugglingTally?
    /// What it answers to what it should refuse, where that is the question.
    private var refusals: QuestionTally?

    public private(set) var sequence = CommandSequence()
    public private(set) var offer = Hello()
    /// How many answers were not as expected.
    public private(set) var mismatches = 0
    public var awaitedTurn: CommandSequence.Turn? {
        switch state {
        case .idle, .securing, .finished: nil
        case .playing, .leaving: awaited.first?.turn ?? (sequence.phase == .connected ? .greeting : .unknown)
        }
    }

    /// `isGuarded` stops it before whatever leads to a delivery. `beginsWithTLS` is for port 465 (RFC 8314 §3.3).
    public init(_ script: DialogScript, values: [String: String], isGuarded: Bool, beginsWithTLS: Bool = false) {
        self.script = script
        steps = script.steps
        self.values = values
        self.isGuarded = isGuarded
        self.beginsWithTLS = beginsWithTLS
        refusals = script.question.map { QuestionTally($0) }
    }

    public mutating func connected() -> [ClientDialogue.Action] {
        guard state == .idle else { return [] }
        state = beginsWithTLS ? .securing : .playing
        return beginsWithTLS ? [.startTLS, .wait(.other)] : [.wait(.greeting)]
    }

    public mutating func received(_ reply: Reply) -> [ClientDialogue.Action] {
        guard state == .playing || state == .leaving else { return [] }
        if let actions = count(reply) { return actions }
        let sent = awaited.isEmpty ? nil : awaited.removeFirst()
        note(reply, sent)
        if state == .leaving { return finish() }
        var actions: [ClientDialogue.Action] = []
        switch steps[position...].first {
        case .expect(let expectation):
            position += 1
            let wanted = DialogScript.Expectation(text: fill(expectation.text))
            if !isMet(wanted, by: reply, to: sent), tally == nil {
                actions.append(
                    .mismatch(
                        "expected \(wanted.text.split(separator: "\n").joined(separator: " / ")), and this came instead"
                    )
                )
                mismatches += 1
                let isMail = reply.severity == .intermediate
                let isExpected = wanted.text.hasPrefix("3")
                if isMail != isExpected { return actions + leave() }
                if sent?.turn == .startTLS, sequence.phase != .securing { return actions + leave() }
            }
        case .say, .branch, .expectClose, nil:
            mismatches += 1
            actions.append(.mismatch("nobody expected this reply"))
            // The answer to something that was said may still be the one that is waited for.
            if !awaited.isEmpty { return actions + [.wait(TimeLimit(awaiting: awaited[0].turn))] }
        }
        if reply.code == 421 { return actions + finish() }
        if sent?.turn == .hello, !hasHeardOffer, let missing { return actions + [.note(Self.words(missing))] + leave() }
        if sent?.turn == .hello, reply.severity == .positive { hasHeardOffer = true }
        return actions + (sequence.phase == .securing ? startTLS(reply) : next())
    }

    /// Whether a reply is what the dialog tells of; where the server should refuse and that is the question, whether it does.
    private mutating func isMet(
        _ wanted: DialogScript.Expectation,
        by reply: Reply,
        to sent: TypedInput.Expected?
    ) -> Bool {
        guard let sent, wanted.text.hasPrefix("5"), refusals?.question.isAbout(sent.turn) == true else {
            return wanted.isMet(by: reply)
        }
        return refusals?.take(reply) ?? true
    }

    /// The server said yes to STARTTLS; only 220 does that (RFC 3207 §4).
    private mutating func startTLS(_ reply: Reply) -> [ClientDialogue.Action] {
        guard reply.code == 220 else {
            return end(.protocolError(at: .startTLS, reply))
        }
        state = .securing
        return [.startTLS, .wait(.other)]
    }

    public mutating func closed() -> [ClientDialogue.Action] {
        if state == .securing { return end(.closedEarly(at: .handshake)) }
        guard state == .playing || state == .leaving else { return [] }
        if case .expectClose? = steps[position...].first, position + 1 == steps.count { return finish() }
        if sequence.phase == .ended || position >= steps.count || tally != nil { return finish() }
        return end(.closedEarly(at: awaitedTurn ?? .unknown))
    }

    public mutating func timedOut() -> [ClientDialogue.Action] {
        if state == .securing { return end(.timedOut(at: .handshake)) }
        guard state == .playing || state == .leaving else { return [] }
        return end(.timedOut(at: awaitedTurn ?? .unknown))
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

    /// The handshake is over: what was learnt before it is forgotten, and what was said behind STARTTLS gets no answer
    /// (RFC 3207 §4.2).
    public mutating func secured() -> [ClientDialogue.Action] {
        guard state == .securing else { return [] }
        state = .playing
        guard sequence.phase == .securing else { return [.wait(.greeting)] }
        sequence.advance(.handshake, code: 220)
        offer = Hello()
        awaited = []
        hand.reset()
        return next()
    }

    public mutating func notSecured(_ reason: String) -> [ClientDialogue.Action] {
        switch state {
        case .idle, .finished: []
        case .securing: end(.notSecured(reason))
        // Broken off later: what was under way ends as if the server had left.
        case .playing, .leaving: end(.closedEarly(at: awaitedTurn ?? .unknown))
        }
    }

    // MARK: What the server offers

    /// An extension that the dialog needs and the server does not offer, now that EHLO is answered.
    private var missing: String? {
        guard sequence.phase == .identified else { return nil }
        return script.needs.first { $0 != "PIPELINING" && !offer.offers($0) }
    }

    private static func words(_ missing: String) -> String {
        "The server does not offer \(missing), which this dialog is about: there is nothing to play"
    }

    /// Whether lines that stand together have to wait for their answers (RFC 2920 §3.1).
    private var waitsForEach: Bool {
        script.needs.contains("PIPELINING") && sequence.phase != .connected && !offer.offers("PIPELINING")
    }

    /// Opens the conditions that come next.
    private mutating func decideBranches() {
        while case .branch(let keyword, let offered, let otherwise)? = steps[position...].first {
            steps.replaceSubrange(position...position, with: offer.offers(keyword) ? offered : otherwise)
        }
    }

    /// Leaves of a group only the lines up to the first that is answered; the others come behind that answer.
    private mutating func parted(_ lines: [String]) -> [String] {
        guard waitsForEach else { return lines }
        var ahead = hand
        let end = lines.firstIndex { ahead.append(TypedOctets.read(fill($0)), at: sequence).contains(where: \.isSure) }
        guard let end, end + 1 < lines.count else { return lines }
        let answer = steps[position...].firstIndex { if case .expect = $0 { true } else { false } }
        steps.insert(.say(Array(lines[(end + 1)...])), at: answer.map { $0 + 1 } ?? position + 1)
        return Array(lines[...end])
    }

    // MARK: Smuggling

    /// Counts a reply behind the mail data. Nil for one that the play goes on with: the first, and the one to QUIT.
    private mutating func count(_ reply: Reply) -> [ClientDialogue.Action]? {
        guard let known = tally, awaited.first?.turn == .quit, ![221, 421].contains(reply.code) else {
            if awaited.first?.turn == .mailData { tally?.take(reply) }
            return nil
        }
        var counted = known
        counted.take(reply)
        tally = counted
        return [.wait(.other)]
    }

    public mutating func receivedEarly(_ reply: Reply) { tally?.take(reply) }

    private func fill(_ text: String) -> String { DialogScript.filled(text) { values[$0] } }

    /// Where the session is after a reply.
    private mutating func note(_ reply: Reply, _ sent: TypedInput.Expected?) {
        guard let sent else { return sequence.follow(.greeting, code: reply.code) }
        sequence.follow(sent.turn, code: reply.code)
        if sent.turn == .hello, reply.severity == .positive { offer = Hello(reply) }
        if [.mailData, .lastChunk].contains(sent.turn), reply.severity == .positive { acceptedMails += 1 }
    }

    /// The next thing to say, or the next reply to wait for.
    private mutating func next() -> [ClientDialogue.Action] {
        decideBranches()
        switch steps[position...].first {
        case .branch: return []
        case .expect: return [.wait(TimeLimit(awaiting: awaitedTurn ?? .unknown))]
        case .expectClose: return [.wait(.other)]
        case nil: return finish()
        case .say(let group):
            let lines = parted(group)
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
            if script.question == .smuggling, sequence.phase == .mailData { tally = SmugglingTally() }
            let expected = hand.append(octets, at: sequence)
            awaited += expected.filter(\.isSure)
            let turn = expected.first?.turn ?? (sequence.phase == .mailData ? .mailData : .unknown)
            let send = ClientDialogue.Action.sendOctets(octets, turn)
            guard case .say? = steps[position...].first else { return [send] + next() }
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
        let found = tally.map { [ClientDialogue.Action.smuggling($0.verdict)] } ?? []
        let words = refusals?.words(offersLogin: offer.offers("AUTH"))
        return found + (words.map { [.note($0)] } ?? []) + end(.completed(accepted: acceptedMails))
    }

    private mutating func end(_ outcome: ClientDialogue.Outcome) -> [ClientDialogue.Action] {
        state = .finished
        return [.close, .finish(outcome)]
    }
}
