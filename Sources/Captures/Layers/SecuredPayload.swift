/// The encapsulating security payload (RFC 4303 §2), where it is not encrypted (RFC 2410): nothing in a packet says so, so what stands
/// at its end has to fit what it would be then (RFC 5879 §8).
enum SecuredPayload {
    static let name = "ESP (IPsec)"

    /// How long the vector before the content and the proof behind it may be. No packet tells the length of the proof.
    private static let forms: [(vector: Int, proof: Int)] = [(0, 12), (0, 16), (0, 24), (0, 32), (8, 16), (0, 0)]

    /// What is inside, with its protocol; `isSegment` tells whether a content is a segment of TCP between the packet's ends. Nil where it
    /// is sealed, or the packet not all there.
    static func open(_ packet: Window, isSegment: (Window) -> Bool) -> (transport: UInt8, content: Window)? {
        for form in forms {
            let (start, end) = (8 + form.vector, packet.count - form.proof)
            guard end >= start + 2, end % 4 == 0 else { continue }
            let (padding, transport) = (Int(packet[end - 2]), packet[end - 1])
            let filled = end - 2 - padding
            guard filled >= start, (0..<padding).allSatisfy({ packet[filled + $0] == UInt8($0 + 1) }) else { continue }
            let content = packet.prefix(filled).dropping(start)
            let fits =
                switch transport {
                case 4: LabelHeader.isInternet(content) && content[0] >> 4 == 4 && content.number16(2) == content.count
                case 41:
                    LabelHeader.isInternet(content) && content[0] >> 4 == 6 && content.number16(4) + 40 == content.count
                case 6: isSegment(content)
                default: false
                }
            if fits { return (transport, content) }
        }
        return nil
    }

    /// Whether TCP's checksum is right, which proves enough.
    static func isSegment(_ content: Window, _ source: InternetAddress, _ destination: InternetAddress) -> Bool {
        guard content.count >= 20 else { return false }
        var sum = Checksum()
        sum.addPseudoHeader(source, destination, transport: 6, length: content.count)
        sum.add(content.buffer)
        return sum.value == 0
    }

    /// RFC 3948 §2.2: four octets of 0 stand before the exchange of keys.
    static func espInUDP(_ packet: Window) -> Layer.Beyond {
        guard packet.count > 8, packet.number32(0) != 0 else { return .other }
        return open(packet) { _ in false }.map { .layer(.internet, $0.content) } ?? .unread(name)
    }
}
