import Explain
import Interchange
import Interface
import Lessons
import Tracing

/// A text that is no dialogue: what is said of it, and the sessions that can be made of the replies in it.
struct ExplainedFile {
    let text: ExplainedText
    /// Nil where no reply is known well enough.
    let sessions: SessionFile?

    /// Nil where nobody knows what the text is.
    init?(_ error: FileError, named name: String, _ library: LessonLibrary) {
        guard error.kind == .noDialogue else { return nil }
        let found = Explainer(library).explain(error.text).filter { $0.kind != .unknown }
        guard !found.isEmpty else { return nil }
        let walks = found.compactMap(\.walk)
        let short =
            name == "-" ? "standard input" : Escaping.message(name.split(separator: "/").last.map(String.init) ?? name)
        text = ExplainedText(
            name: short,
            entries: found.map { entry in
                let lines = entry.paragraphs.map {
                    ExplainedText.Line(.init($0.role), $0.name, Escaping.message($0.text))
                }
                return .init(lines: lines, lessons: entry.lessons)
            },
            walks: walks.count
        )
        sessions = walks.isEmpty ? nil : SessionFile(walks, path: name)
    }
}

extension ExplainedText.Role {
    fileprivate init(_ role: Explanation.Paragraph.Role) {
        switch role {
        case .title: self = .title
        case .quote: self = .quote
        case .fact: self = .fact
        case .drawn: self = .drawn
        case .sentence: self = .sentence
        case .heading: self = .heading
        case .advice: self = .advice
        }
    }
}
