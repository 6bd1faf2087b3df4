import Screen
import Testing
import Tracing

@testable import Interface

/// A live session: Enter alone sends, and only what stands there to be read.
struct LiveTests {
    static let mail = Session.Pending(
        step: .mail,
        octets: Array("MAIL FROM:<ada@sender.example>\r\n".utf8),
        target: "mx.receiver.example"
    )

    static func walk() throws -> Walk {
        var walk = try Walk(State(title: "live", source: .live(finished: false)))
        let dialogue = "S: 220 mx.receiver.example\nC: EHLO out.sender.example\nS: 250 mx.receiver.example"
        walk.give(.traced(Tracer.trace(of: Fixture.events(dialogue)), finished: false))
        walk.give(.held(mail))
        return walk
    }

    @Test func `the cursor follows what came, and the line about to go can be read`() throws {
        let walk = try Self.walk()
        #expect(walk.state.place?.step == .ehloReply)
        #expect(walk.state.cursor.reached == 3)
        #expect(walk.screen.contains("MAIL FROM:<ada@sender.example>"))
    }

    @Test func `Enter sends what stands there, once`() throws {
        var walk = try Self.walk()
        walk.expect(.enterPressed, effects: [.release]) { $0.session.pending = nil }
        walk.expect(.enterPressed) { $0.view.notice = "waiting for the server" }
    }

    @Test func `no other key sends, in whatever pane and under whatever lies on top`() throws {
        let overlays = [nil] + Overlay.allCases.map { Overlay.Open($0) }
        for key in KeyTable.rows.flatMap(\.keys) where key != .enter {
            for pane in View.Pane.allCases {
                for overlay in overlays {
                    var walk = try Self.walk()
                    (walk.state.view.pane, walk.state.view.overlay) = (pane, overlay)
                    let effects = walk.press(key)
                    #expect(!effects.contains(.release), "\(key)")
                    #expect(walk.state.session.pending == Self.mail, "\(key)")
                }
            }
        }
    }

    @Test func `Enter sends nothing while something else has the keys`() throws {
        let covers: [(inout State) -> Void] = [
            { $0.view.overlay = .init(.help) }, { $0.view.overlay = .init(.timeLine) },
            { $0.prompt.question = .search },
            { $0.view.isBlank = true },
        ]
        for cover in covers {
            var walk = try Self.walk()
            cover(&walk.state)
            #expect(walk.press(.enter) == [])
            #expect(walk.state.session.pending == Self.mail)
        }
    }

    @Test func `whoever looked back is brought to the front first`() throws {
        var walk = try Self.walk()
        walk.press(.home)
        #expect(walk.press(.enter) == [])
        #expect(walk.state.place?.step == .ehloReply)
        #expect(walk.press(.enter) == [.release])
    }

    @Test func `e edits the line, V takes the edit back`() throws {
        var walk = try Self.walk()
        let line = "MAIL FROM:<ada@sender.example>"
        walk.expect(.editPressed) { ($0.prompt.question, $0.prompt.typed, $0.prompt.caret) = (.edit, line, line.count) }
        walk.expect(.firstPressed) { $0.prompt.caret = 0 }
        walk.expect(.leftPressed) { _ in }
        walk.expect(.lastPressed) { $0.prompt.caret = line.count }
        walk.expect(.erased) { ($0.prompt.typed, $0.prompt.caret) = (String(line.dropLast()), line.count - 1) }
        walk.expect(.enterPressed) {
            $0.prompt = Prompt()
            $0.session.pending?.edited = Array(line.utf8.dropLast())
            $0.prompt.history = [String(line.dropLast())]
        }
        walk.expect(.revertPressed) { $0.session.pending?.edited = nil }
        walk.press(.character("e"), .backspace, .enter)
        #expect(walk.press(.enter) == [.send(Array(line.utf8.dropLast()) + [13, 10])])
        #expect(walk.state.session.pending == nil)
    }

    @Test func `an edit may become another command, which goes beside the walk`() throws {
        var walk = try Self.walk()
        walk.press(.character("e"), .home)
        for _ in 1...40 { walk.press(.delete) }
        walk.type("DATA")
        walk.press(.enter)
        #expect(walk.press(.enter) == [.sendByHand(Array("DATA\r\n".utf8))])
    }

    @Test func `no line of a paste can smuggle a second one`() throws {
        var walk = try Self.walk()
        walk.press(.character("e"), .paste("\r\nRCPT TO:<x@y>\n"), .enter)
        for effect in walk.press(.enter) {
            guard case .send(let octets) = effect else { continue }
            #expect(octets.filter { $0 == 10 || $0 == 13 } == [13, 10])
        }
    }

    @Test func `there is nothing to edit in a replay, in a connection or in mail data`() throws {
        var replay = try Walk(try Fixture.seed())
        replay.expect(.editPressed) { $0.view.notice = "only in a live session is there a line to edit" }
        var walk = try Self.walk()
        for pending in [
            Session.Pending(step: .connection, octets: [], target: "mx"),
            Session.Pending(step: .content, octets: Array("a\r\n.\r\n".utf8), target: "mx"),
        ] {
            walk.give(.held(pending))
            walk.expect(.editPressed) { $0.view.notice = "this is no line that could be edited" }
        }
        walk.give(.held(nil))
        walk.expect(.editPressed) { $0.view.notice = "there is no line about to go" }
    }

    @Test func `an edit ends with the line it was made for`() throws {
        var walk = try Self.walk()
        walk.press(.character("e"), .backspace, .enter)
        #expect(walk.state.session.pending?.edited != nil)
        walk.give(.held(Session.Pending(step: .rcpt, octets: Array("RCPT TO:<bob@b>\r\n".utf8), target: "mx")))
        #expect(walk.state.session.pending?.edited == nil)
    }
}
