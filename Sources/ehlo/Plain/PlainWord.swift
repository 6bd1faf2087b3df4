import Interface

/// What a person can type in plain mode, THE table of its words: those of the three panes, where a word can stand for a key.
enum PlainWord: Equatable {
    case next, back, lesson, card, findings, message, hex, hosts, timeline, sessions, `where`, end, trouble, help, quit
    /// A step by its label, as `7` or `6a`.
    case go(String)
    /// Counted from 1; nil for the one after the last shown.
    case span(Int?)
    /// Whether the parts of each line are told under it.
    case spans(Bool)
    /// Whether each line begins with its time.
    case times(Bool)
    /// Text to look for; nil for what was looked for last.
    case find(String?)
    /// Under which name.
    case save(String)
    /// What follows is for the server of a live session, as it stands there.
    case raw(String)
    /// The mail of a live session shall be delivered, to the address that is typed.
    case deliver(String)
    case copy(CopyAs)
    case unknown(String)

    private struct Row {
        let word: String
        /// Empty where the letter is taken.
        let letter: String
        let argument: String
        let meaning: String
    }

    private static let rows = [
        Row(word: "next", letter: "n", argument: "", meaning: "the next step; Enter alone does the same"),
        Row(word: "back", letter: "b", argument: "", meaning: "the step before, once more"),
        Row(word: "go", letter: "g", argument: "N", meaning: "the step N, as 7 or 6a"),
        Row(word: "trouble", letter: "!", argument: "", meaning: "the next refusal, deferral, failure or finding"),
        Row(word: "find", letter: "/", argument: "TEXT", meaning: "the next step with this text; alone, once more"),
        Row(word: "end", letter: "e", argument: "", meaning: "the last step, and what became of the mail"),
        Row(word: "where", letter: "w", argument: "", meaning: "which step this is, and who holds the mail now"),
        Row(
            word: "span",
            letter: "s",
            argument: "[N]",
            meaning: "the next part of this step's lines, or part N, explained"
        ),
        Row(word: "spans", letter: "", argument: "on|off", meaning: "tell the parts of each line, or only on span"),
        Row(word: "times", letter: "", argument: "on|off", meaning: "begin each line with its time, or not"),
        Row(
            word: "lesson",
            letter: "l",
            argument: "",
            meaning: "the whole lesson about this step, or about the span just shown"
        ),
        Row(word: "card", letter: "k", argument: "", meaning: "the next part of that lesson"),
        Row(word: "findings", letter: "f", argument: "", meaning: "where the session departs from the RFCs"),
        Row(word: "message", letter: "m", argument: "", meaning: "the mail: its envelope, then what a reader gets"),
        Row(word: "hex", letter: "x", argument: "", meaning: "the octets of this step's lines"),
        Row(word: "hosts", letter: "", argument: "", meaning: "the hosts that were tried, and what each said"),
        Row(word: "timeline", letter: "t", argument: "", meaning: "all steps so far with their times"),
        Row(word: "sessions", letter: "o", argument: "", meaning: "the sessions of the file"),
        Row(word: "save", letter: "", argument: "NAME", meaning: "the session in a file, in the format of its ending"),
        Row(
            word: ":",
            letter: "raw",
            argument: "LINE",
            meaning: "send any line to the server (live); \\r \\n \\xHH are octets"
        ),
        Row(word: "deliver", letter: "d", argument: "ADDRESS", meaning: "deliver the mail to a real server (live)"),
        Row(word: "copy", letter: "c", argument: "[AS]", meaning: "the session as a command: \(CopyAs.names)"),
        Row(word: "help", letter: "h", argument: "", meaning: "this list"),
        Row(word: "quit", letter: "q", argument: "", meaning: "leave"),
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
        let row = Self.rows.first { $0.word == first || !$0.letter.isEmpty && $0.letter == first }
        guard let row else {
            self = first == "?" ? .help : Self.typedTogether(line) ?? .unknown(line)
            return
        }
        // The text to find and the name of a file may hold blanks.
        let rest = words.count < 2 ? nil : String(line[words[1].startIndex...]).trimmingEnd
        guard words.count <= 2 || ["find", "save"].contains(row.word) else {
            self = .unknown(line)
            return
        }
        self = Self.known(row.word, rest) ?? .unknown(line)
    }

    /// `/text`, as it is typed in the panes.
    private static func typedTogether(_ line: String) -> PlainWord? {
        line.hasPrefix("/") ? .find(String(line.dropFirst()).trimmingEnd) : nil
    }

    private static func known(_ word: String, _ argument: String?) -> PlainWord? {
        guard let argument else { return alone(word) }
        let isOn = ["on": true, "off": false][argument.lowercased()]
        switch word {
        case "deliver": return .deliver(argument)
        case "copy": return CopyAs(typing: argument).map { .copy($0) }
        case "go": return .go(argument.lowercased())
        case "span": return Int(argument).map { .span($0) }
        case "spans": return isOn.map { .spans($0) }
        case "times": return isOn.map { .times($0) }
        case "find": return .find(argument)
        case "save": return .save(argument)
        default: return nil
        }
    }

    private static func alone(_ word: String) -> PlainWord? {
        switch word {
        case "next": .next
        case "back": .back
        case "trouble": .trouble
        case "find": .find(nil)
        case "end": .end
        case "where": .where
        case "span": .span(nil)
        case "lesson": .lesson
        case "card": .card
        case "findings": .findings
        case "message": .message
        case "hex": .hex
        case "hosts": .hosts
        case "timeline": .timeline
        case "sessions": .sessions
        case "copy": CopyAs(typing: "swaks").map { .copy($0) }
        case "help": .help
        case "quit": .quit
        default: nil
        }
    }

    /// The words, a sentence each: `span [N] or s: the next part …`.
    static var list: [String] {
        rows.map { row in
            let words = row.argument.isEmpty ? row.word : "\(row.word) \(row.argument)"
            return "\(words)\(row.letter.isEmpty ? "" : " or \(row.letter)"): \(row.meaning)."
        }
    }
}

extension String {
    fileprivate var trimmingEnd: String {
        String(reversed().drop(while: \.isWhitespace).reversed())
    }
}
