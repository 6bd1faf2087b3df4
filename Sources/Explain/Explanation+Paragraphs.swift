import Interchange
public import SMTP
public import Tracing

extension Explanation {
    /// One paragraph of what is said, before it is wrapped for a place.
    public struct Paragraph: Equatable, Sendable {
        public enum Role: Sendable { case title, quote, fact, drawn, sentence, heading, advice }

        public let role: Role
        /// What it is about, for a fact and for advice.
        public let name: String
        public let text: String

        init(_ role: Role, _ text: String) { self.init(role, "", text) }
        init(_ role: Role, _ name: String, _ text: String) { (self.role, self.name, self.text) = (role, name, text) }
    }

    /// The most lines of a quotation.
    private static let maxQuoted = 8

    /// The widest a table gets.
    private static let drawnColumns = 74

    /// All that is said besides the lessons, in order: what it is, the quotation, facts, who says it, what to do.
    public var paragraphs: [Paragraph] {
        var all = [Paragraph(.title, title)]
        all += text.split(separator: "\n").prefix(Self.maxQuoted).map { Paragraph(.quote, String($0)) }
        if let recipient { all.append(Paragraph(.fact, "recipient", recipient)) }
        all += details.map { Paragraph(.fact, $0.name, $0.value) }
        if let received {
            all += ReceivedText(trace: received).drawn(columns: Self.drawnColumns).map { Paragraph(.drawn, $0) }
        }
        let sentences = [stepSentence, speakerSentence, againSentence].compactMap(\.self)
        all += sentences.map { Paragraph(.sentence, $0) }
        guard let advice = Advice.of(self) else { return all }
        return all + [
            Paragraph(.heading, "What to do"), Paragraph(.advice, "The author", advice.author),
            Paragraph(.advice, "The administrator", advice.administrator),
        ]
    }

    /// The session that the reply comes from: the reply as it is quoted, and around it what must have been said, marked as inferred.
    /// Nil where no reply is known, or where nobody knows what it answers.
    public var walk: Recording? {
        guard let turn, kind != .dialogue, let told = reply else { return nil }
        return InferredSession.recording(
            title: title,
            source: "made of \(by.map { "a text of \($0)" } ?? "a text"), which quotes the reply alone",
            answering: turn.sequenceTurn,
            asked: turn == .expn ? .expn : .vrfy,
            reply: told.octets,
            isInferred: told.isInferred,
            recipient: recipient.map { Array($0.utf8) },
            server: server
        )
    }

    /// The reply as it was on the wire; where the text has only a status, with the code that goes with it.
    private var reply: (octets: [UInt8], isInferred: Bool)? {
        let words = quoted ?? ""
        if kind == .reply, let code, text.hasPrefix("\(code)") { return (Array(text.utf8), false) }
        if let code {
            let line = ["\(code)", status, words].compactMap(\.self).filter { !$0.isEmpty }.joined(separator: " ")
            return (Array(line.utf8), false)
        }
        guard let status, let first = status.first?.wholeNumberValue else { return nil }
        let code = first == 2 ? 250 : first == 4 ? 451 : 550
        return (Array("\(code) \(status) \(words)".utf8), true)
    }
}

extension AnsweredTurn {
    /// As the order of commands has it.
    public var sequenceTurn: CommandSequence.Turn {
        switch self {
        case .connect: .greeting
        case .ehlo: .hello
        case .startTLS: .startTLS
        case .auth: .auth
        case .mail: .mail
        case .rcpt: .rcpt
        case .data: .data
        case .dot: .mailData
        case .vrfy, .expn: .anytime
        case .rset: .rset
        case .quit: .quit
        }
    }
}
