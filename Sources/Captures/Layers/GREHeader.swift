/// Generic routing encapsulation (RFC 2784, RFC 2890; RFC 2637 §4.1 for PPTP), and what stands in it alone.
enum GREHeader {
    static func gre(_ packet: Window) -> Layer.Beyond {
        guard packet.count >= 4 else { return .tooShort }
        let (flags, type) = (packet.number16(0), packet.number16(2))
        let hasSequence = flags & 0x1000 != 0
        switch flags & 7 {
        case 0:
            // RFC 1701's routing has no end that could be known.
            guard flags & 0x4000 == 0 else { return .unread("GRE with source routes") }
            let fields = [flags & 0x8000, flags & 0x2000, flags & 0x1000].count { $0 != 0 }
            return carried(type, packet.dropping(4 + 4 * fields), hasSequence: hasSequence)
        case 1:
            // MikroTik's frames: a length and a number, in the place of PPTP's.
            if type == 0x6400 { return .layer(.ethernet, packet.dropping(8)) }
            guard type == 0x880B else { return .departs("their GRE header says what cannot be") }
            let fields = [flags & 0x1000, flags & 0x0080].count { $0 != 0 }
            return .layer(.ppp, packet.dropping(8 + 4 * fields))
        default: return .departs("their GRE header says what cannot be")
        }
    }

    private static func carried(_ type: Int, _ rest: Window, hasSequence: Bool) -> Layer.Beyond {
        switch type {
        // ERSPAN began without a header of its own; with one it always counts its packets.
        case 0x88BE: return .layer(hasSequence ? .erspan2 : .ethernet, rest)
        case 0...1500: return .other
        default: return Layer.typed(type, rest)
        }
    }

    /// Eight octets of session and port (draft-foschiano-erspan §4.2).
    static func erspan2(_ packet: Window) -> Layer.Beyond {
        packet.count >= 8 ? .layer(.ethernet, packet.dropping(8)) : .tooShort
    }

    /// Twelve octets, and eight more where the last bit says so; what the frame is stands there too (draft-foschiano-erspan §4.3).
    static func erspan3(_ packet: Window) -> Layer.Beyond {
        guard packet.count >= 12 else { return .tooShort }
        let marks = packet.number16(10)
        let rest = packet.dropping(marks & 1 == 1 ? 20 : 12)
        switch marks >> 10 & 0x1F {
        case 0: return .layer(.ethernet, rest)
        case 2: return .layer(.internet, rest)
        default: return .unread("ERSPAN around what is no IP and no Ethernet")
        }
    }

    /// What Cisco's WCCP redirects: four octets more in its second version, where the first four bits are not IP's.
    static func redirected(_ packet: Window) -> Layer.Beyond {
        LabelHeader.isInternet(packet) ? .layer(.internet, packet) : .layer(.internet, packet.dropping(4))
    }
}
