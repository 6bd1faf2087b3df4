import DNS
import SMTP

/// Makes a trace from events, one at a time. Pure and incremental; replay and live run the same one.
///
/// It decides at which step a line stands and what is worth a finding. It does not know who recorded the events, nor what
/// is shown. Wrong input: events of ours that run backwards in time are taken as they come; whatever a peer does is the
/// peer's departure and becomes a finding; nothing is ignored, every octet ends up in a line.
public struct Tracer: Sendable {
    public private(set) var trace: Trace
    private var sessions = ByLeg<SessionTracer>()
    private var lookup = LookupTracer()

    private let showsSecrets: Bool
    private let keepsWholeMails: Bool

    /// `showsSecrets` leaves credentials as the events have them; a recording that was masked stays masked.
    /// With `keepsWholeMails` neither the content of a mail nor a line of it has a bound: for whoever writes it down.
    public init(showsSecrets: Bool = false, keepsWholeMails: Bool = false) {
        (self.showsSecrets, self.keepsWholeMails) = (showsSecrets, keepsWholeMails)
        trace = Trace(maxContent: keepsWholeMails ? Int.max : TracedMail.maxOctets)
    }

    /// The trace of a whole recording.
    public static func trace(of events: [WireEvent], keepsWholeMails: Bool = false) -> Trace {
        var tracer = Tracer(keepsWholeMails: keepsWholeMails)
        for event in events { tracer.consume(event) }
        tracer.finish()
        return tracer.trace
    }

    public mutating func consume(_ event: WireEvent) {
        switch event.kind {
        case .octets(_, let octets, _) where octets.isEmpty: break
        case .octets(let side, let octets, let credentials):
            withSession(event) { $0.octets(octets, marks: credentials, from: side, &$1) }
        case .records(_, let octets) where octets.isEmpty: break
        case .records(let side, let octets): withSession(event) { $0.records(octets, from: side, &$1) }
        case .connect(let endpoint):
            if event.leg == .relay { rememberExchanger(endpoint) }
            name(endpoint, event.leg)
            withSession(event) { $0.connecting(to: endpoint, &$1) }
        case .connected(let endpoint):
            if event.leg == .relay { trace.facts.serverAddress = endpoint }
            name(endpoint, event.leg)
            withSession(event) { $0.connected(to: endpoint, &$1) }
        case .tls(let facts): withSession(event) { $0.secured(facts, &$1) }
        case .close(let side): withSession(event) { $0.closed(by: side, &$1) }
        case .error(let failure): fail(failure, event)
        case .dnsQuery(let message): lookup.query(message, at: event.time, &trace)
        case .dnsAnswer(let message): lookup.answer(message, at: event.time, &trace)
        case .gap(let side, let count, let isSealed):
            withSession(event) { $0.gap(count, from: side, isSealed: isSealed, &$1) }
        case .note(let text): note(WireEvent.Failure(nil, text), event)
        case .remark(let failure): note(failure, event)
        case .delivered(let content): deliver(content, event)
        }
    }

    /// No more events will come: what is unfinished is shown as it stands.
    public mutating func finish() {
        for leg in Leg.allCases where sessions[leg] != nil {
            let time = trace.lines.last?.time ?? 0
            withSession(WireEvent(.note(""), leg: leg, at: time)) { $0.finish(&$1) }
        }
    }

    /// What the recipient's server has said of a line that is not complete yet, or the sender's own where there is no other;
    /// no more than its first octets.
    public var growing: [UInt8] {
        (sessions[.relay] ?? sessions[.submission]).map { $0.isOpaque ? [] : $0.reader.server.beginning } ?? []
    }

    private mutating func withSession(_ event: WireEvent, _ body: (inout SessionTracer, inout Trace) -> Void) {
        Self.change(&sessions, &trace, event, (showsSecrets, keepsWholeMails), body)
    }

    /// Both are changed in their places.
    private static func change(
        _ sessions: inout ByLeg<SessionTracer>,
        _ trace: inout Trace,
        _ event: WireEvent,
        _ keeping: (secrets: Bool, wholeMails: Bool),
        _ body: (inout SessionTracer, inout Trace) -> Void
    ) {
        let leg = event.leg
        sessions.change(
            leg,
            orBegin: SessionTracer(leg: leg, showsSecrets: keeping.secrets, keepsWholeMails: keeping.wholeMails)
        ) { session in
            session.settleRecords(before: event.kind, &trace)
            (session.time, session.isInferred) = (event.time, event.isInferred)
            session.waits.happens(event)
            body(&session, &trace)
        }
    }

    private mutating func name(_ endpoint: String, _ leg: Leg) {
        trace.facts.serverAddresses.set(endpoint, from: trace.lines.count)
        if leg == .relay || trace.facts.names.endpoint == nil { trace.facts.names.endpoint = endpoint }
    }

    private mutating func rememberExchanger(_ endpoint: String) {
        // `mx1.receiver.example [127.0.0.1]:25`, or `mx1.receiver.example:25` when no address is known.
        guard let host = endpoint.split(whereSeparator: { $0 == " " || $0 == ":" }).first else { return }
        trace.facts.chosen = trace.facts.exchangers.first { $0.exchange.utf8.equalsIgnoringCase(host.utf8) }
    }

    /// An error belongs to the lookup, or to the place the connection had reached.
    private mutating func fail(_ failure: WireEvent.Failure, _ event: WireEvent) {
        guard event.leg != .lookup else {
            let place = Place(.exchangerLookup)
            trace.fail(place)
            let anchor = failure.failure?.anchor ?? LessonAnchor("dns/failure")
            return appendEvent(failure, anchor, place, event)
        }
        withSession(event) { $0.failed(failure, &$1) }
    }

    /// A remark stands where the session is; before anything happened, at the step its leg begins with.
    private mutating func note(_ remark: WireEvent.Failure, _ event: WireEvent) {
        let place: Place =
            switch event.leg {
            case .lookup: Place(.exchangerLookup)
            case .submission, .relay: sessions[event.leg]?.place ?? SessionTracer(leg: event.leg).place
            }
        // Records before it stand before it.
        sessions[event.leg]?.settleRecords(before: event.kind, &trace)
        appendEvent(remark, remark.failure?.anchor ?? .syntax("note"), place, event)
        if remark.failure == .verbsAlone { withSession(event) { session, _ in session.knowsVerbsAlone = true } }
        if remark.failure == .unfinishedLine {
            withSession(event) { session, _ in session.reader.joinUnfinishedLines() }
        }
    }

    private mutating func deliver(_ content: [UInt8], _ event: WireEvent) {
        trace.delivered.append(content)
        let place = sessions[.relay]?.place ?? Place(.quit)
        appendEvent("delivered to the mailbox, \(content.count) octets", LessonAnchor("link/deliver"), place, event)
    }

    private mutating func appendEvent(
        _ told: WireEvent.Failure,
        _ anchor: LessonAnchor,
        _ place: Place,
        _ event: WireEvent
    ) {
        for line in told.words.split(whereSeparator: \.isNewline) {
            var next =
                TraceLine(
                    index: trace.lines.count,
                    time: event.time,
                    leg: event.leg,
                    speaker: .note,
                    place: place,
                    octets: Array(line.utf8),
                    ending: .none,
                    content: .event(anchor),
                    secrets: [],
                    findings: []
                )
            (next.failure, next.recipient) = (told.failure, told.recipient)
            trace.append(next)
        }
    }
}
