import SMTP

/// What a logging system puts before a line: time, host, program and process, level, logger.
struct LogPrefix {
    var time: TimeStamp?
    /// Program and process, as `postfix/smtpd[123]`; empty when the line tells none.
    var process: ArraySlice<UInt8>
    /// What is left of the line.
    var rest: ArraySlice<UInt8>

    /// Whether a server or a client of SMTP writes this log: smtpd(8) hears clients, smtp(8) and lmtp(8) hear servers.
    var program: Side? {
        let slash = UInt8(ascii: "/")
        var name = process.prefix { $0 != UInt8(ascii: "[") && $0 != UInt8(ascii: ":") }
        while name.last == slash { name = name.dropLast() }
        if let last = name.lastIndex(of: slash) { name = name[(last + 1)...] }
        if name.elementsEqual("smtpd".utf8) { return .server }
        return name.elementsEqual("smtp".utf8) || name.elementsEqual("lmtp".utf8) ? .client : nil
    }

    /// Takes the prefix off; nil when the line has none.
    static func read(_ line: ArraySlice<UInt8>) -> LogPrefix? {
        var prefix = LogPrefix(time: nil, process: line[line.startIndex..<line.startIndex], rest: line)
        // `web-1  | `, as a manager of containers has it, and `D, ` of Ruby's logger.
        if let bar = line.prefix(40).firstIndex(of: UInt8(ascii: "|")), line[..<bar].last?.isBlank == true,
            line[..<bar].allSatisfy({ $0.isWordLike || $0.isBlank })
        {
            prefix.rest = line[(bar + 1)...].after(" ") ?? line[(bar + 1)...]
        } else if line.count > 3, line.dropFirst().starts(with: ", ".utf8) {
            prefix.rest = line.dropFirst(3)
        }
        let hasFrame = prefix.rest.count < line.count
        var hasStamp = false
        var parts = 0
        while parts < 8 {
            parts += 1
            if !hasStamp, prefix.takeTime() {
                hasStamp = true
                if prefix.takeColumns() { break }
            } else if hasStamp, prefix.process.isEmpty, prefix.takeHostAndProgram() {
                continue
            } else if prefix.takeLevel(isFirst: !hasStamp && !hasFrame)
                || (hasStamp && (prefix.takeNumber() || prefix.takeIdentifier()))
            {
                continue
            } else {
                break
            }
        }
        return prefix.rest.count < line.count ? prefix : nil
    }

    private var withoutSpace: ArraySlice<UInt8> { rest.drop(while: \.isBlank) }

    /// Goes behind what was read, its closing bracket and the space or the mark that follows.
    private mutating func go(behind end: Int, in text: ArraySlice<UInt8>, isFramed: Bool = false) {
        var text = text[end...]
        if isFramed {
            text = text.drop { $0 == UInt8(ascii: "]") || $0 == UInt8(ascii: ")") || $0 == UInt8(ascii: "\"") }
        }
        if let behind = text.after(" - ") ?? text.after(": ") ?? text.after(" | ") ?? text.after(" -- : ") {
            text = behind
        }
        // One space at most: those behind it may be the log's own.
        rest = text.after(" ") ?? text.after("\t") ?? text
    }

    private mutating func takeTime() -> Bool {
        let text = withoutSpace
        let inside = text.first.map { "[(\"<".utf8.contains($0) } == true ? text.dropFirst() : text
        guard let (stamp, length) = TimeStamp.read(inside) else { return false }
        time = stamp
        var end = inside.startIndex + length
        let isFramed = inside.count < text.count
        // `[2026-11-24T23:10:50.123456 #1234]`.
        if isFramed, let close = inside[end...].prefix(16).firstIndex(of: UInt8(ascii: "]")),
            inside[end..<close].allSatisfy({ $0.isBlank || $0 == UInt8(ascii: "#") || (0x30...0x39).contains($0) })
        {
            end = close
        }
        go(behind: end, in: inside, isFramed: isFramed)
        return true
    }

    /// The columns of Android's log behind its time, padded with blanks: process, thread, level and tag, as
    /// `  4123  4150 D k9mail  : `.
    private mutating func takeColumns() -> Bool {
        let words = rest.prefix(80)
        let columns = words.split(separator: 32, maxSplits: 3)
        guard columns.count == 4, columns[2].count == 1, "VDIWEF".utf8.contains(columns[2].first ?? 0),
            columns[..<2].allSatisfy({ $0.allSatisfy { (0x30...0x39).contains($0) } }),
            let colon = columns[3].firstIndex(of: 58), columns[3][..<colon].trimmed.allSatisfy(\.isWordLike)
        else { return false }
        process = columns[0]
        rest = rest[(colon + 1)...].after(" ") ?? rest[(colon + 1)...]
        return true
    }

    /// `host postfix/smtpd[123]: `, of syslog.
    private mutating func takeHostAndProgram() -> Bool {
        let words = rest.prefix(200)
        guard let colon = words.firstRange(of: Self.processEnd) else { return false }
        let head = rest[..<colon.lowerBound]
        let program = head.lastIndex(of: 32).map { head[($0 + 1)...] } ?? head
        guard !head[..<program.startIndex].dropLast().contains(32),
            let open = program.lastIndex(of: UInt8(ascii: "[")), open > program.startIndex,
            program[(open + 1)...].allSatisfy({ (0x30...0x39).contains($0) }),
            program.count - 1 > open - program.startIndex
        else { return false }
        process = rest[program.startIndex..<colon.lowerBound]
        rest = rest[colon.upperBound...]
        return true
    }

    private static let processEnd = Array("]: ".utf8)

    private static let levels: Set<String> = [
        "TRACE", "DEBUG", "FINE", "FINER", "FINEST", "INFO", "NOTICE", "WARN", "WARNING", "ERROR", "D", "I", "DBG",
        "INF",
        "VERBOSE", "PROTOCOL",
    ]

    /// `DEBUG`, `[DEBUG]`, `DEBUG:smtplib:`. Without a time before it, it must be marked as one.
    private mutating func takeLevel(isFirst: Bool) -> Bool {
        let text = withoutSpace
        let isFramed = text.first == UInt8(ascii: "[") || text.first == UInt8(ascii: "<")
        let inside = isFramed ? text.dropFirst() : text
        let word = inside.prefix { ($0 | 0x20) >= 0x61 && ($0 | 0x20) <= 0x7A }
        guard (1...8).contains(word.count), Self.levels.contains(word.text.uppercased()) else { return false }
        let next = inside.dropFirst(word.count).first
        guard
            isFramed
                ? next == UInt8(ascii: "]") || next == UInt8(ascii: ">")
                : next == nil || next == 32 || next == 9 || next == 58
        else { return false }
        // `DEBUG:smtplib:send: …` is Python's; `DEBUG SMTP: …` is JavaMail's own, and no prefix.
        if isFirst {
            guard !isFramed, next == 58, let name = loggerName(inside.dropFirst(word.count + 1)) else { return false }
            rest = inside[name...]
            return true
        }
        go(behind: word.endIndex, in: inside, isFramed: isFramed)
        if next == 58, let name = loggerName(inside.dropFirst(word.count + 1)) { rest = inside[name...] }
        return true
    }

    /// Where it goes on behind `name:`.
    private func loggerName(_ text: ArraySlice<UInt8>) -> Int? {
        let name = text.prefix(while: \.isWordLike)
        guard !name.isEmpty, text.dropFirst(name.count).first == 58 else { return nil }
        return name.endIndex + 1
    }

    /// A session as Haraka names it, `[UUID]`, in a transaction `[UUID.1]`, and behind it the part of the program, `[core]`.
    private mutating func takeIdentifier() -> Bool {
        let text = withoutSpace
        guard process.isEmpty, text.first == UInt8(ascii: "["), text.count > 38 else { return false }
        let uuid = text.dropFirst().prefix { $0.hexValue != nil || $0 == UInt8(ascii: "-") }
        guard uuid.count == 36, uuid.count(where: { $0 == UInt8(ascii: "-") }) == 4 else { return false }
        let number = text[uuid.endIndex...].prefix { $0 == UInt8(ascii: ".") || (0x30...0x39).contains($0) }
        guard text[number.endIndex...].first == UInt8(ascii: "]") else { return false }
        process = uuid
        go(behind: number.endIndex, in: text, isFramed: true)
        if rest.first == UInt8(ascii: "["), let close = rest.firstIndex(of: UInt8(ascii: "]")),
            rest[..<close].dropFirst().allSatisfy(\.isWordLike)
        {
            go(behind: close, in: rest, isFramed: true)
        }
        return true
    }

    /// A process or thread: `[1234]`, `#1234`, `(1234)`, `1234 ` of four digits, which no reply code has.
    private mutating func takeNumber() -> Bool {
        let text = withoutSpace
        let isFramed = text.first.map { "[(#".utf8.contains($0) } == true
        let inside = isFramed ? text.dropFirst() : text
        let digits = inside.prefix { (0x30...0x39).contains($0) }
        guard !digits.isEmpty, digits.count <= 10, isFramed || digits.count >= 4 && process.isEmpty else {
            return false
        }
        let next = inside.dropFirst(digits.count).first
        guard next == 32 || next == 9 || next == 93 || next == 41 || next == 58 else { return false }
        if process.isEmpty { process = digits }
        go(behind: digits.endIndex, in: inside, isFramed: isFramed)
        return true
    }
}

extension UInt8 {
    /// What names of programs and loggers are made of.
    fileprivate var isWordLike: Bool {
        (0x30...0x39).contains(self) || ((self | 0x20) >= 0x61 && (self | 0x20) <= 0x7A) || "._-/@".utf8.contains(self)
    }
}
