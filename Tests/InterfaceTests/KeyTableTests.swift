import Screen
import Testing
import Tracing

@testable import Interface

struct KeyTableTests {
    @Test func `no key stands in two rows`() {
        let keys = KeyTable.rows.flatMap(\.keys)
        #expect(Set(keys).count == keys.count)
    }

    @Test func `every key of a row means what the row says`() {
        let state = State(title: "", source: .replay)
        #expect(!KeyTable.rows.isEmpty)
        for row in KeyTable.rows {
            #expect(!row.keys.isEmpty)
            #expect(!row.words.isEmpty)
            for key in row.keys { #expect(KeyTable.input(for: key, in: state) == row.input, "\(key)") }
        }
    }

    @Test func `two rows never mean the same`() {
        let inputs = KeyTable.rows.map(\.input)
        for (index, input) in inputs.enumerated() { #expect(!inputs[..<index].contains(input), "\(input)") }
    }

    @Test func `every group of the help has rows`() {
        for group in KeyTable.Group.allCases {
            #expect(KeyTable.rows.contains { $0.group == group })
        }
    }

    @Test func `the help shows every row`() throws {
        let walk = try Walk(try Fixture.seed(120, 40))
        let rows = HelpOverlay.lines(walk.state, in: walk.world).map(\.text).joined(separator: "\n")
        let text = rows.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        for row in KeyTable.rows {
            #expect(rows.contains(row.shown))
            #expect(text.contains(row.words), "\(row.words)")
        }
    }

    @Test func `while a pattern stands n is the next match and N the one before`() {
        var state = State(title: "", source: .replay)
        state.view.pattern = "250"
        #expect(KeyTable.input(for: .character("n"), in: state) == .nextMatchPressed)
        #expect(KeyTable.input(for: .character("N"), in: state) == .previousMatchPressed)
        #expect(KeyTable.input(for: .character("."), in: state) == .nextPressed)
    }

    @Test(arguments: [Prompt.Question.step, .search, .save, .replace(path: "a"), .edit])
    func `at a prompt keys are text, and the keys that leave still leave`(prompt: Prompt.Question) {
        var state = State(title: "", source: .replay)
        state.prompt.question = prompt
        for row in KeyTable.rows {
            for case .character(let character) in row.keys {
                #expect(KeyTable.input(for: .character(character), in: state) == .typed(character))
            }
        }
        #expect(KeyTable.input(for: .backspace, in: state) == .erased)
        #expect(KeyTable.input(for: .enter, in: state) == .enterPressed)
        #expect(KeyTable.input(for: .escape, in: state) == .escapePressed)
        #expect(KeyTable.input(for: .control("c"), in: state) == .leavePressed)
        #expect(KeyTable.input(for: .control("z"), in: state) == .suspendPressed)
        #expect(KeyTable.input(for: .function(1), in: state) == nil)
    }

    @Test func `every key of a prompt means what its row says, and stands in one row`() {
        var state = State(title: "", source: .replay)
        state.prompt.question = .save
        let keys = KeyTable.promptKeys.flatMap(\.keys)
        #expect(Set(keys).count == keys.count && keys.contains(.control("u")))
        for row in KeyTable.promptKeys {
            for key in row.keys { #expect(KeyTable.input(for: key, in: state) == row.input, "\(key)") }
        }
    }

    @Test func `the mouse clicks and turns its wheel`() {
        let state = State(title: "", source: .replay)
        #expect(KeyTable.input(for: .mouse(column: 3, row: 4, kind: .press), in: state) == .clicked(column: 3, row: 4))
        #expect(KeyTable.input(for: .mouse(column: 3, row: 4, kind: .wheelUp), in: state) == .upPressed)
        #expect(KeyTable.input(for: .mouse(column: 3, row: 4, kind: .wheelDown), in: state) == .downPressed)
        #expect(KeyTable.input(for: .mouse(column: 3, row: 4, kind: .release), in: state) == nil)
    }

    /// A presenter's remote sends PgUp and PgDn: nothing but a press that says so may reach a wire.
    @Test func `of all keys only n, its twin, the next whole step and Enter let something happen`() throws {
        var releasing: Set<Key> = []
        for key in KeyTable.rows.flatMap(\.keys) {
            var walk = try Walk(State(title: "sandbox", source: .sandbox(finished: false)))
            if walk.press(key).contains(.release) { releasing.insert(key) }
        }
        #expect(releasing == [.character("n"), .character("."), .character("]"), .enter])
    }
}
