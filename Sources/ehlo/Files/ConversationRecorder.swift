import Networking
import Tracing

/// Writes conversations down as they happen, a file each. One whose file cannot be written goes on without it.
final class ConversationRecorder {
    private let files: ConversationFiles?
    private var open: [Int: ConversationFile] = [:]
    /// What came and was not written yet: a batch at a time is much quicker than an event at a time.
    private var unwritten: [Int: [WireEvent]] = [:]

    /// Records nothing where there are no files.
    init(_ files: ConversationFiles?) { self.files = files }

    /// Takes in what happened. Gives what went wrong, in sentences.
    func take(_ event: ConversationEvent, _ header: Recording.Header?) -> [String] {
        guard let files else { return [] }
        switch event.kind {
        case .opened:
            guard let header else { return [] }
            do throws(CommandError) { open[event.id] = try files.file(of: event.id, header) } catch {
                return [error.sentence]
            }
        case .event(let wire): if open[event.id] != nil { unwritten[event.id, default: []].append(wire) }
        case .closed:
            defer { open[event.id] = nil }
            return write(event.id)
        }
        return []
    }

    /// Writes what came. Gives what went wrong, in sentences.
    func write() -> [String] { unwritten.keys.sorted().flatMap(write) }

    private func write(_ id: Int) -> [String] {
        guard let events = unwritten.removeValue(forKey: id), let file = open[id] else { return [] }
        do throws(CommandError) {
            try file.write(events)
            return []
        } catch {
            open[id] = nil
            return [error.sentence]
        }
    }
}
