import SMTP

/// A log whose rows are objects of JSON or rows of a table in Markdown: what stands before and behind a line of the dialogue in
/// them is set aside, but for a time and for what tells the two sides apart.
///
/// It decides which value holds the dialogue, and which the side. It does not know whose log it is. Wrong input is a row that
/// is none, which stays as it is.
enum RowsOfText {
    /// The text with a line for each row; nil when its lines are no such rows, or a notation of its own reads them.
    static func divided(_ octets: [UInt8]) -> [UInt8]? {
        var lines = TextLines(octets)
        var sample: [Row] = []
        var others = 0
        while sample.count < 200, others <= sample.count + 3, let line = lines.next() {
            if line.trimmed.isEmpty { continue }
            guard let row = Row(line) else {
                others += 1
                continue
            }
            // A table's heading stands above its rule.
            if row.isRule { _ = sample.popLast() } else { sample.append(row) }
        }
        guard sample.count >= 3, others * 4 <= sample.count, let message = message(sample) else { return nil }
        let side = side(sample, besides: message)
        var text: [UInt8] = []
        var (starts, times): ([Int], [Double]) = ([], [])
        lines = TextLines(octets)
        while let line = lines.next() {
            guard let row = Row(line), let said = row.values[message] else {
                text += line + [10]
                continue
            }
            if row.isRule {
                text.removeLast(text.count - (starts.popLast() ?? text.count))
                continue
            }
            var front: [UInt8] = row.time.map { $0 + [32] } ?? []
            starts.append(text.count)
            if let (stamp, _) = TimeStamp.read(front[...]) { times.append(stamp.seconds) }
            if let side, let mark = row.values[side] {
                front += Array(mark) + Array((mark.last?.isLetterOrDigit ?? false ? ": " : " ").utf8)
            }
            for line in linesOfReply(said) { text += front + line + [10] }
        }
        return times.count == starts.count && NewestFirst.isTurned(times) ? NewestFirst.turned(text, starts) : text
    }

    /// Values by the name of their column.
    struct Row {
        var values: [String: [UInt8]] = [:]

        init?(_ line: ArraySlice<UInt8>) {
            if line.first == UInt8(ascii: "{") {
                guard let fields = FlatJSON.fields(line), fields["tnx"] == nil, fields.count >= 2 else { return nil }
                values = fields.mapValues { Array($0.utf8) }
            } else if line.first == UInt8(ascii: "|"), line.trimmed.last == UInt8(ascii: "|") {
                let cells = line.trimmed.dropFirst().dropLast().split(
                    separator: UInt8(ascii: "|"),
                    omittingEmptySubsequences: false
                )
                guard cells.count >= 2 else { return nil }
                for (index, cell) in cells.enumerated() { values["\(index)"] = Array(Self.plain(cell.trimmed)) }
            } else {
                return nil
            }
        }

        /// Without the marks of code.
        private static func plain(_ cell: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
            guard cell.count >= 2, cell.first == UInt8(ascii: "`"), cell.last == UInt8(ascii: "`") else { return cell }
            return cell.dropFirst().dropLast()
        }

        /// The rule below the heading of a table: `|---|:--|`.
        var isRule: Bool { values.values.allSatisfy { $0.count >= 3 && $0.allSatisfy { "-:".utf8.contains($0) } } }

        /// The value that is a time.
        var time: [UInt8]? {
            values.lazy.filter { ["time", "timestamp", "ts", "@timestamp", "date"].contains($0.key.lowercased()) }
                .map(\.value).first { TimeStamp.read($0[...]) != nil }
        }
    }

    /// The column whose values hold replies and commands.
    private static func message(_ rows: [Row]) -> String? {
        let names = Set(rows.flatMap(\.values.keys)).sorted()
        let counted = names.map { name in
            (
                name: name,
                sides: rows.compactMap { row in row.values[name].flatMap { $0.count > 3 ? sideHeld($0[...]) : nil } }
            )
        }
        guard let best = counted.max(by: { $0.sides.count < $1.sides.count }), best.sides.count * 3 >= rows.count,
            best.sides.count >= 3, Set(best.sides).count == 2
        else { return nil }
        return best.name
    }

    /// The side that a value tells, perhaps behind a mark.
    static func sideHeld(_ value: ArraySlice<UInt8>) -> Side? {
        let line = value.prefix { $0 != 10 && $0 != 13 }
        return line.indices.prefix(40).lazy.compactMap { at -> Side? in
            let isStart = at == line.startIndex || line[at - 1] == 32 || line[at - 1] == UInt8(ascii: ":")
            return isStart && !line[at].isBlank ? LineShape(line[at...]).side : nil
        }.first
    }

    /// The column that has one value where the client speaks and another where the server does.
    private static func side(_ rows: [Row], besides message: String) -> String? {
        let spoken = rows.compactMap { row in
            row.values[message].flatMap { LineShape($0.prefix { $0 != 10 && $0 != 13 }).side }.map { (row, $0) }
        }
        guard Set(spoken.map(\.1)).count == 2 else { return nil }
        return Set(rows.flatMap(\.values.keys)).subtracting([message]).sorted().first { name in
            let values = Dictionary(grouping: spoken) { $0.0.values[name] }
            return values.count == 2 && values[nil] == nil && values.values.allSatisfy { Set($0.map(\.1)).count == 1 }
        }
    }

    /// Lines of a value; where only the first of a reply has its code, the others get it (RFC 5321 §4.2.1).
    static func linesOfReply(_ value: [UInt8]) -> [[UInt8]] {
        let lines = value[...].linesOfText.map { Array($0) }
        guard lines.count > 1, let first = lines.first,
            lines.dropFirst().allSatisfy({ LineShape($0[...]).side == nil || $0[...].isOffer }),
            let code = first.indices.first(where: { at in
                if case .reply(_, false) = LineShape(first[at...]) { return at == 0 || first[at - 1] == 32 }
                return false
            }), first.count > code + 3
        else { return lines }
        return lines.enumerated().map { index, line in
            let text = index == 0 ? line.dropFirst(code + 4) : line[...]
            let mark = index < lines.count - 1 ? UInt8(ascii: "-") : 32
            return Array(first[..<(code + 3)]) + [mark] + text
        }
    }
}

extension ArraySlice<UInt8> {
    /// Whether it is a keyword of the answer to EHLO with its parameters, some of which are verbs as well: `AUTH LOGIN PLAIN`. Behind
    /// such a verb stand mechanisms alone: what else stands there may be a credential.
    var isOffer: Bool {
        let words = split { $0 == 32 || $0 == UInt8(ascii: "=") }
        guard let word = words.first, Extension.all.contains(where: { $0.keyword.utf8.elementsEqual(word) }) else {
            return false
        }
        return LineShape(self).side != .client || words.dropFirst().allSatisfy { Mechanism(named: $0) != nil }
    }
}
