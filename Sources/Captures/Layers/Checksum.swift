/// The Internet checksum (RFC 1071).
struct Checksum {
    private var sum: UInt32 = 0

    /// All parts but the last have an even number of octets.
    mutating func add(_ octets: some Sequence<UInt8>) {
        var isHigh = true
        for octet in octets {
            sum &+= isHigh ? UInt32(octet) << 8 : UInt32(octet)
            isHigh.toggle()
        }
        sum = (sum & 0xFFFF) &+ (sum >> 16)
    }

    /// What stands before a header of TCP or UDP, and in none of them (RFC 9293 §3.1, RFC 8200 §8.1).
    mutating func addPseudoHeader(
        _ source: InternetAddress,
        _ destination: InternetAddress,
        transport: UInt8,
        length: Int
    ) {
        var pseudo = source.octets + destination.octets
        pseudo.append(UInt32(truncatingIfNeeded: length))
        pseudo.append(UInt32(transport))
        add(pseudo)
    }

    /// 0 when the checksum was among what was added, and is right.
    var value: UInt16 {
        let folded = (sum & 0xFFFF) + (sum >> 16)
        return ~UInt16((folded & 0xFFFF) + (folded >> 16))
    }
}
