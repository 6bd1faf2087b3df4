public import Tracing

/// A recording so long that it is shown while it is read: its header is known, its events come in pieces.
///
/// The file stays open and is read again for whoever needs all of its events, so that nobody has to hold them.
public struct LongRecording: Sendable {
    public let header: Recording.Header
    let file: OpenFile
    let path: String

    /// What is shorter is read at once, since that takes no longer than a person notices.
    static let minOctets = 1 << 20
    /// So much is read at a time, and of what is shown first so much, in octets.
    private static let pieceOctets = 64 << 10

    /// Nil for whatever is better read as a whole: what is short, what is no recording, and what holds several sessions or
    /// nothing to begin with.
    public init?(_ path: String) { self.init(path, from: Self.minOctets) }

    init?(_ path: String, from minOctets: Int) {
        guard let file = OpenFile(path), (minOctets...FileOctets.maxOctets).contains(file.count) else { return nil }
        (self.file, self.path) = (file, path)
        var pieces = LinePieces(file, size: Self.pieceOctets)
        guard let first = pieces.next(), RecordingReader.recognises(first),
            let header = try? RecordingReader(header: first.prefix { $0 != 10 }).header
        else { return nil }
        self.header = header
        var reading = makeIterator()
        guard let beginning = reading.next(), !beginning.events.isEmpty, !Self.holdsSeveral(file) else { return nil }
    }

    private static func holdsSeveral(_ file: OpenFile) -> Bool {
        var pieces = LinePieces(file, size: pieceOctets)
        var isFirst = true
        while let piece = pieces.next() {
            if SessionFile.headers(in: piece).contains(where: { !isFirst || $0 > 3 }) { return true }
            isFirst = false
        }
        return false
    }

    /// All of it, read anew.
    public var whole: Recording {
        var whole = Recording(header: header, events: [])
        for piece in self {
            whole.events += piece.events
            whole.warnings += piece.warnings
        }
        return whole
    }
}

extension LongRecording: Sequence {
    public struct Iterator: IteratorProtocol, Sendable {
        private var pieces: LinePieces
        private var reader: RecordingReader?
        private let count: Int
        private var isOver = false

        fileprivate init(_ file: OpenFile) {
            pieces = LinePieces(file, size: LongRecording.pieceOctets)
            count = file.count
        }

        public mutating func next() -> Recording.Piece? {
            guard !isOver else { return nil }
            guard let lines = pieces.next() else { return last() }
            var events: [WireEvent] = []
            read(lines) { events.append($0) }
            return Recording.Piece(events: events, portion: Double(pieces.position) / Double(count))
        }

        private mutating func read(_ lines: [UInt8], _ take: (WireEvent) -> Void) {
            guard reader == nil else { return reader?.read(lines[...], take) ?? () }
            let header = lines.prefix { $0 != 10 }
            reader = try? RecordingReader(header: header)
            reader?.read(lines.dropFirst(header.count + 1), take)
        }

        /// What is to be said of the whole, once it was read.
        private mutating func last() -> Recording.Piece? {
            isOver = true
            let broken = pieces.failure.map { ["reading broke off (\($0)); try a copy of the file"] } ?? []
            let warnings = (reader?.warnings ?? []) + broken
            return Recording.Piece(events: [], warnings: warnings, portion: 1, failure: pieces.failure)
        }
    }

    public func makeIterator() -> Iterator { Iterator(file) }
}
