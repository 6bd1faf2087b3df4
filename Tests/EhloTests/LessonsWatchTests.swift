import Foundation
import Testing

@testable import ehlo

/// A person's own folder of lessons is looked at again and again.
struct LessonsWatchTests {
    @Test func `a file that is changed, added or taken away is seen, once, and not before its time`() throws {
        try Program.withFolder { folder in
            let file = folder + "/a.md"
            try "one".write(toFile: file, atomically: true, encoding: .utf8)
            var watch = LessonsWatch(folder, now: 100)
            let first = watch.hasChanged(now: 200)
            #expect(!first)
            let changes: [() throws -> Void] = [
                { try "other".write(toFile: file, atomically: true, encoding: .utf8) },
                { try "b".write(toFile: folder + "/b.md", atomically: true, encoding: .utf8) },
                { try FileManager.default.removeItem(atPath: file) },
            ]
            var now = 300.0
            for change in changes {
                let isCalm = watch.hasChanged(now: now)
                try change()
                let isEarly = watch.hasChanged(now: watch.due - 0.001)
                let isSeen = watch.hasChanged(now: watch.due)
                #expect(!isCalm && !isEarly && isSeen)
                now = watch.due
            }
            #expect(LessonsWatch.interval <= 1)
        }
    }
}
