public import Lessons
import SMTP
public import Tracing

/// A session as one page that needs nothing else: steps, wire and lesson, to be stepped through by key, read without
/// scripts, or printed.
///
/// What stands in the page is the whole session in the order of the document: a step, its lines, what explains them. The
/// script only shows less of it at a time. Nothing from the wire becomes an element, an attribute name or a script.
public struct HTMLExport {
    private let trace: Trace
    private let header: Recording.Header
    private let library: LessonLibrary
    private let sections: [ExportWalk.Section]
    private let stops: [PageLessons.Stop]
    private let text: HTMLText

    /// How many lines of one stop are on a page at most, of those the first and the last.
    static let firstLines = 1000
    static let lastLines = 20
    /// The most findings in the list at the end.
    private static let maxFindings = 1000

    /// The whole page.
    public static func text(_ trace: Trace, header: Recording.Header, library: LessonLibrary, session: Int = 0)
        -> String
    {
        HTMLExport(trace, header, library).page(session)
    }

    private init(_ trace: Trace, _ header: Recording.Header, _ library: LessonLibrary) {
        self.trace = trace
        self.header = header
        self.library = library
        sections = ExportWalk(trace: trace, library: library).sections.map {
            $0.shortened(first: Self.firstLines, last: Self.lastLines)
        }
        var lessons = PageLessons(trace, library: library)
        stops = sections.map { lessons.stop($0) }
        let ids = lessons.firstIDs
        text = HTMLText(headingShift: 2) { anchor in
            library.section(for: anchor).flatMap { ids[$0.anchor] }
        }
    }

    private func page(_ session: Int) -> String {
        let title = header.title.isEmpty ? "A mail session" : header.title
        let body = [
            "<a class=\"skip\" href=\"#wire\">Skip to the wire</a>",
            masthead(title),
            "<div class=\"panes\">",
            navigation,
            "<main id=\"wire\" aria-label=\"Wire\" tabindex=\"-1\">",
            zip(sections, stops).map(stop).joined(separator: "\n"),
            findings,
            message,
            [verdict, situations].filter { !$0.isEmpty }.joined(separator: "\n"),
            "</main>",
            "<aside id=\"lesson\" aria-label=\"Lesson\" tabindex=\"0\" hidden></aside>",
            "</div>",
            Self.controls(findings: trace.lines.reduce(0) { $0 + $1.findings.count }, !message.isEmpty),
            Self.dialogs,
            "<script type=\"application/json\" id=\"session\">\(data(session))</script>",
        ]
        return HTMLPage.text(
            title: title,
            language: library.language,
            body: body.joined(separator: "\n"),
            hasScript: true
        )
    }

    private func masthead(_ title: String) -> String {
        var facts: [String] = []
        if !header.source.isEmpty { facts.append("<span><bdi>\(Escaping.html(header.source))</bdi></span>") }
        if !header.began.isEmpty { facts.append("<span>Began <bdi>\(Escaping.html(header.began))</bdi></span>") }
        return "<header class=\"masthead\"><h1><bdi>\(Escaping.html(title))</bdi></h1>"
            + "<p class=\"source\">\(facts.joined(separator: " "))</p></header>"
    }

    // MARK: Steps

    /// All fourteen, those that did not happen without a link.
    private var navigation: String {
        let last = sections.map(\.stop.place.step).max() ?? .submission
        var items: [String] = []
        var present = Set<Step>()
        for section in sections {
            let step = section.stop.place.step
            for absent in Step.allCases where absent < step && !present.contains(absent) {
                present.insert(absent)
                items.append(self.absent(absent))
            }
            present.insert(step)
            let count = section.lines.reduce(0) { $0 + $1.findings.count }
            var marks = ""
            if trace.failed.contains(section.stop.place) {
                marks +=
                    " <span class=\"mark failed\"><span aria-hidden=\"true\">✘</span><span class=\"quiet\">failed</span></span>"
            }
            if count > 0 {
                marks +=
                    " <span class=\"mark\"><span aria-hidden=\"true\">⚑</span>\(count)"
                    + "<span class=\"quiet\"> finding\(count == 1 ? "" : "s")</span></span>"
            }
            items.append(
                "<li class=\"\(section.isStep ? "whole" : "sub")\"><a href=\"#\(section.id)\"><span class=\"number\">"
                    + "\(section.label)</span> <span class=\"words\"><bdi>\(Escaping.html(section.title))</bdi></span>"
                    + "\(marks)</a></li>"
            )
        }
        for absent in Step.allCases where absent > last { items.append(self.absent(absent)) }
        return
            "<nav id=\"steps\" aria-label=\"Steps\"><h2>Steps</h2><ol>\n\(items.joined(separator: "\n"))\n</ol></nav>"
    }

    private func absent(_ step: Step) -> String {
        "<li class=\"whole absent\"><span><span class=\"number\">\(step.number)</span> "
            + "<span class=\"words\">\(Escaping.html(step.title))</span> <span class=\"quiet\">not in this session</span></span></li>"
    }

    // MARK: Wire

    private func stop(_ section: ExportWalk.Section, _ lessons: PageLessons.Stop) -> String {
        let tag = section.isStep ? "h2" : "h3"
        let own = lessons.own.map { " data-lesson=\"\($0)\"" } ?? ""
        var lines = section.lines.enumerated().map { line($1, lessons.spans[$0], lessons.findings[$0]) }
        if let gap = section.gap {
            lines.insert(
                "<li class=\"gap-note\">… \(gap.lines) lines, \(gap.octets) octets, are not on this page; the formats ehlo, "
                    + "json, txt and eml have them all …</li>",
                at: gap.before
            )
        }
        let wire = lines.isEmpty ? "" : "<ol class=\"wire\">\n\(lines.joined(separator: "\n"))\n</ol>\n"
        let told = lessons.entries.map { lesson($0, isOwn: $0.id == lessons.own) }.joined(separator: "\n")
        let explained = told.isEmpty ? "" : "<div class=\"explained\">\n\(told)\n</div>\n"
        return "<section class=\"stop\" id=\"\(section.id)\" data-step=\"\(section.stop.place.step.number)\" "
            + "data-label=\"\(section.label)\"\(own) aria-labelledby=\"\(section.id)-title\">\n"
            + "<\(tag) id=\"\(section.id)-title\" tabindex=\"-1\"><a href=\"#\(section.id)\"><span class=\"number\">"
            + "\(section.label)</span> <bdi>\(Escaping.html(section.title))</bdi></a></\(tag)>\n"
            + wire + explained + "</section>"
    }

    private func line(_ line: TraceLine, _ lessons: [String?], _ findings: [String?]) -> String {
        let number = line.index + 1
        let (who, sign, name): (String, String, String) =
            switch line.speaker {
            case .client: ("client", line.isInferred ? "C ~" : "C ▶", line.isInferred ? "client, inferred" : "client")
            case .server: ("server", line.isInferred ? "S ~" : "S ◀", line.isInferred ? "server, inferred" : "server")
            case .note: ("note", "––", "what happened")
            }
        let kind = line.leg == .lookup && line.speaker != .note ? "lookup" : who
        let isData: Bool = if case .mailData = line.content { true } else { false }
        let marks = line.findings.isEmpty ? "" : " flagged"
        let whole = line.octets + line.ending.octets
        let spans = line.spans.enumerated().map { index, span -> String in
            let about = zip(line.findings, findings).filter { $0.0.range.overlaps(span.range) }.compactMap(\.1)
            return self.span(
                span,
                of: line,
                whole,
                id: "line-\(number)-span-\(index + 1)",
                lesson: lessons[index],
                findings: about
            )
        }
        let telling = line.tellingSpan.map { " data-telling=\"line-\(number)-span-\($0 + 1)\"" } ?? ""
        let flags = zip(line.findings, findings).map { finding($0, lesson: $1) }.joined()
        // The octets of a TLS record say nothing to the eye.
        let says = line.isTLS ? "<p class=\"says\">\(Escaping.html(line.shownText))</p>" : ""
        return "<li class=\"line \(kind)\(isData ? " data" : "")\(marks)\" id=\"line-\(number)\"\(telling)>"
            + "<span class=\"time\">\(WalkText.clock(line.time).drop { $0 == " " })</span>"
            + "<span class=\"who\"><span aria-hidden=\"true\">\(sign)</span><span class=\"quiet\">\(name): </span></span>"
            + "<code dir=\"ltr\"><bdi>\(spans.joined(separator: line.isBinary ? " " : ""))</bdi></code>\(says)\(flags)</li>"
    }

    private func span(
        _ span: WireSpan,
        of line: TraceLine,
        _ whole: [UInt8],
        id: String,
        lesson: String?,
        findings: [String]
    ) -> String {
        let name = Escaping.html(span.name)
        let about = findings.isEmpty ? "" : " data-findings=\"\(findings.joined(separator: " "))\""
        let target = (lesson.map { " href=\"#\($0)\"" } ?? "") + about
        guard span.kind != .lineEnd else {
            let glyphs = line.ending.octets.map { $0 == 13 ? "CR" : $0 == 10 ? "LF" : "??" }.joined(separator: " ")
            return "<a class=\"span end\" id=\"\(id)\"\(target) title=\"\(name)\" data-glyph=\"\(glyphs)\" "
                + "aria-label=\"\(name)\"></a>"
        }
        let octets = whole[span.range.clamped(to: 0..<whole.count)]
        let shown = Escaping.html(line.isBinary ? WireText.hexPairs(octets) : WireText.shown(octets))
        let blank = octets.allSatisfy { $0 == 32 || $0 == 9 } ? " blank" : ""
        guard line.isWire || span.kind != .separator else { return "<span class=\"gap\" id=\"\(id)\">\(shown)</span>" }
        return "<a class=\"span k-\(span.kind.rawValue)\(blank)\" id=\"\(id)\"\(target) title=\"\(name)\">\(shown)</a>"
    }

    private func finding(_ finding: Finding, lesson: String?) -> String {
        let words = Escaping.html(finding.message)
        let linked = lesson.map { "<a href=\"#\($0)\">\(words)</a>" } ?? words
        return "<p class=\"finding \(finding.severity.rawValue)\"><span aria-hidden=\"true\">⚑ </span>"
            + "<strong>\(finding.severity.rawValue)</strong> \(linked), \(HTMLText.source(finding.spec))</p>"
    }

    // MARK: Lessons

    private func lesson(_ entry: PageLessons.Entry, isOwn: Bool) -> String {
        let sources = entry.section.spec.map(HTMLText.source).joined(separator: " · ")
        let footer = sources.isEmpty ? "" : "<p class=\"sources\">\(sources)</p>"
        let language =
            entry.section.language == library.language ? "" : " lang=\"\(Escaping.html(entry.section.language))\""
        return "<article class=\"lesson \(isOwn ? "own" : "part")\" id=\"\(entry.id)\"\(language)>"
            + "<h3 tabindex=\"-1\">\(Escaping.html(entry.section.title))</h3>\n\(text.html(entry.blocks))\n\(footer)</article>"
    }

    // MARK: The end of the page

    private var findings: String {
        let shown = Set(sections.flatMap { $0.lines.map(\.index) })
        let found = trace.lines.lazy.flatMap { line in line.findings.map { (line, $0) } }
        let count = trace.lines.reduce(0) { $0 + $1.findings.count }
        let items = found.prefix(Self.maxFindings).map { line, finding in
            let place = "step \(line.place.label)"
            let linked = shown.contains(line.index) ? "<a href=\"#line-\(line.index + 1)\">\(place)</a>" : place
            return
                "<li class=\"\(finding.severity.rawValue)\">\(linked): <strong>\(finding.severity.rawValue)</strong> "
                + "\(Escaping.html(finding.message)), \(HTMLText.source(finding.spec))</li>"
        }
        let more = count > items.count ? "<p>And \(count - items.count) more.</p>" : ""
        let reach = FindingsReach(trace)
        let read = (count > 0 ? [reach.sealedSentence].compactMap(\.self) : reach.sentences).map {
            "<p>\(Escaping.html($0))</p>"
        }
        let list =
            (items.isEmpty ? "" : "<ol>\n\(items.joined(separator: "\n"))\n</ol>\(more)") + read.joined(separator: "\n")
        return "<section class=\"end\" id=\"findings\"><h2 tabindex=\"-1\">Findings</h2>\n\(list)</section>"
    }

    /// What became of the mail: a sentence a paragraph, what the server said as it was.
    private var verdict: String {
        let words = Verdict(of: trace).words(in: trace).map { (words: Verdict.Words) -> String in
            let text = Escaping.html(words.text)
            return switch words {
            case .summary: "<p><strong>\(text)</strong></p>"
            case .sentence, .next: "<p>\(text)</p>"
            case .quote:
                "<p class=\"quote\"><span class=\"quiet\">server: </span><code dir=\"ltr\"><bdi>\(text)</bdi></code></p>"
            }
        }
        return
            "<section class=\"end\" id=\"verdict\"><h2 tabindex=\"-1\">Verdict</h2>\n\(words.joined(separator: "\n"))</section>"
    }

    /// What is going on, a sentence and what to do each; nothing where nothing is.
    private var situations: String {
        let told = Situation.all(in: trace).map { situation in
            let words = [situation.advice, situation.others].filter { !$0.isEmpty }.joined(separator: " ")
            return "<p><strong>\(Escaping.html(situation.sentence))</strong> \(Escaping.html(words))</p>"
        }
        return told.isEmpty
            ? ""
            : "<section class=\"end\" id=\"situations\"><h2 tabindex=\"-1\">What is going on</h2>\n\(told.joined(separator: "\n"))</section>"
    }

    /// The mail as it was delivered, or else as it was sent.
    private var message: String {
        let mails =
            trace.delivered.isEmpty
            ? MessageExport.messages(trace).map { mail($0.content, "as it was sent", leftOut: $0.octetsLeftOut) }
            : trace.delivered.map { mail($0, "as it was delivered", leftOut: 0) }
        return mails.isEmpty
            ? "" : "<section class=\"end\" id=\"message\">\(mails.joined(separator: "\n"))</section>"
    }

    /// A mail without its stuffed dots, its first lines where it is long.
    private func mail(_ content: [UInt8], _ how: String, leftOut: Int) -> String {
        var rows = ExportWalk.rows(content)
        let left = rows.count - Self.firstLines
        if left > 0 { rows = rows.prefix(Self.firstLines) + ["… \(left) lines more"] }
        if leftOut > 0 { rows.append("… \(leftOut) octets more") }
        return "<h2 tabindex=\"-1\">The message \(how), \(content.count + leftOut) octets</h2>\n<pre dir=\"ltr\"><bdi>"
            + rows.map(Escaping.html).joined(separator: "\n") + "</bdi></pre>"
    }

    private static func controls(findings: Int, _ hasMessage: Bool) -> String {
        let message = hasMessage ? "<button type=\"button\" data-do=\"message\"><kbd>m</kbd> Message</button>" : ""
        return """
            <nav class="controls" aria-label="Walk" hidden><div class="bar" role="toolbar" aria-label="Keys as buttons">
            <button type="button" data-do="previous"><kbd>p</kbd> Back</button>
            <button type="button" data-do="next" class="main"><kbd>n</kbd> Next</button>
            <span class="where" id="where"></span>
            <button type="button" data-do="left" aria-label="Previous span"><kbd>←</kbd></button>
            <button type="button" data-do="right" aria-label="Next span"><kbd>→</kbd> Span</button>
            <button type="button" data-do="findings"><kbd>f</kbd> Findings <b>\(findings)</b></button>
            \(message)
            <button type="button" data-do="all" aria-pressed="false"><kbd>a</kbd> Open all</button>
            <button type="button" data-do="help"><kbd>?</kbd> Help</button>
            </div><p class="quiet" role="status" id="status"></p></nav>
            """
    }

    private static let dialogs = """
        <dialog id="help" aria-labelledby="help-title"><h2 id="help-title">Keys</h2>
        <table><tbody>
        \(HTMLKeys.table)
        </tbody></table>
        <p><label><input type="checkbox" id="keys" checked> Single keys do something on this page</label></p>
        <p><button type="button" data-do="close">Close</button></p></dialog>
        <dialog id="go" aria-labelledby="go-title"><h2 id="go-title">Go to step</h2>
        <p><label>Its number, as 7 or 6a <input id="number" autocomplete="off" spellcheck="false" size="6"></label></p>
        <p class="trouble" role="alert" id="trouble"></p>
        <p><button type="button" data-do="go" class="main">Go</button> <button type="button" data-do="close">Close</button></p>
        </dialog>
        """

    /// The lines on the page as the JSON export has them.
    private func data(_ session: Int) -> String {
        var export = JSONExport(library: library)
        let lines = sections.flatMap(\.lines).map { export.object($0, session: session).dropLast() }
        return Escaping.scriptData("{\"lines\":[\n\(lines.joined(separator: ",\n"))\n]}")
    }
}
