/// What the first octets of a packet are: the link types that are read, THE table, with their numbers in the registry of
/// link types (draft-ietf-opsawg-pcaplinktype).
enum LinkLayer: CaseIterable {
    case ethernet, linuxCooked, linuxCooked2, raw, loopback

    private var numbers: [UInt32] {
        switch self {
        // 0 is BSD's in the order of octets of the machine, 108 OpenBSD's in network order.
        case .loopback: [0, 108]
        case .ethernet: [1]
        // 12 and 14 are what BSD's systems call 101; 228 and 229 are IPv4 and IPv6 alone.
        case .raw: [12, 14, 101, 228, 229]
        case .linuxCooked: [113]
        case .linuxCooked2: [276]
        }
    }

    private static let known: [UInt32: LinkLayer] = {
        var known: [UInt32: LinkLayer] = [:]
        for layer in allCases { for number in layer.numbers { known[number] = layer } }
        return known
    }()

    /// How many virtual LANs may be nested in a frame (IEEE 802.1ad allows two).
    static let maxTags = 8

    /// The IP packet in a frame; a sentence about the frame when there is none to be found.
    static func internetPacket(in frame: Window, link: UInt32) -> Found {
        guard let layer = link == 1 ? .ethernet : known[link] else {
            return .unread("their link type \(link) is not known here")
        }
        switch layer {
        case .ethernet: return ethernet(frame)
        case .linuxCooked: return cooked(frame, header: 16, protocolAt: 14)
        case .linuxCooked2: return cooked(frame, header: 20, protocolAt: 0)
        case .raw: return .packet(frame)
        case .loopback:
            guard frame.count >= 4 else { return tooShort }
            // AF_INET is 2 everywhere; AF_INET6 is 10, 24, 28 or 30. The order of octets may be either.
            let family = frame.number32(0)
            let isKnown = [2, 10, 24, 28, 30].contains(family) || [2, 10, 24, 28, 30].contains(family.byteSwapped)
            return isKnown ? .packet(frame.dropping(4)) : .other
        }
    }

    enum Found {
        case packet(Window)
        /// Something that is no IP: ARP and the like.
        case other
        case unread(String)
    }

    private static var tooShort: Found { .unread("they are too short for their headers") }

    private static func ethernet(_ frame: Window) -> Found {
        guard frame.count >= 14 else { return tooShort }
        return afterType(frame.number16(12), frame.dropping(14))
    }

    private static func cooked(_ frame: Window, header: Int, protocolAt: Int) -> Found {
        guard frame.count >= header else { return tooShort }
        return afterType(frame.number16(protocolAt), frame.dropping(header))
    }

    /// What an EtherType announces, behind any number of VLAN tags (IEEE 802.1Q) up to the bound.
    private static func afterType(_ type: Int, _ rest: Window) -> Found {
        var (type, rest) = (type, rest)
        for _ in 0...maxTags {
            switch type {
            case 0x0800, 0x86DD: return .packet(rest)
            case 0x8100, 0x88A8, 0x9100, 0x9200:
                guard rest.count >= 4 else { return tooShort }
                (type, rest) = (rest.number16(2), rest.dropping(4))
            default: return .other
            }
        }
        return .unread("they are in more than \(maxTags) virtual LANs")
    }
}
