import SMTP

/// What the header of a mail tells about its way, and whether somebody put a line into it: read a line at a time, nothing kept but
/// a few numbers.
struct MailHeaderSigns: Sendable {
    /// The number of its Message-ID (RFC 5322 §3.6.4); nil where it has none.
    private(set) var messageID: Int?
    /// The numbers of the queue ids in its Received fields (RFC 5321 §4.4), the newest first.
    private(set) var received: [Int] = []
    /// How many Received fields there are.
    private(set) var hops = 0
    private(set) var isOver = false
    /// The name of the field that was put in, and the line where.
    private(set) var injected: (field: String, line: Int?)?

    private enum Field: Sendable { case other, messageID, received }
    private var field = Field.other
    /// The last line of a Received field ended in the word before a queue id.
    private var awaitsID = false
    /// A line that ended in LF alone, and what field follows it; it counts once another line of the header ended rightly.
    private var afterLF: (field: String, line: Int?)?
    private var endedInLF = false
    private var hasCRLF = false

    /// No mail that is tied to others has come further (RFC 5321 §6.3 speaks of a hundred; the newest tell).
    private static let maxHops = 12

    // MARK: Lines

    /// A line of the header without its end.
    mutating func read(_ line: UnsafeBufferPointer<UInt8>, isLF: Bool, number: Int? = nil) {
        guard !isOver else { return }
        guard let first = line.first else { return end() }
        if endedInLF, let name = Self.injectable(line), afterLF == nil { afterLF = (name, number) }
        if isLF { endedInLF = true } else { (endedInLF, hasCRLF) = (false, true) }
        if injected == nil, let name = Self.hidden(line) { injected = (name, number) }
        if first == 32 || first == 9 { return goOn(line) }
        field = Self.field(line)
        awaitsID = false
        if field == .received { hops += 1 }
        goOn(line)
    }

    /// Plain lines, each with its CRLF.
    mutating func readPlain(_ lines: UnsafeBufferPointer<UInt8>) {
        var start = 0
        while start < lines.count, !isOver {
            var end = start
            while end < lines.count, lines[end] != 13 { end += 1 }
            read(UnsafeBufferPointer(rebasing: lines[start..<end]), isLF: false)
            start = end + 2
        }
    }

    /// The header is over. A client that ends all its lines in LF put nothing in between.
    mutating func end() {
        guard !isOver else { return }
        isOver = true
        if hasCRLF, injected == nil { injected = afterLF }
    }

    private mutating func goOn(_ line: UnsafeBufferPointer<UInt8>) {
        switch field {
        case .other: return
        case .messageID:
            guard messageID == nil, let open = line.firstIndex(of: UInt8(ascii: "<")),
                let close = line[open...].firstIndex(of: UInt8(ascii: ">")), close > open + 1
            else { return }
            messageID = Self.number(line[(open + 1)..<close])
        case .received: receivedID(line)
        }
    }

    /// The word behind `id`, wherever its line is folded.
    private mutating func receivedID(_ line: UnsafeBufferPointer<UInt8>) {
        var at = 0
        while let word = Self.nextWord(line, &at) {
            if awaitsID {
                if received.count < Self.maxHops, word.count >= QueueIDs.minOctets {
                    received.append(Self.number(word))
                }
                awaitsID = false
            } else {
                awaitsID = word.count == 2 && word.first.map { $0 | 32 } == 0x69 && word.last.map { $0 | 32 } == 0x64
            }
        }
    }

    private static func nextWord(_ line: UnsafeBufferPointer<UInt8>, _ at: inout Int) -> Slice<
        UnsafeBufferPointer<UInt8>
    >? {
        while at < line.count, !QueueIDs.mayHold(line[at]) { at += 1 }
        let start = at
        while at < line.count, QueueIDs.mayHold(line[at]) { at += 1 }
        return at > start ? line[start..<at] : nil
    }

    static func number(_ octets: Slice<UnsafeBufferPointer<UInt8>>) -> Int {
        var hasher = Hasher()
        hasher.combine(bytes: UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(octets.base)[octets.indices]))
        return hasher.finalize()
    }

    private static func field(_ line: UnsafeBufferPointer<UInt8>) -> Field {
        // Nearly all lines are other fields, which the first letter and the colon's place tell.
        guard line.count > 10 else { return .other }
        if line[8] == UInt8(ascii: ":"), begins(line, "RECEIVED") { return .received }
        if line[10] == UInt8(ascii: ":"), begins(line, "MESSAGE-ID") { return .messageID }
        return .other
    }

    private static func begins(_ line: UnsafeBufferPointer<UInt8>, _ name: StaticString) -> Bool {
        guard line.count >= name.utf8CodeUnitCount else { return false }
        return (0..<name.utf8CodeUnitCount).allSatisfy { index in
            let octet = line[index]
            return ((0x61...0x7A).contains(octet) ? octet & 0xDF : octet) == name.utf8Start[index]
        }
    }
}

// MARK: What was put in

extension MailHeaderSigns {
    /// Fields that somebody puts in to make another mail of it: other recipients, another sender, another content.
    private static let injectables = [
        "bcc", "cc", "to", "from", "reply-to", "subject", "content-type", "content-transfer-encoding", "mime-version",
    ]

    /// The field that a line begins with, where it is one of those.
    private static func injectable(_ line: UnsafeBufferPointer<UInt8>, from start: Int = 0) -> String? {
        injectables.first { name in
            let length = name.utf8.count
            guard start + length < line.count, line[start + length] == UInt8(ascii: ":") else { return false }
            return zip(name.utf8, line[start...]).allSatisfy { $0 == ($1 | 0x20) || $0 == $1 }
        }
    }

    /// The field that is hidden in a line behind a line end that was written in some code: `%0a`, `=0A`, `\n`, or a CR alone.
    static func hidden(_ line: UnsafeBufferPointer<UInt8>) -> String? {
        for (index, octet) in line.enumerated()
        where octet == UInt8(ascii: "%") || octet == UInt8(ascii: "=") || octet == UInt8(ascii: "\\") || octet == 13 {
            var at = index
            while at < line.count, let length = lineEnd(line, at) { at += length }
            guard at > index else { continue }
            // What follows may have a space before it, which a field has not: then it is text.
            if let name = injectable(line, from: at) { return name }
        }
        return nil
    }

    /// Whether a line end of whatever spelling may stand in a line: nearly none has an octet that begins one.
    static func mayHoldLineEnd(_ line: UnsafeBufferPointer<UInt8>) -> Bool {
        line.contains { $0 == UInt8(ascii: "%") || $0 == UInt8(ascii: "=") || $0 == UInt8(ascii: "\\") || $0 == 13 }
    }

    /// Whether a line end stands inside the argument of a command, a path, a name or a parameter: a CR alone, or one in some code that is
    /// CR and LF, or that commands follow. A percent sign may also name a host (`user%host@relay`), which is no line end.
    static func breaksArgument(_ line: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let open = line.firstIndex(where: { $0 == UInt8(ascii: "<") || $0 == 58 || $0 == 32 }) else {
            return false
        }
        var at = open
        while at < line.count {
            var end = at
            var kinds: Set<UInt8> = []
            while end < line.count, let length = lineEnd(line, end) {
                kinds.insert(line[end] == 13 ? 13 : line[end + length - 1] | 0x20)
                end += length
            }
            guard end > at else {
                at += 1
                continue
            }
            let isInside = end < line.count && at > open
            let isBare = kinds.contains(13) && isInside
            let isPair = kinds.count > 1 && isInside && line[at] != UInt8(ascii: "\\")
            if isBare || isPair || end < line.count && beginsCommand(line, from: end) { return true }
            at = end
        }
        return false
    }

    /// What somebody puts in to say more than the path: the commands of a mail.
    private static let commands = ["rcpt to:", "mail from:", "data", "quit", "rset", "bdat ", "auth ", "starttls"]

    private static func beginsCommand(_ line: UnsafeBufferPointer<UInt8>, from start: Int) -> Bool {
        commands.contains { word in
            let end = start + word.utf8.count
            guard end <= line.count, zip(word.utf8, line[start...]).allSatisfy({ $0 == $1 | 0x20 }) else {
                return false
            }
            // A word is whole.
            return end == line.count || !word.utf8.allSatisfy { $0 >= 0x61 } || lineEnd(line, end) != nil
                || line[end] == UInt8(ascii: ">") || line[end] == 32
        }
    }

    /// How many octets spell a line end here; nil where none does.
    private static func lineEnd(_ line: UnsafeBufferPointer<UInt8>, _ at: Int) -> Int? {
        if line[at] == 13 { return 1 }
        guard at + 1 < line.count else { return nil }
        if line[at] == UInt8(ascii: "\\") {
            return line[at + 1] == UInt8(ascii: "n") || line[at + 1] == UInt8(ascii: "r") ? 2 : nil
        }
        guard at + 2 < line.count, line[at] == UInt8(ascii: "%") || line[at] == UInt8(ascii: "="),
            line[at + 1] == UInt8(ascii: "0")
        else { return nil }
        let digit = line[at + 2] | 0x20
        return digit == UInt8(ascii: "a") || digit == UInt8(ascii: "d") ? 3 : nil
    }
}

/// The words by which a server may have named what it took: queue ids look like this in a reply and in a Received field.
enum QueueIDs {
    /// A shorter word is none.
    static let minOctets = 5
    /// The most words of a reply that are kept.
    private static let maxWords = 12

    static func mayHold(_ octet: UInt8) -> Bool {
        (0x30...0x39).contains(octet) || (0x41...0x5A).contains(octet) || (0x61...0x7A).contains(octet)
            || octet == UInt8(ascii: "-") || octet == UInt8(ascii: "_") || octet == UInt8(ascii: ".")
    }

    /// Words of a reply that hold a digit.
    static func numbers(in octets: UnsafeBufferPointer<UInt8>) -> [Int] {
        var numbers: [Int] = []
        var at = 4
        while at < octets.count, numbers.count < maxWords {
            while at < octets.count, !mayHold(octets[at]) { at += 1 }
            let start = at
            while at < octets.count, mayHold(octets[at]) { at += 1 }
            var end = at
            while end > start, octets[end - 1] == UInt8(ascii: ".") { end -= 1 }
            let word = octets[start..<end]
            if word.count >= minOctets, word.contains(where: { (0x30...0x39).contains($0) }) {
                numbers.append(MailHeaderSigns.number(word))
            }
        }
        return numbers
    }
}
