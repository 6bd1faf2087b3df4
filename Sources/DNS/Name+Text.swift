import Notation

/// The text form of a name, as zone files write it (RFC 1035 §5.1).
extension Name: CustomStringConvertible {
    /// The labels joined by dots, without the dot at the end; the root is ".".
    ///
    /// A dot or a backslash inside a label is written `\.` and `\\`, an octet that is no visible ASCII character `\DDD`
    /// in decimal: so the text never holds a control character, and reading it gives the same octets again.
    public var description: String { isRoot ? "." : labels.map(Self.text(of:)).joined(separator: ".") }

    /// One label in its text form.
    static func text(of label: [UInt8]) -> String {
        var text = ""
        for octet in label {
            switch octet {
            case UInt8(ascii: "."), UInt8(ascii: "\\"): text += "\\" + String(Unicode.Scalar(octet))
            case 0x21...0x7E: text.unicodeScalars.append(Unicode.Scalar(octet))
            default: text += "\\" + octet.decimal(3)
            }
        }
        return text
    }

    /// Reads the text form; a dot at the end changes nothing.
    public init(_ text: String) throws(NameError) {
        let octets = Array(text.utf8)
        guard !octets.isEmpty else { throw .empty }
        guard octets != [UInt8(ascii: ".")] else { self = .root; return }
        var labels: [[UInt8]] = [[]]
        var at = 0
        while at < octets.count {
            let octet = octets[at]
            guard octet < 0x80 else { throw .notASCII(at: at) }
            switch octet {
            case UInt8(ascii: "."): labels.append([])
            case UInt8(ascii: "\\"):
                let (meant, count) = try Self.escaped(octets, at)
                labels[labels.count - 1].append(meant)
                at += count
                continue
            default: labels[labels.count - 1].append(octet)
            }
            at += 1
        }
        if labels.last == [] { labels.removeLast() }
        try self.init(labels: labels)
    }

    /// The octet that the escape at `at` stands for, and how many octets of text it takes.
    private static func escaped(_ octets: [UInt8], _ at: Int) throws(NameError) -> (UInt8, Int) {
        guard at + 1 < octets.count else { throw .badEscape(at: at) }
        guard (0x30...0x39).contains(octets[at + 1]) else {
            guard octets[at + 1] < 0x80 else { throw .notASCII(at: at + 1) }
            return (octets[at + 1], 2)
        }
        let digits = octets[(at + 1)...].prefix(3)
        guard digits.count == 3, digits.allSatisfy({ (0x30...0x39).contains($0) }) else { throw .badEscape(at: at) }
        guard let octet = UInt8(exactly: digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }) else {
            throw .badEscape(at: at)
        }
        return (octet, 4)
    }
}
