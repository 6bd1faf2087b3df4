import Tracing

/// THE rule of what a lesson file may put on a screen or into a document: characters that show, and nothing else.
///
/// A character has several ways into a lesson: as it stands in the file, as an escape of YAML in the front matter
/// (`"\e"`), as an entity of Markdown (`&#27;`). Each way ends here; what would not show becomes U+FFFD.
enum LessonOctets {
    /// Whether a character may stand in the text of a lesson, which has lines and tabs of its own.
    static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        // Nearly all of a text.
        case 9, 10, 0x20...0x7E: true
        default: WireText.isShown(scalar)
        }
    }

    /// A text that has no lines, such as a title.
    static func line(_ text: String) -> String {
        guard !WireText.isShown(text) else { return text }
        var clean = ""
        for scalar in text.unicodeScalars {
            clean.unicodeScalars.append(WireText.isShown(scalar) ? scalar : "\u{FFFD}")
        }
        return clean
    }

    /// The text of a file: CRLF and CR as LF, no byte order mark. Nil when it is no UTF-8.
    static func text(_ octets: [UInt8]) -> String? {
        var octets = octets[...]
        if octets.starts(with: [0xEF, 0xBB, 0xBF]) { octets = octets.dropFirst(3) }
        guard let text = String(validating: octets, as: UTF8.self) else { return nil }
        guard !text.unicodeScalars.allSatisfy(isAllowed) else { return text }
        var clean = ""
        var afterCR = false
        for scalar in text.unicodeScalars {
            if scalar == "\r" || (scalar == "\n" && !afterCR) {
                clean.unicodeScalars.append("\n")
            } else if scalar != "\n" {
                clean.unicodeScalars.append(isAllowed(scalar) ? scalar : "\u{FFFD}")
            }
            afterCR = scalar == "\r"
        }
        return clean
    }
}
