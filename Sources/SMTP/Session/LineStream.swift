import SMTP

/// One direction of a connection: what has come and is no line yet, and which of its octets are a credential.
struct LineStream: Sendable {
    private var framer = LineFramer()
    /// How many octets have come so far.
    private var received = 0
    /// Credentials, as offsets into all that came.
    private var secrets: [Range<Int>] = []
    /// Whether the piece given out last did not end its line, which is longer than the framer holds.
    private(set) var isInLine = false
    /// How many octets of that line were given out, and how many were left out because there were too many.
    private var lineOctets = 0
    private var leftOut = 0

    /// The most octets given out of one line; what comes beyond is counted, but for the line's last piece.
    static let mostOctets = 1 << 20

    /// A line, or a part of one too long to be held at once.
    struct Piece: Equatable, Sendable {
        let line: WireLine
        /// Ranges of the line's octets that its event marked as a credential.
        let secrets: [Range<Int>]
        /// It goes on with the line whose beginning was given out before.
        var continuesLine = false
        /// The line goes on in the next piece.
        var hasMore = false
        /// What followed it was not kept.
        var isCut = false
        /// Octets of the line between the piece before and this one that were left out.
        var leftOut = 0

        /// The connection ended before the line did: what it was going to say is not known.
        var isTorn: Bool { line.ending == .none && !hasMore }

        /// What is wrong with the line whatever it says. A cut is our doing: it ends no line, and may divide a character.
        var departures: [Departure] {
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

    var isUntouched: Bool { received == 0 }
    var isEmpty: Bool { framer.unread.isEmpty }
    /// The first octets of what came and is no line yet.
    var beginning: [UInt8] { Array(framer.unread.prefix(512)) }

    mutating func append(_ octets: [UInt8], secrets marked: [Range<Int>]) {
        for secret in marked where !secret.isEmpty {
            secrets.append(received + secret.lowerBound..<received + secret.upperBound)
        }
        framer.append(octets)
        received += octets.count
    }

    mutating func nextPiece() -> Piece? {
        while let line = framer.nextLine() {
            let piece = piece(line, mayGoOn: true)
            guard piece.continuesLine, piece.hasMore, lineOctets > Self.mostOctets else { return piece }
            leftOut += line.count
        }
        return nil
    }

    /// What is left when the stream ends.
    mutating func finish() -> Piece? { framer.finish().map { piece($0, mayGoOn: false) } }

    /// The next line of a chunk of which `remaining` octets are to come.
    mutating func nextChunkPiece(remaining: UInt64) -> Piece? {
        framer.nextLine(within: remaining).map { Piece(line: $0, secrets: secrets(in: $0)) }
    }

    /// Passes over whole lines that end in CRLF, are not too long, begin with no dot and hold nothing but text.
    mutating func passPlainLines() -> (lines: Int, octets: Int) {
        secrets.isEmpty && !isInLine ? framer.passPlainLines() : (0, 0)
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
            guard framer.unread.count >= length else { return .incomplete }
            let line = WireLine(framer.take(octets: length), ending: .none)
            return .record(Piece(line: line, secrets: secrets(in: line)))
        }
    }

    private mutating func piece(_ line: WireLine, mayGoOn: Bool) -> Piece {
        let continues = isInLine
        isInLine = mayGoOn && line.ending == .none
        lineOctets = continues ? lineOctets + line.count : line.count
        let before = isInLine ? 0 : leftOut
        if !isInLine { leftOut = 0 }
        return Piece(
            line: line,
            secrets: secrets(in: line),
            continuesLine: continues,
            hasMore: isInLine,
            leftOut: before
        )
    }

    /// The credentials in a line that was just taken.
    private mutating func secrets(in line: WireLine) -> [Range<Int>] {
        guard !secrets.isEmpty else { return [] }
        let end = received - framer.unread.count
        let start = end - line.count
        let content = start..<start + line.octets.count
        let found = secrets.filter { $0.overlaps(content) }.map { secret -> Range<Int> in
            let inside = secret.clamped(to: content)
            return inside.lowerBound - start..<inside.upperBound - start
        }
        secrets.removeAll { $0.upperBound <= end }
        return found
    }
}
