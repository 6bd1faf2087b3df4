/// IEEE 802.2, and SNAP behind it (RFC 1042).
enum LogicalLinkHeader {
    /// `bridgePadding` is what stands before a bridged frame (RFC 2684 §5.2).
    static func read(_ frame: Window, bridgePadding: Int = 0) -> Layer.Beyond {
        guard frame.count >= 3 else { return .other }
        switch (frame[0], frame[1], frame[2]) {
        case (0xAA, 0xAA, 3):
            guard frame.count >= 8 else { return .tooShort }
            return subnetwork(frame.dropping(3), bridgePadding: bridgePadding)
        case (6, 6, 3): return .layer(.internet, frame.dropping(3))
        // ISO's number of a protocol (ISO/IEC TR 9577): 0xCC is IPv4's, and 0x8E IPv6's.
        case (0xFE, 0xFE, 3) where frame.count >= 4 && (frame[3] == 0xCC || frame[3] == 0x8E):
            return .layer(.internet, frame.dropping(4))
        default: return .other
        }
    }

    /// A number of three octets, which says whose numbers of protocols these are, and the number of the protocol.
    static func subnetwork(_ header: Window, bridgePadding: Int = 0) -> Layer.Beyond {
        guard header.count >= 5 else { return .tooShort }
        let (authority, number) = (header.number32(0) >> 8, header.number16(3))
        switch authority {
        // An EtherType, behind 0 or behind the number of bridge tunnels (RFC 1042, IEEE 802.1H).
        case 0, 0xF8: return number > 1500 ? Layer.typed(number, header.dropping(5)) : .other
        // A whole frame that was bridged, with its check sequence and without.
        case 0x80C2 where number == 1 || number == 7:
            return .layer(.ethernet, header.dropping(5 + bridgePadding))
        default: return .other
        }
    }

    /// IEEE 802.5: where the first bit of the source is set, the route follows, with its length.
    static func tokenRing(_ frame: Window) -> Layer.Beyond {
        guard frame.count >= 16 else { return .tooShort }
        let route = frame[8] & 0x80 != 0 ? Int(frame[14] & 0x1F) : 0
        return .layer(.logicalLink, frame.dropping(14 + route))
    }
}
