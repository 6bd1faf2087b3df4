import Notation
import Testing

struct NumbersTests {
    @Test func `numbers have as many digits as are wanted`() {
        #expect(
            [7.decimal(2), 70.decimal(2), 700.decimal(2), 0.decimal(1), (-7).decimal(2)] == [
                "07", "70", "700", "0", "-07",
            ]
        )
        #expect([UInt8(10).hex(2), UInt8(255).hex(2, uppercase: true), UInt8(0).hex(1)] == ["0a", "FF", "0"])
    }

    @Test func `one is told from many`() {
        #expect([0, 1, 2].map { $0.counted("octet") } == ["0 octets", "1 octet", "2 octets"])
    }

    @Test func `division rounds down`() {
        #expect((-1).floored(400) == (-1, 399))
        #expect((-400).floored(400) == (-1, 0))
        #expect(401.floored(400) == (1, 1))
    }

    @Test func `hexadecimal digits have their values`() {
        #expect("09afAF".utf8.map(\.hexValue) == [0, 9, 10, 15, 10, 15])
        #expect("/:@G`g".utf8.allSatisfy { $0.hexValue == nil })
    }
}
