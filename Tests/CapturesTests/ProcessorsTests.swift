import Testing

@testable import Captures

/// What is divided among processors comes back whole and in order.
struct ProcessorsTests {
    @Test(arguments: [0, 1, 2, 7])
    func `each part is done once, in order`(parts: Int) {
        let ranges = (0..<parts).map { $0 * 1000..<$0 * 1000 + 1000 }
        let found = Processors.map(ranges) { range in range.map { $0 * 2 } }
        #expect(found.count == parts)
        #expect(Array(found.joined()) == (0..<parts * 1000).map { $0 * 2 })
    }
}

/// What comes one after another is given out in the same order, whoever made something of it.
struct PipelineTests {
    private struct Enough: Error {}

    @Test(arguments: [0, 1, 9, 10, 11, 250], [1, 10])
    func `each thing is made once, in order`(things: Int, atOnce: Int) {
        var (asked, rows): (Int, [Int]) = (0, [])
        Processors.pipeline(
            atOnce: atOnce,
            from: {
                asked += 1
                return asked <= things ? asked : nil
            },
            making: { $0 * 2 },
            { rows.append($0) }
        )
        #expect(rows == (0..<things).map { ($0 + 1) * 2 })
        // Whoever has said that no more comes is not asked again.
        #expect(asked == things + 1)
    }

    @Test func `an error ends it, and what was under way is waited for`() {
        var (asked, rows): (Int, [Int]) = (0, [])
        #expect(throws: Enough.self) {
            try Processors.pipeline(
                atOnce: 3,
                from: {
                    asked += 1
                    return asked
                },
                making: { $0 },
                { (row: Int) throws(Enough) in
                    if row == 8 { throw Enough() }
                    rows.append(row)
                }
            )
        }
        #expect(rows == Array(1...7))
    }
}
