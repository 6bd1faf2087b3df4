import Foundation
import Testing
import Tracing

/// The place of every line and every finding, dialogue by dialogue: each file must come out as it stands.
@Suite struct TracedDialogTests {
    @Test func `there are dialogues`() {
        #expect(TracedDialog.all.count >= 30)
    }

    @Test(arguments: TracedDialog.all) func `the file itself comes out`(dialog: TracedDialog) throws {
        let traced = dialog.traced
        guard traced != dialog.text else { return }
        if ProcessInfo.processInfo.environment["EHLO_RECORD"] == "1" {
            try dialog.record(traced)
            Issue.record("\(dialog.name) was written anew: read it before you keep it")
        } else {
            Issue.record(
                "\(dialog.name): - is in the file, + came instead\n\(difference(from: dialog.text, to: traced))"
            )
        }
    }

    private func difference(from expected: String, to actual: String) -> String {
        let old = expected.components(separatedBy: "\n")
        let new = actual.components(separatedBy: "\n")
        let changes = new.difference(from: old)
        return changes.map { change in
            switch change {
            case .remove(let offset, let line, _): "\(offset + 1) - \(line)"
            case .insert(let offset, let line, _): "\(offset + 1) + \(line)"
            }
        }.joined(separator: "\n")
    }
}
