/// The words of an answer: a rule of the policy, a wording of its makers, or the usual (RFC 5321 §4.2).
extension ServerDialogue {
    /// The first rule that fits, as an answer.
    func rule(for turn: CommandSequence.Turn, _ verb: Verb? = nil, _ path: Path? = nil) -> Answer? {
        policy.rules.first { $0.fits(turn, verb: verb, path: path) }.map { Answer($0.code, $0.enhanced, $0.text) }
    }

    var offersEnhanced: Bool { policy.offers("ENHANCEDSTATUSCODES") }

    /// How this server words something: as its policy says, else as `usual`.
    func worded(_ phrase: Phrase, _ usual: Answer, path: Path? = nil) -> Answer {
        guard var answer = policy.wording[phrase] else { return usual }
        guard answer.text.contains("{") else { return answer }
        for (name, value) in [
            ("{id}", nextID), ("{client}", client.name.lossyText), ("{address}", clientAddress),
            ("{path}", path?.mailbox.map { $0.octets.lossyText } ?? ""),
            ("{octets}", "\(standing.transaction?.octets ?? 0)"),
        ] { answer.text = answer.text.replacing(name, with: value) }
        return answer
    }

    /// How this server words a protocol error: the first of the phrases that its policy has, else as `usual`.
    func worded(
        _ phrases: [Phrase],
        _ usual: Answer,
        of verb: Verb? = nil,
        parameter: String = "",
        argument: String = ""
    ) -> Answer {
        guard var answer = phrases.lazy.compactMap({ self.policy.wording[$0] }).first else { return usual }
        for (name, value) in [
            ("{verb}", verb?.rawValue ?? ""), ("{syntax}", verb?.syntax ?? ""), ("{parameter}", parameter),
            ("{argument}", argument),
        ] { answer.text = answer.text.replacing(name, with: value) }
        return answer
    }

    /// The reply on the wire: printable ASCII only, whatever a rule's text holds, and no line over 512 octets (RFC 5321
    /// §4.5.3.1.5). A wording may quote what a client said; no control octet gets into it.
    func lines(of answer: Answer) -> [OutgoingLine] {
        let enhanced = offersEnhanced ? answer.enhanced.map { "\($0) " } ?? "" : ""
        // Nearly every answer is one line of printable ASCII.
        if answer.text.utf8.allSatisfy({ (32...126).contains($0) }),
            let line = try? OutgoingLine(Array("\(answer.code) \(enhanced)\(answer.text)".utf8.prefix(510)))
        {
            return [line]
        }
        let texts = answer.text.split(omittingEmptySubsequences: false) { $0.isNewline }
        return texts.enumerated().map { index, text in
            let separator = index == texts.count - 1 ? " " : "-"
            let whole = "\(answer.code)\(separator)\(enhanced)\(text)".utf8.map { (32...126).contains($0) ? $0 : 0x3F }
            return (try? OutgoingLine(Array(whole.prefix(510)))) ?? OutgoingLine(trusted: "451 Local error")
        }
    }

    /// The first line of a reply, for a sentence about it.
    func summary(of answer: Answer) -> String { lines(of: answer).first?.octets.lossyText ?? "" }
}

extension ServerDialogue.Answer {
    /// 2yz (RFC 5321 §4.2.1).
    var isPositive: Bool { code / 100 == 2 }
}

extension ServerDialogue.Policy {
    /// Whether a line of the answer to EHLO opens with this keyword.
    func offers(_ keyword: String) -> Bool { line(of: keyword) != nil }

    /// The words behind a keyword; nil when it is not offered.
    func parameters(of keyword: String) -> [Substring]? {
        line(of: keyword).map { Array($0.split(separator: " ").dropFirst()) }
    }

    private func line(of keyword: String) -> String? {
        let length = keyword.utf8.count
        return offered.first { line in
            line.utf8.prefix(length).equalsIgnoringCase(keyword.utf8) && line.utf8.dropFirst(length).first ?? 32 == 32
        }
    }
}
