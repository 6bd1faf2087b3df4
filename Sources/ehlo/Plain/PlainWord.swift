import Interface

/// What a person can type in plain mode, THE table of its words.
enum PlainWord: Equatable {
    case next, back, lesson, findings, help, quit
    /// A step by its label, as `7` or `6a`.
    case go(String)
    /// Counted from 1; nil for the one after the last shown.
    case span(Int?)
    /// What follows is for the server of a live session, as it stands there.
    case raw(String)
    /// The mail of a live session shall be delivered, to the address that is typed.
    case deliver(String)
    case copy(CopyAs)
    case unknown(String)

    private static let rows: [(word: String, letter: String, argument: String, meaning: String)] = [
        ("next", "n", "", "the next step; Enter alone does the same"),
        ("back", "b", "", "the step before, once more"),
        ("go", "g", "N", "the step N, as 7 or 6a"),
        ("span", "s", "[N]", "the next part of this step's lines, or part N, explained"),
        ("lesson", "l", "", "the whole lesson about this step, or about the span just shown"),
        ("findings", "f", "", "where the session departs from the RFCs"),
        (":", "raw", "LINE", "send any line to the server (live); \\r \\n \\xHH are octets"),
        ("deliver", "d", "ADDRESS", "deliver the mail to a real server (live)"),
        ("copy", "c", "[AS]", "the session as a command: \(CopyAs.names)"),
        ("help", "h", "", "this list"),
        ("quit", "q", "", "leave"),
    ]

    init(_ line: String) {
        // Nothing behind the colon is a word of ours.
        for prefix in [": ", ":", "raw "] where line.hasPrefix(prefix) {
            self = .raw(String(line.dropFirst(prefix.count)))
            return
        }
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
        case ("deliver", let address?): self = .deliver(address)
        case ("copy", let form): self = CopyAs(typing: form ?? "swaks").map { .copy($0) } ?? .unknown(line)
        case ("go", let label?): self = .go(label.lowercased())
        case ("span", nil): self = .span(nil)
        case ("span", let number?): self = Int(number).map { .span($0) } ?? .unknown(line)
        default: self = .unknown(line)
        }
    }

    static var list: [String] {
        rows.map { row in
            let words = "  \(row.word) \(row.argument)"
            return words + String(repeating: " ", count: max(0, 18 - words.count)) + "(\(row.letter))  \(row.meaning)"
        }
    }
}
