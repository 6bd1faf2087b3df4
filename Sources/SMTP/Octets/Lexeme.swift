/// A run of octets of one line with one meaning in the grammar.
///
/// Readers lay lexemes end to end, so every octet of a line is in exactly one of them.
public struct Lexeme: Hashable, Sendable {
    public let kind: Kind
    /// Offsets into the line, counted from 0.
    public let range: Range<Int>

    /// What the octets are. The raw value is the `kind` of a span in exports.
    public enum Kind: String, CaseIterable, Sendable {
        case verb, separator, colon, path, parameter, domain, argument, mechanism
        case initialResponse = "initial-response"
        case chunkSize = "chunk-size"
        case chunkLast = "chunk-last"
        case leadingSpace = "leading-space"
        case trailingSpace = "trailing-space"
        case replyCode = "reply-code"
        case enhancedCode = "enhanced-code"
        case keyword, text
        case challenge, response, secret
        case fieldName = "field-name"
        case fieldBody = "field-body"
        case foldedLine = "folded-line"
        // Inside of field bodies and of records.
        case tag, result, property, clause, comment, date, value, identifier, address, term
        case encodedWord = "encoded-word"
        case stuffedDot = "stuffed-dot"
        case endOfData = "end-of-data"
        case chunk, opaque, note, junk
        case record
        case tlsField = "tls-field"
        case lineEnd = "line-end"
    }
}

/// Lexemes laid end to end, so that gaps and overlaps cannot be written down.
struct Tiling: Equatable, Sendable {
    private(set) var lexemes: [Lexeme] = []
    var end: Int { lexemes.last?.range.upperBound ?? 0 }

    mutating func append(_ kind: Lexeme.Kind, count: Int) {
        guard count > 0 else { return }
        // A command has about as many.
        if lexemes.isEmpty { lexemes.reserveCapacity(8) }
        lexemes.append(Lexeme(kind: kind, range: end..<end + count))
    }

    /// Lays lexemes up to an offset; nothing when it is not beyond the end.
    mutating func append(_ kind: Lexeme.Kind, upTo offset: Int) { append(kind, count: offset - end) }
}
