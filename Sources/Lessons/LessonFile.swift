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
        let lines = text.utf8.split(separator: 0x0A, omittingEmptySubsequences: false).map { Substring($0) }
        var bodyStart = 0
        if lines.first == "---", let end = lines.dropFirst().firstIndex(of: "---") {
            frontMatter = lines[1..<end].joined(separator: "\n")
            bodyStart = end + 1
        } else {
            frontMatter = nil
        }
        let bodyLines = lines[bodyStart...]
        body = bodyLines.joined(separator: "\n")
        bodyLine = bodyStart + 1
        (parts, headings) = Self.parts(bodyLines)
    }

    private static func parts(_ lines: ArraySlice<Substring>) -> ([Part], [(line: Int, heading: Heading)]) {
        var headings: [(line: Int, heading: Heading)] = []
        var parts = [Part(anchor: nil, heading: "", level: 0, line: lines.startIndex + 1)]
        var current = 0
        var fence: Fence?
        for (index, line) in zip(lines.indices, lines) {
            if let open = fence {
                if open.isClosed(by: line) { fence = nil }
            } else if let opened = Fence(line) {
                fence = opened
            } else if let heading = Heading(line) {
                headings.append((index + 1, heading))
                if let anchor = heading.anchor {
                    parts.append(Part(anchor: anchor, heading: heading.text, level: heading.level, line: index + 1))
                    current = parts.count - 1
                    continue
                }
                if heading.level <= parts[current].level { current = 0 }
            }
            parts[current].source += line
            parts[current].source += "\n"
        }
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
    /// Without spaces and tabs at either end.
    var trimmed: Substring {
        let start = drop { $0 == " " || $0 == "\t" }
        guard let last = start.lastIndex(where: { $0 != " " && $0 != "\t" }) else { return "" }
        return start[...last]
    }
}
