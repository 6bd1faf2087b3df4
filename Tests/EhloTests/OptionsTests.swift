import Testing

@testable import ehlo

@Suite struct OptionsTests {
    @Test(
        arguments: [
            (["--plain", "replay", "x"], ["replay", "x", "--plain"]),
            (["--lessons", "d", "lessons", "--ascii", "list"], ["lessons", "list", "--lessons", "d", "--ascii"]),
            (["--lessons=d", "replay", "--", "-x"], ["replay", "--lessons=d", "--", "-x"]),
            (["--plain"], ["--plain"]),
            (["--from", "replay", "replay"], ["--from", "replay", "replay"]),  // is the parser's to judge
            (["replay", "--plain"], ["replay", "--plain"]),
        ] as [([String], [String])]
    )
    func `common options may stand before the command`(words: [String], moved: [String]) {
        #expect(Arguments.commonOptionsLast(words) == moved)
    }

    @Test(
        arguments: [
            (["seed", "--list"], ["replay", "seed", "--list"], "seed"),
            (["--plain", "--lessons", "d", "-"], ["replay", "-", "--plain", "--lessons", "d"], "-"),
            (["--theme=mono", "./live", "--", "x"], ["replay", "./live", "--theme=mono", "--", "x"], "./live"),
            (["live", "seed"], ["live", "seed"], nil), (["help"], ["help"], nil), ([], [], nil),
            (["--from", "a@b.example"], ["--from", "a@b.example"], nil), (["--lessons"], ["--lessons"], nil),
        ] as [([String], [String], String?)]
    )
    func `a first word that is no command is a session`(words: [String], spelled: [String], session: String?) {
        #expect(Arguments.spelled(words) == Arguments.Spelled(words: spelled, session: session))
    }

    @Test(
        arguments: [
            (.auto, [:], true, true), (.auto, [:], false, false), (.always, ["NO_COLOR": "1"], false, true),
            (.never, [:], true, false),
            (.auto, ["NO_COLOR": "1"], true, false), (.auto, ["NO_COLOR": ""], true, true),
            (.auto, ["CLICOLOR_FORCE": "1"], false, true),
            (.auto, ["CLICOLOR_FORCE": "1", "NO_COLOR": "1"], false, false),
            (.auto, ["CLICOLOR_FORCE": "0"], false, false),
            (.auto, ["CLICOLOR": "0"], true, false), (.auto, ["CLICOLOR": "0", "CLICOLOR_FORCE": "1"], true, true),
            (.auto, ["TERM": "dumb"], true, false),
        ] as [(ColourOption, [String: String], Bool, Bool)]
    )
    func `who decides about colour`(option: ColourOption, variables: [String: String], isTerminal: Bool, expected: Bool)
    {
        let all = ["TERM": "xterm"].merging(variables) { $1 }
        let environment = Environment(variables: { all[$0] }, inputIsTerminal: true, outputIsTerminal: isTerminal)
        #expect(environment.usesColour(option) == expected)
    }

    @Test(
        arguments: [
            ("", .next), ("n", .next), (" NEXT ", .next), ("b", .back), ("go 6A", .go("6a")), ("g 7", .go("7")),
            ("span", .span(nil)), ("spans on", .spans(true)), ("spans off", .spans(false)),
            ("spans", .unknown("spans")),
            ("times ON", .times(true)), ("!", .trouble), ("m", .message), ("find 250 ok ", .find("250 ok")),
            ("/", .find(nil)), ("/250", .find("250")), ("save my mail.eml", .save("my mail.eml")),
            ("save", .unknown("save")), ("card", .card), ("end", .end), ("w", .where), ("x", .hex),
            ("s 3", .span(3)), ("lesson", .lesson), ("f", .findings), ("?", .help), ("q", .quit),
            ("go", .unknown("go")),
            ("span x", .unknown("span x")), ("next 2", .unknown("next 2")), ("go 1 2", .unknown("go 1 2")),
        ] as [(String, PlainWord)]
    )
    func `the words of plain mode`(line: String, word: PlainWord) { #expect(PlainWord(line) == word) }

    @Test func `stop points are words in any case or steps`() throws {
        #expect(try StopPoint.named("BANNER") == .connect)
        #expect(try StopPoint.named("To") == .rcpt)
        #expect(try StopPoint.named("11") == .data)
        #expect(try StopPoint.named("14") == .dot)
        for word in ["", "15", "2", "rset"] { #expect(throws: CommandError.self) { try StopPoint.named(word) } }
    }

    @Test func `what was meant is found by its spelling`() {
        let names = ["command/MAIL", "command/RCPT", "step/7"]
        #expect(NearestAnchors.of("command/MAL", among: names).first == "command/MAIL")
        #expect(NearestAnchors.of("mail", among: names) == ["command/MAIL"])
        #expect(NearestAnchors.of("zzzzzz", among: names).isEmpty)
        #expect(NearestAnchors.distance(Array("abc"), Array("axcd")) == 2)
    }

    @Test(arguments: [
        ("~", "/home/ada"), ("~/x.txt", "/home/ada/x.txt"), ("~ada/x.txt", "~ada/x.txt"), ("a/~/x", "a/~/x"),
        ("./~", "./~"), ("/~", "/~"), ("", ""),
    ])
    func `a tilde at the beginning of a path is the person's folder`(path: String, whole: String) {
        #expect(HomePath.expanded(path, home: "/home/ada") == whole)
        #expect(HomePath.expanded(path, home: nil) == path)
    }

    @Test func `header fields take the places of their like`() throws {
        var mail = LiveMail(
            sender: "a@b.example",
            recipients: ["c@d.example"],
            subject: nil,
            body: nil,
            data: Array("Subject: x\n folded\nTo: y\n\nbody\n".utf8),
            headers: ["subject: new", "X-A: 1"]
        )
        #expect(try mail.content() == Array("subject: new\r\nTo: y\r\nX-A: 1\r\n\r\nbody\r\n".utf8))
        mail.headers = ["no field"]
        #expect(throws: CommandError.self) { try mail.content() }
    }

    @Test(arguments: [
        ("\0", "a NUL"), ("\t", "a tab"), ("\n", "a line feed (LF)"), ("\r", "a carriage return (CR)"),
        ("\r\n", "a carriage return (CR)"), ("\u{1B}", "the control character U+001B"),
        ("\u{7F}", "the control character U+007F"), ("\u{85}", "a next line (NEL, U+0085)"),
        ("\u{9B}", "the control character U+009B"), ("\u{2028}", "a line separator (U+2028)"),
        ("\u{2029}", "a paragraph separator (U+2029)"),
    ])
    func `a text of an option is one line without controls`(sign: String, name: String) throws {
        #expect { try OptionText.check("a\(sign)b", "--from") } throws: { error in
            (error as? CommandError)?.sentence.hasPrefix("--from: the value holds \(name), and") == true
        }
        // Joined emoji and marks of direction are part of texts that people write.
        for text in ["", "a b", "Grüße", "❤\u{FE0F}", "👩\u{200D}🚀", "שלום\u{200F}", "日本"] {
            try OptionText.check(text, "--subject")
        }
    }

    @Test(arguments: [
        ["live", "x\u{85}@b.example"], ["live", "bob@b.example", "--from=a\u{2028}@b.example"],
        ["live", "bob@b.example", "--to=a\u{2029}@b.example"], ["live", "bob@b.example", "--helo=a\u{85}"],
        ["live", "bob@b.example", "--subject=a\u{85}"], ["live", "bob@b.example", "--header=X-A: a\u{2028}"],
        ["live", "bob@b.example", "--title=a\u{85}"], ["live", "bob@b.example", "--source=a\u{1B}"],
        ["live", "bob@b.example", "--server=a\u{85}"], ["live", "bob@b.example", "--dns=a\u{85}"],
        ["live", "bob@b.example", "--xclient=NAME=a\u{85}"], ["live", "bob@b.example", "--tls-sni=a\u{85}"],
        ["live", "bob@b.example", "--auth-user=a\u{85}"],
        ["live", "bob@b.example", "--auth-user=a", "--submit=a\u{85}"], ["--plain", "--from=a\u{85}@b.example"],
        ["--plain", "--to=a\u{2028}@b.example"], ["--plain", "--subject=a\u{2029}"],
        ["export", "seed", "--format", "txt", "--title=a\u{85}"],
    ])
    func `every option that takes a text refuses one that ends a line`(words: [String]) throws {
        let run = try Program.run(words + (words[0] == "live" ? ["--no-record", "--no-input"] : []))
        #expect(run.status == 64 && run.errors.contains(": the value holds "), "\(words): \(run.errors)")
        #expect(run.output.isEmpty && run.messages.count == 1)
    }
}
