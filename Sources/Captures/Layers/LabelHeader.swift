/// MPLS (RFC 3032), and what may stand behind its last label: nothing in the packet says which it is.
enum LabelHeader {
    static func labels(_ stack: Window) -> Layer.Beyond {
        guard stack.count >= 4 else { return .tooShort }
        let isLast = stack[2] & 1 == 1
        return isLast ? carried(stack.dropping(4)) : .layer(.labels, stack.dropping(4))
    }

    /// An IP packet, or a pseudowire: a frame with a control word before it, whose first four bits are 0, or without (RFC 4385
    /// §3, RFC 4448 §4.6).
    private static func carried(_ content: Window) -> Layer.Beyond {
        guard let first = content.first else { return .other }
        if isInternet(content) { return .layer(.internet, content) }
        if isFrame(content) { return .layer(.ethernet, content) }
        guard first >> 4 == 0 else {
            return first >> 4 == 1 ? .other : .unread("MPLS around what is no IP and no Ethernet")
        }
        let inner = content.dropping(4)
        if isFrame(inner) { return .layer(.ethernet, inner) }
        if isInternet(inner) { return .layer(.internet, inner) }
        return inner.count >= 2 ? PointToPointHeader.ppp(inner) : .other
    }

    /// The first of an IP packet and an Ethernet frame that the octets may be; else nothing.
    static func plausible(_ content: Window) -> Layer.Beyond {
        if isInternet(content) { return .layer(.internet, content) }
        return isFrame(content) ? .layer(.ethernet, content) : .other
    }

    /// Whether the lengths that an IP header tells can be true.
    static func isInternet(_ content: Window) -> Bool {
        guard content.count >= 20 else { return false }
        switch content[0] >> 4 {
        case 4:
            let (header, said) = (Int(content[0] & 15) * 4, content.number16(2))
            return header >= 20 && said >= header && content[8] > 0
        case 6: return content.count >= 40 && content[7] > 0
        default: return false
        }
    }

    /// Whether the octets are an Ethernet frame that announces something known.
    static func isFrame(_ content: Window) -> Bool {
        guard content.count >= 14 else { return false }
        switch LinkHeader.ethernet(content) {
        case .layer(.internet, let packet): return isInternet(packet)
        case .layer(.logicalLink, let rest): return rest.count >= 3 && rest[2] == 3
        case .layer: return true
        default: return content.number16(12) == 0x0806
        }
    }
}
