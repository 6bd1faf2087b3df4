/// One direction of a connection: what has come and is no line yet, and which of its octets somebody marked as a credential.
public struct LineStream: Sendable {
    private var framer = LineFramer()
    /// How many octets have come so far.
    public private(set) var received = 0
    /// Credentials that were marked when they came, as offsets into all that came.
    private var marks: [Range<Int>] = []
    /// Whether the piece given out last did not end its line, which is longer than the framer holds.
    public private(set) var isInLine = false
    /// How many octets of that line were given out, and how many were left out because there were too many.
    private var lineOctets = 0
    private var leftOut = 0
    /// The most octets given out of one line; what comes beyond is counted, but for the line's last piece.
    private let most: Int

    /// `most` where nobody asks for lines of whatever length.
    public static let maxOctets = 1 << 20

    public init(most: Int = LineStream.maxOctets) { self.most = most }

    /// A line, or a part of one too long to be held at once.
    public struct Piece: Equatable, Sendable {
        public let line: WireLine
        /// Ranges of the line's octets that its event marked as a credential.
        public let marks: [Range<Int>]
        /// It goes on with the line whose beginning was given out before.
        public var continuesLine = false
        /// The line goes on in the next piece.
        public var hasMore = false
        /// What followed it was not kept.
        public var isCut = false
        /// Octets of the line between the piece before and this one that were left out.
        public var leftOut = 0

        /// The connection ended before the line did: what it was going to say is not known.
        public var isTorn: Bool { line.ending == .none && !hasMore }

        public init(line: WireLine, marks: [Range<Int>] = []) { (self.line, self.marks) = (line, marks) }

        /// What is wrong with the line whatever it says. A cut is our doing: it ends no line, and may divide a character.
        public var departures: [Departure] {
            line.departures.filter { departure in
                switch departure.kind {
                case .unfinishedLine: !hasMore && !isCut
                case .invalidUTF8: !hasMore && !continuesLine
                default: true
                }
            }
        }
    }

    /// What stands at the head of a stream that should be TLS (RFC 8446 §5.1).
    enum TLSHead { case record(Piece), incomplete, somethingElse }

    public var isUntouched: Bool { received == 0 }
    /// Whether what has come and was not given out is the very beginning of the stream.
    var isBeginning: Bool { !isEmpty && givenOut == 0 }
    public var isEmpty: Bool { framer.unreadCount == 0 }
    /// How many octets of what came were given out.
    var givenOut: Int { received - framer.unreadCount }
    /// What came and is no line yet.
    public var unread: ArraySlice<UInt8> { framer.unread }
    /// The first octets of it.
    public var beginning: [UInt8] { Array(framer.unread.prefix(512)) }

    /// Whether all that came was given out, and all lines had their ends.
    var isAtRest: Bool { isEmpty && !isInLine && marks.isEmpty }

    /// Whole lines came that are given out without being kept here.
    mutating func pass(_ count: Int) { received += count }

    mutating func append(_ octets: some Collection<UInt8>, marks marked: [Range<Int>]) {
        for mark in marked where !mark.isEmpty {
            marks.append(received + mark.lowerBound..<received + mark.upperBound)
        }
        framer.append(octets)
        received += octets.count
    }

    mutating func nextPiece() -> Piece? {
        while let line = framer.nextLine() {
            let piece = piece(line, mayGoOn: true)
            guard piece.continuesLine, piece.hasMore, lineOctets > most else { return piece }
            leftOut += line.count
        }
        return nil
    }

    /// What is left when the stream ends.
    mutating func finish() -> Piece? { framer.finish().map { piece($0, mayGoOn: false) } }

    /// The next line of a chunk of which `remaining` octets are to come.
    mutating func nextChunkPiece(remaining: UInt64) -> Piece? {
        framer.nextLine(within: remaining).map { Piece(line: $0, marks: marks(in: $0)) }
    }

    /// The next `count` octets, all of which have come, whatever line ends are in them.
    mutating func take(octets count: Int) -> Piece {
        let line = WireLine(framer.take(octets: count), ending: .none)
        return Piece(line: line, marks: marks(in: line))
    }

    /// Passes over whole lines that end in CRLF, are not too long, begin with no dot and hold nothing but text.
    mutating func passPlainLines(_ look: ((UnsafeBufferPointer<UInt8>) -> Void)?) -> (lines: Int, octets: Int) {
        marks.isEmpty && !isInLine ? framer.passPlainLines(look) : (0, 0)
    }

    /// A whole TLS record.
    mutating func nextRecord() -> TLSHead {
        guard !framer.unread.isEmpty else { return .incomplete }
        guard !isInLine else { return .somethingElse }
        switch TLSRecord.head(of: framer.unread) {
        case .incomplete: return .incomplete
        case .none: return .somethingElse
        case .record(_, let contentLength):
            let length = TLSRecord.headLength + contentLength
            return framer.unread.count >= length ? .record(take(octets: length)) : .incomplete
        }
    }

    private mutating func piece(_ line: WireLine, mayGoOn: Bool) -> Piece {
        let continues = isInLine
        isInLine = mayGoOn && line.ending == .none
        lineOctets = continues ? lineOctets + line.count : line.count
        var piece = Piece(line: line, marks: marks(in: line))
        piece.continuesLine = continues
        piece.hasMore = isInLine
        if !isInLine {
            piece.leftOut = leftOut
            leftOut = 0
        }
        return piece
    }

    /// The marks in a line that was just taken.
    private mutating func marks(in line: WireLine) -> [Range<Int>] {
        guard !marks.isEmpty else { return [] }
        let end = received - framer.unread.count
        let start = end - line.count
        let content = start..<start + line.octets.count
        let found = marks.filter { $0.overlaps(content) }.map { mark -> Range<Int> in
            let inside = mark.clamped(to: content)
            return inside.lowerBound - start..<inside.upperBound - start
        }
        marks.removeAll { $0.upperBound <= end }
        return found
    }
}
