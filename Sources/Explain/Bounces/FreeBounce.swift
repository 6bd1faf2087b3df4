import Lessons
import SMTP
import Tracing

/// A bounce in free words, as servers wrote them before RFC 3464 and beside it: known by its opening (a wording of the kind
/// bounce) or by its form, with addresses and the replies that are quoted for them.
enum FreeBounce {
    static func read(_ text: PastedText, _ explainer: Explainer) -> [Explanation] {
        let wording = explainer.bounceWording(text)
        let form = BounceForm(Array(text.filled.prefix(400)))
        guard wording != nil || form != nil else { return [] }
        let by = wording.flatMap { explainer.writer($0, text) } ?? form?.by
        let waits = explainer.library.wordings.firstKnown([.delay], in: text.filled.prefix(60).map(String.init))
        var found: [Explanation] = []
        var recipient: String?
        var turn: AnsweredTurn?
        var lines = body(of: text)[...]
        while let line = lines.popFirst() {
            let words = line.trimmed
            // What the server was told before it answered: `>>> RCPT To:<…>`, `after MAIL FROM:<…>`.
            turn = explainer.turn(toldIn: words) ?? turn
            // What a server put off was tried for days.
            if explainer.tellsExpiry(words), let last = found.indices.last, found[last].isOpen(recipient) {
                found[last].outcome = .expired
                continue
            }
            if let reply = reply(words, &lines, explainer) ?? marked(words) {
                var entry = Explanation(.bounce, text: reply.quotation)
                entry.by = by
                if let ahead = reply.reply.code.flatMap({ address(in: words.before("\($0)")) }), turn != .mail {
                    recipient = ahead
                }
                entry.recipient = turn == .mail ? recipient : reply.recipient ?? recipient
                entry.server = server(words)
                explainer.take(reply.reply, in: &entry, turn: turn)
                // Without a code the words are those of the program that gave up.
                if reply.reply.code == nil { explainer.addFailure(words, to: &entry) }
                if entry.outcome == .deferred, explainer.tellsExpiry(words) { entry.outcome = .expired }
                append(entry, explainer, to: &found)
            } else if let recipient, !found.contains(where: { $0.recipient == recipient }),
                let entry = failed(words, waits, explainer)
            {
                found.append(entry.of(recipient, by))
            }
            // The reverse-path of a command is nobody's that failed.
            if let address = address(in: words), explainer.turn(toldIn: words) != .mail {
                // What a server was told for one recipient was not told for the next.
                if address != recipient, explainer.turn(toldIn: words) == nil { turn = nil }
                recipient = address
            }
        }
        guard found.isEmpty else { return found }
        // A daemon writes other mails as well.
        return wording == nil && form?.by == nil ? [] : [plain(wording, by, waits, text, explainer)]
    }

    /// A line that says in the words of a program why an address failed: `Unrouteable address`.
    private static func failed(_ words: Substring, _ waits: Wording?, _ explainer: Explainer) -> Explanation? {
        var found = Explanation(.bounce, text: String(words))
        explainer.addFailure(words, to: &found)
        found.outcome = waits == nil ? .refused : .deferred
        found.general = waits.map(explainer.library.lessons) ?? []
        return found.lessons.isEmpty ? nil : found
    }

    /// A bounce that quotes no reply: who it is about, and that it is one.
    private static func plain(
        _ wording: Wording?,
        _ by: String?,
        _ waits: Wording?,
        _ text: PastedText,
        _ explainer: Explainer
    ) -> Explanation {
        let lines = body(of: text).map(\.trimmed).filter { !$0.isEmpty }
        let isExpired = lines.prefix(60).contains(where: explainer.tellsExpiry)
        var found = Explanation(.bounce, text: lines.prefix(3).joined(separator: "\n"))
        found.by = by
        found.recipient = lines.compactMap { address(in: $0) }.first
        found.outcome = waits == nil ? .unknown : .deferred
        found.general = waits.map(explainer.library.lessons) ?? []
        found.lessons = wording.map { explainer.library.lessons(of: $0) } ?? [LessonAnchor("background/bounces")]
        if let status = lines.compactMap({ ReplyInText.status(in: $0) }).first {
            explainer.take(status, in: &found, turn: nil)
            found.outcome = Explanation.Outcome(code: nil, status: status.status)
        } else {
            let words = lines.prefix(40).joined(separator: " ")
            let failure = explainer.addFailure(words, to: &found)
            // A bounce that does not say that the mail waits says that it is given up; where no server was reached, nobody can tell.
            if let failure, failure.step?.number != 3, found.outcome == .unknown { found.outcome = .refused }
        }
        if isExpired { found.outcome = .expired }
        return found
    }

    /// What was said twice of a recipient stands once: the one that tells more. Words of the program that stand before a server's
    /// reply for the same recipient say why it counts: that the mail was tried for as long as its server tries.
    private static func append(_ entry: Explanation, _ explainer: Explainer, to found: inout [Explanation]) {
        if let last = found.last, last.code == nil, last.status == nil, entry.code != nil,
            last.recipient == entry.recipient, last.outcome != .accepted
        {
            var entry = entry
            if explainer.tellsExpiry(last.text) { entry.outcome = .expired }
            found[found.count - 1] = entry
            return
        }
        guard
            let at = found.firstIndex(where: {
                $0.code == entry.code && ($0.recipient == entry.recipient || $0.recipient == nil)
            })
        else { return found.append(entry) }
        if found[at].status == nil, entry.status != nil { found[at] = entry }
    }

    /// Without the copy of the mail behind it, whose header quotes nobody.
    private static func body(of text: PastedText) -> [String] {
        let ends = [
            "--- below this line is a copy", "------ this is a copy", "----- original message",
            "original message headers",
            "---------- forwarded message", "----- message header follows", "--- the header of the original",
        ]
        let end = text.lines.firstIndex { line in
            let words = line.trimmed.lowercased()
            return ends.contains { words.hasPrefix($0) }
        }
        return Array(text.lines[..<(end ?? text.lines.count)])
    }

    /// Whether a line behind a quotation is no part of it.
    private static func ends(_ line: Substring) -> Bool {
        line.contains(":") || line.hasPrefix(">>>") || line.hasPrefix("--") || line.hasPrefix("Giving up on")
    }

    private struct Quoted {
        var reply: ReplyInText
        var recipient: String?
        var quotation: String { reply.quotation }
    }

    /// The reply that a line quotes, with the lines of it that follow.
    private static func reply(
        _ words: Substring,
        _ lines: inout ArraySlice<String>,
        _ explainer: Explainer
    ) -> Quoted? {
        let said = words.behind("said: ") ?? words.behind("<<< ") ?? words
        guard
            var reply = ReplyInText.opening(said).flatMap({ ($0.code ?? 0) >= 400 ? $0 : nil })
                ?? ReplyInText.first(in: words)
        else { return nil }
        // The rest of a reply of several lines, and of a line that was folded; a blank line ends it.
        while let next = lines.first?.trimmed, !next.isEmpty,
            address(in: next) == nil || ReplyInText.opening(next)?.code == reply.code
        {
            let more = ReplyInText.opening(next.behind("<<< ") ?? next)
            if let code = more?.code, code != reply.code { break }
            if more == nil, ends(next) || explainer.tellsExpiry(next) { break }
            reply.status = reply.status ?? more?.status
            reply.text += " " + (more?.text ?? String(next))
            lines = lines.dropFirst()
            if reply.text.utf8.count > 2000 { break }
        }
        let text = reply.text
        reply.text = String(text.before(" (in reply to "))
        return Quoted(reply: reply, recipient: address(in: Substring(text)).flatMap { text.hasPrefix("<") ? $0 : nil })
    }

    /// The way of qmail, a status and no code: `Sorry, no mailbox here by that name. (#5.1.1)`.
    private static func marked(_ words: Substring) -> Quoted? {
        guard words.has("(#"), var reply = ReplyInText.status(in: words) else { return nil }
        reply.text = String(words.before("(#").trimmed)
        return Quoted(reply: reply)
    }

    /// The first mail address in a line.
    static func address(in line: Substring) -> String? {
        let words = line.split { " <>()[]\"',;:".contains($0) }.map { $0.last == "." ? $0.dropLast() : $0 }
        return words.first { word in
            let parts = word.split(separator: "@", omittingEmptySubsequences: false)
            return parts.count == 2 && !parts[0].isEmpty && parts[1].contains(".") && !parts[1].hasSuffix(".")
                && word.allSatisfy { $0.isLetter || $0.isNumber || "@.-_+=".contains($0) }
        }.map(String.init)
    }

    private static func server(_ words: Substring) -> String? {
        (words.between("host ", "]").map { "\($0)]" } ?? words.between("host ", " said")).map(String.init)
    }

    /// What a reply in a report answered, where the words above the report say so: `(in reply to RCPT TO command)`.
    static func turn(of reply: ReplyInText, for address: String, in text: PastedText) -> AnsweredTurn? {
        let words = text.filled.prefix(400).joined(separator: " ")
        let about = words.behind("<\(address.path)>: ") ?? Substring(words)
        return about.prefix(2000).between("(in reply to ", " command)").flatMap { AnsweredTurn(named: $0) }
            ?? about.prefix(2000).behind("server after ").flatMap { AnsweredTurn(named: $0.prefix(40)) }
    }
}

extension Explanation {
    /// Whether it says of a recipient that a mail waits, or that a program gave it up without a server's refusal.
    fileprivate func isOpen(_ recipient: String?) -> Bool {
        (outcome == .deferred || outcome == .refused && code == nil)
            && (recipient == nil || self.recipient == recipient)
    }

    /// The same, of a recipient, told by a program.
    fileprivate func of(_ recipient: String, _ program: String?) -> Explanation {
        var found = self
        (found.recipient, found.by) = (recipient, program)
        return found
    }
}

extension Explainer {
    /// Whether a line says that a mail was tried for as long as its server tries.
    func tellsExpiry(_ line: some StringProtocol) -> Bool {
        library.wordings.best([.expiry], for: WordingText(String(line))) != nil
    }

    /// Who wrote it: Exchange has one text on premises and another in its cloud, which only the server's name tells.
    func writer(_ wording: Wording, _ text: PastedText) -> String? {
        guard wording.by == "Exchange" else { return wording.by }
        let isInCloud = text.filled.prefix(200).contains { line in
            line.lowercased().has("prod.outlook.com") && ReplyInText.first(in: line) == nil
        }
        return isInCloud ? "Exchange Online" : "Exchange"
    }

    /// The wording by which a text is known as a bounce: its opening, within the first lines.
    func bounceWording(_ text: PastedText) -> Wording? {
        let lines = text.filled.prefix(200)
        // An opening may be folded.
        let pairs = zip(lines, lines.dropFirst()).map { "\($0) \($1)" } + (lines.last.map { [String($0)] } ?? [])
        return library.wordings.firstKnown([.bounce], in: pairs)
    }
}
