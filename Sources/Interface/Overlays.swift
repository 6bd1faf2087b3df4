import Screen

/// What lies over the panes until Esc. Its case, its row in THE table below and its file in `Overlays/` are all that an
/// overlay is: keys, help, README, key bar, drawing and moving read the row.
public enum Overlay: CaseIterable, Sendable {
    case findings, message, end, hosts, timeLine, conversations, comparison, explanation, help

    /// One that lies there, and how far it is scrolled or what in it is selected.
    struct Open: Equatable, Sendable {
        let overlay: Overlay
        var at: Int
        /// What it was laid over, and leaves again; empty where that is the panes.
        private(set) var beneath: [Open] = []

        init(_ overlay: Overlay, at: Int = 0) {
            self.overlay = overlay
            self.at = at
        }

        /// Help for what lies there, which comes back when it was read.
        var helped: Open {
            var help = Open(.help)
            help.beneath = [self]
            return help
        }
    }

    /// THE table. The order of the cases is that of the help.
    var row: Row {
        switch self {
        case .findings:
            Row(
                "f",
                "all findings",
                missing: { $0.findingCount == 0 ? "no findings so far: nothing departs from the RFCs" : nil },
                draw: drawFindings,
                move: Row.among { state, _, _ in state.findingCount },
                form: .list,
                list: FindingsOverlay.place,
                keys: [Action("Enter", .enterPressed, "goes to the line") { $0.goToFinding($1) }]
            )
        case .message:
            Row(
                "m",
                "the message as a reader sees it",
                missing: { $0.hasMessage ? nil : "no message has been sent yet" },
                title: MessageOverlay.title,
                page: MessageOverlay.page
            )
        case .end:
            Row(
                "E",
                "the end: what became of the mail, and what comes next",
                missing: { $0.isAtEnd ? nil : "the session is not at its end: End goes there" },
                title: { _ in "The end" },
                page: EndOverlay.page
            )
        case .hosts:
            Row(
                "X",
                "the hosts that were tried, side by side",
                missing: { HostsOverlay.isEmpty($0) ? "no connection has been tried yet" : nil },
                title: { _ in "Hosts tried" },
                page: HostsOverlay.page
            )
        case .timeLine:
            Row("t", "the time line", draw: drawTimeLine, move: Row.among(TimeLineOverlay.places), form: .text)
        case .conversations:
            Row(
                "o",
                "the list of sessions: other conversations, those of a file",
                missing: ConversationList.missing,
                start: ConversationList.start,
                draw: drawConversations,
                move: ConversationList.moved,
                form: .list,
                list: ConversationList.place,
                keys: [
                    Action("Enter", .enterPressed, "opens it") { $0.chooseConversation($1) },
                    Action("!", .troublePressed, "next trouble") { $0.selectTrouble($1) },
                    Action("/", .searchPressed, "filter") { state, _ in state.askConversationFilter() },
                    Action("< >", .columnOnPressed, "sort") { $0.sortConversations(1, $1) },
                    Action("", .columnBackPressed, "") { $0.sortConversations(-1, $1) },
                    Action("r", .reversePressed, "turn round") { state, _ in state.turnConversations() },
                    Action("", .escapePressed, "") { state, _ in state.leaveConversations() },
                    Action("", .quitPressed, "") { state, _ in state.quitConversations() },
                ],
                leaving: "stays where you were"
            )
        case .comparison:
            Row(
                "d",
                "compare two sessions of a list: once marks the first, on another it compares",
                missing: {
                    $0.session.comparison == nil
                        ? "two sessions of a list are compared with \($0.key("d")) (\($0.key("o")): the list)" : nil
                },
                start: ComparisonOverlay.start,
                draw: drawComparison,
                move: Row.among(ComparisonOverlay.rows),
                form: .list,
                list: ComparisonOverlay.place,
                keys: [Action("!", .troublePressed, "next difference") { $0.goToDifference($1) }]
            )
        case .explanation:
            Row(
                "u",
                "what a text is that is no dialogue: a reply, a bounce, a log",
                missing: {
                    $0.session.explained == nil
                        ? "nothing was explained yet: \($0.key("P")) takes a reply, a bounce, a log line" : nil
                },
                title: ExplanationOverlay.title,
                page: ExplanationOverlay.page,
                keys: [Action("Enter", .enterPressed, "walks it") { state, _ in state.walkExplained() }]
            )
        case .help:
            Row("?", also: (.function(1), "F1"), "this help", title: { _ in "Help" }, page: HelpOverlay.page)
        }
    }
}

extension Overlay {
    /// What is known of an overlay. What its functions are given as `at` is the place in it, of `Open`.
    struct Row {
        typealias Missing = (State) -> String?
        typealias Draw = (_ state: State, _ at: Int, _ rect: Rect, _ canvas: inout Canvas, _ world: Environment) ->
            Void
        /// The place that lies so many rows further, in a rectangle of this size.
        typealias Move = (_ state: State, _ at: Int, _ by: Int, _ rect: Rect, _ world: Environment) -> Int

        /// Where its list is, for clicks.
        typealias Place = (_ state: State, _ at: Int, _ rect: Rect, _ world: Environment) -> ListPlace?

        /// A text that scrolls, or rows of which one is selected.
        enum Form { case text, list }

        /// What opens it, and closes it again.
        let keys: [Key]
        /// The key as the key bar has it, and all of them as the help does.
        let letter, shown: String
        /// What it shows, for help and README.
        let words: String
        /// What is said in its place when there is nothing to show; nil when there is.
        let missing: Missing
        /// The place where it opens.
        let start: (State) -> Int
        let draw: Draw
        let move: Move
        let form: Form
        /// Nil where it is a text.
        let list: Place?
        /// What keys mean in it alone.
        let own: [Action]
        /// What the key bar says of Esc.
        let leaving: String
    }

    /// What a key does in one overlay.
    struct Action {
        let shown: String
        let input: Input
        /// For the key bar.
        let words: String
        /// Given the place in the overlay.
        let act: (inout State, Int) -> [Effect]

        init(_ shown: String, _ input: Input, _ words: String, act: @escaping (inout State, Int) -> [Effect]) {
            self.shown = shown
            self.input = input
            self.words = words
            self.act = act
        }
    }
}

extension Overlay.Row {
    /// One that draws itself.
    fileprivate init(
        _ letter: Character,
        also other: (key: Key, shown: String)? = nil,
        _ words: String,
        missing: @escaping Missing = { _ in nil },
        start: @escaping (State) -> Int = { _ in 0 },
        draw: @escaping Draw,
        move: @escaping Move,
        form: Form,
        list: Place? = nil,
        keys own: [Overlay.Action] = [],
        leaving: String = "closes"
    ) {
        keys = [.character(letter)] + (other.map { [$0.key] } ?? [])
        self.letter = String(letter)
        shown = self.letter + (other.map { "  \($0.shown)" } ?? "")
        self.words = words
        self.missing = missing
        self.start = start
        self.draw = draw
        self.move = move
        self.form = form
        self.list = list
        self.own = own
        self.leaving = leaving
    }

    /// One that is a text in a frame.
    fileprivate init(
        _ letter: Character,
        also other: (key: Key, shown: String)? = nil,
        _ words: String,
        missing: @escaping Missing = { _ in nil },
        title: @escaping (State) -> String,
        page: @escaping (State, Environment) -> Page,
        keys own: [Overlay.Action] = []
    ) {
        self.init(
            letter,
            also: other,
            words,
            missing: missing,
            draw: { state, at, rect, canvas, world in
                page(state, world).draw(title(state), at, in: rect, on: &canvas, world.glyphs)
            },
            move: Self.among { state, rect, world in page(state, world).last(room: rect.rows - 2) + 1 },
            form: .text,
            keys: own
        )
    }

    /// Moves among so many places and stops at either end.
    fileprivate static func among(_ places: @escaping (State, Rect, Environment) -> Int) -> Move {
        { state, at, by, rect, world in min(max(0, at + by), max(0, places(state, rect, world) - 1)) }
    }

    /// What keys do in it, for the key bar.
    var hints: [(String, String)] {
        switch form {
        case .text:
            [("Esc", leaving)] + own.map { ($0.shown, $0.words) }
                + [("↑↓", "scroll"), ("PgDn", "page"), ("q", "closes")]
        case .list:
            own.filter { !$0.shown.isEmpty }.map { ($0.shown, $0.words) } + [("↑↓", "choose"), ("Esc", leaving)]
        }
    }
}
