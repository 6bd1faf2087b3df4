/// How many columns text takes, and what of it may be drawn.
///
/// Decides for one scalar at a time, because that is what terminals agree on: an emoji sequence is drawn as the
/// emoji it is made of. Does not know the terminal; `Curses` has the last word on a scalar that it cannot paint.
public enum TextWidth {
    /// Marks kept on one base character. More are a flood: they are cut, and a placeholder says how many.
    public static let marksKept = 8
    /// Stands for a scalar that must not reach a terminal.
    public static let replacement: Character = "\u{FFFD}"

    /// What goes into one cell, or into two when it is wide.
    public struct Drawn: Equatable, Sendable {
        public let character: Character
        /// 1 or 2.
        public let columns: Int
    }

    /// Columns of one scalar: 0 for a mark that sits on another, 2 for wide ones, else 1, also when it is unknown.
    public static func columns(of scalar: Unicode.Scalar) -> Int {
        guard scalar.value >= 0x300 else { return 1 }
        return isMark(scalar) ? 0 : WideScalars.contains(scalar.value) ? 2 : 1
    }

    /// Columns of one grapheme cluster as it is drawn, with the placeholder for a flood of marks.
    public static func columns(of character: Character) -> Int {
        if character.utf8.count == 1 { return 1 }
        return columns(of: String(character))
    }

    /// Columns of a text as it is drawn.
    public static func columns(of text: String) -> Int {
        if isPlainASCII(text) { return text.utf8.count }
        return drawn(text).reduce(0) { $0 + $1.columns }
    }

    /// Whether a scalar must not reach a terminal: controls, bidirectional controls, and what cannot be seen.
    public static func isForbidden(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.value < 0x7F { return scalar.value < 0x20 }
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate: return true
        default: return scalar.properties.isDefaultIgnorableCodePoint
        }
    }

    /// The text with every flood of marks cut, and a placeholder such as `‹+492›` where it was.
    public static func clipped(_ text: String) -> String {
        if isPlainASCII(text) { return text }
        return text.reduce(into: "") { $0 += clipped($1) }
    }

    private static func clipped(_ character: Character) -> String {
        let scalars = character.unicodeScalars
        guard scalars.count > marksKept + 1 else { return String(character) }
        var kept = ""
        var marks = 0
        for scalar in scalars {
            marks = isMark(scalar) ? marks + 1 : 0
            if marks <= marksKept { kept.unicodeScalars.append(scalar) }
        }
        let cut = scalars.count - kept.unicodeScalars.count
        return cut > 0 ? "\(kept)‹+\(cut)›" : kept
    }

    /// The text as a row of glyphs, fit for cells.
    ///
    /// A mark without a base gets a dotted circle; what is forbidden becomes U+FFFD; the selectors of text and emoji
    /// looks (U+FE0E, U+FE0F) are left out, since terminals differ in the width they give for them.
    public static func drawn(_ text: String) -> [Drawn] {
        var row: [Drawn] = []
        row.reserveCapacity(text.utf8.count)
        for character in text {
            if let ascii = character.asciiValue, character != "\r\n" {
                row.append(Drawn(character: ascii < 0x20 || ascii == 0x7F ? replacement : character, columns: 1))
            } else {
                appendGlyphs(of: clipped(character), to: &row)
            }
        }
        return row
    }

    private static func appendGlyphs(of cluster: String, to row: inout [Drawn]) {
        var glyph = ""
        var columns = 0
        func flush() {
            if !glyph.isEmpty { row.append(Drawn(character: Character(glyph), columns: columns)) }
        }
        for scalar in cluster.unicodeScalars where scalar.value != 0xFE0E && scalar.value != 0xFE0F {
            let forbidden = isForbidden(scalar)
            if !forbidden, isMark(scalar), !glyph.isEmpty, let joined = oneGlyph(glyph, scalar) {
                glyph = joined
                continue
            }
            flush()
            if forbidden {
                glyph = String(replacement)
            } else if isMark(scalar) {
                glyph = oneGlyph("\u{25CC}", scalar) ?? String(replacement)
            } else {
                glyph = String(scalar)
            }
            columns = max(1, Self.columns(of: glyph.unicodeScalars.first ?? " "))
        }
        flush()
    }

    /// The two as one `Character`, nil where Unicode keeps them apart.
    private static func oneGlyph(_ base: String, _ mark: Unicode.Scalar) -> String? {
        var joined = base
        joined.unicodeScalars.append(mark)
        return joined.count == 1 ? joined : nil
    }

    /// Whether a scalar sits on the one before it: non-spacing marks, and the vowels and finals of Korean syllables.
    private static func isMark(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case ..<0x300: return false
        case 0x1160...0x11FF, 0xD7B0...0xD7FB: return true
        default: break
        }
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark: return true
        default: return false
        }
    }

    private static func isPlainASCII(_ text: String) -> Bool { text.utf8.allSatisfy { (0x20...0x7E).contains($0) } }
}
