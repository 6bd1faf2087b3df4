import Glibc
import SMTP
import Tracing

/// Records each conversation to a file of its own in one folder.
final class ConversationRecorders {
    private let folder: String
    private let persona: Persona
    private let stamp: String
    private var open: [Int: Recorder] = [:]

    /// Makes the folder where it is missing.
    init(_ folder: String, _ persona: Persona) throws(Failure) {
        self.folder = folder
        self.persona = persona
        stamp = Recorder.now.filter { $0 != "-" && $0 != ":" }
        var status = stat()
        if mkdir(folder, 0o700) == 0 { return }
        let error = errno
        guard error == EEXIST, stat(folder, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
            throw Failure(
                .cannotCreate,
                "--record: the folder \(folder) cannot be made (\(String(cString: strerror(error)))); give another name"
            )
        }
    }

    /// A conversation begins. When it cannot be recorded that is said, and the server goes on.
    func open(_ id: Int, _ peer: String) {
        let header = Recording.Header(
            began: Recorder.now,
            title: "Conversation \(id) with the sandbox, from \(peer)",
            source: "ehlo sandbox, persona \(persona.name)"
        )
        let number = String(repeating: "0", count: max(0, 4 - String(id).count)) + String(id)
        do {
            open[id] = try Recorder("\(folder)/\(stamp)-\(getpid())-\(number).ehlo", header)
        } catch { Message.write(error.sentence) }
    }

    func write(_ id: Int, _ event: WireEvent) {
        do { try open[id]?.write(event) } catch {
            open[id] = nil
            Message.write(error.sentence)
        }
    }

    func close(_ id: Int) { open[id] = nil }
}
