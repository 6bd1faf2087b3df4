import FoundationEssentials
import Glibc
import Lessons

/// Whether files in a person's own folder of lessons have changed: asked twice a second, so that what is being written is seen as it
/// is saved.
struct LessonsWatch {
    /// How often it looks, in seconds.
    static let interval = 0.5

    private let folder: String
    private var stamp: [String: Stamp]
    private(set) var due: Double

    private struct Stamp: Equatable { let seconds, nanoseconds, octets: Int }

    /// No folder has more that is worth looking at.
    private static let maxFiles = 10_000

    init(_ folder: String, now: Double) {
        self.folder = folder
        stamp = Self.stamp(of: folder)
        due = now + Self.interval
    }

    /// Whether something has changed since the last look; no before the next look is due.
    mutating func hasChanged(now: Double) -> Bool {
        guard now >= due else { return false }
        due = now + Self.interval
        let before = stamp
        stamp = Self.stamp(of: folder)
        return stamp != before
    }

    /// What is there, and how long and how old each file is.
    private static func stamp(of folder: String) -> [String: Stamp] {
        let names = (try? FileManager.default.subpathsOfDirectory(atPath: folder)) ?? []
        var stamps: [String: Stamp] = [:]
        for name in names.prefix(maxFiles) {
            var facts = stat()
            guard stat("\(folder)/\(name)", &facts) == 0, facts.st_mode & S_IFMT == S_IFREG else { continue }
            stamps[name] = Stamp(
                seconds: facts.st_mtim.tv_sec,
                nanoseconds: facts.st_mtim.tv_nsec,
                octets: Int(facts.st_size)
            )
        }
        return stamps
    }
}

/// The lessons in the language asked for, as they are now.
func openLibrary(_ settings: Settings) throws -> LessonLibrary {
    do {
        return try LessonLibrary(roots: settings.lessonsRoots, language: settings.language)
    } catch {
        throw CommandError(.noInput, "\(error)")
    }
}
