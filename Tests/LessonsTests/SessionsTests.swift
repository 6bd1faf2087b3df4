import Foundation
import Testing
import Tracing

/// The recordings in `lessons/sessions/`, and the chapters that walk them.
@Suite struct `The bundled sessions` {
    private static let lessons = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "lessons")
    /// The ten chapters of a course on mail.
    private static let chapters = [
        "sender-authentication", "forwarding", "mime-by-hand", "transport-security", "reports-and-loops", "standing",
        "smuggling", "cryptography", "after-the-250", "internationalization",
    ]

    private static func names() throws -> Set<String> {
        let files = try FileManager.default.contentsOfDirectory(atPath: lessons.appending(path: "sessions").path)
        return Set(files.filter { $0.hasSuffix(".ehlo") }.map { String($0.dropLast(5)) })
    }

    @Test(arguments: chapters) func `a chapter walks sessions that are there`(chapter: String) throws {
        let text = try String(contentsOf: Self.lessons.appending(path: "en/background/\(chapter).md"), encoding: .utf8)
        let section = try #require(text.range(of: "## Walk it\n")).upperBound
        let walk = text[section...].prefix { $0 != "#" }
        let named = walk.matches(of: #/`ehlo ([a-z-]+)`/#).map { String($0.1) }
        #expect(!named.isEmpty)
        let missing = Set(named).subtracting(try Self.names())
        #expect(missing.isEmpty, "\(missing)")
    }

    @Test func `the README tells each of them`() throws {
        let text = try String(contentsOf: Self.lessons.appending(path: "README.md"), encoding: .utf8)
        let table = try #require(text.range(of: "## Sessions\n")).upperBound
        let end = try #require(text.range(of: "\n## ", range: table..<text.endIndex)).lowerBound
        let rows = text[table..<end].split(separator: "\n").filter { $0.hasPrefix("| `") }
        let told = rows.flatMap { row in
            row.split(separator: "|")[0].matches(of: #/`([a-z-]+)`/#).map { String($0.1) }
        }
        #expect(told.count == Set(told).count)
        #expect(Set(told) == (try Self.names()))
    }

    @Test func `each is small, has a title and a source, and names no folder of a machine`() throws {
        let names = try Self.names()
        #expect(names.count > 9)
        for name in names {
            let octets = try Data(contentsOf: Self.lessons.appending(path: "sessions/\(name).ehlo"))
            #expect(octets.count < 60_000, "\(name)")
            let recording = try RecordingReader.read(Array(octets))
            #expect(!recording.header.title.isEmpty && !recording.header.source.isEmpty, "\(name)")
            let text = String(decoding: octets, as: UTF8.self)
            for word in ["/home/", "/root/", "/tmp/", "localdomain"] {
                #expect(!text.contains(word), "\(name): \(word)")
            }
        }
    }
}
