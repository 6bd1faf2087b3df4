import Notation
import SMTP

/// What programs write in the place of a credential.
enum Placeholders {
    /// What programs write where the credential was; some of them in its Base64.
    private static let words = [
        "/* secret */", "PROVIDED_BUT_REMOVED", "hidden", "****", "xxxx", "XXXX", "omitted", "suppressed",
    ]

    /// What programs write for a whole line that holds a credential.
    private static let linePlaceholders: Set<String> = [
        "*sensitive*", "<credentials hidden>", "[credentials hidden]", "[hidden]", "<hidden>", "[redacted]",
        "<redacted>", "[filtered]", "***", "*****", "********", "<authentication information>",
    ]

    /// Whether the line is nothing but such a word.
    static func areAlone(in line: ArraySlice<UInt8>) -> Bool {
        let text = line.trimmed
        // All of them begin with one of these, which few lines do.
        guard line.count <= 40, let first = text.first, "*<[".utf8.contains(first) else { return false }
        return linePlaceholders.contains(text.text.lowercased())
    }

    /// Whether the octets stand for a credential that the program left out.
    static func stand(in octets: ArraySlice<UInt8>) -> Bool {
        let decoded = Base64.decode(octets)?.lossyText ?? ""
        return words.contains { octets.text.contains($0) || decoded.contains($0) }
    }
}
