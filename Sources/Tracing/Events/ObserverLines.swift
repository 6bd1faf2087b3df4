import Notation
public import SMTP

/// What the observer of each leg sees, in words for a debug log: every event on one line, and a line more where a state of the
/// session has changed.
///
/// It decides nothing and shows no credential: octets are those of an event that the wire log has marked.
public struct ObserverLines: Sendable {
    /// How many octets of an event are shown.
    static let maxOctets = 120
    private var states: [Leg: String] = [:]

    public init() {}

    /// The lines of an event that went through a wire log; `reader` is that log's observer, behind the event.
    public mutating func lines(of event: WireEvent, _ reader: SessionReader) -> [String] {
        var lines = ["\(event.leg.rawValue): \(Self.words(event.kind))"]
        let state = Self.state(of: reader)
        if event.leg != .lookup, states.updateValue(state, forKey: event.leg) != state {
            lines.append("\(event.leg.rawValue): state \(state)")
        }
        return lines
    }

    /// A whole recording, each line behind its time.
    public static func lines(of recording: Recording) -> [String] {
        var log = WireLog()
        var told = ObserverLines()
        return recording.events.flatMap { event in
            let marked = log.event(event.kind, leg: event.leg, at: event.time)
            return told.lines(of: marked, log.reader(of: event.leg)).map { "at \(event.time): \($0)" }
        }
    }

    private static func state(of reader: SessionReader) -> String {
        var words = ["\(reader.sequence.phase)", "client says \(mode(reader.mode))"]
        if !reader.waiting.isEmpty { words.append("\(reader.waiting.count) unanswered") }
        if reader.isInReply { words.append("in a reply") }
        if reader.isSecured { words.append("inside TLS") }
        if reader.expectsTLS { words.append("expects TLS") }
        if reader.isForeign { words.append("is no SMTP") }
        for side in Side.allCases where reader.lacks(side) { words.append("lacks octets of the \(side.rawValue)") }
        return words.joined(separator: ", ")
    }

    private static func mode(_ mode: SessionReader.Mode) -> String {
        switch mode {
        case .commands: "commands"
        case .saslResponse: "a SASL response"
        case .mailData: "mail data"
        case .strayMailData: "mail data that nobody wants"
        case .chunk(let remaining, let isLast):
            "\(remaining.counted("octet")) more of \(isLast ? "the last" : "a") chunk"
        }
    }

    private static func words(_ kind: WireEvent.Kind) -> String {
        switch kind {
        case .connect(let peer): "connects to \(peer)"
        case .connected(let peer): "is connected to \(peer)"
        case .tls(let facts): "TLS stands: \(facts.summary ?? "nothing is known of it")"
        case .close(let side): "the \(side.rawValue) closes"
        case .error(let failure): "error: \(told(failure))"
        case .dnsQuery(let octets): "a DNS query of \(octets.count.counted("octet"))"
        case .dnsAnswer(let octets): "a DNS answer of \(octets.count.counted("octet"))"
        case .octets(let side, let octets, let credentials):
            // How long a credential is belongs to it.
            side.rawValue + (credentials.isEmpty ? ", \(octets.count.counted("octet")): " : ": ")
                + shown(Mask.over(octets, credentials).octets)
        case .gap(let side, let count, let isSealed):
            "\(count?.counted("octet") ?? "octets") of the \(side.rawValue) are \(isSealed ? "sealed" : "missing")"
        case .records(let side, let octets): "TLS records of the \(side.rawValue), \(octets.count.counted("octet"))"
        case .note(let words): "note: \(words)"
        case .remark(let failure): "remark: \(told(failure))"
        case .delivered(let octets): "a mail of \(octets.count.counted("octet")) is delivered"
        }
    }

    private static func told(_ failure: WireEvent.Failure) -> String {
        (failure.failure.map { "[\($0.id)] " } ?? "") + failure.words
    }

    private static func shown(_ octets: [UInt8]) -> String {
        WireText.shown(octets.prefix(maxOctets)) + (octets.count > maxOctets ? " …" : "")
    }
}
