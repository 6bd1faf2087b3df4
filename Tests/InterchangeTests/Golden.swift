import Foundation
import Testing

/// Compares a text with a file of the folder `Goldens`. With EHLO_RECORD=1 it writes the file anew, which fails, so that
/// nobody does it unseen.
func expectGolden(_ text: String, _ name: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
    let url = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Goldens/\(name)")
    if ProcessInfo.processInfo.environment["EHLO_RECORD"] != nil {
        try text.write(to: url, atomically: true, encoding: .utf8)
        Issue.record("\(name) was written anew", sourceLocation: sourceLocation)
        return
    }
    let golden = try String(contentsOf: url, encoding: .utf8).split(separator: "\n", omittingEmptySubsequences: false)
    let seen = text.split(separator: "\n", omittingEmptySubsequences: false)
    for (number, (left, right)) in zip(golden, seen).enumerated() where left != right {
        Issue.record("\(name):\(number + 1): expected '\(left)', have '\(right)'", sourceLocation: sourceLocation)
        return
    }
    #expect(golden.count == seen.count, "\(name)", sourceLocation: sourceLocation)
}
