import Lessons
import Tracing

extension Explainer {
    /// Words of a reply without its code, as people quote them out of an error message; nil where none are known.
    func wordsAlone(_ text: PastedText) -> Explanation? {
        for line in text.filled.prefix(Self.maxQuoted) {
            guard let wording = library.wordings.told(in: String(line.prefix(1000))) else { continue }
            var found = Explanation(.reply, text: String(line))
            let origin = ReplyOrigin(of: WordingText(String(line)), .init(), turn: nil, library.wordings)
            (found.turn, found.isLikely) = (origin.turn, origin.turn != nil)
            (found.by, found.speaker, found.quoted) = (origin.by, origin.speaker, String(line))
            found.lessons = library.lessons(of: wording)
            return found
        }
        return nil
    }

    /// An enhanced status code in a sentence, without the code of a reply: `Authentication failed: 5.7.139 Authentication unsuccessful`.
    ///
    /// Versions of programs look alike. It is believed where it has a lesson of its own, and the words behind it are those of a reply that
    /// is known, or those in front say that a server said it.
    func statusAlone(_ text: PastedText) -> Explanation? {
        for line in text.filled.prefix(Self.maxQuoted) {
            let words = String(line.prefix(1000))
            guard let reply = ReplyInText.status(in: words), let status = reply.status, !reply.text.isEmpty,
                library.section(for: LessonAnchor("status/\(status)"))?.anchor.path == "status/\(status)",
                ReplyInText.isQuoted(status, in: words) || library.wordings.told(in: reply.text) != nil
            else { continue }
            var found = Explanation(.reply, text: String(line))
            take(reply, in: &found, turn: turn(toldIn: line))
            return found
        }
        return nil
    }

    /// The most lines in which the words of a reply are looked for.
    private static let maxQuoted = 200
}
