import FoundationEssentials
import Notation
import SMTP

/// Writes a recording line by line, so that a file that is cut off anywhere is sound up to its last whole line.
///
/// Secrets are replaced before they are written.
public enum RecordingWriter {
    /// The first line, with its line feed.
    public static func line(_ header: Recording.Header) -> String {
        let ends = header.ends.map { ",\"client\":\(jsonText($0.client)),\"server\":\(jsonText($0.server))" } ?? ""
        return "{\"ehlo\":\(Recording.version),\"began\":\(jsonText(header.began)),\"title\":\(jsonText(header.title)),"
            + "\"source\":\(jsonText(header.source))\(ends)}\n"
    }

    /// The line of an event, with its line feed. `showsSecrets` leaves in it what is marked: for a file that somebody asked for
    /// with --show-secrets, and for no other.
    public static func line(_ event: WireEvent, showsSecrets: Bool = false) -> String {
        var shown = event.kind
        if showsSecrets, case .octets(let side, let octets, _) = shown { shown = .octets(from: side, octets) }
        var (kind, payload) = written(shown)
        if event.isInferred, kind.holdsOctets {
            payload =
                payload.hasPrefix("{")
                ? "{\"inferred\":true,\(payload.dropFirst())" : "{\"inferred\":true,\"text\":\(payload)}"
        }
        return "[\(seconds(event.time)),\"\(event.leg.rawValue)\",\"\(kind.rawValue)\",\(payload)]\n"
    }

    /// A whole file, its credentials masked whoever made the events.
    public static func file(_ recording: Recording) -> String {
        recording.marked.reduce(into: line(recording.header)) { $0 += line($1) }
    }

    /// Whole microseconds as seconds with six places, the trailing zeros left out.
    static func seconds(_ time: Double) -> String {
        let micros = UInt64(max(0, min(time, 1e12)) * 1_000_000 + 0.5)
        let fraction = String(micros % 1_000_000)
        let padded = String(repeating: "0", count: 6 - fraction.count) + fraction
        let significant = padded.prefix(padded.count - padded.reversed().prefix { $0 == "0" }.count)
        return "\(micros / 1_000_000)" + (significant.isEmpty ? "" : ".\(significant)")
    }

    private static func written(_ kind: WireEvent.Kind) -> (RecordingKind, String) {
        switch kind {
        case .octets(let side, let octets, let secrets):
            let shown = secrets.isEmpty ? octets : Mask.over(octets, secrets).octets
            return (side == .client ? .client : .server, payload(shown))
        case .dnsQuery(let message): return (.dnsQuery, base64(message))
        case .dnsAnswer(let message): return (.dnsAnswer, base64(message))
        case .delivered(let content): return (.delivered, payload(content))
        case .connect(let endpoint): return (.connect, jsonText(endpoint))
        case .connected(let endpoint): return (.connected, jsonText(endpoint))
        case .tls(let facts): return (.tls, json(facts))
        case .records(let side, let octets): return (side == .client ? .clientTLS : .serverTLS, base64(octets))
        case .close(let side): return (.close, jsonText(side.rawValue))
        case .error(let failure): return (.error, json(failure))
        case .remark(let failure): return (.note, json(failure))
        case .gap(let side, let count, let isSealed):
            let words = [side.rawValue, count.map { String($0) }, isSealed ? "sealed" : nil].compactMap(\.self)
            return (.gap, jsonText(words.joined(separator: " ")))
        case .note(let text): return (.note, json(WireEvent.Failure(nil, text)))
        }
    }

    /// An object without the fields that say nothing; a text where there is no more than that.
    private static func json(_ facts: TLSFacts) -> String {
        if let summary = facts.summary, facts == TLSFacts(summary) { return jsonText(summary) }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(facts) else { return jsonText(facts.summary ?? "TLS") }
        return jsonShown(String(decoding: data, as: UTF8.self))
    }

    /// The id beside the words; the words alone where there is no id. Words that an
    /// old recording used for a failure get an id that says they are none; otherwise they would be read as one.
    private static func json(_ failure: WireEvent.Failure) -> String {
        let isMistakable = failure.failure == nil && OldRecordings.failure(toldBy: failure.words) != nil
        guard let id = failure.failure?.id ?? (isMistakable ? OldRecordings.noFailure : nil) else {
            return jsonText(failure.words)
        }
        let recipient = failure.recipient.map { ",\"recipient\":\(payload($0))" } ?? ""
        return "{\"id\":\(jsonText(id)),\"text\":\(jsonText(failure.words))\(recipient)}"
    }

    /// A JSON string when the octets are valid UTF-8, else base64.
    private static func payload(_ octets: [UInt8]) -> String {
        String(validating: octets, as: UTF8.self).map(jsonText) ?? base64(octets)
    }

    private static func base64(_ octets: [UInt8]) -> String {
        "{\"base64\":\"\(Base64.encode(octets).lossyText)\"}"
    }
}
