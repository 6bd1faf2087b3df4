import Lessons
import SMTP
public import Tracing

/// What stands behind the last stop: findings, the mails as they were delivered, and the verdict last.
extension WalkText {
    public func closing(_ trace: Trace) -> [Line] {
        var lines: [Line] = []
        closing(trace) { lines += $0 }
        return lines
    }

    /// The same a few lines at a time.
    public func closing<Failure: Error>(
        _ trace: Trace,
        _ body: ([Line]) throws(Failure) -> Void
    ) throws(Failure) {
        let reach = FindingsReach(trace)
        if reach.findings > 0 || !reach.sentences.isEmpty { try body([.blank]) }
        try findings(trace, reach, body)
        for content in trace.delivered { try delivered(content, body) }
        if explainsFailure { try body(explanation(trace)) }
        try body(Situation.all(in: trace).flatMap(situation))
        try body([.blank])
        for words in Verdict(of: trace).words(in: trace) { try body(verdict(words)) }
    }

    /// A sentence about what is going on, what to do, and where that is explained.
    private func situation(_ situation: Situation) -> [Line] {
        var lines = [.blank] + spoken("Situation: \(situation.sentence)", .heading) + spoken(situation.advice, .detail)
        if !situation.sessions.isEmpty { lines += spoken(situation.others, .detail) }
        if library != nil { lines.append(Line(.lesson, "Lesson \(situation.anchor)")) }
        return lines
    }

    /// Every finding, one entry each.
    public func findings(_ trace: Trace) -> [Line] {
        var lines: [Line] = []
        findings(trace, FindingsReach(trace)) { lines += $0 }
        return lines
    }

    private func findings<Failure: Error>(
        _ trace: Trace,
        _ reach: FindingsReach,
        _ body: ([Line]) throws(Failure) -> Void
    ) throws(Failure) {
        guard reach.findings > 0 else {
            for sentence in reach.sentences { try body(spoken(sentence, .heading)) }
            return
        }
        try body([Line(.heading, reach.findings == 1 ? "1 finding." : "\(reach.findings) findings.")])
        for line in trace.lines {
            for finding in line.findings {
                try body(self.finding(finding, "Finding at step \(line.place.label)"))
            }
        }
        if let sealed = reach.sealedSentence { try body(spoken(sealed, .detail)) }
    }

    /// One sentence of the verdict a line, what the server said in one piece.
    private func verdict(_ words: Verdict.Words) -> [Line] {
        switch words {
        case .summary(let text): spoken("Verdict: \(text)", .heading)
        case .sentence(let text), .next(let text): spoken(text, .detail)
        case .quote(let text): [Line(.server, "The server said: \(text)")]
        }
    }

    /// The lesson of what decided, where nothing came of the mail.
    private func explanation(_ trace: Trace) -> [Line] {
        guard let library, let told = FirstLesson(library).explanation(of: Verdict(of: trace), in: trace) else {
            return []
        }
        // What stood under the line that failed is not said again.
        guard !anchorsShown.contains(told.section.anchor) else { return [] }
        return [.blank] + lesson(told.section, named: told.anchor, SessionValues.Context(trace, line: told.line))
    }

    private func delivered<Failure: Error>(
        _ content: [UInt8],
        _ body: ([Line]) throws(Failure) -> Void
    ) throws(Failure) {
        try body([.blank, Line(.heading, "The message as it was delivered, \(content.count) octets.")])
        try message(content, body)
    }

    /// A mail as a reader gets it, a line each behind the label `Message:`.
    public func message(_ content: [UInt8]) -> [Line] {
        var lines: [Line] = []
        message(content) { lines += $0 }
        return lines
    }

    private func message<Failure: Error>(_ content: [UInt8], _ body: ([Line]) throws(Failure) -> Void) throws(Failure) {
        var rest = content[...]
        while !rest.isEmpty {
            let row = rest.prefix { $0 != 10 }
            rest = rest.dropFirst(row.count + 1)
            let shown = row.last == 13 ? row.dropLast() : row
            try body([Line(.detail, shown.isEmpty ? "Message:" : "Message: " + WireText.shown(shown))])
        }
    }
}

/// How much of a session the findings speak of: what was read, and what nobody could read.
struct FindingsReach {
    private(set) var findings = 0
    /// Lines of the wire that were read.
    private(set) var lines = 0
    /// Octets that went by encrypted and stayed so; the TLS handshake is not among them.
    let sealed: Int

    init(_ trace: Trace) {
        sealed = trace.facts.sealedOctets
        for line in trace.lines {
            findings += line.findings.count
            guard line.isWire else { continue }
            let isSealed = line.isTLS && line.octets.first == TLSRecord.ContentType.applicationData.rawValue
            if !isSealed { lines += 1 }
        }
    }

    /// What stands where there are no findings; empty where nothing was read, since that keeps to no rule.
    var sentences: [String] {
        guard lines > 0 else { return sealedSentence.map { [$0] } ?? [] }
        let read = lines == 1 ? "the line that was read keeps" : "the \(lines) lines that were read keep"
        return ["No findings: \(read) to the RFCs."] + (sealedSentence.map { [$0] } ?? [])
    }

    var sealedSentence: String? {
        switch sealed {
        case 0: nil
        case 1: "1 octet stayed encrypted, and nobody read it."
        default: "\(sealed) octets stayed encrypted, and nobody read them."
        }
    }
}
