import SMTP
import Tracing

/// A text that a person has in hand, fit to be quoted: credentials masked, what would not show escaped, never endless.
struct PastedText {
    /// The most lines that are looked at; a log has as many, a bounce far fewer.
    static let maxLines = 20_000
    /// The most octets of a line.
    static let maxLine = 8_000

    /// Without line ends; tabs are blanks.
    let lines: [String]
    /// The lines that hold something, without blanks at their ends.
    let filled: [Substring]

    init(_ octets: [UInt8]) {
        var rows: [[UInt8]] = []
        for row in octets.split(separator: 10, maxSplits: Self.maxLines, omittingEmptySubsequences: false) {
            guard rows.count < Self.maxLines else { break }
            rows.append(row.prefix(Self.maxLine).filter { $0 != 13 }.map { $0 == 9 ? 32 : $0 })
        }
        let lines = zip(rows, CredentialsInText.masked(rows)).map { raw, masked in
            let shown = WireText.shown(masked)
            // What masks a line to its end takes the codes of the reply along, which are no secret.
            guard raw != masked, ReplyInText.first(in: shown) == nil,
                let reply = ReplyInText.first(in: WireText.shown(raw)), let code = reply.code
            else { return shown }
            guard let status = reply.status else {
                return Self.loginCodes.contains(code) && !reply.text.isEmpty ? "\(shown), reply \(code)" : shown
            }
            return "\(shown): \(code) \(status)"
        }
        self.init(lines: lines)
    }

    init(lines: [String]) {
        self.lines = lines
        filled = Self.filled(lines)
    }

    /// What a login is refused with (RFC 4954 §4, §6): no other number is shown in the place of what was masked.
    private static let loginCodes: Set<UInt16> = [432, 454, 501, 504, 530, 534, 535, 538]

    private static func filled(_ lines: [String]) -> [Substring] { lines.map(\.trimmed).filter { !$0.isEmpty } }
}

extension StringProtocol {
    /// Without blanks at both ends.
    var trimmed: SubSequence {
        let start = firstIndex { $0 != " " } ?? endIndex
        let end = lastIndex { $0 != " " }.map { index(after: $0) } ?? start
        return self[start..<end]
    }

    /// What stands between the first `open` and the next `close` behind it.
    func between(_ open: String, _ close: String) -> Substring? {
        guard let rest = behind(open), let end = rest.place(of: close) else { return nil }
        return rest[..<end.lowerBound]
    }

    /// What stands behind the first `mark`, to the end.
    func behind(_ mark: String) -> Substring? {
        let text = Substring(self)
        return text.place(of: mark).map { text[$0.upperBound...] }
    }

    /// What stands before the first `mark`; all where it is not there.
    func before(_ mark: String) -> Substring {
        let text = Substring(self)
        return text.place(of: mark).map { text[..<$0.lowerBound] } ?? text
    }

    /// Where words stand first. By octets, which takes a fraction of the time that characters do.
    func place(of words: String) -> Range<String.Index>? {
        Substring(self).utf8.withContiguousStorageIfAvailable { text -> Range<Int>? in
            var words = words
            return words.withUTF8 { mark -> Range<Int>? in
                guard let first = mark.first, text.count >= mark.count else { return nil }
                for at in 0...(text.count - mark.count) where text[at] == first {
                    if (1..<mark.count).allSatisfy({ text[at + $0] == mark[$0] }) { return at..<at + mark.count }
                }
                return nil
            }
        }?.map { found in
            let octets = Substring(self).utf8
            let start = octets.index(octets.startIndex, offsetBy: found.lowerBound)
            return start..<octets.index(start, offsetBy: found.count)
        } ?? nil
    }

    /// Whether words stand somewhere.
    func has(_ words: String) -> Bool { place(of: words) != nil }

    /// Without one pair of angle brackets, or what stands in the first such pair.
    var path: Substring {
        let text = Substring(self).trimmed
        return text.between("<", ">") ?? text
    }
}
