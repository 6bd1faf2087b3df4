public import Screen

/// The keys, THE table: what to press, what happens, and the words for help and README. The key bar has words of its own.
public enum KeyTable {
    /// One row: every key in `keys` means the same.
    public struct Row: Sendable {
        public let keys: [Key]
        /// The keys as they are written in help.
        public let shown: String
        public let input: Input
        /// What it does, in a few words.
        public let words: String
        /// Under which heading of the help it stands.
        public let group: Group
    }

    /// What the keys usually mean.
    static var usualInputs: [Key: Input] { byKey }

    public enum Group: String, CaseIterable, Sendable {
        case walk = "Walk"
        case look = "Look"
        case take = "Take away"
        case leave = "Leave"
    }

    /// The rows in the order of the help. What lies over the panes has its key in its own table; the help stands last.
    public static let rows: [Row] =
        walkingAndLooking + Overlay.allCases.filter { $0 != .help }.map { row(of: $0) } + [blank, row(of: .help)]
        + takingAndLeaving

    private static let blank = row("b", nil, "b", .blankPressed, "blank the screen", .look)

    private static func row(of overlay: Overlay) -> Row {
        let row = overlay.row
        return Row(
            keys: row.keys,
            shown: row.shown,
            input: .overlayPressed(overlay),
            words: row.words,
            group: .look
        )
    }

    private static let walkingAndLooking: [Row] = [
        row("n", ".", "n  .", .nextPressed, "one step on; in the sandbox it happens on the wire", .walk),
        row("p", ",", "p  ,", .previousPressed, "one step back", .walk),
        row("]", nil, "]", .nextStepPressed, "next whole step", .walk),
        row("[", nil, "[", .previousStepPressed, "previous whole step", .walk),
        Row(
            keys: [.enter],
            shown: "Enter",
            input: .enterPressed,
            words: "as n; the only key that sends to a real server; opens step 1 where it is folded",
            group: .walk
        ),
        row(" ", nil, "Space", .spacePressed, "play and pause a replay", .walk),
        row("+", "=", "+", .fasterPressed, "play faster", .walk),
        row("-", nil, "-", .slowerPressed, "play slower", .walk),
        row("!", nil, "!", .troublePressed, "next trouble: a refusal, a failure, a warning; in a list, too", .walk),
        row("g", nil, "g", .goPressed, "go to a step by its number", .walk),
        row("e", nil, "e", .editPressed, "edit the line about to go (live)", .walk),
        row("V", nil, "V", .revertPressed, "take the edit back (live)", .walk),
        row(":", nil, ":", .rawPressed, "send any line at all; \\r \\n \\xHH are octets (live)", .walk),
        Row(keys: [.home], shown: "Home", input: .firstPressed, words: "to the beginning", group: .walk),
        Row(keys: [.end], shown: "End", input: .lastPressed, words: "to the last step shown or recorded", group: .walk),
        row("F", nil, "F", .followPressed, "follow the end", .walk),
        Row(
            keys: [.right],
            shown: "→",
            input: .rightPressed,
            words: "next span of the line: what are these octets?",
            group: .look
        ),
        Row(keys: [.left], shown: "←", input: .leftPressed, words: "previous span", group: .look),
        Row(
            keys: [.down, .character("j")],
            shown: "↓  j",
            input: .downPressed,
            words: "next line, or scroll the lesson",
            group: .look
        ),
        Row(keys: [.up, .character("k")], shown: "↑  k", input: .upPressed, words: "previous line", group: .look),
        Row(
            keys: [.pageDown],
            shown: "PgDn",
            input: .nextCardPressed,
            words: "next card of the lesson, then the next step there is; never sends; in lists a page",
            group: .look
        ),
        Row(keys: [.pageUp], shown: "PgUp", input: .previousCardPressed, words: "previous card", group: .look),
        Row(
            keys: [.control("d")],
            shown: "^D",
            input: .pageDownPressed,
            words: "a page down in the pane",
            group: .look
        ),
        Row(keys: [.control("u")], shown: "^U", input: .pageUpPressed, words: "a page up in the pane", group: .look),
        Row(keys: [.tab], shown: "Tab", input: .nextPanePressed, words: "next pane", group: .look),
        Row(keys: [.backTab], shown: "Shift-Tab", input: .previousPanePressed, words: "previous pane", group: .look),
        row("z", nil, "z", .zoomPressed, "the pane alone on the screen", .look),
        row("/", nil, "/", .searchPressed, "search the wire; then n and N, Esc ends it; in a list, filter it", .look),
        row("N", nil, "N", .previousMatchPressed, "previous match of a search", .look),
        row("<", nil, "<", .columnBackPressed, "in a list of sessions, sort by the column before", .look),
        row(">", nil, ">", .columnOnPressed, "in a list of sessions, sort by the next column", .look),
        row("r", nil, "r", .reversePressed, "in a list of sessions, turn the order round", .look),
        row("h", nil, "h", .hopPressed, "the next hop of the same mail, or the next session of the same story", .look),
        row("x", nil, "x", .hexPressed, "the line in hexadecimal; on a wide screen its octets off first", .look),
        row("l", nil, "l", .lineEndsPressed, "show CR and LF at the line ends", .look),
        row("w", nil, "w", .timesPressed, "times since start, since last, by the clock", .look),
    ]

    private static let takingAndLeaving: [Row] = [
        row("y", nil, "y", .copyLinePressed, "copy the line", .take),
        row("Y", nil, "Y", .copySessionPressed, "copy the session", .take),
        row("c", nil, "c", .copyAsPressed, "copy as a command: \(CopyAs.names)", .take),
        row("P", nil, "P", .pastePressed, "paste what you have: a session, a reply, a bounce, a log line", .take),
        row(
            "s",
            nil,
            "s",
            .savePressed,
            "save: .ehlo .json .txt .md .html .svg .cast .swaks .eml .pcap .pcapng",
            .take
        ),
        row("M", nil, "M", .mousePressed, "mouse on and off", .take),
        Row(keys: [.escape], shown: "Esc", input: .escapePressed, words: "close what lies on top", group: .leave),
        row("q", nil, "q", .quitPressed, "close what lies on top, else quit", .leave),
        Row(
            keys: [.character("Q"), .control("c")],
            shown: "Q  ^C",
            input: .leavePressed,
            words: "quit",
            group: .leave
        ),
        Row(keys: [.control("l")], shown: "^L", input: .redrawPressed, words: "draw the screen anew", group: .leave),
        Row(keys: [.control("z")], shown: "^Z", input: .suspendPressed, words: "stop; fg comes back", group: .leave),
    ]

    private static func row(
        _ first: Character,
        _ second: Character?,
        _ shown: String,
        _ input: Input,
        _ words: String,
        _ group: Group
    ) -> Row {
        Row(
            keys: [.character(first)] + (second.map { [.character($0)] } ?? []),
            shown: shown,
            input: input,
            words: words,
            group: group
        )
    }

    private static let byKey: [Key: Input] = Dictionary(
        rows.flatMap { row in row.keys.map { ($0, row.input) } },
        uniquingKeysWith: { first, _ in first }
    )

    /// What a key means now; nil when it means nothing.
    public static func input(for key: Key, in state: State) -> Input? {
        switch key {
        case .mouse(let column, let row, .press): return .clicked(column: column, row: row)
        case .mouse(_, _, .wheelUp): return .upPressed
        case .mouse(_, _, .wheelDown): return .downPressed
        case .paste(let text): return .pasted(text)
        case .control("c"), .control("l"), .control("z"): return byKey[key]
        default: break
        }
        guard state.prompt.question == nil else { return promptInput(for: key) }
        let input = state.view.bindings.input(for: key)
        return input == .nextPressed && key != .character(".") && !state.view.pattern.isEmpty
            ? .nextMatchPressed : input
    }

    /// What keys mean while a question stands at the bottom, THE table beside it: as a line of a terminal is edited.
    public static let promptKeys: [(keys: [Key], input: Input)] = [
        ([.backspace], .erased),
        ([.delete, .control("d")], .erasedForward),
        ([.control("w")], .erasedWord),
        ([.control("k")], .erasedRest),
        ([.control("u")], .erasedAll),
        ([.up, .control("p")], .upPressed),
        ([.down, .control("n")], .downPressed),
        ([.left, .control("b")], .leftPressed),
        ([.right, .control("f")], .rightPressed),
        ([.home, .control("a")], .firstPressed),
        ([.end, .control("e")], .lastPressed),
        ([.enter], .enterPressed),
        ([.escape], .escapePressed),
    ]

    private static let byPromptKey: [Key: Input] = Dictionary(
        promptKeys.flatMap { row in row.keys.map { ($0, row.input) } },
        uniquingKeysWith: { first, _ in first }
    )

    private static func promptInput(for key: Key) -> Input? {
        if case .character(let character) = key { return .typed(character) }
        return byPromptKey[key]
    }
}

extension KeyTable.Row {
    /// What a file of settings calls it: the name of what is pressed, as `next-step`.
    public var name: String {
        let name: String =
            if case .overlayPressed(let overlay) = input { "\(overlay)" } else {
                "\(input)".replacing("Pressed", with: "")
            }
        return name.reduce(into: "") { words, character in
            words += character.isUppercase ? "-\(character.lowercased())" : String(character)
        }
    }

    /// Whether it keeps its keys however the others are changed.
    public var isFixed: Bool {
        switch input {
        case .enterPressed, .escapePressed, .leavePressed, .redrawPressed, .suspendPressed: true
        default: false
        }
    }
}
