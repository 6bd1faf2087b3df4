import Lessons
import Tracing

/// The stops of a session as the sections of a document: where each begins, what it is called, and its lesson.
struct ExportWalk {
    struct Section {
        /// Unique in the document: `step-7`, `step-6a`, and `step-7-2` when the walk comes back to step 7.
        let id: String
        let isStep: Bool
        /// As `6a`.
        let label: String
        /// As `sender ➔ sends MAIL FROM`, with what there is to say about it.
        let title: String
        /// Empty for a step whose sub-step came first.
        var lines: [TraceLine]
        /// What a format that cannot take any number of lines leaves out; nil when it is all there.
        var gap: Gap?
        /// What explains it and has not been told before, the trouble in it first; the texts have the values of the session.
        let lessons: [(title: String, anchor: LessonAnchor, blocks: [Block])]
        /// More about its refusals and failures, by name.
        let others: [FirstLesson.Told]
        /// What explains it first, told before or not.
        let first: FirstLesson.Told?
        /// What explains it where nothing went wrong.
        let anchor: LessonAnchor
        let stop: Trace.Stop

        /// Lines that are left out: before which of `lines` they would stand, and how much it is.
        struct Gap: Equatable {
            let before: Int
            let lines: Int
            let octets: Int
        }

        /// Leaves out lines in the middle when there are too many for a page.
        func shortened(first: Int, last: Int) -> Section {
            guard lines.count > first + last else { return self }
            var section = self
            let left = lines.dropFirst(first).dropLast(last)
            section.gap = Gap(
                before: first,
                lines: left.count,
                octets: left.reduce(0) { $0 + $1.octets.count + $1.ending.octets.count }
            )
            section.lines = Array(lines.prefix(first) + lines.suffix(last))
            return section
        }

        /// As `Step 7 · sender ➔ sends MAIL FROM`.
        var heading: String { "Step \(label) · \(title)" }
    }

    let trace: Trace
    let library: LessonLibrary

    var sections: [Section] {
        var sections: [Section] = []
        var seen: [String: Int] = [:]
        var told: Set<LessonAnchor> = []
        for stop in trace.stops {
            if stop.place.substep > 0, seen["step-\(stop.place.step.number)"] == nil {
                let start = stop.lines.lowerBound
                let step = Trace.Stop(place: Place(stop.place.step), lines: start..<start)
                sections.append(section(step, about: trace.lines[start], &seen, &told))
            }
            sections.append(section(stop, about: trace.lines[stop.lines].first, &seen, &told))
        }
        return sections
    }

    private func section(
        _ stop: Trace.Stop,
        about line: TraceLine?,
        _ seen: inout [String: Int],
        _ told: inout Set<LessonAnchor>
    ) -> Section {
        let base = "step-\(stop.place.label)"
        let count = (seen[base] ?? 0) + 1
        seen[base] = count
        let anchor = stop.lines.isEmpty ? .step(stop.place.step) : WalkText.anchor(of: stop, in: trace)
        let explained = FirstLesson(library).lessons(of: stop, in: trace, general: anchor)
        var lessons: [(String, LessonAnchor, [Block])] = []
        for found in explained.told where told.insert(found.section.anchor).inserted {
            let context = SessionValues.Context(trace, line: found.line ?? line)
            lessons.append((found.section.title, found.anchor, found.section.filled(with: context)))
        }
        let more = (count > 1 ? " (continued)" : "") + (WalkText.failsUntold(stop, in: trace) ? " · failed" : "")
        return Section(
            id: count > 1 ? "\(base)-\(count)" : base,
            isStep: stop.place.substep == 0,
            label: stop.place.label,
            title: WalkText.title(of: stop, in: trace) + more,
            lines: Array(trace.lines[stop.lines]),
            lessons: lessons,
            others: explained.others,
            first: explained.told.first,
            anchor: anchor,
            stop: stop
        )
    }

    /// The lines of a delivered mail as they can be shown, without their ends.
    static func rows(_ content: [UInt8]) -> [String] {
        var rows = content.split(separator: 10, omittingEmptySubsequences: false).map {
            WireText.shown($0.last == 13 ? $0.dropLast() : $0)
        }
        if rows.last?.isEmpty == true { rows.removeLast() }
        return rows
    }

    /// The address of a link in a lesson when it may stand in a document; nil for all but plain `https:`.
    static func address(_ url: String) -> String? {
        let allowed = Set("-._~/?#&=+%:,;@".utf8)
        let isPlain = url.utf8.allSatisfy {
            (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0) || allowed.contains($0)
        }
        return url.hasPrefix("https://") && isPlain ? url : nil
    }
}
