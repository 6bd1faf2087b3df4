import Curses
import Interface
import Lessons
import Notation
import Screen
import Tracing

/// The walk through a session as a film that asciinema plays (asciicast v2): the program's own screens, one a stop.
///
/// It stands here since it needs the screens of `Interface/`, which `Interchange/` may not know. Nothing but the sequences
/// below reaches the terminal of whoever plays it: cells hold no controls.
struct CastExport {
    static let columns = 80
    static let rows = 24
    /// How long a screen stands: as long as the session took there, but long enough to read and no longer than needed.
    private static let minPause = 2.0
    private static let maxPause = 5.0

    /// The most steps a film shows; at two seconds each it is long enough.
    static let maxScreens = 300

    let library: LessonLibrary
    var theme = Theme.default
    var isASCII = false

    /// The lines of the file: a header, then `[seconds, "o", text]` for each screen.
    func lines(_ trace: Trace, header: Recording.Header) -> [String] {
        let world = Interface.Environment(library: library, glyphs: isASCII ? .ascii : .unicode)
        var state = State(
            title: header.title.isEmpty ? "A mail session" : header.title,
            origin: header.source,
            began: header.began,
            source: .replay,
            trace: trace
        )
        (state.view.columns, state.view.rows) = (Self.columns, Self.rows)
        let ink = Ink(palette: Palette(theme, colours: 256))
        var canvas = draw(state, in: world)
        var lines = [
            Self.header(header), Self.event(0, "\u{1B}[2J" + ink.text(CanvasDiff.runs(from: nil, to: canvas))),
        ]
        var time = Self.minPause
        var before = 0.0
        while !state.isAtEnd, lines.count <= Self.maxScreens + 1 {
            let reached = state.cursor.reached
            _ = update(&state, .nextPressed, in: world)
            guard state.cursor.reached > reached else { break }
            let next = draw(state, in: world)
            lines.append(Self.event(time, ink.text(CanvasDiff.runs(from: canvas, to: next))))
            canvas = next
            let now = trace.lines[state.cursor.reached - 1].time
            time += min(max(now - before, Self.minPause), Self.maxPause)
            before = now
        }
        // The last screen stands as long as the others.
        return lines + [Self.event(time, "")]
    }

    private static func header(_ header: Recording.Header) -> String {
        let stamp = UTCTime(iso8601: header.began).map { ",\"timestamp\":\($0.seconds)" } ?? ""
        let title = WireText.shown(header.title.utf8)
        return "{\"version\":2,\"width\":\(columns),\"height\":\(rows)\(stamp),\"title\":\(jsonText(title)),"
            + "\"env\":{\"TERM\":\"xterm-256color\"}}"
    }

    private static func event(_ time: Double, _ text: String) -> String {
        let millis = Int((time * 1000).rounded())
        return "[\(millis / 1000).\((millis % 1000).decimal(3)),\"o\",\(jsonText(text))]"
    }
}

/// Cells as what a terminal takes: places, looks and glyphs.
private struct Ink {
    let palette: Palette

    func text(_ runs: [CanvasDiff.Run]) -> String {
        var text = ""
        for run in runs {
            text += "\u{1B}[\(run.row + 1);\(run.column + 1)H"
            var current: Look?
            for cell in run.cells where !cell.isContinuation {
                let look = palette.look(cell.role, cell.emphasis)
                if look != current { text += Self.sequence(look) }
                current = look
                text.append(cell.glyph)
            }
        }
        return text.isEmpty ? "" : text + "\u{1B}[0m"
    }

    private static func sequence(_ look: Look) -> String {
        var codes = ["0"]
        let attributes: [(Look.Attributes, String)] = [
            (.bold, "1"), (.dim, "2"), (.italic, "3"), (.underline, "4"), (.reverse, "7"),
        ]
        codes += attributes.filter { look.attributes.contains($0.0) }.map(\.1)
        if let colour = look.foreground { codes.append(code(colour, plain: 30, bright: 90, other: "38")) }
        if let colour = look.background { codes.append(code(colour, plain: 40, bright: 100, other: "48")) }
        return "\u{1B}[\(codes.joined(separator: ";"))m"
    }

    private static func code(_ colour: UInt8, plain: Int, bright: Int, other: String) -> String {
        switch colour {
        case 0..<8: "\(plain + Int(colour))"
        case 8..<16: "\(bright + Int(colour) - 8)"
        default: "\(other);5;\(colour)"
        }
    }
}
