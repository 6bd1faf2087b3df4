import Foundation
import Screen
import ScreenSupport
import Testing
import Tracing

@testable import Interface

/// What holds for every session, every screen and every key.
struct PropertyTests {
    /// Screens on which the frame of an overlay reaches to the right edge.
    static let framed = [(80, 24), (120, 40), (40, 12)]

    @Test(arguments: [false, true])
    func `20,000 inputs by chance never trap, and ASCII stays ASCII`(ascii: Bool) throws {
        var dice = Dice(seed: ascii ? 7 : 11)
        var live = Hostile.state(80, 24)
        live.session.source = .live(finished: false)
        live.cursor.reached = live.session.trace.lines.count
        var walks = [
            try Walk(Hostile.state(80, 24), ascii: ascii), try Walk(try Fixture.seed(), ascii: ascii),
            try Walk(live, ascii: ascii),
        ]
        for count in 1...3400 {
            for index in walks.indices {
                var walk = walks[index]
                if let input = Chance.input(&dice, walk.state) { walk.give(input) }
                // Drawing costs far more than an input, so that not every state is drawn.
                if count % 10 == 0 {
                    let canvas = walk.canvas
                    #expect((canvas.columns, canvas.rows) == (walk.state.view.columns, walk.state.view.rows))
                    if ascii, let cell = canvas.cells.first(where: { !$0.glyph.isASCII }) {
                        Issue.record("\(cell.glyph) on\n\(canvas.text)")
                        return
                    }
                }
                walks[index] = walk
            }
        }
    }

    @Test(arguments: [false, true])
    func `every key at every size`(ascii: Bool) throws {
        for (columns, rows) in Chance.sizes {
            for key in Chance.keys {
                var walk = try Walk(try Fixture.seed(columns, rows), ascii: ascii)
                walk.press(.end, key)
                let canvas = walk.canvas
                #expect((canvas.columns, canvas.rows) == (columns, rows))
                #expect(!ascii || canvas.cells.allSatisfy(\.glyph.isASCII), "\(key)\n\(canvas.text)")
            }
        }
    }

    @Test func `a screen that is too small says how large it must be`() throws {
        for (columns, rows) in [(39, 24), (80, 11), (30, 8)] {
            let walk = try Walk(try Fixture.seed(columns, rows))
            let words = walk.screen.split(whereSeparator: \.isWhitespace).joined(separator: " ")
            #expect(words.contains("40x12"), "\(walk.screen)")
        }
    }

    // MARK: Rules and frames

    /// What goes down between the panes is a rule in every row, and one lies below them.
    static func expectRules(_ walk: Walk, _ what: String) {
        let canvas = walk.canvas
        let layout = Layout(of: walk.state)
        let isRule = { (column: Int, row: Int) in [.frame, .frameFocused].contains(canvas[column, row].role) }
        let places = layout.parting.flatMap { rule in (rule.row...rule.bottom).map { (rule.column, $0) } }
        let last = layout.lesson.map { [($0.right - 1, $0.bottom)] } ?? []
        guard let broken = (places + last).first(where: { !isRule($0.0, $0.1) }) else { return }
        Issue.record("\(what): the rule is broken at \(broken)\n\(canvas.text)")
    }

    @Test(arguments: [(80, 24), (120, 40), (200, 60)])
    func `no line breaks a rule`(size: (Int, Int)) throws {
        var walk = try Walk(Hostile.state(size.0, size.1))
        walk.press(.end, .character("l"))
        for line in walk.state.session.trace.lines {
            walk.state.cursor.line = line.index
            walk.state.cursor.span = nil
            Self.expectRules(walk, "line \(line.index)")
            for span in line.spans.indices.prefix(12) {
                walk.state.cursor.span = span
                Self.expectRules(walk, "line \(line.index), span \(span)")
            }
            walk.press(.character("x"))
            Self.expectRules(walk, "line \(line.index) in hexadecimal")
            walk.press(.character("x"))
        }
    }

    @Test(arguments: framed)
    func `no page breaks the frame`(size: (Int, Int)) throws {
        for overlay in Overlay.allCases {
            var state = Hostile.state(size.0, size.1)
            let peer = "\u{1B}[2J 日本 \u{202E}"
            state.session.conversations = Conversations(
                rows: [.init(number: 1, peer: peer, trace: Trace(), octets: 0, isOver: true)]
            )
            let sessions = SessionComparison(state.session.trace, state.session.trace)
            state.session.comparison = .init(sessions, left: peer, right: peer)
            state.session.explained = ExplainedText(
                name: peer,
                entries: [.init(lines: [.init(.title, "", peer), .init(.quote, peer, peer)], lessons: [])],
                walks: 1
            )
            var walk = try Walk(state)
            walk.press(.end, overlay.row.keys[0])
            #expect(walk.state.view.overlay?.overlay == overlay)
            for _ in 1...40 {
                let canvas = walk.canvas
                for row in 1..<canvas.rows - 1 {
                    let role = canvas[canvas.columns - 1, row].role
                    #expect(role == .frame || role == .frameFocused, "\(overlay) row \(row)\n\(canvas.text)")
                }
                walk.press(.pageDown)
            }
        }
    }

    @Test func `nothing of a wire reaches a cell as it is when it could do something`() throws {
        var walk = try Walk(Hostile.state(120, 40))
        walk.press(.end)
        for line in walk.state.session.trace.lines {
            walk.state.cursor.line = line.index
            for cell in walk.canvas.cells {
                for scalar in cell.glyph.unicodeScalars {
                    #expect(
                        !TextWidth.isForbidden(scalar) && scalar != "\u{FFFD}",
                        "line \(line.index): \(scalar.value)"
                    )
                }
            }
        }
    }

    // MARK: Spans

    static let recordings: [URL] = {
        let tracing = URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "TracingTests")
        let folders = (try? FileManager.default.contentsOfDirectory(at: tracing, includingPropertiesForKeys: nil)) ?? []
        return Fixture.sessions + ([tracing] + folders).flatMap { Fixture.files(in: $0, ending: "ehlo") }
    }()

    @Test func `there are recordings to walk through`() { #expect(!Self.recordings.isEmpty) }

    @Test(arguments: recordings)
    func `the highlight covers exactly the octets of the span`(file: URL) throws {
        try Self.expectHighlights(Fixture.state(of: try Fixture.recording(file), 120, 40).session.trace)
    }

    @Test func `the highlight covers exactly the octets of the span, whatever they are`() throws {
        try Self.expectHighlights(Hostile.state(120, 40).session.trace)
    }

    /// The units that a span lights up tile its range, and no unit belongs to two spans.
    static func expectHighlights(_ trace: Trace) throws {
        for line in trace.lines where line.octets.count < 10_000 {
            let units = WireUnits.units(of: line.octets, ending: line.ending, showsEnding: true, glyphs: .unicode)
            #expect(units.reduce(0) { $0 + $1.range.count } == line.octets.count + line.ending.octets.count)
            var end = 0
            for unit in units {
                #expect(unit.range.lowerBound == end)
                end = unit.range.upperBound
            }
            for span in line.spans {
                let lit = units.filter { span.range.contains($0.range.lowerBound) }
                #expect(lit.first?.range.lowerBound == span.range.lowerBound, "line \(line.index), \(span.name)")
                #expect(lit.last?.range.upperBound == span.range.upperBound, "line \(line.index), \(span.name)")
            }
        }
    }

    @Test func `on the screen the highlight is as wide as what the span shows`() throws {
        var walk = try Walk(try Fixture.seed(120, 40))
        walk.press(.end)
        for line in walk.state.session.trace.lines {
            walk.state.cursor.line = line.index
            for (index, span) in line.spans.enumerated() {
                walk.state.cursor.span = index
                let canvas = walk.canvas
                let wire = try #require(Layout(of: walk.state).wire)
                let isLit = { (cell: Cell) in cell.role == .span && cell.emphasis == [.bold, .underline] }
                var lit = ""
                for row in wire.row..<wire.bottom {
                    for cell in canvas.cells(ofRow: row)[...].dropFirst(wire.column).prefix(wire.columns)
                    where isLit(cell) {
                        lit.append(cell.glyph)
                    }
                }
                let octets = line.octets + line.ending.octets
                let shown = octets[span.range].map {
                    $0 < 32 ? UnicodeScalar(0x2400 + UInt32($0)) ?? "?" : UnicodeScalar($0)
                }
                let wanted = String(String.UnicodeScalarView(shown))
                #expect(lit == wanted, "line \(line.index), \(span.name)")
            }
        }
    }

    // MARK: The key bar

    @Test func `the key bar says everything in full or not at all`() throws {
        for columns in 40...130 {
            for key in [Key.end, .character("?"), .character("t"), .tab, .right] {
                var walk = try Walk(try Fixture.seed(columns, 24))
                walk.press(.character("n"), .character("n"), key)
                var wide = walk
                wide.state.view.columns = 400
                // The first hints of a very wide screen, as many as fit: nothing is cut in the middle.
                let bar = Self.hints(Self.bar(walk.canvas))
                let all = Self.hints(Self.bar(wide.canvas))
                #expect(bar.count > 1)
                for hint in bar { #expect(all.contains(hint), "\(columns): \(hint)") }
            }
        }
    }

    /// What stands in a key bar, key and words together.
    private static func hints(_ bar: String) -> [String] {
        bar.components(separatedBy: "  ").map { String($0.drop { $0 == " " }) }.filter { !$0.isEmpty }
    }

    private static func bar(_ canvas: Canvas) -> String {
        let text = String(canvas.cells(ofRow: canvas.rows - 1).filter { !$0.isContinuation }.map(\.glyph))
        return text.trimmingCharacters(in: .whitespaces)
    }
}
