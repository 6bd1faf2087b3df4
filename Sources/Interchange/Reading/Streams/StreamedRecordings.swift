import Tracing

/// Recordings that come line by line, one behind the other.
struct StreamedRecordings {
    private var reader: RecordingReader?
    /// The number of the one under way; nil while nothing has happened in it.
    private var number: Int?

    /// What whole lines tell; throws when the first is no header.
    mutating func read(_ lines: [UInt8], _ count: inout Int) throws(RecordingError) -> [SessionNews] {
        var news: [SessionNews] = []
        for part in SessionFile.parts(of: lines) {
            var rest = part[...]
            if RecordingReader.recognises(part) {
                news += end()
                let header = part.prefix { $0 != 10 }
                reader = try RecordingReader(header: header)
                rest = part.dropFirst(header.count + 1)
            }
            news += happened(in: rest, &count)
        }
        return news
    }

    private mutating func happened(in lines: ArraySlice<UInt8>, _ count: inout Int) -> [SessionNews] {
        guard var reader else { return [] }
        var events: [WireEvent] = []
        reader.read(lines) { events.append($0) }
        self.reader = reader
        guard !events.isEmpty else { return [] }
        let current = number ?? count
        let began: [SessionNews] = number == nil ? [.init(number: current, kind: .began(reader.header))] : []
        if number == nil { count += 1 }
        number = current
        return began + events.map { .init(number: current, kind: .happened($0)) }
    }

    /// What is left to be told, once no more lines come.
    mutating func end() -> [SessionNews] {
        defer { (reader, number) = (nil, nil) }
        guard let reader, let number else { return [] }
        return [.init(number: number, kind: .over(warnings: reader.warnings))]
    }
}
