import Interchange
import Lessons
import Tracing

/// The header of a mail: its trace of `Received:` fields is one message over its hops, the newest on top (RFC 5321 §4.4).
enum MailHeaders {
    static func read(_ text: PastedText, _ explainer: Explainer) -> Explanation? {
        let fields = fields(text.lines)
        let received = fields.filter { $0.name == "received" }.map(\.value)
        guard isHeader(fields, text) else { return nil }
        guard !received.isEmpty else { return known(fields, text, explainer) }
        var found = Explanation(.headers, text: "Received: \(received[0])")
        found.place = .acceptance
        found.lessons = [LessonAnchor("field/Received"), LessonAnchor("field/Authentication-Results")].filter {
            anchor in
            fields.contains { "field/\($0.name)" == anchor.path.lowercased() }
        }
        let told = ReceivedText(trace: ReceivedTrace(received))
        let results = fields.filter { $0.name == "authentication-results" }.map {
            Explanation.Detail("results", $0.value)
        }
        found.lessons = told.lessons + found.lessons.dropFirst()
        found.details = told.details + results
        found.received = told.trace
        return found
    }

    /// Fields without a trace, and nothing else: each is one that has a lesson. Which server judged the mail, and how, stands in
    /// `Authentication-Results:` (RFC 8601 §2.2).
    private static func known(_ fields: [(name: String, value: String)], _ text: PastedText, _ explainer: Explainer)
        -> Explanation?
    {
        let anchors = fields.map { field in
            explainer.library.anchors(meantBy: field.name).first { $0.path.hasPrefix("field/") }
        }
        let block = text.lines.drop { $0.trimmed.isEmpty }.prefix { !$0.trimmed.isEmpty }
        guard !anchors.contains(nil), text.filled.count == block.count,
            !fields.allSatisfy({ programs.contains($0.name) })
        else { return nil }
        var found = Explanation(.headers, text: text.filled.prefix(3).joined(separator: "\n"))
        let isTrace = fields.contains { added.contains($0.name) }
        found.place = isTrace ? .acceptance : .content
        found.speaker = isTrace ? .recipientServer : nil
        found.lessons = anchors.compactMap { $0 }
        if fields.contains(where: { judged.contains($0.name) }) {
            found.general = [LessonAnchor("background/sender-authentication")]
        }
        found.details = fields.filter { judged.contains($0.name) }.map { Explanation.Detail("results", $0.value) }
        return found
    }

    /// Fields of receipts (RFC 8098 §3.2.7, RFC 3798 §3.2.7) that programs begin their messages with as well: alone they tell of no mail.
    private static let programs: Set = ["error", "failure", "warning"]
    /// Fields in which a server says how it judged the mail.
    private static let judged: Set = ["authentication-results", "received-spf", "arc-authentication-results"]
    /// Fields that a server adds which takes a mail.
    private static let added = judged.union([
        "return-path", "delivered-to", "x-original-to", "arc-seal", "arc-message-signature",
    ])

    /// The text begins with fields, and most of what stands before the first blank line is of them.
    private static func isHeader(_ fields: [(name: String, value: String)], _ text: PastedText) -> Bool {
        guard let first = text.filled.first, let colon = first.firstIndex(of: ":") else { return false }
        return isName(first[..<colon]) && !fields.isEmpty && fields[0].name == first[..<colon].lowercased()
    }

    private static func isName(_ text: Substring) -> Bool {
        !text.isEmpty && text.utf8.count <= 60 && text.utf8.allSatisfy { (33...126).contains($0) }
    }

    /// The fields up to the first blank line behind them, folded lines put together (RFC 5322 §2.2.3).
    private static func fields(_ lines: [String]) -> [(name: String, value: String)] {
        var fields: [(name: String, value: String)] = []
        for line in lines.drop(while: { $0.trimmed.isEmpty }).prefix(2000) {
            if line.trimmed.isEmpty { break }
            if line.first == " ", !fields.isEmpty {
                fields[fields.count - 1].value += " \(line.trimmed)"
            } else if let colon = line.firstIndex(of: ":"), isName(line[..<colon]) {
                fields.append((line[..<colon].lowercased(), String(line[line.index(after: colon)...].trimmed)))
            }
        }
        return fields
    }
}
