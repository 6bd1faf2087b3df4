import Lessons
import Tracing

/// Records of network monitors: an SMTP event of Suricata's `eve.json`, a row of Zeek's `smtp.log`.
///
/// They name the envelope and, in Zeek's case, the last reply; the words of JSON are read as they stand, one value a name.
enum MonitorRecords {
    static func read(_ text: PastedText, _ explainer: Explainer) -> [Explanation] {
        let all = text.lines.joined(separator: "\n")
        if all.has("\"event_type\""), value("event_type", all) == "smtp" { return suricata(all, explainer) }
        if all.has("\"last_reply\"") || all.has("\"mailfrom\"") { return zeek(text, explainer) }
        return zeekTable(text, explainer)
    }

    /// Each event, which may stand on one line or on many.
    private static func suricata(_ text: String, _ explainer: Explainer) -> [Explanation] {
        let parts = text.split(separator: "\"event_type\"").dropFirst().prefix(1000)
        return parts.compactMap { part -> Explanation? in
            let record = "\"event_type\"\(part)"
            guard value("event_type", record) == "smtp" else { return nil }
            var found = Explanation(.record, text: "")
            found.by = "Suricata"
            let sender = value("mail_from", record)
            let recipients = list("rcpt_to", record)
            found.recipient = recipients.first.map { String($0.path) }
            found.details = details([
                ("helo", value("helo", record)), ("from", sender), ("to", recipients.joined(separator: ", ")),
            ])
            found.text = found.details.map { "\($0.name) \($0.value)" }.joined(separator: ", ")
            return envelope(found, hasRecipient: !recipients.isEmpty, hasSender: sender != nil)
        }
    }

    /// Without a reply, the record goes as far as the envelope does.
    private static func envelope(_ found: Explanation, hasRecipient: Bool, hasSender: Bool) -> Explanation {
        var found = found
        found.place = hasRecipient ? .rcpt : hasSender ? .mail : .ehlo
        found.lessons = [LessonAnchor("command/\(hasRecipient ? "RCPT" : hasSender ? "MAIL" : "EHLO")")]
        found.lessons.append(LessonAnchor("background/envelope-and-header"))
        found.outcome = .unknown
        found.speaker = .program
        return found
    }

    private static func zeek(_ text: PastedText, _ explainer: Explainer) -> [Explanation] {
        text.filled.prefix(1000).compactMap { line in
            guard line.has("\"mailfrom\"") || line.has("\"last_reply\"") else { return nil }
            return zeek(
                helo: value("helo", line),
                from: value("mailfrom", line),
                to: list("rcptto", line),
                reply: value("last_reply", line),
                explainer
            )
        }
    }

    /// The form with tabs, whose columns a line `#fields` names; the tabs are blanks by now.
    private static func zeekTable(_ text: PastedText, _ explainer: Explainer) -> [Explanation] {
        guard text.lines.contains(where: { $0.hasPrefix("#fields") && $0.has("mailfrom") }) else { return [] }
        return text.filled.filter { !$0.hasPrefix("#") }.prefix(1000).compactMap { line in
            let addresses = line.split(separator: " ").filter { $0.contains("@") }
            let reply =
                ReplyInText.all(in: line).first
                ?? line.place(of: " 250 ").flatMap { ReplyInText.opening(line[$0.lowerBound...]) }
            let to = addresses.dropFirst().first.map { $0.split(separator: ",").map(String.init) } ?? []
            return zeek(helo: nil, from: addresses.first.map(String.init), to: to, reply: reply?.quotation, explainer)
        }
    }

    private static func zeek(helo: String?, from: String?, to: [String], reply: String?, _ explainer: Explainer)
        -> Explanation?
    {
        var found = Explanation(.record, text: "")
        found.by = "Zeek"
        found.recipient = to.first.map { String($0.path) }
        found.details = details([
            ("helo", helo), ("from", from), ("to", to.joined(separator: ", ")), ("last reply", reply),
        ])
        guard !found.details.isEmpty else { return nil }
        found.text = found.details.map { "\($0.name) \($0.value)" }.joined(separator: ", ")
        guard let quoted = reply.flatMap({ ReplyInText.opening($0) }) else {
            return envelope(found, hasRecipient: !to.isEmpty, hasSender: from != nil)
        }
        explainer.take(quoted, in: &found, turn: quoted.code == 250 && !to.isEmpty ? .dot : nil)
        return found
    }

    private static func details(_ rows: [(String, String?)]) -> [Explanation.Detail] {
        rows.compactMap { name, value in value.flatMap { $0.isEmpty ? nil : Explanation.Detail(name, $0) } }
    }

    /// The text behind a name.
    private static func value(_ name: String, _ json: some StringProtocol) -> String? {
        guard let rest = json.behind("\"\(name)\"")?.drop(while: { ": \n".contains($0) }), rest.first == "\"" else {
            return nil
        }
        return rest.dropFirst().prefix { $0 != "\"" }.description
    }

    /// The texts of a list behind a name.
    private static func list(_ name: String, _ json: some StringProtocol) -> [String] {
        guard let rest = json.behind("\"\(name)\"")?.drop(while: { ": \n".contains($0) }), rest.first == "[" else {
            return []
        }
        let inner = rest.dropFirst().prefix { $0 != "]" }
        return inner.split(separator: "\"").map(String.init).filter { !$0.allSatisfy { ", \n".contains($0) } }
    }
}
