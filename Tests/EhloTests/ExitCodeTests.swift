import Networking
import SMTP
import Testing

@testable import ehlo

@Suite struct ExitCodeTests {
    /// Every way that a live session can end, and at every turn.
    private static let outcomes: [LiveOutcome] = {
        let line = ReplyLine.read(Array("550 no".utf8)).value
        let reply = Reply(lines: [line])
        let turns = CommandSequence.Turn.allCases.map { LiveOutcome.failed(.refused(at: $0, reply)) }
        return turns + [
            .completed(accepted: 1), .heldBack, .lookupFailed("", nil), .notConnected(""), .cancelled,
            .failed(.closedEarly(at: .mail)), .lookupFailed(.init(.noSuchDomain), nil),
        ]
    }()

    /// The numbers of swaks' manual, and those of sysexits(3), beside how each session ends.
    @Test func `a live session ends with the number that swaks has`() {
        let numbers = Self.outcomes.map { ExitCode($0.status).rawValue }
        let turns = CommandSequence.Turn.allCases
        let ofTurns = Dictionary(uniqueKeysWithValues: zip(turns, numbers))
        let wanted: [CommandSequence.Turn: Int32] = [
            .greeting: 21, .hello: 22, .mail: 23, .rcpt: 24, .data: 25, .mailData: 26, .chunk: 26, .lastChunk: 26,
            .quit: 27, .rset: 27, .anytime: 27, .turnAround: 27, .unknown: 27, .auth: 28, .saslResponse: 28,
            .startTLS: 29,
            .handshake: 29,
        ]
        #expect(ofTurns == wanted)
        #expect(numbers.dropFirst(turns.count) == [0, 0, 69, 2, 75, 6, 2])
    }

    @Test func `each way to end has a number of its own`() {
        #expect(Set(LiveOutcome.Status.allCases.map { ExitCode($0) }).count == LiveOutcome.Status.allCases.count)
    }

    @Test func `the README has the same table`() throws {
        let readme = try String(contentsOfFile: Program.lessons + "/../README.md", encoding: .utf8)
        let rows = readme.split(separator: "\n").filter { $0.starts(with: /\| `[0-9]+` \|/) }.map(String.init)
        let table = ExitCode.allCases.map { "| `\($0.rawValue)` | \($0.meaning) |" }
        #expect(rows == table)
    }
}
