import Lessons
import Tracing

/// The blocks of a lesson as HTML. Everything in them goes through `Escaping.html`; the elements are all our own.
struct HTMLText {
    /// How deep the headings of a lesson begin below those of the page.
    let headingShift: Int
    /// The id of the lesson an `ehlo:` link leads to, when it is on the page.
    let link: (LessonAnchor) -> String?

    func html(_ blocks: [Block]) -> String { blocks.map(html).joined(separator: "\n") }

    private func html(_ block: Block) -> String {
        switch block {
        case .paragraph(let inlines): return "<p>\(html(inlines))</p>"
        case .heading(let level, let inlines):
            let tag = "h\(min(6, level + headingShift))"
            return "<\(tag)>\(html(inlines))</\(tag)>"
        case .code(Block.drawingInfo, let text):
            return DiagramSVG(text).element ?? "<pre><code>\(code(text))</code></pre>"
        case .code(_, let text): return "<pre><code>\(code(text))</code></pre>"
        case .list(let ordered, let start, let tight, let items):
            let tag = ordered ? "ol" : "ul"
            let opening = ordered && start != 1 ? "<ol start=\"\(min(start, 999_999_999))\">" : "<\(tag)>"
            return opening + items.map { "<li>\(item($0, tight: tight))</li>" }.joined() + "</\(tag)>"
        case .quote(let inner): return "<blockquote>\(html(inner))</blockquote>"
        case .table(let alignments, let header, let rows):
            let head = row(header, "th scope=\"col\"", "th", alignments)
            return "<table><thead>\(head)</thead><tbody>"
                + rows.map { row($0, "td", "td", alignments) }.joined() + "</tbody></table>"
        case .rule: return "<hr>"
        }
    }

    private func item(_ blocks: [Block], tight: Bool) -> String {
        blocks.map { block in
            if tight, case .paragraph(let inlines) = block { return html(inlines) }
            return html(block)
        }.joined(separator: "\n")
    }

    private func row(_ cells: [[Inline]], _ opening: String, _ closing: String, _ alignments: [ColumnAlignment])
        -> String
    {
        let cells = zip(cells, alignments).map { cell, alignment in
            let isNumber = alignment == .right
            return "<\(opening)\(isNumber ? " class=\"right\"" : "")>\(html(cell))</\(closing)>"
        }
        return "<tr>\(cells.joined())</tr>"
    }

    /// Lines, those of a client and a server marked as such.
    private func code(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            let shown = Escaping.html(String(line))
            if line.hasPrefix("C: ") { return "<span class=\"client\">\(shown)</span>" }
            if line.hasPrefix("S: ") { return "<span class=\"server\">\(shown)</span>" }
            return shown
        }.joined(separator: "\n")
    }

    func html(_ inlines: [Inline]) -> String {
        inlines.map { inline in
            switch inline {
            case .text(let text): return Escaping.html(text)
            case .code(let text): return "<code>\(Escaping.html(text))</code>"
            case .emphasis(let inner): return "<em>\(html(inner))</em>"
            case .strong(let inner): return "<strong>\(html(inner))</strong>"
            case .strike(let inner): return "<s>\(html(inner))</s>"
            case .link(let url, let inner): return linked(html(inner), url)
            case .softBreak: return "\n"
            case .lineBreak: return "<br>"
            }
        }.joined()
    }

    private func linked(_ words: String, _ url: String) -> String {
        if url.hasPrefix("ehlo:") {
            guard let id = link(LessonAnchor(String(url.dropFirst(5)))) else { return words }
            return "<a href=\"#\(id)\">\(words)</a>"
        }
        guard let address = ExportWalk.address(url) else { return words }
        return "<a href=\"\(Escaping.html(address))\" rel=\"noreferrer\">\(words)</a>"
    }

    /// A source, as `RFC 5321 §4.1.2`, with a link to where it can be read.
    static func source(_ spec: String) -> String {
        let shown = Escaping.html(spec)
        let words = spec.split(separator: " ")
        guard words.count >= 2, words[0] == "RFC", words[1].allSatisfy({ $0.isASCII && $0.isNumber }) else {
            return shown
        }
        var address = "https://www.rfc-editor.org/rfc/rfc\(words[1])"
        if words.count == 3, words[2].hasPrefix("§") { address += "#section-\(words[2].dropFirst())" }
        guard let address = ExportWalk.address(address) else { return shown }
        return "<a href=\"\(Escaping.html(address))\" rel=\"noreferrer\">\(shown.replacing(" ", with: "&nbsp;"))</a>"
    }
}
