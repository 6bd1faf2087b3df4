/// The tags of mustache that lessons may use: `{{name}}`, `{{#name}}…{{/name}}` and `{{^name}}…{{/name}}`, nothing else.
///
/// Mustache itself knows partials, other delimiters and deep nesting; a text with any of those never reaches it.
enum ValueTags {
    /// What is wrong with a tag. Lines are counted from 1.
    struct Problem: Equatable {
        let line: Int
        let message: String
        /// Whether the text must not reach mustache; a section over several lines is only bad style.
        var isGrave = true
    }

    /// How deep sections may nest.
    static let maxNesting = 4

    static func hasTags(_ text: String) -> Bool { text.utf8.firstRange(of: "{{") != nil }

    /// Everything that is wrong with the tags of a text.
    static func problems(in text: String) -> [Problem] {
        var found: [Problem] = []
        var open: [(name: String, line: Int)] = []
        for (index, line) in text.utf8.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated() {
            for tag in tags(in: line) {
                if let problem = problem(with: tag, open: &open, line: index + 1) { found.append(problem) }
            }
        }
        return found + open.map { Problem(line: $0.line, message: "{{#\($0.name)}} is never closed") }
    }

    /// The inside of each tag of a line; nil for braces that are never closed.
    private static func tags(in line: Substring.UTF8View) -> [String?] {
        var found: [String?] = []
        var rest = line[...]
        while let start = rest.firstRange(of: "{{") {
            rest = rest[start.upperBound...]
            guard let end = rest.firstRange(of: "}}") else { return found + [nil] }
            found.append(String(rest[..<end.lowerBound]))
            rest = rest[end.upperBound...]
        }
        return found
    }

    private static func problem(with tag: String?, open: inout [(name: String, line: Int)], line: Int) -> Problem? {
        let grave = { Problem(line: line, message: $0) }
        guard let tag else { return grave("{{ without }}") }
        let sigil = tag.first.flatMap { "#^/".contains($0) ? $0 : nil }
        let name = sigil == nil ? tag : String(tag.dropFirst())
        guard SessionValues.named(name) != nil else {
            let isName = name.utf8.allSatisfy { $0.isLetDig || $0 == 0x2E }
            return grave(
                isName ? "no value is called {{\(name)}}" : "{{\(tag)}} is none of {{x}}, {{#x}}, {{^x}} and {{/x}}"
            )
        }
        switch sigil {
        case "#", "^":
            open.append((name, line))
            return open.count > maxNesting ? grave("{{\(tag)}} is nested deeper than \(maxNesting)") : nil
        case "/":
            guard let last = open.last, last.name == name else { return grave("{{\(tag)}} closes nothing") }
            open.removeLast()
            let message = "{{#\(name)}} and {{/\(name)}} stand on different lines"
            return last.line == line ? nil : Problem(line: line, message: message, isGrave: false)
        default: return nil
        }
    }

    /// The text without any tags, for a text that has a wrong one: braces are never shown.
    static func removed(from text: String) -> String {
        var shown = ""
        var rest = text[...]
        while let start = rest.utf8.firstRange(of: "{{") {
            shown += rest[..<start.lowerBound]
            rest = rest[start.upperBound...]
            guard let end = rest.utf8.firstRange(of: "}}") else { break }
            rest = rest[end.upperBound...]
        }
        return shown + rest
    }
}

extension UInt8 {
    var isLetDig: Bool { (0x30...0x39).contains(self) || (0x41...0x5A).contains(self) || (0x61...0x7A).contains(self) }
}

extension BidirectionalCollection<UInt8> {
    /// Where a short ASCII text stands first.
    func firstRange(of text: StaticString) -> Range<Index>? {
        let wanted = UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
        var start = startIndex
        while let first = self[start...].firstIndex(of: wanted[0]) {
            let tail = self[first...]
            if tail.starts(with: wanted) { return first..<index(first, offsetBy: wanted.count) }
            start = index(after: first)
        }
        return nil
    }
}
