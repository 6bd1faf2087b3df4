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
            .failed(.closedEarly(at: .mail)),
        ]
    }()

    @Test func `the table has every status that a live session ends with`() {
        let numbers = Set(ExitCode.allCases.map(\.rawValue))
        for outcome in Self.outcomes { #expect(numbers.contains(outcome.exitStatus), "\(outcome)") }
        #expect(LiveOutcome.cancelled.exitStatus == ExitCode.brokenOff.rawValue)
    }

    @Test func `the README has the same table`() throws {
        let readme = try String(contentsOfFile: Program.lessons + "/../README.md", encoding: .utf8)
        let rows = readme.split(separator: "\n").filter { $0.starts(with: /\| `[0-9]+` \|/) }.map(String.init)
        let table = ExitCode.allCases.map { "| `\($0.rawValue)` | \($0.meaning) |" }
        #expect(rows == table)
    }
}
