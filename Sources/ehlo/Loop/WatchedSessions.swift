import Interface
import Networking
import Stage
import Tracing

/// Conversations that others have, behind the panes: what comes is recorded, and told to the interface.
final class WatchedSessions {
    private let recorder: ConversationRecorder
    private var conversations: WatchedConversations
    /// What was not looked at yet, since a key must not wait for it.
    private var unread = News()
    /// How many events are looked at before keys are: a few milliseconds' worth.
    private static let atOnce = 128

    /// Whether something came that was not looked at yet.
    var hasMore: Bool { !unread.isEmpty }

    init(_ source: ConversationSource, _ state: inout State) {
        recorder = ConversationRecorder(source.files)
        conversations = WatchedConversations(source: source.origin, keepsEvents: true) { Recorder.now }
        state.session.conversations = Conversations(
            invitation: source.invitation,
            isListFirst: source.keep != nil,
            kept: source.keep ?? Conversations.maxKept
        )
    }

    /// What the news mean for the panes; of a lot the first, and the rest when it is asked for again.
    func inputs(of later: News, _ state: State) -> [Input] {
        unread.append(later)
        let news = unread.takeFirst(Self.atOnce)
        let open = state.session.conversations?.open
        var touched: Set<Int> = []
        var troubles: [String] = []
        for event in news.events {
            touched.insert(event.id)
            conversations.take(event, open: open)
            troubles += recorder.take(event, conversations[event.id])
        }
        troubles += recorder.write()
        var inputs: [Input] = troubles.map { .noticed($0) }
        for (id, held) in news.held {
            touched.insert(id)
            conversations.hold(id, held)
            guard id == open else { continue }
            if let held { inputs.append(.stands(held.phase, held.offer)) }
            inputs.append(.held(held.map { Session.Pending($0) }))
        }
        if let open, touched.contains(open), let conversation = conversations[open] {
            inputs.append(.traced(conversation.trace, finished: conversation.isOver))
        }
        if news.ending == .read { inputs.append(.noticed(news.warnings.first ?? "nothing more comes; q leaves")) }
        let rows = touched.sorted().compactMap(row)
        return rows.isEmpty ? inputs : inputs + [.conversed(rows)]
    }

    private func row(_ number: Int) -> Conversations.Row? {
        guard let conversation = conversations[number], let verdict = conversations.verdict(on: number) else {
            return nil
        }
        return Conversations.Row(
            number: number,
            peer: conversation.peer,
            trace: conversation.trace,
            verdict: verdict,
            octets: conversation.octets,
            isOver: conversation.isOver,
            isHeld: conversation.held != nil
        )
    }

    /// What to tell the panes when a conversation is opened.
    func open(_ number: Int) -> [Input] {
        guard let conversation = conversations[number], let row = row(number) else { return [] }
        let opened = Conversations.Opened(
            number: number,
            source: .watched(finished: conversation.isOver),
            trace: conversation.trace,
            title: conversation.header.ends == nil ? conversation.peer : conversation.header.title,
            origin: conversation.header.source,
            began: conversation.header.began,
            pending: conversation.held.map { Session.Pending($0) }
        )
        var inputs: [Input] = [.conversationOpened(opened)]
        if let held = conversation.held { inputs.append(.stands(held.phase, held.offer)) }
        return inputs + [.conversed([row])]
    }

    func forget(_ number: Int) { conversations.forget(number) }

    /// All that the list shows, as they are so far.
    func sessions(_ numbers: [Int]) -> [WrittenSession] {
        numbers.enumerated().compactMap { place, number in
            guard let recording = recording(number), let trace = conversations[number]?.trace else { return nil }
            return WrittenSession(recording, trace: trace, number: place)
        }
    }

    /// What happened in a conversation so far, for saving it; what of it was too much to be kept is told as a warning.
    func recording(_ number: Int?) -> Recording? {
        guard let number, let conversation = conversations[number] else { return nil }
        let warnings = conversation.isWhole ? [] : [Self.notWhole]
        return Recording(header: conversation.header, events: conversation.events, warnings: warnings)
    }

    private static let notWhole =
        "this conversation was too long to be kept whole; --record writes all of it down as it happens"
}

extension Session.Pending {
    /// What waits for Enter.
    init(_ held: LiveHold.Held, consent: String? = nil) {
        self.init(
            step: held.step,
            octets: held.octets,
            target: held.target,
            consent: consent,
            promise: held.promise
        )
    }
}
