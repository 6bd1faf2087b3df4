/// The octets of a capture that is written: IP packets with times in nanoseconds, as pcap or, with a comment a packet, as pcapng
/// (draft-ietf-opsawg-pcapng).
struct PacketFile {
    /// What was written and not taken yet.
    private var output: [UInt8] = []
    private let hasBlocks: Bool

    /// LINKTYPE_RAW: each packet begins with its IP header.
    static let linkType: UInt32 = 101
    /// The most octets of a comment; its length has sixteen bits.
    static let maxComment = 4096

    init(hasBlocks: Bool) {
        self.hasBlocks = hasBlocks
        guard hasBlocks else {
            for word in [0xA1B2_3C4D, 2 << 16 | 4, 0, 0, 262_144, Self.linkType] as [UInt32] { output.append(word) }
            return
        }
        var section: [UInt8] = []
        for word in [0x1A2B_3C4D, 1 << 16, UInt32.max, UInt32.max] { section.append(word) }
        block(0x0A0D_0D0A, section + Self.option(4, Array("ehlo".utf8)) + Self.noOption)
        var interface: [UInt8] = []
        for word in [Self.linkType << 16, 262_144] as [UInt32] { interface.append(word) }
        // Times count nanoseconds.
        block(1, interface + Self.option(9, [9]) + Self.noOption)
    }

    mutating func take() -> [UInt8] {
        defer { output.removeAll(keepingCapacity: true) }
        return output
    }

    /// Appends a packet that was captured whole, at a time in nanoseconds since 1970.
    mutating func append(_ packet: [UInt8], at time: Int64, comment: String) {
        let length = UInt32(packet.count)
        guard hasBlocks else {
            let (seconds, rest) = (time / 1_000_000_000, time % 1_000_000_000)
            for word in [UInt32(truncatingIfNeeded: seconds), UInt32(truncatingIfNeeded: rest), length, length] {
                output.append(word)
            }
            output += packet
            return
        }
        let ticks = UInt64(bitPattern: time)
        var body: [UInt8] = []
        for word in [0, UInt32(ticks >> 32), UInt32(truncatingIfNeeded: ticks), length, length] { body.append(word) }
        body += Self.filled(packet)
        if !comment.isEmpty {
            // A cut may not leave half a character.
            let text = String(decoding: Array(comment.utf8.prefix(Self.maxComment)), as: UTF8.self)
            body += Self.option(1, Array(text.utf8)) + Self.noOption
        }
        block(6, body)
    }

    private mutating func block(_ type: UInt32, _ body: [UInt8]) {
        let length = UInt32(body.count + 12)
        for word in [type, length] { output.append(word) }
        output += body
        output.append(length)
    }

    private static let noOption: [UInt8] = [0, 0, 0, 0]

    private static func option(_ code: UInt16, _ value: [UInt8]) -> [UInt8] {
        var option: [UInt8] = []
        option.append(code)
        option.append(UInt16(value.count))
        return option + filled(value)
    }

    /// With zeros up to a multiple of four.
    private static func filled(_ octets: [UInt8]) -> [UInt8] {
        octets + [UInt8](repeating: 0, count: (4 - octets.count % 4) % 4)
    }
}

extension [UInt8] {
    /// In network order.
    mutating func append(_ number: UInt16) { self += [UInt8(number >> 8), UInt8(number & 0xFF)] }
    mutating func append(_ number: UInt32) {
        append(UInt16(number >> 16))
        append(UInt16(number & 0xFFFF))
    }
}
