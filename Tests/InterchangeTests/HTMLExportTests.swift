import Foundation
import Lessons
import Testing
import Tracing

@testable import Interchange

@Suite struct HTMLExportTests {
    private func page(_ trace: Trace, _ header: Recording.Header) throws -> String {
        HTMLExport.text(trace, header: header, library: try Hostile.library())
    }

    /// Elements and attributes that the page has when nobody is hostile.
    private static let elements: Set = [
        "!doctype", "html", "head", "meta", "title", "script", "body", "header", "h1", "h2", "h3", "h4", "h5", "h6",
        "p", "span", "bdi", "div", "nav", "main", "aside", "ol", "ul", "li", "a", "section", "article", "code", "pre",
        "em",
        "strong", "s", "br", "hr", "blockquote", "table", "thead", "tbody", "tr", "th", "td", "button", "kbd", "b",
        "dialog",
        "label", "input", "dl", "dt", "dd", "svg", "path", "text",
    ]
    private static let attributes: Set = [
        "html", "lang", "charset", "content", "name", "class", "id", "href", "title", "type", "hidden", "tabindex",
        "role",
        "aria-label", "aria-labelledby", "aria-hidden", "aria-pressed", "data-do", "data-step", "data-label",
        "data-lesson", "data-telling", "data-findings",
        "data-glyph", "dir", "rel", "scope", "start", "checked", "autocomplete", "spellcheck", "size", "http-equiv",
        "viewbox", "width", "height", "d", "fill", "stroke", "x", "y", "textlength", "lengthadjust",
    ]

    @Test func `nothing on a page but what is ours, whatever the wire says`() throws {
        for (name, trace, header) in try Hostile.sessions() {
            let sheet = Worksheet(trace, header: header, library: try Hostile.library())
            for (kind, text) in [("page", try page(trace, header)), ("worksheet", sheet.html)] {
                try Hostile.keep(text, "\(name).\(kind).html")
                #expect(Hostile.isClean(text), "\(name) \(kind)")
                let markup = Markup(text)
                #expect(markup.odd.isEmpty, "\(name) \(kind): \(markup.odd.prefix(3))")
                #expect(Set(markup.tags.map(\.name)).subtracting(Self.elements).isEmpty, "\(name) \(kind)")
                let attributes = Set(markup.tags.flatMap { $0.attributes.map(\.name) })
                #expect(attributes.subtracting(Self.attributes).isEmpty, "\(name) \(kind)")
                let scripts = markup.tags.filter { $0.name == "script" && !$0.isClosing }.count
                #expect(scripts == (kind == "page" ? 2 : 0), "\(name) \(kind)")
                for address in markup.values(of: "href") {
                    let isOurs = address.hasPrefix("#") || address.hasPrefix("https://www.rfc-editor.org/")
                    #expect(isOurs, "\(name): \(address)")
                }
            }
        }
    }

    @Test func `every link leads somewhere and every id is there once`() throws {
        for (name, trace, header) in try Hostile.sessions() {
            let markup = Markup(try page(trace, header))
            let ids = markup.values(of: "id")
            #expect(Set(ids).count == ids.count, "\(name)")
            let known = Set(ids)
            for address in markup.values(of: "href") where address.hasPrefix("#") {
                #expect(known.contains(String(address.dropFirst())), "\(name): \(address)")
            }
            for lesson in markup.values(of: "data-lesson") { #expect(known.contains(lesson), "\(name): \(lesson)") }
            for line in trace.lines {
                #expect(known.contains("line-\(line.index + 1)"))
                for span in line.spans.indices { #expect(known.contains("line-\(line.index + 1)-span-\(span + 1)")) }
            }
            for step in Set(trace.stops.map(\.place.step.number)) { #expect(known.contains("step-\(step)"), "\(name)") }
        }
    }

    @Test func `the policy comes right behind the charset and names the hashes of style and script`() throws {
        let trace = Tracer.trace(of: Hostile.recording.events)
        let text = try page(trace, Hostile.recording.header)
        let expected =
            "<head>\n<meta charset=\"utf-8\">\n<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
            + "style-src 'sha256-\(HTMLStyle.hash)'; script-src 'sha256-\(HTMLScript.hash)'; img-src data:; base-uri 'none'; "
            + "form-action 'none'\">"
        #expect(text.contains(expected))
        #expect(
            text.contains("<style>\(HTMLStyle.text)</style>") && text.contains("<script>\(HTMLScript.text)</script>")
        )
        #expect(!text.contains("style=\"") && !text.contains("unsafe-inline"))
        let body = text.drop { $0 != ">" }
        #expect(!body.contains(" onload=\"") && !body.contains(" onclick=\""))
    }

    @Test(
        .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/openssl"), "needs openssl"),
        arguments: [("style", HTMLStyle.text, HTMLStyle.hash), ("script", HTMLScript.text, HTMLScript.hash)]
    )
    func `the hashes are those of the texts`(name: String, text: String, hash: String) throws {
        try Places.withFolder { folder in
            try text.write(toFile: folder + "/text", atomically: true, encoding: .utf8)
            let process = Process()
            process.executableURL = URL(fileURLWithPath: "/bin/sh")
            process.arguments = ["-c", "openssl dgst -sha256 -binary '\(folder)/text' | openssl base64 -A"]
            let pipe = Pipe()
            process.standardOutput = pipe
            try process.run()
            let said = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
            process.waitUntilExit()
            #expect(hash == said, "the \(name) has changed: its hash is \(said)")
        }
    }

    @Test func `text has the contrast of WCAG AA on every ground it stands on, in light and in dark`() throws {
        let blocks = HTMLStyle.text.matches(of: /:root \{([^}]*)\}/).map { String($0.1) }
        try #require(blocks.count == 2)
        for block in blocks {
            let colours = Dictionary(
                uniqueKeysWithValues: block.matches(of: /--([a-z]+): #([0-9a-f]{6})/).map {
                    (String($0.1), String($0.2))
                }
            )
            func contrast(_ ink: String, _ ground: String) throws -> Double {
                let pair = [luminance(try #require(colours[ink])), luminance(try #require(colours[ground]))].sorted()
                return (pair[1] + 0.05) / (pair[0] + 0.05)
            }
            for ink in ["ink", "faint", "client", "server", "lookup", "event", "flag", "link"] {
                for ground in ["paper", "leaf", "code"] {
                    #expect(try contrast(ink, ground) >= 4.5, "\(ink) on \(ground)")
                }
            }
            #expect(try contrast("onnow", "now") >= 4.5)
            #expect(try contrast("ink", "chosen") >= 4.5)
            #expect(try contrast("faint", "chosen") >= 3)
        }
        // Nothing is dimmed by other means.
        #expect(!HTMLStyle.text.contains("opacity"))
    }

    /// Relative luminance (WCAG 2.2).
    private func luminance(_ hex: String) -> Double {
        let value = Int(hex, radix: 16) ?? 0
        let parts = [value >> 16, value >> 8 & 255, value & 255].map { part -> Double in
            let part = Double(part) / 255
            return part <= 0.04045 ? part / 12.92 : pow((part + 0.055) / 1.055, 2.4)
        }
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]
    }

    @Test func `the same session gives the same page`() throws {
        for (name, trace, header) in try Hostile.sessions() {
            #expect(try page(trace, header) == page(trace, header), "\(name)")
        }
    }

    @Test func `the data of a page are the lines of the JSON export`() throws {
        let library = try Hostile.library()
        for (name, trace, header) in try Hostile.sessions() {
            let text = HTMLExport.text(trace, header: header, library: library, session: 3)
            let opening = "<script type=\"application/json\" id=\"session\">"
            let start = try #require(text.range(of: opening)).upperBound
            let end = try #require(text[start...].range(of: "</script>")).lowerBound
            let data = text[start..<end]
            #expect(!data.contains("<") && !data.contains(">") && !data.contains("&"))
            let read = try JSONSerialization.jsonObject(with: Data(data.utf8)) as? [String: Any]
            let lines = try #require(read?["lines"] as? [[String: Any]])
            var export = JSONExport(library: library)
            let expected = try trace.lines.map {
                try JSONSerialization.jsonObject(with: Data(export.object($0, session: 3).utf8)) as? NSDictionary
            }
            #expect(lines.map { $0 as NSDictionary } == expected, "\(name)")
        }
    }

    @Test func `the post's page is as it was looked at`() throws {
        let recording = try Places.session("seed.ehlo")
        let library = try LessonLibrary(root: Places.shortLessons)
        let text = HTMLExport.text(Tracer.trace(of: recording.events), header: recording.header, library: library)
            .replacing(HTMLStyle.text, with: "the style").replacing(HTMLScript.text, with: "the script")
            .replacing(HTMLStyle.hash, with: "…").replacing(HTMLScript.hash, with: "…")
        try expectGolden(text, "seed.html")
    }

    @Test func `a page of nothing is a page`() throws {
        let text = try page(Trace(), .init(began: "", title: "", source: ""))
        #expect(text.contains("<h1><bdi>A mail session</bdi></h1>"))
    }
}
