import Glibc
import Interchange
import Lessons
import Networking
import SMTP
import Stage

/// A dialog to be played: a file, or one that comes with the lessons, in their folder `dialogs`.
enum DialogFile {
    /// Larger ones are no dialogs.
    private static let maxOctets = 1 << 20

    /// The names of those that come with the lessons.
    static func names(in lessonsRoots: [String]) -> [String] {
        let names = LessonFolder(lessonsRoots)?.list("dialogs") ?? []
        return names.filter { $0.hasSuffix(".dialog") }.map { String($0.dropLast(7)) }
    }

    /// Reads the one that a person means: a bundled one by its name, else a file.
    static func read(_ word: String, in lessonsRoots: [String]) throws -> DialogScript {
        let names = names(in: lessonsRoots)
        let bundled = names.contains(word) ? LessonFolder(lessonsRoots)?.path(of: "dialogs/\(word).dialog") : nil
        let path = bundled ?? word
        var status = stat()
        guard bundled != nil || word == "-" || stat(path, &status) == 0 else {
            throw CommandError(
                .noInput,
                "--dialog: there is no dialog or file '\(word)'; the bundled dialogs are \(names.joined(separator: ", "))"
            )
        }
        let octets = try FileOctets.read(path, most: maxOctets)
        guard let text = String(validating: octets, as: UTF8.self) else {
            throw CommandError(.wrongData, "--dialog: \(word) is not UTF-8; write it anew as text")
        }
        do {
            return try DialogScript(text)
        } catch {
            throw CommandError(.wrongData, "--dialog: \(word), \(error)")
        }
    }

    /// What is wrong with those that come with the lessons, a line each.
    static func problems(in lessonsRoots: [String]) -> [String] {
        names(in: lessonsRoots).flatMap { name -> [String] in
            do {
                let script = try read(name, in: lessonsRoots)
                if script.title.isEmpty { return ["dialogs/\(name).dialog: the line '# title: …' is missing"] }
                guard let persona = script.persona,
                    LessonFolder(lessonsRoots)?.path(of: "personas/\(persona).yaml") == nil
                else { return [] }
                return ["dialogs/\(name).dialog: there is no persona '\(persona)'"]
            } catch let failure as CommandError {
                return ["dialogs/\(name).dialog: \(failure.sentence)"]
            } catch { return ["dialogs/\(name).dialog: \(error)"] }
        }
    }

    /// One line a dialog: the name, and its title in a column of its own.
    static func list(in lessonsRoots: [String]) -> [String] {
        let names = names(in: lessonsRoots)
        let width = names.map(\.count).max() ?? 0
        return names.map { name in
            let title = (try? read(name, in: lessonsRoots))?.title ?? "cannot be read"
            return Escaping.message(name + String(repeating: " ", count: width - name.count + 2) + title)
        }
    }
}

/// The sandbox's server for a session without one.
struct PracticeServer {
    /// The domain a mail goes to when nobody named a recipient.
    static let recipient = "bob@receiver.example"

    let port: Int
    private let server: SandboxServer

    /// Opens it on a port of 127.0.0.1.
    init(_ persona: Persona) throws(CommandError) {
        let server = SandboxServer(persona, onEvent: { _ in })
        self.server = server
        let addresses: [String]
        do { addresses = try blocking { try await server.start(port: 0) } } catch {
            throw CommandError(.unavailable, "the sandbox's server cannot listen on 127.0.0.1: \(error)")
        }
        guard let port = addresses.first?.split(separator: ":").last.flatMap({ Int($0) }) else {
            throw CommandError(.internalError, "the sandbox's server does not say where it listens")
        }
        self.port = port
    }

    /// Closes it; the process is about to end.
    func stop() {
        let server = server
        Task.detached { await server.stop() }
    }
}
