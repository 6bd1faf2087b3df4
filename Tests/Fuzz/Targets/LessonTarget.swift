@testable import Lessons

/// Lesson files, front matter and Markdown: nothing in them leaves but as text.
enum LessonTarget: FuzzTarget {
    static let name = "lessons"

    static func check(_ octets: [UInt8]) {
        guard Markdown.refusal(of: octets) == nil, let text = LessonOctets.text(octets) else { return }
        let file = LessonFile(text)
        if let yaml = file.frontMatter, yaml.utf8.count <= FrontMatter.maxOctets {
            let checked = FrontMatter.checked(yaml)
            if let quick = FrontMatter.quick(yaml) {
                expect(quick == checked.front, "read quickly it says \(quick), in full \(checked.front)")
            }
            let front = FrontMatter.read(yaml)
            for words in [front.title, front.summary] + front.spec { expectText(words) }
        }
        // Every line of the body is in one part; behind front matter that ends the file there is none.
        let lines = file.parts.reduce(0) { $0 + $1.source.utf8.count { $0 == 10 } + ($1.anchor == nil ? 0 : 1) }
        expect(file.body.isEmpty || lines == file.body.utf8.count { $0 == 10 } + 1, "the parts have \(lines) lines")
        for part in file.parts.prefix(4) {
            let blocks = LessonText(part.source).blocks { _ in "\u{1B}[2J <b> `x` {{y}}" }
            for columns in [1, 30, 78] {
                for line in PlainText.lines(blocks, columns: columns) { expectText(line) }
            }
        }
    }

    /// What a lesson may hold, and the values that were put into it.
    private static func expectText(_ text: String) {
        let scalar = text.unicodeScalars.first { !LessonOctets.isAllowed($0) && $0 != "\u{1B}" }
        expect(scalar == nil, "U+\(String(scalar?.value ?? 0, radix: 16)) in \(text.debugDescription)")
    }
}
