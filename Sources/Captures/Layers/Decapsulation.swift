/// Unwraps frames: header by header, in whatever order they are nested, down to TCP and UDP.
///
/// It decides what carries what; it knows nothing of connections. Wrong input is a sentence about the packets, or the name of what
/// is not read; a frame that is nested deeper than the bound is left.
struct Decapsulation {
    private var internet = InternetLayer()
    /// Frames that were packed into one with others, and are looked at next.
    private var waiting: [Place] = []
    /// What is to be said of the frame that was opened last.
    private var remark: String?
    /// What the frames of the latest link begin with. Mostly all frames of a file are of one link.
    private var latestLink: (number: UInt32, kind: Layer.Kind)?

    /// How deep headers may be nested.
    static let maxDepth = 32

    enum Found {
        case datagram(Datagram)
        /// Nothing that mail could be in, or a fragment of something that is not whole yet.
        case other
        /// What is not read, by its name.
        case unread(String)
        /// A sentence about the packets.
        case departs(String)
    }

    fileprivate struct Place {
        var kind: Layer.Kind
        var rest: Window
        /// How many octets of it the capture cut off.
        var missing: Int
        var depth = 0
        /// Where it was captured, and the headers that were read.
        var path: UInt64
        /// What it is when the tunnel that a port announced turns out to be none.
        var guess: Datagram?
        /// What keeps `rest` alive where it was put together of fragments.
        var holder: CaptureOctets?
    }

    /// What is in a frame. Where several are in one, `further` gives the others.
    mutating func open(_ frame: Window, of packet: Packet) -> Found {
        if let datagram = plain(frame, of: packet) { return .datagram(datagram) }
        guard let kind = latestLink?.kind else { return .unread(UnreadName.link(packet.link)) }
        let missing = max(0, packet.original - packet.captured)
        return unwrap(Place(kind: kind, rest: frame, missing: missing, path: UInt64(packet.interface)))
    }

    /// The same where no other frame has to be known for it; nil where one may have to be.
    mutating func plain(_ frame: Window, of packet: Packet) -> Datagram? {
        if latestLink?.number != packet.link { latestLink = Layer.ofLink(packet.link).map { (packet.link, $0) } }
        guard let kind = latestLink?.kind else { return nil }
        return plain(kind, frame, max(0, packet.original - packet.captured), UInt64(packet.interface))
    }

    /// What `unwrap` finds where TCP stands in IPv4, and that alone or in a frame of Ethernet: nearly all packets of a capture, for
    /// which no other header has to be thought of. Nil for any other.
    private func plain(_ kind: Layer.Kind, _ frame: Window, _ missing: Int, _ interface: UInt64) -> Datagram? {
        var (packet, path) = (frame, interface)
        switch kind {
        case .internet: break
        case .ethernet where frame.count > 14 && frame.number16(12) == 0x0800:
            packet = frame.dropping(14)
            path = Place.path(path, behind: .ethernet, frame)
        default: return nil
        }
        guard var datagram = internet.plainTCP(in: packet, missing: missing) else { return nil }
        datagram.path = UInt16(truncatingIfNeeded: Place.path(path, behind: .internet, packet) >> 48) | 1
        return datagram
    }

    /// What else was in the frame that was opened last.
    mutating func further() -> Found? {
        if let remark = remark.take() { return .departs(remark) }
        return waiting.popLast().map { unwrap($0) }
    }

    private mutating func unwrap(_ start: Place) -> Found {
        var place = start
        while place.depth < Self.maxDepth {
            place.depth += 1
            place.path = Place.path(place.path, behind: place.kind, place.rest)
            if place.kind == .internet {
                switch internet.datagram(in: place.rest, missing: place.missing) {
                case .other: return .other
                case .departs(let why): return place.guess.map(Found.datagram) ?? .departs(why)
                case .datagram(var datagram):
                    place.guess = nil
                    if datagram.holder == nil { datagram.holder = place.holder }
                    datagram.path = UInt16(truncatingIfNeeded: place.path >> 48) | 1
                    if let found = carried(datagram, &place) { return found }
                    continue
                }
            }
            switch Layer.read(place.kind, place.rest) {
            case .layer(let kind, let rest): (place.kind, place.rest) = (kind, rest)
            case .layers(let kind, let frames):
                for frame in frames.reversed() {
                    var part = place
                    (part.kind, part.rest) = (kind, frame)
                    waiting.append(part)
                }
                return further() ?? .other
            case .samples(let samples):
                remark = SampledPackets.remark
                for sample in samples.reversed() {
                    var part = place
                    (part.kind, part.rest, part.missing, part.guess) = (sample.kind, sample.frame, sample.missing, nil)
                    waiting.append(part)
                }
                return further() ?? .other
            case .other: return .other
            case .unread(let name): return .unread(name)
            case .departs(let why): return place.guess.map(Found.datagram) ?? .departs(why)
            }
        }
        return .departs("they are nested deeper than \(Self.maxDepth) headers")
    }

    /// What to say of a datagram; nil where it carries another header, and then `place` stands at that header.
    private func carried(_ datagram: Datagram, _ place: inout Place) -> Found? {
        switch datagram.transport {
        case 6: return .datagram(datagram)
        case 17: return overUDP(datagram, &place)
        case 50: return secured(datagram, &place)
        default:
            guard let kind = Layer.ofProtocol(datagram.transport) else {
                return UnreadName.protocols[datagram.transport].map(Found.unread) ?? .other
            }
            place.enter(kind, datagram, header: 0)
            return nil
        }
    }

    /// What IPsec carries in the clear.
    private func secured(_ datagram: Datagram, _ place: inout Place) -> Found? {
        let (source, destination) = (datagram.source, datagram.destination)
        let opened =
            datagram.content.count < datagram.length
            ? nil
            : SecuredPayload.open(datagram.content) { SecuredPayload.isSegment($0, source, destination) }
        guard let opened else { return .unread(SecuredPayload.name) }
        guard opened.transport == 6 else {
            place.enter(.internet, datagram, header: 0)
            place.rest = opened.content
            return nil
        }
        var segment = datagram
        (segment.transport, segment.content, segment.length) = (6, opened.content, opened.content.count)
        return .datagram(segment)
    }

    /// A tunnel announces itself by a port alone, so what does not look like one stays what it is.
    private func overUDP(_ datagram: Datagram, _ place: inout Place) -> Found? {
        let content = datagram.content
        guard content.count >= 8 else { return .datagram(datagram) }
        let inner = content.dropping(8)
        guard let kind = Layer.ofPort(content.number16(2)) ?? Layer.ofPort(content.number16(0)) else {
            guard TunnelHeader.isBarePacket(inner, length: datagram.length - 8) else { return .datagram(datagram) }
            place.enter(.internet, datagram, header: 8)
            place.guess = datagram
            return nil
        }
        switch Layer.read(kind, inner) {
        case .layer, .layers, .samples:
            place.enter(kind, datagram, header: 8)
            place.guess = datagram
            return nil
        case .unread(let name): return .unread(name)
        case .other, .departs: return .datagram(datagram)
        }
    }
}

extension Decapsulation.Place {
    /// FNV-1a, a word at a time.
    fileprivate static func path(_ path: UInt64, behind kind: Layer.Kind, _ header: Window) -> UInt64 {
        var path = (path ^ Layer.whereabouts(kind, header) ^ UInt64(kind.rawValue) << 56) &* 0x100_0000_01B3
        path ^= path >> 29
        return path &* 0x9E37_79B9_7F4A_7C15
    }

    fileprivate mutating func enter(_ kind: Layer.Kind, _ datagram: Datagram, header: Int) {
        self.kind = kind
        rest = datagram.content.dropping(header)
        missing = max(0, datagram.length - datagram.content.count)
        holder = datagram.holder
    }
}
