import SMTP
import Tracing

/// Decides who said a line: by what it says, and by the log's mark only where it says nothing.
///
/// It decides sides and where mail data begins and ends. It does not know formats, times or files. Marks are believed as
/// far as they agreed with reply codes and verbs so far in this session: `>` is the client in one program's log and the
/// server in another's. Wrong input is a log that contradicts itself: what a line says wins.
struct DirectionDecider {
    enum Phase: Equatable {
        case commands
        /// DATA was said and not answered.
        case dataAsked
        /// Between 354 and the dot.
        case content
        /// A 334 was said: the client's answer is next.
        case challenged
    }

    private(set) var phase = Phase.commands
    /// The last verb of the client.
    private(set) var verb: Verb?
    /// Whether the last reply line said that another follows.
    private(set) var isInReply = false
    /// For each mark, by the side it usually means: how often a line under it was a command, and how often a reply.
    private var votes: [Side: (client: Int, server: Int)] = [:]
    private var endsInLog: Bool?
    /// QUIT was said and its answer was not seen.
    var isQuitUnanswered: Bool { verb == .quit && lastCode != 221 }
    private var lastCode = 0
    /// Whether a mark was found to mean the opposite of what it usually means.
    var isReversed: Bool { Side.allCases.contains { side in meaning(of: side) == side.other } }

    /// What a line that says nothing by itself can be told by: the lines that follow. Asked only when no mark tells.
    struct Ahead {
        /// Whether a lone dot comes before another session begins.
        var endsLater: () -> Bool = { true }
        /// Whether the next line refuses something as no command.
        var isRefused: () -> Bool = { false }
    }

    /// Who said the line; nil when nothing tells.
    mutating func side(of line: ArraySlice<UInt8>, mark: Side?, ahead: Ahead) -> Side? {
        let shape = LineShape(line)
        if let mark, phase != .content, let side = shape.side { vote(mark, side) }
        let marked = mark.flatMap(meaning)
        switch phase {
        case .content:
            // Mail data may hold anything; only a mark that is known to be the server's ends it before its dot.
            guard marked == .server, case .reply = shape else {
                return mark == nil || marked != .server ? .client : nil
            }
            return .server
        case .dataAsked:
            if case .reply = shape { return .server }
            if let marked { return marked }
            return shape == .blank ? nil : ahead.endsLater() || shape.side == .client ? .client : nil
        case .challenged:
            if case .reply = shape { return .server }
            return shape == .blank ? nil : marked ?? .client
        case .commands:
            if let side = shape.side ?? marked { return side }
            return mark == nil && shape == .other && !isInReply && ahead.isRefused() ? .client : nil
        }
    }

    private mutating func vote(_ mark: Side, _ side: Side) {
        var count = votes[mark] ?? (0, 0)
        if side == .client { count.client += 1 } else { count.server += 1 }
        votes[mark] = count
    }

    /// Whom a mark stands for; nil for a mark that stands before the lines of both, as a quotation's does.
    private func meaning(of mark: Side) -> Side? {
        if let count = votes[mark] {
            if min(count.client, count.server) * 4 > max(count.client, count.server) { return nil }
            return count.client > count.server ? .client : .server
        }
        guard let other = votes[mark.other] else { return mark }
        return other.client > other.server ? .server : .client
    }

    /// Whether the mail data under way comes to its dot in this log. Asked once for each mail.
    private mutating func contentEnds(_ ahead: Ahead) -> Bool {
        let ends = endsInLog ?? ahead.endsLater()
        endsInLog = ends
        return ends
    }

    /// The line was taken for what this side said.
    mutating func took(_ line: ArraySlice<UInt8>, from side: Side) {
        switch side {
        case .client: tookFromClient(line)
        case .server: tookFromServer(line)
        }
    }

    private mutating func tookFromClient(_ line: ArraySlice<UInt8>) {
        switch phase {
        case .content: if line.elementsEqual([UInt8(ascii: ".")]) { phase = .commands }
        case .challenged: phase = .commands
        case .dataAsked where LineShape(line).side == nil:
            // The 354 is not in the log.
            phase = line.elementsEqual([UInt8(ascii: ".")]) ? .commands : .content
        case .commands, .dataAsked:
            verb = Verb(reading: line.drop(while: \.isBlank).prefix { !$0.isBlank })
            phase = verb == .data ? .dataAsked : .commands
        }
        isInReply = false
    }

    private mutating func tookFromServer(_ line: ArraySlice<UInt8>) {
        guard case .reply(let code, let continues) = LineShape(line) else { return }
        isInReply = continues
        lastCode = code
        switch (code, phase) {
        case (354, .dataAsked), (354, .commands): (phase, endsInLog) = (.content, nil)
        case (334, _): phase = .challenged
        case (_, .content), (_, .dataAsked), (_, .challenged): phase = .commands
        case (_, .commands): break
        }
    }

    /// What was taken for the client's last line was not sent.
    mutating func tookBack() { verb = nil }

    /// TLS began: what was agreed in the clear is void.
    mutating func secured() {
        phase = .commands
        verb = nil
    }
}
