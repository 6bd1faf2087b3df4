import SMTP
public import Tracing

/// What `ehlo lessons check` finds: everything in the lessons that a reader would stumble over.
public enum LessonCheck {
    public struct Problem: Hashable, Sendable, CustomStringConvertible {
        /// Within the folder of lessons, as `en/reply/250.md`; for a session its name.
        public let file: String
        /// Counted from 1; nil when it is about the whole file.
        public let line: Int?
        /// A sentence without a full stop.
        public let message: String

        /// As compilers write it: `en/reply/250.md:12: …`.
        public var description: String {
            "\(WireText.shown(file.utf8)):\(line.map { "\($0):" } ?? "") \(WireText.shown(message.utf8))"
        }
    }

    /// Every problem, in the order of the lessons, those of the sessions last; empty when all is well.
    public static func check(library: LessonLibrary, traces: [(name: String, trace: Trace)] = []) -> [Problem] {
        let anchors = Set(library.anchors())
        var problems: [Problem] = []
        for language in library.languagesInUse {
            let entries = library.files(in: language)
            problems += strays(library, language)
            problems += duplicates(entries)
            for entry in entries.sorted(by: LessonEntry.precedes) {
                var file = FileCheck(entry: entry, language: language, anchors: anchors)
                file.check(library.folder.read(entry.name))
                problems += file.problems
            }
        }
        problems += library.wordings.check(anchors: anchors) + missing(anchors)
        return problems + traces.flatMap { unexplained(in: $0.trace, named: $0.name, library) }
    }

    /// The parts of lessons that do not fit on a card, so that they break where a paragraph ends and not where a thought does. No
    /// problems: they can be read.
    public static func longParts(in library: LessonLibrary) -> [Problem] {
        library.anchors().compactMap(library.section).flatMap { section in
            Card.longParts(of: section.blocks).map { heading, lines in
                let what = heading.isEmpty ? "the opening" : "\"\(heading)\""
                let message = "\(what) has \(lines) lines, a card has \(Card.maxLines)"
                return Problem(file: "\(section.language)/\(section.anchor.path)", line: nil, message: message)
            }
        }
    }

    // MARK: What there should be

    /// The anchors that every English library has: whatever a table of the program can point at.
    static var expected: [LessonAnchor] {
        let names =
            Step.allCases.map { "step/\($0.number)" } + Verb.allCases.map { "command/\($0.rawValue)" }
            + Departure.Kind.allCases.map { "finding/\($0.rawValue)" } + Extension.all.map { "extension/\($0.keyword)" }
            + Mechanism.allCases.map { "sasl/\($0.name)" } + Situation.Kind.allCases.map { "situation/\($0.rawValue)" }
            + ["command", "reply", "extension", "parameter", "sasl", "dns"].map { "\($0)/unknown" }
            + (2...5).map { "reply/\($0)yz" } + [2, 4, 5].map { "status/\($0).x.x" }
        return names.map { LessonAnchor($0) }
    }

    private static func missing(_ anchors: Set<LessonAnchor>) -> [Problem] {
        expected.filter { !anchors.contains($0) }.map {
            Problem(file: "en/\($0.path).md", line: nil, message: "there is no lesson for \($0.path)")
        }
    }

    // MARK: Files in the wrong place

    private static func strays(_ library: LessonLibrary, _ language: String) -> [Problem] {
        library.folder.list(language).flatMap { family -> [Problem] in
            let path = "\(language)/\(family)"
            guard library.folder.isFolder(path) else {
                return [
                    Problem(file: path, line: nil, message: "a lesson stands in the folder of its family, not here")
                ]
            }
            guard LessonLibrary.families.contains(family) else {
                return [Problem(file: path, line: nil, message: "no anchor leads into this folder")]
            }
            return library.folder.list(path).compactMap { name in
                let full = "\(path)/\(name)"
                if library.folder.isFolder(full) {
                    return Problem(file: full, line: nil, message: "no anchor leads into this folder")
                }
                if !name.hasSuffix(".md") || !LessonFolder.isSafe(full) {
                    return Problem(
                        file: full,
                        line: nil,
                        message: "the name is not that of a lesson, as in en/command/MAIL.md"
                    )
                }
                guard family == "step" else { return nil }
                let isStep = LessonLibrary.stepNumber(name).map { Step(rawValue: $0) != nil } ?? false
                return isStep
                    ? nil
                    : Problem(
                        file: full,
                        line: nil,
                        message: "the name does not begin with a step, as 07-mail-from.md does"
                    )
            }
        }
    }

    private static func duplicates(_ entries: [LessonEntry]) -> [Problem] {
        var first: [LessonAnchor: String] = [:]
        return entries.compactMap { entry in
            guard let other = first.updateValue(entry.name, forKey: entry.anchor) else { return nil }
            return Problem(file: entry.name, line: nil, message: "\(entry.anchor) is explained in \(other) already")
        }
    }

    // MARK: Sessions

    /// Lines of a session that show something no lesson explains, each anchor once.
    private static func unexplained(in trace: Trace, named name: String, _ library: LessonLibrary) -> [Problem] {
        var seen: Set<LessonAnchor> = []
        var found: [Problem] = []
        for line in trace.lines {
            let pointers =
                line.spans.map { ($0.anchor, "span \($0.range.lowerBound)..<\($0.range.upperBound), \($0.name)") }
                + line.findings.map { ($0.anchor, "finding \($0.id)") } + [(LessonAnchor.step(line.place.step), "step")]
            for (anchor, what) in pointers where seen.insert(anchor).inserted {
                guard let complaint = complaint(about: anchor, library) else { continue }
                found.append(Problem(file: name, line: line.index + 1, message: "\(what): \(complaint)"))
            }
        }
        return found
    }

    private static func complaint(about anchor: LessonAnchor, _ library: LessonLibrary) -> String? {
        guard let section = library.section(for: anchor) else { return "no lesson explains \(anchor)" }
        if section.isSpecific(for: anchor) || isEnough(section.anchor, for: anchor) { return nil }
        return "\(anchor) is explained by \(section.anchor) only"
    }

    /// Header fields are without number, and the class of an enhanced status code says nothing that its reply code does not.
    private static func isEnough(_ found: LessonAnchor, for anchor: LessonAnchor) -> Bool {
        switch anchor.family {
        case "field": found == .syntax("field-name")
        case "status": found.path.split(separator: ".").dropFirst() == anchor.path.split(separator: ".").dropFirst()
        default: false
        }
    }
}
