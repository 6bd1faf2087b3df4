import Foundation
import Lessons

/// The folders of lessons beside these tests.
enum Fixture {
    private static let tests = URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
    static let folder = tests.appending(path: "Fixtures")
    private static let checkout = tests.deletingLastPathComponent().deletingLastPathComponent()
    /// The lessons that come with the program, and its sources.
    static let realLessons = checkout.appending(path: "lessons").path
    static let sources = checkout.appending(path: "Sources")

    static func path(_ name: String) -> String { folder.appending(path: name).path }
    static func library(_ name: String = "sound", _ language: String = "en") throws -> LessonLibrary {
        try LessonLibrary(root: path(name), language: language)
    }

    /// A folder of lessons made for one test: names within it and their octets.
    static func temporary(_ files: [String: [UInt8]], _ body: (URL) throws -> Void) throws {
        let root = FileManager.default.temporaryDirectory.appending(path: "lessons-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: root) }
        for (name, octets) in files {
            let file = root.appending(path: name)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(),
                withIntermediateDirectories: true
            )
            try Data(octets).write(to: file)
        }
        try body(root)
    }
}
