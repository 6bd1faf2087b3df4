/// What stands first in a frame, whatever the medium was.
enum LinkHeader {
    /// IEEE 802.3 §3.1.
    static func ethernet(_ frame: Window) -> Layer.Beyond {
        guard frame.count >= 14 else { return .tooShort }
        return Layer.typed(frame.number16(12), frame.dropping(14))
    }

    /// An Ethernet frame with a mark before it: four octets of a netANALYZER, eight of preamble.
    static func markedEthernet(_ frame: Window) -> Layer.Beyond {
        let hasPreamble = frame.count >= 8 && (0..<7).allSatisfy { frame[$0] == 0x55 }
        return .layer(.ethernet, frame.dropping(hasPreamble ? 8 : 4))
    }

    /// Juniper's Ethernet: `MGC`, flags, perhaps an extension with its length, and a frame or a packet.
    static func juniperEthernet(_ frame: Window) -> Layer.Beyond {
        guard frame.count >= 6, frame.number16(0) == 0x4D47, frame[2] == 0x43 else {
            return .departs("they do not begin as Juniper's do")
        }
        let extra = frame[3] & 0x80 != 0 ? 2 + frame.number16(4) : 0
        let lacksFrame = frame[3] & 0x02 != 0
        return .layer(lacksFrame ? .internet : .ethernet, frame.dropping(4 + extra + (lacksFrame ? 4 : 0)))
    }

    /// A record of Endace's format, which pcap can hold too: a time, a type, perhaps further headers, and a frame.
    static func erfRecord(_ frame: Window) -> Layer.Beyond {
        guard frame.count >= 16 else { return .tooShort }
        var rest = frame.dropping(16)
        var hasMore = frame[8] & 0x80 != 0
        while hasMore {
            guard rest.count >= 8 else { return .tooShort }
            hasMore = rest[0] & 0x80 != 0
            rest = rest.dropping(8)
        }
        switch frame[8] & 0x7F {
        case 1: return .layer(.ppp, rest)
        case 2, 11, 16, 20: return .layer(.ethernet, rest.dropping(2))
        case 22, 23: return .layer(.internet, rest)
        default: return .unread("ERF records of another kind than Ethernet")
        }
    }

    /// What Linux captures on all interfaces at once: `hardwareAt` says where the kind of the interface stands (ARPHRD_*).
    static func cooked(_ frame: Window, header: Int, typeAt: Int, hardwareAt: Int) -> Layer.Beyond {
        guard frame.count >= header else { return .tooShort }
        let rest = frame.dropping(header)
        switch frame.number16(hardwareAt) {
        case 801: return .layer(.wireless, rest)
        case 802: return .layer(.prism, rest)
        case 803: return .layer(.radiotap, rest)
        default: break
        }
        switch frame.number16(typeAt) {
        case 4: return .layer(.logicalLink, rest)
        case 0...1500: return .other
        case let type: return Layer.typed(type, rest)
        }
    }

    /// What Apple's systems capture on several interfaces: the header's length, 1 for a packet, the link type of what follows, each
    /// of four octets, little-endian.
    static func packetTap(_ frame: Window) -> Layer.Beyond {
        guard frame.count >= 12 else { return .tooShort }
        let numbers = [0, 4, 8].map { frame.number32($0).byteSwapped }
        guard numbers[0] >= 12, numbers[0] <= frame.count else {
            return .departs("their PKTAP header says what cannot be")
        }
        guard numbers[1] == 1 else { return .other }
        guard let kind = Layer.ofLink(numbers[2]) else { return .unread(UnreadName.link(numbers[2])) }
        return .layer(kind, frame.dropping(Int(numbers[0])))
    }

    /// TRILL (RFC 6325 §3): words of options, their number in five bits, and the frame that was bridged.
    static func routingBridge(_ frame: Window) -> Layer.Beyond {
        guard frame.count >= 6 else { return .tooShort }
        guard frame[0] >> 6 == 0 else { return .unread("TRILL of another version") }
        return .layer(.ethernet, frame.dropping(6 + (frame.number16(0) >> 6 & 0x1F) * 4))
    }

    /// MACsec (IEEE 802.1AE §9.3): where neither of two bits says that the content was changed, it stands there as it was, and
    /// only proves whose it is.
    static func securityTag(_ frame: Window) -> Layer.Beyond {
        guard frame.count >= 6 else { return .tooShort }
        guard frame[0] & 0x8C == 0 else { return .unread("MACsec") }
        let tag = frame[0] & 0x20 != 0 ? 14 : 6
        guard frame.count >= tag + 2 else { return .tooShort }
        return Layer.typed(frame.number16(tag), frame.dropping(tag + 2))
    }

    /// AF_INET is 2 everywhere; AF_INET6 is 10, 23, 24, 28 or 30. The order of octets may be either.
    static func loopback(_ frame: Window) -> Layer.Beyond {
        guard frame.count >= 4 else { return .tooShort }
        let family = frame.number32(0)
        let isKnown = isInternet(family) || isInternet(family.byteSwapped)
        return isKnown ? .layer(.internet, frame.dropping(4)) : .other
    }

    private static func isInternet(_ family: UInt32) -> Bool { [2, 10, 23, 24, 28, 30].contains(family) }

    /// What BSD's pf logs: the length of its header first, without what fills it up.
    static func packetFilterLog(_ frame: Window) -> Layer.Beyond {
        guard frame.count >= 2 else { return .tooShort }
        return isInternet(UInt32(frame[1])) ? .layer(.internet, frame.dropping((Int(frame[0]) + 3) & ~3)) : .other
    }

    /// What Linux' netfilter logs: a family, and fields of which one is the packet. Lengths are in the machine's order.
    static func netfilterLog(_ frame: Window) -> Layer.Beyond {
        guard frame.count >= 4 else { return .tooShort }
        guard isInternet(UInt32(frame[0])) else { return .other }
        var rest = frame.dropping(4)
        while rest.count >= 4 {
            let isBig = rest.little16(0) > rest.count
            let (length, type) =
                isBig ? (rest.number16(0), rest.number16(2)) : (rest.little16(0), rest.little16(2))
            guard length >= 4, length <= rest.count || type == 9 else { return .tooShort }
            if type == 9 { return .layer(.internet, rest.prefix(length).dropping(4)) }
            rest = rest.dropping((length + 3) & ~3)
        }
        return .other
    }
}
