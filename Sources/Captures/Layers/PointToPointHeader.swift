/// PPP and what is like it.
enum PointToPointHeader {
    /// RFC 1661 §2, perhaps with the address and control octets of HDLC (RFC 1662 §3.1), or as Cisco writes it (RFC 1547 §4.3.1).
    static func ppp(_ frame: Window) -> Layer.Beyond {
        guard frame.count >= 2 else { return .tooShort }
        switch (frame[0], frame[1]) {
        case (0xFF, 3): return numbered(frame.dropping(2))
        case (0x0F, 0), (0x8F, 0):
            guard frame.count >= 4 else { return .tooShort }
            let type = frame.number16(2)
            return type > 1500 ? Layer.typed(type, frame.dropping(4)) : .other
        default: return numbered(frame)
        }
    }

    /// The number of the protocol: its last octet is odd, and the first may be left out where it is 0 (RFC 1661 §6.5).
    private static func numbered(_ frame: Window) -> Layer.Beyond {
        guard frame.count >= 2 else { return .tooShort }
        if frame[0] & 1 == 1 { return Layer.pppTyped(Int(frame[0]), frame.dropping(1)) }
        return Layer.pppTyped(frame.number16(0), frame.dropping(2))
    }

    /// As pppd of Linux captures it: the direction in the place of HDLC's address.
    static func pppd(_ frame: Window) -> Layer.Beyond {
        guard frame.count >= 2 else { return .tooShort }
        return numbered(frame.dropping(frame[1] == 3 ? 2 : 1))
    }

    /// A session of PPP over Ethernet (RFC 2516 §4).
    static func pppoe(_ frame: Window) -> Layer.Beyond {
        guard frame.count >= 8 else { return .tooShort }
        guard frame[0] == 0x11 else { return .departs("their PPPoE header says what cannot be") }
        return frame[1] == 0 ? numbered(frame.dropping(6)) : .other
    }

    /// Frame relay (RFC 2427 §3): an address whose last octet is odd, then UI and a protocol's number; or, as Cisco writes it, an
    /// EtherType.
    static func frameRelay(_ frame: Window) -> Layer.Beyond {
        var address = 0
        while address < min(4, frame.count), frame[address] & 1 == 0 { address += 1 }
        let rest = frame.dropping(address + 1)
        guard rest.count >= 4 else { return .tooShort }
        guard rest[0] == 3 else { return Layer.typed(rest.number16(0), rest.dropping(2)) }
        let protocolled = rest.dropping(rest[1] == 0 ? 2 : 1)
        switch protocolled[0] {
        case 0xCC, 0x8E: return .layer(.internet, protocolled.dropping(1))
        case 0x80: return LogicalLinkHeader.subnetwork(protocolled.dropping(1))
        default: return .other
        }
    }
}
