import DNS
import Notation

/// An IPv4 or IPv6 address, as two numbers that compare quickly; an IPv4 address is mapped into IPv6 (RFC 4291 §2.5.5.2).
struct InternetAddress: Hashable, Comparable, Sendable {
    var high: UInt64
    var low: UInt64

    init(v4 value: UInt32) { (high, low) = (0, 0xFFFF_0000_0000 | UInt64(value)) }
    init(high: UInt64, low: UInt64) { (self.high, self.low) = (high, low) }

    static func < (left: InternetAddress, right: InternetAddress) -> Bool {
        (left.high, left.low) < (right.high, right.low)
    }

    var isV4: Bool { high == 0 && low >> 32 == 0xFFFF }
    /// RFC 1122 §3.2.1.3, RFC 4291 §2.5.3.
    var isLoopback: Bool { isV4 ? low >> 24 & 0xFF == 127 : high == 0 && low == 1 }

    var address: IPAddress {
        if isV4 { return .v4(IPv4Address(value: UInt32(truncatingIfNeeded: low))) }
        // Sixteen octets always make one.
        return .v6(IPv6Address(octets: octets) ?? .loopback)
    }

    init(_ address: IPAddress) {
        switch address {
        case .v4(let v4): self.init(v4: v4.value)
        case .v6(let v6):
            let halves = [v6.groups[..<4], v6.groups[4...]].map { $0.reduce(UInt64(0)) { $0 << 16 | UInt64($1) } }
            self.init(high: halves[0], low: halves[1])
        }
    }
}

/// One end of a connection: where packets come from or go to.
struct Endpoint: Hashable, Comparable, Sendable, CustomStringConvertible {
    var address: InternetAddress
    var port: UInt16

    static func < (left: Endpoint, right: Endpoint) -> Bool {
        left.address == right.address ? left.port < right.port : left.address < right.address
    }

    /// As `192.0.2.1:25`, `[2001:db8::1]:25`.
    var description: String {
        address.isV4
            ? IPv4Text.text(UInt32(truncatingIfNeeded: address.low), port: port)
            : "[\(address.address.description)]:\(port)"
    }
}

/// What an IP packet carries, between whom.
struct Datagram {
    var source: InternetAddress
    var destination: InternetAddress
    /// 6 is TCP, 17 UDP; others announce another header.
    var transport: UInt8
    var content: Window
    /// How many octets there were on the wire.
    var length: Int
    /// The number that IPv4 gave the packet.
    var identification: UInt16 = 0
    /// Made of where the packet was captured and of what it was wrapped in; two captures of one packet differ in it.
    var path: UInt16 = 0
    /// Keeps `content` alive when it was reassembled from fragments and so is not in the file.
    var holder: CaptureOctets?
}

/// Reads IPv4 (RFC 791) and IPv6 (RFC 8200) up to what they carry.
struct InternetLayer {
    private var fragments = FragmentTable()

    /// How many headers an IPv6 packet may have before its content.
    static let maxHeaders = 16

    enum Found {
        case datagram(Datagram)
        /// A fragment of something that is not whole yet.
        case other
        /// A sentence about the packet.
        case departs(String)
    }

    private static var tooShort: Found { .departs("they are too short for their headers") }
    private static var impossible: Found { .departs("their IP header says what cannot be") }

    /// `missing` is how many octets of the packet the capture cut off.
    mutating func datagram(in packet: Window, missing: Int) -> Found {
        guard packet.count >= 1 else { return Self.tooShort }
        switch packet[0] >> 4 {
        case 4: return version4(packet, missing)
        case 6: return version6(packet, missing)
        default: return Self.impossible
        }
    }

    /// TCP in a whole packet of IPv4 without options, as nearly all are; nil for any other.
    func plainTCP(in packet: Window, missing: Int) -> Datagram? {
        guard packet.count >= 20, packet[0] == 0x45, packet[9] == 6, packet.number16(6) & 0x3FFF == 0 else {
            return nil
        }
        return carried(by: packet, header: 20, missing)
    }

    /// What a packet of IPv4 carries behind its header; nil where its length cannot be.
    private func carried(by packet: Window, header: Int, _ missing: Int) -> Datagram? {
        // The length is 0 where the network card cuts the packet into segments itself, after the capture has seen it.
        let said = packet.number16(2) == 0 ? packet.count + missing : packet.number16(2)
        guard said >= header else { return nil }
        let length = min(said, packet.count + missing) - header
        return Datagram(
            source: InternetAddress(v4: packet.number32(12)),
            destination: InternetAddress(v4: packet.number32(16)),
            transport: packet[9],
            content: packet.dropping(header).prefix(length),
            length: length,
            identification: UInt16(packet.number16(4))
        )
    }

    private mutating func version4(_ packet: Window, _ missing: Int) -> Found {
        guard packet.count >= 20 else { return Self.tooShort }
        let header = Int(packet[0] & 15) * 4
        guard header >= 20 else { return Self.impossible }
        guard packet.count >= header else { return Self.tooShort }
        guard let datagram = carried(by: packet, header: header, missing) else { return Self.impossible }
        let word = packet.number16(6)
        let offset = (word & 0x1FFF) * 8
        guard word & 0x2000 != 0 || offset > 0 else { return authenticated(datagram) }
        return fragments.add(
            datagram,
            id: UInt32(packet.number16(4)),
            at: offset,
            isLast: word & 0x2000 == 0
        )
        .map(authenticated) ?? .other
    }

    /// IPv4 has one header of IPv6 (RFC 4302 §2.2).
    private func authenticated(_ datagram: Datagram) -> Found {
        guard datagram.transport == 51 else { return .datagram(datagram) }
        var datagram = datagram
        return datagram.skipAuthentication() ? .datagram(datagram) : Self.tooShort
    }

    private mutating func version6(_ packet: Window, _ missing: Int) -> Found {
        guard packet.count >= 40 else { return Self.tooShort }
        let said = packet.number16(4)
        // 0 stands before a jumbogram (RFC 2675 §3).
        let length = said == 0 ? packet.count + missing - 40 : min(said, packet.count + missing - 40)
        var datagram = Datagram(
            source: InternetAddress(high: packet.number64(8), low: packet.number64(16)),
            destination: InternetAddress(high: packet.number64(24), low: packet.number64(32)),
            transport: packet[6],
            content: packet.dropping(40).prefix(length),
            length: length
        )
        for _ in 0..<Self.maxHeaders {
            switch datagram.transport {
            case 0, 43, 60, 135, 139, 140:
                // Hop-by-hop, routing, destination options (RFC 8200 §4), mobility (RFC 6275 §6.1), host identity (RFC 7401 §5.1), shim
                // (RFC 5533 §5.1).
                guard datagram.content.count >= 2 else { return Self.tooShort }
                datagram.skip((Int(datagram.content[1]) + 1) * 8)
            case 51: guard datagram.skipAuthentication() else { return Self.tooShort }
            case 44:
                guard datagram.content.count >= 8 else { return Self.tooShort }
                let (word, id) = (datagram.content.number16(2), datagram.content.number32(4))
                datagram.skip(8)
                guard word & 0xFFF9 != 0 else { continue }
                let whole = fragments.add(datagram, id: id, at: word & 0xFFF8, isLast: word & 1 == 0)
                guard let whole else { return .other }
                datagram = whole
            default: return .datagram(datagram)
            }
        }
        return .departs("they have more than \(Self.maxHeaders) IPv6 headers")
    }
}

extension Datagram {
    /// Skips the header of RFC 4302 §2.2; false when it is too short to tell its length.
    fileprivate mutating func skipAuthentication() -> Bool {
        guard content.count >= 2 else { return false }
        skip((Int(content[1]) + 2) * 4)
        return true
    }

    /// Skips an extension header; its first octet names the next one.
    fileprivate mutating func skip(_ octets: Int) {
        transport = content[0]
        content = content.dropping(octets)
        length = max(0, length - octets)
    }
}

/// Collects the fragments of IP packets until all have come (RFC 791 §3.2, RFC 8200 §4.5). Where fragments overlap, the
/// first one wins.
private struct FragmentTable {
    private struct Key: Hashable {
        var source: InternetAddress
        var destination: InternetAddress
        var transport: UInt8
        var id: UInt32
    }

    fileprivate struct Parts {
        var octets: [UInt8] = []
        /// Ranges that have come, in order and apart.
        var present: [Range<Int>] = []
        var length: Int?
        var age: Int
    }

    private var waiting: [Key: Parts] = [:]
    private var added = 0
    private static let maxWaiting = 64
    private static let maxParts = 512

    /// The whole packet, once its last missing part has come.
    mutating func add(_ datagram: Datagram, id: UInt32, at offset: Int, isLast: Bool) -> Datagram? {
        let part = datagram.content.octets
        // A fragment that the capture cut leaves a hole that nothing can fill.
        guard offset + part.count <= 65_535 + 8, part.count == datagram.length else { return nil }
        let key = Key(
            source: datagram.source,
            destination: datagram.destination,
            transport: datagram.transport,
            id: id
        )
        added += 1
        var parts = waiting.removeValue(forKey: key) ?? Parts(age: added)
        if isLast, parts.length == nil { parts.length = offset + part.count }
        parts.insert(part, at: offset)
        // So many holes do not happen by accident, and each further fragment would take longer to place.
        guard parts.present.count <= Self.maxParts else { return nil }
        guard let length = parts.length, let first = parts.present.first, first.lowerBound == 0,
            first.upperBound >= length
        else {
            if waiting.count >= Self.maxWaiting, let oldest = waiting.min(by: { $0.value.age < $1.value.age }) {
                waiting[oldest.key] = nil
            }
            waiting[key] = parts
            return nil
        }
        let holder = CaptureOctets(Array(parts.octets[..<length]))
        var whole = datagram
        whole.content = holder.window(at: 0, count: length)
        whole.length = length
        whole.holder = holder
        return whole
    }
}

extension FragmentTable.Parts {
    /// Copies a fragment to its place; octets that came earlier stay.
    fileprivate mutating func insert(_ part: [UInt8], at offset: Int) {
        let range = offset..<offset + part.count
        if octets.count < range.upperBound {
            octets += [UInt8](repeating: 0, count: range.upperBound - octets.count)
        }
        var position = range.lowerBound
        for there in present + [Int.max..<Int.max] where there.upperBound > position {
            let end = min(there.lowerBound, range.upperBound)
            if position < end { octets.replaceSubrange(position..<end, with: part[position - offset..<end - offset]) }
            position = max(position, there.upperBound)
            if position >= range.upperBound { break }
        }
        var merged: [Range<Int>] = []
        for next in (present + [range]).sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if let last = merged.last, next.lowerBound <= last.upperBound {
                merged[merged.count - 1] = last.lowerBound..<max(last.upperBound, next.upperBound)
            } else {
                merged.append(next)
            }
        }
        present = merged
    }
}
