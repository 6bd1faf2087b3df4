import Screen
import Testing
import Tracing

@testable import Interface

@Suite struct PasteTests {
    private func press(_ state: inout State, _ inputs: Input...) throws -> [Effect] {
        let world = try Fixture.world()
        return inputs.flatMap { update(&state, $0, in: world) }
    }

    @Test func `what is pasted is opened with Enter and not before`() throws {
        var state = try Fixture.seed()
        #expect(KeyTable.input(for: .character("P"), in: state) == .pastePressed)
        #expect(try press(&state, .pastePressed, .pasted("220 mx\nEHLO a\n"), .pasted("250 mx\n")).isEmpty)
        #expect(state.prompt.typed == "3 lines")
        #expect(try press(&state, .enterPressed) == [.openPasted("220 mx\nEHLO a\n250 mx\n")])
        #expect(state.prompt.question == nil)
    }

    @Test func `Esc and Backspace forget it`() throws {
        for key in [Input.escapePressed, .erased] {
            var state = try Fixture.seed()
            #expect(try press(&state, .pastePressed, .pasted("220 mx\n"), key).isEmpty)
            #expect(state.prompt.question == nil)
            #expect(try press(&state, .pastePressed, .enterPressed).isEmpty)
        }
    }

    @Test func `no paste takes the place of a session that goes on`() throws {
        for source in [Session.Source.live(finished: false), .watched(finished: false)] {
            var state = State(title: "", source: source)
            #expect(try press(&state, .pastePressed).isEmpty)
            #expect(state.prompt.question == nil && !state.view.notice.isEmpty)
        }
    }

    @Test func `a paste that was cut says so and stays bounded`() throws {
        var state = try Fixture.seed()
        let piece = String(repeating: "250-x\n", count: 11_000)
        _ = try press(&state, .pastePressed)
        for _ in 0..<20 { _ = try press(&state, .pasted(piece)) }
        guard case .paste(let text) = state.prompt.question else {
            Issue.record("the question is gone")
            return
        }
        #expect(text.utf8.count <= State.maxPasted)
        #expect(state.prompt.typed.contains("cut off"))
    }

    @Test func `in the list of sessions, too`() throws {
        var state = State(title: "replay", source: .replay)
        state.session.choices = [.init(name: "a", title: "A")]
        #expect(try press(&state, .pastePressed, .pasted("x"), .enterPressed) == [.openPasted("x")])
    }
}
