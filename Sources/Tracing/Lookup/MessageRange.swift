import DNS

extension TraceLine {
    /// Which octets of its DNS message a span of this line was read from, the whole line with nil. Nil for what is no lookup, for the
    /// blanks between the pieces, and where the message does not hold it.
    public func messageRange(ofSpan span: Int?) -> Range<Int>? {
        guard case .record(let line) = content, !message.isEmpty else { return nil }
        // Pieces and the blanks between them take turns.
        guard span.map({ $0.isMultiple(of: 2) && $0 / 2 < line.pieces.count }) ?? true else { return nil }
        return MessagePlaces(message).range(of: line, piece: span.map { $0 / 2 })
    }

    /// The spans that stand for octets of a wire: of a lookup, whose line is our own table, the blanks are left out.
    public var spansOfWire: [Int] {
        let all = Array(spans.indices)
        guard case .record = content else { return all }
        return all.filter { $0.isMultiple(of: 2) }
    }
}

/// Where in a DNS message the pieces of a line stand.
private struct MessagePlaces {
    private let reading: MessageReading

    init(_ octets: [UInt8]) { reading = MessageReader.read(octets) }

    func range(of line: DNSLine, piece: Int?) -> Range<Int>? {
        switch line.kind {
        case .question: question(piece)
        case .header, .failure: header(line, piece)
        case .exchanger: exchanger(line, piece)
        case .record: record(line, piece)
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

    private func record(_ line: DNSLine, _ piece: Int?) -> Range<Int>? {
        let entry = reading.entries.first { $0.record.map { LookupTracer.line(of: $0).pieces == line.pieces } ?? false }
        guard let entry else { return nil }
        switch piece {
        case nil: return entry.range
        case 0: return field(.type, of: entry)
        case 1: return field(.owner, of: entry)
        case 2: return field(.ttl, of: entry)
        default: return data(of: entry)
        }
    }

    /// Of the data what the line shows: the address, the name, else all of it.
    private func data(of entry: MessageReading.Entry) -> Range<Int>? {
        let told: [MessageReading.Kind] = [.address, .canonicalName, .nameServer, .primaryServer]
        if let range = told.lazy.compactMap({ field($0, of: entry) }).first { return range }
        return field(.dataLength, of: entry).map { $0.upperBound..<entry.range.upperBound }
    }

    private func field(_ kind: MessageReading.Kind, of entry: MessageReading.Entry) -> Range<Int>? {
        reading.layout.first { $0.place == entry.place && $0.kind == kind }?.range
    }
}
