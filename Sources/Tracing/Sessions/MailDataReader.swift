import SMTP

/// Reads mail data line by line (RFC 5322 §2.1, RFC 5321 §4.1.1.4, §4.5.2).
struct MailDataReader: Equatable, Sendable {
    private(set) var isFirst = true
    private var previous = WireLine.Ending.crlf
    private var isInHeader = true
    /// Which fields were seen: any, and those that must be there.
    private var hasField = false, hasFrom = false, hasDate = false
    private var declaresEightBit: Bool
    private var saidEightBit = false
    private var lastPart = TraceLine.MailDataPart.body
    /// What is known of the parts of the body.
    private var parts = MultipartReader()
    /// Where in a field what is unread begins.
    private var fold = FieldFold.unknown
    /// What of a field was not divided yet: that is done when a line goes on with it, which most fields never need.
    private var unread = Unread.nothing

    private enum Unread: Equatable, Sendable {
        case nothing
        case field(name: ArraySlice<UInt8>, body: ArraySlice<UInt8>)
        case folded(ArraySlice<UInt8>)
    }

    init(declaresEightBit: Bool) { self.declaresEightBit = declaresEightBit }

    mutating func read(_ line: WireLine, isEnd: Bool) -> (TraceLine.MailDataPart, [Departure]) {
        defer {
            previous = line.ending
            isFirst = false
        }
        if isEnd {
            return (.end, isInHeader && hasField ? headerDepartures : [])
        }
        var departures = transparencyDepartures(line)
        let content = line.octets.dropFirst(line.octets.first == DotStuffing.dotOctet ? 1 : 0)
        if content.count + 2 > 1000 { departures.append(Departure(.textLineTooLong)) }
        departures += eightBitDepartures(content)
        let (part, found) = part(of: content)
        lastPart = part
        return (part, departures + found)
    }

    /// Octets are missing: what comes next may begin a line, and a header that was not seen whole is not judged.
    mutating func resume() {
        previous = .crlf
        if isFirst { (isFirst, isInHeader) = (false, false) }
        if !isInHeader { parts.breakOff() }
    }

    /// What goes on with the line before, which was too long to be held at once: no dot in it is at the start of a line.
    mutating func readRest(_ line: WireLine) -> (TraceLine.MailDataPart, [Departure]) {
        previous = line.ending
        let departures = [Departure(.textLineTooLong)] + eightBitDepartures(line.octets[...])
        switch lastPart {
        case .body, .boundary, .partHeaderEnd, .innerHeaderEnd, .reportBlockEnd: return (.body, departures)
        case .partField, .foldedPartField: return (.foldedPartField(goOn(with: line.octets[...])), departures)
        case .header, .foldedHeader, .headerEnd, .end: return (.foldedHeader(goOn(with: line.octets[...])), departures)
        }
    }

    /// Where in its field a line begins that goes on with it.
    private mutating func goOn(with line: ArraySlice<UInt8>) -> FieldFold {
        switch unread {
        case .nothing: fold = .unknown
        case .field(let name, let body):
            fold = FieldFold(field: FieldHead.lessonName(of: name))
            fold.pass(body)
        case .folded(let before): fold.pass(before)
        }
        unread = unread == .nothing ? .nothing : .folded(line)
        return fold
    }

    /// Whether a line of the body that has no dot at its start and no odd octet changes nothing here.
    var isPlainBody: Bool { !isInHeader && !isFirst && previous == .crlf && lastPart == .body }

    private mutating func eightBitDepartures(_ content: ArraySlice<UInt8>) -> [Departure] {
        guard !declaresEightBit, !saidEightBit, content.contains(where: { $0 >= 0x80 }) else { return [] }
        saidEightBit = true
        return [Departure(.eightBitWithout8BITMIME)]
    }

    /// Dots at the start of a line, and dots between line ends of which some server makes an end of data (RFC 5321 §4.1.1.4).
    private func transparencyDepartures(_ line: WireLine) -> [Departure] {
        guard line.octets.contains(DotStuffing.dotOctet) else { return [] }
        if DotStuffing.resemblesEnd(line, after: previous) { return [Departure(.endOfDataVariant)] }
        if line.octets.contains(13) {
            var pieces = line.octets.split(separator: 13, omittingEmptySubsequences: false)[...]
            // A dot after the last CR ends nothing when the line itself has no end.
            if line.ending == .none { pieces = pieces.dropLast() }
            let isAlone = pieces.contains { $0.filter { $0 != 0 } == [DotStuffing.dotOctet] }
            if isAlone { return [Departure(.endOfDataVariant)] }
        }
        let isUnstuffed =
            line.octets.first == DotStuffing.dotOctet && line.octets.count > 1 && line.octets[1] != DotStuffing.dotOctet
        return isUnstuffed ? [Departure(.unstuffedDot, at: 0..<1)] : []
    }

    private mutating func part(of content: ArraySlice<UInt8>) -> (TraceLine.MailDataPart, [Departure]) {
        guard isInHeader, let first = content.first else {
            guard isInHeader else { return (partOfBody(content), []) }
            isInHeader = false
            unread = .nothing
            return (parts.emptyLine(), isFirst ? [Departure(.noHeader)] : headerDepartures)
        }
        if first == 32 || first == 9, !isFirst {
            return (.foldedHeader(foldedField(content)), [])
        }
        if let name = beginField(content) {
            hasField = true
            if name.equalsIgnoringCase("From".utf8) { hasFrom = true }
            if name.equalsIgnoringCase("Date".utf8) { hasDate = true }
            return (.header, [])
        }
        guard isFirst else { return (.header, [Departure(.malformedHeader)]) }
        isInHeader = false
        parts.breakOff()
        return (.body, [Departure(.noHeader)])
    }

    /// A line behind the header of the mail.
    private mutating func partOfBody(_ line: ArraySlice<UInt8>) -> TraceLine.MailDataPart {
        if parts.divides(line) {
            unread = .nothing
            return .boundary
        }
        guard parts.header != nil else { return .body }
        if line.isEmpty {
            unread = .nothing
            return parts.emptyLine()
        }
        if line.first == 32 || line.first == 9, unread != .nothing { return .foldedPartField(foldedField(line)) }
        if beginField(line) != nil { return .partField }
        parts.breakOff()
        return .body
    }

    /// The name of the field that a line begins; nil where it begins none.
    private mutating func beginField(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        unread = .nothing
        // White space before the colon is allowed by the obsolete syntax (RFC 5322 §4.5).
        let name = line.prefix { $0 != UInt8(ascii: ":") }
        let word = name.prefix { $0 != 32 && $0 != 9 }
        let isField =
            name.count < line.count && !word.isEmpty && word.allSatisfy { (33...126).contains($0) }
            && name[word.endIndex...].allSatisfy { $0 == 32 || $0 == 9 }
        guard isField else { return nil }
        let body = line[name.endIndex...].dropFirst()
        unread = .field(name: word, body: body)
        parts.field(word, body)
        return word
    }

    private mutating func foldedField(_ line: ArraySlice<UInt8>) -> FieldFold {
        parts.folded(line)
        return goOn(with: line.drop { $0 == 32 || $0 == 9 })
    }

    /// RFC 5322 §3.6: From and Date must be there, all else may.
    private var headerDepartures: [Departure] {
        hasFrom && hasDate ? [] : [Departure(.missingHeaderField)]
    }
}

extension DotStuffing {
    static var dotOctet: UInt8 { UInt8(ascii: ".") }
}
