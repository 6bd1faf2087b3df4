import SMTP

/// The octets of a lesson file made into lines that are safe to read.
enum LessonOctets {
    /// Whether a character may stand in a lesson: no controls, nothing that turns the direction of text.
    static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 9, 10: true
        case 0..<32, 0x7F...0x9F: false
        default: !scalar.isBidiControl
        }
    }

    /// Without a meaning of its own (The Unicode Standard §23.5). Told by its number: to look up the category of every
    /// character of a lesson takes longer than to draw it.
    private static func isPrivate(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0xE000...0xF8FF, 0xF_0000...0xF_FFFD, 0x10_0000...0x10_FFFD: true
        default: false
        }
    }

    /// The text: CRLF and CR as LF, no byte order mark, controls and private characters as U+FFFD. Nil when it is no UTF-8.
    static func text(_ octets: [UInt8]) -> String? {
        var octets = octets[...]
        if octets.starts(with: [0xEF, 0xBB, 0xBF]) { octets = octets.dropFirst(3) }
        guard let text = String(validating: octets, as: UTF8.self) else { return nil }
        guard !text.unicodeScalars.allSatisfy({ isAllowed($0) && !isPrivate($0) }) else { return text }
        var clean = ""
        var afterCR = false
        for scalar in text.unicodeScalars {
            if scalar == "\r" || (scalar == "\n" && !afterCR) {
                clean.unicodeScalars.append("\n")
            } else if scalar != "\n" {
                clean.unicodeScalars.append(isAllowed(scalar) && !isPrivate(scalar) ? scalar : "\u{FFFD}")
            }
            afterCR = scalar == "\r"
        }
        return clean
    }
}
