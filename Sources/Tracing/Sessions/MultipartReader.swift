import SMTP

/// Follows the parts of a body line by line: those of a multipart (RFC 2046 §5.1), a mail within a mail (§5.2.1), and the fields of a
/// report (RFC 3464 §2.1).
///
///     --outer
///     Content-Type: message/delivery-status
///
///     Reporting-MTA: dns; mx1.receiver.example
///
///     Final-Recipient: rfc822; bob@receiver.example
///
///     --outer
///     Content-Type: message/rfc822
///
///     Subject: The engine
///
///     Hello.
///     --outer--
///
/// It decides which lines divide parts, and which are fields, of a part, of a mail in it, or of a report. It does not know what a
/// field says. What is encoded is text: no line of it stands there as it is. Wrong input is any line in any order: a boundary that
/// nobody named divides nothing, and a header that is broken off by another line has a body from there on.
struct MultipartReader: Equatable, Sendable {
    /// Deeper than anything that people send.
    static let maxDepth = 16
    /// A boundary has at most 70 octets (RFC 2046 §5.1.1), and stands in front.
    static let maxTypeOctets = 2000

    /// Whose fields they are.
    enum Header: Equatable, Sendable {
        case ofMail, ofPart
        /// Of a mail that lies in the mail; `isAlone` where nothing but its header was kept (RFC 6522 §4).
        case ofInnerMail(isAlone: Bool)
        /// Of a report, in blocks with empty lines between them.
        case ofReport
    }

    private struct Boundary: Equatable, Sendable {
        let octets: [UInt8]
        /// In a digest a part that says nothing of itself is a mail (RFC 2046 §5.1.5).
        let isOfDigest: Bool
    }

    /// Those of the multiparts that are open, the outermost first.
    private var boundaries: [Boundary] = []
    /// The header under way, the mail's own at first; nil in what a part holds.
    private(set) var header: Header? = .ofMail
    /// The body of the Content-Type field of this header; nil where none was seen yet.
    private var type: [UInt8]?
    private var isInType = false
    /// Whether this header says that what follows is in Base64 or another encoding.
    private var isEncoded = false

    /// A field of the header under way, without its folded lines.
    mutating func field(_ name: ArraySlice<UInt8>, _ body: ArraySlice<UInt8>) {
        isInType = type == nil && name.equalsIgnoringCase("Content-Type".utf8)
        if isInType { type = Array(body.prefix(Self.maxTypeOctets)) }
        if name.equalsIgnoringCase("Content-Transfer-Encoding".utf8) {
            var divider = FieldDivider(.encoding)
            isEncoded = divider.divide(body).contains { $0.kind == .value && $0.part != .eightBit }
        }
    }

    /// A line that goes on with a field.
    mutating func folded(_ line: ArraySlice<UInt8>) {
        guard isInType, let count = type?.count else { return }
        type?.append(contentsOf: line.prefix(Self.maxTypeOctets - count))
    }

    /// An empty line: what it ends.
    mutating func emptyLine() -> TraceLine.MailDataPart {
        switch header {
        case nil: return .body
        case .ofReport: return .reportBlockEnd
        case .ofInnerMail(isAlone: true):
            begin(nil)
            return .innerHeaderEnd
        case .ofInnerMail(isAlone: false):
            beginContent()
            return .innerHeaderEnd
        case .ofPart:
            beginContent()
            return .partHeaderEnd
        case .ofMail:
            beginContent()
            return .headerEnd
        }
    }

    /// The header is broken off by a line that is no field.
    mutating func breakOff() {
        beginContent()
        header = nil
    }

    private mutating func begin(_ next: Header?) { (header, type, isInType, isEncoded) = (next, nil, false, false) }

    /// What the header that is over announces.
    private mutating func beginContent() {
        let content = type.map(Content.init)
        if let boundary = content?.boundary {
            if boundaries.count < Self.maxDepth {
                boundaries.append(Boundary(octets: boundary, isOfDigest: content?.media == "multipart/digest"))
            }
            return begin(nil)
        }
        if content == nil, header == .ofPart, boundaries.last?.isOfDigest == true {
            return begin(.ofInnerMail(isAlone: false))
        }
        begin(isEncoded ? nil : content?.header)
    }

    /// Whether a line divides parts. One of an outer multipart ends those within it (RFC 2046 §5.1.2).
    mutating func divides(_ line: ArraySlice<UInt8>) -> Bool {
        guard !boundaries.isEmpty, line.starts(with: Self.hyphens) else { return false }
        let rest = line.dropFirst(2)
        for (depth, boundary) in boundaries.enumerated().reversed() where rest.starts(with: boundary.octets) {
            let end = rest.dropFirst(boundary.octets.count)
            let isLast = end.starts(with: Self.hyphens)
            guard end.dropFirst(isLast ? 2 : 0).allSatisfy({ $0 == 32 || $0 == 9 }) else { continue }
            boundaries.removeSubrange((isLast ? depth : depth + 1)...)
            begin(isLast ? nil : .ofPart)
            return true
        }
        return false
    }

    private static let hyphens = Array("--".utf8)
}

/// What a Content-Type field says of what follows (RFC 2045 §5.1).
private struct Content {
    /// As `message/rfc822`, in small letters.
    private(set) var media = ""
    /// The boundary that a multipart names, its quotes taken off; nil where there is none.
    let boundary: [UInt8]?

    init(_ type: [UInt8]) {
        var divider = FieldDivider(.parameters)
        var (isMultipart, at, parameter) = (false, 0, [UInt8]())
        for piece in divider.divide(type[...]) {
            let octets = type[at..<at + piece.count]
            if piece.kind == .value {
                isMultipart = piece.part == .multipart
                media = octets.lossyText.lowercased()
            }
            if piece.kind == .parameter, piece.part == .boundary { parameter += octets }
            at += piece.count
        }
        let value = parameter.drop { $0 != UInt8(ascii: "=") }.dropFirst()
        let boundary = value.first == UInt8(ascii: "\"") ? Self.unquoted(value.dropFirst()) : Array(value)
        self.boundary = isMultipart && !boundary.isEmpty ? boundary : nil
    }

    /// The header that what follows begins with; nil where it is anything else. The names in UTF-8 are those of RFC 6533 §4.
    var header: MultipartReader.Header? {
        switch media {
        case "message/rfc822", "message/global": .ofInnerMail(isAlone: false)
        case "text/rfc822-headers", "message/global-headers": .ofInnerMail(isAlone: true)
        case "message/delivery-status", "message/global-delivery-status", "message/tracking-status",
            "message/disposition-notification", "message/global-disposition-notification", "message/feedback-report":
            .ofReport
        default: nil
        }
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
