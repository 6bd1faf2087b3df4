import DNS

extension TraceLine {
    /// Which octets of its DNS message a span of this line was read from, the whole line with nil. Nil for what is no lookup, for the
    /// blanks between the pieces, and where the message does not hold it.
    public func messageRange(ofSpan span: Int?) -> Range<Int>? {
        guard case .record(let line) = content, !message.isEmpty else { return nil }
        guard let span else { return MessagePlaces(message, line).range(ofPiece: nil) }
        return messageRanges(ofSpans: [span]).first ?? nil
    }

    /// The same of many spans, the message read once.
    public func messageRanges(ofSpans numbers: [Int]) -> [Range<Int>?] {
        guard case .record(let line) = content, !message.isEmpty else { return numbers.map { _ in nil } }
        let places = MessagePlaces(message, line)
        let spans = spans
        return numbers.map { number in
            guard spans.indices.contains(number), spans[number].kind != .separator,
                let piece = line.piece(at: spans[number].range.lowerBound)
            else { return nil }
            let inside = spans[number].range.lowerBound - piece.start..<spans[number].range.upperBound - piece.start
            return places.range(ofPiece: piece.index, inside: inside)
        }
    }

    /// The spans that stand for octets of a wire: of a lookup, whose line is our own table, the blanks are left out.
    public var spansOfWire: [Int] {
        let spans = spans
        let all = Array(spans.indices)
        guard case .record = content else { return all }
        return all.filter { spans[$0].kind != .separator }
    }
}

/// Where in a DNS message the pieces of a line stand.
private struct MessagePlaces {
    private let reading: MessageReading
    private let line: DNSLine
    /// The record that the line is about, where it is about one that is shown whole.
    private let entry: MessageReading.Entry?
    private let text: TextRecord?

    init(_ octets: [UInt8], _ line: DNSLine) {
        self.line = line
        reading = MessageReader.read(octets)
        let shown = line.text
        entry =
            line.kind != .record
            ? nil
            : reading.entries.first { $0.record.map { LookupTracer.line(of: $0).text == shown } ?? false }
        text = line.textRecord(ofPiece: DNSLine.firstValue)
    }

    /// Where a piece stands, or of the text of a record the part that is `inside` of it.
    func range(ofPiece piece: Int, inside: Range<Int>) -> Range<Int>? {
        guard let whole = range(ofPiece: piece) else { return nil }
        guard piece == DNSLine.firstValue, let part = text?.dataRange(ofText: inside) else { return whole }
        return whole.lowerBound + part.lowerBound..<whole.lowerBound + part.upperBound
    }

    func range(ofPiece piece: Int?) -> Range<Int>? {
        switch line.kind {
        case .question: question(piece)
        case .header, .failure: header(line, piece)
        case .exchanger: exchanger(line, piece)
        case .record: record(piece)
        }
    }

    private func question(_ piece: Int?) -> Range<Int>? {
        guard let entry = reading.entries.first(where: { $0.place.section == .question }) else { return nil }
        return piece.map { field($0 == 0 ? .questionType : .questionName, of: entry) } ?? entry.range
    }

    private func header(_ line: DNSLine, _ piece: Int?) -> Range<Int>? {
        let header = reading.layout.filter { $0.place == nil && $0.kind != .trailing && $0.kind != .unread }
        guard let first = header.first, let last = header.last else { return nil }
        guard let piece else { return first.range.lowerBound..<last.range.upperBound }
        if line.pieces[piece].anchor.path == "dns/extended-error" {
            return reading.layout.first { $0.kind == .optionData }?.range
        }
        return header.first { $0.kind == (piece == 1 ? .answerCount : .flags) }?.range
    }

    private func exchanger(_ line: DNSLine, _ piece: Int?) -> Range<Int>? {
        let words = line.pieces.map(\.text)
        let entry = reading.entries.first { entry in
            guard let record = entry.record, case .mx(let preference, let exchange) = record.data else { return false }
            return Array(words.prefix(4)) == ["MX", "\(preference)", "\(exchange)", "\(record.ttl)"]
        }
        guard let entry else { return nil }
        guard let piece else { return entry.range }
        let kinds: [MessageReading.Kind] = [.type, .preference, .exchange, .ttl]
        if kinds.indices.contains(piece) { return field(kinds[piece], of: entry) }
        return reading.entries.first { $0.record.map { Self.address(of: $0) == words[piece] } ?? false }.flatMap {
            field(.address, of: $0)
        }
    }

    private static func address(of record: ResourceRecord) -> String? {
        switch record.data {
        case .a(let address): "\(address)"
        case .aaaa(let address): "\(address)"
        default: nil
        }
    }

    private func record(_ piece: Int?) -> Range<Int>? {
        guard let entry else { return nil }
        switch piece {
        case nil: return entry.range
        case 0: return field(.type, of: entry)
        case 1: return field(.owner, of: entry)
        case 2: return field(.ttl, of: entry)
        default: return value((piece ?? 0) - DNSLine.firstValue, of: entry)
        }
    }

    /// Where the values of a record stand whose data the reader divides, in the order in which they are shown.
    private static let kinds: [RecordType: [MessageReading.Kind]] = [
        .mx: [.preference, .exchange],
        .soa: [.primaryServer, .responsibleMailbox, .serial, .refresh, .retry, .expire, .minimum],
        .tlsa: [.certificateUsage, .selector, .matchingType, .associationData],
    ]

    private func value(_ number: Int, of entry: MessageReading.Entry) -> Range<Int>? {
        if let kinds = entry.record.flatMap({ Self.kinds[$0.type] }), kinds.indices.contains(number) {
            return field(kinds[number], of: entry)
        }
        guard let data = data(of: entry) else { return nil }
        guard case .other(let type, let octets)? = entry.record?.data else { return data }
        let fields = RecordField.fields(of: type, octets)
        guard fields.indices.contains(number) else { return data }
        return data.lowerBound + fields[number].range.lowerBound..<data.lowerBound + fields[number].range.upperBound
    }

    /// Of the data what the line shows: the address, the name, else all of it.
    private func data(of entry: MessageReading.Entry) -> Range<Int>? {
        let told: [MessageReading.Kind] = [.address, .canonicalName, .nameServer, .pointedName]
        if let range = told.lazy.compactMap({ field($0, of: entry) }).first { return range }
        return field(.dataLength, of: entry).map { $0.upperBound..<entry.range.upperBound }
    }

    private func field(_ kind: MessageReading.Kind, of entry: MessageReading.Entry) -> Range<Int>? {
        reading.layout.first { $0.place == entry.place && $0.kind == kind }?.range
    }
}
