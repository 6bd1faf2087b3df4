import Lessons
import Tracing

/// A report of delivery in the form of RFC 3464: groups of fields, one for the message and one a recipient.
///
/// The groups are found by their fields, wherever in the text they stand, since people paste parts of a bounce. They are ASCII and
/// never encoded (RFC 3464 §2.1), so that the structure of MIME around them need not be read.
enum DeliveryReport {
    /// One group, its fields by name in lower case.
    private typealias Fields = [String: String]

    static func read(_ text: PastedText, _ explainer: Explainer) -> [Explanation] {
        let groups = groups(text.lines)
        let recipients = groups.filter {
            $0["action"] != nil && ($0["final-recipient"] ?? $0["original-recipient"]) != nil
        }
        guard !recipients.isEmpty else { return [] }
        let wording = explainer.bounceWording(text)
        let message = groups.first { $0["reporting-mta"] != nil }
        let writer = wording.flatMap { explainer.writer($0, text) } ?? message.flatMap(writer)
        return recipients.map { recipient($0, writer, text, explainer) }
    }

    /// The fields that stand together, folded lines put behind the one they belong to.
    private static func groups(_ lines: [String]) -> [Fields] {
        var groups: [Fields] = []
        var fields: Fields = [:]
        var last: String?
        for line in lines {
            if line.trimmed.isEmpty {
                if !fields.isEmpty { groups.append(fields) }
                (fields, last) = ([:], nil)
            } else if line.first == " ", let name = last {
                fields[name, default: ""] += " " + line.trimmed
            } else if let colon = line.firstIndex(of: ":"), names.contains(line[..<colon].lowercased()) {
                let name = line[..<colon].lowercased()
                // A group that follows without a blank line begins anew.
                if fields[name] != nil { (groups, fields) = (groups + [fields], [:]) }
                fields[name] = String(line[line.index(after: colon)...].trimmed)
                last = name
            } else {
                last = nil
            }
        }
        return fields.isEmpty ? groups : groups + [fields]
    }

    /// The fields of a report (RFC 3464 §2.2, §2.3).
    private static let names: Set = [
        "original-envelope-id", "reporting-mta", "dsn-gateway", "received-from-mta", "arrival-date",
        "original-recipient",
        "final-recipient", "action", "status", "remote-mta", "diagnostic-code", "last-attempt-date", "final-log-id",
        "will-retry-until", "x-postfix-queue-id", "x-display-name", "x-supplementary-info",
    ]

    /// Whose report it is, by the fields of its own that it has.
    private static func writer(_ message: Fields) -> String? {
        if message["x-postfix-queue-id"] != nil { return "Postfix" }
        let mta = message["reporting-mta"]?.lowercased() ?? ""
        return mta.has("prod.outlook.com") ? "Exchange Online" : mta.has("googlemail.com") ? "Gmail" : nil
    }

    private static func recipient(_ fields: Fields, _ writer: String?, _ text: PastedText, _ explainer: Explainer)
        -> Explanation
    {
        let diagnostic = fields["diagnostic-code"].map { value($0) } ?? ""
        let address = value(fields["original-recipient"] ?? fields["final-recipient"] ?? "")
        var found = Explanation(.bounce, text: diagnostic)
        found.by = writer
        found.recipient = String(address.path)
        let action = fields["action"]?.lowercased() ?? ""
        found.outcome = outcome(action, fields["status"] ?? "")
        found.speaker = .program
        if let reply = ReplyInText.opening(diagnostic) ?? ReplyInText.first(in: diagnostic)
            ?? ReplyInText.status(in: diagnostic)
        {
            found.speaker = nil
            explainer.take(reply, in: &found, turn: FreeBounce.turn(of: reply, for: address, in: text))
        } else {
            found.quoted = diagnostic
            explainer.addFailure(diagnostic, to: &found)
        }
        found.status = status(fields["status"], said: found.status)
        if found.turn == nil {
            found.turn = LikelyTurn.of(code: found.code, status: found.status)
            found.isLikely = found.turn != nil
        }
        found.server = fields["remote-mta"].map { value($0) }
        if found.text.isEmpty { found.text = "Action: \(action)" + (found.status.map { ", Status: \($0)" } ?? "") }
        found.details = [("last attempt", "last-attempt-date"), ("tried until", "will-retry-until")].compactMap {
            name,
            key in
            fields[key].map { Explanation.Detail(name, $0) }
        }
        return found
    }

    /// Behind the type: `smtp; 550 5.1.1 …`, `rfc822; bob@receiver.example`.
    private static func value(_ field: String) -> String {
        let parts = field.split(separator: ";", maxSplits: 1)
        guard parts.count == 2, parts[0].utf8.count < 20, !parts[0].trimmed.contains(" ") else { return field }
        return String(parts[1].trimmed)
    }

    private static func outcome(_ action: String, _ status: String) -> Explanation.Outcome {
        switch action.prefix(while: \.isLetter) {
        case "failed": status.hasPrefix("4.") || status.hasPrefix("5.4.7") ? .expired : .refused
        case "delayed": .deferred
        case "delivered", "relayed", "expanded": .accepted
        default: .unknown
        }
    }

    /// The server's own words win over a status that says nothing but its class; else the field counts.
    private static func status(_ field: String?, said: String?) -> String? {
        guard let field = field?.split(separator: " ").first, ReplyInText.isStatus(field) else { return said }
        return field.hasSuffix(".0.0") ? said ?? String(field) : String(field)
    }
}
