import Screen
import Testing
import Tracing

@testable import Interface

/// What looks at something and does not move along the session.
struct LookTests {
    static func atMail(_ columns: Int = 80, _ rows: Int = 24) throws -> Walk {
        var walk = try Walk(try Fixture.seed(columns, rows))
        walk.press(.character("g"), .character("7"), .enter)
        return walk
    }

    // MARK: Spans

    @Test func `the arrows go through the spans, and beyond either end the line as a whole is meant`() throws {
        var walk = try Self.atMail()
        var names: [String] = []
        while true {
            walk.press(.right)
            guard let span = walk.state.currentSpan else { break }
            names.append(span.name)
        }
        // The line opens on what tells most.
        #expect(names == ["reverse-path", "trailing space", "line end, CRLF"])
        walk.expect(.leftPressed) { $0.cursor.span = 4 }
        for left in (0..<4).reversed() { walk.expect(.leftPressed) { $0.cursor.span = left } }
        #expect(walk.state.currentSpan?.name == "verb")
        walk.expect(.leftPressed) { $0.cursor.span = nil }
        walk.expect(.rightPressed) { $0.cursor.span = 2 }
    }

    @Test func `the lesson is that of the span, of a chosen line, else of the step`() throws {
        var walk = try Self.atMail()
        #expect(walk.state.anchor == .step(.mail))
        walk.press(.right)
        #expect(walk.state.anchor == .syntax("reverse-path"))
        walk.press(.escape)
        #expect(walk.state.anchor == .step(.mail))
        walk.press(.up, .down)
        #expect(walk.state.anchor == .syntax("reverse-path"))
        walk.press(.home)
        #expect(walk.state.anchor == LessonAnchor("background/this-program"))
    }

    @Test func `every span of every line has its name under the cursor`() throws {
        for (columns, rows) in [(80, 24), (120, 40), (40, 12)] {
            var walk = try Walk(try Fixture.seed(columns, rows))
            walk.press(.end)
            for line in walk.state.session.trace.lines {
                walk.state.cursor.line = line.index
                for (index, span) in line.spans.enumerated() {
                    walk.state.cursor.span = index
                    #expect(walk.screen.contains(span.name), "\(columns)x\(rows) line \(line.index) span \(span.name)")
                }
            }
        }
    }

    @Test func `there are no spans on the first page`() throws {
        var walk = try Walk(try Fixture.seed())
        walk.expect(.rightPressed) { _ in }
        walk.expect(.leftPressed) { _ in }
    }

    // MARK: Panes

    @Test func `Tab goes round the panes, Shift-Tab the other way`() throws {
        var walk = try Walk(try Fixture.seed())
        for pane in [View.Pane.lesson, .steps, .wire] { walk.expect(.nextPanePressed) { $0.view.pane = pane } }
        for pane in [View.Pane.steps, .lesson, .wire] { walk.expect(.previousPanePressed) { $0.view.pane = pane } }
    }

    @Test func `up and down choose a line on the wire and stay within what was shown`() throws {
        var walk = try Walk(try Fixture.seed())
        walk.press(.character("n"), .character("n"))
        walk.expect(.downPressed) { ($0.cursor.line, $0.cursor.choseLine) = (2, true) }
        for _ in 1...20 { walk.press(.down) }
        #expect(walk.state.cursor.line == walk.state.cursor.reached - 1)
        walk.expect(.pageUpPressed) { $0.cursor.line = 0 }
        walk.expect(.upPressed) { _ in }
        walk.expect(.pageDownPressed) { $0.cursor.line = 7 }
    }

    @Test func `up and down in the steps go from stop to stop`() throws {
        var walk = try Walk(try Fixture.seed())
        walk.press(.backTab)
        walk.expect(.downPressed) { ($0.cursor.line, $0.cursor.reached) = (0, 1) }
        walk.expect(.downPressed) { ($0.cursor.line, $0.cursor.reached) = (1, 8) }
        walk.expect(.upPressed) { $0.cursor.line = 0 }
        walk.expect(.upPressed) { $0.cursor.line = nil }
        walk.expect(.upPressed) { _ in }
    }

    @Test func `z leaves the pane alone on the screen, and gives the others back`() throws {
        var walk = try Self.atMail()
        let before = walk.canvas
        walk.expect(.zoomPressed) { $0.view.isZoomed = true }
        #expect(Layout(of: walk.state).shape == .onePane)
        #expect(!walk.screen.contains("│"))
        walk.expect(.zoomPressed) { $0.view.isZoomed = false }
        #expect(walk.canvas == before)
    }

    @Test func `Esc takes back one thing at a time, the last first`() throws {
        var walk = try Self.atMail()
        walk.press(.character("x"), .character("z"), .right, .character("/"), .character("2"), .enter, .right)
        walk.expect(.escapePressed) { $0.view.pattern = "" }
        walk.expect(.escapePressed) { $0.cursor.span = nil }
        walk.expect(.escapePressed) { $0.view.isZoomed = false }
        walk.expect(.escapePressed) { $0.view.showsHex = false }
        walk.expect(.escapePressed) { _ in }
    }

    @Test func `a click gives the keys to a pane`() throws {
        var walk = try Self.atMail()
        for (row, column, pane) in [(5, 3, View.Pane.steps), (20, 50, .lesson), (3, 50, .wire)] {
            walk.press(.mouse(column: column, row: row, kind: .press))
            #expect(walk.state.view.pane == pane)
        }
        walk.expect(.clicked(column: 50, row: 23)) { _ in }
        walk.expect(.clicked(column: -1, row: 999)) { _ in }
    }

    // MARK: Switches

    @Test func `switches`() throws {
        var walk = try Self.atMail()
        walk.expect(.hexPressed) { $0.view.showsHex = true }
        walk.expect(.hexPressed) { $0.view.showsHex = false }
        walk.expect(.lineEndsPressed) { $0.view.showsLineEnds = true }
        #expect(walk.screen.contains("␍␊"))
        walk.expect(.lineEndsPressed) { $0.view.showsLineEnds = false }
        #expect(!walk.screen.contains("␍␊"))
        for times in [View.Times.sinceLast, .clock, .sinceStart] {
            walk.expect(.timesPressed) { $0.view.times = times }
        }
    }

    @Test func `times since the start, since the line before, by the clock`() throws {
        var walk = try Self.atMail(120, 40)
        for time in ["+10.700", "Δ5.766", "03:59:44"] {
            let shown = walk.screen.contains(time)
            #expect(shown, "\(time)")
            walk.press(.character("w"))
        }
    }

    @Test func `b blanks the screen; any key brings it back`() throws {
        var walk = try Self.atMail()
        let before = walk.canvas
        walk.expect(.blankPressed) { $0.view.isBlank = true }
        #expect(walk.screen.allSatisfy { $0 == " " || $0 == "\n" })
        walk.expect(.blankPressed) { $0.view.isBlank = false }
        #expect(walk.canvas == before)
        // A key that would do something only brings it back: whoever sees nothing cannot mean to send.
        for input in Chance.inputs where input != .leavePressed && input != .redrawPressed && input != .suspendPressed {
            walk.state.view.isBlank = true
            walk.expect(input) { $0.view.isBlank = false }
        }
    }

    // MARK: Search

    @Test func `a search goes from match to match and round`() throws {
        var walk = try Walk(try Fixture.seed())
        walk.press(.end, .character("/"))
        #expect(walk.state.prompt.question == .search)
        walk.type("mail")
        walk.press(.enter)
        #expect(walk.state.view.pattern == "mail")
        let matches = walk.state.matches
        #expect(matches.count > 3)
        // From the last line the search goes round to the first match.
        #expect(walk.state.cursor.line == matches.first)
        for match in matches.dropFirst() + matches.prefix(1) {
            walk.press(.character("n"))
            #expect(walk.state.cursor.line == match)
        }
        walk.press(.character("N"))
        #expect(walk.state.cursor.line == matches.last)
        #expect(walk.screen.contains("\(matches.count) lines"))
        walk.expect(.escapePressed) { $0.view.pattern = "" }
    }

    @Test func `a search looks at no more than was shown`() throws {
        var walk = try Walk(try Fixture.seed())
        walk.press(.character("n"), .character("/"))
        walk.type("EHLO")
        walk.press(.enter)
        #expect(walk.state.view.pattern == "")
        #expect(walk.state.view.notice.contains("EHLO"))
    }

    @Test func `a search for nothing ends the search`() throws {
        var walk = try Walk(try Fixture.seed())
        walk.press(.end, .character("/"), .character("2"), .enter, .character("/"))
        walk.expect(.enterPressed) { ($0.prompt, $0.view.pattern) = (Prompt(), "") }
    }

    @Test func `what is typed is bounded`() throws {
        var walk = try Walk(try Fixture.seed())
        walk.press(.character("/"))
        walk.give(.pasted(String(repeating: "x", count: 100_000)))
        #expect(walk.state.prompt.typed.count == 1000)
        walk.expect(.typed("y")) { _ in }
        walk.expect(.pasted("y")) { _ in }
    }

    // MARK: Taking away

    @Test func `what is taken away is text that does nothing`() throws {
        var walk = try Walk(Hostile.state(80, 24))
        walk.press(.end)
        for index in walk.state.session.trace.lines.indices {
            walk.state.cursor.line = index
            guard case .copy(let text)? = walk.press(.character("y")).first else { continue }
            #expect(text.unicodeScalars.allSatisfy { WireText.isShown($0) }, "line \(index)")
        }
        guard case .copy(let text)? = walk.press(.character("Y")).first else {
            Issue.record("nothing copied")
            return
        }
        #expect(text.unicodeScalars.allSatisfy { WireText.isShown($0) || $0 == "\n" })
    }

    @Test func `copying takes the line, or the session as far as it was shown`() throws {
        var walk = try Self.atMail()
        #expect(walk.press(.character("y")) == [.copy("MAIL FROM:pkutaj@gmail.com ")])
        guard case .copy(let text)? = walk.press(.character("Y")).first else {
            Issue.record("nothing copied")
            return
        }
        #expect(text.hasSuffix("S: 250 HELP\nC: MAIL FROM:pkutaj@gmail.com \n"))
        walk.press(.home)
        #expect(walk.press(.character("y")) == [])
    }

    @Test func `s asks for a name`() throws {
        var walk = try Self.atMail()
        walk.press(.character("s"))
        walk.type("a.txt")
        walk.expect(.enterPressed, effects: [.save(path: "a.txt", replacing: false)]) {
            $0.prompt = Prompt()
        }
        walk.press(.character("s"))
        walk.expect(.enterPressed) { $0.prompt = Prompt() }
    }

    @Test func `a file that has the name is replaced only when the person says so`() throws {
        var walk = try Self.atMail()
        walk.expect(.nameTaken(path: "a.txt")) { $0.prompt.question = .replace(path: "a.txt") }
        #expect(walk.screen.contains(" a.txt is there already. y replaces it:    Esc keeps it"))
        walk.type("y")
        walk.expect(.enterPressed, effects: [.save(path: "a.txt", replacing: true)]) {
            $0.prompt = Prompt()
        }
        for keys in [[Key.escape], [.enter], [.character("n"), .enter], [.character("y"), .backspace, .backspace]] {
            walk.give(.nameTaken(path: "a\u{1B}.txt"))
            for key in keys { #expect(walk.press(key) == []) }
            #expect(walk.state.prompt.question == nil)
            #expect(walk.screen.contains("not saved: a\\x1B.txt is as it was"))
        }
    }

    @Test func `an answer is edited as a line of a terminal is`() throws {
        var walk = try Self.atMail()
        walk.press(.character("/"))
        walk.type("one two  three ")
        let steps: [(Key, String, Int)] = [
            (.control("w"), "one two  ", 9), (.control("w"), "one ", 4), (.control("a"), "one ", 0),
            (.control("w"), "one ", 0), (.control("d"), "ne ", 0), (.control("e"), "ne ", 3),
            (.control("b"), "ne ", 2), (.control("b"), "ne ", 1), (.control("f"), "ne ", 2),
            (.control("k"), "ne", 2), (.home, "ne", 0), (.end, "ne", 2), (.left, "ne", 1), (.control("u"), "", 0),
            (.control("u"), "", 0), (.character("x"), "x", 1),
        ]
        for (key, typed, caret) in steps {
            walk.press(key)
            #expect(walk.state.prompt.typed == typed && walk.state.prompt.caret == caret, "\(key)")
            #expect(walk.state.prompt.question == .search)
        }
    }

    @Test func `what the program does for us`() throws {
        var walk = try Self.atMail()
        walk.expect(.mousePressed, effects: [.toggleMouse]) { _ in }
        walk.expect(.redrawPressed, effects: [.redraw]) { _ in }
        walk.expect(.suspendPressed, effects: [.suspend]) { _ in }
        walk.expect(.quitPressed, effects: [.exit]) { _ in }
        walk.expect(.leavePressed, effects: [.exit]) { _ in }
        walk.press(.character("g"))
        walk.expect(.leavePressed, effects: [.exit]) { _ in }
    }

    @Test func `a notice stands until the next key`() throws {
        var walk = try Self.atMail()
        walk.expect(.noticed("saved as a.txt")) { $0.view.notice = "saved as a.txt" }
        #expect(walk.screen.contains("saved as a.txt"))
        walk.expect(.resized(columns: 90, rows: 30)) { ($0.view.columns, $0.view.rows) = (90, 30) }
        walk.expect(.zoomPressed) { ($0.view.notice, $0.view.isZoomed) = ("", true) }
    }
}
