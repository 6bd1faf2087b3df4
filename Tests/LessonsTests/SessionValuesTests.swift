@testable import Lessons
import SMTP
import Testing
@testable import Tracing

@Suite struct `Values of a session` {
    private func text(_ source: String, _ context: SessionValues.Context = .init(Trace())) -> String {
        let blocks = LessonText(source).blocks { $0.value(context) }
        return PlainText.lines(blocks, columns: 10_000).joined(separator: "\n")
    }

    private func context(_ change: (inout SessionFacts) -> Void) -> SessionValues.Context {
        var trace = Trace()
        change(&trace.facts)
        return .init(trace)
    }

    @Test func `are those that count at the line`() throws {
        let said: [(Side, String)] = [
            (.server, "220 one.example ESMTP"), (.client, "EHLO mail.example.com"), (.server, "250 one.example"),
            (.client, "EHLO sender.example"), (.server, "250 one.example"),
        ]
        let first: [WireEvent.Kind] = [.connect(to: "[192.0.2.1]:25"), .connected(to: "[192.0.2.1]:25")]
        let second: [WireEvent.Kind] = [
            .close(by: .server), .connect(to: "[192.0.2.2]:25"), .connected(to: "[192.0.2.2]:25"),
            .octets(from: .server, Array("220 two.example ESMTP\r\n".utf8)),
        ]
        let octets = said.map { WireEvent.Kind.octets(from: $0, Array("\($1)\r\n".utf8)) }
        let trace = Tracer.trace(of: (first + octets + second).map { WireEvent($0, leg: .relay) })
        let value = { (name: String, line: TraceLine) in
            SessionValues.named(name)?.value(SessionValues.Context(trace, line: line))
        }
        let hellos = trace.lines.filter { $0.verbName == "EHLO" }
        #expect(hellos.map { value("client.domain", $0) } == ["mail.example.com", "sender.example"])
        let greetings = trace.lines.filter { $0.replyCode == 220 }
        #expect(greetings.map { value("server.domain", $0) } == ["one.example", "two.example"])
        #expect(greetings.map { value("server.greeting", $0) } == ["one.example ESMTP", "two.example ESMTP"])
        #expect(greetings.map { value("server.address", $0) } == ["[192.0.2.1]:25", "[192.0.2.2]:25"])
        #expect(SessionValues.named("client.domain")?.value(SessionValues.Context(trace)) == "sender.example")
    }

    @Test func `have names of their own and phrases to fall back on`() {
        #expect(Set(SessionValues.all.map(\.name)).count == SessionValues.all.count)
        #expect(SessionValues.all.count == 35)
        for row in SessionValues.all {
            #expect(!row.fallback.isEmpty)
            #expect(row.value(.init(Trace())) == nil, "\(row.name) is known of an empty session")
            #expect(text("a {{\(row.name)}} b") == "a \(row.fallback) b")
        }
    }

    @Test func `are filled in where a section stands on several lines, and left out where a tag is wrong`() {
        let known = context { $0.serverDomain = Array("mx1.example".utf8) }
        let section = "a {{#server.domain}}b\nc{{/server.domain}} {{server.domain}}"
        #expect(text(section, known).contains("mx1.example"))
        #expect(!text("{{server.nonsense}} {{server.domain}}", known).contains("mx1.example"))
    }

    @Test func `stand where their names stood`() {
        let known = context {
            $0.serverDomain = Array("mx1.receiver.example".utf8)
            $0.hello = Hello(
                Reply(
                    lines: ["250-mx1.receiver.example", "250-SIZE 10240000", "250 PIPELINING"].map {
                        ReplyLine.read(Array($0.utf8)).value
                    }
                )
            )
        }
        #expect(
            text("The server calls itself **{{server.domain}}**.", known)
                == "The server calls itself mx1.receiver.example."
        )
        #expect(
            text("{{#size.limit}}{{size.limit}}, {{size.limit.readable}}{{/size.limit}}", known) == "10240000, 9.7 MiB"
        )
        #expect(text("{{extensions.count}}: {{extensions.list}}", known) == "2: SIZE, PIPELINING")
        #expect(text("{{^size.limit}}no limit{{/size.limit}}", known) == "")
        #expect(text("{{#size.limit}}a limit{{/size.limit}}{{^size.limit}}no limit{{/size.limit}}") == "no limit")
        #expect(
            text("{{#server.domain}}{{server.domain}} and {{sender.domain}}{{/server.domain}}", known)
                == "mx1.receiver.example and the sender's domain"
        )
    }

    @Test func `fill a section of the library`() throws {
        let section = try #require(Fixture.library().section(for: LessonAnchor("step/7")))
        let known = context { $0.serverDomain = Array("mx1.receiver.example".utf8) }
        let filled = PlainText.lines(section.filled(with: known), columns: 80)
        #expect(filled.contains("The server calls itself mx1.receiver.example. It names no limit."))
        #expect(
            PlainText.lines(section.blocks, columns: 80).contains(
                "The server calls itself the server. It names no limit."
            )
        )
        let plain = try #require(Fixture.library().section(for: LessonAnchor("command/MAIL")))
        #expect(plain.filled(with: known) == plain.blocks)
    }

    @Test func `stand in an opening as in the whole text`() throws {
        let library = try LessonLibrary(root: Fixture.realLessons)
        let contexts = [context { _ in }, context { $0.serverDomain = Array("mx1.receiver.example".utf8) }]
        let sections = library.anchors().compactMap { library.section(for: $0) }
        #expect(sections.count > 300)
        for section in sections {
            for context in contexts {
                #expect(section.opening(with: context) == section.filled(with: context).opening, "\(section.anchor)")
            }
        }
    }

    @Test(
        arguments: [
            "One.\nTwo.\n\nThree.", "## Head\n\n{{sender}} and `code`\nmore\n\n- a",
            "One.\n```\ntwo\n```",
            "One\n===\n\nTwo.", "One\n---\nTwo.", "#No heading\n\nTwo.", "- a\n\nTwo.", "> a\n\nTwo.", "1. a\n\nTwo.",
            "One [a].\n\n[a]: https://example.com", "{{#sender}}x{{/sender}}\n\nTwo.",
            "{{#sender}}a\n\nb{{/sender}}\n\nc",
            "One.\n- a\n\nTwo.", "One.\n# Head\nTwo.", "One.\n \nTwo.", "*a* b\n\nTwo.", "", "\n\n", "`a\n\nb`",
            "a | b\n- | -\n1 | 2", "<b>a</b>\n\nTwo.", "One.\\\nTwo.\n\nThree.", "{{\n\nTwo.",
        ]
    )
    func `open a text of any form as in the whole of it`(source: String) {
        let part = LessonFile("---\ntitle: T\n---\n\(source)").parts[0]
        let section = Section(part, of: LessonAnchor("step/7"), FrontMatter(), language: "en")
        let known = context { $0.serverDomain = Array("mx1.receiver.example".utf8) }
        #expect(section.opening(with: known) == section.filled(with: known).opening)
    }

    @Test func `leave no empty item or paragraph behind`() {
        #expect(text("- {{#sender}}x{{/sender}}\n- y\n\n{{#sender}}x{{/sender}}\n\nz") == "- y\n\nz")
    }

    /// What a server may say is text, never markup: not mustache, not Markdown, not a terminal's language.
    @Test(arguments: [
        ("{{sender}}", "{{sender}}"), ("{{{x}}}{{>file}}{{#a}}", "{{{x}}}{{>file}}{{#a}}"),
        ("**bold** _x_ `code` ```", "**bold** _x_ `code` ```"),
        ("# no heading", "# no heading"), ("[a](javascript:b)", "[a](javascript:b)"), ("<b>&amp;\\*", "<b>&amp;\\*"),
        ("a|b", "a|b"),
        ("\u{1b}[31mred", #"\x1B[31mred"#), ("a\nb\r\0", #"a\x0Ab\x0D\x00"#),
        ("\u{E000}\u{E002}", #"\xEE\x80\x80\xEE\x80\x82"#),
        ("\u{202E}abc\u{200B}", #"\xE2\x80\xAEabc\xE2\x80\x8B"#), ("Grüße 🎉", "Grüße 🎉"),
    ])
    func `are never read as anything`(said: String, shown: String) {
        let hostile = context { $0.greeting = Array(said.utf8) }
        for (frame, plain) in [
            ("x {{server.greeting}} y", "x \(shown) y"), ("**{{server.greeting}}**", shown),
            ("`{{server.greeting}}`", shown),
        ] {
            let blocks = LessonText(frame).blocks { $0.value(hostile) }
            guard case .paragraph(let inlines)? = blocks.first, blocks.count == 1 else {
                return #expect(Bool(false), "\(blocks)")
            }
            #expect(inlines.count == 1)
            #expect(inlines.plainText == plain)
        }
        let code = LessonText("```smtp\nS: 220 {{server.greeting}}\n```").blocks { $0.value(hostile) }
        #expect(code == [.code(info: "smtp", text: "S: 220 \(shown)")])
        let table = LessonText("|a|b|\n|-|-|\n|{{server.greeting}}|c|").blocks { $0.value(hostile) }
        #expect(
            table == [
                .table(
                    alignments: [.none, .none],
                    header: [[.text("a")], [.text("b")]],
                    rows: [[[.text(shown)], [.text("c")]]]
                )
            ]
        )
    }

    @Test func `make no link`() {
        let hostile = context { $0.greeting = Array("https://x.example".utf8) }
        #expect(LessonText("[a]({{server.greeting}})").blocks { $0.value(hostile) } == [.paragraph([.text("a")])])
    }

    @Test func `are cut when they are long`() {
        let long = context { $0.greeting = Array(repeating: UInt8(ascii: "x"), count: 201) }
        #expect(text("{{server.greeting}}", long) == String(repeating: "x", count: 200) + "…")
        let fitting = context { $0.greeting = Array(repeating: UInt8(ascii: "x"), count: 200) }
        #expect(text("{{server.greeting}}", fitting) == String(repeating: "x", count: 200))
        let wide = context { $0.greeting = Array(String(repeating: "🎉", count: 300).utf8) }
        #expect(text("{{server.greeting}}", wide) == String(repeating: "🎉", count: 200) + "…")
    }

    @Test(arguments: [
        "{{}}", "{{x", "{{%CONTENT_TYPE:HTML}}", "{{=<% %>=}}", "{{<a}}{{$b}}{{/b}}{{/a}}", "{{>a}}", "{{&sender}}",
        "{{ sender }}", "{{#sender}}", "{{sender()}}",
    ])
    func `with other tags than ours are left out`(source: String) {
        #expect(!text("a \(source) b").contains("{"))
    }

    @Test func `nest to a bound`() {
        let deep =
            String(repeating: "{{#sender}}", count: 20_000) + "x" + String(repeating: "{{/sender}}", count: 20_000)
        #expect(text(deep) == "x")
    }

    @Test(
        arguments: [
            (0, "0 octets"), (1023, "1023 octets"), (1024, "1 KiB"), (1536, "1.5 KiB"), (104_857_600, "100 MiB"),
            (10_240_000, "9.7 MiB"),
            (104_857_599, "99.9 MiB"), (UInt64.max, "15.9 EiB"),
        ] as [(UInt64, String)]
    )
    func `give sizes as people say them`(octets: UInt64, said: String) {
        #expect(SessionValues.readable(octets: octets) == said)
    }

    @Test(arguments: [
        ("mx1.receiver.example [127.0.0.1]:25", "127.0.0.1:25"), ("mx [2001:db8::1]:25", "[2001:db8::1]:25"),
        ("127.0.0.1:25", "127.0.0.1:25"),
        ("[::1]:25", "[::1]:25"), ("x ]:[", "x ]:["),
    ])
    func `give an address and a port`(endpoint: String, said: String) {
        #expect(SessionValues.addressAndPort(endpoint) == said)
    }
}

/// A session as a recording has it, line by line under the cursor.
@Suite struct `Values of a line` {
    private static func events(_ said: [(Side, String)]) -> [WireEvent] {
        said.map { WireEvent(.octets(from: $0, Array(($1 + "\r\n").utf8)), leg: .relay) }
    }

    private let trace = Tracer.trace(
        of: events([
            (.server, "220 mx1.receiver.example ready"), (.client, "EHLO client.example"),
            (.server, "250-mx1.receiver.example"),
            (.server, "250 SIZE 1000"), (.client, "MAIL FROM:<ada@sender.example>"), (.server, "250 2.1.0 Ok"),
            (.client, "RCPT TO:<bob@receiver.example>"), (.server, "250 2.1.5 Ok"), (.client, "DATA"),
            (.server, "354 go on"),
            (.client, "Subject: x\r\n\r\n..dot\r\n."), (.server, "250 2.0.0 queued as 1"), (.client, "MAIL FROM:<>"),
            (.server, "250 Ok"),
        ])
    )

    private func value(_ name: String, ofLineWith text: String, span: Int? = nil) -> String? {
        let line = trace.lines.first { String(decoding: $0.octets, as: UTF8.self).hasPrefix(text) }
        return SessionValues.named(name)?.value(.init(trace, line: line, span: span.flatMap { line?.spans[$0] }))
    }

    @Test(arguments: [
        ("client.domain", "220", "client.example"), ("server.domain", "220", "mx1.receiver.example"),
        ("sender", "MAIL FROM:<ada", "ada@sender.example"), ("sender.domain", "RCPT", "sender.example"),
        ("recipient", "RCPT", "bob@receiver.example"), ("recipient.domain", "RCPT", "receiver.example"),
        ("recipients.count", "RCPT", "1"),
        ("message.stuffed", "DATA", "1"), ("acceptance.text", "DATA", "2.0.0 queued as 1"),
        ("line.text", "EHLO", "EHLO client.example"),
        ("line.octets", "EHLO", "21"), ("line.code", "250 2.1.5", "250"), ("line.enhanced", "250 2.1.5", "2.1.5"),
        ("line.code", "EHLO", nil),
        ("step.number", "EHLO", "5"), ("transaction.number", "MAIL FROM:<>", "2"), ("transaction.number", "EHLO", nil),
        ("ending.name", "EHLO", "CRLF"),
    ])
    func `are found`(name: String, line: String, value: String?) {
        let found = self.value(name, ofLineWith: line)
        // Whether the enhanced status code belongs to the text is the tracer's affair.
        if name == "acceptance.text" {
            #expect(found?.hasSuffix("queued as 1") == true)
        } else {
            #expect(found == value)
        }
    }

    @Test func `and of the part under the cursor`() {
        #expect(value("span.text", ofLineWith: "EHLO", span: 0) == "EHLO")
        #expect(value("span.octets", ofLineWith: "EHLO", span: 0) == "4")
        #expect(value("span.text", ofLineWith: "EHLO", span: 3) == #"\x0D\x0A"#)
        #expect(value("span.text", ofLineWith: "EHLO") == nil)
    }

    @Test func `never tell the length of a credential`() {
        let secret = TraceLine(
            index: 0,
            time: 0,
            leg: .relay,
            speaker: .client,
            place: Place(.ehloReply, substep: 1),
            octets: Mask.octets,
            ending: .crlf,
            content: .saslResponse(mechanism: "PLAIN"),
            secrets: [0..<8],
            findings: []
        )
        let context = SessionValues.Context(Trace(), line: secret, span: secret.spans.first)
        #expect(SessionValues.named("line.octets")?.value(context) == nil)
        #expect(SessionValues.named("span.octets")?.value(context) == nil)
        #expect(SessionValues.named("span.text")?.value(context) == "********")
    }
}
