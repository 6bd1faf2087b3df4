/// Reads packet after packet of a file in pcap (the format of tcpdump) or pcapng (the draft draft-ietf-opsawg-pcapng).
///
/// It decides where packets begin and what their times are; it does not look into them. Wrong input: an
/// impossible length ends the reading with a warning, and the packets before it are kept; blocks without a packet are skipped;
/// times that run backwards are given as they are.
struct PacketReader {
    private let octets: CaptureOctets
    private var position: Int
    private var format: Format
    private(set) var warnings = CaptureWarnings()
    private(set) var packets = 0

    private enum Format {
        case pcap(PcapHeader)
        case pcapng(Section)
        case ended
    }

    /// The longest packet that is accepted, in octets; the largest ones on loopback have about 512 KiB.
    static let longestPacket = 16 << 20

    /// Nil when the file is no capture at all.
    init?(_ octets: CaptureOctets) {
        self.octets = octets
        let start = octets.window(at: 0, count: 24)
        if let header = PcapHeader(start) {
            (format, position) = (.pcap(header), min(24, octets.count))
            if start.count < 24 { stop("the capture breaks off in its header") }
        } else if start.count >= 4, start.number32(0) == 0x0A0D_0D0A {
            (format, position) = (.pcapng(Section()), 0)
        } else {
            return nil
        }
    }

    mutating func next() -> Packet? {
        while true {
            switch format {
            case .pcap(let header): return nextRecord(header)
            case .pcapng(let section):
                // Nil means a block without a packet, or the end of the file.
                if let packet = nextBlock(section) { return packet }
            case .ended: return nil
            }
        }
    }

    private mutating func stop(_ sentence: String) {
        warnings.say(sentence)
        format = .ended
    }

    // MARK: pcap

    private mutating func nextRecord(_ header: PcapHeader) -> Packet? {
        guard position < octets.count else {
            format = .ended
            return nil
        }
        let record = octets.window(at: position, count: header.recordCount)
        guard record.count == header.recordCount else {
            stop("the capture breaks off after packet \(packets)")
            return nil
        }
        var captured = Int(header.number(record, 8))
        var original = Int(header.number(record, 12))
        // Versions before 2.3 wrote the two lengths the other way round, 2.3 now one way and now the other.
        if header.swapsLengths || header.maySwapLengths && captured > original { swap(&captured, &original) }
        position += header.recordCount
        guard captured <= Self.longestPacket else {
            stop("packet \(packets + 1) claims \(captured) octets, which cannot be; what follows it is not read")
            return nil
        }
        guard captured <= octets.count - position else {
            stop("the capture breaks off inside packet \(packets + 1)")
            return nil
        }
        packets += 1
        let fraction = Int64(header.number(record, 4))
        let time =
            Int64(Int32(bitPattern: header.number(record, 0))) * 1_000_000_000
            + (header.isNanoseconds ? fraction : fraction * 1000)
        defer { position += captured }
        return Packet(
            time: header.seconds(time),
            link: header.link,
            place: position,
            captured: captured,
            original: max(original, captured)
        )
    }

    // MARK: pcapng

    /// One section of a pcapng file: its order of octets and the interfaces seen so far.
    private struct Section {
        var isBigEndian = false
        var interfaces: [Interface] = []
        /// The most interfaces that are remembered of one section.
        static let maxInterfaces = 4096
    }

    private struct Interface {
        var link: UInt32
        var snapLength: Int
        var clock = Clock()
    }

    private mutating func nextBlock(_ section: Section) -> Packet? {
        guard position < octets.count else {
            format = .ended
            return nil
        }
        var section = section
        let head = octets.window(at: position, count: 12)
        guard head.count == 12 else {
            stop("the capture breaks off after packet \(packets)")
            return nil
        }
        if head.number32(0) == 0x0A0D_0D0A {
            switch head.number32(8) {
            case 0x1A2B_3C4D: section = Section(isBigEndian: true)
            case 0x4D3C_2B1A: section = Section(isBigEndian: false)
            default:
                stop("a section of the capture does not say its order of octets; it is not read")
                return nil
            }
        }
        let length = Int(number(head, 4, section))
        guard length >= 12, length % 4 == 0 else {
            stop("a block behind packet \(packets) claims \(length) octets, which cannot be; what follows is not read")
            return nil
        }
        guard length <= octets.count - position else {
            stop("the capture breaks off inside the block behind packet \(packets)")
            return nil
        }
        let body = octets.window(at: position + 8, count: length - 12)
        position += length
        let packet = packet(of: number(head, 0, section), body, &section)
        format = .pcapng(section)
        if packet != nil { packets += 1 }
        return packet
    }

    /// Types of blocks: 1 interface, 2 the old packet, 3 simple packet, 6 enhanced packet, else nothing for us: names,
    /// statistics, secrets, what other programs put there.
    private mutating func packet(of type: UInt32, _ body: Window, _ section: inout Section) -> Packet? {
        switch type {
        case 1:
            guard body.count >= 8, section.interfaces.count < Section.maxInterfaces else { return nil }
            let isBig = section.isBigEndian
            let link = isBig ? UInt32(body.number16(0)) : UInt32(body.number16(0).byteSwapped16)
            var interface = Interface(link: link, snapLength: Int(number(body, 4, section)))
            interface.clock = Clock(options: body.dropping(8), isBigEndian: isBig)
            section.interfaces.append(interface)
            return nil
        case 6: return timedPacket(body, interface: body.count >= 4 ? Int(number(body, 0, section)) : 0, section)
        case 2:
            guard body.count >= 2 else { return nil }
            return timedPacket(
                body,
                interface: section.isBigEndian ? body.number16(0) : body.number16(0).byteSwapped16,
                section
            )
        case 3:
            guard body.count >= 4, let interface = section.interfaces.first else { return nil }
            let original = Int(number(body, 0, section))
            var captured = min(original, body.count - 4)
            if interface.snapLength > 0 { captured = min(captured, interface.snapLength) }
            return Packet(
                time: 0,
                link: interface.link,
                place: body.place + 4,
                captured: captured,
                original: original
            )
        default: return nil
        }
    }

    private mutating func timedPacket(_ body: Window, interface number: Int, _ section: Section) -> Packet? {
        guard body.count >= 20 else {
            warnings.count("their block is too short to hold one")
            return nil
        }
        guard section.interfaces.indices.contains(number) else {
            warnings.count("they name an interface that was not described")
            return nil
        }
        let interface = section.interfaces[number]
        let ticks = UInt64(self.number(body, 4, section)) << 32 | UInt64(self.number(body, 8, section))
        let captured = Int(self.number(body, 12, section))
        let original = Int(self.number(body, 16, section))
        if captured > body.count - 20 { warnings.count("they claim more octets than their block holds") }
        return Packet(
            time: interface.clock.nanoseconds(ticks),
            link: interface.link,
            place: body.place + 20,
            captured: min(captured, body.count - 20),
            original: max(original, min(captured, body.count - 20))
        )
    }

    private func number(_ window: Window, _ at: Int, _ section: Section) -> UInt32 {
        section.isBigEndian ? window.number32(at) : window.number32(at).byteSwapped
    }
}

extension Int {
    fileprivate var byteSwapped16: Int { Int(UInt16(truncatingIfNeeded: self).byteSwapped) }
}

/// How an interface of a pcapng file counts time.
private struct Clock {
    /// Ticks a second as a power of 10, or of 2 with `isBinary`.
    private var exponent = 6
    private var isBinary = false
    /// Seconds to add.
    private var offset: Int64 = 0

    init() {}

    /// Reads the options `if_tsresol` (9) and `if_tsoffset` (14) among all others.
    init(options: Window, isBigEndian: Bool) {
        var rest = options
        while rest.count >= 4 {
            let code = isBigEndian ? rest.number16(0) : rest.number16(0).byteSwapped16
            let length = isBigEndian ? rest.number16(2) : rest.number16(2).byteSwapped16
            guard code != 0, length <= rest.count - 4 else { return }
            let value = rest.dropping(4).prefix(length)
            if code == 9, length >= 1 {
                isBinary = value[0] & 0x80 != 0
                exponent = Int(value[0] & 0x7F)
            } else if code == 14, length >= 8 {
                let number = value.number64(0)
                offset = Int64(bitPattern: isBigEndian ? number : number.byteSwapped)
            }
            rest = rest.dropping(4 + (length + 3) & ~3)
        }
    }

    func nanoseconds(_ ticks: UInt64) -> Int64 {
        let scaled: UInt64
        if isBinary {
            guard exponent < 64 else { return 0 }
            let wide = ticks.multipliedFullWidth(by: 1_000_000_000)
            scaled = exponent == 0 ? wide.low : wide.high << UInt64(64 - exponent) | wide.low >> UInt64(exponent)
        } else if exponent <= 9 {
            scaled = ticks &* Self.power(9 - exponent)
        } else {
            scaled = exponent > 28 ? 0 : ticks / Self.power(exponent - 9)
        }
        return Int64(truncatingIfNeeded: scaled) &+ offset &* 1_000_000_000
    }

    private static func power(_ exponent: Int) -> UInt64 { (0..<exponent).reduce(1) { number, _ in number &* 10 } }
}

/// The first 24 octets of a pcap file.
private struct PcapHeader {
    let isBigEndian: Bool
    let isNanoseconds: Bool
    /// 16, or 24 where a patched libpcap of the 1990s wrote more.
    let recordCount: Int
    let swapsLengths: Bool
    let maySwapLengths: Bool
    let link: UInt32

    /// The magic numbers there are, THE table: nanoseconds, and the length of what stands before each packet.
    private static let magics: [UInt32: (isNanoseconds: Bool, recordCount: Int)] = [
        0xA1B2_C3D4: (false, 16), 0xA1B2_3C4D: (true, 16),
        // Alexey Kuznetsov's patch adds the interface, the protocol and the kind of packet; the other two add nothing here.
        0xA1B2_CD34: (false, 24), 0xA1B2_34CD: (false, 16), 0xA12B_3C4D: (false, 16),
    ]

    init?(_ start: Window) {
        guard start.count >= 4 else { return nil }
        let magic = start.number32(0)
        if let row = Self.magics[magic] {
            (isBigEndian, isNanoseconds, recordCount) = (true, row.isNanoseconds, row.recordCount)
        } else if let row = Self.magics[magic.byteSwapped] {
            (isBigEndian, isNanoseconds, recordCount) = (false, row.isNanoseconds, row.recordCount)
        } else {
            return nil
        }
        guard start.count >= 24 else {
            (swapsLengths, maySwapLengths, link) = (false, false, 0)
            return
        }
        let words = isBigEndian ? start.number16(4) : start.number16(4).byteSwapped16
        let minor = isBigEndian ? start.number16(6) : start.number16(6).byteSwapped16
        swapsLengths = words == 2 && minor < 3
        maySwapLengths = words == 2 && minor == 3
        // The upper half says how long the checksum behind each frame is.
        link = (isBigEndian ? start.number32(20) : start.number32(20).byteSwapped) & 0xFFFF
    }

    func number(_ window: Window, _ at: Int) -> UInt32 {
        isBigEndian ? window.number32(at) : window.number32(at).byteSwapped
    }

    /// Times before 1970 are times after 2038, which 32 bits without a sign reach.
    func seconds(_ time: Int64) -> Int64 { time < 0 ? time + (1 << 32) * 1_000_000_000 : time }
}
