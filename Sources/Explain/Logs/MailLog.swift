import Interchange
import Lessons
import Tracing

/// Lines of the logs of mail servers. Each server's lines have a form of their own, read in its own file; a line of any other
/// program counts where it quotes a reply.
struct MailLog {
    let explainer: Explainer

    /// Reads one server's lines; gives nil for a line that tells nothing of a mail.
    typealias Reader = @Sendable (Substring, Explainer) -> Explanation?

    /// The most lines of a text that is what a program said, and no log.
    private static let maxShort = 50

    /// The servers, THE table: the form of a line says whose it is.
    private static let readers: [Reader] = [
        PostfixLog.read, EximLog.read, OpenSMTPDLog.read, SendmailLog.read, RspamdLog.read, QmailLog.read,
        OtherLog.read,
    ]

    /// The most lines that are explained; what is said twice stands once.
    static let maxEntries = 1000

    /// What the lines tell, in their order: one explanation a recipient or refusal, with what other lines tell of its message.
    func read(_ text: PastedText, _ octets: [UInt8]) -> [Explanation] {
        let found = read(text)
        guard found.count > 1 || text.filled.count > 1 else { return found }
        let messages = LoggedMessages(octets)
        return found.map { entry in
            guard let facts = messages.facts(ofLine: entry.text) else { return entry }
            var entry = entry
            let known = Set(entry.details.map(\.name))
            entry.details += ([("queue id", facts.id)] + facts.rows.map { ($0.name, $0.value) }).compactMap {
                known.contains($0) ? nil : Explanation.Detail($0, $1)
            }
            return entry
        }
    }

    private func read(_ text: PastedText) -> [Explanation] {
        var found: [Explanation] = []
        // A program that a person runs says in one line what failed, and in the next how the server put it.
        var ahead: (turn: AnsweredTurn, recipient: String?)?
        let isShort = text.filled.count <= Self.maxShort
        for line in text.filled where found.count < Self.maxEntries {
            guard var entry = entry(line) else {
                let told = isShort ? explainer.turn(toldIn: line) : nil
                ahead = told.map { ($0, $0 == .rcpt ? FreeBounce.address(in: line) : nil) }
                continue
            }
            if let told = ahead, entry.turn == nil || entry.isLikely {
                (entry.turn, entry.isLikely) = (told.turn, false)
                entry.recipient = entry.recipient ?? told.recipient
            }
            ahead = nil
            guard !found.suffix(20).contains(entry) else { continue }
            found.append(entry)
        }
        // A line that tells of a mail says more than one that tells of a connection.
        let telling = found.filter { $0.outcome != nil }
        return telling.isEmpty ? found : telling
    }

    private func entry(_ line: Substring) -> Explanation? {
        for reader in Self.readers { if let found = reader(line, explainer) { return found } }
        return nil
    }
}

extension Explainer {
    /// A line of a log, with the reply that it quotes.
    func logged(
        _ line: Substring,
        by program: String?,
        reply: ReplyInText?,
        turn: AnsweredTurn?,
        speaker: Explanation.Speaker,
        outcome: Explanation.Outcome? = nil
    ) -> Explanation {
        var found = Explanation(.log, text: String(line))
        found.by = program
        found.outcome = outcome
        found.speaker = speaker
        if let reply {
            take(reply, in: &found, turn: turn)
        } else {
            found.turn = turn
        }
        return found
    }

    /// A failure that the line tells of, where no server said anything: its lessons and its step.
    @discardableResult
    func addFailure(_ words: some StringProtocol, to found: inout Explanation) -> Wording? {
        guard let wording = library.wordings.best([.failure], for: WordingText(String(words))) else { return nil }
        found.lessons += library.lessons(of: wording)
        found.speaker = wording.speaker == .own ? .ownServer : .program
        found.outcome = found.outcome ?? wording.outcome
        if found.isLikely, found.turn?.step != wording.step { (found.turn, found.isLikely) = (nil, false) }
        // Where the program says what it was doing, that is truer than where such failures mostly come.
        if let told = turn(toldIn: words), (found.turn ?? told) == told {
            found.turn = told
        } else {
            found.place = found.place ?? wording.step
        }
        return wording
    }
}

extension Wording {
    /// What becomes of the mail, where the words of a program decide it: the class of the codes of its row.
    var outcome: Explanation.Outcome? {
        let classes = Set(codes.compactMap(\.first?.wholeNumberValue))
        return classes.count == 1
            ? classes.first.flatMap { Explanation.Outcome(code: UInt16($0) * 100, status: nil) } : nil
    }
}
