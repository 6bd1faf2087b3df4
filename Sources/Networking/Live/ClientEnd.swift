import NIOCore
import SMTP
import Tracing

/// The client's end of one connection: runs a `ClientDialogue` on a `Link` and tells what went over the wire.
///
/// What is told is what this socket wrote and read, in that order: a command before the reply to it.
final class ClientEnd {
    /// Holds octets back until they may go on the wire; the ordinal counts the same turn from 0.
    typealias Pass = (
        _ turn: CommandSequence.Turn, _ ordinal: Int, _ octets: [UInt8], _ action: @escaping ([UInt8]) -> Void
    ) -> Void

    /// What a session is set up with.
    struct Setup {
        var leg: Leg
        /// To whom, as `mx1.receiver.example [127.0.0.1]:25`.
        var peer: String
        /// Made when the connection stands, since only then the client knows its own address.
        var dialogue: (Link) throws -> any ClientConversation
        /// How long to wait for an answer; nil for ever.
        var limit: (TimeLimit) -> TimeAmount?
        var pass: Pass?
        /// Told what is waited for, and nil when nothing is.
        var onWaiting: ((Waiting?) -> Void)?
        /// Told when what was held back is no longer about to go.
        var onDropped: (() -> Void)?
        /// Whether nothing may be sent that leads to a delivery, until a person allows it.
        var isGuarded = false
        /// What TLS is set up with, should the dialogue ask for it.
        var tls: TLSSetup?
        /// Whether the handshake asks before it begins, as what is said does.
        var holdsHandshake = false
    }

    /// An answer that is waited for.
    struct Waiting: Equatable, Sendable {
        var turn: CommandSequence.Turn
        /// In seconds; nil for no limit.
        var limit: Int?
        var spec: String
    }

    /// Whose answer the next reply is.
    enum Expected {
        case own
        case byHand(TypedInput.Expected)
        /// Nobody's: it came before the command that waits for the next one was written.
        case nobody

        var isSure: Bool { if case .byHand(let sent) = self { sent.isSure } else { true } }
        var isByHand: Bool { if case .byHand = self { true } else { false } }
    }

    enum Ending: Sendable {
        case finished(ClientDialogue.Outcome)
        /// The connection never stood; why, in a sentence.
        case notConnected(WireEvent.Failure)
    }

    /// A reply that has more octets than this is no reply any more.
    static let maxReply = 1 << 20
    /// How long the server gets for closing after QUIT, which is its part (RFC 5321 §3.8); then the client closes.
    static let maxParting = TimeAmount.milliseconds(500)

    let setup: Setup
    let log: TimedLog
    private let onConnected: (Link) -> Void
    private let onEnding: (Ending) -> Void

    var dialogue: (any ClientConversation)?
    var link: Link?
    var framer = LineFramer()
    var assembler = ReplyAssembler()
    var actions: [ClientDialogue.Action] = []
    private var turns: [CommandSequence.Turn: Int] = [:]
    private var awaited: TimeLimit?
    /// How many octets of a reply have been read that is not complete.
    var replyOctets = 0
    /// What the line of AUTH on its way says once it is decoded.
    private var meaning: String?
    /// Numbers what is held.
    private var holds = 0
    var expected: [Expected] = []
    var hand = TypedInput()
    var isGuarded: Bool
    var life = ClientLife.connecting { didSet { debug?.line("life", from: oldValue, to: life) } }
    private let debug = DebugLog.writer("client end")
    private var loop = OneAtATime()

    init(
        _ setup: Setup,
        log: TimedLog,
        onConnected: @escaping (Link) -> Void = { _ in },
        onEnding: @escaping (Ending) -> Void
    ) {
        self.setup = setup
        isGuarded = setup.isGuarded
        self.log = log
        self.onConnected = onConnected
        self.onEnding = onEnding
    }

    /// The handler for the pipeline of the connection.
    func makeLink() -> Link {
        let link = Link { self.take($0) }
        self.link = link
        return link
    }

    /// The connection could not be made.
    func failed(_ error: any Error) {
        guard life == .connecting else { return }
        let reason = SocketTrouble.failure(error)
        log.emit(.error(reason.of(setup.peer)), setup.leg)
        end(.notConnected(reason))
    }

    /// Ends at once, without a word.
    func abort() {
        life.finish()
        actions = []
        link?.run(.abort)
        link = nil
    }

    private func take(_ occurrence: Link.Occurrence) {
        if case .closed = occurrence { link = nil }
        guard life != .finished else { return }
        switch occurrence {
        case .connected: connected()
        case .received(let octets):
            log.emit(.octets(from: .server, octets), setup.leg)
            framer.append(octets)
            proceed()
            listenWhileHeld()
        case .wrote(let octets):
            log.emit(.octets(from: .client, octets), setup.leg)
            if let meaning { log.emit(.note("decoded: \(meaning)"), setup.leg) }
            meaning = nil
            // Mail data that is being taken is progress, however long it takes altogether (RFC 5321 §4.5.3.2.5).
            if let awaited, life != .parting { link?.run(.wait(setup.limit(awaited))) }
        case .writable: break
        case .records(let side, let octets) where isBeginningWithTLS: log.emitHandshake(octets, from: side, setup.leg)
        case .records(let side, let octets): log.emit(.records(from: side, octets), setup.leg)
        case .secured(let facts):
            log.emit(.tls(facts), setup.leg)
            guard life.secured() else { return }
            actions += dialogue?.secured() ?? []
            proceed()
        case .notSecured(let trouble, let facts):
            if let facts { log.emit(.tls(facts), setup.leg) }
            notSecured(trouble)
        case .truncated: log.emit(.note("\(TLSError.truncated)"), setup.leg)
        case .timedOut where life == .parting: part(closedBy: .client)
        case .timedOut:
            log.emit(.error(silence(awaiting: awaited)), setup.leg)
            life.fail()
            actions = dialogue?.timedOut() ?? []
            proceed()
        case .ended where life == .parting: part(closedBy: .server)
        case .ended:
            if awaitsFirstWord { log.emit(.error(Self.noGreeting("")), setup.leg) }
            if life.isConnected { log.emit(.close(by: .server), setup.leg) }
            ended()
        case .failed(let reason):
            log.emit(.error(reason), setup.leg)
            ended()
        case .closed: break
        }
    }

    private func startTLS() {
        guard let tls = setup.tls else { return notSecured(.broken("TLS is not set up here")) }
        guard life.startTLS() else { return notSecured(.closedInHandshake) }
        // What stood behind the reply came in the clear: anybody may have written it (RFC 3207 §4.2).
        let injected = framer.unread.count
        if injected > 0 {
            log.emit(.note("\(injected) octets that came in the clear before the handshake are thrown away"), setup.leg)
        }
        framer = LineFramer()
        assembler = ReplyAssembler()
        replyOctets = 0
        // The handshake has a limit of its own.
        link?.run(.wait(nil))
        link?.run(.startTLS(tls))
    }

    /// Nothing more can be said on this connection.
    private func notSecured(_ trouble: TLSError) {
        let failure = failure(of: trouble)
        log.emit(.error(failure), setup.leg)
        life.fail()
        // A dialogue that is over already has said what is left to do.
        let next = dialogue?.notSecured(failure.words) ?? []
        if !next.isEmpty { actions = next }
        proceed()
    }

    private func connected() {
        guard let link, life.connect() else { return }
        log.emit(.connected(to: setup.peer), setup.leg)
        onConnected(link)
        do {
            var dialogue = try setup.dialogue(link)
            actions = dialogue.connected()
            self.dialogue = dialogue
            expected = [.own]
            explainSilence()
            proceed()
        } catch {
            log.emit(.error("\(error)"), setup.leg)
            closeNow()
            end(.notConnected("\(error)"))
        }
    }

    /// The server says no more. What it said before is still read; what waits to be let pass can no longer be sent.
    private func ended() {
        if life.isHeld { actions = dialogue?.closed() ?? [] }
        life.end()
        proceed()
    }

    func proceed() {
        guard loop.enter() else { return }
        defer { loop.leave() }
        while step() {}
    }

    /// Does the next thing there is to do; says whether there was one.
    private func step() -> Bool {
        switch life {
        case .connecting, .securing, .parting, .finished: return false
        case .open(.free):
            if act() || handOver() { return true }
            link?.run(.read())
            return false
        case .open(.held), .open(.interrupted):
            guard expected.contains(where: \.isByHand) else { return false }
            if handOver() { return true }
            link?.run(.read())
            return false
        case .ended:
            if act() || handOver() { return true }
            actions = dialogue?.closed() ?? []
            return !actions.isEmpty
        case .closed: return act()
        }
    }

    /// Carries out the dialogue's next action, if there is one.
    private func act() -> Bool {
        guard !actions.isEmpty else { return false }
        run(actions.removeFirst())
        return true
    }

    /// Gives the dialogue the next reply, or what is left of one that does not end.
    private func handOver() -> Bool {
        guard let line = framer.nextLine() else { return false }
        replyOctets += line.count
        var completed = assembler.append(ReplyLine.read(line.octets).value)
        // A piece of a line that is longer than any says nothing, whatever it begins with.
        let isPiece = line.ending == .none
        if isPiece || completed?.lines.last?.continues ?? (replyOctets > Self.maxReply) {
            log.emit(.error("the reply does not end, after \(replyOctets) octets"), setup.leg)
            completed = Reply(lines: [])
        }
        guard let reply = completed else { return true }
        replyOctets = 0
        take(reply)
        return true
    }

    /// The only place where the client acts.
    private func run(_ action: ClientDialogue.Action) {
        switch action {
        case .send(let line, let turn):
            let octets = line.onTheWire
            let meaning = turn == .auth || turn == .saslResponse ? dialogue?.responseMeaning : nil
            hold(turn, octets) { [self] sent in
                // Of a line that a person changed nothing is known.
                if sent == octets { self.meaning = meaning }
                write(sent)
            }
        case .sendOctets(let octets, let turn):
            hold(turn, octets) { self.write($0) }
        case .note(let words): log.emit(.note(words), setup.leg)
        case .mismatch(let words): log.emit(.remark(.init(.notAsExpected, words)), setup.leg)
        case .smuggling(let found): log.emit(.remark(.init(found)), setup.leg)
        case .sendMailData(let octets): hold(.mailData, octets) { self.write($0) }
        case .wait(let limit): wait(limit, dialogue?.awaitedTurn ?? .handshake)
        case .startTLS where setup.holdsHandshake: hold(.handshake, []) { _ in self.startTLS() }
        case .startTLS: startTLS()
        case .close: close()
        case .finish(let outcome): end(.finished(outcome))
        }
    }

    private func write(_ octets: [UInt8]) {
        // What the server did not take for a line so far it will take for the beginning of this one.
        if expected.contains(where: { !$0.isSure }) {
            expected.removeAll { !$0.isSure }
            let remark = WireEvent.Failure(.unfinishedLine).adding(" and takes it for the beginning of this one")
            log.emit(.remark(remark), setup.leg)
        }
        hand.reset()
        disownEarlyReplies()
        expected.append(.own)
        link?.run(.write(octets))
    }

    func wait(_ limit: TimeLimit, _ turn: CommandSequence.Turn) {
        awaited = limit
        let time = setup.limit(limit)
        link?.run(.wait(time))
        let seconds = time.map { Int($0.nanoseconds / 1_000_000_000) }
        setup.onWaiting?(Waiting(turn: turn, limit: seconds, spec: limit.spec))
    }

    private func hold(_ turn: CommandSequence.Turn, _ octets: [UInt8], _ action: @escaping ([UInt8]) -> Void) {
        guard let pass = setup.pass else { return action(octets) }
        holds += 1
        let number = holds
        guard life.hold(number) else { return actions = dialogue?.closed() ?? [] }
        let ordinal = turns[turn, default: 0]
        turns[turn] = ordinal + 1
        if expected.isEmpty {
            awaited = nil
            link?.run(.wait(nil))
        }
        setup.onWaiting?(nil)
        pass(turn, ordinal, octets) { octets in
            guard self.life.release(number) else { return }
            action(octets)
            self.proceed()
        }
        listenWhileHeld()
    }

    /// A server may say 421 or leave while a person thinks; that must be seen. What it may say unasked is bounded.
    func listenWhileHeld() {
        guard life.isHeld, framer.unfinished.count < LineFramer.maxLine else { return }
        link?.run(.read())
    }

    private func close() {
        guard dialogue?.sequence.phase == .ended, life.part() else { return closeNow() }
        link?.run(.wait(Self.maxParting))
        link?.run(.read())
    }

    private func part(closedBy side: Side) {
        life.close()
        // What this says inside TLS, close_notify, stands before the end.
        closeNow()
        log.emit(.close(by: side), setup.leg)
        proceed()
    }

    private func closeNow() {
        let isOpen = life.isConnected
        life.close()
        link?.run(.wait(nil))
        // In TLS this says close_notify first.
        link?.run(.close)
        if isOpen { log.emit(.close(by: .client), setup.leg) }
    }

    private func end(_ ending: Ending) {
        guard life.finish() else { return }
        link = nil
        setup.onWaiting?(nil)
        onEnding(ending)
    }
}
