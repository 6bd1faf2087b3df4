import NIOCore
import SMTP

/// The server's end of one connection: runs a `ServerDialogue` on a `Link`.
///
/// A line is handed over when everything the line before it brought has been done, so a reply that waits at a gate holds back
/// what the client says next, and a client that does not read its replies is not read either.
final class ServerEnd {
    /// Holds an action back until it may go on the wire; the ordinal counts replies to the same turn from 0.
    typealias Pass = (_ turn: CommandSequence.Turn, _ ordinal: Int, _ action: @escaping () -> Void) -> Void

    /// A mail and what a server must know about how it came to write its trace fields.
    struct Reception {
        var mail: MailObject
        var fields: TraceFields
    }

    private(set) var dialogue: ServerDialogue
    private let limit: TimeAmount?
    private let date: () -> MailDate
    private let onConnected: (ServerEnd) -> Void
    private let onReception: (ServerEnd, Reception) -> Void
    private let onClosed: (ServerEnd) -> Void

    private var link: Link?
    private var pass: Pass?
    private var framer = LineFramer()
    /// What came and is not in the framer yet, which is given small pieces: taking a line off a large one costs more.
    private var unframed: ArraySlice<UInt8> = []
    private var actions: [ServerDialogue.Action] = []
    private var replies: [CommandSequence.Turn: Int] = [:]
    private var clientName: [UInt8] = []
    private var greetedByHELO = false
    private var receptions = 0
    private var isStarted = false
    private var isConnected = false
    private var isHeld = false
    private var isDraining = false
    private var hasEnded = false
    /// Whether anything was said since the time limit began: a client that drips octets gets no more time for it.
    private var hasProgressed = true

    init(
        policy: ServerDialogue.Policy,
        limit: TimeAmount?,
        date: @escaping () -> MailDate,
        onConnected: @escaping (ServerEnd) -> Void,
        onReception: @escaping (ServerEnd, Reception) -> Void,
        onClosed: @escaping (ServerEnd) -> Void
    ) {
        dialogue = ServerDialogue(policy)
        self.limit = limit
        self.date = date
        self.onConnected = onConnected
        self.onReception = onReception
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

    /// Begins to speak; until then the client hears nothing. With `pass` every reply asks before it goes out.
    func start(pass: Pass? = nil) {
        self.pass = pass
        guard !isStarted, isConnected else { return }
        isStarted = true
        actions += dialogue.connected()
        proceed()
    }

    /// Ends at once, without a word.
    func abort() { link?.run(.abort) }

    private func take(_ occurrence: Link.Occurrence) {
        switch occurrence {
        case .connected:
            isConnected = true
            onConnected(self)
        case .received(let octets):
            unframed += octets
            proceed()
        case .writable: proceed()
        // No server of ours offers STARTTLS yet.
        case .wrote, .records, .secured, .notSecured, .truncated: break
        case .timedOut:
            actions += dialogue.timedOut()
            proceed()
        case .ended:
            hasEnded = true
            proceed()
        case .failed: hasEnded = true
        case .closed:
            link = nil
            actions = []
            onClosed(self)
        }
    }

    /// Does what there is to do, hands over what has come, and asks for more when all of it is done.
    private func proceed() {
        guard isStarted, !isDraining else { return }
        isDraining = true
        defer { isDraining = false }
        while let link, !isHeld {
            if !actions.isEmpty {
                run(actions.removeFirst())
            } else if !link.isWritable {
                return
            } else if !handOver() {
                if hasEnded { return close() }
                // While a person decides when the client may go on, its silence is not its own.
                if hasProgressed, pass == nil { link.run(.wait(limit)) }
                hasProgressed = false
                return link.run(.read)
            }
        }
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
            } else if let line = framer.nextLine() {
                hasProgressed = true
                noteName(in: line)
                actions += dialogue.received(line)
                return true
            }
        } while refillFramer()
        return false
    }

    private func refillFramer() -> Bool {
        guard !unframed.isEmpty else { return false }
        framer.append(unframed.prefix(4096))
        unframed = unframed.dropFirst(4096)
        if unframed.isEmpty { unframed = [] }
        return true
    }

    private func noteName(in line: WireLine) {
        guard dialogue.sequence.phase != .mailData, line.octets.count < 512 else { return }
        let command = Command.read(line.octets).value
        guard command.turn == .hello else { return }
        clientName = Array(line.octets.dropFirst(5))
        greetedByHELO = command.verb == .helo
    }

    /// The only place where the server acts.
    private func run(_ action: ServerDialogue.Action) {
        switch action {
        case .reply(let lines, let turn):
            let ordinal = replies[turn, default: 0]
            replies[turn] = ordinal + 1
            let octets = lines.flatMap(\.onTheWire)
            hold(turn, ordinal) { self.link?.run(.write(octets)) }
        case .accepted(let mail): accept(mail)
        case .close: close()
        // No server of ours offers STARTTLS yet, so no dialogue asks for it.
        case .startTLS: close()
        }
    }

    private func hold(_ turn: CommandSequence.Turn, _ ordinal: Int, _ action: @escaping () -> Void) {
        guard let pass else { return action() }
        isHeld = true
        pass(turn, ordinal) {
            self.isHeld = false
            action()
            self.proceed()
        }
    }

    private func close() {
        actions = []
        link?.run(.close)
        link = nil
    }

    private func accept(_ mail: MailObject) {
        receptions += 1
        let id = dialogue.policy.queueID + (receptions > 1 ? "-\(receptions)" : "")
        let fields = TraceFields(
            clientName: clientName,
            clientAddress: link?.remoteAddress?.ipAddress ?? "unknown",
            serverName: dialogue.policy.domain,
            transport: greetedByHELO ? "SMTP" : "ESMTP",
            queueID: id,
            date: date()
        )
        onReception(self, Reception(mail: mail, fields: fields))
    }
}
