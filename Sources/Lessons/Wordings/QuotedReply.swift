import SMTP
import Tracing

/// A reply as far as it is known: on the wire with all its lines, or as a log or a person quotes it.
public struct QuotedReply: Sendable {
    /// All its lines without codes, a blank between them.
    public let text: WordingText
    public let occasion: Wording.Occasion

    /// The most lines of a reply that are looked at.
    static let maxLines = 64

    public init(text: String, _ occasion: Wording.Occasion) {
        (self.text, self.occasion) = (WordingText(text), occasion)
    }

    /// The reply that ends with a line of a trace.
    init(_ line: TraceLine, in trace: Trace) {
        var texts: [[UInt8]] = []
        var lines = 0
        for index in trace.lines[...line.index].indices.reversed() {
            lines += 1
            guard case .reply(let context) = trace.lines[index].content else {
                // What a client says meanwhile under PIPELINING is no part of it.
                guard lines < Self.maxLines else { break }
                continue
            }
            texts.append(ReplyLine.read(trace.lines[index].octets).value.text)
            if context.isFirst || lines >= Self.maxLines { break }
        }
        text = WordingText(texts.reversed().joined(separator: [32]))
        // The anchor of the code says what it answers.
        let verb = line.spans.first { $0.kind == .replyCode }?.anchor.path.split(separator: "@").dropFirst().first
        occasion = Wording.Occasion(
            code: line.replyCode,
            status: line.enhanced.map { "\($0)" },
            verb: verb.map(String.init)
        )
    }

    /// As `reply/550@RCPT`; nil for a text without a code.
    var anchor: LessonAnchor? {
        occasion.code.map { code in
            let number = String(repeating: "0", count: max(0, 3 - "\(code)".count)) + "\(code)"
            return LessonAnchor("reply/\(number)" + (occasion.verb.map { "@\($0)" } ?? ""))
        }
    }
}
