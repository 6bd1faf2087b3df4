import Lessons
import SMTP
import Tracing

/// What a teacher has beside the handout, made from what this session shows: questions to ask before the next step, what
/// to point at, and the lessons that go deeper.
struct TeacherNotes {
    let library: LessonLibrary

    /// The notes of one step as a block quote; empty when there is nothing to say.
    func text(_ section: ExportWalk.Section) -> String {
        let notes = ask(section) + point(section) + deeper(section)
        guard !notes.isEmpty else { return "" }
        return (["> **For the teacher**", ">"] + notes.map { "> - \($0)" }).joined(separator: "\n")
    }

    private func ask(_ section: ExportWalk.Section) -> [String] {
        guard let line = section.lines.first else { return [] }
        switch line.content {
        case .command:
            let verb = Escaping.markdown(line.verbName.map { WireText.shown($0.utf8.prefix(20)) } ?? "this line")
            return [
                "Before you go on, ask: what may the server answer to `\(Self.code(verb))`, and what would the client do then?"
            ]
        case .reply:
            return [
                "Before you show it, ask for the first digit: will it be 2, 3, 4 or 5, and what does each mean here?"
            ]
        case .mailData:
            return ["Ask where the header ends, and how the server will know that the message is over."]
        case .record: return ["Ask which of the exchangers is tried first, and what happens when it does not answer."]
        case .saslResponse: return ["Ask who else could read this line, and what encryption would change."]
        case .tls: return ["Ask what of the handshake a listener on the way can read, and what not."]
        case .event, .chunk, .opaque: return []
        }
    }

    private func point(_ section: ExportWalk.Section) -> [String] {
        var notes = section.lines.flatMap { line in
            line.findings.map { "Point at line \(line.index + 1): \(Escaping.markdown("\($0.message), \($0.spec)"))." }
        }
        if let first = section.lines.first, let last = section.lines.last, last.time - first.time >= 0.5 {
            notes.append("The session spends \(JSONExport.seconds(last.time - first.time)) seconds here.")
        }
        return notes
    }

    /// The lessons about the parts of the lines, the step's own left out.
    private func deeper(_ section: ExportWalk.Section) -> [String] {
        var seen: Set<LessonAnchor> = [section.anchor]
        var notes: [String] = []
        for anchor in section.lines.flatMap({ $0.spans.map(\.anchor) + $0.findings.map(\.anchor) }) {
            guard let found = library.section(for: anchor), seen.insert(found.anchor).inserted,
                !found.anchor.path.hasPrefix("syntax/line-end")
            else { continue }
            notes.append(
                "\(Escaping.markdown(found.title)): \(Escaping.markdown(found.summary)) "
                    + "(`ehlo lessons show \(Self.code(found.anchor.path))`)"
            )
            guard notes.count < 8 else { break }
        }
        return notes
    }

    /// Text for a code span of our own fence: no backticks.
    private static func code(_ text: String) -> String { text.replacing("`", with: "'").replacing("\\", with: "") }
}
