import Notation
import SMTP
import Tracing

/// Passwords in the words of a program: its settings, its command line, what it puts in the place of one.
enum Credentials {
    private static let options: Set<String> = [
        "--auth-password", "-ap", "--auth-user", "-au", "--password", "--pass", "-pass", "--user", "-u",
    ]
    private static let mask = String(decoding: Mask.octets, as: UTF8.self)

    /// The words with each password as eight stars.
    static func masked(_ text: String) -> String {
        guard
            text.utf8.contains(where: {
                $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "@") || $0 | 0x20 == UInt8(ascii: "p")
            })
        else { return text }
        // `password = secret`, `smtp_pass: secret`, whatever it is.
        if let sign = text.firstIndex(where: { $0 == "=" || $0 == ":" }), text[..<sign].lowercased().contains("pass"),
            !text[..<sign].contains(where: { $0 == " " || $0 == "-" })
                || text[..<sign].trimmingSpaces.allSatisfy({ $0 != " " })
        {
            return String(text[...sign]) + " " + mask
        }
        var words = text.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
        for index in words.indices {
            if index > 0, options.contains(words[index - 1]) { words[index] = mask }
            let word = words[index]
            if let sign = word.firstIndex(of: "="), word[..<sign].lowercased().contains("pass") {
                words[index] = word[...sign] + mask
            }
            // smtp://user:password@host
            guard let scheme = word.firstRange(of: "://"), let at = word.lastIndex(of: "@"), at > scheme.upperBound,
                let colon = word[scheme.upperBound..<at].firstIndex(of: ":")
            else { continue }
            words[index] = word[...colon] + mask + word[at...]
        }
        return words.joined(separator: " ")
    }

    /// What programs write where the credential was; some of them in its Base64.
    private static let placeholders = [
        "/* secret */", "PROVIDED_BUT_REMOVED", "hidden", "****", "xxxx", "XXXX", "omitted", "suppressed",
    ]

    /// What programs write for a whole line that holds a credential.
    private static let linePlaceholders: Set<String> = [
        "*sensitive*", "<credentials hidden>", "[credentials hidden]", "[hidden]", "<hidden>", "[redacted]",
        "<redacted>", "[filtered]", "***", "*****", "********", "<authentication information>",
    ]

    /// Whether the line is nothing but such a word.
    static func isPlaceholderAlone(_ line: ArraySlice<UInt8>) -> Bool {
        let words = line.trimmed
        // All of them begin with one of these, which few lines do.
        guard line.count <= 40, let first = words.first, "*<[".utf8.contains(first) else { return false }
        return linePlaceholders.contains(words.text.lowercased())
    }

    /// Whether the octets stand for a credential that the program left out.
    static func isPlaceholder(_ octets: ArraySlice<UInt8>) -> Bool {
        let decoded = Base64.decode(octets)?.lossyText ?? ""
        return placeholders.contains { octets.text.contains($0) || decoded.contains($0) }
    }
}

extension Substring {
    fileprivate var trimmingSpaces: Substring { drop { $0 == " " }.reversedDrop }

    private var reversedDrop: Substring { self[..<(lastIndex { $0 != " " }.map(index(after:)) ?? startIndex)] }
}
