import Interchange
import Lessons
import Tracing

/// A lesson as it is printed.
enum LessonText {
    /// Title, text and where it is defined; with the values of a session where there is one.
    static func lines(_ section: Section, _ context: SessionValues.Context? = nil) -> [String] {
        let blocks = context.map { section.filled(with: $0) } ?? section.blocks
        var lines = [section.title, ""] + PlainText.lines(blocks, columns: WalkText.columns)
        if !section.spec.isEmpty { lines += ["", "See " + section.spec.joined(separator: ", ")] }
        return lines
    }

    /// A whole file: its own text, then each part that has an anchor of its own, under that, then where it is defined.
    static func lines(_ lesson: Lesson) -> [String] {
        var lines = [lesson.title, ""] + PlainText.lines(lesson.blocks, columns: WalkText.columns)
        for section in lesson.sections {
            lines += ["", "\(section.heading ?? section.title) (\(section.anchor))", ""]
            lines += PlainText.lines(section.blocks, columns: WalkText.columns)
        }
        if !lesson.spec.isEmpty { lines += ["", "See " + lesson.spec.joined(separator: ", ")] }
        return lines
    }
}
