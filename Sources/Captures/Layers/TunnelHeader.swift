/// Headers of tunnels over UDP and IP.
enum TunnelHeader {
    /// RFC 7348 §5: the flag I is set in every packet.
    static func vxlan(_ packet: Window) -> Layer.Beyond {
        guard packet.count >= 8 else { return .tooShort }
        return packet[0] & 0x08 != 0 ? .layer(.ethernet, packet.dropping(8)) : .other
    }

    /// draft-ietf-nvo3-vxlan-gpe §3.1: with the flag P, the fourth octet says what follows.
    static func vxlanGPE(_ packet: Window) -> Layer.Beyond {
        guard packet.count >= 8 else { return .tooShort }
        guard packet[0] & 0x08 != 0 else { return .other }
        return packet[0] & 0x04 != 0 ? following(packet[3], packet.dropping(8)) : .layer(.ethernet, packet.dropping(8))
    }

    /// The numbers that VXLAN-GPE and the network service header share.
    private static func following(_ number: UInt8, _ rest: Window) -> Layer.Beyond {
        switch number {
        case 1, 2: .layer(.internet, rest)
        case 3: .layer(.ethernet, rest)
        case 4: .layer(.serviceHeader, rest)
        case 5: .layer(.labels, rest)
        default: .other
        }
    }

    /// RFC 8300 §2.2: its length in words, and what follows.
    static func serviceHeader(_ packet: Window) -> Layer.Beyond {
        guard packet.count >= 8 else { return .tooShort }
        return following(packet[3], packet.dropping(Int(packet[1] & 0x3F) * 4))
    }

    /// RFC 8926 §3.4: options, their length in words, and an EtherType.
    static func geneve(_ packet: Window) -> Layer.Beyond {
        guard packet.count >= 8 else { return .tooShort }
        guard packet[0] >> 6 == 0 else { return .other }
        let type = packet.number16(2)
        return type > 1500 ? Layer.typed(type, packet.dropping(8 + Int(packet[0] & 0x3F) * 4)) : .other
    }

    /// draft-ietf-intarea-gue-09 §3: words of options, and a protocol of IP; or IP as it is, which the first two bits tell.
    static func genericUDP(_ packet: Window) -> Layer.Beyond {
        guard packet.count >= 4 else { return .tooShort }
        switch packet[0] >> 6 {
        case 0 where packet[0] & 0x20 == 0:
            return Layer.ipTyped(packet[1], packet.dropping(4 + Int(packet[0] & 0x1F) * 4))
        case 1: return LabelHeader.isInternet(packet) ? .layer(.internet, packet) : .other
        default: return .other
        }
    }

    /// Whether the content of UDP is a packet of IP and nothing else, as Linux' FOU sends it on ports of everybody's choice: so
    /// sure that no port has to say it, since the length is that of the content, and so is what checks the header.
    static func isBarePacket(_ content: Window, length: Int) -> Bool {
        guard content.count >= 28, content[0] >> 4 == 4 || content[0] >> 4 == 6 else { return false }
        if content[0] >> 4 == 6 {
            return content.count >= 40 && content.number16(4) + 40 == length && content[6] == 6 && content[7] > 0
        }
        let header = Int(content[0] & 15) * 4
        guard header >= 20, header <= content.count, content.number16(2) == length else { return false }
        var sum = Checksum()
        sum.add(content.prefix(header).buffer)
        return sum.value == 0 && content.number16(10) != 0
    }

    /// RFC 5415 §4.3: what an access point sends to who controls it; Ethernet, or what it heard.
    static func accessPoint(_ packet: Window) -> Layer.Beyond {
        guard packet.count >= 8 else { return .other }
        if packet.number32(0) == 0x0100_0000 { return .unread("CAPWAP inside DTLS") }
        let (header, marks) = (Int(packet[1] >> 3) * 4, packet.number32(0))
        // A version of 0; the bit K is of what keeps the way open.
        guard packet[0] == 0, header >= 8, header < packet.count, marks & 0x08 == 0 else { return .other }
        if marks & 0x80 != 0 { return .unread("CAPWAP fragments") }
        let content = packet.dropping(header)
        guard marks & 0x100 != 0 else { return .layer(.ethernet, content) }
        return marks >> 9 & 0x1F == 1 ? .layer(.tunnelledWireless, content) : .unread("CAPWAP around what is no 802.11")
    }

    /// How many extension headers a packet of GTP may have.
    static let maxExtensions = 16

    /// 3GPP TS 29.281 §5: a subscriber's packet behind extension headers, each with its length in words and the kind of the next.
    static func gtpUser(_ packet: Window) -> Layer.Beyond {
        guard packet.count >= 8, packet[0] >> 4 == 3, packet[1] == 0xFF else { return .other }
        var rest = packet.dropping(8)
        guard packet[0] & 7 != 0 else { return subscriber(rest) }
        guard rest.count >= 4 else { return .tooShort }
        var next = packet[0] & 4 != 0 ? rest[3] : 0
        rest = rest.dropping(4)
        for _ in 0..<maxExtensions where next != 0 {
            guard let length = rest.first.map({ Int($0) * 4 }), length > 0, length <= rest.count else {
                return .tooShort
            }
            next = rest[length - 1]
            rest = rest.dropping(length)
        }
        return next == 0 ? subscriber(rest) : .departs("they have more than \(maxExtensions) GTP headers")
    }

    private static func subscriber(_ content: Window) -> Layer.Beyond {
        guard let first = content.first else { return .other }
        return first >> 4 == 4 || first >> 4 == 6 ? .layer(.internet, content) : LabelHeader.plausible(content)
    }

    /// RFC 2661 §3.1: a data message; its length, sequence numbers and padding may be left out.
    static func layer2Tunnel(_ packet: Window) -> Layer.Beyond {
        guard packet.count >= 6 else { return .tooShort }
        let flags = packet.number16(0)
        guard flags & 0x8000 == 0, flags & 0x0F == 2 else {
            return flags & 0x800F == 3 ? layer2Tunnel3(packet.dropping(4)) : .other
        }
        var at = 6 + (flags & 0x4000 != 0 ? 2 : 0) + (flags & 0x0800 != 0 ? 4 : 0)
        if flags & 0x0200 != 0 {
            guard packet.count >= at + 2 else { return .tooShort }
            at += 2 + packet.number16(at)
        }
        return .layer(.ppp, packet.dropping(at))
    }

    /// RFC 3931 §4.1: behind the session stand a cookie and a sublayer whose lengths both ends know and no packet tells.
    static func layer2Tunnel3(_ packet: Window) -> Layer.Beyond {
        guard packet.count >= 4, packet.number32(0) != 0 else { return .other }
        for extra in stride(from: 4, through: 16, by: 4) {
            if case .layer(let kind, let rest) = LabelHeader.plausible(packet.dropping(extra)) {
                return .layer(kind, rest)
            }
        }
        return .unread("L2TP version 3")
    }

    /// RFC 4380 §5.1.1: what tells the origin stands before the packet.
    static func teredo(_ packet: Window) -> Layer.Beyond {
        guard packet.count >= 8 else { return .other }
        return LabelHeader.plausible(packet.number16(0) == 0 ? packet.dropping(8) : packet)
    }

    /// What MikroTik's routers send to whoever listens: fields, each with its length, up to the one that ends them.
    static func tzsp(_ packet: Window) -> Layer.Beyond {
        guard packet.count >= 5, packet[0] == 1 else { return .other }
        var rest = packet.dropping(4)
        while let field = rest.first, field != 1 {
            guard rest.count >= 2 else { return .tooShort }
            rest = rest.dropping(field == 0 ? 1 : 2 + Int(rest[1]))
        }
        switch packet.number16(2) {
        case 1: return .layer(.ethernet, rest.dropping(1))
        case 18: return .layer(.wireless, rest.dropping(1))
        case 119: return .layer(.prism, rest.dropping(1))
        case 127: return .layer(.avs, rest.dropping(1))
        default: return .other
        }
    }

    /// What carries packets is of the fourth kind, and has three octets of 0 behind that.
    static func wireGuard(_ packet: Window) -> Layer.Beyond {
        packet.count >= 16 && packet.number32(0) == 0x0400_0000 ? .unread("WireGuard") : .other
    }
}
