import Screen
import Testing

private let rect = Rect(column: 3, row: 2, columns: 10, rows: 6)

@Test(arguments: -2...14)
func `the parts of a split lie side by side`(count: Int) {
    let (top, below) = rect.split(top: count)
    let (above, bottom) = rect.split(bottom: count)
    let (left, beside) = rect.split(left: count)
    let (before, right) = rect.split(right: count)
    #expect(top.rows == min(max(0, count), 6))
    #expect(bottom.rows == top.rows)
    #expect(left.columns == min(max(0, count), 10))
    #expect(right.columns == left.columns)
    for (first, second) in [(top, below), (above, bottom)] {
        #expect(first.row == 2 && first.bottom == second.row && second.bottom == 8)
        #expect(first.columns == 10 && second.column == 3)
    }
    for (first, second) in [(left, beside), (before, right)] {
        #expect(first.column == 3 && first.right == second.column && second.right == 13)
        #expect(first.rows == 6 && second.row == 2)
    }
}

@Test func `insets and intersections never leave the rectangle`() {
    #expect(rect.inset() == Rect(column: 4, row: 3, columns: 8, rows: 4))
    #expect(rect.inset(columns: 2, rows: 0) == Rect(column: 5, row: 2, columns: 6, rows: 6))
    for margin in 0..<9 {
        let inside = rect.inset(by: margin)
        #expect(inside.columns >= 0 && inside.rows >= 0)
        #expect(rect.intersection(inside) == inside)
    }
    #expect(rect.intersection(Rect(column: 20, row: 0, columns: 5, rows: 5)).isEmpty)
    #expect(Rect(column: 0, row: 0, columns: -3, rows: 2).columns == 0)
}

@Test func `the edges are outside`() {
    #expect(rect.contains(column: 3, row: 2))
    #expect(rect.contains(column: 12, row: 7))
    #expect(!rect.contains(column: 13, row: 7))
    #expect(!rect.contains(column: 12, row: 8))
    #expect(!rect.contains(column: 2, row: 2))
}
