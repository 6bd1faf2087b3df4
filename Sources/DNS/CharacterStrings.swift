import Notation

/// Character-strings in their text form, as zone files write them (RFC 1035 §5.1): each in quotation marks, with a backslash before a
/// quotation mark and before a backslash, and `\DDD` in decimal for an octet that cannot be seen.
///
///     "v=spf1 ip4:192.0.2.25 -all"
public enum CharacterStrings {
    public static func text(of strings: [[UInt8]]) -> String { strings.map(text(of:)).joined(separator: " ") }

    private static func text(of string: [UInt8]) -> String {
        var text = "\""
        for octet in string {
            switch octet {
            case quote, backslash: text += "\\" + String(Unicode.Scalar(octet))
            case 32...126: text.unicodeScalars.append(Unicode.Scalar(octet))
            default: text += "\\" + octet.decimal(3)
            }
        }
        return text + "\""
    }

    private static let quote = UInt8(ascii: "\"")
    private static let backslash = UInt8(ascii: "\\")

    /// One octet of the strings: where it stands in their text, and where in the data of the record.
    public struct Octet: Equatable, Sendable {
        public let value: UInt8
        public let text: Range<Int>
        public let data: Int
    }

    /// The octets of all strings, read from their text form; what is outside of quotation marks stands for nothing.
    public static func octets(ofText text: some Collection<UInt8>) -> [Octet] {
        let text = Array(text)
        var octets: [Octet] = []
        var (at, data, isInside) = (0, 0, false)
        while at < text.count {
            if text[at] == quote {
                isInside.toggle()
                // Each string begins with an octet that says how long it is (RFC 1035 §3.3).
                if isInside { data += 1 }
                at += 1
                continue
            }
            guard isInside else {
                at += 1
                continue
            }
            let (value, count) = octet(text[at...])
            octets.append(Octet(value: value, text: at..<at + count, data: data))
            (at, data) = (at + count, data + 1)
        }
        return octets
    }

    /// The octet that stands at the beginning of a text, and how much of the text says so.
    private static func octet(_ text: ArraySlice<UInt8>) -> (UInt8, Int) {
        let rest = text.dropFirst().prefix(3)
        guard let first = text.first, first == backslash, let next = rest.first else { return (text.first ?? 0, 1) }
        guard rest.count == 3, rest.allSatisfy({ (0x30...0x39).contains($0) }) else { return (next, 2) }
        let number = rest.reduce(0) { $0 * 10 + Int($1 - 0x30) }
        return (UInt8(truncatingIfNeeded: number), 4)
    }
}
