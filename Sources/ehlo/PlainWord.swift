/// What a person can type in plain mode, THE table of its words.
enum PlainWord: Equatable {
    case next, back, lesson, findings, help, quit
    /// A step by its label, as `7` or `6a`.
    case go(String)
    /// Counted from 1; nil for the one after the last shown.
    case span(Int?)
    case unknown(String)

    private static let rows: [(word: String, letter: String, argument: String, meaning: String)] = [
        ("next", "n", "", "the next step; Enter alone does the same"),
        ("back", "b", "", "the step before, once more"),
        ("go", "g", "N", "the step N, as 7 or 6a"),
        ("span", "s", "[N]", "the next part of this step's lines, or part N, explained"),
        ("lesson", "l", "", "the whole lesson about this step, or about the span just shown"),
        ("findings", "f", "", "where the session departs from the RFCs"),
        ("help", "h", "", "this list"),
        ("quit", "q", "", "leave"),
    ]

    init(_ line: String) {
        let words = line.split(whereSeparator: \.isWhitespace)
        guard let first = words.first?.lowercased() else {
            self = .next
            return
        }
        let argument = words.dropFirst().first.map(String.init)
        guard let row = Self.rows.first(where: { [$0.word, $0.letter].contains(first) }), words.count <= 2 else {
            self = first == "?" ? .help : .unknown(line)
            return
        }
        switch (row.word, argument) {
        case ("next", nil): self = .next
        case ("back", nil): self = .back
        case ("lesson", nil): self = .lesson
        case ("findings", nil): self = .findings
        case ("help", nil): self = .help
        case ("quit", nil): self = .quit
        case ("go", let label?): self = .go(label.lowercased())
        case ("span", nil): self = .span(nil)
        case ("span", let number?): self = Int(number).map { .span($0) } ?? .unknown(line)
        default: self = .unknown(line)
        }
    }

    static var list: [String] {
        rows.map { row in
            let words = "  \(row.word) \(row.argument)"
            return words + String(repeating: " ", count: max(0, 14 - words.count)) + "(\(row.letter))  \(row.meaning)"
        }
    }
}
