/// A header that may stand before an IP packet, or before another such header.
struct Layer: Sendable {
    let kind: Kind
    /// Reads the header that `frame` begins with, and tells what stands behind it.
    let read: @Sendable (_ frame: Window) -> Beyond
    /// The numbers that announce it: link types (draft-ietf-opsawg-pcaplinktype), EtherTypes, protocols of IP, ports of UDP,
    /// protocols of PPP.
    let links: [UInt32]
    let etherTypes: [Int]
    let protocols: [UInt8]
    let ports: [UInt16]
    let pppProtocols: [Int]

    enum Kind: UInt8, CaseIterable {
        // What a link begins with.
        case ethernet, markedEthernet, juniperEthernet, erfRecord, linuxCooked, linuxCooked2, loopback,
            encryptedLoopback, packetTap, fireWire
        case packetFilterLog, netfilterLog, solarisLoopback, internet, logicalLink, fibreChannel, fddi, tokenRing, atm,
            sunATM
        case ppp, directedPPP, pppd, serialLine, frameRelay, directedFrameRelay, directedHDLC
        case wireless, tunnelledWireless, radiotap, prism, avs, perPacketInformation
        // What an EtherType announces.
        case virtualLAN, virtualNetworkTag, bridgePortTag, redundancyTag, metadataTag, backboneTag, labels, pppoe,
            serviceHeader, fabricTag, routingBridge, securityTag
        // What IP or UDP carries.
        case gre, etherIP, layer2Tunnel3, layer2Tunnel, vxlan, vxlanGPE, geneve, genericUDP, gtpUser, lisp, teredo,
            tzsp,
            accessPoint, sampled, espInUDP, wireGuard
        // What stands inside GRE alone.
        case erspan2, erspan3, redirected
    }

    /// What stands behind a header.
    enum Beyond {
        case layer(Kind, Window)
        /// Several frames, packed into one.
        case layers(Kind, [Window])
        /// Samples: copies of some of the frames that passed elsewhere.
        case samples([Sample])
        /// Nothing that could carry mail: ARP, announcements of switches, control packets.
        case other
        /// Something that has a name and is not read.
        case unread(String)
        /// Octets that cannot be what was announced, as a sentence about the packets.
        case departs(String)

        static var tooShort: Beyond { .departs("they are too short for their headers") }
    }

    struct Sample {
        var kind: Kind
        var frame: Window
        /// How many octets of the frame were cut off.
        var missing: Int
    }

    private init(
        _ kind: Kind,
        links: [UInt32] = [],
        etherTypes: [Int] = [],
        protocols: [UInt8] = [],
        ports: [UInt16] = [],
        ppp: [Int] = [],
        _ read: @escaping @Sendable (Window) -> Beyond
    ) {
        (self.kind, self.links, self.etherTypes) = (kind, links, etherTypes)
        (self.protocols, self.ports, pppProtocols, self.read) = (protocols, ports, ppp, read)
    }

    /// What is unwrapped, THE table: one row a header.
    private static let rows: [Layer] = [
        Layer(.ethernet, links: [1], etherTypes: [0x6558], protocols: [143], LinkHeader.ethernet),
        Layer(.markedEthernet, links: [240, 274], LinkHeader.markedEthernet),
        Layer(.juniperEthernet, links: [178], LinkHeader.juniperEthernet),
        Layer(.erfRecord, links: [197], LinkHeader.erfRecord),
        Layer(.linuxCooked, links: [113]) { LinkHeader.cooked($0, header: 16, typeAt: 14, hardwareAt: 2) },
        Layer(.linuxCooked2, links: [276]) { LinkHeader.cooked($0, header: 20, typeAt: 0, hardwareAt: 8) },
        // 0 is BSD's, in the byte order of the machine; 108 is OpenBSD's, in network order.
        Layer(.loopback, links: [0, 108], LinkHeader.loopback),
        Layer(.encryptedLoopback, links: [109]) { skipping(12, $0) },
        Layer(.packetTap, links: [258], LinkHeader.packetTap),
        // Two addresses of eight octets and an EtherType, as Apple's systems capture IEEE 1394.
        Layer(.fireWire, links: [138]) { tag($0, octets: 16) },
        Layer(.packetFilterLog, links: [117], LinkHeader.packetFilterLog),
        Layer(.netfilterLog, links: [239], LinkHeader.netfilterLog),
        Layer(.solarisLoopback, links: [226]) { skipping(24, $0) },
        // 12 and 14 are what BSD's systems call 101; 228 and 229 are IPv4 and IPv6 alone.
        Layer(
            .internet,
            links: [12, 14, 101, 228, 229],
            etherTypes: [0x0800, 0x86DD],
            protocols: [4, 41],
            ppp: [0x21, 0x57]
        ) { .layer(.internet, $0) },
        Layer(.logicalLink) { LogicalLinkHeader.read($0) },
        Layer(.fibreChannel, links: [122]) { skipping(16, $0, to: .logicalLink) },
        Layer(.fddi, links: [10]) { skipping(13, $0, to: .logicalLink) },
        Layer(.tokenRing, links: [6], LogicalLinkHeader.tokenRing),
        Layer(.atm, links: [100]) { LogicalLinkHeader.read($0, bridgePadding: 2) },
        Layer(.sunATM, links: [123]) { skipping(4, $0, to: .atm) },
        Layer(.ppp, links: [9, 50, 104], etherTypes: [0x880B], PointToPointHeader.ppp),
        Layer(.directedPPP, links: [204]) { skipping(1, $0, to: .ppp) },
        Layer(.directedHDLC, links: [205]) { skipping(1, $0, to: .ppp) },
        Layer(.pppd, links: [166], PointToPointHeader.pppd),
        Layer(.serialLine, links: [8]) { skipping(16, $0) },
        Layer(.frameRelay, links: [107], PointToPointHeader.frameRelay),
        Layer(.directedFrameRelay, links: [206]) { skipping(1, $0, to: .frameRelay) },
        Layer(.wireless, links: [105], WirelessHeader.wireless),
        Layer(.tunnelledWireless, WirelessHeader.tunnelled),
        Layer(.radiotap, links: [127], WirelessHeader.radiotap),
        Layer(.prism, links: [119], WirelessHeader.prism),
        Layer(.avs, links: [163], WirelessHeader.avs),
        Layer(.perPacketInformation, links: [192], WirelessHeader.perPacketInformation),
        // IEEE 802.1Q and 802.1ad, and what was used before the latter.
        Layer(.virtualLAN, etherTypes: [0x8100, 0x88A8, 0x9100, 0x9200, 0x9300]) { tag($0, octets: 2) },
        // Cisco's VN-Tag, IEEE 802.1BR, IEC 62439-3, Cisco's metadata, IEEE 802.1ah.
        Layer(.virtualNetworkTag, etherTypes: [0x8926]) { tag($0, octets: 4) },
        Layer(.bridgePortTag, etherTypes: [0x893F]) { tag($0, octets: 6) },
        Layer(.redundancyTag, etherTypes: [0x892F]) { tag($0, octets: 4) },
        Layer(.metadataTag, etherTypes: [0x8909]) { tag($0, octets: 6) },
        Layer(.backboneTag, etherTypes: [0x88E7]) { skipping(4, $0, to: .ethernet) },
        // Cisco's FabricPath: a tree and a number of hops, and the frame that was bridged.
        Layer(.fabricTag, etherTypes: [0x8903]) { skipping(2, $0, to: .ethernet) },
        Layer(.routingBridge, etherTypes: [0x22F3], LinkHeader.routingBridge),
        Layer(.securityTag, etherTypes: [0x88E5], LinkHeader.securityTag),
        Layer(
            .labels,
            links: [219],
            etherTypes: [0x8847, 0x8848],
            protocols: [137],
            ports: [6635],
            ppp: [0x281, 0x283],
            LabelHeader.labels
        ),
        Layer(.pppoe, links: [51], etherTypes: [0x8864], PointToPointHeader.pppoe),
        Layer(.serviceHeader, etherTypes: [0x894F], TunnelHeader.serviceHeader),
        Layer(.gre, protocols: [47], ports: [4754], GREHeader.gre),
        Layer(.etherIP, protocols: [97]) { skipping(2, $0, to: .ethernet) },
        Layer(.layer2Tunnel3, protocols: [115], TunnelHeader.layer2Tunnel3),
        Layer(.layer2Tunnel, ports: [1701], TunnelHeader.layer2Tunnel),
        // 8472 is what Linux used before the port was assigned.
        Layer(.vxlan, ports: [4789, 8472], TunnelHeader.vxlan),
        Layer(.vxlanGPE, ports: [4790], TunnelHeader.vxlanGPE),
        Layer(.geneve, ports: [6081], TunnelHeader.geneve),
        Layer(.genericUDP, ports: [6080], TunnelHeader.genericUDP),
        Layer(.gtpUser, ports: [2152], TunnelHeader.gtpUser),
        Layer(.lisp, ports: [4341]) { LabelHeader.plausible($0.dropping(8)) },
        Layer(.teredo, ports: [3544], TunnelHeader.teredo),
        Layer(.tzsp, ports: [37_008], TunnelHeader.tzsp),
        Layer(.accessPoint, ports: [5247], TunnelHeader.accessPoint),
        Layer(.sampled, ports: [6343], SampledPackets.read),
        Layer(.espInUDP, ports: [4500], SecuredPayload.espInUDP),
        Layer(.wireGuard, ports: [51_820], TunnelHeader.wireGuard),
        Layer(.erspan2, GREHeader.erspan2),
        Layer(.erspan3, etherTypes: [0x22EB], GREHeader.erspan3),
        Layer(.redirected, etherTypes: [0x883E], GREHeader.redirected),
    ]

    /// The rows by their kind.
    private static let byKind: [Layer] = Kind.allCases.compactMap { kind in rows.first { $0.kind == kind } }

    static func read(_ kind: Kind, _ frame: Window) -> Beyond { byKind[Int(kind.rawValue)].read(frame) }

    /// What of a header tells where on its way a packet was captured: addresses of the link, a virtual LAN, an interface.
    static func whereabouts(_ kind: Kind, _ frame: Window) -> UInt64 {
        switch kind {
        case .ethernet where frame.count >= 12: frame.number64(0) &+ UInt64(frame.number32(8)) &* 0x9E37_79B9
        case .virtualLAN where frame.count >= 2: UInt64(frame.number16(0) & 0xFFF)
        case .linuxCooked where frame.count >= 2: UInt64(frame.number16(0))
        case .linuxCooked2 where frame.count >= 11: UInt64(frame.number32(4)) << 8 | UInt64(frame[10])
        case .wireless where frame.count >= 16: frame.number64(4) &+ UInt64(frame.number32(12)) &* 0x9E37_79B9
        default: 0
        }
    }

    // MARK: By number

    private static func table<Number: Hashable>(_ numbers: KeyPath<Layer, [Number]>) -> [Number: Kind] {
        var table: [Number: Kind] = [:]
        for row in rows { for number in row[keyPath: numbers] { table[number] = row.kind } }
        return table
    }

    private static let byLink = table(\.links)
    private static let byEtherType = table(\.etherTypes)
    private static let byProtocol = table(\.protocols)
    private static let byPort = table(\.ports)
    private static let byPPP = table(\.pppProtocols)

    /// What a protocol of IP announces, as what stands behind a header; TCP and UDP are no headers of this table.
    static func ipTyped(_ number: UInt8, _ rest: Window) -> Beyond {
        if let kind = ofProtocol(number) { return .layer(kind, rest) }
        return UnreadName.protocols[number].map(Beyond.unread) ?? .other
    }

    static func ofLink(_ link: UInt32) -> Kind? { link == 1 ? .ethernet : byLink[link] }
    static func ofProtocol(_ number: UInt8) -> Kind? { byProtocol[number] }
    static func ofPort(_ port: Int) -> Kind? { byPort[UInt16(truncatingIfNeeded: port)] }

    /// What an EtherType announces; up to 1500 it is a length, and a header of IEEE 802.2 follows (IEEE 802.3 §3.2.6).
    static func typed(_ type: Int, _ rest: Window) -> Beyond {
        if type == 0x0800 || type == 0x86DD { return .layer(.internet, rest) }
        if type <= 1500 { return .layer(.logicalLink, rest.prefix(type)) }
        if let kind = byEtherType[type] { return .layer(kind, rest) }
        return UnreadName.etherTypes[type].map(Beyond.unread) ?? .other
    }

    /// What a protocol of PPP announces.
    static func pppTyped(_ number: Int, _ rest: Window) -> Beyond {
        if let kind = byPPP[number] { return .layer(kind, rest) }
        return UnreadName.pppProtocols[number].map(Beyond.unread) ?? .other
    }

    // MARK: Headers of one line

    private static func skipping(_ octets: Int, _ frame: Window, to kind: Kind = .internet) -> Beyond {
        frame.count >= octets ? .layer(kind, frame.dropping(octets)) : .tooShort
    }

    /// A tag, and the EtherType of what it stands before.
    private static func tag(_ frame: Window, octets: Int) -> Beyond {
        guard frame.count >= octets + 2 else { return .tooShort }
        return typed(frame.number16(octets), frame.dropping(octets + 2))
    }
}
