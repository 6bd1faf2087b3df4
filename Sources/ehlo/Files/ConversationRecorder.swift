import Interchange
import Networking
import Stage
import Tracing

/// Writes conversations down as they happen, a file each, and a line about each that is over. One whose file cannot be written
/// goes on without it.
final class ConversationRecorder {
    private let files: ConversationFiles?
    private var open: [Int: ConversationFile] = [:]
    /// What came and was not written yet: a batch at a time is much quicker than an event at a time.
    private var unwritten: [Int: [WireEvent]] = [:]
    /// Who speaks with whom, where somebody asks when it is over.
    private var glances: [Int: SessionGlance] = [:]

    /// Records nothing where there are no files.
    init(_ files: ConversationFiles?) { self.files = files }

    /// Takes in what happened. Gives what went wrong, in sentences.
    func take(_ event: ConversationEvent, _ conversation: WatchedConversations.Conversation?) -> [String] {
        guard let files else { return [] }
        switch event.kind {
        case .opened, .told:
            guard let header = conversation?.header else { return [] }
            if files.asksAboutEnds { glances[event.id] = SessionGlance() }
            do throws(CommandError) { open[event.id] = try files.file(of: event.id, header) } catch {
                return [error.sentence]
            }
        case .event(let wire):
            glances[event.id]?.take(wire)
            if open[event.id] != nil { unwritten[event.id, default: []].append(wire) }
        case .named: break
        case .closed, .void:
            defer { open[event.id] = nil }
            return write(event.id) + end(event.id, conversation, files)
        }
        return []
    }

    /// A conversation is over: a line in the log, and its file stays where it is wanted.
    private func end(_ id: Int, _ conversation: WatchedConversations.Conversation?, _ files: ConversationFiles)
        -> [String]
    {
        guard var glance = glances.removeValue(forKey: id), let conversation else { return [] }
        let listing = SessionListing(&glance, client: conversation.peer, began: conversation.header.began, number: id)
        if !files.wants(listing.session) { open[id]?.discard() }
        guard let log = files.log else { return [] }
        do throws(CommandError) {
            try log.write(listing, conversation.trace)
            return []
        } catch {
            return [error.sentence]
        }
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
