/// Records of a logging system, each a line: an object of JSON (`{"MESSAGE":"…"}` of journald, `{"log":"…\n","time":"…"}` of Docker) or
/// values with names (`time=… level=DEBUG msg="C: QUIT"`), in which what a program wrote is one value.
///
/// It decides whether the lines are such records, and puts the message in place of each, behind its time. It does not know who wrote
/// them. Records that have the side in a value of its own are left for the dialects that know it.
enum LogRecords {
    /// Where the message stands, THE table; the first that is there counts.
    private static let messages = ["MESSAGE", "message", "msg", "log", "line", "textPayload"]
    private static let times = ["time", "timestamp", "@timestamp", "ts", "t"]
    /// Values that say who speaks.
    private static let sides = ["tnx", "direction", "dir", "side"]

    /// How many lines are looked at.
    private static let maxSample = 400

    /// The lines without what surrounds their messages; nil where they are no records.
    static func lines(of octets: [UInt8]) -> [UInt8]? {
        guard let first = octets.first(where: { $0 > 32 }), isRecordStart(first) else { return nil }
        var sample: [ArraySlice<UInt8>] = []
        var lines = TextLines(octets)
        while sample.count < maxSample, let line = lines.next() { if !line.trimmed.isEmpty { sample.append(line) } }
        let told = sample.compactMap { message(in: $0) }
        guard told.count * 2 > sample.count, told.count(where: { LearnedPrefix.holdsDialogue($0.text[...]) }) >= 2
        else {
            return nil
        }
        var out: [UInt8] = []
        out.reserveCapacity(octets.count)
        var (starts, times): ([Int], [Double]) = ([], [])
        lines = TextLines(octets)
        while let line = lines.next() {
            guard let (time, text) = message(in: line) else {
                out += line + [10]
                continue
            }
            starts.append(out.count)
            if let (stamp, _) = TimeStamp.read(time[...]) { times.append(stamp.seconds) }
            for part in RowsOfText.linesOfReply(text) where !part.isEmpty { out += time + part + [10] }
        }
        return times.count == starts.count && NewestFirst.isTurned(times) ? NewestFirst.turned(out, starts) : out
    }

    private static func isRecordStart(_ octet: UInt8) -> Bool {
        octet == UInt8(ascii: "{") || (0x41...0x5A).contains(octet & 0xDF)
    }

    /// What a record says, and its time with a blank behind it; nil for what is none.
    private static func message(in line: ArraySlice<UInt8>) -> (time: [UInt8], text: [UInt8])? {
        let line = line.trimmed
        let fields: [String: String]
        if line.first == UInt8(ascii: "{") {
            guard let found = FlatJSON.fields(line) ?? FlatJSON.fields(element(of: line)), !line.holds("\"direction\"")
            else { return nil }
            fields = found
        } else {
            guard let found = namedValues(line) else { return nil }
            fields = found
        }
        guard !sides.contains(where: { fields[$0] != nil }),
            let text = messages.lazy.compactMap({ fields[$0] }).first
        else { return nil }
        let time = times.lazy.compactMap { fields[$0] }.first.map { Array($0.utf8) } ?? []
        let isTime = TimeStamp.read(time[...])?.length == time.count && !time.isEmpty
        return (isTime ? time + [32] : [], Array(text.utf8))
    }

    /// The object without the brackets of the array around all of them, which share the first line and the last:
    /// `{"events":[{…},` and `{…}]}`.
    private static func element(of line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var element = line
        if let start = line.prefix(60).firstRange(of: "[{".utf8) { element = element[(start.lowerBound + 1)...] }
        if let end = element.lastIndex(of: UInt8(ascii: "]")),
            element[end...].dropFirst().allSatisfy({ $0.isBlank || $0 == UInt8(ascii: "}") })
        {
            element = element[..<end].trimmed
        }
        return element
    }

    /// `level=DEBUG msg="C: QUIT"`; nil for a line that is not made of such values from its beginning on.
    private static func namedValues(_ line: ArraySlice<UInt8>) -> [String: String]? {
        var fields: [String: String] = [:]
        var rest = line
        while !rest.isEmpty {
            let name = rest.prefix { $0.isLetterOrDigit || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: ".") }
            rest = rest[name.endIndex...]
            guard !name.isEmpty, rest.first == UInt8(ascii: "=") else { return nil }
            rest = rest.dropFirst()
            if rest.first == UInt8(ascii: "\"") {
                var end = rest.startIndex + 1
                while end < rest.endIndex, rest[end] != UInt8(ascii: "\"") {
                    end += rest[end] == UInt8(ascii: "\\") ? 2 : 1
                }
                end = min(end, rest.endIndex)
                fields[name.text] = String(decoding: StringLiteral.read(rest[..<end]) ?? [], as: UTF8.self)
                rest = rest[end...].dropFirst()
            } else {
                let value = rest.prefix { $0 != 32 }
                fields[name.text] = value.text
                rest = rest[value.endIndex...]
            }
            guard rest.first.map({ $0 == 32 }) ?? true else { return nil }
            rest = rest.drop { $0 == 32 }
        }
        return fields
    }
}

extension ArraySlice<UInt8> {
    fileprivate func holds(_ words: StaticString) -> Bool { LogWords(self).has(words) }
}
