import SMTP

/// Entries of a logger that puts the side who speaks behind the line itself: in parentheses, `EHLO a (component=smtp, tnx=client)`, as
/// bunyan's viewer does, or as an indented line of its own below, `    tnx: "client"`, as pino-pretty does.
///
/// It decides which lines are an entry and who says it, and writes the line behind a mark that is read everywhere. Wrong input is an
/// entry that names no side, which stays as it is.
enum EntryFields {
    /// The text with a mark before each line; nil where fewer than three entries name a side, or one side alone speaks.
    static func marked(_ octets: [UInt8]) -> [UInt8]? {
        var reader = Reader()
        var lines = TextLines(octets)
        while let line = lines.next() {
            reader.take(line)
            // What has no such entry among its first lines is no such log.
            if reader.looked > 200, reader.sided < 3 { return nil }
        }
        reader.end()
        guard reader.sided >= 3, Set(reader.entries.compactMap(\.side)).count == 2 else { return nil }
        let depth = depth(reader.entries)
        return reader.entries.flatMap { entry -> [UInt8] in
            guard let side = entry.side, let first = entry.lines.first else { return entry.lines.flatMap { $0 + [10] } }
            let mark = time(first) + (side == .client ? "C: " : "S: ").utf8
            let said = [message(first, depth)] + entry.lines.dropFirst()
            return said.flatMap { mark + $0 + [10] }
        }
    }

    private struct Entry {
        var lines: [ArraySlice<UInt8>]
        var side: Side?
    }

    private struct Reader {
        private(set) var entries: [Entry] = []
        private(set) var looked = 0
        /// Entries that name a side.
        private(set) var sided = 0
        private var open = Entry(lines: [])

        mutating func take(_ line: ArraySlice<UInt8>) {
            looked += 1
            if let (said, side) = EntryFields.inParentheses(line) {
                end()
                entries.append(Entry(lines: [said], side: side))
                sided += 1
            } else if let (name, value) = EntryFields.field(line) {
                // Fields of no entry are words like others.
                guard !open.lines.isEmpty else { return }
                if name == "tnx" || name == "side" { open.side = Side.allCases.first { "\($0)" == value } ?? open.side }
            } else {
                if open.side != nil || EntryFields.clock(line) != nil { end() }
                open.lines.append(line)
            }
        }

        mutating func end() {
            if !open.lines.isEmpty { entries.append(open) }
            if open.side != nil { sided += 1 }
            open = Entry(lines: [])
        }
    }

    /// `… (component=smtp-connection, sid=Xy9, tnx=client)`.
    private static func inParentheses(_ line: ArraySlice<UInt8>) -> (ArraySlice<UInt8>, Side)? {
        guard line.last == UInt8(ascii: ")"), let start = line.lastIndex(of: UInt8(ascii: "(")),
            start > line.startIndex,
            line[start - 1] == 32
        else { return nil }
        let fields = line[(start + 1)...].dropLast().split(separator: UInt8(ascii: ","))
        guard fields.allSatisfy({ $0.contains(UInt8(ascii: "=")) }) else { return nil }
        let side = fields.lazy.compactMap { field -> Side? in
            guard let value = field.trimmed.after("tnx=") ?? field.trimmed.after("side=") else { return nil }
            return Side.allCases.first { "\($0)" == value.text }
        }.first
        return side.map { (line[..<(start - 1)], $0) }
    }

    /// `    tnx: "client"`: an indented name and its value.
    private static func field(_ line: ArraySlice<UInt8>) -> (name: String, value: String)? {
        guard line.starts(with: "  ".utf8) else { return nil }
        let words = line.trimmed
        let name = words.prefix { $0.isLetterOrDigit || $0 == UInt8(ascii: "_") }
        guard !name.isEmpty, let value = words[name.endIndex...].after(": ") else { return nil }
        return (name.text, value.filter { $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: ",") }[...].text)
    }

    private static func clock(_ line: ArraySlice<UInt8>) -> Int? {
        let text = line.first == UInt8(ascii: "[") ? line.dropFirst() : line
        return TimeStamp.read(text)?.length
    }

    private static func time(_ line: ArraySlice<UInt8>) -> [UInt8] {
        guard let length = clock(line) else { return [] }
        return line.drop { $0 == UInt8(ascii: "[") }.prefix(length) + [32]
    }

    private static let colon = Array(": ".utf8)

    /// How many colons stand before what is said, in most of the lines that tell it.
    private static func depth(_ entries: [Entry]) -> Int {
        var votes: [Int: Int] = [:]
        for line in entries.prefix(500).compactMap({ $0.side == nil ? nil : $0.lines.first }) {
            var (rest, depth) = (line, 0)
            while LineShape(rest).side == nil, depth < 8, let next = rest.firstRange(of: colon) {
                rest = rest[next.upperBound...]
                depth += 1
            }
            if LineShape(rest).side != nil { votes[depth, default: 0] += 1 }
        }
        return votes.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key ?? 0
    }

    private static func message(_ line: ArraySlice<UInt8>, _ depth: Int) -> ArraySlice<UInt8> {
        var rest = line
        for _ in 0..<depth {
            guard let next = rest.firstRange(of: colon) else { break }
            rest = rest[next.upperBound...]
        }
        return rest
    }
}
