import Glibc
import Synchronization
import Testing

@testable import Captures

/// What is divided among processors comes back whole and in order.
struct ProcessorsTests {
    private struct Enough: Error {}

    @Test(arguments: [0, 1, 2, 7, 5000], [1, 3, 256])
    func `each thing is made once, in order`(count: Int, atOnce: Int) {
        var rows: [Int] = []
        Processors.each(
            of: 10..<10 + count,
            atOnce: atOnce,
            making: { part in
                #expect(part.count <= atOnce)
                return part.map { $0 * 2 }
            },
            { rows.append($0) }
        )
        #expect(rows == (10..<10 + count).map { $0 * 2 })
    }

    @Test func `what is made beforehand has a bound`() {
        // Whoever gives nothing out has nothing more made.
        let made = Mutex(0)
        #expect(throws: Enough.self) {
            try Processors.each(
                of: 0..<1_000_000,
                atOnce: 1,
                making: { part in
                    made.withLock { $0 += 1 }
                    return Array(part)
                },
                { (row: Int) throws(Enough) in if row == 100 { throw Enough() } }
            )
        }
        #expect((101...200).contains(made.withLock { $0 }))
    }

    @Test func `a slow piece does not hold up the others for longer than it takes`() {
        var rows: [Int] = []
        Processors.each(
            of: 0..<50,
            atOnce: 1,
            making: { part in
                if part.lowerBound % 7 == 0 { usleep(2000) }
                return Array(part)
            },
            { rows.append($0) }
        )
        #expect(rows == Array(0..<50))
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
