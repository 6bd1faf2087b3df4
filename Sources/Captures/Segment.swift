/// One TCP segment (RFC 9293 §3.1) of a connection: where its octets are, and no more than that.
///
/// There may be millions, so it is small.
struct Segment {
    /// Nanoseconds since 1970.
    var time: Int64
    /// 48 bits: where its content stands; the upper 16: flags, direction, and whether it stands in the file.
    private var placeAndMarks: UInt64
    var sequence: UInt32
    /// The acknowledgement number, where the marks hold ACK.
    var acknowledgement: UInt32
    /// Octets of content on the wire.
    var length: UInt32
    /// How many of them the capture has.
    var captured: UInt32
    /// Made of where it was captured, and of its headers: a packet that was captured twice differs in the first alone.
    var path: UInt16 = 0
    var digest: UInt16 = 0
    /// The next of the same connection in the order of the capture, as an index; `none` at the end.
    var next: UInt32 = none

    static let none = UInt32.max

    struct Marks: OptionSet {
        let rawValue: UInt16
        static let fin = Marks(rawValue: 1)
        static let syn = Marks(rawValue: 2)
        static let rst = Marks(rawValue: 4)
        static let ack = Marks(rawValue: 16)
        /// It goes from the higher end of the connection to the lower.
        static let isBackward = Marks(rawValue: 256)
        /// Its content was put together of fragments and stands apart from the file.
        static let isApart = Marks(rawValue: 512)
    }

    init(
        time: Int64,
        place: Int,
        marks: Marks,
        sequence: UInt32,
        acknowledgement: UInt32,
        length: Int,
        captured: Int
    ) {
        self.time = time
        self.acknowledgement = acknowledgement
        placeAndMarks = UInt64(place) & 0xFFFF_FFFF_FFFF | UInt64(marks.rawValue) << 48
        self.sequence = sequence
        self.length = UInt32(length)
        self.captured = UInt32(captured)
    }

    /// The same with its content elsewhere, apart from the file.
    func moved(apart place: Int) -> Segment { moved(to: place, marks.union(.isApart)) }

    /// The same with its content elsewhere.
    func moved(to place: Int) -> Segment { moved(to: place, marks) }

    private func moved(to place: Int, _ marks: Marks) -> Segment {
        var moved = self
        moved.placeAndMarks = UInt64(place) & 0xFFFF_FFFF_FFFF | UInt64(marks.rawValue) << 48
        return moved
    }

    var place: Int { Int(placeAndMarks & 0xFFFF_FFFF_FFFF) }
    var marks: Marks { Marks(rawValue: UInt16(placeAndMarks >> 48)) }
    var direction: Direction { marks.contains(.isBackward) ? .backward : .forward }
}

/// The direction of octets as long as nobody knows which end is the client: forward is from the lower end to the higher.
enum Direction: Int, CaseIterable {
    case forward, backward
    var other: Direction { self == .forward ? .backward : .forward }
}

/// Both ends of a connection in the order of their addresses: what tells it from others.
struct FlowEnds: Hashable {
    let low: Endpoint
    let high: Endpoint

    /// Each packet is asked for its ends, so those of IPv4 are hashed in two words.
    func hash(into hasher: inout Hasher) {
        if low.address.isV4, high.address.isV4 {
            hasher.combine(low.address.low << 32 | high.address.low & 0xFFFF_FFFF)
        } else {
            hasher.combine(low.address)
            hasher.combine(high.address)
        }
        hasher.combine(UInt64(low.port) << 16 | UInt64(high.port))
    }
}

/// One TCP connection between two ends.
struct Flow {
    /// The ends in the order of their addresses, whoever opened the connection.
    let low: Endpoint
    let high: Endpoint
    var kind = Kind.undecided
    /// Its segments, a linked list in the array of the index.
    var first = Segment.none
    var last = Segment.none
    var segmentCount: UInt32 = 0
    /// The sequence number behind the first SYN, and who sent it; both may be known from the answer alone.
    var initial: UInt32 = 0
    var initiator: Direction?
    /// The SYN itself is in the capture.
    var hasSYN = false
    /// Where its first segment of each direction was captured; 0 before there is one.
    var paths: (forward: UInt16, backward: UInt16) = (0, 0)
    /// Segments of one direction were captured in more than one place.
    var hasSeveralPaths = false
    /// Both FINs or a RST were seen, so a further SYN begins a new connection.
    var isClosed = false
    /// The direction of the first octets of content, so that a client can be told from a server that greets.
    var speaker: Direction?
    /// Its first octets may ask a proxy for a connection.
    var mayBeForwarded = false
    /// Its first octets were a reply, from a port of mail.
    var greetsAsMail = false
    /// The direction of the client, when the SYN and the content agree; nil where the content must be looked at longer.
    var client: Direction?

    enum Kind: UInt8 {
        case undecided
        case smtp
        /// TLS from the first octet, to the port of SMTP over TLS (RFC 8314 §3.3), or where something else tells that mail is inside.
        case wrapped
        /// TLS from the first octet, to any other port, where keys may show that what is inside is mail.
        case sealed
        /// DNS over TCP (RFC 7766).
        case dns
        case other
    }

    mutating func pass(_ direction: Direction, _ path: UInt16) {
        switch direction {
        case .forward: Self.pass(path, &paths.forward, &hasSeveralPaths)
        case .backward: Self.pass(path, &paths.backward, &hasSeveralPaths)
        }
    }

    private static func pass(_ path: UInt16, _ first: inout UInt16, _ hasSeveral: inout Bool) {
        if first == 0 { first = path }
        if first != path { hasSeveral = true }
    }

    /// The end that sends in a direction.
    func end(_ direction: Direction) -> Endpoint { direction == .forward ? low : high }

    /// Whether the server's port meets a condition. The server is the end that received the SYN; without a SYN it may be either.
    func mayServe(_ isSuch: (UInt16) -> Bool) -> Bool {
        let servers = initiator.map { [$0.other] } ?? Direction.allCases
        return servers.contains { isSuch(end($0).port) }
    }
}
