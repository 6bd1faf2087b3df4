import SMTP

/// Follows the parts of a multipart body line by line (RFC 2046 §5.1).
///
///     --outer
///     Content-Type: multipart/alternative; boundary=inner
///
///     --inner
///     Content-Type: text/plain
///
///     Hello.
///     --inner--
///     --outer--
///
/// It decides which lines divide parts, and which are fields of a part. It does not know what a part holds: a mail within a mail is
/// text. Wrong input is any line in any order: a boundary that nobody named divides nothing, and a part whose header is
/// broken off by another line has a body from there on.
struct MultipartReader: Equatable, Sendable {
    /// Deeper than anything that people send.
    static let maxDepth = 16
    /// A boundary has at most 70 octets (RFC 2046 §5.1.1), and stands in front.
    static let maxTypeOctets = 2000

    /// Those of the multiparts that are open, the outermost first.
    private var boundaries: [[UInt8]] = []
    /// Whether a header is under way: the mail's own at first, then those of parts.
    private(set) var isInHeader = true
    /// The body of the Content-Type field of this header; nil where none was seen yet.
    private var type: [UInt8]?
    private var isInType = false

    /// A field of the header under way, without its folded lines.
    mutating func field(_ name: ArraySlice<UInt8>, _ body: ArraySlice<UInt8>) {
        isInType = type == nil && name.equalsIgnoringCase("Content-Type".utf8)
        if isInType { type = Array(body.prefix(Self.maxTypeOctets)) }
    }

    /// A line that goes on with a field.
    mutating func folded(_ line: ArraySlice<UInt8>) {
        guard isInType, let count = type?.count else { return }
        type?.append(contentsOf: line.prefix(Self.maxTypeOctets - count))
    }

    /// The header is over.
    mutating func endHeader() {
        if let boundary = type.flatMap(Self.boundary), boundaries.count < Self.maxDepth { boundaries.append(boundary) }
        (isInHeader, type, isInType) = (false, nil, false)
    }

    /// Whether a line divides parts. One of an outer multipart ends those within it (RFC 2046 §5.1.2).
    mutating func divides(_ line: ArraySlice<UInt8>) -> Bool {
        guard !boundaries.isEmpty, line.starts(with: Self.hyphens) else { return false }
        let rest = line.dropFirst(2)
        for (depth, boundary) in boundaries.enumerated().reversed() where rest.starts(with: boundary) {
            let end = rest.dropFirst(boundary.count)
            let isLast = end.starts(with: Self.hyphens)
            guard end.dropFirst(isLast ? 2 : 0).allSatisfy({ $0 == 32 || $0 == 9 }) else { continue }
            boundaries.removeSubrange((isLast ? depth : depth + 1)...)
            (isInHeader, type, isInType) = (!isLast, nil, false)
            return true
        }
        return false
    }

    private static let hyphens = Array("--".utf8)

    /// The boundary that a multipart type names, its quotes taken off; nil for any other.
    private static func boundary(of type: [UInt8]) -> [UInt8]? {
        var divider = FieldDivider(.parameters)
        var (isMultipart, at, parameter) = (false, 0, [UInt8]())
        for piece in divider.divide(type[...]) {
            if piece.kind == .value { isMultipart = piece.part == .multipart }
            if piece.kind == .parameter, piece.part == .boundary { parameter += type[at..<at + piece.count] }
            at += piece.count
        }
        let value = parameter.drop { $0 != UInt8(ascii: "=") }.dropFirst()
        let boundary = value.first == UInt8(ascii: "\"") ? unquoted(value.dropFirst()) : Array(value)
        return isMultipart && !boundary.isEmpty ? boundary : nil
    }

    /// What a quoted string holds (RFC 5322 §3.2.4), up to its closing quote.
    private static func unquoted(_ text: ArraySlice<UInt8>) -> [UInt8] {
        var (octets, isEscaped): ([UInt8], Bool) = ([], false)
        for octet in text {
            if !isEscaped, octet == UInt8(ascii: "\"") { break }
            isEscaped = !isEscaped && octet == UInt8(ascii: "\\")
            if !isEscaped { octets.append(octet) }
        }
        return octets
    }
}
