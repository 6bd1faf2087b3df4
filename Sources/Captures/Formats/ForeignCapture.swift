/// Captures in formats that are not read here: who writes them, THE table, by the octets they begin with. All of them are read by
/// Wireshark's `editcap`.
public enum ForeignCapture {
    /// The program or the maker; nil for what is none of them.
    public static func program(of octets: [UInt8]) -> String? {
        let start = Array(octets.prefix(128))
        return rows.first { row in start.dropFirst(row.at).starts(with: row.magic) }?.program
            ?? (holdsNetScaler(start)
                ? "NetScaler" : isERF(octets) ? "Endace (ERF)" : isCommView(start) ? "CommView" : nil)
    }

    private static let rows: [(at: Int, magic: [UInt8], program: String)] = [
        (0, Array("GMBU".utf8), "Microsoft's Network Monitor"), (0, Array("RTSS".utf8), "Microsoft's Network Monitor"),
        (0, Array("iptrace 1.0".utf8), "AIX' iptrace"), (0, Array("iptrace 2.0".utf8), "AIX' iptrace"),
        (0, Array("LOGG".utf8), "Vector (BLF)"), (0, [0x01, 0x10, 0x4C, 0], "LANalyzer"),
        (0, [0x07, 0x10], "LANalyzer"),
        (0, Array("TRSNIFF data    \u{1A}".utf8), "Network General's Sniffer"),
        (0, Array("XCP\0".utf8), "NetXRay or Windows Sniffer"), (0, Array("VL\0\0".utf8), "NetXRay"),
        (0, Array("\u{7F}ver".utf8), "OmniPeek or EtherPeek"), (0, Array("\u{5}VNF".utf8), "Visual Networks"),
        (0, Array("ObserverPktBuffe".utf8), "Network Instruments' Observer"), (0, Array("EyeSDN".utf8), "EyeSDN"),
        (0, [0, 0, 2, 0, 0x12, 5, 0, 0x10], "Tektronix' K12"), (0, [0x54, 0x52, 0, 0x64, 0], "HP-UX' nettl"),
        (0, [0x54, 0, 0, 0, 0, 0x01, 0x4D, 0x50], "HP-UX' nettl"),
        (0, Array("btsnoop\0".utf8), "a Bluetooth host (btsnoop)"),
        (0, [0xAA, 0xAA, 0xAA, 0xAA], "Accellent's 5Views"), (0, Array("Session Transcript".utf8), "Catapult DCT 2000"),
        (0, [0x01, 0x02, 0x54, 0x43, 0x50, 0x4D], "Symbian"), (1, Array("NetScaler".utf8), "NetScaler"),
        (0, Array("+---------+---------------+----------+".utf8), "Tektronix' K12, as text"),
    ]

    /// CommView's records have no magic number either: a length, twice in the older format, and a date.
    private static func isCommView(_ start: [UInt8]) -> Bool {
        guard start.count >= 24 else { return false }
        let little16 = { (at: Int) in Int(start[at]) | Int(start[at + 1]) << 8 }
        let isDate = { (at: Int) in
            (1990...2105).contains(little16(at)) && (1...12).contains(start[at + 2]) && (1...31).contains(start[at + 3])
                && start[at + 4] < 24 && start[at + 5] < 60 && start[at + 6] < 61
        }
        let isOlder = little16(0) > 0 && little16(0) == little16(2) && start[4] == 0 && isDate(5)
        return isOlder || little16(0) > 0 && little16(2) == 0 && isDate(4)
    }

    /// NetScaler's name stands behind the head of its first record.
    private static func holdsNetScaler(_ start: [UInt8]) -> Bool {
        let name = Array("NetScaler".utf8)
        return (0..<64).contains { start.dropFirst($0).starts(with: name) }
    }

    /// A record of Endace's format has no magic number: its head has to make sense, and lead to the next one that does.
    private static func isERF(_ octets: [UInt8]) -> Bool {
        var rest = octets[...]
        for record in 0..<3 {
            guard rest.count >= 16 else { return record > 0 && rest.isEmpty }
            let head = Array(rest.prefix(16))
            let (length, wire) = (Int(head[10]) << 8 | Int(head[11]), Int(head[14]) << 8 | Int(head[15]))
            let year = 1970 + (Int(head[7]) << 24 | Int(head[6]) << 16 | Int(head[5]) << 8 | Int(head[4])) / 31_557_600
            guard (1...48).contains(head[8] & 0x7F), (1990...2105).contains(year) || head[8] & 0x7F == 27, length >= 16,
                length <= rest.count,
                wire > 0,
                wire < 65_536, head[9] & 0xC0 == 0
            else { return false }
            rest = rest.dropFirst(length)
        }
        return true
    }
}
