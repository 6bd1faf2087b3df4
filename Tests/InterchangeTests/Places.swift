import Foundation
import Interchange
import Lessons
import Tracing

/// What several tests need of the file system.
enum Places {
    /// The lessons of this checkout.
    static let lessons = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("lessons").path

    /// A few short lessons that stay as they are, for goldens.
    static let shortLessons = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("InterfaceTests/Lessons").path

    /// The bundled sessions, by name.
    static let sessions: [String] = {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: lessons + "/sessions")) ?? []
        return names.filter { $0.hasSuffix(".ehlo") }.sorted()
    }()

    static func session(_ name: String) throws -> Recording {
        let file = try SessionFile.read("\(lessons)/sessions/\(name)")
        guard let first = file.sessions.first else { throw FileError(.noInput, name) }
        return first
    }

    /// Whether the fourteen steps come one behind the other: not where commands go out together, where the DNS is asked midway, and
    /// where one mail takes several connections.
    static func isInOrder(_ trace: Trace) -> Bool {
        let whole = trace.stops.filter { $0.place.substep == 0 }.map(\.place.step.number)
        return whole == whole.sorted() && trace.stops.allSatisfy { $0.place.transaction < 2 }
    }

    /// A folder that is gone when `body` is done.
    static func withFolder<Value>(_ body: (String) throws -> Value) throws -> Value {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("interchange-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        return try body(folder.path)
    }
}
