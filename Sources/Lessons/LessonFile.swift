/// A lesson file taken apart: front matter, its own text, and the headings that have an anchor of their own.
struct LessonFile: Sendable {
    /// A piece with an anchor. Lines are counted from 1.
    struct Part: Equatable, Sendable {
        /// As in `{#reply/250@RCPT}`; nil for the lesson itself.
        let anchor: String?
        let heading: String
        let level: Int
        let line: Int
        /// Markdown without the heading.
        var source = ""
    }

    /// YAML without its rules; nil when the file does not open with them.
    let frontMatter: String?
    /// Everything below the front matter.
    let body: String
    /// The line of the file that `body` begins with.
    let bodyLine: Int
    /// The lesson itself first, then its headings with anchors.
    let parts: [Part]
    /// Every heading and its line.
    let headings: [(line: Int, heading: Heading)]

    init(_ text: String) {
        let lines = Self.lines(text)
        var bodyStart = 0
        if lines.first == "---", let end = lines.dropFirst().firstIndex(of: "---") {
            frontMatter = String(Self.joined(lines[1..<end]))
            bodyStart = end + 1
        } else {
            frontMatter = nil
        }
        let bodyLines = lines[bodyStart...]
        body = String(Self.joined(bodyLines))
        bodyLine = bodyStart + 1
        (parts, headings) = Self.parts(bodyLines)
    }

    /// The lines without their ends. Every lesson that is shown goes through here, so it looks at octets and not at characters.
    private static func lines(_ text: String) -> [Substring] {
        var text = text
        text.makeContiguousUTF8()
        let ends = text.utf8.withContiguousStorageIfAvailable { octets in
            octets.indices.filter { octets[$0] == 0x0A }
        }
        var lines: [Substring] = []
        var start = text.startIndex
        for end in ends ?? [] {
            let index = text.utf8.index(text.startIndex, offsetBy: end)
            lines.append(text[start..<index])
            start = text.utf8.index(after: index)
        }
        lines.append(text[start...])
        return lines
    }

    /// Lines that follow one another, with the ends between them.
    private static func joined(_ lines: ArraySlice<Substring>) -> Substring {
        guard let first = lines.first, let last = lines.last else { return "" }
        return first.base[first.startIndex..<last.endIndex]
    }

    private static func parts(_ lines: ArraySlice<Substring>) -> ([Part], [(line: Int, heading: Heading)]) {
        var headings: [(line: Int, heading: Heading)] = []
        var parts = [Part(anchor: nil, heading: "", level: 0, line: lines.startIndex + 1)]
        var current = 0
        var fence: Fence?
        // The first of the lines that belong to the current part and are not in it yet.
        var start = lines.startIndex
        func give(before end: Int) {
            if start < end { parts[current].source += joined(lines[start..<end]) + "\n" }
            start = end
        }
        for (index, line) in zip(lines.indices, lines) {
            if let open = fence {
                if open.isClosed(by: line) { fence = nil }
            } else if let opened = Fence(line) {
                fence = opened
            } else if let heading = Heading(line) {
                headings.append((index + 1, heading))
                if let anchor = heading.anchor {
                    give(before: index)
                    start = index + 1
                    parts.append(Part(anchor: anchor, heading: heading.text, level: heading.level, line: index + 1))
                    current = parts.count - 1
                } else if heading.level <= parts[current].level {
                    give(before: index)
                    current = 0
                }
            }
        }
        give(before: lines.endIndex)
        return (parts, headings)
    }
}

/// An ATX heading as `## After RCPT {#reply/250@RCPT}`.
struct Heading: Equatable {
    let level: Int
    let text: String
    let anchor: String?

    /// Nil for a line that is no heading.
    init?(_ line: Substring) {
        guard line.begins(with: "#") else { return nil }
        let indent = line.prefix { $0 == " " }
        let marks = line.dropFirst(indent.count).prefix { $0 == "#" }
        let rest = line.dropFirst(indent.count + marks.count)
        guard indent.count <= 3, (1...6).contains(marks.count), rest.isEmpty || rest.first == " " || rest.first == "\t"
        else { return nil }
        level = marks.count
        var words = rest.trimmed
        if words.hasSuffix("}"), let open = words.utf8.firstRange(of: "{#") {
            anchor = String(words[open.upperBound...].dropLast())
            words = words[..<open.lowerBound].trimmed
        } else {
            anchor = nil
        }
        text = String(words)
    }
}

/// The opening of a fenced code block.
private struct Fence {
    let mark: Character
    let count: Int

    init?(_ line: Substring) {
        guard line.begins(with: "`") || line.begins(with: "~") else { return nil }
        let words = line.drop { $0 == " " }
        guard line.count - words.count <= 3, let first = words.first, first == "`" || first == "~" else { return nil }
        count = words.prefix { $0 == first }.count
        guard count >= 3, first == "~" || !words.dropFirst(count).contains("`") else { return nil }
        mark = first
    }

    func isClosed(by line: Substring) -> Bool {
        let words = line.drop { $0 == " " }
        let marks = words.prefix { $0 == mark }
        return line.count - words.count <= 3 && marks.count >= count
            && words.dropFirst(marks.count).allSatisfy { $0 == " " }
    }
}

extension Substring {
    /// Whether this is what stands behind the spaces that a line begins with. Nearly no line goes further.
    fileprivate func begins(with mark: Unicode.Scalar) -> Bool {
        utf8.first { $0 != 32 }.map { UInt32($0) == mark.value } ?? false
    }

    /// Without spaces and tabs at either end.
    var trimmed: Substring {
        let start = drop { $0 == " " || $0 == "\t" }
        guard let last = start.lastIndex(where: { $0 != " " && $0 != "\t" }) else { return "" }
        return start[...last]
    }
}
