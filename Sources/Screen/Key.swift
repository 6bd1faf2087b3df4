/// What a person did at the terminal. Knows nothing of curses: tests press keys by making values.
public enum Key: Hashable, Sendable {
    /// One Unicode scalar that is no control; a blank is `.character(" ")`.
    case character(Character)
    case enter, escape, tab, backTab
    case up, down, left, right, home, end, pageUp, pageDown
    case backspace, delete, insert
    /// 1...20.
    case function(Int)
    /// Control and a key, in lower case: `^C` is `.control("c")`, NUL is `.control("@")`.
    case control(Character)
    /// The window has another size now, or has to be drawn again whole.
    case resize
    /// Text pasted in one piece, line ends as LF, at most 64 kB of UTF-8. Untrusted: it can hold control characters.
    case paste(String)
    /// `column` and `row` count from 0.
    case mouse(column: Int, row: Int, kind: MouseKind)
    /// Something arrived that is no key of ours, such as an answer of the terminal. It means nothing.
    case unknown

    public enum MouseKind: Hashable, Sendable { case press, release, wheelUp, wheelDown }
}
