public import Lessons
import SMTP
public import Tracing

/// A session as an exercise: the transcript with room to write what happens and why, and the key on the last page.
public struct Worksheet {
    /// One stop: what is asked, and the answers.
    struct Item {
        let label: String
        let lines: [(role: WalkText.Role, text: String)]
        let questions: [Question]
        let title: String
        /// Why it is so: the opening of the lesson, with the values of the session.
        let explanation: [Inline]
    }

    struct Question {
        let words: String
        let blankLines: Int
        /// In the key, a paragraph for each entry; none where the explanation answers it.
        let answers: [String]
    }

    private let header: Recording.Header
    private let language: String
    let items: [Item]

    public init(_ trace: Trace, header: Recording.Header, library: LessonLibrary) {
        self.header = header
        language = library.language
        var items: [Item] = []
        for section in ExportWalk(trace: trace, library: library).sections where !section.lines.isEmpty {
            let shown = WireListing.lines(section.stop, of: trace)
            let context = SessionValues.Context(trace, line: section.first?.line ?? section.lines.first)
            let item = Item(
                label: section.label,
                lines: shown.filter { $0.role != .detail }.map { ($0.role, $0.text) },
                questions: Self.questions(section),
                title: section.title,
                explanation: section.first?.section.filled(with: context).opening ?? []
            )
            items.append(item)
        }
        self.items = items
    }

    private var title: String { header.title.isEmpty ? "A mail session" : header.title }

    private static let intro =
        "This is what was said, line by line, while one mail was delivered: C: is the client, S: the server, -- what happened "
        + "around it; times are in seconds. Write down what happens at each step and why it is so. The key is on the last page: "
        + "fold it away."

    private static func questions(_ section: ExportWalk.Section) -> [Question] {
        var questions = [Question(words: "What happens here, and why?", blankLines: 2, answers: [])]
        if let line = section.lines.first(where: hasParts) {
            let parts = WireListing.lines(line).filter { $0.role == .detail }
                .map { $0.text.drop { $0 == " " } }.joined(separator: " ")
            questions.append(
                Question(words: "Name the parts of “\(WalkText.quoted(line))”.", blankLines: 2, answers: [parts])
            )
        }
        let findings = section.lines.flatMap(\.findings)
        if !findings.isEmpty {
            let many = findings.count == 1 ? "One thing" : "\(findings.count) things"
            questions.append(
                Question(
                    words: "\(many) here would not be so by the book. What?",
                    blankLines: findings.count == 1 ? 1 : 2,
                    answers: findings.map(WalkText.sentence)
                )
            )
        }
        return questions
    }

    /// Whether taking the line to pieces is worth a question.
    private static func hasParts(_ line: TraceLine) -> Bool {
        switch line.content {
        case .command, .reply: break
        default: return false
        }
        let named = line.spans.filter { ![.separator, .lineEnd, .leadingSpace, .trailingSpace].contains($0.kind) }
        return named.count >= 2
    }

    // MARK: Markdown

    public var markdown: String {
        let escape = Escaping.markdown
        var parts = [
            "# Worksheet: " + escape(title), "Name: \(Self.blank(30)) Date: \(Self.blank(14))", escape(Self.intro),
        ]
        for item in items {
            parts.append("## Step \(escape(item.label))")
            parts.append(MarkdownExport.fenced(item.lines.map(\.text), info: "text"))
            for question in item.questions {
                let blanks = Array(repeating: Self.blank(64), count: question.blankLines)
                parts.append("**\(escape(question.words))**")
                parts += blanks
            }
        }
        parts += ["---", "## Key"]
        for item in items {
            parts.append("### Step \(escape(item.label)) · \(escape(item.title))")
            let words = MarkdownText.text(item.explanation)
            if !words.isEmpty { parts.append(words) }
            for answer in item.questions.flatMap(\.answers) { parts.append("- \(escape(answer))") }
        }
        return parts.joined(separator: "\n\n") + "\n"
    }

    /// A line to write on. Alone in a paragraph it is a rule in Markdown as well; between spaces it is no emphasis.
    private static func blank(_ count: Int) -> String { String(repeating: "_", count: count) }

    // MARK: HTML

    public var html: String {
        let text = HTMLText(headingShift: 3) { _ in nil }
        let asked = items.map { item in
            let lines = item.lines.map { line in
                let role = line.role == .client ? "client" : line.role == .server ? "server" : "note"
                return "<span class=\"\(role)\">\(Escaping.html(line.text))</span>"
            }
            let questions = item.questions.map { question in
                "<p class=\"question\">\(Escaping.html(question.words))</p>"
                    + String(repeating: "<div class=\"blank-line\"></div>", count: question.blankLines)
            }
            return
                "<section class=\"exercise\" aria-labelledby=\"step-\(item.label)\"><h2 id=\"step-\(item.label)\">Step \(item.label)</h2>"
                + "<pre dir=\"ltr\"><bdi>\(lines.joined(separator: "\n"))</bdi></pre>\(questions.joined())</section>"
        }
        let key = items.map { item in
            "<dt>Step \(item.label) · \(Escaping.html(item.title))</dt><dd><p>\(text.html(item.explanation))</p>"
                + item.questions.flatMap(\.answers).map { "<p class=\"answer\">\(Escaping.html($0))</p>" }.joined()
                + "</dd>"
        }
        let body = """
            <header class="masthead"><h1>Worksheet: <bdi>\(Escaping.html(title))</bdi></h1>
            <p class="person"><span>Name</span> <span>Date</span></p></header>
            <main class="worksheet">
            <p>\(Escaping.html(Self.intro))</p>
            \(asked.joined(separator: "\n"))
            <section class="key" aria-labelledby="key"><h2 id="key">Key</h2>
            <dl>
            \(key.joined(separator: "\n"))
            </dl></section>
            </main>
            """
        return HTMLPage.text(title: "Worksheet: \(title)", language: language, body: body, hasScript: false)
    }
}

extension WalkText {
    /// A line to be asked about, its end left out when it is long.
    static func quoted(_ line: TraceLine) -> String {
        let text = shown(line)
        return text.count <= 60 ? text : text.prefix(59) + "…"
    }

    private static func shown(_ line: TraceLine) -> String { WireText.shown(line.octets.prefix(400)) }
}
