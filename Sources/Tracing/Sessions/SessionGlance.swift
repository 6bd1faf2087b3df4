public import SMTP

/// What one line of a list says about a session: who spoke with whom, from whom, to whom, and how it went.
///
/// A quick look for lists of thousands: no step, no span, no finding. Which reply answers what and what is mail data the one
/// observer says, and the verdict is the one that the whole trace has, since both come out of `VerdictReading`.
public struct SessionGlance: Sendable {
    /// The first path of MAIL as it was sent, angle brackets and all; nil where there was none.
    public var reversePath: [UInt8]? { told.reversePath }
    /// The paths of RCPT in the same way, each once, up to `maxPaths`.
    public var forwardPaths: [[UInt8]] { told.forwardPaths }
    /// How many RCPT commands there were.
    public var recipients: Int { told.recipients }
    /// Whom a connection was made to, the last one that came about; where none did, whom the last was tried to.
    public private(set) var endpoint: String?
    /// Whether that connection came about.
    private var isConnected = false
    /// The names both ends gave themselves, in EHLO and in the greeting.
    public var clientName: [UInt8]? { told.clientName }
    public var serverName: [UInt8]? { told.serverName }

    /// Whether TLS began.
    public var usesTLS: Bool { told.usesTLS }

    /// The most forward-paths that are kept.
    public static let maxPaths = 1000

    private var told = GlanceTold()
    /// Nearly every session has this connection alone, which stays in its place while it is read.
    private(set) var relay = GlanceConnection(leg: .relay)
    private(set) var others: [GlanceConnection] = []

    public init() {}

    /// All events of a recording.
    public init(_ events: [WireEvent]) {
        self.init()
        for event in events { take(event) }
    }

    // MARK: What happened

    public mutating func take(_ event: WireEvent) {
        let leg = event.leg
        switch event.kind {
        case .connect(let name): connecting(to: name, leg)
        case .connected(let name): connected(to: name, leg)
        case .octets(let side, let octets, let marks): take(octets, side, leg, marks: marks)
        case .records(let side, let octets): records(octets, side, leg)
        case .tls:
            told.usesTLS = true
            with(leg) { connection, _ in
                connection.reader.secured()
                connection.situations.secured()
            }
        case .close(let side): closed(leg, by: side)
        case .gap(let side, let count, _): gap(count, side, leg)
        case .error(let failure): failed(failure.failure, leg)
        case .remark(let failure):
            if let fate = failure.failure?.fate {
                told.legs.with(leg) { $0.told(fate, of: failure.recipient, at: nil) }
            } else if let failure = failure.failure {
                told.legs.failed(leg, failure, at: nil)
            }
            if failure.failure == .unfinishedLine {
                with(leg) { connection, _ in connection.reader.joinUnfinishedLines() }
            }
        case .dnsQuery, .dnsAnswer, .note, .delivered: break
        }
    }

    public mutating func connecting(to name: String, _ leg: Leg = .relay) {
        with(leg) { connection, told in
            connection.startOver(&told)
            connection.situations.connecting(to: EndpointName(name).number)
        }
        if leg == .relay && !isConnected || endpoint == nil { endpoint = name }
        told.legs.with(leg) { $0.connecting(to: EndpointName(name)) }
    }

    public mutating func connected(to name: String, _ leg: Leg = .relay) {
        if leg == .relay || endpoint == nil { endpoint = name }
        if leg == .relay { isConnected = true }
        with(leg) { connection, told in
            if !connection.isUntouched { connection.startOver(&told) }
            connection.reader.connected()
            connection.situations.connected()
        }
        told.legs.with(leg) { $0.connected() }
    }

    public mutating func closed(_ leg: Leg = .relay, by side: Side? = nil) {
        with(leg) { connection, told in
            connection.flush(&told)
            connection.situations.closed(by: side, line: nil)
        }
        told.legs.with(leg) { $0.closed(inLine: nil) }
    }

    public mutating func failed(_ failure: LinkFailure?, _ leg: Leg = .relay) {
        with(leg) { connection, told in
            connection.flush(&told)
            connection.situations.closed(by: failure == .reset ? .client : nil, line: nil)
        }
        told.legs.failed(leg, failure, at: nil)
    }

    public mutating func gap(_ count: Int?, _ side: Side, _ leg: Leg = .relay) {
        with(leg) { connection, told in
            connection.finish(side, isCut: true, &told)
            connection.reader.gap(count, from: side)
            connection.situations.lost()
        }
        told.legs.with(leg) { $0.gap() }
    }

    /// What became of the mail; the glance is over.
    public mutating func verdict() -> Verdict {
        if let index = others.firstIndex(where: { $0.leg == .submission }) { others[index].flush(&told) }
        relay.flush(&told)
        return told.legs.verdict()
    }

    public mutating func take(_ octets: [UInt8], _ side: Side, _ leg: Leg = .relay, marks: [Range<Int>] = []) {
        guard !octets.isEmpty else { return }
        with(leg) { connection, told in
            if marks.isEmpty {
                octets.withUnsafeBytes { connection.take($0, side, &told) }
            } else {
                connection.take(side, &told) { $0.append(octets, from: side, marks: marks) }
            }
        }
    }

    /// The same of octets that stand somewhere in memory.
    public mutating func take(_ octets: UnsafeRawBufferPointer, _ side: Side) {
        guard !octets.isEmpty else { return }
        relay.take(octets, side, &told)
    }

    private mutating func records(_ octets: [UInt8], _ side: Side, _ leg: Leg) {
        told.usesTLS = true
        with(leg) { connection, _ in
            connection.isUntouched = false
            connection.situations.record(side, line: nil)
        }
        told.legs.with(leg) {
            $0.spoke(side, at: nil)
            $0.record(octets, from: side, inLine: nil)
        }
    }

    private mutating func with(_ leg: Leg, _ body: (inout GlanceConnection, inout GlanceTold) -> Void) {
        guard leg != .relay else { return body(&relay, &told) }
        if let known = others.firstIndex(where: { $0.leg == leg }) { return body(&others[known], &told) }
        others.append(GlanceConnection(leg: leg))
        body(&others[others.count - 1], &told)
    }
}
