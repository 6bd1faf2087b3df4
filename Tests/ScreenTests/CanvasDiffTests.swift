import ScreenSupport
import Testing

@testable import Screen

@Test func `equal screens need nothing, other sizes everything`() {
    var canvas = Canvas(columns: 6, rows: 2)
    canvas.write("日本語", in: canvas.bounds)
    #expect(CanvasDiff.runs(from: canvas, to: canvas).isEmpty)
    #expect(CanvasDiff.runs(from: nil, to: canvas).map(\.cells).flatMap(\.self) == canvas.cells)
    #expect(CanvasDiff.runs(from: Canvas(columns: 5, rows: 2), to: canvas).count == 2)
    #expect(CanvasDiff.runs(from: nil, to: Canvas(columns: 0, rows: 3)).isEmpty)
}

@Test func `a change of meaning alone is painted`() {
    let old = Canvas(columns: 9, rows: 1)
    var new = old
    new.restyle(Rect(column: 2, row: 0, columns: 1, rows: 1), role: .cursor)
    #expect(CanvasDiff.runs(from: old, to: new) == [.init(column: 2, row: 0, cells: [Cell(" ", .cursor)])])
}

@Test(arguments: [2, 3])
func `half a wide glyph is never painted alone`(column: Int) {
    var old = Canvas(columns: 9, rows: 1)
    old.write("日", column: 2, in: old.bounds)
    var new = old
    new.restyle(Rect(column: column, row: 0, columns: 1, rows: 1), role: .cursor)
    let runs = CanvasDiff.runs(from: old, to: new)
    #expect(runs.map(\.column) == [2])
    #expect(runs.map(\.cells.count) == [2])
}

@Test func `close changes are one run, far ones are two`() {
    let old = Canvas(columns: 20, rows: 1)
    var new = old
    for column in [1, 5, 15] { new.write("x", column: column, in: new.bounds) }
    #expect(CanvasDiff.runs(from: old, to: new).map(\.column) == [1, 15])
}

@Test func `painting the runs over the old screen gives the new one`() {
    for seed in 0..<300 {
        var dice = Dice(seed: UInt64(seed))
        var old = Canvas(columns: 24, rows: 3)
        for row in 0..<3 { old.write(randomText(&dice, pieces: 9), .client, row: row, in: old.bounds) }
        var new = old
        new.write(
            randomText(&dice, pieces: 3),
            .server,
            column: Int.random(in: 0..<20, using: &dice),
            row: Int.random(in: 0..<3, using: &dice),
            in: new.bounds
        )
        var cells = old.cells
        for run in CanvasDiff.runs(from: old, to: new) {
            #expect(run.cells.first?.isContinuation == false)
            let end = run.column + run.cells.count
            #expect(end == 24 || !new[end, run.row].isContinuation)
            for (offset, cell) in run.cells.enumerated() { cells[run.row * 24 + run.column + offset] = cell }
        }
        #expect(cells == new.cells, "seed \(seed)")
    }
}
