import Testing

@testable import Tracing

/// Elements in blocks are those of an array.
@Suite struct BlocksTests {
    @Test(arguments: [0, 1, 4095, 4096, 4097, 8192, 20_000]) func `what was added is there, in order`(count: Int) {
        var blocks = Blocks<Int>()
        for number in 0..<count { blocks.append(number) }
        #expect(blocks.count == count && blocks.isEmpty == (count == 0))
        #expect(Array(blocks) == Array(0..<count) && blocks.last == (count > 0 ? count - 1 : nil))
    }

    @Test func `an element can be changed, in whichever block it is`() {
        var (blocks, plain) = (Blocks<Int>(), Array(0..<13_000))
        for number in plain { blocks.append(number) }
        for index in [0, 4095, 4096, 8191, 8192, 12_999] {
            blocks[index] += 1_000_000
            plain[index] += 1_000_000
        }
        #expect(Array(blocks) == plain)
    }

    @Test func `who holds blocks keeps them while more are added`() {
        var blocks = Blocks<Int>()
        for number in 0..<8200 { blocks.append(number) }
        let held = blocks
        #expect(held == blocks)
        blocks.append(8200)
        blocks[0] = -1
        blocks[8199] = -1
        #expect(Array(held) == Array(0..<8200) && held != blocks)
    }
}
