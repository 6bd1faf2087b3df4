/// IEEE 802.11 in the clear, and what card drivers put before it.
enum WirelessHeader {
    /// Fields of a driver: their length, little-endian, and which of them there are.
    static func radiotap(_ frame: Window) -> Layer.Beyond {
        guard frame.count >= 8 else { return .tooShort }
        let length = frame.little16(2)
        guard length >= 8, length <= frame.count else { return .departs("their radiotap header says what cannot be") }
        return wireless(frame.dropping(length), isPadded: radiotapFlags(frame.prefix(length)) & 0x20 != 0)
    }

    /// The field of flags: it stands behind all the words that say which fields there are, and behind the clock.
    private static func radiotapFlags(_ header: Window) -> UInt8 {
        let present = header.number32(4).byteSwapped
        guard present & 2 != 0 else { return 0 }
        var at = 4
        while at + 4 <= header.count, header.number32(at).byteSwapped & 0x8000_0000 != 0 { at += 4 }
        at += 4
        if present & 1 != 0 { at = (at + 7) & ~7 + 8 }
        return at < header.count ? header[at] : 0
    }

    /// The header of the Prism cards, or of those that took its number and write AVS.
    static func prism(_ frame: Window) -> Layer.Beyond {
        guard frame.count >= 8 else { return .tooShort }
        if frame.number32(0) & 0xFFFF_F000 == 0x8021_1000 { return avs(frame) }
        let (little, big) = (frame.number32(4).byteSwapped, frame.number32(4))
        return .layer(.wireless, frame.dropping(Int(min(little, big))))
    }

    static func avs(_ frame: Window) -> Layer.Beyond {
        guard frame.count >= 8 else { return .tooShort }
        return .layer(.wireless, frame.dropping(Int(frame.number32(4))))
    }

    /// PPI: its length, and the link type of what follows.
    static func perPacketInformation(_ frame: Window) -> Layer.Beyond {
        guard frame.count >= 8 else { return .tooShort }
        let length = frame.little16(2)
        guard length >= 8 else { return .departs("their PPI header says what cannot be") }
        let link = frame.number32(4).byteSwapped
        guard let kind = Layer.ofLink(link) else { return .unread(UnreadName.link(link)) }
        return .layer(kind, frame.dropping(length))
    }

    static func wireless(_ frame: Window) -> Layer.Beyond { wireless(frame, isPadded: false) }

    /// As an access point hands it on: some swap the first two octets.
    static func tunnelled(_ frame: Window) -> Layer.Beyond {
        guard frame.count >= 2 else { return .tooShort }
        return wireless(frame, isPadded: false, isSwapped: frame[0] & 0x0F != 0x08 && frame[1] & 0x0F == 0x08)
    }

    /// IEEE 802.11 §9.3.2: a data frame. Four addresses where it goes from one access point to another, two octets of quality of
    /// service, four of control; some drivers fill the header up to a multiple of four.
    private static func wireless(_ frame: Window, isPadded: Bool, isSwapped: Bool = false) -> Layer.Beyond {
        guard frame.count >= 2 else { return .tooShort }
        let (kind, marks) = isSwapped ? (frame[1], frame[0]) : (frame[0], frame[1])
        // Data, and not the kinds without content.
        guard kind & 0x0F == 0x08, kind & 0x40 == 0 else { return .other }
        if marks & 0x40 != 0 { return .unread("encrypted 802.11 frames") }
        guard frame.count >= 24 else { return .tooShort }
        if marks & 0x04 != 0 || frame[22] & 0x0F != 0 { return .unread("802.11 fragments") }
        var header = marks & 3 == 3 ? 30 : 24
        var isAggregate = false
        if kind & 0x80 != 0 {
            guard frame.count >= header + 2 else { return .tooShort }
            isAggregate = frame[header] & 0x80 != 0
            header += marks & 0x80 != 0 ? 6 : 2
        }
        if isPadded { header = (header + 3) & ~3 }
        let content = frame.dropping(header)
        return isAggregate ? aggregate(content) : .layer(.logicalLink, content)
    }

    /// The most frames in one (IEEE 802.11 §9.3.2.2.2: each has a header of its own and is filled up to a multiple of four).
    static let maxAggregated = 64

    private static func aggregate(_ content: Window) -> Layer.Beyond {
        var frames: [Window] = []
        var rest = content
        while rest.count >= 14 + 3, frames.count < maxAggregated {
            let length = rest.number16(12)
            frames.append(rest.dropping(14).prefix(length))
            rest = rest.dropping((14 + length + 3) & ~3)
        }
        return .layers(.logicalLink, frames)
    }
}
