/// A log that went through HTML: `SERVER -&gt; CLIENT: 220 …<br>`.
///
/// A session about a mail in HTML is no web page: what counts is that the marks and the paths of the dialogue themselves are escaped.
enum WebPage {
    /// The text without tags and with its entities as characters; nil when it is no web page.
    static func text(of octets: [UInt8]) -> [UInt8]? {
        guard isPage(octets) else { return nil }
        var text: [UInt8] = []
        text.reserveCapacity(octets.count)
        var position = 0
        while position < octets.count {
            switch octets[position] {
            case UInt8(ascii: "<"):
                if let (length, breaks) = tag(octets[position...]) {
                    if breaks, text.last != 10 { text.append(10) }
                    position += length
                    // The line feed behind a <br> is the same line end once more.
                    if breaks { position += lineFeed(octets[position...]) }
                    continue
                }
                text.append(octets[position])
                position += 1
            case UInt8(ascii: "&"):
                if let (length, character) = entity(octets[position...]) {
                    text += character
                    position += length
                } else {
                    text.append(octets[position])
                    position += 1
                }
            default:
                text.append(octets[position])
                position += 1
            }
        }
        return text
    }

    private static let signs = ["-&gt;", "&lt;-", "FROM:&lt;", "TO:&lt;", "&lt;&lt;&lt;", "&gt;&gt;&gt;"]

    private static func isPage(_ octets: [UInt8]) -> Bool {
        let start = octets.prefix(1 << 16)
        let word = start.drop { $0 <= 32 }.prefix(9).map { (0x61...0x7A).contains($0) ? $0 - 32 : $0 }
        if ["<!DOCTYPE", "<HTML", "<PRE>", "<CODE>", "<PRE "].contains(where: { word.starts(with: $0.utf8) }) {
            return true
        }
        if start.contains(UInt8(ascii: "&")), signs.contains(where: { start.firstRange(of: Array($0.utf8)) != nil }) {
            return true
        }
        if holdsLabelledReply(start) { return true }
        // Every line ends in a line break of HTML.
        let lines = start.split { $0 == 10 || $0 == 13 }.prefix(40)
        let broken = lines.count { line in
            let end = line.suffix(6).map { $0 | 0x20 }
            return end.suffix(4) == Array("<br>".utf8) || end.suffix(5) == Array("<br/>".utf8)
                || end.suffix(6) == Array("<br />".utf8).map { $0 | 0x20 }
        }
        return lines.count > 1 && broken * 2 > lines.count
    }

    /// Whether a reply stands at the beginning of preformatted text, behind a label: `<pre>hello: 250-mx.example`.
    private static func holdsLabelledReply(_ octets: ArraySlice<UInt8>) -> Bool {
        var rest = octets
        while let found = rest.firstRange(of: Array("<pre>".utf8)) {
            rest = rest[found.upperBound...]
            let label = rest.prefix(while: \.isLetterOrDigit)
            if label.count < 20, let reply = rest[label.endIndex...].after(": "),
                LineShape(reply.prefix(5)).side == .server
            {
                return true
            }
        }
        return false
    }

    private static func lineFeed(_ octets: ArraySlice<UInt8>) -> Int {
        let blank = octets.prefix { $0 == 13 }
        return octets.dropFirst(blank.count).first == 10 ? blank.count + 1 : 0
    }

    private static let tags: Set<String> = [
        "A", "B", "BODY", "BR", "CODE", "DIV", "DOCTYPE", "EM", "FONT", "H1", "H2", "H3", "HEAD", "HR", "HTML", "I",
        "KBD", "LI",
        "META", "OL", "P", "PRE", "SAMP", "SPAN", "STRONG", "STYLE", "TABLE", "TBODY", "TD", "TITLE", "TR", "TT", "U",
        "UL",
    ]
    private static let breaking: Set<String> = ["BR", "DIV", "H1", "H2", "H3", "HR", "LI", "P", "PRE", "TR"]

    /// How long the tag is that begins here, and whether a new line begins at it; nil when it is none of HTML's.
    private static func tag(_ octets: ArraySlice<UInt8>) -> (length: Int, breaks: Bool)? {
        let inside = octets.dropFirst().prefix(400)
        let isEnd = inside.first == UInt8(ascii: "/")
        let start = inside.drop { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "!") }
        let name = start.prefix { ($0 | 0x20) >= 0x61 && ($0 | 0x20) <= 0x7A || (0x30...0x39).contains($0) }
        let word = String(decoding: name.map { (0x61...0x7A).contains($0) ? $0 - 32 : $0 }, as: UTF8.self)
        guard tags.contains(word), let close = inside.firstIndex(of: UInt8(ascii: ">")) else { return nil }
        guard let next = start.dropFirst(name.count).first,
            next == UInt8(ascii: ">") || next == UInt8(ascii: "/") || next <= 32
        else { return nil }
        return (close + 1 - octets.startIndex, breaking.contains(word) && !(isEnd && word == "BR"))
    }

    /// Whether elements of HTML have this name.
    static func isTag(_ name: String) -> Bool { tags.contains(name.uppercased()) }

    /// The text with its entities as characters.
    static func decoded(_ text: ArraySlice<UInt8>) -> [UInt8] {
        guard text.contains(UInt8(ascii: "&")) else { return Array(text) }
        var out: [UInt8] = []
        var position = text.startIndex
        while position < text.endIndex {
            if text[position] == UInt8(ascii: "&"), let (length, character) = entity(text[position...]) {
                out += character
                position += length
            } else {
                out.append(text[position])
                position += 1
            }
        }
        return out
    }

    private static let names: [String: [UInt8]] = [
        "lt": [0x3C], "gt": [0x3E], "amp": [0x26], "quot": [0x22], "apos": [0x27], "nbsp": [0x20],
        "rarr": Array("->".utf8), "larr": Array("<-".utf8), "hellip": Array("...".utf8),
    ]

    /// The character that an entity stands for, and how long the entity is.
    private static func entity(_ octets: ArraySlice<UInt8>) -> (length: Int, character: [UInt8])? {
        let inside = octets.dropFirst().prefix(10)
        guard let end = inside.firstIndex(of: UInt8(ascii: ";")) else { return nil }
        let length = end + 1 - octets.startIndex
        let name = String(decoding: inside[..<end], as: UTF8.self)
        if let character = names[name.lowercased()] { return (length, character) }
        guard name.hasPrefix("#") else { return nil }
        let digits = name.dropFirst()
        let isHex = digits.first == "x" || digits.first == "X"
        guard let number = UInt32(isHex ? digits.dropFirst() : digits, radix: isHex ? 16 : 10),
            let scalar = Unicode.Scalar(number), number >= 32 || number == 9 || number == 10 || number == 13
        else { return nil }
        return (length, number == 0xA0 ? [0x20] : UTF8.encode(scalar).map(Array.init) ?? [])
    }
}
