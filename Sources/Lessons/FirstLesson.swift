import SMTP
public import Tracing

/// Which lesson comes first, THE rule: what went otherwise than it should, the most exact text first; then the findings; then what
/// is general. A function of trace and place, which all views ask.
///
/// For a refused or deferred reply: a wording that it is known by (`WordingTable`), its enhanced status code where a section tells
/// exactly this one, the code in answer to its command, the code, then the classes of both. For a failure of lookup or link: that
/// failure.
public struct FirstLesson: Sendable {
    /// A lesson as it is named where it is shown.
    public struct Told: Sendable {
        /// What was asked for, where a section tells exactly that; else the class that the section tells.
        public let anchor: LessonAnchor
        public let section: Section
        /// The line it is about; nil for what is general.
        public let line: TraceLine?
    }

    private let library: LessonLibrary

    public init(_ library: LessonLibrary) { self.library = library }

    /// What explains a stop.
    public struct OfStop: Sendable {
        /// With their text: the first lesson of each refusal and failure, those of the findings, then what is general.
        public let told: [Told]
        /// By name: what else there is about the refusals, two each.
        public let others: [Told]
    }

    /// The lessons of a stop, of which `general` is the one where nothing went wrong.
    public func lessons(of stop: Trace.Stop, in trace: Trace, general: LessonAnchor) -> OfStop {
        let lines = trace.lines[stop.lines].filter(\.isTrouble)
        let outcomes = lines.map { outcome(of: $0, in: trace) }
        let told = distinct(outcomes.compactMap(\.first) + lines.flatMap(findings(of:)) + nearest(general, nil))
        let names = Set(told.map(\.section.anchor))
        let others = distinct(outcomes.flatMap { $0.dropFirst().prefix(2) })
        return OfStop(told: told, others: others.filter { !names.contains($0.section.anchor) })
    }

    /// The one of `lessons(of:in:general:)` that stands first, found without going through the lines of the stop.
    public func first(of stop: Trace.Stop, in trace: Trace, general: LessonAnchor) -> Told? {
        let before = stop.lines.lowerBound
        if let line = trace.troubleIndex.outcome(after: before - 1), stop.lines.contains(line),
            let told = outcome(of: trace.lines[line], in: trace).first
        {
            return told
        }
        if let (line, _) = trace.foundIndex.position(of: trace.foundIndex.count(before: before)),
            stop.lines.contains(line), let told = findings(of: trace.lines[line]).first
        {
            return told
        }
        return nearest(general, nil).first
    }

    /// What explains why nothing came of the mail: the first lesson of the reply or the failure that decided; nil where a mail was
    /// accepted, and where nothing failed.
    public func explanation(of verdict: Verdict, in trace: Trace) -> Told? {
        guard [.deferred, .refused, .mixed].contains(verdict.outcome) else { return nil }
        let line = verdict.decision?.lines.last ?? verdict.failureLine
        let told = line.flatMap { outcome(of: trace.lines[$0], in: trace).first }
        return told ?? verdict.failure.flatMap { nearest($0.anchor, nil).first }
    }

    /// What explains the trouble of a line, most exact first; empty where there is none. The lines of a reply have their trouble
    /// together, on the last.
    public func trouble(of line: TraceLine, in trace: Trace) -> [Told] {
        distinct(outcome(of: line, in: trace) + findings(of: line))
    }

    /// What went wrong at a line, without its findings.
    public func outcome(of line: TraceLine, in trace: Trace) -> [Told] {
        if line.refusal != nil {
            return distinct(unoffered(line, in: trace) + lessons(of: QuotedReply(line, in: trace), line))
        }
        guard line.isFailure, case .event(let anchor) = line.content else { return [] }
        return nearest(line.failure?.anchor ?? anchor, line)
    }

    /// What the refused command used that was not offered. It and the refusal are one story, so it is told first, unless the
    /// server says in its status that the cause is another than the command's form (RFC 3463 §3.6).
    private func unoffered(_ line: TraceLine, in trace: Trace) -> [Told] {
        let isAboutForm = line.enhanced.map { $0.subject == 5 } ?? [500, 501, 504, 555].contains(line.replyCode)
        guard isAboutForm, let asked = line.answers, trace.lines.indices.contains(asked) else { return [] }
        let kinds: [Departure.Kind] = [.parameterNotOffered, .extensionNotOffered]
        return trace.lines[asked].findings.filter { kinds.contains($0.kind) }.flatMap { nearest($0.anchor, line) }
    }

    public func findings(of line: TraceLine) -> [Told] { findings(of: line, besides: []) }

    /// What explains the findings of a line, but for those whose own lesson was `shown`.
    public func findings(of line: TraceLine, besides shown: Set<LessonAnchor>) -> [Told] {
        // How a line ends is general; what that end makes of the line is told before it.
        let ends: [Departure.Kind] = [.bareLF, .bareCR]
        let (general, exact) = (
            line.findings.filter { ends.contains($0.kind) }, line.findings.filter { !ends.contains($0.kind) }
        )
        return (exact + general).filter { !shown.contains($0.anchor) }.flatMap { nearest($0.anchor, line) }
    }

    /// What explains a reply, wherever it was read, the most exact first.
    public func lessons(of reply: QuotedReply) -> [Told] { lessons(of: reply, nil) }

    private func lessons(of reply: QuotedReply, _ line: TraceLine?) -> [Told] {
        let wordings = library.wordings.best(for: reply.text, reply.occasion).map(library.lessons) ?? []
        let status = reply.occasion.status.map { LessonAnchor("status/\($0)") }
        let exact = status.flatMap { self.exact($0, line) }
        let coarse = exact == nil ? status.map { nearest($0, line) } ?? [] : []
        let replies = reply.anchor?.withFallbacks.compactMap { own($0, line) } ?? []
        let classes = replies.filter { $0.anchor.isReplyClass }
        var told = wordings.compactMap { own($0, line) }
        if let exact { told.append(exact) }
        told += replies.filter { !$0.anchor.isReplyClass }
        return distinct(told + coarse + classes)
    }

    /// A status that a section tells in subject and detail, in whichever file; named as it was asked for.
    private func exact(_ status: LessonAnchor, _ line: TraceLine?) -> Told? {
        guard let section = library.section(for: status), status.withFallbacks.prefix(2).contains(section.anchor) else {
            return nil
        }
        return Told(anchor: status, section: section, line: line)
    }

    /// A section of this very name.
    private func own(_ anchor: LessonAnchor, _ line: TraceLine?) -> Told? {
        guard let section = library.section(for: anchor), section.anchor == anchor else { return nil }
        return Told(anchor: anchor, section: section, line: line)
    }

    /// The section that explains an anchor best, under its own name.
    private func nearest(_ anchor: LessonAnchor, _ line: TraceLine?) -> [Told] {
        library.section(for: anchor).map { [Told(anchor: $0.anchor, section: $0, line: line)] } ?? []
    }

    private func distinct(_ all: [Told]) -> [Told] {
        var seen: Set<LessonAnchor> = []
        return all.filter { seen.insert($0.section.anchor).inserted }
    }
}

extension LessonAnchor {
    /// `reply/5yz`, or what is told of a code that nobody knows.
    fileprivate var isReplyClass: Bool { path.hasSuffix("yz") || path == "reply/unknown" }
}
