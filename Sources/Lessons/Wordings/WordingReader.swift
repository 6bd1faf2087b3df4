import Tracing
import Yams

/// Reads a file of wordings, a small YAML file beside the lessons: THE one reader, and the table of its keys.
///
/// A file is data: it names no other file and runs nothing. A row that cannot be used is left out and told.
struct WordingReader {
    /// What may stand in a row.
    enum Key: String, CaseIterable {
        case id, by, kind, text, code, status, verb, usually, speaker, step, lesson, example, source
    }

    private(set) var problems: [LessonCheck.Problem] = []
    private var wordings: [Wording] = []
    private var by: String?
    private let file: String

    /// What verbs may be called: as behind the `@` of a reply's anchor.
    static let verbs: Set<String> = [
        "CONNECT", "EHLO", "HELO", "LHLO", "MAIL", "RCPT", "DATA", "BDAT", "AUTH", "STARTTLS", "RSET", "QUIT", "VRFY",
        "EXPN",
        "HELP", "NOOP", "ETRN", "ATRN",
    ]

    static func read(_ octets: [UInt8], file: String) -> (wordings: [Wording], problems: [LessonCheck.Problem]) {
        var reader = WordingReader(file: file)
        reader.readAll(octets)
        return (reader.wordings, reader.problems)
    }

    private init(file: String) { self.file = file }

    private mutating func complain(_ line: Int?, _ message: String) {
        problems.append(LessonCheck.Problem(file: file, line: line, message: message))
    }

    private mutating func readAll(_ octets: [UInt8]) {
        let mapping: Node.Mapping
        switch PlainYAML(kind: "a file of wordings").mapping(octets) {
        case .success(let found): mapping = found
        case .failure(let trouble): return complain(trouble.problem.line, trouble.problem.message)
        }
        for (key, value) in mapping {
            switch (key.scalar?.string, value) {
            case ("by", .scalar(let scalar)): by = Self.line(scalar.string)
            case ("wordings", .sequence(let rows)): for row in rows { read(row) }
            default: complain(key.mark?.line, "a file of wordings holds 'by', one name, and 'wordings', a list")
            }
        }
        // The file's name stands for all of its rows, wherever it is written.
        wordings = wordings.map { row in
            var row = row
            row.by = row.by ?? by
            if row.by?.isEmpty == true { row.by = nil }
            return row
        }
    }

    private mutating func read(_ node: Node) {
        let line = node.mark?.line ?? 1
        guard let row = node.mapping, let id = row["id"]?.scalar?.string, Self.isName(id) else {
            return complain(line, "a wording begins with its id, of letters, digits and hyphens")
        }
        var wording = Wording(id: id, file: file, line: line)
        let before = problems.count
        for (key, value) in row {
            guard let name = key.scalar?.string, let known = Key(rawValue: name) else {
                let names = Key.allCases.map(\.rawValue).joined(separator: ", ")
                complain(key.mark?.line ?? line, "\(id): the keys of a wording are \(names)")
                continue
            }
            guard let texts = Self.texts(value) else {
                complain(key.mark?.line ?? line, "\(id): \(name) is one text, or a list of texts")
                continue
            }
            if let wrong = Self.take(known, texts, &wording) { complain(key.mark?.line ?? line, "\(id): \(wrong)") }
        }
        for (key, isMissing) in [
            (Key.text, wording.patterns.isEmpty), (.example, wording.example.isEmpty),
            (.source, wording.source.isEmpty),
        ] where isMissing && problems.count == before { complain(line, "\(id): \(key.rawValue) is missing") }
        if problems.count == before { wordings.append(wording) }
    }

    /// A table: what each key says, and where that goes. Gives what is wrong with it.
    private static func take(_ key: Key, _ texts: [String], _ wording: inout Wording) -> String? {
        let words = texts.flatMap { $0.split(separator: " ").map(String.init) }
        let one = texts.first ?? ""
        switch key {
        case .id: return nil
        case .by: wording.by = one
        case .example: wording.example = one
        case .source: wording.source = one
        case .kind:
            guard let kind = Wording.Kind(rawValue: one) else {
                return "kind is one of \(Wording.Kind.allCases.map(\.rawValue).joined(separator: ", "))"
            }
            wording.kind = kind
        case .text:
            wording.patterns = texts.compactMap(WordingPattern.init)
            guard wording.patterns.count == texts.count else {
                return "a text has at most \(WordingPattern.maxLength) characters, and at least "
                    + "\(WordingPattern.minLetters) outside of * and %d"
            }
        case .code:
            guard words.allSatisfy(isCode) else { return "a code is as 550, 55z or 5yz" }
            wording.codes = words
        case .status:
            guard words.allSatisfy(isStatus) else { return "a status is as 5.7.1 or x.7.1" }
            wording.statuses = words
        case .verb, .usually:
            guard words.allSatisfy(verbs.contains) else { return "\(key.rawValue) is one of \(verbs.sorted())" }
            if key == .verb { wording.verbs = words } else { wording.usualVerb = words.first }
        case .step:
            guard let step = Int(one).flatMap(Step.init(rawValue:)) else { return "a step is a number from 1 to 14" }
            wording.step = step
        case .speaker:
            guard let speaker = Wording.Speaker(rawValue: one) else {
                return "speaker is one of \(Wording.Speaker.allCases.map(\.rawValue).joined(separator: ", "))"
            }
            wording.speaker = speaker
        case .lesson: wording.lessons = words.map { LessonAnchor($0) }
        }
        return nil
    }

    /// A text alone, or each of a list.
    private static func texts(_ node: Node) -> [String]? {
        if let text = node.scalar?.string { return [line(text)] }
        guard let sequence = node.sequence else { return nil }
        let texts = sequence.compactMap { $0.scalar.map { line($0.string) } }
        return texts.count == sequence.count && !texts.isEmpty ? texts : nil
    }

    private static func line(_ text: String) -> String { LessonOctets.line(text) }

    private static func isName(_ id: String) -> Bool {
        (1...60).contains(id.utf8.count) && id.utf8.allSatisfy { $0.isLetDig || $0 == UInt8(ascii: "-") }
    }

    private static func isCode(_ word: String) -> Bool {
        let signs = Array(word.utf8)
        guard signs.count == 3, (0x32...0x35).contains(signs[0]) else { return false }
        return signs.dropFirst().allSatisfy { (0x30...0x39).contains($0) || "yz".utf8.contains($0) }
    }

    private static func isStatus(_ word: String) -> Bool {
        let parts = word.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 3
            && parts.allSatisfy {
                $0 == "x" || (1...3).contains($0.count) && $0.utf8.allSatisfy { (0x30...0x39).contains($0) }
            }
    }
}
