import Testing

@testable import Captures

/// Connections are found by their ends, however many there are and whichever of them were used again.
struct FlowTableTests {
    /// Ends that differ in one place each: an address, of IPv4 or IPv6, or a port.
    private static func ends(_ number: Int) -> FlowEnds {
        let value = UInt64(number / 4)
        let (address, port): (InternetAddress, UInt16) =
            switch number % 4 {
            case 0: (InternetAddress(v4: UInt32(value) + 0x0B00_0000), 25)
            case 1: (InternetAddress(v4: 0x0C00_0000), UInt16(value))
            case 2: (InternetAddress(high: 0x2001 << 48, low: value), 25)
            default: (InternetAddress(high: 0x2001 << 48 | value, low: 1 << 40), 25)
            }
        let low = Endpoint(address: InternetAddress(v4: 0x0A00_0001), port: 25)
        return FlowEnds(low: low, high: Endpoint(address: address, port: port))
    }

    @Test(arguments: [0, 1000])
    func `each is found, and the last one between its ends`(room: Int) {
        var table = FlowTable(room: room)
        var flows: [Flow] = []
        func add(_ ends: FlowEnds) {
            flows.append(Flow(low: ends.low, high: ends.high))
            table.add(flows.count - 1, in: flows)
        }
        let count = 4000
        for number in 0..<count {
            #expect(table.number(of: Self.ends(number), in: flows) == nil)
            add(Self.ends(number))
        }
        for number in 0..<count { #expect(table.number(of: Self.ends(number), in: flows) == number) }
        for number in 0..<count where number % 3 == 0 { add(Self.ends(number)) }
        for number in 0..<count {
            let found = table.number(of: Self.ends(number), in: flows)
            #expect(found == (number % 3 == 0 ? count + number / 3 : number))
        }
        #expect(table.number(of: Self.ends(count), in: flows) == nil)
    }
}
