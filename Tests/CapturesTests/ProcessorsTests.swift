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
