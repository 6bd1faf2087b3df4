/// One line of a reply: code, separator, text (RFC 5321 §4.2, §4.2.1).
public struct ReplyLine: Hashable, Sendable {
    /// Any three digits, also those the RFC does not know; nil when the line does not begin with three digits.
    public let code: UInt16?
    /// A hyphen behind the code: another line follows.
    public let continues: Bool
    public let enhanced: EnhancedStatusCode?
    /// Behind the separator, the enhanced status code and its space left out.
    public let text: [UInt8]
    /// The status that qmail and its like put behind the text, in brackets: `(#5.5.1)`. It is no part of RFC 2034, and says the same.
    public private(set) var closingStatus: EnhancedStatusCode?
    /// What the reply means in detail, wherever it says so.
    public var status: EnhancedStatusCode? { enhanced ?? closingStatus }

    init(code: UInt16?, continues: Bool, enhanced: EnhancedStatusCode?, text: [UInt8]) {
        (self.code, self.continues, self.enhanced, self.text) = (code, continues, enhanced, text)
    }

    /// Reads a reply line that somebody else wrote.
    ///
    /// `expectsEnhanced` says that the server offered ENHANCEDSTATUSCODES, so that a code that is missing is a departure.
    /// A greeting or the reply to EHLO carries none (RFC 2034 §4), so callers say false there.
    public static func read(_ octets: [UInt8], expectsEnhanced: Bool = false) -> LineReading<ReplyLine> {
        var cursor = LineCursor(octets)
        return read(&cursor, expectsEnhanced: expectsEnhanced)
    }

    /// The same without lexemes: for whoever reads every line of every session.
    public static func judged(_ octets: [UInt8], expectsEnhanced: Bool) -> Reading<ReplyLine> {
        if let plain = plain(octets, expectsEnhanced: expectsEnhanced) { return Reading(plain) }
        let reading = read(octets, expectsEnhanced: expectsEnhanced)
        return Reading(reading.value, departures: reading.departures)
    }

    /// A line in which `read` finds nothing to remark, as nearly all are, and no closing status; nil for every other.
    private static func plain(_ octets: [UInt8], expectsEnhanced: Bool) -> ReplyLine? {
        guard (5...510).contains(octets.count), (0x32...0x35).contains(octets[0]), (0x30...0x35).contains(octets[1]),
            octets[2].isDigit, octets[3] == 32 || octets[3] == UInt8(ascii: "-"),
            let last = octets.last, !last.isWhiteSpace, last != UInt8(ascii: ")")
        else { return nil }
        let code = octets[..<3].reduce(UInt16(0)) { $0 * 10 + UInt16($1 - 0x30) }
        let enhanced = octets[4].isDigit ? EnhancedStatusCode(opening: octets[4...]) : nil
        var start = 4
        if let enhanced {
            guard UInt16(enhanced.class) == code / 100 else { return nil }
            start += enhanced.length
            if start < octets.count, octets[start] == 32 { start += 1 }
        } else if expectsEnhanced, code / 100 != 3 {
            return nil
        }
        let continues = octets[3] == UInt8(ascii: "-")
        return ReplyLine(code: code, continues: continues, enhanced: enhanced, text: Array(octets[start...]))
    }

    fileprivate static func read(_ cursor: inout LineCursor, expectsEnhanced: Bool) -> LineReading<ReplyLine> {
        let octets = cursor.octets
        if octets.count + 2 > 512 { cursor.note(.replyLineTooLong, 0..<octets.count) }
        if cursor.next?.isWhiteSpace == true {
            cursor.note(.leadingSpace, 0..<1)
            cursor.take(as: .leadingSpace, while: \.isWhiteSpace)
        }
        let digits = cursor.rest.prefix(while: \.isDigit)
        guard digits.count == 3, let number = UInt64(decimal: digits) else {
            cursor.note(.noReplyCode, cursor.position..<octets.count)
            let text = cursor.takeRest(as: .junk)
            return cursor.reading(ReplyLine(code: nil, continues: false, enhanced: nil, text: Array(text)))
        }
        let code = UInt16(number)
        // RFC 5321 §4.2: the first digit is 2 to 5, the second 0 to 5.
        if !(2...5).contains(code / 100) || !(0...5).contains(code / 10 % 10) {
            cursor.note(.replyCodeOutsideGrammar, cursor.position..<cursor.position + 3)
        }
        cursor.take(3, as: .replyCode)
        let continues = readSeparator(&cursor)
        let enhanced = readEnhanced(&cursor, code: code, expected: expectsEnhanced)
        let text = cursor.rest
        var line = ReplyLine(code: code, continues: continues, enhanced: enhanced, text: Array(text))
        if enhanced == nil { line.closingStatus = readClosingStatus(&cursor) }
        takeText(&cursor)
        return cursor.reading(line)
    }

    /// What an observer needs to know of a reply line before it reads it: its code, and whether another line follows.
    public static func head(_ octets: [UInt8]) -> (code: UInt16?, continues: Bool) {
        octets.withUnsafeBufferPointer { head($0) }
    }

    private static func head(_ octets: UnsafeBufferPointer<UInt8>) -> (code: UInt16?, continues: Bool) {
        let start = octets.firstIndex { !$0.isWhiteSpace } ?? octets.endIndex
        var end = start
        var code: UInt16 = 0
        while end < octets.endIndex, end - start <= 3, octets[end].isDigit {
            code = code &* 10 &+ UInt16(octets[end] - 0x30)
            end += 1
        }
        guard end - start == 3 else { return (nil, false) }
        return (code, end < octets.endIndex && octets[end] == UInt8(ascii: "-"))
    }

    /// What a reply line means in detail, wherever it says so: the `status` of what `read` makes of it, and nothing else of that.
    public static func status(of octets: [UInt8]) -> EnhancedStatusCode? {
        octets.withUnsafeBufferPointer { status(of: $0) }
    }

    /// The same of a line that stands somewhere in memory. Most have none, which two octets tell.
    public static func status(of line: UnsafeBufferPointer<UInt8>) -> EnhancedStatusCode? {
        guard let first = line.first, let last = line.last else { return nil }
        let mayOpen = !first.isDigit || line.count > 4 && line[4].isDigit
        guard mayOpen || last == UInt8(ascii: ")"), head(line).code != nil else { return nil }
        var rest = line.drop(while: \.isWhiteSpace).dropFirst(3)
        if rest.first == 32 || rest.first == UInt8(ascii: "-") { rest = rest.dropFirst() }
        return EnhancedStatusCode(opening: rest) ?? closingStatus(of: rest)?.0
    }

    private static func readSeparator(_ cursor: inout LineCursor) -> Bool {
        switch cursor.next {
        case UInt8(ascii: "-"):
            cursor.take(1, as: .separator)
            return true
        case 32:
            cursor.take(1, as: .separator)
        case nil:
            cursor.note(.replyWithoutText)
        case .some:
            cursor.note(.malformedReplySeparator, cursor.position..<cursor.position + 1)
        }
        return false
    }

    /// The enhanced status code that may open the text (RFC 2034 §4), and the space behind it.
    private static func readEnhanced(_ cursor: inout LineCursor, code: UInt16, expected: Bool) -> EnhancedStatusCode? {
        guard let enhanced = EnhancedStatusCode(opening: cursor.rest) else {
            if expected, code / 100 != 3, !cursor.isAtEnd { cursor.note(.enhancedCodeMissing) }
            return nil
        }
        if UInt16(enhanced.class) != code / 100 {
            cursor.note(.enhancedCodeMismatch, cursor.position..<cursor.position + enhanced.length)
        }
        cursor.take(enhanced.length, as: .enhancedCode)
        cursor.take(cursor.next == 32 ? 1 : 0, as: .separator)
        return enhanced
    }

    /// `(#5.5.1)` at the end of the text; what stands before the code is taken.
    private static func readClosingStatus(_ cursor: inout LineCursor) -> EnhancedStatusCode? {
        let rest = cursor.rest
        guard let (status, start) = closingStatus(of: rest) else { return nil }
        cursor.take(start - rest.startIndex, as: .text)
        cursor.take(status.length, as: .enhancedCode)
        return status
    }

    /// The status at the end of a text, and where it begins.
    private static func closingStatus<Text: RandomAccessCollection<UInt8>>(of text: Text) -> (EnhancedStatusCode, Int)?
    where Text.Index == Int {
        guard text.last == UInt8(ascii: ")"), let open = text.lastIndex(of: UInt8(ascii: "(")),
            text[open...].dropFirst().first == UInt8(ascii: "#"),
            let status = EnhancedStatusCode(opening: text[(open + 2)...].dropLast())
        else { return nil }
        return (status, open + 2)
    }

    private static func takeText(_ cursor: inout LineCursor) {
        cursor.take(cursor.countWithoutTrailingSpace, as: .text)
        guard !cursor.isAtEnd else { return }
        cursor.note(.trailingSpace, cursor.position..<cursor.octets.count)
        cursor.takeRest(as: .trailingSpace)
    }
}

extension ReplyLine {
    /// As `read`, without lexemes and departures: for whoever reads thousands of lines and asks only what was said.
    public init(reading octets: [UInt8]) {
        var cursor = LineCursor(octets, valueOnly: true)
        self = Self.read(&cursor, expectsEnhanced: false).value
    }
}

/// A whole reply, one line or several (RFC 5321 §4.2.1).
public struct Reply: Hashable, Sendable {
    public let lines: [ReplyLine]
    /// The code of the last line, which counts; nil when it had none.
    public var code: UInt16? { lines.last?.code }
    public var enhanced: EnhancedStatusCode? { lines.last?.enhanced }

    /// What the first digit says (RFC 5321 §4.2.1).
    public enum Severity: Int, Sendable {
        case positive = 2
        case intermediate = 3
        case transientFailure = 4
        case permanentFailure = 5

        /// nil when the first digit of the code is none of 2 to 5.
        public init?(ofCode code: UInt16) { self.init(rawValue: Int(code) / 100) }
    }

    /// nil when there is no code or its first digit is none of 2 to 5.
    public var severity: Severity? { code.flatMap(Severity.init(ofCode:)) }

    public init(lines: [ReplyLine]) { self.lines = lines }
}

/// Puts reply lines together (RFC 5321 §4.2.1). A code that changes within a reply is a departure; the last line counts.
public struct ReplyAssembler: Equatable, Sendable {
    /// Lines of a reply that is not complete.
    public private(set) var pending: [ReplyLine] = []
    /// A reply of more lines than this is given out in pieces, so that a server that never ends cannot fill the memory.
    public static let maxLines = 10_000

    public init() {}

    /// Takes a line; gives the reply it completes, if it does.
    public mutating func append(_ line: ReplyLine) -> Reply? {
        pending.append(line)
        guard !line.continues || pending.count >= Self.maxLines else { return nil }
        defer { pending = [] }
        return Reply(lines: pending)
    }

    /// Whether this line's code differs from the one before it in the same reply.
    public func changesCode(_ line: ReplyLine) -> Bool {
        guard let before = pending.last else { return false }
        return before.code != line.code
    }
}
