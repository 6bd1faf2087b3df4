/// The signs that panes draw with: one set for terminals that know Unicode, one for those that know ASCII alone.
///
/// Every sign is one column wide, except where it is a `String`: those have to be measured.
public struct Glyphs: Equatable, Sendable {
    /// The signs of a frame and of rules that meet.
    public struct Frame: Equatable, Sendable {
        public let topLeft, topRight, bottomLeft, bottomRight, horizontal, vertical: Character
        /// Where a rule begins at one that goes down, and where one that goes down ends on it.
        public let branch, foot: Character

        /// Reads the signs from a text of eight in the order `┌┐└┘─│├┴`.
        init(_ signs: String) {
            let sign = Array(signs)
            precondition(sign.count == 8, "a frame has eight signs")
            (topLeft, topRight, bottomLeft, bottomRight) = (sign[0], sign[1], sign[2], sign[3])
            (horizontal, vertical, branch, foot) = (sign[4], sign[5], sign[6], sign[7])
        }
    }

    public let isASCII: Bool
    public let light, heavy: Frame
    /// The marks of a step.
    public let done, now, tocome, failed, skipped: Character
    /// The marks of a server's reply: 2yz, 3yz, 4yz, 5yz.
    public let positive, intermediate, transientFailure, permanentFailure: Character
    /// Some were accepted and some were not.
    public let mixed: Character
    /// From the one who acts to what is done, as in `sender ➔ sends`.
    public let arrow: String
    /// The ends of an arrow drawn along a line.
    public let arrowLeft, arrowRight, arrowDown: Character
    /// Before the current line.
    public let pointer: Character
    public let flag: Character
    /// A card of a lesson: the one that is shown, and another.
    public let cardShown, card: Character
    /// Drawn in the row under a span.
    public let underline: Character
    public let bullet: Character
    /// Between two things that should be alike and are not.
    public let differs: Character
    /// Between two short facts in one line.
    public let separator: Character
    public let ellipsis: String
    /// Where a wrapped line goes on.
    public let wrapMark: Character
    /// One column each, in turn.
    public let spinner: [Character]
    /// Whether control octets may be shown by U+2400...U+2421 (`␛`), else by caret or hexadecimal notation.
    public let usesControlPictures: Bool

    public func frame(focused: Bool) -> Frame { focused ? heavy : light }

    public static let unicode = Glyphs(
        isASCII: false,
        light: Frame("┌┐└┘─│├┴"),
        heavy: Frame("┏┓┗┛━┃┣┻"),
        done: "✔",
        now: "▶",
        tocome: "·",
        failed: "✘",
        skipped: "–",
        positive: "✔",
        intermediate: "…",
        transientFailure: "↻",
        permanentFailure: "✘",
        mixed: "◐",
        arrow: "➔",
        arrowLeft: "◀",
        arrowRight: "▶",
        arrowDown: "▼",
        pointer: "▸",
        flag: "⚑",
        cardShown: "●",
        card: "○",
        underline: "‾",
        bullet: "•",
        differs: "≠",
        separator: "·",
        ellipsis: "…",
        wrapMark: "↪",
        spinner: Array("⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"),
        usesControlPictures: true
    )

    public static let ascii = Glyphs(
        isASCII: true,
        light: Frame("++++-|++"),
        heavy: Frame("####=###"),
        done: "v",
        now: ">",
        tocome: ".",
        failed: "x",
        skipped: "-",
        positive: "+",
        intermediate: ".",
        transientFailure: "~",
        permanentFailure: "x",
        mixed: "%",
        arrow: "->",
        arrowLeft: "<",
        arrowRight: ">",
        arrowDown: "v",
        pointer: ">",
        flag: "!",
        cardShown: "*",
        card: "o",
        underline: "~",
        bullet: "*",
        differs: "#",
        separator: "-",
        ellipsis: "...",
        wrapMark: "\\",
        spinner: Array("|/-\\"),
        usesControlPictures: false
    )
}
