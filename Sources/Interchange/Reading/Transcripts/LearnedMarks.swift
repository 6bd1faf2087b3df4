import SMTP
import Tracing

/// Marks of a program that is not in the table, learned from the lines whose words tell who spoke.
///
/// A mark is what stands before a reply or a command in several lines, numbers in it aside. It is believed only when both
/// sides have one of their own.
struct LearnedMarks {
    private struct Mark {
        /// The octets before the line; a zero stands for any number, and a one for the verb of any command.
        let pattern: [UInt8]
        let side: Side
        /// The line stands in a literal behind it.
        var isQuoted: Bool { pattern.last == UInt8(ascii: "\"") || pattern.last == UInt8(ascii: "'") }
    }

    private let marks: [Mark]

    /// The longest mark, in octets.
    private static let maxOctets = 60

    init?(_ lines: [ArraySlice<UInt8>]) {
        var votes: [[UInt8]: (client: Int, server: Int)] = [:]
        // What stands before the 354 under whose answer mail data goes: lines of a mail may look like anything.
        var markOf354: [UInt8]?
        for line in lines.prefix(5_000) {
            if markOf354 != nil, let mark = Self.markOfDot(line) { votes[mark, default: (0, 0)].client += 2 }
            guard let (mark, side) = Self.mark(before: line), votes.count < 1_000 else { continue }
            if let server = markOf354 {
                guard side == .server, mark == server else { continue }
                markOf354 = nil
            }
            if side == .server, Self.asksForMailData(line) { markOf354 = mark }
            var count = votes[mark] ?? (0, 0)
            if side == .client { count.client += 1 } else { count.server += 1 }
            votes[mark] = count
        }
        let sure = votes.filter {
            min($1.client, $1.server) * 8 <= max($1.client, $1.server) && $1.client + $1.server >= 2
        }
        let ranked = sure.sorted {
            ($0.value.client + $0.value.server, $1.key.count) > ($1.value.client + $1.value.server, $0.key.count)
        }
        let marks = ranked.prefix(8).map {
            Mark(pattern: $0.key, side: $0.value.client > $0.value.server ? .client : .server)
        }
        guard Side.allCases.allSatisfy({ side in marks.contains { $0.side == side } }) else { return nil }
        self.marks = marks
    }

    /// What stands before the literal of a lone dot, which nobody but the client says.
    private static func markOfDot(_ line: ArraySlice<UInt8>) -> [UInt8]? {
        guard let quote = line.last, quote.closing != nil, let open = line.firstIndex(of: quote),
            open < line.endIndex - 1,
            line[(open + 1)...].dropLast().filter({ !"\\rn".utf8.contains($0) }).elementsEqual(".".utf8)
        else { return nil }
        return pattern(of: line[...open])
    }

    /// A mark with a zero for any number, and a one for a verb within, as in `Sent reply to RCPT: `. How far it is indented is nothing
    /// of it.
    private static func pattern(of mark: ArraySlice<UInt8>) -> [UInt8] {
        var pattern: [UInt8] = []
        var rest = mark.drop(while: \.isBlank)
        // Unless it is nothing else.
        if rest.isEmpty { return Array(mark) }
        while !rest.isEmpty {
            let word = rest.prefix(while: \.isLetterOrDigit)
            if !pattern.isEmpty, isVerb(word) {
                pattern.append(anyVerb)
                rest = rest[word.endIndex...]
                continue
            }
            for octet in word.isEmpty ? rest.prefix(1) : word {
                let isDigit = (0x30...0x39).contains(octet)
                if isDigit, pattern.last == 0x30 { continue }
                pattern.append(isDigit ? 0x30 : octet)
            }
            rest = rest.dropFirst(max(1, word.count))
        }
        return pattern
    }

    private static let anyVerb: UInt8 = 1

    /// Whether a word is the verb of a command, in capitals; the words that programs have for what goes and comes are none.
    private static func isVerb(_ word: ArraySlice<UInt8>) -> Bool {
        guard (4...8).contains(word.count), word.allSatisfy({ (0x41...0x5A).contains($0) }),
            let verb = Verb(reading: word)
        else { return false }
        return ![.send, .soml, .saml, .help, .turn].contains(verb)
    }

    /// Whether the reply in a line is 354.
    private static func asksForMailData(_ line: ArraySlice<UInt8>) -> Bool {
        line.indices.dropFirst().prefix(maxOctets).first { position in
            !line[position - 1].isLetterOrDigit && LineShape(line[position...]).side == .server
        }.map { line[$0...].starts(with: "354".utf8) } ?? false
    }

    var dialect: Dialect {
        Dialect(name: "a log whose marks were learned from its lines") { [self] in peel($0) }
    }

    private func peel(_ line: ArraySlice<UInt8>) -> Peeled? {
        for mark in marks {
            guard let rest = Self.rest(of: line, behind: mark.pattern) else { continue }
            guard mark.isQuoted else {
                // Under the mark of the server may stand the program's own words: every line of a reply has its code.
                let isReply = mark.side == .client || LineShape(rest).side == .server
                return Peeled(isReply ? .said(mark.side, rest) : .remark(rest))
            }
            let octets = StringLiteral.read(line[(rest.startIndex - 1)...]) ?? []
            return octets.contains(10) ? Peeled(.wrote(mark.side, octets)) : Peeled(.said(mark.side, octets[...]))
        }
        return nil
    }

    /// What stands before the first place in the line from which on it is a reply or a command.
    private static func mark(before line: ArraySlice<UInt8>) -> ([UInt8], Side)? {
        let start = line.startIndex
        for position in line.indices.dropFirst().prefix(maxOctets) {
            let before = line[position - 1]
            guard !before.isLetterOrDigit, before != UInt8(ascii: "."), before != UInt8(ascii: "-"),
                line[position] != 32
            else { continue }
            guard
                let side = LineShape(
                    line[position...].prefix { $0 != UInt8(ascii: "\\") && $0 != before.closing }.withoutWrittenEnd
                ).side
            else { continue }
            return (pattern(of: line[start..<position]), side)
        }
        return nil
    }

    private static func rest(of line: ArraySlice<UInt8>, behind pattern: [UInt8]) -> ArraySlice<UInt8>? {
        var rest = pattern.first?.isBlank == true ? line : line.drop(while: \.isBlank)
        for octet in pattern {
            if octet == anyVerb {
                let word = rest.prefix(while: \.isLetterOrDigit)
                guard isVerb(word) else { return nil }
                rest = rest[word.endIndex...]
            } else if octet == 0x30 {
                let digits = rest.prefix { (0x30...0x39).contains($0) }
                guard !digits.isEmpty else { return nil }
                rest = rest[digits.endIndex...]
            } else {
                guard rest.first == octet else { return nil }
                rest = rest.dropFirst()
            }
        }
        return rest
    }
}

extension UInt8 {
    var isLetterOrDigit: Bool {
        (0x30...0x39).contains(self) || ((self | 0x20) >= 0x61 && (self | 0x20) <= 0x7A)
    }

    /// What closes what this opens: a quotation mark itself. Nothing else is closed.
    fileprivate var closing: UInt8? { self == UInt8(ascii: "\"") || self == UInt8(ascii: "'") ? self : nil }
}
