/// Reads packet after packet of a file in pcap (the format of tcpdump), snoop (RFC 1761) or pcapng (draft-ietf-opsawg-pcapng).
///
/// It decides where packets begin and what their times are; it does not look into them. Wrong input: an
/// impossible length ends the reading with a warning, and the packets before it are kept; blocks without a packet are skipped;
/// times that run backwards are given as they are, and noted.
struct PacketReader {
    private var octets: CaptureOctets
    private var position: Int
    /// More octets may come, so what is not whole yet is waited for.
    private var isOpen: Bool
    /// How many octets behind `position` the next packet needs, where it is waited for.
    private(set) var awaited = 0
    private var format: Format
    private(set) var warnings = CaptureWarnings()
    private(set) var packets = 0
    /// Where Decryption Secrets Blocks with a TLS key log stand (draft-ietf-opsawg-pcapng §4.7), up to `maxSecrets`.
    private(set) var secrets: [Range<Int>] = []
    private var secretOctets = 0
    /// The time of the packet before; one that has none of its own takes it.
    private var latest = Int64.min
    /// A packet was captured earlier than one that stands before it.
    private(set) var isUnsorted = false

    private enum Format {
        case pcap(PcapHeader)
        case pcapng(Section)
        case ended
    }

    /// The longest packet that is accepted, in octets; the largest ones on loopback have about 512 KiB.
    static let maxPacket = 16 << 20

    /// The most octets of secrets that are read, all blocks together.
    static let maxSecrets = 64 << 20

    /// Nil when the file is no capture at all. Of one that is open more octets may come: see `goOn`.
    init?(_ octets: CaptureOctets, isOpen: Bool = false) {
        (self.octets, self.isOpen) = (octets, isOpen)
        let start = octets.window(at: 0, count: 24)
        if let header = PcapHeader(octets) {
            (format, position) = (.pcap(header), header.start)
            if octets.count < (header.record.whole == nil ? 24 : 16) { stop("the capture breaks off in its header") }
        } else if start.count >= 4, start.number32(0) == 0x0A0D_0D0A {
            (format, position) = (.pcapng(Section()), 0)
        } else {
            return nil
        }
    }

    /// Nothing more is read, whatever comes.
    var hasEnded: Bool { if case .ended = format { true } else { false } }
    /// The octets that were not read yet.
    var rest: Window { octets.window(at: position, count: octets.count) }

    /// Gives the secrets that were found since the last time; their places are valid until the capture goes on.
    mutating func takeSecrets() -> [[UInt8]] {
        defer { (secrets, secretOctets) = ([], 0) }
        return secrets.map { octets.window(at: $0.lowerBound, count: $0.count).octets }
    }

    /// Goes on with `octets`: the rest of an open capture, and what came behind it. Where it is no longer open, nothing more will come.
    mutating func goOn(with octets: CaptureOctets, isOpen: Bool) {
        (self.octets, self.isOpen, position) = (octets, isOpen, 0)
    }

    mutating func next() -> Packet? {
        awaited = 0
        guard let packet = nextInFile() else { return nil }
        if packet.time < latest { isUnsorted = true }
        latest = packet.time
        return packet
    }

    private mutating func nextInFile() -> Packet? {
        while true {
            switch format {
            case .pcap(let header): return nextRecord(header)
            case .pcapng(let section):
                // Nil means a block without a packet, or the end of the file.
                if let packet = nextBlock(section) { return packet }
                if awaited > 0 { return nil }
            case .ended: return nil
            }
        }
    }

    private mutating func stop(_ sentence: String) {
        warnings.say(sentence)
        format = .ended
    }

    /// The octets end here. Where more may come, they are waited for; else the reading ends.
    private mutating func end(_ sentence: String? = nil, needing count: Int) {
        if isOpen, count <= Self.maxPacket + 4096 { return awaited = count }
        if let sentence { stop(sentence) } else { format = .ended }
    }

    // MARK: pcap

    private mutating func nextRecord(_ header: PcapHeader) -> Packet? {
        let form = header.record
        guard position < octets.count else {
            end(needing: form.count)
            return nil
        }
        let record = octets.window(at: position, count: form.count)
        guard record.count == form.count else {
            end("the capture breaks off after packet \(packets)", needing: form.count)
            return nil
        }
        var captured = Int(header.number(record, form.captured))
        var original = Int(header.number(record, form.original))
        if form.maySwapLengths, captured > original { swap(&captured, &original) }
        guard captured <= Self.maxPacket else {
            stop("packet \(packets + 1) claims \(captured) octets, which cannot be; what follows it is not read")
            return nil
        }
        let filling = form.whole.map { max(0, Int(header.number(record, $0)) - form.count - captured) } ?? 0
        let whole = form.count + captured + (isOpen ? filling : 0)
        guard whole <= octets.count - position else {
            end("the capture breaks off inside packet \(packets + 1)", needing: whole)
            return nil
        }
        position += form.count
        packets += 1
        let fraction = Int64(header.number(record, form.time + 4))
        let time =
            Int64(Int32(bitPattern: header.number(record, form.time))) * 1_000_000_000
            + (header.isNanoseconds ? fraction : fraction * 1000)
        defer { position = min(octets.count, position + captured + filling) }
        return Packet(
            time: header.seconds(time),
            link: header.link,
            place: position,
            captured: captured,
            original: max(original, captured)
        )
    }

    // MARK: pcapng

    /// One section of a pcapng file: its byte order and the interfaces seen so far.
    private struct Section {
        var isBigEndian = false
        var interfaces: [Interface] = []
        /// The number of its first interface among those of all sections.
        var firstInterface: UInt32 = 0
        /// The most interfaces that are remembered of one section.
        static let maxInterfaces = 4096

        func next(isBigEndian: Bool) -> Section {
            Section(isBigEndian: isBigEndian, firstInterface: firstInterface &+ UInt32(interfaces.count))
        }
    }

    private struct Interface {
        var link: UInt32
        var snapLength: Int
        var clock = InterfaceClock()
    }

    private mutating func nextBlock(_ section: Section) -> Packet? {
        guard position < octets.count else {
            end(needing: 12)
            return nil
        }
        var section = section
        let head = octets.window(at: position, count: 12)
        guard head.count == 12 else {
            end("the capture breaks off after packet \(packets)", needing: 12)
            return nil
        }
        if head.number32(0) == 0x0A0D_0D0A {
            switch head.number32(8) {
            case 0x1A2B_3C4D: section = section.next(isBigEndian: true)
            case 0x4D3C_2B1A: section = section.next(isBigEndian: false)
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
            end("the capture breaks off inside the block behind packet \(packets)", needing: length)
            return nil
        }
        let body = octets.window(at: position + 8, count: length - 12)
        position += length
        let packet = packet(of: number(head, 0, section), body, &section)
        format = .pcapng(section)
        if packet != nil { packets += 1 }
        return packet
    }

    /// Types of blocks: 1 interface, 2 the old packet, 3 simple packet, 6 enhanced packet, 10 secrets, else nothing for us:
    /// names, statistics, what other programs put there.
    private mutating func packet(of type: UInt32, _ body: Window, _ section: inout Section) -> Packet? {
        switch type {
        case 1:
            guard body.count >= 8, section.interfaces.count < Section.maxInterfaces else { return nil }
            let isBig = section.isBigEndian
            let link = UInt32(isBig ? body.number16(0) : body.little16(0))
            var interface = Interface(link: link, snapLength: Int(number(body, 4, section)))
            interface.clock = InterfaceClock(options: body.dropping(8), isBigEndian: isBig)
            section.interfaces.append(interface)
            return nil
        case 6: return timedPacket(body, interface: body.count >= 4 ? Int(number(body, 0, section)) : 0, section)
        case 2:
            guard body.count >= 2 else { return nil }
            return timedPacket(
                body,
                interface: section.isBigEndian ? body.number16(0) : body.little16(0),
                section
            )
        case 3:
            guard body.count >= 4, let interface = section.interfaces.first else { return nil }
            let original = Int(number(body, 0, section))
            var captured = min(original, body.count - 4)
            if interface.snapLength > 0 { captured = min(captured, interface.snapLength) }
            return Packet(
                time: max(0, latest),
                link: interface.link,
                interface: section.firstInterface,
                place: body.place + 4,
                captured: captured,
                original: original
            )
        case 10:
            keepSecrets(body, section)
            return nil
        default: return nil
        }
    }

    /// Secrets of another type than a TLS key log are those of other protocols.
    private mutating func keepSecrets(_ body: Window, _ section: Section) {
        guard body.count >= 8, number(body, 0, section) == 0x544C_534B else { return }
        let content = body.dropping(8).prefix(Int(number(body, 4, section)))
        secretOctets += content.count
        guard secretOctets <= Self.maxSecrets else {
            return warnings.say(
                "the capture holds more than \(Self.maxSecrets >> 20) MiB of secrets; later ones are not read"
            )
        }
        secrets.append(content.place..<content.place + content.count)
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
            interface: section.firstInterface &+ UInt32(number),
            place: body.place + 20,
            captured: min(captured, body.count - 20),
            original: max(original, min(captured, body.count - 20))
        )
    }

    private func number(_ window: Window, _ at: Int, _ section: Section) -> UInt32 {
        section.isBigEndian ? window.number32(at) : window.number32(at).byteSwapped
    }
}
