public import Tracing

extension LessonLibrary {
    /// The families in the order a reader would want them; others follow by name.
    static let families = [
        "step", "command", "syntax", "reply", "status", "extension", "parameter", "sasl", "dns", "tls", "link", "field",
        "finding", "situation", "wording", "background",
    ]

    /// Every anchor that has a text, headings with anchors behind the lesson they are in, always in the same order.
    public func anchors() -> [LessonAnchor] {
        var found: [LessonAnchor] = []
        var seen: Set<LessonAnchor> = []
        let entries = languagesInUse.flatMap { files(in: $0) }
        for entry in entries.sorted(by: LessonEntry.precedes) {
            for part in file(entry.name)?.parts ?? [] {
                let anchor = part.anchor.map { LessonAnchor($0) } ?? entry.anchor
                if anchor.file == entry.anchor, seen.insert(anchor).inserted { found.append(anchor) }
            }
        }
        return found
    }

    /// The lesson files of a language and the anchors their names stand for.
    func files(in language: String) -> [LessonEntry] { files(under: language, language: language, depth: 0) }

    private func files(under path: String, language: String, depth: Int) -> [LessonEntry] {
        guard depth < 4 else { return [] }
        return folder.list(path).flatMap { name -> [LessonEntry] in
            let full = "\(path)/\(name)"
            guard name.hasSuffix(".md") else { return files(under: full, language: language, depth: depth + 1) }
            var anchor = String(full.dropFirst(language.utf8.count + 1).dropLast(3))
            guard anchor.contains("/") else { return [] }
            if anchor.hasPrefix("step/") {
                guard let number = Self.stepNumber(name) else { return [] }
                anchor = "step/\(number)"
            }
            return [LessonEntry(name: full, anchor: LessonAnchor(anchor))]
        }
    }
}

/// A lesson file: its name within the root and its anchor.
struct LessonEntry {
    let name: String
    let anchor: LessonAnchor

    /// The place of its family, the number of a step, its path.
    private var key: (Int, Int, String) {
        let families = LessonLibrary.families
        let step = anchor.family == "step" ? Int(anchor.path.dropFirst(5)) : nil
        return (families.firstIndex(of: anchor.family) ?? families.count, step ?? 0, anchor.path)
    }

    static func precedes(_ left: LessonEntry, _ right: LessonEntry) -> Bool { left.key < right.key }
}
