/// A text that somebody copied, as lines of octets: what a terminal, an editor or a web page did to it is undone, and said.
///
/// Octets that are no UTF-8 stay as they are. Nothing of a line is changed but what is named in `steps`.
struct TranscriptText {
    /// The text without marks of its medium. Lines end in LF, CR, CRLF or CR CR LF, as they came.
    let octets: [UInt8]
    /// What was undone, each in a sentence for a person.
    let steps: [String]

    /// Whether it is these octets, and nothing was undone.
    func isUnchanged(from raw: [UInt8]) -> Bool { steps.isEmpty && octets.count == raw.count }

    /// Whether octets may be text: no controls but those that terminals and mails are full of. UTF-16 counts as well.
    static func isText(_ octets: some Collection<UInt8>) -> Bool {
        if UTF16Order(of: octets) != nil { return true }
        // Tab, LF, FF, CR; ESC and BEL and backspace stand in what `script` writes; NUL ends up in some logs.
        return octets.allSatisfy { $0 >= 32 || [7, 8, 9, 10, 12, 13, 14, 15, 27].contains($0) }
    }

    init(_ raw: [UInt8]) {
        var steps: [String] = []
        var octets = raw
        if let order = UTF16Order(of: raw) {
            octets = order.decoded(raw)
            steps.append("the text was in UTF-16 and was read as UTF-8")
        } else if raw.starts(with: [0xEF, 0xBB, 0xBF]) {
            octets.removeFirst(3)
        }
        if octets.contains(27) || octets.contains(8) {
            octets = TerminalMarks.removed(from: octets)
            steps.append("colours and cursor movements of a terminal were taken out")
        }
        if let plain = TypesetArrows.plain(octets) {
            octets = plain
            steps.append("the dashes of its arrows were read as hyphens")
        }
        if let lines = NestedRecords.lines(of: octets) {
            octets = lines
            steps.append("the records were taken out of the document around them")
        }
        if let plain = WebPage.text(of: octets) {
            octets = plain
            steps.append("the markup of a web page was taken out")
        }
        if let lines = LogRecords.lines(of: octets) {
            octets = lines
            steps.append("the messages were taken out of the records of a logging system")
        }
        if let lines = EntryFields.marked(octets) {
            octets = lines
            steps.append("the side that the fields of each entry name was put before its line")
        }
        if let lines = NewestFirst.turned(octets) {
            octets = lines
            steps.append("the newest entry stood first, and the order was turned")
        }
        if let lines = LearnedSuffix.removed(from: octets) {
            octets = lines
            steps.append("what stands behind each line alike was set aside")
        }
        if let lines = RunTogetherLog.divided(octets) {
            octets = lines
            steps.append("lines that were run together were divided where a time stands")
        }
        if let lines = RowsOfText.divided(octets) {
            octets = lines
            steps.append("the lines were taken out of the rows that held them")
        }
        if let (lines, program) = Dump.lines(of: octets) {
            octets = lines
            steps.append("the octets were taken out of \(program)")
        }
        self.octets = octets
        self.steps = steps
    }
}

/// UTF-16 as Windows programs write it, told by its mark or by the zeros of its ASCII.
enum UTF16Order {
    case little, big

    init?(of octets: some Collection<UInt8>) {
        let start = Array(octets.prefix(256))
        if start.starts(with: [0xFF, 0xFE]) {
            self = .little
            return
        }
        if start.starts(with: [0xFE, 0xFF]) {
            self = .big
            return
        }
        guard start.count >= 8 else { return nil }
        let even = stride(from: 0, to: start.count, by: 2).count { start[$0] == 0 }
        let odd = stride(from: 1, to: start.count, by: 2).count { start[$0] == 0 }
        let most = start.count / 2
        if even == 0, odd * 10 >= most * 9 {
            self = .little
        } else if odd == 0, even * 10 >= most * 9 {
            self = .big
        } else {
            return nil
        }
    }

    /// The text in UTF-8; half a character at the end, and halves without their other half, become U+FFFD.
    func decoded(_ octets: [UInt8]) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(octets.count / 2 + 16)
        let (high, low) = self == .big ? (0, 1) : (1, 0)
        let units = stride(from: 0, to: octets.count - 1, by: 2).lazy.map {
            UInt16(octets[$0 + high]) << 8 | UInt16(octets[$0 + low])
        }
        var isFirst = true
        _ = transcode(units.makeIterator(), from: UTF16.self, to: UTF8.self, stoppingOnError: false) { unit in
            text.append(unit)
            if isFirst, text.count == 3 {
                isFirst = false
                if text == [0xEF, 0xBB, 0xBF] { text.removeAll() }
            }
        }
        if octets.count % 2 == 1 { text += [0xEF, 0xBF, 0xBD] }
        return text
    }
}

/// What a terminal was told besides text: colours, titles, cursor movements (ECMA-48), and letters that were rubbed out.
enum TerminalMarks {
    /// What of a sequence was read so far. A state machine, one octet at a time.
    private enum State {
        case text
        case escape
        /// Behind `ESC (` and its like: one octet more.
        case charset
        /// Behind `ESC [` until an octet from `@` to `~`.
        case control
        /// A title or the like, until BEL or `ESC \`.
        case string
        case stringEscape
    }

    static func removed(from octets: [UInt8]) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(octets.count)
        var state = State.text
        for octet in octets {
            switch (state, octet) {
            case (.text, 27): state = .escape
            // A person rubbed out a letter; not beyond the start of the line.
            case (.text, 8): if let last = text.last, last != 10, last != 13 { text.removeLast() }
            case (.text, 7), (.text, 14), (.text, 15): break
            case (.text, _): text.append(octet)
            case (.escape, UInt8(ascii: "[")): state = .control
            case (.escape, UInt8(ascii: "]")), (.escape, UInt8(ascii: "P")), (.escape, UInt8(ascii: "^")),
                (.escape, UInt8(ascii: "_")):
                state = .string
            case (.escape, 0x20...0x2F): state = .charset
            case (.escape, _), (.charset, _): state = .text
            case (.control, 0x40...0x7E): state = .text
            case (.control, 10), (.string, 10), (.stringEscape, 10):
                // A sequence that was cut off does not swallow the lines behind it.
                text.append(octet)
                state = .text
            case (.control, _): break
            case (.string, 7): state = .text
            case (.string, 27): state = .stringEscape
            case (.string, _): break
            case (.stringEscape, UInt8(ascii: "\\")): state = .text
            case (.stringEscape, _): state = .string
            }
        }
        return text
    }
}

extension ArraySlice<UInt8> {
    /// Without the blanks that it begins with, at most so many.
    func dropIndent(_ count: Int) -> ArraySlice<UInt8> {
        count == 0 ? self : dropFirst(prefix(count).prefix { $0 == 32 }.count)
    }
}
