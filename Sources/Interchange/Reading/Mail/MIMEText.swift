import Glibc
import Notation
import SMTP

/// A mail as text that can be searched: parts in Base64 and quoted-printable decoded where they stand, other character sets turned
/// into UTF-8 (RFC 2045 §6, RFC 2046 §5.1). Everything else stays, line for line, so that a piece of a mail is read like a whole.
///
/// It decides where a part begins and ends. It does not know what a part is about. Wrong input is a mail that was cut, indented or
/// forwarded: what cannot be decoded stays as it came.
public enum MIMEText {
    /// How deep a mail may lie in another.
    private static let maxDepth = 8

    public static func opened(_ octets: [UInt8]) -> [UInt8] {
        holdsEncoded(octets) ? opened(octets[...], depth: 0) : octets
    }

    /// Whether any part is encoded: most texts are left alone.
    private static func holdsEncoded(_ octets: [UInt8]) -> Bool {
        let words = LogWords(octets[...])
        return words.has("Transfer-Encoding:") || words.has("ransfer-encoding:")
    }

    private static func opened(_ octets: ArraySlice<UInt8>, depth: Int) -> [UInt8] {
        var out: [UInt8] = []
        var part = Part()
        // What comes first is a header only if it looks like one.
        var isHeader = true
        var body: [ArraySlice<UInt8>] = []
        let lines = octets.split(separator: 10, omittingEmptySubsequences: false)
        for (number, raw) in lines.enumerated() {
            let line = raw.last == 13 ? raw.dropLast() : raw
            let next = number + 1 < lines.count ? lines[number + 1] : []
            if beginsPart(line, next, part.boundaries) {
                out += part.decoded(body, depth: depth)
                (body, isHeader) = ([], true)
                part = Part(boundaries: part.boundaries)
                out += line + [10]
            } else if isHeader {
                out += line + [10]
                guard line.isEmpty else {
                    part.take(line)
                    continue
                }
                // Within a mail that lies in a mail another header follows.
                isHeader = part.isMail && !part.isEncoded
                if isHeader { part = Part(boundaries: part.boundaries) }
            } else {
                body.append(line)
            }
        }
        out += part.decoded(body, depth: depth)
        return out
    }

    /// A delimiter that was announced, or a line like one with the header of a part behind it.
    private static func beginsPart(_ line: ArraySlice<UInt8>, _ next: ArraySlice<UInt8>, _ boundaries: [[UInt8]])
        -> Bool
    {
        guard line.starts(with: "--".utf8), line.count > 2 else { return false }
        let rest = line.dropFirst(2)
        return boundaries.contains { rest.starts(with: $0) } || next.prefix(8).equalsIgnoringCase("content-".utf8)
    }

    /// What the header of a part says of its body.
    private struct Part {
        var boundaries: [[UInt8]] = []
        private var encoding = ""
        private var charset = ""
        private(set) var isMail = false
        var isEncoded: Bool { encoding == "base64" || encoding == "quoted-printable" }
        /// The field that a folded line goes on with.
        private var name = ""

        init(boundaries: [[UInt8]] = []) { self.boundaries = boundaries }

        mutating func take(_ line: ArraySlice<UInt8>) {
            let isFolded = line.first?.isBlank == true
            if !isFolded { name = line.prefix { $0 != UInt8(ascii: ":") }.text.lowercased() }
            let value = (isFolded ? line : line.drop { $0 != UInt8(ascii: ":") }.dropFirst()).trimmed
            if name == "content-transfer-encoding", !isFolded { encoding = value.text.lowercased() }
            guard name == "content-type" else { return }
            if !isFolded { isMail = value.prefix(14).equalsIgnoringCase("message/rfc822".utf8) }
            if let found = Self.parameter("charset=", in: value) { charset = found.text.lowercased() }
            if let found = Self.parameter("boundary=", in: value), !found.isEmpty, boundaries.count < 64 {
                boundaries.append(Array(found))
            }
        }

        /// As `boundary="a b"`, `charset=utf-8`.
        private static func parameter(_ name: String, in value: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
            let lower = value.map { (0x41...0x5A).contains($0) ? $0 + 32 : $0 }
            guard let place = lower.firstRange(of: Array(name.utf8)) else { return nil }
            let rest = value.dropFirst(place.upperBound)
            if rest.first == UInt8(ascii: "\"") { return rest.dropFirst().prefix { $0 != UInt8(ascii: "\"") } }
            return rest.prefix { $0 != UInt8(ascii: ";") && !$0.isBlank }
        }

        func decoded(_ lines: [ArraySlice<UInt8>], depth: Int) -> [UInt8] {
            let plain = lines.flatMap { $0 + [10] }
            let octets: [UInt8]
            switch encoding {
            case "base64":
                let digits = plain.filter { $0 > 32 }
                guard let found = Base64.decode(digits) else { return plain }
                octets = found
            case "quoted-printable": octets = QuotedPrintable.decoded(lines)
            default: octets = plain
            }
            if isMail, depth < MIMEText.maxDepth { return MIMEText.opened(octets[...], depth: depth + 1) + [10] }
            let text = CharacterSet.utf8(octets, from: charset)
            return text.last == 10 ? text : text + [10]
        }
    }
}

/// Quoted-printable (RFC 2045 §6.7).
enum QuotedPrintable {
    static func decoded(_ lines: [ArraySlice<UInt8>]) -> [UInt8] {
        var out: [UInt8] = []
        for line in lines {
            var rest = line
            while rest.last?.isBlank == true { rest.removeLast() }
            let isSoft = rest.last == UInt8(ascii: "=")
            if isSoft { rest.removeLast() }
            while let octet = rest.popFirst() {
                let digits = rest.prefix(2)
                if octet == UInt8(ascii: "="), digits.count == 2, let high = digits.first?.hexValue,
                    let low = digits.last?.hexValue
                {
                    out.append(UInt8(high << 4 | low))
                    rest = rest.dropFirst(2)
                } else {
                    out.append(octet)
                }
            }
            if !isSoft { out.append(10) }
        }
        return out
    }
}

/// Character sets of old bounces, as the C library knows them.
enum CharacterSet {
    /// In UTF-8; as it came where nobody knows the set, or the octets are not of it.
    static func utf8(_ octets: [UInt8], from name: String) -> [UInt8] {
        guard !name.isEmpty, !["utf-8", "us-ascii", "utf8"].contains(name),
            name.utf8.allSatisfy({ $0 > 32 && $0 < 127 })
        else { return octets }
        let conversion = iconv_open("UTF-8", name)
        guard conversion != iconv_t(bitPattern: -1) else { return octets }
        defer { iconv_close(conversion) }
        var source = octets.map { CChar(bitPattern: $0) }
        var target = [CChar](repeating: 0, count: octets.count * 4 + 16)
        let written = source.withUnsafeMutableBufferPointer { from in
            target.withUnsafeMutableBufferPointer { to -> Int? in
                var (input, output) = (from.baseAddress, to.baseAddress)
                var (left, room) = (from.count, to.count)
                let capacity = room
                guard iconv(conversion, &input, &left, &output, &room) != -1 else { return nil }
                _ = iconv(conversion, nil, nil, &output, &room)
                return capacity - room
            }
        }
        guard let written else { return octets }
        return target.prefix(written).map { UInt8(bitPattern: $0) }
    }
}
