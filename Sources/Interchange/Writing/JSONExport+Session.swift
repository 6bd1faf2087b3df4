import Captures
public import Tracing

extension JSONExport {
    /// The number of the form these objects have; it grows when a reader has to know of a change.
    public static let schema = 2

    /// The object that stands before the lines of a session: who spoke with whom, and what became of the mail.
    public func object(_ recording: Recording, _ trace: Trace, session: Int) -> String {
        object(recording.header, trace, session: session)
    }

    /// The same of a recording whose events nobody holds any more.
    public func object(_ header: Recording.Header, _ trace: Trace, session: Int) -> String {
        let ends = SessionEnds(trace.facts.names, header.ends)
        let (verdict, situations) = Self.conclusions(of: trace)
        return "{\"session\":\(session),\"kind\":\"session\",\"schema\":\(Self.schema),"
            + "\"began\":\(Self.text(header.began)),\"client\":\(Self.text(ends.client ?? "")),"
            + "\"server\":\(Self.text(ends.server ?? "")),\"source\":\(Self.text(header.source)),"
            + "\"tls\":\(Self.tls(trace)),\"verdict\":\(verdict),"
            + "\"situations\":[\(situations)]}\n"
    }

    /// What became of the mail and what is going on: each goes through all lines, so each does it on a processor of its own.
    private static func conclusions(of trace: Trace) -> (verdict: String, situations: String) {
        var found: [String] = []
        Processors.each(
            of: 0..<2,
            atOnce: 1,
            making: { part in
                part.map {
                    $0 == 0
                        ? verdict(Verdict(of: trace), trace)
                        : Situation.all(in: trace).map(situation).joined(separator: ",")
                }
            },
            { found.append($0) }
        )
        return (found[0], found[1])
    }

    /// What is going on: lines by their index, sessions by their number.
    private static func situation(_ situation: Situation) -> String {
        "{\"id\":\"\(situation.id)\",\"text\":\(jsonText(situation.sentence)),\"advice\":\(jsonText(situation.advice)),"
            + "\"lines\":\(situation.lines),\"sessions\":\(situation.sessions),\"lesson\":\"\(situation.anchor)\"}"
    }

    /// null in the clear; where TLS went by and nobody opens it, what its hellos say, and null for what they do not say.
    private static func tls(_ trace: Trace) -> String {
        let known = trace.facts.tls ?? trace.facts.tlsInClear
        guard let facts = known ?? (trace.facts.bothSpeakTLS ? TLSFacts() : nil) else { return "null" }
        return "{\"version\":\(text(facts.version ?? "")),\"cipher\":\(text(facts.cipher ?? "")),"
            + "\"group\":\(text(facts.group ?? ""))}"
    }

    static func verdict(_ verdict: Verdict, _ trace: Trace) -> String {
        let recipients = verdict.recipients.map { recipient in
            let decision = recipient.decision
            let lines = decision?.lines.map { WireText.shown(trace.lines[$0].octets) } ?? []
            return
                "{\"address\":\(jsonText(WireText.shown(recipient.address))),\"transaction\":\(recipient.transaction),"
                + "\"outcome\":\"\(recipient.outcome.rawValue)\",\"step\":\(number(recipient.place?.step.number)),"
                + "\"code\":\(number(decision.map { Int($0.code) })),"
                + "\"status\":\(text(decision?.status.map { "\($0)" } ?? "")),"
                + "\"text\":\(text(lines.joined(separator: "\n"))),\"next\":\"\(verdict.next(of: recipient).rawValue)\"}"
        }
        return "{\"outcome\":\"\(verdict.outcome.rawValue)\",\"recipients\":[\(recipients.joined(separator: ","))],"
            + "\"step\":\(number(verdict.place?.step.number)),\"holder\":\"\(verdict.holder.rawValue)\"}"
    }

    private static func number(_ number: Int?) -> String { number.map(String.init) ?? "null" }
    /// null for what is not known.
    private static func text(_ text: String) -> String { text.isEmpty ? "null" : jsonText(text) }
}

/// The two ends of a session as lists and exports name them: by address where one is known, else by the name they gave.
struct SessionEnds {
    let client: String?
    let server: String?

    init(_ glance: borrowing SessionGlance, _ ends: Recording.Ends?) {
        self.init(endpoint: glance.endpoint, client: glance.clientName, server: glance.serverName, ends)
    }

    init(_ names: SessionFacts.Names, _ ends: Recording.Ends?) {
        self.init(endpoint: names.endpoint, client: names.client, server: names.server, ends)
    }

    private init(endpoint: String?, client: [UInt8]?, server: [UInt8]?, _ ends: Recording.Ends?) {
        self.client = Self.known(ends?.client) ?? client.map { WireText.shown($0) }
        self.server =
            endpoint.map { Escaping.message($0) } ?? Self.known(ends?.server)
            ?? server.map { WireText.shown($0) }
    }

    /// An end that a log tells; one that it does not name is empty.
    private static func known(_ end: String?) -> String? {
        end.flatMap { $0.isEmpty ? nil : Escaping.message($0) }
    }
}
