import Screen
import ScreenSupport
import Testing

private func wrapped(_ text: String, _ columns: Int, hanging: Int = 0) -> [String] {
    Wrap.lines(StyledLine(text), columns: columns, hanging: hanging).map(\.text)
}

@Test(
    arguments: [
        ("", 5, [""]),
        ("one two", 7, ["one two"]),
        ("one two", 6, ["one", "two"]),
        ("one  two", 5, ["one", "two"]),  // both blanks of the break are left out
        ("one  two", 8, ["one  two"]),  // but not inside a line
        ("  indented code", 10, ["  indented", "code"]),
        ("abcdefgh", 3, ["abc", "def", "gh"]),
        ("x abcdefgh", 4, ["x ab", "cdef", "gh"]),  // no short line before a word that fits nowhere
        ("x abcd", 4, ["x", "abcd"]),
        ("ab ", 2, ["ab"]),
        ("a\nb\n\nc", 9, ["a", "b", "", "c"]),
        ("a\n", 9, ["a", ""]),
        ("日本語", 5, ["日本", "語"]),
        ("日", 1, ["日"]),  // too wide for any line, and still not lost
        ("ab", 0, ["a", "b"]),
    ] as [(String, Int, [String])]
)
func `wraps`(text: String, columns: Int, lines: [String]) { #expect(wrapped(text, columns) == lines) }

@Test(
    arguments: [
        ("one two three", 7, 2, ["one two", "three"]), ("one two three", 7, 1, ["one tw…"]),
        ("one two three four", 8, 2, ["one two", "three…"]), ("a b", 1, 1, ["…"]), ("a", 5, 0, []), ("", 5, 1, [""]),
    ] as [(String, Int, Int, [String])]
)
func `what has no room in the rows there are is shown by a sign`(
    text: String,
    columns: Int,
    rows: Int,
    lines: [String]
) {
    #expect(Wrap.lines(StyledLine(text), columns: columns, rows: rows).map(\.text) == lines)
    #expect(Wrap.lines(StyledLine(text), columns: columns, rows: rows).allSatisfy { $0.columns <= columns })
}

@Test func `the second line hangs`() {
    #expect(wrapped("• one two three", 7, hanging: 2) == ["• one", "  two", "  three"])
    #expect(wrapped("abcdef", 2, hanging: 9) == ["ab", " c", " d", " e", " f"])
}

@Test func `a run that is broken keeps its meaning`() {
    let line = StyledLine([StyledRun("MAIL ", .client), StyledRun("FROM:<a> now", .span, emphasis: .underline)])
    #expect(
        Wrap.lines(line, columns: 9) == [
            StyledLine("MAIL", .client),
            StyledLine("FROM:<a>", .span, emphasis: .underline),
            StyledLine("now", .span, emphasis: .underline),
        ]
    )
}

@Test func `nothing but blanks is ever lost, and no line is too long`() {
    for seed in 0..<400 {
        var dice = Dice(seed: UInt64(seed))
        let line = StyledLine(
            (0..<4).map { _ in
                StyledRun(randomText(&dice, pieces: 5), Role.allCases.randomElement(using: &dice) ?? .plain)
            }
        )
        let columns = Int.random(in: 1...30, using: &dice)
        let lines = Wrap.lines(line, columns: columns, hanging: Int.random(in: 0...6, using: &dice))
        let (before, after) = (visible([line]), visible(lines))
        #expect(before == after, "seed \(seed)")
        for one in lines where one.columns > columns {
            // Only a cluster that is itself wider than the line may stick out.
            #expect(one.text.filter { $0 != " " }.count == 1, "seed \(seed)")
        }
    }
}

/// The scalars that are not blank, each with its role: a mark that begins a run can join the one before it.
private func visible(_ lines: [StyledLine]) -> [String] {
    let blanks: Set<Unicode.Scalar> = [" ", "\n", "\r"]
    return lines.flatMap(\.runs).flatMap { run in
        run.text.unicodeScalars.filter { !blanks.contains($0) }.map { "\($0)\(run.role.rawValue)" }
    }
}

@Test func `what is cut says so`() {
    #expect(Wrap.cut(StyledLine("0123456789"), columns: 10).text == "0123456789")
    #expect(Wrap.cut(StyledLine("0123456789"), columns: 5).text == "0123…")
    #expect(Wrap.cut(StyledLine("0123456789"), columns: 5, glyphs: .ascii).text == "01...")
    #expect(Wrap.cut(StyledLine("日本語"), columns: 4).text == "日…")
    #expect(Wrap.cut(StyledLine("0123456789"), columns: 2, glyphs: .ascii).text == "..")
    #expect(Wrap.cut(StyledLine("0123456789"), columns: 0).text == "")
}
