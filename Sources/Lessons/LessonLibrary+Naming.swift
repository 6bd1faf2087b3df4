public import Tracing

/// What a person calls a lesson by: THE resolver of words that are no anchors.
extension LessonLibrary {
    /// The sections that a word may mean, in the order of the lessons; several where it is ambiguous, none where nobody has
    /// heard of it.
    ///
    /// A reply code is `reply/550`, or `550@RCPT` with the verb that it answers; an enhanced status code is `status/5.7.1`; a
    /// number from 1 to 14 is a step. Any other word is an anchor, or the name in one, in any case: `CHUNKING`, `rcpt`,
    /// `PLAIN`, `Subject:`, `bare-lf`.
    public func anchors(meantBy word: String) -> [LessonAnchor] {
        if let anchor = Self.anchor(ofNumber: word) { return [anchor] }
        let asked = LessonAnchor(word)
        if section(for: asked)?.anchor == asked { return [asked] }
        let wanted = (word.hasSuffix(":") ? String(word.dropLast()) : word).lowercased()
        return anchors().filter { anchor in
            let path = anchor.path.lowercased()
            return path == wanted || path.drop { $0 != "/" }.dropFirst() == wanted
        }
    }

    /// The anchor of a code or of a step; nil for a word that is no number.
    private static func anchor(ofNumber word: String) -> LessonAnchor? {
        let code = word.prefix { $0 != "@" }
        let parts = code.split(separator: ".", omittingEmptySubsequences: false)
        let isNumber = parts.allSatisfy { part in
            (1...3).contains(part.utf8.count) && part.utf8.allSatisfy { (0x30...0x39).contains($0) }
        }
        guard isNumber else { return nil }
        switch parts.count {
        case 1 where code.utf8.count == 3: return LessonAnchor("reply/\(word.uppercased())")
        case 1: return Int(word).flatMap { Step(rawValue: $0) }.map { .step($0) }
        case 3 where code.utf8.count == word.utf8.count: return LessonAnchor("status/\(word)")
        default: return nil
        }
    }
}
