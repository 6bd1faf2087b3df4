/// The packets of a capture that comes in pieces, as from a pipe; each is given as soon as its last octet is there.
///
/// It decides when enough has come, and leaves the formats to `PacketReader`. Wrong input is that reader's.
struct PacketStream {
    private enum State {
        /// Too little to know which format it is.
        case beginning
        case reading(PacketReader)
        /// What came is no capture.
        case foreign
    }

    private var state = State.beginning
    /// What came and was not given to the reader yet.
    private var waiting: [UInt8] = []
    /// What the reader reads; a packet stands in it.
    private(set) var octets = CaptureOctets([])
    private var isOpen = true
    /// What the Decryption Secrets Blocks hold that were read and not taken yet.
    private var keyBlocks: [[UInt8]] = []

    mutating func append(_ piece: some Sequence<UInt8>) { waiting += piece }

    /// Nothing more will come.
    mutating func finish() { isOpen = false }

    /// Whether what came begins as no capture does.
    var isForeign: Bool { if case .foreign = state { true } else { false } }

    var warnings: CaptureWarnings {
        if case .reading(let reader) = state { reader.warnings } else { CaptureWarnings() }
    }
    var packets: Int { if case .reading(let reader) = state { reader.packets } else { 0 } }

    /// The secrets that stand before the last packet that was given; where there was none, all that were read.
    mutating func takeSecrets() -> [[UInt8]] {
        defer { keyBlocks = [] }
        return keyBlocks
    }

    /// The next packet that is whole; it stands in `octets` until the next one is asked for.
    mutating func next() -> Packet? {
        if case .beginning = state { begin() }
        guard case .reading(var reader) = state else { return nil }
        defer { state = .reading(reader) }
        if let packet = next(of: &reader) { return packet }
        guard !reader.hasEnded else {
            waiting = []
            return nil
        }
        guard !isOpen || !waiting.isEmpty && reader.rest.count + waiting.count >= reader.awaited else { return nil }
        octets = CaptureOctets(reader.rest.octets + waiting)
        waiting = []
        reader.goOn(with: octets, isOpen: isOpen)
        return next(of: &reader)
    }

    private mutating func next(of reader: inout PacketReader) -> Packet? {
        let packet = reader.next()
        if !reader.secrets.isEmpty { keyBlocks += reader.takeSecrets() }
        return packet
    }

    private mutating func begin() {
        let start = CaptureOctets(waiting)
        guard !isOpen || PcapHeader.isSettled(start) else { return }
        guard let reader = PacketReader(start, isOpen: isOpen) else {
            state = .foreign
            waiting = []
            return
        }
        state = .reading(reader)
        octets = start
        waiting = []
    }
}
