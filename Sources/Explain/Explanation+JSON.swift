import Interchange
import Tracing

extension Explanation {
    /// One object on a line, with its line feed. Of the header of a mail it has the way of the mail as well, in `hops`.
    public var json: String {
        let lessons = lessons.map { jsonText($0.path) }.joined(separator: ",")
        var fields = [
            "\"kind\":\"\(kind.rawValue)\"", "\"by\":\(Self.text(by))", "\"step\":\(Self.number(step?.number))",
            "\"command\":\(Self.text(command))", "\"recipient\":\(Self.text(recipient))",
            "\"code\":\(Self.number(code.map(Int.init)))", "\"status\":\(Self.text(status))",
            "\"text\":\(jsonText(text))",
            "\"outcome\":\(Self.text(outcome?.rawValue))", "\"lessons\":[\(lessons)]",
            "\"speaker\":\(Self.text(speaker?.rawValue))", "\"likely\":\(isLikely && step != nil)",
        ]
        if let received { fields.append("\"hops\":[\(received.hops.map(Self.hop).joined(separator: ","))]") }
        return "{\(fields.joined(separator: ","))}\n"
    }

    /// What a server wrote of how it took the mail: delays in seconds.
    private static func hop(_ hop: ReceivedTrace.Hop) -> String {
        let words = [
            ("from", hop.from), ("seen", hop.seen), ("by", hop.by), ("via", hop.via), ("with", hop.with),
            ("tls", hop.tls),
            ("id", hop.id), ("recipient", hop.recipient), ("date", hop.date),
        ]
        let faults = hop.faults.map { "\"\($0.rawValue)\"" }.joined(separator: ",")
        let fields = words.map { name, value in "\"\(name)\":\(text(value))" }
        let delay = hop.delay.map { $0.isFinite ? "\(Int(max(-1e15, min(1e15, $0)).rounded()))" : "null" } ?? "null"
        return "{\(fields.joined(separator: ",")),\"delay\":\(delay),\"faults\":[\(faults)]}"
    }

    private static func text(_ text: String?) -> String { text.map(jsonText) ?? "null" }
    private static func number(_ number: Int?) -> String { number.map(String.init) ?? "null" }
}
