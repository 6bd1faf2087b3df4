import Foundation
import Interface
import Testing

@testable import SMTP

/// Tables of the code that are written down once more for readers: they stand between two marks, and must agree.
struct WrittenTableTests {
    @Test func `README lists the keys as the key table has them`() throws {
        try compare("README.md", "keys", Self.keys)
    }

    @Test func `the order of commands is drawn as the automaton has it`() throws {
        try compare("Sources/README.md", "sequence", Self.sequence)
    }

    private static var keys: [String] {
        KeyTable.Group.allCases.flatMap { group in
            ["", "| \(group.rawValue) | |", "|---|---|"]
                + KeyTable.rows.filter { $0.group == group }.map { row in
                    let keys = row.shown.split(separator: " ").map { "`\($0)`" }.joined(separator: " ")
                    return "| \(keys) | \(row.words) |"
                }
        } + [""]
    }

    /// One row a phase: which turns may come, and where each leads when it is accepted.
    private static var sequence: [String] {
        ["", "| phase | what may come, and where it leads |", "|---|---|"]
            + CommandSequence.Phase.allCases.map { phase in
                let table = CommandSequence.transitions(from: phase)
                let places = CommandSequence.Phase.allCases.compactMap { place -> String? in
                    let names = CommandSequence.Turn.allCases.filter { turn in
                        table.contains { $0.turn == turn && $0.next == place }
                    }.map(\.rawValue)
                    guard !names.isEmpty else { return nil }
                    return names.joined(separator: ", ") + (place == phase ? " (stays)" : " ➔ **\(place.rawValue)**")
                }
                return "| **\(phase.rawValue)** | \(places.isEmpty ? "nothing" : places.joined(separator: "; ")) |"
            } + [""]
    }

    /// With `EHLO_RECORD=1` it writes the table anew, and fails all the same: somebody has to look at it.
    private func compare(_ path: String, _ mark: String, _ rows: [String]) throws {
        let text = try Checkout.text(path)
        let begin = try #require(text.range(of: "<!-- \(mark) -->\n"), "\(path) lacks <!-- \(mark) -->")
        let end = try #require(text.range(of: "<!-- /\(mark) -->"), "\(path) lacks <!-- /\(mark) -->")
        let wanted = rows.joined(separator: "\n") + "\n"
        let written = text[begin.upperBound..<end.lowerBound]
        if written != wanted, ProcessInfo.processInfo.environment["EHLO_RECORD"] == "1" {
            let whole = text.replacingCharacters(in: begin.upperBound..<end.lowerBound, with: wanted)
            try whole.write(to: Checkout.root.appending(path: path), atomically: true, encoding: .utf8)
            Issue.record("\(path) was written anew; look at it and run again")
            return
        }
        for (has, wants) in zip(written.split(separator: "\n"), wanted.split(separator: "\n")) { #expect(has == wants) }
        #expect(written == wanted, "\(path): run the test with EHLO_RECORD=1 to write the table anew")
    }
}
