import Interchange
import Lessons
import Testing
import Tracing

@Suite struct MarkdownExportTests {
    private func blocks(_ text: String) -> [Block] { Markdown.read(text) }

    @Test func `every session is a handout with its wire in code and nothing else`() throws {
        let library = try Hostile.library()
        for (name, trace, header) in try Hostile.sessions() {
            let text = MarkdownExport.text(trace, header: header, library: library)
            try Hostile.keep(text, "\(name).md")
            #expect(Hostile.isClean(text), "\(name)")
            #expect(text == MarkdownExport.text(trace, header: header, library: library), "\(name)")
            let read = blocks(text)
            let code = read.compactMap { block in if case .code("text", let text) = block { text } else { nil } }
            // A fence that the wire could close would leave fewer lines in the blocks.
            for line in trace.lines where line.isWire && !line.octets.isEmpty {
                let shown = " " + line.shownText
                let isThere = code.contains { $0.split(separator: "\n").contains { $0.hasSuffix(shown) } }
                #expect(isThere, "\(name): \(shown)")
            }
            let headings = read.filter { if case .heading(2, _) = $0 { true } else { false } }
            #expect(headings.count >= Set(trace.stops.map(\.place.step)).count + 1, "\(name)")
            for step in Set(trace.stops.map(\.place.step)) {
                #expect(text.contains("\n## Step \(step.number) · "), "\(name)")
            }
        }
    }

    @Test func `no link comes from the wire`() throws {
        let trace = Tracer.trace(of: Hostile.recording.events)
        let text = MarkdownExport.text(trace, header: Hostile.recording.header, library: try Hostile.library())
        let links = "\(blocks(text))".matches(of: /link\(url: "([^"]*)"/).map { String($0.1) }
        #expect(links.allSatisfy { $0.hasPrefix("https://www.rfc-editor.org") }, "\(links)")
    }

    @Test(arguments: ["# x", "1. x", "[x](javascript:a)", "<b>", "a|b", "`a`", "https://x.example", "&amp;", "\\"])
    func `escaped text reads as itself`(text: String) {
        let escaped = Escaping.markdown(text).replacing(/^1\./, with: "1\\.")
        #expect(blocks(escaped) == [.paragraph([.text(text)])])
    }

    @Test func `the seed shows steps, names of parts and findings`() throws {
        let recording = try Places.session("seed.ehlo")
        let trace = Tracer.trace(of: recording.events)
        let text = MarkdownExport.text(trace, header: recording.header, library: try Hostile.library())
        for part in ["## Step 7 · ", "reverse-path \"", "- **warning** `missing-angle-brackets`: ", "## Findings"] {
            #expect(text.contains(part), "\(part)")
        }
    }
}
