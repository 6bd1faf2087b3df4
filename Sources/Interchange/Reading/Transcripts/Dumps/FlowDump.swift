import SMTP

/// What tcpflow prints with -c: before what each packet holds stand its ends, `192.000.002.006.00025-192.000.002.009.51111: 220 mx`.
enum FlowDump {
    struct Head {
        let from: ArraySlice<UInt8>
        let to: ArraySlice<UInt8>
        let said: ArraySlice<UInt8>
    }

    static func head(_ line: ArraySlice<UInt8>) -> Head? {
        guard let first = line.first, first.hexValue != nil,
            let colon = line.prefix(120).firstRange(of: Array(": ".utf8))
        else { return nil }
        let ends = line[..<colon.lowerBound].split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        guard ends.count == 2, ends.allSatisfy(isEnd) else { return nil }
        return Head(from: ends[0], to: ends[1], said: line[colon.upperBound...])
    }

    /// An address and a port of five digits, as `192.000.002.006.00025`.
    private static func isEnd(_ text: ArraySlice<UInt8>) -> Bool {
        let parts = text.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard let port = parts.last, port.count == 5, port.allSatisfy({ (0x30...0x39).contains($0) }) else {
            return false
        }
        let address = parts.dropLast()
        return address.count == 4 && address.allSatisfy { $0.count == 3 && $0.allSatisfy { $0.hexValue ?? 16 < 10 } }
            || address.count == 1 && (address.first?.contains(UInt8(ascii: ":")) ?? false)
    }

    static func read(_ octets: [UInt8]) -> [UInt8] {
        Dump.gathered(octets, below: head) { head, below in
            var body = [head.said] + below
            // An empty line of tcpflow's own stands behind what ends in a line end.
            if body.count > 1, body.last?.isEmpty == true { body.removeLast() }
            let (connection, side) = Dump.connection(head.from, head.to, portMark: UInt8(ascii: "."))
            let said = Array(body.joined(separator: [13, 10])) + [13, 10]
            return Dump.line(.init(connection: connection, side: side, octets: said, isExact: true))
        }
    }
}
