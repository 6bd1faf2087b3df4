import NIOCore
import SMTP
import Tracing

/// The server's end of one connection: runs a `ServerDialogue` on a `Link`.
///
/// What comes is handed to the dialogue a piece at a time; what the dialogue wants done waits in a queue. While the queue is not
/// done, or its replies have not left, no other piece is handed over and nothing more is read. So a reply that waits holds back
/// what the client says next, and a client that does not read its replies costs no more than those to one piece.
final class ServerEnd {
    /// Holds an action back until it may go on the wire; the ordinal counts replies to the same turn from 0.
    typealias Pass = (_ turn: CommandSequence.Turn, _ ordinal: Int, _ action: @escaping () -> Void) -> Void

    /// What makes one server differ from another.
    struct Setup {
        var policy: ServerDialogue.Policy
        var manners = Persona.Manners()
        /// What TLS is set up with, should the client ask for it.
        var tls: TLSSetup?
        /// Whether TLS comes before anything is said (RFC 8314 §3.3).
        var beginsWithTLS = false
        /// How long a client may be silent.
        var limit: TimeAmount?
        var date: () -> MailDate
    }

    /// A mail and what a server must know about how it came to write its trace fields.
    struct Reception {
        var mail: MailObject
        var fields: TraceFields
    }

    /// What became of a mail.
    enum Fate {
        case accepted(Reception)
        case notAccepted(MailObject, why: String)
    }

    private(set) var dialogue: ServerDialogue
    /// Hears what is on the wire, in order; set before `start`.
    var observe: ((WireEvent.Kind) -> Void)?
    /// Whether what is told is taken up fast enough for more to be read; when that changes, `resume` has to be called.
    var mayRead: () -> Bool = { true }
    private let setup: Setup
    private let onConnected: (ServerEnd) -> Void
    private let onMail: (ServerEnd, Fate) -> Void
    private let onClosed: (ServerEnd) -> Void

    private var link: Link?
    private var pass: Pass?
    private var isKnown: (@Sendable (ServerDialogue.Correspondence) -> Bool)?
    private var framer = LineFramer()
    /// What was read and nobody has heard of yet.
    private var unheard: ArraySlice<UInt8> = []
    /// What came and is not in the framer yet, which is given small pieces: taking a line off a large one costs more.
    private var unframed: ArraySlice<UInt8> = []
    private var actions: [ServerDialogue.Action] = []
    private var next = 0
    /// Replies that go out together.
    private var outgoing: [UInt8] = []
    private var fates: [Fate] = []
    private var replies: [CommandSequence.Turn: Int] = [:]
    private var receptions = 0
    private var life = ServerLife.accepted { didSet { debug?.line("life", from: oldValue, to: life) } }
    private let debug = DebugLog.writer("server")
    /// Where the dialogue stood when the debug log was told last.
    private var toldPhase = CommandSequence.Phase.connected
    private var loop = OneAtATime()
    /// Whether anything was said since the time limit began: a client that drips octets gets no more time for it.
    private var hasProgressed = true

    init(
        _ setup: Setup,
        onConnected: @escaping (ServerEnd) -> Void,
        onMail: @escaping (ServerEnd, Fate) -> Void,
        onClosed: @escaping (ServerEnd) -> Void
    ) {
        dialogue = ServerDialogue(setup.policy)
        dialogue.digests = .openSSL
        self.setup = setup
        self.onConnected = onConnected
        self.onMail = onMail
        self.onClosed = onClosed
    }

    /// The handler for the pipeline of the connection.
    func makeLink() -> Link {
        let link = Link { self.take($0) }
        self.link = link
        return link
    }

    /// The port the client speaks from, by which a server knows its own world's client.
    var peerPort: Int? { link?.remoteAddress?.port }
    var peer: SocketAddress? { link?.remoteAddress }
    var local: SocketAddress? { link?.localAddress }

    /// Begins to speak; until then the client hears nothing. With `pass` every reply asks before it goes out.
    func start(pass: Pass? = nil, isKnown: (@Sendable (ServerDialogue.Correspondence) -> Bool)? = nil) {
        self.pass = pass
        guard debug.took("start", life.start()) else { return }
        dialogue.clientAddress = link?.remoteAddress?.ipAddress ?? "unknown"
        self.isKnown = isKnown
        if setup.beginsWithTLS { return startTLS() }
        actions += dialogue.connected()
        proceed()
    }

    /// Ends at once, without a word.
    func abort() { link?.run(.abort) }

    /// There is room again for what is told.
    func resume() { proceed() }

    private func take(_ occurrence: Link.Occurrence) {
        switch occurrence {
        case .connected:
            if debug.took("connected", life.connect()) { onConnected(self) }
        case .received(let octets):
            unheard += octets
            proceed()
        case .writable: proceed()
        case .wrote(let octets): observe?(.octets(from: .server, octets))
        case .records(let side, let octets): observe?(.records(from: side, octets))
        case .secured(let facts):
            observe?(.tls(facts))
            guard debug.took("secured", life.secured()) else { return }
            actions += dialogue.secured()
            proceed()
        case .notSecured(let trouble, let facts):
            if let facts { observe?(.tls(facts)) }
            life.end(.error(.init(.tlsFailed, "\(trouble)")))
        case .truncated: observe?(.note("\(TLSError.truncated)"))
        case .timedOut:
            actions += dialogue.timedOut()
            proceed()
        case .ended:
            life.end(.close(by: .client))
            proceed()
        case .failed(let reason): life.end(.error(reason))
        case .closed:
            hearAll()
            if let ending = life.closed() { observe?(ending) }
            link = nil
            actions = dialogue.closed()
            next = 0
            for case .notAccepted(let mail, let why) in actions { onMail(self, .notAccepted(mail, why: why)) }
            actions = []
            onClosed(self)
        }
    }

    // MARK: What comes

    /// How many octets of commands are a piece. No more are read at once, so that those of others have their turn.
    private static let maxPiece = 2048

    /// Mail data and chunks have no replies that could pile up.
    private var hearsContent: Bool {
        dialogue.phase == .mailData || dialogue.expectedChunkOctets ?? 0 > 0
    }

    /// Hears the next piece of what was read.
    private func hearPiece() {
        let piece = Array(hearsContent ? unheard : unheard.prefix(Self.maxPiece))
        unheard = piece.count == unheard.count ? [] : unheard.dropFirst(piece.count)
        hear(piece)
    }

    /// Hears what was read and is of no more use, so that everything is told.
    private func hearAll() { while !unheard.isEmpty { hearPiece() } }

    /// Gives the dialogue every line and chunk of it, then tells what it was.
    private func hear(_ octets: [UInt8]) {
        unframed += octets
        while dialogue.phase != .securing, handOver() {}
        observe?(.octets(from: .client, octets))
    }

    /// Gives the dialogue the next line or chunk. Half a line at the end of the stream is no command and is left alone.
    private func handOver() -> Bool {
        repeat {
            if let count = dialogue.expectedChunkOctets, count > 0 {
                let octets = framer.take(octets: count)
                guard octets.isEmpty else {
                    hasProgressed = true
                    actions += dialogue.received(chunk: octets)
                    return true
                }
            } else if let line = framer.nextLine() ?? (dialogue.takesPieces ? framer.finish() : nil) {
                hasProgressed = true
                let done = greylisted(dialogue.received(line))
                actions += done
                noteSpeakingAhead(answered: !done.isEmpty)
                return true
            }
        } while refillFramer()
        return false
    }

    /// What the dialogue wants done, once the greylist has said what it knows: nothing is heard before that.
    private func greylisted(_ done: [ServerDialogue.Action]) -> [ServerDialogue.Action] {
        guard case .checkGreylist(let correspondence)? = done.last else { return done }
        return done.dropLast() + dialogue.greylistChecked(passes: isKnown?(correspondence) ?? true)
    }

    /// Without PIPELINING a client waits for the answer before it speaks on (RFC 2920 §3.1).
    private func noteSpeakingAhead(answered: Bool) {
        guard answered, !dialogue.mayPipeline, dialogue.expectedChunkOctets == nil,
            dialogue.phase != .securing, dialogue.phase != .ended,
            !framer.unread.isEmpty || !unframed.isEmpty || !unheard.isEmpty
        else { return }
        actions += dialogue.spokenAhead()
    }

    private func refillFramer() -> Bool {
        guard !unframed.isEmpty else { return false }
        framer.append(unframed.prefix(4096))
        unframed = unframed.dropFirst(4096)
        if unframed.isEmpty { unframed = [] }
        return true
    }

    // MARK: What is done

    /// Does what there is to do, and asks for more when all of it is done.
    private func proceed() {
        guard loop.enter() else { return }
        defer {
            debug?.line("dialogue", from: toldPhase, to: dialogue.phase)
            toldPhase = dialogue.phase
            loop.leave()
        }
        while let link, life.mayAct {
            if next < actions.count {
                next += 1
                run(actions[next - 1])
                continue
            }
            actions.removeAll(keepingCapacity: true)
            next = 0
            flush()
            guard link.isWritable, mayRead() else { return }
            if !unheard.isEmpty {
                hearPiece()
                continue
            }
            if life.hasHeardAll { return close() }
            // While a person decides when the client may go on, its silence is not its own.
            if hasProgressed, pass == nil { link.run(.wait(setup.limit)) }
            hasProgressed = false
            return link.run(.read(atMost: hearsContent ? Link.maxRead : Self.maxPiece))
        }
    }

    /// The only place where the server acts.
    private func run(_ action: ServerDialogue.Action) {
        switch action {
        case .reply(let lines, let turn): reply(lines, turn)
        case .accepted(let mail): accept(mail)
        case .notAccepted(let mail, let why): fates.append(.notAccepted(mail, why: why))
        case .remark(let text):
            flush()
            observe?(.note(text))
        case .close:
            flush()
            close()
        case .startTLS: startTLS()
        // Answered already, when the line was heard.
        case .checkGreylist: break
        }
    }

    private func reply(_ lines: [OutgoingLine], _ turn: CommandSequence.Turn) {
        let octets = setup.manners.octets(of: lines, answering: turn)
        let delay = setup.manners.delay(before: turn)
        guard pass != nil || delay != .none || setup.manners.drip != .none else {
            outgoing += octets
            // Fates are told behind the reply that says so.
            if !fates.isEmpty { flush() }
            return
        }
        let ordinal = replies[turn, default: 0]
        replies[turn] = ordinal + 1
        life.hold()
        if let pass {
            pass(turn, ordinal) {
                self.life.release()
                self.write(octets)
                self.proceed()
            }
        } else {
            rest(delay) {
                self.drip(octets[...])
            }
        }
    }

    /// Begins the handshake. What stands behind STARTTLS came in the clear: anybody may have written it, so it is thrown away
    /// (RFC 3207 §4.2, CVE-2011-0411).
    private func startTLS() {
        flush()
        guard let tls = setup.tls, debug.took("STARTTLS", life.startTLS()) else { return close() }
        hearAll()
        let injected = framer.unread.count + unframed.count
        if injected > 0 {
            observe?(.note("\(injected) octets that came in the clear behind STARTTLS are thrown away"))
        }
        framer = LineFramer()
        unframed = []
        link?.run(.wait(nil))
        link?.run(.startTLS(tls))
    }

    /// Writes octets one by one where the server is that slow, and goes on when all are written.
    private func drip(_ octets: ArraySlice<UInt8>) {
        guard setup.manners.drip != .none, octets.count > 1 else {
            life.release()
            write(Array(octets))
            return proceed()
        }
        write([octets[octets.startIndex]])
        rest(setup.manners.drip) { self.drip(octets.dropFirst()) }
    }

    private func rest(_ delay: Persona.Delay, _ action: @escaping () -> Void) {
        guard delay != .none else { return action() }
        link?.after(.milliseconds(Int64(delay.milliseconds))) { if self.life.isHolding { action() } }
    }

    private func write(_ octets: [UInt8]) {
        outgoing += octets
        flush()
    }

    private func flush() {
        if !outgoing.isEmpty {
            let octets = outgoing
            outgoing = []
            link?.run(.write(octets))
        }
        guard !fates.isEmpty else { return }
        let told = fates
        fates = []
        for fate in told { onMail(self, fate) }
    }

    private func close() {
        hearAll()
        actions = []
        next = 0
        life.close()
        link?.run(.close)
        link = nil
    }

    private func accept(_ mail: MailObject) {
        receptions += 1
        let id = dialogue.policy.queueID + (receptions > 1 ? "-\(receptions)" : "")
        let fields = TraceFields(
            clientName: dialogue.clientName,
            clientAddress: dialogue.clientAddress,
            serverName: dialogue.policy.domain,
            transport: dialogue.transport,
            queueID: id,
            date: setup.date()
        )
        fates.append(.accepted(Reception(mail: mail, fields: fields)))
    }
}
