import Screen
import ScreenSupport
import Testing

@Test func `text is cut at the rectangle and at the screen`() {
    var canvas = Canvas(columns: 10, rows: 2)
    #expect(canvas.write("abcdef", column: 1, in: Rect(column: 2, row: 0, columns: 4, rows: 1)) == 3)
    #expect(canvas.write("uvwxyz", row: 1, in: Rect(column: 7, row: 0, columns: 9, rows: 9)) == 6)
    #expect(canvas.write("never", row: 2, in: canvas.bounds) == 0)
    #expect(canvas.write("never", row: -1, in: canvas.bounds) == 0)
    #expect(canvas.write("never", column: 10, in: canvas.bounds) == 0)
    #expect(canvas.text == "   abc\n       uvw\n")
}

@Test func `a column below zero hides the beginning`() {
    var canvas = Canvas(columns: 6, rows: 1)
    #expect(canvas.write("abcdef", column: -2, in: Rect(column: 1, row: 0, columns: 3, rows: 1)) == 5)
    #expect(canvas.text == " cde\n")
}

@Test(
    arguments: [
        (0, "日本語"), (1, " 日本"),  // the last one would be cut in two
        (-1, " 本語"),
    ] as [(Int, String)]
)
func `half a wide glyph is a blank`(column: Int, text: String) {
    var canvas = Canvas(columns: 8, rows: 1)
    let rect = Rect(column: 1, row: 0, columns: 6, rows: 1)
    canvas.write("日本語", .client, column: column, in: rect)
    #expect(canvas.text == " \(text)\n")
    #expect(canvas[0, 0].role == .plain)
    #expect(canvas[7, 0].role == .plain)
}

@Test func `writing over half of a wide glyph blanks the other half`() {
    var canvas = Canvas(columns: 4, rows: 1)
    canvas.write("日本", .server, in: canvas.bounds)
    canvas.write("x", column: 1, in: canvas.bounds)
    #expect(canvas.text == " x本\n")
    canvas.write("y", column: 2, in: canvas.bounds)
    #expect(canvas.text == " xy\n")
    #expect(canvas.cells.allSatisfy { !$0.isContinuation })
    canvas.write("日", column: 0, in: canvas.bounds)
    canvas.write("本", column: 1, in: canvas.bounds)
    #expect(canvas.text == " 本\n")
}

@Test func `whatever is drawn, the canvas is sound`() {
    for seed in 0..<300 {
        var dice = Dice(seed: UInt64(seed))
        var canvas = Canvas(columns: 20, rows: 3)
        for _ in 0..<12 {
            let rect = Rect(
                column: Int.random(in: -4...22, using: &dice),
                row: Int.random(in: -1...3, using: &dice),
                columns: Int.random(in: -2...24, using: &dice),
                rows: Int.random(in: 0...3, using: &dice)
            )
            let before = canvas
            let used = canvas.write(
                randomText(&dice, pieces: 6),
                .client,
                column: Int.random(in: -3...6, using: &dice),
                row: Int.random(in: -1...2, using: &dice),
                in: rect
            )
            #expect(used >= 0)
            #expect(faults(in: canvas).isEmpty, "seed \(seed)")
            // A wide glyph that lost its half inside of the rectangle becomes a blank; nothing else changes outside.
            let spilt = canvas.cells.indices.filter { index in
                !rect.contains(column: index % 20, row: index / 20) && canvas.cells[index] != before.cells[index]
                    && canvas.cells[index].glyph != " "
            }
            #expect(spilt.isEmpty, "seed \(seed)")
        }
    }
}

/// The places that break the rule: every wide glyph has its second half, every second half its glyph, and nothing
/// forbidden is in a cell.
private func faults(in canvas: Canvas) -> [String] {
    (0..<canvas.rows).flatMap { row in
        (0..<canvas.columns).filter { column in
            let cell = canvas[column, row]
            let wide = column + 1 < canvas.columns && canvas[column + 1, row].isContinuation
            let whole = cell.isContinuation || TextWidth.columns(of: cell.glyph) == (wide ? 2 : 1)
            let half = !cell.isContinuation || (column > 0 && !wide && cell.glyph == " ")
            return !whole || !half || cell.glyph.unicodeScalars.contains { TextWidth.isForbidden($0) }
        }.map { "\($0), \(row): \(canvas[$0, row].glyph)" }
    }
}

@Test func `filling and restyling keep to the screen`() {
    var canvas = Canvas(columns: 4, rows: 2)
    canvas.fill(Rect(column: 2, row: -1, columns: 9, rows: 2), with: "#", .error)
    canvas.fill(Rect(column: 0, row: 1, columns: 1, rows: 1), with: "\u{1B}")
    canvas.restyle(Rect(column: 3, row: 0, columns: 9, rows: 9), role: .cursor, adding: .bold)
    canvas.restyle(Rect(column: 3, row: 1, columns: 1, rows: 1), adding: .underline)
    #expect(canvas.text == "  ##\n\u{FFFD}\n")
    #expect(canvas[3, 0] == Cell("#", .cursor, emphasis: .bold))
    #expect(canvas[3, 1].emphasis == [.bold, .underline])
    #expect(canvas[2, 0].role == .error)
}

@Test func `a screen of no size can be drawn on`() {
    for (columns, rows) in [(0, 0), (0, 3), (3, 0), (1, 1), (-1, 5)] {
        var canvas = Canvas(columns: columns, rows: rows)
        canvas.frame(canvas.bounds, title: "title", titleRight: "right")
        canvas.write("text", in: canvas.bounds)
        canvas.fill(canvas.bounds, with: "x")
        #expect(faults(in: canvas).isEmpty)
    }
}

@Test(arguments: [false, true])
func `the frames of panes`(ascii: Bool) {
    let glyphs = ascii ? Glyphs.ascii : .unicode
    var canvas = Canvas(columns: 64, rows: 10)
    let (left, rest) = canvas.bounds.split(left: 20)
    canvas.frame(left, title: "Steps", glyphs: glyphs)
    canvas.frame(
        rest.split(top: 5).top,
        title: "Wire \(glyphs.separator) relay",
        titleRight: "7/14",
        focused: true,
        glyphs: glyphs
    )
    canvas.frame(
        rest.split(top: 5).rest,
        title: "A title that is a good deal too long for its pane",
        titleRight: "7 more",
        glyphs: glyphs
    )
    canvas.write("\(glyphs.now) now 日本", .now, in: left.inset())
    canvas.write(
        StyledLine([
            StyledRun("C  ", .client), StyledRun("MAIL", .client, emphasis: .bold), StyledRun(" \u{1B}[2J", .control),
        ]),
        in: rest.inset()
    )
    expectGolden(canvas, ascii ? "frames-ascii-64x10" : "frames-64x10")
}

@Test(arguments: 2...24)
func `a frame closes at every width`(columns: Int) {
    var canvas = Canvas(columns: columns, rows: 3)
    canvas.frame(canvas.bounds, title: "Lesson 日本", titleRight: "3 of 5", focused: true)
    #expect(canvas[0, 0].glyph == "┏")
    #expect(canvas[columns - 1, 0].glyph == "┓")
    #expect(canvas[0, 2].glyph == "┗")
    #expect(canvas[columns - 1, 1].glyph == "┃")
    #expect(canvas[columns - 1, 2].glyph == "┛")
    #expect(faults(in: canvas).isEmpty)
}

@Test(arguments: 1...60)
func `what stands at the right of a title never gives way to it`(columns: Int) {
    for isRule in [false, true] {
        var canvas = Canvas(columns: columns, rows: 3)
        let title = "A title that is a good deal too long for its pane"
        if isRule {
            canvas.rule(canvas.bounds, title: StyledLine(title), titleRight: StyledLine("▼ 7 more"))
        } else {
            canvas.frame(canvas.bounds, title: title, titleRight: "▼ 7 more")
        }
        let first = String(canvas.cells(ofRow: 0).map(\.glyph))
        #expect(first.contains(" ▼ 7 more ") == (columns >= (isRule ? 10 : 14)))
        #expect(first.contains("A title") == (columns >= (isRule ? 22 : 26)), "\(columns): \(first)")
        #expect(faults(in: canvas).isEmpty)
    }
}
