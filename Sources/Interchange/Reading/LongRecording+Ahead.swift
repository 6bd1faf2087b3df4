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
        let ahead = ReadingAhead(makeIterator())
        var warnings: [String] = []
        var failure: String?
        // Whoever reads ahead is always heard to the end.
        while let piece = ahead.next() {
            for event in piece.events { take(event) }
            warnings += piece.warnings
            failure = failure ?? piece.failure
        }
        if let failure { throw FileOctets.brokeOff(path, failure) }
        return warnings
    }
}

/// Pieces of a recording that were read before somebody asked for them, a few at a time. Whoever begins asks until there are no more.
private final class ReadingAhead: Sendable {
    private static let maxAhead = 8

    private let pieces = Mutex<[Recording.Piece?]>([])
    private let filled = DispatchSemaphore(value: 0)
    private let room = DispatchSemaphore(value: ReadingAhead.maxAhead)

    init(_ pieces: LongRecording.Iterator) {
        DispatchQueue(label: "reading ahead").async {
            var pieces = pieces
            var next: Recording.Piece?
            repeat {
                next = pieces.next()
                self.room.wait()
                self.pieces.withLock { [next] in $0.append(next) }
                self.filled.signal()
            } while next != nil
        }
    }

    /// The piece that comes next; nil behind the last.
    func next() -> Recording.Piece? {
        filled.wait()
        defer { room.signal() }
        return pieces.withLock { $0.removeFirst() }
    }
}
