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

    /// The text: CRLF and CR as LF, no byte order mark, controls and private characters as U+FFFD. Nil when it is no UTF-8.
    static func text(_ octets: [UInt8]) -> String? {
        var octets = octets[...]
        if octets.starts(with: [0xEF, 0xBB, 0xBF]) { octets = octets.dropFirst(3) }
        guard let text = String(validating: octets, as: UTF8.self) else { return nil }
        // The tab and the line feed are the only controls of a good file.
        guard octets.contains(where: { $0 >= 0x7F || $0 < 32 && $0 != 9 && $0 != 10 }) else { return text }
        var clean = ""
        var afterCR = false
        for scalar in text.unicodeScalars {
            if scalar == "\r" || (scalar == "\n" && !afterCR) {
                clean.unicodeScalars.append("\n")
            } else if scalar != "\n" {
                let isPrivate = scalar.properties.generalCategory == .privateUse
                clean.unicodeScalars.append(isAllowed(scalar) && !isPrivate ? scalar : "\u{FFFD}")
            }
            afterCR = scalar == "\r"
        }
        return clean
    }
}
