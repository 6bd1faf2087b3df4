import Interchange
import Interface
import Lessons
import Screen
import Testing
import Tracing

@testable import ehlo

/// A file with many sessions behind the list of them, as the program opens it.
@Suite struct FileSessionsTests {
    private static func session(_ number: Int, _ recipient: String, _ answer: String) -> String {
        let taken = answer.hasPrefix("2") ? "C: DATA\nS: 354 go on\nC: Subject: x\nC: .\nS: 250 2.0.0 queued\n" : ""
        return "S: 220 mx.receiver.example ESMTP\nC: EHLO out.sender.example\nS: 250 mx.receiver.example\n"
            + "C: MAIL FROM:<ada\(number)@sender.example>\nS: 250 2.1.0 ok\n"
            + "C: RCPT TO:<\(recipient)@receiver.example>\nS: \(answer)\n\(taken)C: QUIT\nS: 221 bye\n"
    }

    /// Two hundred sessions, one of which was put off, and one refused.
    private static let text = (0..<200).map { number in
        switch number {
        case 20: session(number, "bob", "450 4.2.0 greylisted")
        case 137: session(number, "nobody", "550 5.1.1 No such user here")
        default: session(number, "bob", "250 2.1.5 ok")
        }
    }.joined(separator: "\n")

    /// The list, and hands that press keys and do what comes of them.
    private struct Hands {
        let file: FileSessions
        var state: State
        let world: Interface.Environment

        init() throws {
            let sessions = try SessionFile.read(Array(FileSessionsTests.text.utf8), path: "many.txt")
            state = State(title: "many.txt", source: .replay)
            (state.view.columns, state.view.rows) = (120, 40)
            file = FileSessions(sessions, 0..<sessions.count, name: "some/folder/many.txt", &state)
            world = Interface.Environment(library: try LessonLibrary(root: Program.lessons), glyphs: .unicode)
        }

        mutating func press(_ keys: Key...) {
            for key in keys { if let input = KeyTable.input(for: key, in: state) { give(input) } }
        }

        private mutating func give(_ input: Input) {
            for effect in update(&state, input, in: world) {
                switch effect {
                case .preview(let number): if let preview = file.preview(number) { give(preview) }
                case .openConversation(let number): for input in file.open(number) { give(input) }
                case .compare(let left, let right): if let both = file.comparison(left, right) { give(both) }
                default: break
                }
            }
        }

        var screen: String {
            let canvas = draw(state, in: world)
            return (0..<canvas.rows).map { row in String(canvas.cells(ofRow: row).map(\.glyph)) }.joined(
                separator: "\n"
            )
        }
    }

    @Test func `why was my mail refused: the file, then one key`() throws {
        var hands = try Hands()
        #expect(hands.screen.contains("many.txt   200 sessions"))
        #expect(hands.screen.contains("198 accepted · 1 later · 1 refused"))
        hands.press(.character("!"))
        for answer in [
            "▸137", "C▶ RCPT TO:<nobody@receiver.example>", "✘ S◀ 550 5.1.1 No such user here",
            "The mail was refused for good at step 10.", "writes a bounce to ada137@sender.example",
        ] { #expect(hands.screen.contains(answer), "\(answer)") }
    }

    @Test func `Enter walks from the refusal, and what is saved is the session that is meant`() throws {
        var hands = try Hands()
        hands.press(.character("!"))
        #expect(hands.state.session.list?.current == 137)
        hands.press(.enter)
        #expect(hands.screen.contains("137  "))
        #expect(hands.state.currentLine?.octets == Array("550 5.1.1 No such user here".utf8))
        hands.press(.escape, .home)
        #expect(hands.state.session.list?.current == 0)
        #expect(hands.file.recording(137)?.events.isEmpty == false && hands.file.recording(200) == nil)
    }

    @Test func `two sessions of the file are put side by side`() throws {
        var hands = try Hands()
        hands.press(.character("d"), .character("!"), .character("d"))
        #expect(hands.screen.contains("session 0") && hands.screen.contains("session 137"))
        #expect(hands.screen.contains("550 5.1.1 No such user here"))
    }
}
