import SMTP

/// What the lines that follow tell of the one under way. Each looks as far as it must, and what it found is kept where it is asked again.
extension ReadingRun {
    /// Whether a lone dot comes before the next session does.
    var endsLater: () -> Bool {
        { [lines, plan] in
            var ahead = lines
            var lastWasQuit = false
            while let raw = ahead.next() {
                switch LineShape(plan.front.take(raw).rest) {
                case .dot: return true
                case .reply(221, _) where lastWasQuit: return false
                case .reply(220, _): return false
                case .command(.quit): lastWasQuit = true
                default: lastWasQuit = false
                }
            }
            return false
        }
    }

    /// Whether the next line says that what stands here was no command (RFC 5321 §4.2.4).
    var isRefused: () -> Bool {
        { [lines, plan] in
            var ahead = lines
            while let raw = ahead.next() {
                switch LineShape(plan.front.take(raw).rest) {
                case .blank: continue
                case .reply(let code, _): return (500...504).contains(code)
                default: return false
                }
            }
            return false
        }
    }

    /// The greeting behind the words of a program, as `smtpGreeting: 220 mx.example`, where the client speaks next: nothing else
    /// answers it (RFC 5321 §3.1).
    func framedGreeting(_ line: ArraySlice<UInt8>, before lines: TextLines) -> ArraySlice<UInt8>? {
        guard let greeting = Self.framed(line) else { return nil }
        var ahead = lines
        for _ in 0..<Self.maxFrame {
            guard let raw = ahead.next() else { return nil }
            switch plan.dialect.peel(plan.front.take(raw).rest)?.item {
            case .said(_, let text): return LineShape(text).side == .client ? greeting : nil
            case .wrote(_, let octets):
                return LineShape(octets.prefix { $0 != 10 && $0 != 13 }).side == .client ? greeting : nil
            case .turn, .cut: return nil
            case nil where plan.dialect.unmarked == .said:
                if let side = LineShape(plan.front.take(raw).rest).side { return side == .client ? greeting : nil }
            default: continue
            }
        }
        return nil
    }

    /// What may be a greeting behind words that end in a colon or a bracket.
    static func framed(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        guard line.count < 1000, let found = line.firstRange(of: greetingInFrame),
            ":]>)".utf8.contains(line[..<found.lowerBound].trimmed.last ?? 0)
        else { return nil }
        let greeting = line[(found.lowerBound + 1)...]
        guard case .reply(220, false) = LineShape(greeting) else { return nil }
        return greeting
    }

    private static let greetingInFrame = Array(" 220".utf8)

    /// So many lines of a program's own may stand between a greeting and what answers it.
    private static let maxFrame = 20
}

/// Mail data that a log shows without marks, below what it marks as the client's.
///
/// It decides whether a line without a mark is such a line: it is, where a lone dot without a mark comes before the server speaks.
/// It looks ahead once for each mail.
struct UnmarkedMailData {
    /// Up to where the answer counts.
    private var until = -1
    private var isSo = false
    /// What the client's lines are followed by: a program that prints an octet more than it sent leaves an empty line.
    private var lastWasCommand = false
    private var leavesBlanks = false

    /// The item, or the line of mail data that it is.
    mutating func item(_ item: Peeled.Item, isInMailData: Bool, _ ahead: TextLines, _ plan: ReadingPlan)
        -> Peeled.Item
    {
        guard case .goesOn(let line) = item else {
            note(item, isInMailData: isInMailData)
            return item
        }
        if lastWasCommand { leavesBlanks = line.isEmpty }
        lastWasCommand = false
        guard isInMailData, isMailData(ahead, plan) else { return item }
        if line.isEmpty, leavesBlanks, isMarked(next: ahead, plan) { return .again }
        return .said(nil, line)
    }

    private mutating func note(_ item: Peeled.Item, isInMailData: Bool) {
        if lastWasCommand { leavesBlanks = false }
        lastWasCommand = false
        if case .said(.client, _) = item, !isInMailData { lastWasCommand = true }
    }

    /// Whether it knows nothing, before the line at `position`, that counts from there on where a session begins with that line.
    func isAsNew(at position: Int) -> Bool { until <= position && (!leavesBlanks || lastWasCommand) }

    private func isMarked(next ahead: TextLines, _ plan: ReadingPlan) -> Bool {
        var lines = ahead
        guard let raw = lines.next() else { return true }
        return plan.dialect.peel(plan.front.take(raw).rest) != nil
    }

    private mutating func isMailData(_ ahead: TextLines, _ plan: ReadingPlan) -> Bool {
        if ahead.position <= until { return isSo }
        var lines = ahead
        isSo = false
        while let raw = lines.next() {
            let line = plan.front.take(raw).rest
            switch plan.dialect.peel(line)?.item {
            case nil: isSo = LineShape(line) == .dot
            case .said(.server, let text) where LineShape(text).side == .server:
                until = lines.position
                return false
            default: continue
            }
            if isSo { break }
        }
        until = lines.position
        return isSo
    }
}
