import SMTP

/// What stands before the lines of a log and is the same in all of them, but for numbers, identifiers and times: learned from
/// the lines themselves, and set aside.
///
/// It decides how much of a line is no part of the dialogue. It does not know whose log it is, and reads no mark: what is
/// different before the lines of the two sides stays.
struct LearnedPrefix {
    /// A part of the pattern: an octet that stands there in every line, or a word with a digit in it, whichever it is.
    private enum Atom: Equatable {
        case octet(UInt8)
        case number
    }

    private let pattern: [Atom]
    /// Which of the changing words tell sessions apart.
    private var sessionWords: [Int] = []

    /// The most octets of a line that are looked at.
    private static let maxOctets = 200

    /// Nil when the lines have nothing in common before the dialogue.
    init?(_ lines: [ArraySlice<UInt8>]) {
        let told = lines.prefix(5_000).filter(Self.holdsDialogue)
        guard told.count >= 2 else { return nil }
        let patterns = told.map(Self.pattern)
        guard let common = Self.common(to: patterns) else { return nil }
        pattern = common
        sessionWords = Self.interleaved(lines.prefix(5_000).compactMap { read($0)?.words })
    }

    /// Whether a word of it tells sessions apart.
    var tellsSessions: Bool { !sessionWords.isEmpty }

    /// The line behind the prefix, the time in it, and what tells its session; nil for a line without it.
    func take(from line: ArraySlice<UInt8>) -> (rest: ArraySlice<UInt8>, time: TimeStamp?, session: [UInt8])? {
        guard let (rest, words) = read(line) else { return nil }
        var session: [UInt8] = []
        for word in sessionWords { session += words[word] + [32] }
        return (rest, Self.time(in: line[..<rest.startIndex]), session)
    }

    private func read(_ line: ArraySlice<UInt8>) -> (rest: ArraySlice<UInt8>, words: [ArraySlice<UInt8>])? {
        var rest = line
        var words: [ArraySlice<UInt8>] = []
        for atom in pattern {
            switch atom {
            case .octet(let octet):
                guard rest.first == octet else { return nil }
                rest = rest.dropFirst()
            case .number:
                let word = Self.word(rest)
                guard Self.isNumber(word.whole) else { return nil }
                words.append(word.name)
                rest = rest.dropFirst(word.whole.count)
            }
        }
        return (rest, words)
    }

    // MARK: Learning

    /// Whether a reply or a command stands somewhere in the line, behind a blank or a mark.
    static func holdsDialogue(_ line: ArraySlice<UInt8>) -> Bool {
        let line = line.prefix(maxOctets * 2)
        return line.indices.prefix(maxOctets).contains { position in
            guard position > line.startIndex else { return LineShape(line).side != nil }
            let before = line[position - 1]
            return !before.isLetterOrDigit && before != UInt8(ascii: "-") && before != UInt8(ascii: ".")
                && !line[position].isBlank && LineShape(line[position...]).side != nil
        }
    }

    private static func pattern(of line: ArraySlice<UInt8>) -> [Atom] {
        var atoms: [Atom] = []
        var rest = line.prefix(maxOctets)
        while let octet = rest.first {
            let word = word(rest).whole
            if isNumber(word) {
                atoms.append(.number)
                rest = rest.dropFirst(word.count)
            } else if word.isEmpty {
                atoms.append(.octet(octet))
                rest = rest.dropFirst()
            } else {
                atoms += word.map(Atom.octet)
                rest = rest.dropFirst(word.count)
            }
        }
        return atoms
    }

    /// What stands at the beginning of nine in ten of the patterns, up to a blank.
    private static func common(to patterns: [[Atom]]) -> [Atom]? {
        var alike = Array(patterns.indices)
        var common: [Atom] = []
        while let atom = mostFrequent(alike.compactMap { patterns[$0].dropFirst(common.count).first }) {
            let next = alike.filter { patterns[$0].dropFirst(common.count).first == atom }
            guard next.count * 10 >= patterns.count * 9 else { break }
            alike = next
            common.append(atom)
        }
        guard let edge = common.lastIndex(where: { $0 == .octet(32) || $0 == .octet(9) }) else { return nil }
        // Blanks before every line are no prefix.
        guard common[..<edge].contains(where: { $0 != .octet(32) && $0 != .octet(9) }) else { return nil }
        return Array(common[...edge])
    }

    private static func mostFrequent(_ atoms: [Atom]) -> Atom? {
        guard let first = atoms.first else { return nil }
        // Nine in ten are asked for, so that one of the first few is it, or none.
        return ([first] + atoms.prefix(8)).max { one, other in
            atoms.count { $0 == one } < atoms.count { $0 == other }
        }
    }

    /// The words that come again behind another value of theirs, as identifiers of sessions side by side do, and no time does.
    private static func interleaved(_ rows: [[ArraySlice<UInt8>]]) -> [Int] {
        guard let count = rows.map(\.count).min() else { return [] }
        return (0..<count).filter { word in
            var seen: [ArraySlice<UInt8>: Int] = [:]
            var last: ArraySlice<UInt8> = []
            var returns = 0
            for row in rows where row[word] != last {
                if seen[row[word]] != nil { returns += 1 }
                seen[row[word], default: 0] += 1
                last = row[word]
            }
            return returns > 0 && seen.count > 1
        }
    }

    /// The word that begins here. A UUID (RFC 9562 §4) is one, and the number of something within it behind a full stop is no other
    /// name: `5B46F134-77EF-4C5D-8E0F-1A2B3C4D5E6F.1`.
    private static func word(_ text: ArraySlice<UInt8>) -> (whole: ArraySlice<UInt8>, name: ArraySlice<UInt8>) {
        let plain = text.prefix(while: \.isLetterOrDigit)
        guard plain.count == 8, text.count >= 36 else { return (plain, plain) }
        let name = text.prefix(36)
        let parts = name.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        guard parts.map(\.count) == [8, 4, 4, 4, 12], parts.allSatisfy({ $0.allSatisfy { $0.hexValue != nil } }) else {
            return (plain, plain)
        }
        let behind = text.dropFirst(36).prefix { (0x30...0x39).contains($0) || $0 == UInt8(ascii: ".") }
        return (behind.first == UInt8(ascii: ".") ? text[..<behind.endIndex] : name, name)
    }

    private static func isNumber(_ word: ArraySlice<UInt8>) -> Bool {
        if word.contains(where: { (0x30...0x39).contains($0) }) { return true }
        return word.count >= 4 && word.allSatisfy { $0.hexValue != nil }
    }

    /// The first time in a prefix.
    private static func time(in prefix: ArraySlice<UInt8>) -> TimeStamp? {
        for position in prefix.indices {
            guard position == prefix.startIndex || !prefix[position - 1].isLetterOrDigit else { continue }
            if let (stamp, _) = TimeStamp.read(prefix[position...]) { return stamp }
        }
        return nil
    }
}
