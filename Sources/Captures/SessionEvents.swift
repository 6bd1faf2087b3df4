import Cryptography
import DNS
import Notation
import SMTP
import Tracing

/// Turns what happened on a connection into events, as a recorder at one of its ends would have written them.
struct SessionEvents {
    private(set) var events: [WireEvent] = []
    /// A connection ends when both sides have closed it; the first to do so is who closed it.
    private var closer: (direction: Direction, time: Int64)?
    /// Nanoseconds since 1970 of time 0.
    let began: Int64
    let client: Direction
    /// What the connection was made to.
    private let name: String
    private let onRest: () -> Void
    /// Nanoseconds since 1970 of the latest event; packets may say any time, so nothing is computed from it unbounded.
    private(set) var latest: Int64
    /// Seconds since time 0 of the latest event.
    private var latestSeconds = 0.0
    private var sinceRest = 0
    private var remarks = 0
    private(set) var log = WireLog()
    /// What became of TLS.
    var tls = TLSInsight.unseen
    /// What the pieces that were not taken yet wait for.
    var awaited: TLSOpening.Awaited?

    /// The most remarks about TCP in one session.
    static let maxRemarks = 50

    init(client: Direction, name: String, began: Int64, onRest: @escaping () -> Void) {
        (self.client, self.name, self.began, self.onRest) = (client, name, began, onRest)
        latest = began
    }

    /// What a connection was made to, where a lookup gave its name.
    static func name(_ name: Name, of server: Endpoint) -> String {
        "\(name) [\(server.address.address)]:\(server.port)"
    }

    /// A DNS message that belongs to the session.
    mutating func add(_ message: LookupIndex.Message, _ octets: CaptureOctets) {
        let content = octets.window(at: message.place, count: message.length).octets
        add(message.isAnswer ? .dnsAnswer(content) : .dnsQuery(content), message.time, leg: .lookup)
    }

    /// All that happened on a connection. `keys` open TLS.
    mutating func add(_ assembly: StreamAssembly, keys: KeyLog) {
        begin(assembly)
        goOn(assembly, TLSKeys(keys))
        end()
    }

    /// Takes the pieces that have come, and answers how many it took. Where more may come, those from the beginning of TLS on are
    /// left until all that opens it is there.
    @discardableResult
    mutating func goOn(_ assembly: StreamAssembly, _ keys: TLSKeys) -> Int {
        awaited = nil
        for (number, piece) in assembly.pieces.enumerated() {
            let side: Side = piece.direction == client ? .client : .server
            switch piece.kind {
            case .syn: add(.connect(to: name), piece.time)
            case .synAck: add(.connected(to: name), piece.time)
            case .octets:
                openTLS(assembly, number, side, keys)
                if awaited != nil { return number }
                addOctets(assembly.content(piece), side, piece.time)
            case .gap: addGap(piece.count, side, piece.time)
            case .fin: closer = (closer?.direction ?? piece.direction, piece.time)
            case .rst:
                if closer == nil { add(.error(.init(.reset, "the \(side.rawValue) reset the connection")), piece.time) }
            case .retransmission:
                remark(
                    "\(piece.count.counted("octet")) of the \(side.rawValue) came again and are shown once",
                    piece.time
                )
            case .inconsistentRetransmission:
                let other = told(assembly.content(piece).prefix(200), of: side)
                remark(
                    "\(piece.count.counted("octet")) of the \(side.rawValue) came again and are not the same: shown is what came first\(other)",
                    piece.time
                )
            case .forwarded(let proxy): add(.note(proxy.words), piece.time)
            case .uncountedSYN:
                remark("the sequence numbers of this capture do not count the SYN, as real ones do", piece.time)
            case .outOfWindow:
                remark(
                    "\(piece.count.counted("octet")) of the \(side.rawValue) fit nowhere and are left out",
                    piece.time
                )
            }
        }
        return assembly.pieces.count
    }

    /// Nothing more will come.
    mutating func end() {
        for side in Side.allCases { endTLS(of: side) }
        if let closer { add(.close(by: closer.direction == client ? .client : .server), closer.time) }
    }

    /// Gives the events since the last time.
    mutating func take() -> [WireEvent] {
        defer { events.removeAll(keepingCapacity: true) }
        return events
    }

    /// The octets of a retransmission that differ from those shown; nothing where they might be a credential.
    private func told(_ content: Window, of side: Side) -> String {
        let octets = content.octets
        let mayBeSecret = side == .client && log.reader(of: .relay).mayHoldCredential(octets)
        return mayBeSecret ? "" : "; later it was \(WireText.shown(octets))"
    }

    /// Notes where the capture lacks one side, or the beginning of the session.
    mutating func begin(_ assembly: StreamAssembly) {
        let first = assembly.pieces.first?.time ?? began
        if !assembly.pieces.contains(where: { $0.kind == .syn || $0.kind == .synAck }) {
            add(.note("the connection was open already when the capture began"), first)
        }
        for side in assembly.missingSides(client: client) { add(.gap(from: side, octets: nil), first) }
    }

    mutating func remark(_ text: String, _ time: Int64) {
        remarks += 1
        if remarks < Self.maxRemarks {
            add(.note(text), time)
        } else if remarks == Self.maxRemarks {
            add(.note("more remarks about TCP are left out"), time)
        }
    }

    private mutating func addOctets(_ content: Window, _ side: Side, _ time: Int64) {
        if !addInside(content, side, time) { add(.octets(from: side, content.octets), time) }
        sinceRest += content.count
        guard sinceRest > CaptureOctets.restAfter else { return }
        sinceRest = 0
        onRest()
    }

    mutating func add(_ kind: WireEvent.Kind, _ time: Int64, leg: Leg = .relay) {
        latest = max(latest, time)
        latestSeconds = max(latestSeconds, Double(time &- began) / 1e9)
        events.append(log.event(kind, leg: leg, at: latestSeconds))
    }
}
