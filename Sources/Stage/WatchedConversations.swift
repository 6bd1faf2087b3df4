public import Networking
public import Tracing

/// What is known of the conversations that others have, bounded however many there are and however long they get.
///
/// Traces are bounded in lines, and what is kept to be saved in octets: of one that is longer the beginning is kept, and when all
/// together are too much, those that were over first are no longer kept. Both are said of the conversation.
///
/// There may be a thousand at a time and ten thousand events a second: each conversation stands in one place and is never copied.
public struct WatchedConversations: ~Copyable {
    /// The most lines of all traces together. When there are more, none gets more than its share.
    static let maxLines = 500_000
    /// The most octets of memory that kept events take.
    struct Bounds {
        var ofOne = 64 << 20
        var ofAll = 256 << 20
    }

    var bounds = Bounds()

    /// As it stands now; who keeps it sees it change. The trace is a value and stays as it was taken.
    public final class Conversation {
        /// Where the client speaks from.
        public let peer: String
        /// The head of its recording.
        public fileprivate(set) var header: Recording.Header
        /// How many octets went over the wire.
        public fileprivate(set) var octets = 0
        public fileprivate(set) var isOver = false
        /// What waits to be released.
        public fileprivate(set) var held: LiveHold.Held?
        /// What happened, to be saved.
        public fileprivate(set) var events: [WireEvent] = []
        /// Whether the events are all that happened.
        public fileprivate(set) var isWhole = true
        fileprivate var tracer = ConversationTrace()
        fileprivate var reading = VerdictSoFar()
        fileprivate var kept = 0

        fileprivate init(peer: String, header: Recording.Header) { (self.peer, self.header) = (peer, header) }

        public var trace: Trace { tracer.trace }
        /// Whether it went on longer than is looked at.
        public var isCut: Bool { tracer.isCut }
    }

    private var conversations: [Int: Conversation] = [:]
    /// Those that are over and kept, in the order in which they ended.
    private var ended: [Int] = []
    private var lines = 0
    private var kept = 0
    private let keepsEvents: Bool
    private let source: String
    private let now: () -> String

    /// `source` stands in the head of each recording, and so does what `now` gives when it begins. A face that saves nothing need
    /// not keep the events.
    public init(source: String, keepsEvents: Bool, now: @escaping () -> String) {
        self.source = source
        self.keepsEvents = keepsEvents
        self.now = now
    }

    public subscript(id: Int) -> Conversation? { conversations[id] }

    /// Takes in what happened. The conversation that is open on the screen is the last to be no longer kept.
    public mutating func take(_ event: ConversationEvent, open: Int? = nil) {
        switch event.kind {
        case .opened:
            let title = "Conversation \(event.id), from \(event.peer)"
            let header = Recording.Header(began: now(), title: title, source: source)
            conversations[event.id] = Conversation(peer: event.peer, header: header)
        case .told(let header):
            forget(event.id)
            conversations[event.id] = Conversation(peer: event.peer, header: header)
        case .named(let header): conversations[event.id]?.header = header
        case .event(let wire):
            let share =
                lines < Self.maxLines ? ConversationTrace.maxLines : Self.maxLines / max(1, conversations.count)
            trace(event.id) { $0.consume(wire, atMost: share) }
            conversations[event.id]?.octets += wire.octetCount
            if keepsEvents { keep(wire, of: event.id, open: open) }
        case .closed, .void:
            trace(event.id) { $0.finish() }
            conversations[event.id]?.isOver = true
            conversations[event.id]?.held = nil
            if keepsEvents { ended.append(event.id) }
        }
    }

    /// The verdict on a conversation so far; nil where there is none of this number.
    public mutating func verdict(on id: Int) -> VerdictSoFar? {
        guard let conversation = conversations[id] else { return nil }
        conversation.reading.read(conversation.trace.lines, isWhole: conversation.isOver)
        return conversation.reading
    }

    /// What waits in a conversation, or that nothing does any more.
    public mutating func hold(_ id: Int, _ held: LiveHold.Held?) { conversations[id]?.held = held }

    /// Forgets a conversation.
    public mutating func forget(_ id: Int) {
        guard let gone = conversations.removeValue(forKey: id) else { return }
        lines -= gone.trace.lines.count
        kept -= gone.kept
        ended.removeAll { $0 == id }
    }

    private mutating func trace(_ id: Int, _ change: (inout ConversationTrace) -> Void) {
        guard let conversation = conversations[id] else { return }
        let before = conversation.trace.lines.count
        change(&conversation.tracer)
        lines += conversation.trace.lines.count - before
    }

    // MARK: What is kept to be saved

    private mutating func keep(_ event: WireEvent, of id: Int, open: Int?) {
        guard let conversation = conversations[id], conversation.isWhole else { return }
        let weight = event.weight
        while kept + weight > bounds.ofAll, let oldest = ended.first(where: { $0 != open }) { letGo(oldest) }
        guard conversation.kept + weight <= bounds.ofOne, kept + weight <= bounds.ofAll else {
            conversation.isWhole = false
            return
        }
        conversation.events.append(event)
        conversation.kept += weight
        kept += weight
    }

    private mutating func letGo(_ id: Int) {
        ended.removeAll { $0 == id }
        guard let conversation = conversations[id] else { return }
        kept -= conversation.kept
        (conversation.events, conversation.kept, conversation.isWhole) = ([], 0, false)
    }
}
