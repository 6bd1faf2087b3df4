public import Lessons
import SMTP
public import Tracing

/// A session as a handout in Markdown (CommonMark with the tables of GitHub): a step a section.
///
/// What was on the wire stands only in fenced code, behind our own time and `C:`, `S:` or `--`.
public enum MarkdownExport {
    /// The whole handout; every line ends in a line feed.
    ///
    /// With `forTeacher` each step has notes as well: what to ask before going on, what goes wrong, where to read on.
    public static func text(
        _ trace: Trace,
        header: Recording.Header,
        library: LessonLibrary,
        forTeacher: Bool = false
    ) -> String {
        let escape = Escaping.markdown
        var parts = ["# " + escape(header.title.isEmpty ? "A mail session" : header.title)]
        if !header.source.isEmpty { parts.append("Source: \(escape(header.source))") }
        if !header.began.isEmpty { parts.append("Began: \(escape(header.began))") }
        parts.append(
            "In the transcripts `C:` is what the client says, `S:` what the server says, `--` what happens around it; "
                + "below each line stand the names of its parts. Times are in seconds."
        )
        for section in ExportWalk(trace: trace, library: library).sections {
            parts.append((section.isStep ? "## " : "### ") + escape(section.heading))
            if !section.lines.isEmpty {
                parts.append(fenced(WireListing.lines(section.stop, of: trace).map(\.text), info: "text"))
            }
            let found = section.lines.flatMap(\.findings)
            if !found.isEmpty { parts.append(found.map { "- \(finding($0))" }.joined(separator: "\n")) }
            for lesson in section.lessons {
                parts.append("**\(escape(lesson.title))**")
                parts += lesson.blocks.map(MarkdownText.block)
            }
            if !section.others.isEmpty {
                parts.append(
                    section.others.map { "- More: `\($0.anchor)`, \(escape($0.section.title))" }.joined(separator: "\n")
                )
            }
            if forTeacher { parts.append(TeacherNotes(library: library).text(section)) }
        }
        parts += findings(trace)
        for content in trace.delivered {
            parts.append("## The message as it was delivered, \(content.count) octets")
            parts.append(fenced(ExportWalk.rows(content).map { "| \($0)" }, info: "text"))
        }
        parts += verdict(trace) + situations(trace)
        return parts.filter { !$0.isEmpty }.joined(separator: "\n\n") + "\n"
    }

    private static func findings(_ trace: Trace) -> [String] {
        let found = trace.lines.flatMap { line in line.findings.map { "- step \(line.place.label): \(finding($0))" } }
        let reach = FindingsReach(trace)
        guard !found.isEmpty else {
            return reach.sentences.isEmpty ? [] : ["## Findings"] + reach.sentences.map(Escaping.markdown)
        }
        return ["## Findings", found.joined(separator: "\n")] + (reach.sealedSentence.map { [$0] } ?? [])
    }

    /// The verdict, last: a sentence a paragraph, what the server said in code.
    private static func verdict(_ trace: Trace) -> [String] {
        var parts = ["## Verdict"]
        var quotes: [String] = []
        for words in Verdict(of: trace).words(in: trace) {
            if case .quote(let text) = words {
                quotes.append("S: \(text)")
                continue
            }
            if !quotes.isEmpty { parts.append(fenced(quotes, info: "text")) }
            quotes = []
            let text = Escaping.markdown(words.text)
            if case .summary = words { parts.append("**\(text)**") } else { parts.append(text) }
        }
        return quotes.isEmpty ? parts : parts + [fenced(quotes, info: "text")]
    }

    /// What is going on, an entry each, where anything is.
    private static func situations(_ trace: Trace) -> [String] {
        let told = Situation.all(in: trace).map { situation in
            let words = [situation.sentence, situation.advice, situation.others].filter { !$0.isEmpty }
            return "- **situation** `\(situation.id)`: " + Escaping.markdown(words.joined(separator: " "))
        }
        return told.isEmpty ? [] : ["## What is going on", told.joined(separator: "\n")]
    }

    private static func finding(_ finding: Finding) -> String {
        "**\(finding.severity.rawValue)** `\(finding.id)`: "
            + Escaping.markdown("\(finding.message), \(finding.spec)")
    }

    /// A code block whose fence is longer than any run of backticks in it.
    static func fenced(_ lines: [String], info: String) -> String {
        let fence = String(repeating: "`", count: max(3, MarkdownText.longestRun(lines) + 1))
        return ([fence + info] + lines + [fence]).joined(separator: "\n")
    }
}

/// The blocks of a lesson as Markdown again.
enum MarkdownText {
    static func block(_ block: Block) -> String {
        switch block {
        case .paragraph(let inlines): return guarded(text(inlines))
        case .heading(let level, let inlines):
            let words = text(inlines).replacing("\\\n", with: " ")
            return String(repeating: "#", count: min(6, level + 2)) + " " + words
        case .code(let info, let text):
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
            return MarkdownExport.fenced(lines, info: info.filter { $0.isASCII && $0.isLetter })
        case .list(let ordered, let start, let tight, let items):
            return items.enumerated().map { index, item in
                let mark = ordered ? "\(min(start + index, 999_999_999)). " : "- "
                let inner = item.map(self.block).joined(separator: tight ? "\n" : "\n\n")
                return mark + indented(inner, by: mark.count)
            }.joined(separator: tight ? "\n" : "\n\n")
        case .quote(let inner):
            let lines = inner.map(self.block).joined(separator: "\n\n")
            return lines.split(separator: "\n", omittingEmptySubsequences: false).map { "> \($0)" }
                .joined(separator: "\n")
        case .table(let alignments, let header, let rows):
            let marks = alignments.map { alignment in
                switch alignment {
                case .none: "---"
                case .left: ":--"
                case .center: ":-:"
                case .right: "--:"
                }
            }
            return ([row(header.map(cell)), row(marks)] + rows.map { row($0.map(cell)) }).joined(separator: "\n")
        case .rule: return "---"
        }
    }

    private static func row(_ cells: [String]) -> String { "| " + cells.joined(separator: " | ") + " |" }

    private static func cell(_ inlines: [Inline]) -> String {
        text(inlines, inTable: true).replacing("\\\n", with: " ")
    }

    private static func indented(_ text: String, by count: Int) -> String {
        text.replacing("\n", with: "\n" + String(repeating: " ", count: count))
    }

    /// Running text in one line but for hard breaks.
    static func text(_ inlines: [Inline], inTable: Bool = false) -> String {
        inlines.map { inline in
            switch inline {
            case .text(let text): return Escaping.markdown(text)
            case .code(let text): return code(text, inTable: inTable)
            case .emphasis(let inner): return "*\(self.text(inner, inTable: inTable))*"
            case .strong(let inner): return "**\(self.text(inner, inTable: inTable))**"
            case .strike(let inner): return "~~\(self.text(inner, inTable: inTable))~~"
            case .link(let url, let inner):
                let words = self.text(inner, inTable: inTable)
                return ExportWalk.address(url).map { "[\(words)](<\($0)>)" } ?? words
            case .softBreak: return " "
            case .lineBreak: return "\\\n"
            }
        }.joined()
    }

    private static func code(_ text: String, inTable: Bool) -> String {
        let text = text.replacing("\n", with: " ")
        guard !text.isEmpty else { return "" }
        let fence = String(repeating: "`", count: longestRun([text]) + 1)
        // A space at both ends is taken off by who reads it.
        let needsRoom = text.hasPrefix("`") || text.hasSuffix("`") || (text.hasPrefix(" ") && text.hasSuffix(" "))
        let room = needsRoom && text.contains { $0 != " " } ? " " : ""
        return fence + room + (inTable ? text.replacing("|", with: "\\|") : text) + room + fence
    }

    /// The start of a line that would make a list or a heading of a paragraph is escaped.
    private static func guarded(_ paragraph: String) -> String {
        paragraph.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            let line = line.drop { $0 == " " }
            guard let first = line.first else { return "" }
            if "-+=".contains(first) { return "\\\(line)" }
            let number = line.prefix { $0.isASCII && $0.isNumber }
            let rest = line.dropFirst(number.count)
            if !number.isEmpty, let next = rest.first, next == "." || next == ")" { return "\(number)\\\(rest)" }
            return String(line)
        }.joined(separator: "\n")
    }

    static func longestRun(_ lines: [String]) -> Int {
        var longest = 0
        for line in lines {
            var run = 0
            for octet in line.utf8 {
                run = octet == UInt8(ascii: "`") ? run + 1 : 0
                longest = max(longest, run)
            }
        }
        return longest
    }
}
