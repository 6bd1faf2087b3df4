import SMTP
import Foundation
import Lessons
import Screen
import Testing
import Tracing

@testable import Interface

/// What these tests draw with and look things up in.
enum Fixture {
    private static let tests = URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
    private static let checkout = tests.deletingLastPathComponent().deletingLastPathComponent()
    static let lessons = checkout.appending(path: "lessons")
    /// Recordings that come with the program.
    static let sessions = files(in: checkout.appending(path: "lessons/sessions"), ending: "ehlo")

    static func files(in folder: URL, ending: String) -> [URL] {
        ((try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)) ?? [])
            .filter { $0.pathExtension == ending }
            .sorted { $0.lastPathComponent < $1.lastPathComponent }
    }

    /// A handful of lessons of these tests' own, so that no screen changes with the wording of a real one.
    static func world(ascii: Bool = false) throws -> Interface.Environment {
        let library = try LessonLibrary(root: tests.appending(path: "Lessons").path)
        return Interface.Environment(library: library, glyphs: ascii ? .ascii : .unicode)
    }

    static func recording(_ file: URL) throws -> Recording {
        try RecordingReader.read(Array(Data(contentsOf: file)))
    }

    /// The session of the post, ready to be replayed.
    static func seed(_ columns: Int = 80, _ rows: Int = 24) throws -> State {
        let file = try #require(sessions.first { $0.lastPathComponent == "seed.ehlo" })
        return state(of: try recording(file), columns, rows)
    }

    static func state(of recording: Recording, _ columns: Int = 80, _ rows: Int = 24) -> State {
        let header = recording.header
        var state = State(
            title: header.title,
            origin: header.source,
            began: header.began,
            source: .replay,
            trace: Tracer.trace(of: recording.events)
        )
        (state.view.columns, state.view.rows) = (columns, rows)
        return state
    }

    /// A session between two hosts, given by what each of them says in turn; every line begins with `C: ` or `S: `.
    static func events(_ dialogue: String, leg: Leg = .relay, from start: Double = 0) -> [WireEvent] {
        dialogue.split(separator: "\n").enumerated().map { number, line in
            let octets = Array(line.dropFirst(3).utf8) + [13, 10]
            let side: Side = line.hasPrefix("C") ? .client : .server
            return WireEvent(.octets(from: side, octets), leg: leg, at: start + Double(number))
        }
    }
}

/// A state, the world it lives in, and the hands that press keys.
struct Walk {
    var state: State
    let world: Interface.Environment

    init(_ state: State, ascii: Bool = false) throws {
        self.state = state
        world = try Fixture.world(ascii: ascii)
    }

    /// Presses keys one after another; answers the effects of the last.
    @discardableResult
    mutating func press(_ keys: Key...) -> [Effect] {
        var effects: [Effect] = []
        for key in keys {
            effects = KeyTable.input(for: key, in: state).map { update(&state, $0, in: world) } ?? []
        }
        return effects
    }

    /// Presses the keys of a text.
    @discardableResult
    mutating func type(_ text: String) -> [Effect] {
        var effects: [Effect] = []
        for character in text { effects = press(.character(character)) }
        return effects
    }

    @discardableResult
    mutating func give(_ input: Input) -> [Effect] { update(&state, input, in: world) }

    /// Says what an input changes, and that it changes nothing else.
    mutating func expect(
        _ input: Input,
        effects: [Effect] = [],
        at location: SourceLocation = #_sourceLocation,
        _ change: (inout State) -> Void
    ) {
        var expected = state
        change(&expected)
        let actual = give(input)
        #expect(actual == effects, sourceLocation: location)
        let differences = zip(Mirror(reflecting: expected).children, Mirror(reflecting: state).children).flatMap {
            zip(Mirror(reflecting: $0.value).children, Mirror(reflecting: $1.value).children).compactMap {
                let (wanted, got) = ("\($0.value)", "\($1.value)")
                let name = $0.label ?? ""
                return wanted == got ? nil : "\(name): expected \(wanted.prefix(200)), got \(got.prefix(200))"
            }
        }
        #expect(state == expected, "\(differences.joined(separator: "; "))", sourceLocation: location)
    }

    var canvas: Canvas { draw(state, in: world) }
    var screen: String { canvas.text }
}

extension Conversations.Row {
    /// As it stands after a trace, the verdict read of it.
    init(number: Int, peer: String, trace: Trace, octets: Int, isOver: Bool, isHeld: Bool = false) {
        var verdict = VerdictSoFar()
        verdict.read(trace.lines, isWhole: isOver)
        self.init(
            number: number,
            peer: peer,
            trace: trace,
            verdict: verdict,
            octets: octets,
            isOver: isOver,
            isHeld: isHeld
        )
    }
}
