import Lessons

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

    /// The most lines in which the words of a reply are looked for.
    private static let maxQuoted = 200
}
