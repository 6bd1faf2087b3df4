// Something to run on a pseudo-terminal: paints a screen, names the last key, and ends in every bad way on request.
import Curses
import Glibc
import Screen

func drawProbe(columns: Int, rows: Int, glyphs: Glyphs, last: String) -> Canvas {
    var canvas = Canvas(columns: columns, rows: rows)
    canvas.frame(canvas.bounds, title: "probe", focused: true, glyphs: glyphs)
    let inside = canvas.bounds.inset()
    canvas.write("last \(last) size \(columns)x\(rows) end", in: inside)
    canvas.write("日本 \u{1B}]0;title\u{07} | \u{202E}", .server, row: 1, in: inside)
    // In two columns, so that all roles stand on the usual screen.
    for (number, role) in Role.allCases.enumerated() {
        canvas.write("\(role)", role, column: number / 16 * 20, row: number % 16 + 2, in: inside)
    }
    return canvas
}

@inline(never) func overflow(_ depth: Int) -> Int {
    withUnsafeTemporaryAllocation(of: Int.self, capacity: 512) { stack in
        stack[0] = depth
        return stack[0] &+ overflow(depth &+ 1) &+ stack[0]
    }
}

func end(by key: Character) {
    switch key {
    case "a": abort()
    case "x": print([Int]()[Int(getpid())])
    case "o": print(overflow(1))
    case "e": exit(3)
    case "v": kill(getpid(), SIGSEGV)
    case "z": Task.detached { Terminal.wake() }
    default: break
    }
}

do {
    let arguments = CommandLine.arguments.dropFirst()
    let theme = arguments.compactMap(Theme.init(rawValue:)).first ?? .default
    let ascii = arguments.contains("--ascii") || !localeIsUTF8()
    let colour = !arguments.contains("--no-colour")
    let terminal = try Terminal(.init(theme: theme, colour: colour, ascii: ascii, mouse: true))
    var last = "none"
    var running = true
    while running {
        let glyphs: Glyphs = ascii ? .ascii : .unicode
        terminal.paint(drawProbe(columns: terminal.columns, rows: terminal.rows, glyphs: glyphs, last: last))
        for event in terminal.wait() {
            last = "\(event)"
            switch event {
            case .key(.character("q")), .endAsked, .vanished: running = false
            case .key(.character(let key)): end(by: key)
            default: break
            }
        }
    }
    terminal.close()
    print("bye \(last)")
} catch {
    print("probe: \(error)")
    exit(69)
}
