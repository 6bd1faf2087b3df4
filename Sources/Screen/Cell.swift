/// What a cell means. Colours are chosen from it in one place, where the terminal is; the raw value is its letter in a
/// golden file.
public enum Role: Character, CaseIterable, Sendable {
    /// Text without a meaning of its own.
    case plain = "."
    /// Text that should not draw the eye: what is past, captions, counts.
    case dim = ","
    /// The title of a pane or of the program.
    case title = "T"
    /// A heading inside a lesson or between wire lines.
    case heading = "H"
    /// What the client says on the wire.
    case client = "c"
    /// What the server says on the wire.
    case server = "s"
    /// A reply that says yes: 2yz, and its text.
    case positive = "2"
    /// A reply that asks for more: 3yz.
    case intermediate = "3"
    /// A reply that says not now: 4yz.
    case transientFailure = "4"
    /// A reply that says no: 5yz.
    case permanentFailure = "5"
    /// A DNS query or answer.
    case lookup = "d"
    /// A fact about the connection: TCP, TLS, close.
    case link = "l"
    /// A step that is over.
    case done = "v"
    /// The step that is under way.
    case now = "n"
    /// A step that has not begun.
    case tocome = "t"
    /// A step that failed.
    case failed = "x"
    /// A departure from the RFC, or a remark.
    case finding = "f"
    /// The current line.
    case cursor = "C"
    /// The highlighted span of the current line.
    case span = "S"
    /// The name of a key in the key bar.
    case key = "k"
    /// Code in a lesson.
    case code = "o"
    /// A quotation in a lesson.
    case quote = "q"
    /// An address of a page.
    case url = "u"
    /// The frame of a pane.
    case frame = "|"
    /// The frame of the pane that has the keys.
    case frameFocused = "#"
    /// A placeholder that stands for an octet which cannot be shown.
    case control = "^"
    /// A placeholder that stands for a credential.
    case secret = "*"
    /// A message about something that went wrong in this program or around it.
    case error = "E"
    /// Text that a search found.
    case match = "M"
}

/// How a cell stands out, whatever its role.
public struct Emphasis: OptionSet, Hashable, Sendable {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }
    public static let bold = Emphasis(rawValue: 1)
    public static let italic = Emphasis(rawValue: 2)
    public static let underline = Emphasis(rawValue: 4)
    public static let reverse = Emphasis(rawValue: 8)
}

/// One column of one row: what it shows and what it means.
public struct Cell: Equatable, Sendable {
    /// One base character with at most `TextWidth.marksKept` marks; a blank in the second column of a wide glyph.
    public var glyph: Character
    public var role: Role
    public var emphasis: Emphasis
    /// Whether this is the second column of the wide glyph to its left.
    public var isContinuation: Bool

    public init(
        _ glyph: Character = " ",
        _ role: Role = .plain,
        emphasis: Emphasis = [],
        isContinuation: Bool = false
    ) {
        self.glyph = glyph
        self.role = role
        self.emphasis = emphasis
        self.isContinuation = isContinuation
    }
}
