import ArgumentParser
import FoundationEssentials
import Interchange
import Lessons

/// What a shell offers at Tab for an argument, or for the value of an option.
enum Offers {
    /// Bundled and recorded sessions, and files.
    static let sessions = named { BundledSession.names(in: $0) + DataFolder().recordings().map(\.name) }
    /// Bundled personas, and files.
    static let personas = named { PersonaFolder(lessonsRoots: $0)?.names ?? [] }
    /// Bundled dialogs, and files.
    static let dialogs = named(DialogFile.names)
    /// Every lesson by its anchor.
    static let anchors = CompletionKind.custom { words, _, _ in
        (try? LessonLibrary(roots: roots(words)))?.anchors().map(\.path).filter(isSafe) ?? []
    }
    private static func named(_ names: @escaping @Sendable ([String]) -> [String]) -> CompletionKind {
        .custom { words, _, typed in
            let slash = CompletionShell.requesting == .fish
            return (names(roots(words)) + files(typed, marksFolders: slash)).filter(isSafe)
        }
    }

    /// The folders of lessons that the command line would have.
    private static func roots(_ words: [String]) -> [String] {
        let given = zip(words, words.dropFirst()).first { $0.0 == "--lessons" }?.1
        return [given.map { HomePath.expanded($0) }, LessonLibrary.standardRoot()].compactMap(\.self)
    }

    /// The files in the folder that was typed so far, spelled as it was. bash and zsh mark folders themselves.
    static func files(_ typed: String, marksFolders: Bool) -> [String] {
        let folder = String(typed[..<(typed.lastIndex(of: "/").map { typed.index(after: $0) } ?? typed.startIndex)])
        let path = folder.isEmpty ? "." : HomePath.expanded(folder)
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        let isHidden = typed.dropFirst(folder.count).hasPrefix(".")
        return names.sorted().filter { isHidden || !$0.hasPrefix(".") }.map { name in
            var isFolder = false
            let isThere = FileManager.default.fileExists(atPath: "\(path)/\(name)", isDirectory: &isFolder)
            return folder + name + (marksFolders && isThere && isFolder ? "/" : "")
        }
    }

    /// Whether a shell takes a name as it stands. bash expands what it is offered, so a name with `$(…)` in it would be run
    /// at the press of Tab; such names have to be typed.
    static func isSafe(_ name: String) -> Bool {
        !name.isEmpty
            && name.unicodeScalars.allSatisfy { scalar in
                scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)
                    || "@%+=:,./_- ~".unicodeScalars.contains(scalar)
            }
    }
}
