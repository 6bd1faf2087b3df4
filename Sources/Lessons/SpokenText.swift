/// A lesson as it is read aloud: one sentence a line, a table as a list, and no line that is a mere rule.
public enum SpokenText {
    /// The blocks in lines. A sentence that is longer than `columns` goes on in the next line, two columns further in.
    public static func lines(_ blocks: [Block], columns: Int) -> [String] {
        var lines: [String] = []
        for (index, block) in blocks.enumerated() {
            if index > 0 { lines.append("") }
            switch block {
            case .paragraph(let words): lines += sentences(PlainText.text(words), columns: columns)
            case .rule: continue
            case .heading, .code, .list, .quote, .table:
                lines += PlainText.lines([block], columns: columns, asLists: true)
            }
        }
        return lines
    }

    /// The sentences of a text, each in lines of its own.
    public static func sentences(_ text: String, columns: Int) -> [String] {
        split(SpokenPort.said(in: text)).flatMap { folded($0, columns: columns) }
    }

    /// One sentence in lines of at most `columns`, later ones two columns further in.
    public static func wrapped(_ sentence: String, columns: Int) -> [String] {
        folded(SpokenPort.said(in: sentence), columns: columns)
    }

    private static func folded(_ sentence: String, columns: Int) -> [String] {
        let lines = PlainText.lines([.text(sentence)], columns: columns)
        guard lines.count > 1 else { return lines }
        // What goes on stands further in, so that it has less room.
        let rest = lines.dropFirst().joined(separator: " ")
        return [lines[0]] + PlainText.lines([.text(rest)], columns: columns - 2).map { "  \($0)" }
    }

    /// The sentences in a text. One ends at a full stop, a question mark or an exclamation mark, perhaps with a closing bracket or
    /// quotation mark behind it, where a blank follows and then something that is no letter in lower case.
    static func split(_ text: String) -> [String] {
        var sentences: [String] = []
        var (start, searched) = (text.startIndex, text.startIndex)
        // Most octets are looked at alone; a character is put together where a sentence may end.
        while let found = text.utf8[searched...].firstIndex(where: { ".?!\n".utf8.contains($0) }) {
            searched = text.utf8.index(after: found)
            let character = text[found]
            guard character.utf8.count == 1 else { continue }
            var end = searched
            while character != "\n", end < text.endIndex, ")”’\"'".contains(text[end]) { end = text.index(after: end) }
            let rest = text[end...]
            let next = rest.drop { $0 == " " }
            let isEnd = character == "\n" || rest.first == " " && next.first.map { !$0.isLowercase } ?? true
            searched = end
            guard isEnd, !isAbbreviation(text[start..<end]) else { continue }
            sentences.append(String(text[start..<end].trimmingBlanks))
            (start, searched) = (next.startIndex, next.startIndex)
        }
        sentences.append(String(text[start...].trimmingBlanks))
        return sentences.filter { !$0.isEmpty }
    }

    /// Whether the last word is one that has a full stop within a sentence.
    private static func isAbbreviation(_ text: Substring) -> Bool {
        ["e.g.", "i.e.", "cf.", "vs."].contains { text.hasSuffix($0) }
    }
}

extension Substring {
    fileprivate var trimmingBlanks: Substring {
        var rest = drop { $0 == " " || $0 == "\n" }
        while let last = rest.last, last == " " || last == "\n" { rest.removeLast() }
        return rest
    }
}
