/// Headers put around an IP packet, octet by octet: what a mail may be wrapped in. Nothing here is shared with the code under test.
enum Containers {
    /// What stands around a packet, and the link type of the whole.
    struct Container: Sendable, CustomStringConvertible {
        var name: String
        var link: Int
        var wrap: @Sendable ([UInt8]) -> [UInt8]

        init(_ name: String, _ link: Int = 1, _ wrap: @escaping @Sendable ([UInt8]) -> [UInt8]) {
            (self.name, self.link, self.wrap) = (name, link, wrap)
        }

        var description: String { name }
    }

    static let macs = [UInt8](repeating: 2, count: 12)
    static func zeros(_ count: Int) -> [UInt8] { [UInt8](repeating: 0, count: count) }
    static func ethernet(_ type: Int, _ content: [UInt8]) -> [UInt8] { macs + Packets.number(type, 2) + content }
    static func frame(_ packet: [UInt8]) -> [UInt8] { ethernet(0x0800, packet) }
    static func length(_ content: [UInt8]) -> [UInt8] { macs + Packets.number(content.count, 2) + content }
    static func snap(_ packet: [UInt8]) -> [UInt8] { [0xAA, 0xAA, 3, 0, 0, 0, 8, 0] + packet }

    /// In a packet between two other hosts.
    static func over(_ transport: UInt8, _ content: [UInt8]) -> [UInt8] {
        frame(Packets.ipv4(content, transport: transport, from: [198, 51, 100, 1], to: [198, 51, 100, 2]))
    }

    static func udp(_ port: Int, _ content: [UInt8], from: Int = 40_000) -> [UInt8] {
        over(17, Packets.udp(content, from: from, to: port))
    }

    static func gre(_ flags: Int, _ type: Int, _ fields: [UInt8], _ content: [UInt8]) -> [UInt8] {
        over(47, Packets.number(flags, 2) + Packets.number(type, 2) + fields + content)
    }

    static func label(_ label: Int, last: Bool) -> [UInt8] { Packets.number(label << 12 | (last ? 0x140 : 0x40), 4) }

    static func wireless(_ kind: [UInt8], _ content: [UInt8]) -> [UInt8] { wireless(kind, [], content) }
    static func wireless(_ kind: [UInt8], _ more: [UInt8], _ content: [UInt8]) -> [UInt8] {
        kind + zeros(2) + [UInt8](repeating: 2, count: 18) + zeros(2) + more + content
    }

    static func radiotap(_ fields: [UInt8], present: [UInt8], _ frame: [UInt8]) -> [UInt8] {
        [0, 0] + Packets.number(4 + present.count + fields.count, 2, big: false) + present + fields + frame
    }

    static func aggregated(_ parts: [[UInt8]]) -> [UInt8] {
        wireless(
            [0x88, 1],
            [0x80, 0],
            parts.flatMap { part in
                macs + Packets.number(part.count, 2) + part + zeros((4 - (14 + part.count) % 4) % 4)
            }
        )
    }

    static let links: [Container] = [
        Container("Ethernet") { frame($0) },
        Container("netANALYZER", 240) { [1, 2, 3, 4] + frame($0) },
        Container("Ethernet with its preamble", 274) { [UInt8](repeating: 0x55, count: 7) + [0xD5] + frame($0) },
        Container("Juniper's Ethernet", 178) { [0x4D, 0x47, 0x43, 0x80, 0, 6] + zeros(6) + frame($0) },
        Container("Juniper without a frame", 178) { [0x4D, 0x47, 0x43, 0x02] + zeros(4) + $0 },
        Container("ERF", 197) { zeros(8) + [2, 4] + zeros(6) + zeros(2) + frame($0) },
        Container("ERF with a further header", 197) {
            zeros(8) + [0x82, 4] + zeros(6) + zeros(8) + zeros(2) + frame($0)
        },
        Container("Linux cooked", 113) { zeros(14) + [8, 0] + $0 },
        Container("Linux cooked around IEEE 802.2", 113) { zeros(14) + [0, 4] + snap($0) },
        Container("Linux cooked in a virtual LAN", 113) { zeros(14) + [0x81, 0, 0, 7, 8, 0] + $0 },
        Container("Linux cooked around radiotap", 113) {
            [0, 0, 3, 0x23] + zeros(10) + [0, 4] + radiotap([], present: zeros(4), wireless([8, 1], snap($0)))
        },
        Container("Linux cooked, the second version", 276) { [8, 0] + zeros(18) + $0 },
        Container("BSD loopback, small machines", 0) { [2, 0, 0, 0] + $0 },
        Container("BSD loopback, large machines", 0) { [0, 0, 0, 2] + $0 },
        Container("OpenBSD loopback", 108) { [0, 0, 0, 2] + $0 },
        Container("Apple's PKTAP", 258) { tapped(1, frame($0)) },
        Container("Apple's PKTAP around IP", 258) { tapped(12, $0) },
        Container("IP over IEEE 1394", 138) { zeros(16) + [8, 0] + $0 },
        Container("OpenBSD's enc", 109) { [0, 0, 0, 2] + zeros(8) + $0 },
        Container("pf's log", 117) { [61, 2] + zeros(62) + $0 },
        Container("netfilter's log", 239) { [2, 0, 0, 1, 5, 0, 10, 0, 9, 0, 0, 0] + nflog($0) + $0 },
        Container("Solaris' loopback", 226) { [1, 2] + zeros(22) + $0 },
        Container("raw IP", 101) { $0 },
        Container("IPv4 alone", 228) { $0 },
        Container("IP over Fibre Channel", 122) { zeros(16) + snap($0) },
        Container("FDDI", 10) { [0x50] + macs + snap($0) },
        Container("token ring", 6) { [0x10, 0x40] + macs + snap($0) },
        Container("token ring with a route", 6) {
            [0x10, 0x40] + [UInt8](repeating: 2, count: 6) + [0x82, 2, 2, 2, 2, 2, 6, 0, 0, 1, 0, 2] + snap($0)
        },
        Container("ATM", 100) { snap($0) },
        Container("ATM around Ethernet", 100) { [0xAA, 0xAA, 3, 0, 0x80, 0xC2, 0, 7, 0, 0] + frame($0) },
        Container("SunATM", 123) { zeros(4) + snap($0) },
        Container("SLIP", 8) { zeros(16) + $0 },
    ]

    private static func nflog(_ packet: [UInt8]) -> [UInt8] {
        Packets.number(packet.count + 4, 2, big: false) + [9, 0]
    }

    static let points: [Container] = [
        Container("PPP", 9) { [0, 0x21] + $0 },
        Container("PPP with a short protocol", 9) { [0x21] + $0 },
        Container("PPP as HDLC", 50) { [0xFF, 3, 0, 0x21] + $0 },
        Container("PPP with MPLS", 9) { [0xFF, 3, 2, 0x81] + label(7, last: true) + $0 },
        Container("Cisco's HDLC", 104) { [0x0F, 0, 8, 0] + $0 },
        Container("PPP with its direction", 204) { [1, 0xFF, 3, 0, 0x21] + $0 },
        Container("Cisco's HDLC with its direction", 205) { [0, 0x0F, 0, 8, 0] + $0 },
        Container("pppd", 166) { [1, 3, 0, 0x21] + $0 },
        Container("PPPoE") { ethernet(0x8864, pppoe($0)) },
        Container("PPPoE alone", 51) { pppoe($0) },
        Container("frame relay", 107) { [0x18, 0x41, 3, 0xCC] + $0 },
        Container("frame relay with SNAP", 107) { [0x18, 0x41, 3, 0, 0x80, 0, 0, 0, 8, 0] + $0 },
        Container("frame relay as Cisco writes it", 107) { [0x18, 0x41, 8, 0] + $0 },
        Container("frame relay with its direction", 206) { [1, 0x18, 0x41, 3, 0xCC] + $0 },
    ]

    private static func pppoe(_ packet: [UInt8]) -> [UInt8] {
        [0x11, 0, 0, 7] + Packets.number(packet.count + 2, 2) + [0, 0x21] + packet
    }

    static let labelled: [Container] = [
        Container("IEEE 802.2 and SNAP") { length(snap($0)) },
        Container("IEEE 802.2 alone") { length([6, 6, 3] + $0) },
        Container("a virtual LAN") { ethernet(0x8100, [0, 7, 8, 0] + $0) },
        Container("two virtual LANs") { ethernet(0x88A8, [0, 7, 0x81, 0, 0, 8, 8, 0] + $0) },
        Container("a virtual LAN around IEEE 802.2") { packet in
            ethernet(0x8100, [0, 7] + Packets.number(packet.count + 8, 2) + snap(packet))
        },
        Container("Cisco's VN-Tag") { ethernet(0x8926, zeros(4) + [0x81, 0, 0, 7, 8, 0] + $0) },
        Container("a bridge port's tag") { ethernet(0x893F, zeros(6) + [8, 0] + $0) },
        Container("a redundancy tag") { ethernet(0x892F, [0x10, 0x50, 0, 1, 8, 0] + $0) },
        Container("Cisco's metadata") { ethernet(0x8909, [1, 1, 0, 1, 0, 7, 8, 0] + $0) },
        Container("a provider's backbone") { ethernet(0x88E7, [0, 0, 0, 7] + frame($0)) },
        Container("MPLS") { ethernet(0x8847, label(100, last: false) + label(200, last: true) + $0) },
        Container("MPLS alone", 219) { label(100, last: true) + $0 },
        Container("a pseudowire with a control word") {
            ethernet(0x8847, label(16, last: true) + zeros(4) + frame($0))
        },
        Container("a pseudowire without") { ethernet(0x8847, label(16, last: true) + frame($0)) },
        Container("a pseudowire whose address begins as IP does") {
            ethernet(0x8847, label(16, last: true) + [0x45, 0, 0, 0, 0, 1, 0x45, 0, 0, 0, 0, 2, 8, 0] + $0)
        },
        Container("a pseudowire of PPP") { ethernet(0x8847, label(16, last: true) + zeros(4) + [0, 0x21] + $0) },
        Container("a network service header") { ethernet(0x894F, [0, 6, 1, 1] + zeros(20) + $0) },
    ]

    static let tunnels: [Container] = [
        Container("IP in IP") { over(4, $0) },
        Container("IPv4 in IPv6") { ethernet(0x86DD, Packets.ipv6($0, next: 4, from: 77, to: 78)) },
        Container("IPv4 in IPv6 behind options") {
            ethernet(0x86DD, Packets.ipv6([4, 0, 1, 4, 0, 0, 0, 0] + $0, next: 60, from: 77, to: 78))
        },
        Container("behind an authentication header") { over(51, [4, 4] + zeros(22) + $0) },
        Container("GRE") { gre(0, 0x0800, [], $0) },
        Container("GRE with a checksum") { gre(0x8000, 0x0800, zeros(4), $0) },
        Container("GRE with a key") { gre(0x2000, 0x0800, [0, 0, 0, 7], $0) },
        Container("GRE with key and sequence") { gre(0x3000, 0x0800, zeros(8), $0) },
        Container("GRE around Ethernet") { gre(0x2000, 0x6558, [0, 0, 0, 7], frame($0)) },
        Container("GRE around MPLS") { gre(0, 0x8847, [], label(7, last: true) + $0) },
        Container("GRE of PPTP") { packet in
            gre(0x3081, 0x880B, Packets.number(packet.count + 4, 2) + zeros(10), [0xFF, 3, 0, 0x21] + packet)
        },
        Container("GRE of WCCP") { gre(0, 0x883E, [], zeros(4) + $0) },
        Container("GRE over UDP") { udp(4754, [0, 0, 8, 0] + $0) },
        Container("ERSPAN I") { gre(0, 0x88BE, [], frame($0)) },
        Container("ERSPAN II") { gre(0x1000, 0x88BE, zeros(4) + [0x10, 7] + zeros(6), frame($0)) },
        Container("ERSPAN III") { gre(0x1000, 0x22EB, zeros(4) + [0x20, 7] + zeros(10), frame($0)) },
        Container("ERSPAN III with a subheader") {
            gre(0x1000, 0x22EB, zeros(4) + [0x20, 7] + zeros(9) + [1] + zeros(8), frame($0))
        },
        Container("ERSPAN III around IP") { gre(0x1000, 0x22EB, zeros(4) + [0x20, 7] + zeros(8) + [8, 0], $0) },
        Container("Ethernet in IP") { over(97, [0x30, 0] + frame($0)) },
        Container("Ethernet in IPv6") { ethernet(0x86DD, Packets.ipv6(frame($0), next: 143, from: 77, to: 78)) },
        Container("MPLS in IP") { over(137, label(7, last: true) + $0) },
        Container("MPLS in UDP") { udp(6635, label(7, last: true) + $0) },
        Container("L2TP version 3") { over(115, [0, 0, 0, 7] + zeros(8) + frame($0)) },
        Container("L2TP") { udp(1701, [0, 2, 0, 1, 0, 2, 0xFF, 3, 0, 0x21] + $0, from: 1701) },
        Container("L2TP with all its fields") { packet in
            udp(
                1701,
                [0x4A, 2] + Packets.number(packet.count + 18, 2) + zeros(8) + [0, 2, 9, 9, 0xFF, 3, 0, 0x21] + packet
            )
        },
        Container("VXLAN") { udp(4789, [8, 0, 0, 0, 0, 0, 7, 0] + frame($0)) },
        Container("VXLAN at Linux' old port") { udp(8472, [8, 0, 0, 0, 0, 0, 7, 0] + frame($0)) },
        Container("VXLAN-GPE around IP") { udp(4790, [0x0C, 0, 0, 1, 0, 0, 7, 0] + $0) },
        Container("Geneve") { udp(6081, [0, 0, 0x65, 0x58, 0, 0, 7, 0] + frame($0)) },
        Container("Geneve with options") {
            udp(6081, [2, 0, 0x65, 0x58, 0, 0, 7, 0] + [1, 2, 0x80, 1, 0, 0, 0, 0] + frame($0))
        },
        Container("Geneve around IP") { udp(6081, [0, 0, 8, 0, 0, 0, 7, 0] + $0) },
        Container("GTP-U") { udp(2152, [0x30, 0xFF] + Packets.number($0.count, 2) + [0, 0, 0, 1] + $0, from: 2152) },
        Container("GTP-U with a sequence") {
            udp(2152, [0x32, 0xFF] + Packets.number($0.count + 4, 2) + [0, 0, 0, 1, 0, 9, 0, 0] + $0)
        },
        Container("GTP-U with extensions") {
            udp(
                2152,
                [0x34, 0xFF] + Packets.number($0.count + 16, 2) + [0, 0, 0, 1, 0, 0, 0, 0x85]
                    + [1, 0x10, 5, 0x40] + [2, 0, 0, 0, 0, 0, 0, 0] + $0
            )
        },
        Container("GUE") { udp(6080, [0, 4, 0, 0] + $0) },
        Container("GUE with a field") { udp(6080, [1, 4, 0, 1] + zeros(4) + $0) },
        Container("GUE around GRE") { udp(6080, [0, 47, 0, 0, 0, 0, 8, 0] + $0) },
        Container("GUE without a header") { udp(6080, $0) },
        Container("FOU, on anybody's port") { udp(5555, checked($0)) },
        Container("CAPWAP") { udp(5247, [0, 0x10, 2, 0] + zeros(4) + frame($0)) },
        Container("CAPWAP with the access point's address") {
            udp(5247, [0, 0x20, 2, 0x10] + zeros(4) + [6, 2, 2, 2, 2, 2, 2, 0] + frame($0))
        },
        Container("CAPWAP around 802.11") { udp(5247, [0, 0x10, 3, 0] + zeros(4) + wireless([8, 1], snap($0))) },
        Container("CAPWAP around 802.11, two octets swapped") {
            udp(5247, [0, 0x10, 3, 0] + zeros(4) + wireless([1, 0x88], zeros(2), snap($0)))
        },
        Container("MikroTik's Ethernet over IP") { packet in
            over(47, [0x20, 1, 0x64, 0] + Packets.number(packet.count + 14, 2) + [7, 0] + frame(packet))
        },
        Container("LISP") { udp(4341, zeros(8) + $0) },
        Container("TZSP") { udp(37_008, [1, 0, 0, 1, 10, 1, 0xC8, 0, 1] + frame($0)) },
        Container("VXLAN around a virtual LAN around GRE") {
            udp(
                4789,
                [8, 0, 0, 0, 0, 0, 7, 0]
                    + ethernet(0x8100, [0, 7] + gre(0x2000, 0x6558, zeros(4), frame($0)).dropFirst(12))
            )
        },
    ]

    static let air: [Container] = [
        Container("802.11", 105) { wireless([8, 1], snap($0)) },
        Container("802.11 between access points", 105) { wireless([8, 3], [UInt8](repeating: 2, count: 6), snap($0)) },
        Container("802.11 with quality of service", 105) { wireless([0x88, 1], zeros(2), snap($0)) },
        Container("802.11 with quality of service and control", 105) { wireless([0x88, 0x81], zeros(6), snap($0)) },
        Container("802.11 with frames in one", 105) { aggregated([snap($0)]) },
        Container("radiotap", 127) { radiotap([0], present: [2, 0, 0, 0], wireless([8, 1], snap($0))) },
        Container("radiotap with a clock and a filled header", 127) {
            radiotap(
                zeros(4) + zeros(8) + [0x20],
                present: [3, 0, 0, 0x80] + zeros(4),
                wireless([0x88, 1], zeros(2) + zeros(2), snap($0))
            )
        },
        Container("Prism", 119) { [0, 0, 0, 0x44, 144, 0, 0, 0] + zeros(136) + wireless([8, 1], snap($0)) },
        Container("AVS", 163) { [0x80, 0x21, 0x10, 1, 0, 0, 0, 64] + zeros(56) + wireless([8, 1], snap($0)) },
        Container("AVS by the number of Prism", 119) {
            [0x80, 0x21, 0x10, 1, 0, 0, 0, 64] + zeros(56) + wireless([8, 1], snap($0))
        },
        Container("PPI", 192) { [0, 0, 12, 0, 105, 0, 0, 0] + zeros(4) + wireless([8, 1], snap($0)) },
        Container("PPI around Ethernet", 192) { [0, 0, 8, 0, 1, 0, 0, 0] + frame($0) },
    ]

    static let all = links + points + labelled + tunnels + air + fabrics + secured
}
