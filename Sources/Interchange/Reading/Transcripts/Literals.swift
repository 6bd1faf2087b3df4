import Notation

/// A literal of a programming language, as logs hold them: `'ehlo a\r\n'`, `b'250 ok\r\n'`, `"220 …\n"`.
enum StringLiteral {
    /// The octets it stands for; nil when the line does not begin with a literal. A literal that is not closed ends with the line.
    static func read(_ text: ArraySlice<UInt8>) -> [UInt8]? {
        let body = text.first == UInt8(ascii: "b") || text.first == UInt8(ascii: "u") ? text.dropFirst() : text
        guard let quote = body.first, quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\"") else { return nil }
        var octets: [UInt8] = []
        var position = body.startIndex + 1
        while position < body.endIndex, body[position] != quote {
            guard body[position] == UInt8(ascii: "\\"), position + 1 < body.endIndex else {
                octets.append(body[position])
                position += 1
                continue
            }
            position += escape(body[(position + 1)...], into: &octets) + 1
        }
        return octets
    }

    private static let letters: [UInt8: UInt8] = [
        UInt8(ascii: "n"): 10, UInt8(ascii: "r"): 13, UInt8(ascii: "t"): 9, UInt8(ascii: "0"): 0, UInt8(ascii: "e"): 27,
        UInt8(ascii: "a"): 7, UInt8(ascii: "b"): 8, UInt8(ascii: "f"): 12, UInt8(ascii: "v"): 11,
    ]

    /// Appends what stands behind a backslash and gives how many octets of the literal it took.
    private static func escape(_ text: ArraySlice<UInt8>, into octets: inout [UInt8]) -> Int {
        guard let letter = text.first else { return 0 }
        switch letter {
        case UInt8(ascii: "x"), UInt8(ascii: "u"):
            let most = letter == UInt8(ascii: "x") ? 2 : 4
            var digits = text.dropFirst().prefix(most).prefix { $0.hexValue != nil }
            // `\u{1F4E7}` of Ruby.
            let isBraced = letter == UInt8(ascii: "u") && text.dropFirst().first == UInt8(ascii: "{")
            if isBraced { digits = text.dropFirst(2).prefix(6).prefix { $0.hexValue != nil } }
            guard !digits.isEmpty else {
                octets.append(letter)
                return 1
            }
            let value = digits.reduce(UInt32(0)) { $0 << 4 | UInt32($1.hexValue ?? 0) }
            if letter == UInt8(ascii: "x") {
                octets.append(UInt8(value))
            } else {
                octets += Unicode.Scalar(value).flatMap { UTF8.encode($0).map(Array.init) } ?? [0xEF, 0xBF, 0xBD]
            }
            return 1 + digits.count + (isBraced ? 2 : 0)
        default:
            octets.append(letters[letter] ?? letter)
            return 1
        }
    }
}

/// A JSON object whose strings and numbers are wanted, and nothing nested.
enum FlatJSON {
    /// The object's strings and numbers by their names; nil when the line is no object.
    static func fields(_ line: ArraySlice<UInt8>) -> [String: String]? {
        guard line.count < 1 << 20 else { return nil }
        var fields: [String: String] = [:]
        var position = line.startIndex
        var depth = 0
        var name: String?
        while position < line.endIndex {
            switch line[position] {
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                depth -= 1
                name = nil
            case UInt8(ascii: ","): if depth == 1 { name = nil }
            case UInt8(ascii: "\""):
                let (text, end) = string(line, position)
                if depth == 1 {
                    if let known = name { fields[known] = text } else { name = text }
                }
                position = end
                continue
            case 0x30...0x39, UInt8(ascii: "-"):
                let digits = line[position...].prefix { (0x30...0x39).contains($0) || ".-+eE".utf8.contains($0) }
                if depth == 1, let known = name { fields[known] = digits.text }
                position = digits.endIndex
                continue
            default: break
            }
            position += 1
        }
        return depth == 0 && line.first == UInt8(ascii: "{") ? fields : nil
    }

    /// The string whose quote is at `start`, and where it goes on behind it.
    private static func string(_ line: ArraySlice<UInt8>, _ start: Int) -> (String, Int) {
        var position = start + 1
        while position < line.endIndex, line[position] != UInt8(ascii: "\"") {
            position += line[position] == UInt8(ascii: "\\") ? 2 : 1
        }
        let end = min(position, line.endIndex)
        return (
            String(decoding: StringLiteral.read(line[start..<end]) ?? [], as: UTF8.self), min(end + 1, line.endIndex)
        )
    }
}
