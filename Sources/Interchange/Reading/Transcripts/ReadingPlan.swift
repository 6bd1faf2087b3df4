import SMTP
import Tracing

/// Lines of a text: each without its end, whichever it is.
struct TextLines: Sequence, IteratorProtocol {
    let octets: [UInt8]
    private(set) var position: Int

    init(_ octets: [UInt8], from position: Int = 0) {
        self.octets = octets
        self.position = position
    }

    mutating func next() -> ArraySlice<UInt8>? {
        guard position < octets.count else { return nil }
        let start = position
        let end = octets[start...].firstIndex { $0 == 10 || $0 == 13 } ?? octets.count
        position = end
        // CR LF and CR CR LF are one line end.
        while position < octets.count, octets[position] == 13, position - end < 2 { position += 1 }
        if position < octets.count, octets[position] == 10 {
            position += 1
        } else if position - end > 1 {
            position = end + 1
        }
        return octets[start..<end]
    }
}

/// How a text is to be read, told by its beginning.
struct ReadingPlan {
    let dialect: Dialect
    /// Whether a logging system put times and names before the lines.
    let isPrefixed: Bool
    /// Only what stands in the code blocks of Markdown is the session.
    let isFenced: Bool
    /// Spaces before every line.
    let indent: Int
    /// Every line stands there twice.
    let isDoubled: Bool
    /// The width of the window that the text was copied from; 0 when no line fills it.
    let width: Int

    /// Octets that are looked at to make a plan; when there is no dialogue in them, the next as many.
    private static let block = 1 << 20

    init?(_ octets: [UInt8]) {
        var lines = TextLines(octets)
        var isInFence = false
        while true {
            let until = lines.position + Self.block
            var sample: [(line: ArraySlice<UInt8>, isInFence: Bool)] = []
            while lines.position < until, sample.count < 20_000, let line = lines.next() {
                if Self.isFence(line) {
                    isInFence.toggle()
                } else if !line.isEmpty {
                    sample.append((line.prefix(2000), isInFence))
                }
            }
            guard !sample.isEmpty else { return nil }
            if let plan = Self.plan(sample) {
                self = plan
                return
            }
        }
    }

    private init(
        _ dialect: Dialect,
        _ isPrefixed: Bool,
        _ isFenced: Bool,
        _ indent: Int,
        _ isDoubled: Bool,
        _ width: Int
    ) {
        self.dialect = dialect
        self.isPrefixed = isPrefixed
        self.isFenced = isFenced
        self.indent = indent
        self.isDoubled = isDoubled
        self.width = width
    }

    static func isFence(_ line: ArraySlice<UInt8>) -> Bool {
        let text = line.drop(while: \.isBlank)
        return text.starts(with: "```".utf8) || text.starts(with: "~~~".utf8)
    }

    private static func plan(_ sample: [(line: ArraySlice<UInt8>, isInFence: Bool)]) -> ReadingPlan? {
        let stripped = sample.map { LogPrefix.read($0.line)?.rest }
        let isPrefixedAtAll = stripped.contains { $0 != nil }
        var best: (score: Double, dialect: Dialect, isPrefixed: Bool)?
        for isPrefixed in isPrefixedAtAll ? [false, true] : [false] {
            let lines = sample.enumerated().map { isPrefixed ? stripped[$0] ?? $1.line : $1.line }
            for dialect in Dialect.all {
                let score = lines.reduce(0.0) { $0 + weight($1, dialect) }
                if score >= 1, score > (best?.score ?? 0) + 0.001 { best = (score, dialect, isPrefixed) }
            }
        }
        // What the table knows is preferred to what can be guessed.
        for isPrefixed in isPrefixedAtAll ? [true, false] : [false] {
            let lines = sample.enumerated().map { isPrefixed ? stripped[$0] ?? $1.line : $1.line }
            guard let dialect = LearnedMarks(lines)?.dialect else { continue }
            let score = lines.reduce(0.0) { $0 + weight($1, dialect) }
            if score >= 4, score > (best?.score ?? 0) * 3 { best = (score, dialect, isPrefixed) }
        }
        guard let best else { return nil }
        return plan(best.dialect, best.isPrefixed, sample, stripped)
    }

    private static func plan(
        _ dialect: Dialect,
        _ isPrefixed: Bool,
        _ sample: [(line: ArraySlice<UInt8>, isInFence: Bool)],
        _ stripped: [ArraySlice<UInt8>?]
    ) -> ReadingPlan? {
        var (inside, outside, indent) = (0, 0, Int.max)
        var shaped: [(line: ArraySlice<UInt8>, process: ArraySlice<UInt8>?)] = []
        var isMail = false
        for (index, entry) in sample.enumerated() {
            let line = isPrefixed ? stripped[index] ?? entry.line : entry.line
            guard weight(line, dialect) >= 1 else { continue }
            shaped.append((line, isPrefixed ? LogPrefix.read(entry.line)?.process : nil))
            isMail = isMail || isSign(line, dialect)
            if entry.isInFence { inside += 1 } else { outside += 1 }
            indent = min(indent, line.prefix { $0 == 32 }.count)
        }
        guard isMail else { return nil }
        let pairs = stride(from: 0, to: shaped.count - 1, by: 2).count { at in
            shaped[at].line.elementsEqual(shaped[at + 1].line) && shaped[at].process == shaped[at + 1].process
        }
        let longest = sample.map(\.line.count).max() ?? 0
        return ReadingPlan(
            dialect,
            isPrefixed,
            inside > outside,
            indent == .max ? 0 : indent,
            shaped.count >= 4 && pairs * 2 == shaped.count - shaped.count % 2,
            [80, 100, 120, 132].contains(longest) ? longest : 0
        )
    }

    /// Whether the line is one that SMTP has and HTTP, FTP and lists of numbers have not.
    private static func isSign(_ line: ArraySlice<UInt8>, _ dialect: Dialect) -> Bool {
        let shape: LineShape
        switch dialect.peel(line)?.item {
        case .said(_, let text): shape = LineShape(text)
        case .wrote(_, let octets): shape = LineShape(octets.prefix { $0 != 13 && $0 != 10 })
        default: shape = LineShape(line)
        }
        switch shape {
        case .command(let verb): return verb != .help && verb != .noop && verb != .quit && verb != .auth
        case .reply(let code, _): return [220, 221, 235, 250, 334, 354].contains(code)
        case .dot, .blank, .other: return false
        }
    }

    /// How much a line speaks for a dialect: 1 for a reply or a command under its marks, a little for its other words.
    private static func weight(_ line: ArraySlice<UInt8>, _ dialect: Dialect) -> Double {
        guard let peeled = dialect.peel(line) else {
            guard dialect.unmarked == .said, let side = LineShape(line).side else { return 0 }
            return side == .server || line.count < 1000 ? 1 : 0
        }
        switch peeled.item {
        case .said(_, let text): return LineShape(text).side == nil ? 0.01 : 1
        case .wrote(_, let octets): return LineShape(octets.prefix { $0 != 13 && $0 != 10 }).side == nil ? 0.01 : 1
        case .leftOut: return 0.1
        case .link, .remark, .either, .goesOn, .unsent, .again: return 0.01
        }
    }
}
