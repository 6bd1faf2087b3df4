/// The first octets of a file whose packets each have a head of a fixed form: pcap in all its variants, and snoop (RFC 1761).
struct PcapHeader {
    let isBigEndian: Bool
    let isNanoseconds: Bool
    /// Where the first packet's head begins.
    let start: Int
    private(set) var record: RecordHead
    let link: UInt32

    /// What stands before each packet: how many octets, and where in it the numbers are.
    struct RecordHead {
        var count: Int
        var time = 0
        var captured = 8
        var original = 12
        /// Versions before 2.3 wrote the two lengths the other way round, 2.3 now one way and now the other.
        var maySwapLengths = false
        /// Where the length of the whole record stands, in formats that fill packets up.
        var whole: Int?
    }

    /// The magic numbers there are, THE table: whether times are in nanoseconds, and how long a packet's head may be, the usual first.
    private static func row(of magic: UInt32) -> (isNanoseconds: Bool, counts: [Int])? {
        switch magic {
        // Nokia's and one of Red Hat's have the number of the usual pcap and longer heads.
        case 0xA1B2_C3D4: (false, [16, 24, 20])
        case 0xA1B2_3C4D: (true, [16])
        // Alexey Kuznetzov's patch adds the interface, the protocol and the kind of packet, SuSE's version one number more; the
        // other two add nothing here.
        case 0xA1B2_CD34: (false, [24, 28])
        case 0xA1B2_34CD, 0xA12B_3C4D: (false, [16])
        default: nil
        }
    }

    init?(_ octets: CaptureOctets) {
        let file = octets.window(at: 0, count: 24)
        guard file.count >= 4 else { return nil }
        if let snoop = Self(snoop: octets) {
            self = snoop
            return
        }
        let magic = file.number32(0)
        let asItStands = Self.row(of: magic)
        guard let row = asItStands ?? Self.row(of: magic.byteSwapped) else { return nil }
        isBigEndian = asItStands != nil
        isNanoseconds = row.isNanoseconds
        start = min(24, octets.count)
        record = RecordHead(count: row.counts[0])
        // The upper half says how long the checksum behind each frame is.
        link =
            file.count < 24 ? 0 : (isBigEndian ? file.number32(20) : file.number32(20).byteSwapped) & 0xFFFF
        guard file.count >= 24 else { return }
        let version = (number16(file, 4), number16(file, 6))
        if version.0 == 2, version.1 < 3 { (record.captured, record.original) = (12, 8) }
        record.maySwapLengths = version == (2, 3)
        record.count = likeliestCount(octets, row.counts)
    }

    /// The usual length of a packet's head, unless more packets make sense with another one.
    private func likeliestCount(_ octets: CaptureOctets, _ counts: [Int]) -> Int {
        let usual = plausibility(octets, counts[0])
        // Zeros in packets look like heads of empty ones, so another length has to be tried only where the usual one fails.
        if usual.isToTheEnd, usual.packets > 1 { return counts[0] }
        var best = (count: counts[0], packets: max(1, usual.packets))
        for count in counts.dropFirst() where best.packets < Self.maxTried {
            let packets = plausibility(octets, count).packets
            if packets > best.packets { best = (count, packets) }
        }
        return best.count
    }

    /// How many packets from the start of the file make sense where their heads have `count` octets, and whether no octets are left
    /// that do not.
    private func plausibility(_ octets: CaptureOctets, _ count: Int) -> (packets: Int, isToTheEnd: Bool) {
        var position = start
        for packet in 0..<Self.maxTried {
            let head = octets.window(at: position, count: count)
            guard head.count == count else { return (packet, true) }
            let (captured, original) = (Int(number(head, record.captured)), Int(number(head, record.original)))
            guard number(head, 4) < 1_000_000_000, captured <= max(original, 65_535),
                original < PacketReader.maxPacket
            else { return (packet, false) }
            guard captured <= octets.count - position - count else { return (packet, true) }
            position += count + captured
        }
        return (Self.maxTried, true)
    }

    private static let maxTried = 8

    /// Whether the first octets of a capture that goes on are enough to know its form. Where a packet's head may have several lengths,
    /// two packets must make sense with the usual one, or many packets must be there.
    static func isSettled(_ octets: CaptureOctets) -> Bool {
        guard octets.count >= 24 else { return false }
        let magic = octets.window(at: 0, count: 4).number32(0)
        guard let counts = (row(of: magic) ?? row(of: magic.byteSwapped))?.counts, counts.count > 1 else { return true }
        return octets.count >= maxUnsettled
            || PcapHeader(octets).map { $0.plausibility(octets, counts[0]).packets >= 2 } ?? true
    }

    private static let maxUnsettled = 1 << 18

    func number(_ window: Window, _ at: Int) -> UInt32 {
        isBigEndian ? window.number32(at) : window.number32(at).byteSwapped
    }

    private func number16(_ window: Window, _ at: Int) -> Int {
        isBigEndian ? window.number16(at) : window.little16(at)
    }

    /// Times before 1970 are times after 2038, which 32 bits without a sign reach.
    func seconds(_ time: Int64) -> Int64 { time < 0 ? time + (1 << 32) * 1_000_000_000 : time }

    // MARK: snoop

    /// The link types of snoop (RFC 1761 §3, IANA's registry) in the numbers of pcap.
    private static let snoopLinks: [UInt32: UInt32] = [0: 1, 2: 6, 4: 1, 5: 104, 8: 10, 10: 100, 26: 226]

    /// Link types that only snoop has are counted from here; pcap's have 16 bits.
    static let firstSnoopLink: UInt32 = 1 << 16

    private init?(snoop octets: CaptureOctets) {
        let file = octets.window(at: 0, count: 16)
        guard file.count >= 8, file.number64(0) == 0x736E_6F6F_7000_0000 else { return nil }
        (isBigEndian, isNanoseconds, start) = (true, false, min(16, octets.count))
        record = RecordHead(count: 24, time: 16, captured: 4, original: 0, whole: 8)
        let number = file.count >= 16 ? file.number32(12) : 0
        // What has no number in pcap is named as snoop's.
        link = Self.snoopLinks[number] ?? Self.firstSnoopLink | number & 0xFFFF
    }
}
