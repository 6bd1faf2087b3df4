import Foundation
import Testing

@testable import Explain

/// A line that people have in hand, of a log, an error or a bounce, and what has to be said of it.
struct LineCase: CustomTestStringConvertible {
    let expected: String
    let text: String

    var testDescription: String { text }

    /// `Lines.tsv`: what has to be said, a tab, the line; rows with `#` say where the lines below are from.
    static let all: [LineCase] = {
        let url = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Lines.tsv")
        let rows = (try? String(contentsOf: url, encoding: .utf8))?.split(separator: "\n") ?? []
        return rows.filter { !$0.hasPrefix("#") }.compactMap { row in
            let cells = row.split(separator: "\t", maxSplits: 1)
            return cells.count == 2 ? LineCase(expected: String(cells[0]), text: String(cells[1])) : nil
        }
    }()
}

@Suite struct `Lines that people have in hand` {
    @Test func `there are lines`() { #expect(LineCase.all.count >= 60) }

    @Test(arguments: LineCase.all) func `say what they are, where they belong and who says it`(given: LineCase) throws {
        let found = try `What people have in hand`.explain(given.text)
        #expect(found.count == 1)
        let line = found.map { "\(`What people have in hand`.line($0)) | says=\($0.speaker?.rawValue ?? "–")" }
        #expect(line == [given.expected])
    }
}
