import Tracing

/// One function a medium: how text that somebody else wrote reaches it without doing anything there.
public enum Escaping {
    /// For one line of a message or a list: file names, titles, options. Controls and whatever is not UTF-8 become `\xHH`.
    public static func message(_ text: String) -> String { WireText.shown(text.utf8) }

    /// For running text in Markdown: every sign that could be markup has a backslash, and nothing becomes a link by itself.
    ///
    /// The result is one line. What a line may not begin with is for whoever begins the line.
    public static func markdown(_ text: String) -> String {
        var escaped = ""
        for scalar in message(text).unicodeScalars {
            if markdownSigns.contains(scalar) { escaped += "\\" }
            escaped.unicodeScalars.append(scalar)
        }
        return escaped.replacing("www.", with: "www\\.").replacing("://", with: "\\://")
    }

    private static let markdownSigns = Set("\\`*_{}[]<>#|~&$".unicodeScalars)

    /// For a screen that shows ASCII alone: known signs are replaced by what comes close, each other octet by `\xHH`.
    public static func ascii(_ text: String) -> String {
        guard text.utf8.contains(where: { $0 >= 0x80 }) else { return text }
        var shown = ""
        for scalar in text.unicodeScalars {
            if scalar.isASCII {
                shown.unicodeScalars.append(scalar)
            } else if let close = closest[scalar] {
                shown += close
            } else {
                for octet in UTF8.encode(scalar).map(Array.init) ?? [] {
                    shown += "\\x" + String(octet, radix: 16, uppercase: true)
                }
            }
        }
        return shown
    }

    /// The signs that our own texts use.
    private static let closest: [Unicode.Scalar: String] = [
        "➔": "->", "→": "->", "←": "<-", "·": "-", "•": "*", "…": "...", "–": "-", "—": "--", "‑": "-", "§": "section ",
        "‘": "'", "’": "'", "“": "\"", "”": "\"", "×": "x", "≤": "<=", "≥": ">=", "│": "|", "─": "-", "✔": "v",
        "✘": "x",
        "⚑": "!", "\u{A0}": " ",
    ]
}
