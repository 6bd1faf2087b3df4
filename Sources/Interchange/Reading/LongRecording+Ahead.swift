import Dispatch
import Synchronization
public import Tracing

extension LongRecording {
    /// The trace of all of it, and what of it could not be used. It is read on one processor while another traces what was read;
    /// of the events no more are held than come next. Throws where reading breaks off: half of a session may say the opposite.
    public func traced() throws(FileError) -> (trace: Trace, warnings: [String]) {
        var tracer = Tracer()
        let warnings = try eachEvent { tracer.consume($0) }
        tracer.finish()
        return (tracer.trace, warnings)
    }

    /// What a list says of it, looked at in the same way.
    public func listed() throws(FileError) -> SessionListing {
        var glance = SessionGlance()
        _ = try eachEvent { glance.take($0) }
        return SessionListing(header, &glance, number: 0)
    }

    /// Answers what of it could not be used.
    private func eachEvent(_ take: (WireEvent) -> Void) throws(FileError) -> [String] {
        var warnings: [String] = []
        for piece in ahead {
            for event in piece.events { take(event) }
            warnings += piece.warnings
            if let failure = piece.failure { throw FileOctets.brokeOff(path, failure) }
        }
        return warnings
    }

    /// The same pieces, each read before somebody asks for it, on another thread. Who wants no more of them lets go of it.
    public struct Ahead: Sequence, IteratorProtocol, Sendable {
        private let reading: ReadingAhead

        fileprivate init(_ pieces: LongRecording.Iterator) { reading = ReadingAhead(pieces) }

        public func next() -> Recording.Piece? { reading.next() }
    }

    public var ahead: Ahead { Ahead(makeIterator()) }
}

/// Owns what was read ahead: without it nothing more is read.
private final class ReadingAhead: Sendable {
    private let handed = HandedPieces()

    init(_ pieces: LongRecording.Iterator) {
        DispatchQueue(label: "reading ahead").async { [handed] in
            var pieces = pieces
            var next: Recording.Piece?
            repeat { next = pieces.next() } while handed.give(next) && next != nil
        }
    }

    /// The piece that comes next; nil behind the last.
    func next() -> Recording.Piece? { handed.take() }

    deinit { handed.letGo() }
}

/// Pieces on their way from one thread to another, a few at a time: who gives waits for room, who takes waits for a piece.
private final class HandedPieces: Sendable {
    private static let maxAhead = 8

    private let pieces = Mutex<[Recording.Piece?]>([])
    private let isLetGo = Atomic(false)
    private let filled = DispatchSemaphore(value: 0)
    private let room = DispatchSemaphore(value: 0)

    init() { for _ in 0..<Self.maxAhead { room.signal() } }

    /// False where nobody takes any more.
    func give(_ piece: Recording.Piece?) -> Bool {
        room.wait()
        guard !isLetGo.load(ordering: .acquiring) else { return false }
        pieces.withLock { $0.append(piece) }
        filled.signal()
        return true
    }

    func take() -> Recording.Piece? {
        filled.wait()
        defer { room.signal() }
        return pieces.withLock { $0.removeFirst() }
    }

    func letGo() {
        isLetGo.store(true, ordering: .releasing)
        room.signal()
    }
}
