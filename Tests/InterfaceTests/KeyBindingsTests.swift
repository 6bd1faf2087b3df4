import Screen
import Testing

@testable import Interface

/// Keys that a person gave another meaning.
struct KeyBindingsTests {
    @Test func `a key means what the file says, and its old key nothing`() throws {
        var walk = try Walk(try Fixture.seed())
        walk.state.view.bindings = try KeyBindings([("next", "Right K"), ("right", "F5"), ("help", "ü")])
        walk.press(.right, .character("K"))
        #expect(walk.state.stopIndex == 1)
        walk.press(.character("n"))
        #expect(walk.state.stopIndex == 1)
        walk.press(.function(5))
        #expect(walk.state.cursor.span != nil)
        // What is written follows.
        #expect(walk.screen.contains(" Right ") && walk.screen.contains("ü keys"), "\(walk.screen)")
        walk.press(.character("ü"))
        #expect(walk.screen.contains("Right  K"), "\(walk.screen)")
    }

    /// No text in the rooms of the interface writes a letter that may be another's key.
    @Test func `sentences name the keys as they are now`() throws {
        var walk = try Walk(try Fixture.seed())
        walk.state.view.bindings = try KeyBindings([("previous", "F7"), ("quit", "F8"), ("comparison", "F9")])
        walk.press(.end)
        while walk.state.view.notice.isEmpty { walk.press(.character("n")) }
        #expect(walk.state.view.notice.contains("F7 goes back") && walk.state.view.notice.contains("F8 quits"))
        walk.press(.function(9))
        #expect(walk.state.view.notice.contains("compared with F9"), "\(walk.state.view.notice)")
    }

    @Test(
        arguments: [
            ([("next", "m")], "next", "m is the key of 'message' already; give one of them another"),
            ([("message", "n"), ("next", "m")], "", ""),
            (
                [("next", "F5"), ("previous", "F5")], "previous",
                "F5 is the key of 'next' already; give one of them another"
            ),
            ([("next", "Enter")], "next", "Enter is the key of 'enter' already; give one of them another"),
            ([("next", "^C")], "next", "'^C' is no key"), ([("next", "")], "next", "no key is named"),
            ([("next", "nn")], "next", "'nn' is no key"), ([("nxt", "a")], "nxt", "there is nothing of that name"),
            ([("enter", "a")], "enter", "there is nothing of that name"),
            ([("leave", "a")], "leave", "there is nothing of that name"),
        ] as [([(String, String)], String, String)]
    )
    func `what cannot be is told of the name that asked for it`(
        wanted: [(String, String)],
        name: String,
        says: String
    ) {
        var problem: KeyBindings.BindingError?
        do { _ = try KeyBindings(wanted.map { (name: $0.0, keys: $0.1) }) } catch { problem = error }
        #expect((problem?.name ?? "") == name)
        #expect(problem?.message.hasPrefix(says) ?? says.isEmpty, "\(problem?.message ?? "")")
    }

    @Test func `each row has a name of its own, and files have these names`() {
        let names = KeyTable.rows.map(\.name)
        #expect(Set(names).count == names.count)
        #expect(names.allSatisfy { $0.allSatisfy { $0.isLowercase || $0 == "-" } })
        let kept = [
            "next", "previous", "next-step", "enter", "space", "trouble", "go", "right", "down", "next-card", "search",
            "hex", "times", "message", "time-line", "findings", "help", "copy-line", "save", "mouse", "quit", "leave",
        ]
        for name in kept { #expect(names.contains(name), "\(name)") }
        #expect(KeyTable.rows.filter(\.isFixed).map(\.name) == ["enter", "escape", "leave", "redraw", "suspend"])
    }

    @Test func `what is written of each row reads back as its keys`() throws {
        let changeable = KeyTable.rows.filter { !$0.isFixed }
        let usual = changeable.map { (name: $0.name, keys: KeyBindings.usual.words($0)) }
        let again = try KeyBindings(usual)
        for row in KeyTable.rows {
            #expect(again.keys(of: row) == row.keys, "\(row.name): \(KeyBindings.usual.words(row))")
            for key in row.keys { #expect(again.input(for: key) == row.input) }
        }
    }
}
