import SMTP

/// What stands behind the lines of a log and is the same in all of them, but for numbers: `… [] []` of Monolog, ` state=1` of Haraka
/// behind what a client says. Learned from the lines, and taken off.
///
/// It decides how much of an end is no part of the dialogue. Words that may end a reply or a command by themselves are none: an
/// end counts where the lines of a client have it, whatever they ask for, and where it has a sign or a number in it: `: /srv/form.pl`.
enum LearnedSuffix {
    private static let maxSample = 2_000
    private static let maxOctets = 80

    /// The lines without the end; nil where they have none in common.
    static func removed(from octets: [UInt8]) -> [UInt8]? {
        var commands: [ArraySlice<UInt8>] = []
        var verbs: Set<Verb> = []
        var lines = TextLines(octets)
        var looked = 0
        while looked < maxSample, let line = lines.next() {
            looked += 1
            guard line.count < 1000, let verb = verb(in: line) else { continue }
            commands.append(line)
            verbs.insert(verb)
        }
        guard verbs.count >= 3, let suffix = common(to: commands) else { return nil }
        var out: [UInt8] = []
        out.reserveCapacity(octets.count)
        lines = TextLines(octets)
        while let line = lines.next() {
            out += (end(of: line).elementsEqual(suffix, by: isAlike) ? line.dropLast(suffix.count) : line) + [10]
        }
        return out

        func end(of line: ArraySlice<UInt8>) -> ArraySlice<UInt8> { line.suffix(suffix.count) }
    }

    /// The command that stands in a line, behind whatever there is.
    private static func verb(in line: ArraySlice<UInt8>) -> Verb? {
        for position in line.indices.prefix(200) {
            guard position == line.startIndex || line[position - 1].isBlank, !line[position].isBlank else { continue }
            let text = line[position...]
            let word = text.prefix(while: \.isLetterOrDigit)
            // `QUIT, client: …`: a command of one word, and the sign that parts it from the rest.
            let isParted = text.dropFirst(word.count).first.map { ":,;".utf8.contains($0) } ?? false
            switch LineShape(isParted && LineShape(word).side == .client ? word : text) {
            case .command(let verb): return verb
            case .reply: return nil
            case .dot, .blank, .other: continue
            }
        }
        return nil
    }

    /// The end of nine in ten, from a blank on; a number is as another of as many digits.
    private static func common(to lines: [ArraySlice<UInt8>]) -> ArraySlice<UInt8>? {
        guard lines.count >= 3, let model = lines.last else { return nil }
        var length = 0
        while length < min(maxOctets, model.count) {
            let octet = model[model.endIndex - length - 1]
            let alike = lines.count {
                $0.count > length && isAlike($0[$0.endIndex - length - 1], octet)
            }
            guard alike * 10 >= lines.count * 9 else { break }
            length += 1
        }
        let end = model.suffix(length)
        // A line of a list in some language: the literal is closed, and another follows.
        for close in ["',", "\","] where end.suffix(2).elementsEqual(close.utf8) { return end.suffix(2) }
        guard let blank = end.firstIndex(of: 32) else { return nil }
        // What is said ends before the sign that parts it from the rest.
        let hasSign = blank > end.startIndex && ":,;".utf8.contains(end[blank - 1])
        let suffix = end[(hasSign ? blank - 1 : blank)...]
        let isSign = suffix.contains { "=[]{}|#;/".utf8.contains($0) || (0x30...0x39).contains($0) }
        return isSign && suffix.count >= 3 ? suffix : nil
    }

    private static func isAlike(_ one: UInt8, _ other: UInt8) -> Bool {
        one == other || (0x30...0x39).contains(one) && (0x30...0x39).contains(other)
    }
}
