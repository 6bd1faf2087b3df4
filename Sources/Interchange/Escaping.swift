import Notation
import Tracing

/// One function a medium: how text that somebody else wrote reaches it without doing anything there.
public enum Escaping {
    /// For one line of a message or a list: file names, titles, options. Controls and whatever is not UTF-8 become `\xHH`.
    public static func message(_ text: String) -> String { WireText.shown(text) }

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

    /// For the text and the attributes of an HTML page: nothing in it can begin or end an element, an attribute or a comment.
    public static func html(_ text: String) -> String { entities(message(text)) }

    /// For the text and the attributes of an XML document such as an SVG (XML 1.0 §2.2 allows no controls, even escaped).
    public static func xml(_ text: String) -> String { entities(message(text)) }

    private static func entities(_ text: String) -> String {
        guard text.utf8.contains(where: { entity($0) != nil }) else { return text }
        var escaped: [UInt8] = []
        escaped.reserveCapacity(text.utf8.count + 16)
        for octet in text.utf8 {
            if let entity = entity(octet) { escaped += entity.utf8 } else { escaped.append(octet) }
        }
        return String(decoding: escaped, as: UTF8.self)
    }

    private static func entity(_ octet: UInt8) -> String? {
        switch octet {
        case UInt8(ascii: "&"): "&amp;"
        case UInt8(ascii: "<"): "&lt;"
        case UInt8(ascii: ">"): "&gt;"
        case UInt8(ascii: "\""): "&quot;"
        case UInt8(ascii: "'"): "&#39;"
        case UInt8(ascii: "`"): "&#96;"
        default: nil
        }
    }

    /// For JSON inside a `script` element: what could end the element or begin a comment in it is written as `\u…`.
    ///
    /// `json` is JSON already, where these signs stand only inside strings.
    public static func scriptData(_ json: String) -> String {
        json.replacing("<", with: "\\u003c").replacing(">", with: "\\u003e").replacing("&", with: "\\u0026")
            .replacing("\u{2028}", with: "\\u2028").replacing("\u{2029}", with: "\\u2029")
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
                    shown += "\\x" + octet.hex(2, uppercase: true)
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
