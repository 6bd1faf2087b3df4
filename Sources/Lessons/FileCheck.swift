import Tracing

/// The check of one lesson file.
struct FileCheck {
    let entry: LessonEntry
    let language: String
    /// Every anchor there is.
    let anchors: Set<LessonAnchor>
    private(set) var problems: [LessonCheck.Problem] = []

    init(entry: LessonEntry, language: String, anchors: Set<LessonAnchor>) {
        self.entry = entry
        self.language = language
        self.anchors = anchors
    }

    /// The most characters of a summary.
    static let maxSummary = 100
    /// The most lines of 60 columns between two headings.
    static let maxLines = 20
    static let columns = 60
    /// The most columns of a drawing: so it fits the lesson pane of a window of 80.
    static let maxDiagramColumns = 50
    /// The headings of a lesson, in their order.
    static let headings = ["What happens", "Why it is so", "Read the octets", "What goes wrong", "Try it"]

    private mutating func report(_ line: Int?, _ message: String) {
        problems.append(LessonCheck.Problem(file: entry.name, line: line, message: message))
    }

    mutating func check(_ octets: [UInt8]?) {
        guard let octets else { return report(nil, "this is no file within the folder of lessons") }
        if let refusal = Markdown.refusal(of: octets) { return report(nil, refusal.description) }
        guard let text = LessonOctets.text(octets) else { return report(nil, "the file is not UTF-8") }
        if let at = text.utf8.firstRange(of: "\u{FFFD}") {
            report(1 + text.utf8[..<at.lowerBound].count { $0 == 0x0A }, "a control, private or replaced character")
        }
        let file = LessonFile(text)
        checkFrontMatter(file)
        checkAnchors(file)
        checkHeadings(file)
        checkLengths(file)
        for problem in ValueTags.problems(in: file.body) { report(file.bodyLine + problem.line - 1, problem.message) }
        for remark in MarkdownTree.remarks(file.body) { check(remark, line: file.bodyLine + remark.line - 1) }
        if Markdown.read(file.body).opening.isEmpty { report(nil, "the lesson has no text") }
        problems.sort { ($0.line ?? 0) < ($1.line ?? 0) }
    }

    // MARK: Front matter

    private mutating func checkFrontMatter(_ file: LessonFile) {
        guard let yaml = file.frontMatter else {
            return report(1, "the file does not begin with front matter between two lines of ---")
        }
        let (front, found) = FrontMatter.checked(yaml)
        for problem in found { report(problem.line + 1, problem.message) }
        let lines = yaml.split(separator: "\n", omittingEmptySubsequences: false)
        let lineOf = { (key: String) in (lines.firstIndex { $0.hasPrefix(key) } ?? -1) + 2 }
        if front.summary.count > Self.maxSummary {
            report(
                lineOf("summary:"),
                "the summary has \(front.summary.count) characters, at most \(Self.maxSummary) are wanted"
            )
        }
        for text in front.spec where !Self.isSpec(text) {
            report(lineOf("spec:"), "\(text) is not in the spelling RFC 5321 §4.1.1.2")
        }
        for (key, text) in [("title:", front.title), ("summary:", front.summary)] where ValueTags.hasTags(text) {
            report(lineOf(key), "values stand in the text only")
        }
    }

    /// Who else defines something: registries and makers of servers.
    private static let makers = [
        "HAProxy", "IANA", "Unicode", "ICANN", "Postfix", "Exim", "Exchange", "Sendmail", "qmail", "OpenSMTPD",
        "Courier",
        "Haraka", "Dovecot", "OpenSSL", "rspamd", "SpamAssassin", "Yahoo", "Gmail", "Outlook", "Microsoft", "Apple",
        "Amazon",
        "GMX", "Proofpoint", "Mimecast", "Barracuda", "Cisco", "Spamhaus", "Cloudflare", "SendGrid", "Mailgun", "Zoho",
        "Comcast", "T-Online", "NetEase", "Tencent", "Mail.ru", "Yandex", "Rackspace", "OVH", "Nodemailer", "PHPMailer",
        "Python", "JavaMail", ".NET", "Go",
    ]

    /// Whether a source is in the one spelling: `RFC 5321 §4.1.1.2`, `RFC 5321 appendix F`, a maker, a draft.
    static func isSpec(_ text: String) -> Bool {
        let words = text.split(separator: " ", omittingEmptySubsequences: false)
        guard let first = words.first, words.allSatisfy({ !$0.isEmpty }) else { return false }
        if makers.contains(String(first)) { return true }
        if first.hasPrefix("draft-") { return words.count == 1 && first.count > 6 }
        guard first == "RFC", words.count >= 2, (2...5).contains(words[1].count),
            words[1].utf8.allSatisfy({ (0x30...0x39).contains($0) })
        else { return false }
        switch words.count {
        case 2: return true
        case 3: return words[2].first == "§" && isNumbering(words[2].dropFirst())
        case 4:
            return words[2] == "appendix" && words[3].first.map { ("A"..."Z").contains($0) } == true
                && isNumbering(words[3])
        default: return false
        }
    }

    /// `4.1.1.2`, `A.2`.
    private static func isNumbering(_ text: Substring) -> Bool {
        text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy {
            !$0.isEmpty && $0.utf8.allSatisfy(\.isLetDig)
        }
    }

    // MARK: Headings

    private mutating func checkAnchors(_ file: LessonFile) {
        var seen: Set<String> = []
        for part in file.parts {
            guard let anchor = part.anchor else { continue }
            if LessonAnchor(anchor).file != entry.anchor || !anchor.contains("@") || !LessonFolder.isSafe(anchor) {
                report(part.line, "the anchor \(anchor) does not belong into the file of \(entry.anchor)")
            }
            if !seen.insert(anchor).inserted { report(part.line, "the anchor \(anchor) stands in this file twice") }
            if part.heading.isEmpty { report(part.line, "the heading has an anchor and no words") }
            if Markdown.read(part.source).isEmpty { report(part.line, "nothing stands under the heading of \(anchor)") }
        }
    }

    private mutating func checkHeadings(_ file: LessonFile) {
        // Only English headings are known here, and background lessons choose their own.
        guard language == LessonLibrary.english, entry.anchor.family != "background" else { return }
        var last = -1
        for (line, heading) in file.headings where heading.anchor == nil {
            if heading.level == 1 { report(line, "the title stands in the front matter, not in a heading") }
            guard heading.level == 2 else { continue }
            guard let place = Self.headings.firstIndex(of: heading.text) else {
                report(line, "\"\(heading.text)\" is none of the headings: \(Self.headings.joined(separator: " · "))")
                continue
            }
            if place == last { report(line, "\"\(heading.text)\" stands here twice") }
            if place < last { report(line, "\"\(heading.text)\" stands behind \"\(Self.headings[last])\"") }
            last = max(last, place)
        }
    }

    /// What stands between two headings is read on one screen.
    private mutating func checkLengths(_ file: LessonFile) {
        let lines = file.body.utf8.split(separator: 0x0A, omittingEmptySubsequences: false).map { Substring($0) }
        let starts = [file.bodyLine - 1] + file.headings.map(\.line)
        let ends = file.headings.map { $0.line - 1 } + [file.bodyLine + lines.count - 1]
        for (start, end) in zip(starts, ends) where start < end {
            let source = lines[(start - file.bodyLine + 1)..<(end - file.bodyLine + 1)].joined(separator: "\n")
            let blocks = LessonText(source).blocks { $0.fallback }
            let count = PlainText.lines(blocks, columns: Self.columns).count
            if count > Self.maxLines {
                report(
                    max(start, file.bodyLine),
                    "\(count) lines without a heading, at most \(Self.maxLines) fit a screen"
                )
            }
        }
    }

    // MARK: Markdown

    private mutating func check(_ remark: MarkdownTree.Remark, line: Int) {
        switch remark.kind {
        case .html: report(line, "HTML is not shown: \(remark.text)")
        case .image: report(line, "a terminal has no images: \(remark.text)")
        case .link: checkLink(remark.text, line: line)
        case .diagram: checkDiagram(remark.text, line: line)
        }
    }

    /// A drawing is narrow, and of plain ASCII, so that every terminal draws it alike. `line` is that of its fence.
    private mutating func checkDiagram(_ text: String, line: Int) {
        for (index, row) in text.utf8.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated() {
            if row.count > Self.maxDiagramColumns {
                report(line + 1 + index, "the drawing has \(row.count) columns, at most \(Self.maxDiagramColumns) fit")
            }
            if row.contains(where: { !(0x20...0x7E).contains($0) }) {
                report(line + 1 + index, "a drawing is of plain ASCII")
            }
        }
    }

    private mutating func checkLink(_ url: String, line: Int) {
        if url.hasPrefix("ehlo:") {
            let anchor = LessonAnchor(String(url.dropFirst(5)))
            if !anchors.contains(anchor) { report(line, "the link leads to \(anchor), which no lesson explains") }
        } else if !url.hasPrefix("https://") || url.utf8.count <= 8 {
            report(line, "a link begins with https:// or ehlo:, not so \(url)")
        }
    }
}
