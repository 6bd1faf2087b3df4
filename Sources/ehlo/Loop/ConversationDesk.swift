import Interchange
import Interface
import Networking
import SMTP
import Tracing

/// The conversations behind the panes: their events as they come, their recordings, their traces. Those of a file are traced
/// when they are opened and not before.
final class ConversationDesk {
    /// What is known of one.
    private struct Track {
        var peer: String
        var recording: Recording
        var tracer = Tracer()
        var octets = 0
        var isOver = false
        var isTraced = true
        var file: ConversationFile?
        var held: Session.Pending?
        /// Where the session is before what is held, and what its server offers: a forecast of the line depends on it.
        var standing: (phase: CommandSequence.Phase, offer: Hello)?
    }

    private let source: ConversationSource?
    /// The file whose sessions they are, numbered from 1 here.
    private var replayed: SessionFile?
    private var tracks: [Int: Track] = [:]

    /// Those of a file; the first is opened. Only what is open is held: there may be thousands.
    init(_ file: SessionFile, _ chosen: Range<Int>, _ state: inout State) {
        source = nil
        replayed = file
        var rows: [Conversations.Row] = []
        for listing in file.listings[chosen] {
            let number = listing.number + 1
            rows.append(
                Conversations.Row(
                    number: number,
                    peer: listing.name,
                    from: listing.reversePath,
                    to: listing.forwardPath.map { [$0] } ?? [],
                    words: listing.summary
                )
            )
        }
        state.session.conversations = Conversations(rows: rows, followsNewest: false)
        firstToOpen = rows.first?.number
    }

    /// Those that come.
    init(_ source: ConversationSource, _ state: inout State) {
        self.source = source
        state.session.conversations = Conversations(invitation: source.invitation)
    }

    /// What to open at the beginning.
    private var firstToOpen: Int?

    // MARK: What comes

    /// What happened since the last look.
    func news(of state: State) -> [Input] {
        if let first = firstToOpen {
            firstToOpen = nil
            return open(first)
        }
        guard let source else { return [] }
        var inputs: [Input] = []
        var touched: Set<Int> = []
        var unwritten: [Int: [WireEvent]] = [:]
        let news = source.feed.news()
        for event in news.events {
            touched.insert(event.id)
            if let trouble = take(event) { inputs.append(.noticed(trouble)) }
            guard case .event(let wire) = event.kind else { continue }
            if tracks[event.id]?.file != nil { unwritten[event.id, default: []].append(wire) }
            source.taken(event)
        }
        for (id, events) in unwritten {
            do throws(CommandError) {
                try tracks[id]?.file?.write(events)
            } catch {
                tracks[id]?.file = nil
                inputs.append(.noticed(error.sentence))
            }
        }
        for (id, held) in news.held {
            touched.insert(id)
            tracks[id]?.held = held.map { Session.Pending(step: $0.step, octets: $0.octets, target: $0.target) }
            tracks[id]?.standing = held.map { ($0.phase, $0.offer) }
            guard id == state.session.conversations?.open else { continue }
            if let held { inputs.append(.stands(held.phase, held.offer)) }
            inputs.append(.held(tracks[id]?.held))
        }
        if let open = state.session.conversations?.open, touched.contains(open), let track = tracks[open] {
            inputs.append(.traced(track.tracer.trace, finished: track.isOver))
        }
        let rows = touched.sorted().compactMap(row)
        return rows.isEmpty ? inputs : inputs + [.conversed(rows)]
    }

    /// Gives what went wrong, in a sentence.
    private func take(_ event: ConversationEvent) -> String? {
        switch event.kind {
        case .opened:
            let header = Recording.Header(
                began: Recorder.now,
                title: "Conversation \(event.id), from \(event.peer)",
                source: source?.origin ?? ""
            )
            var track = Track(peer: event.peer, recording: Recording(header: header, events: []))
            defer { tracks[event.id] = track }
            do throws(CommandError) { track.file = try source?.files?.file(of: event.id, header) } catch {
                return error.sentence
            }
        case .event(let wire):
            tracks[event.id]?.recording.events.append(wire)
            tracks[event.id]?.octets += wire.octetCount
            tracks[event.id]?.tracer.consume(wire)
        case .closed:
            tracks[event.id]?.tracer.finish()
            tracks[event.id]?.isOver = true
            tracks[event.id]?.file = nil
            tracks[event.id]?.held = nil
        }
        return nil
    }

    private func row(_ number: Int) -> Conversations.Row? {
        tracks[number].map { track in
            Conversations.Row(
                number: number,
                peer: track.peer,
                trace: track.tracer.trace,
                octets: track.octets,
                isOver: track.isOver,
                isHeld: track.held != nil
            )
        }
    }

    // MARK: What is asked for

    func open(_ number: Int) -> [Input] {
        if let replayed, tracks[number] == nil, (1...replayed.count).contains(number) {
            let recording = replayed.sessions[number - 1]
            let title = recording.header.title.isEmpty ? "session \(number - 1)" : recording.header.title
            var track = Track(peer: title, recording: recording)
            track.octets = recording.events.reduce(0) { $0 + $1.octetCount }
            (track.isOver, track.isTraced) = (true, false)
            tracks = [number: track]
        }
        guard let track = tracks[number] else { return [] }
        if !track.isTraced {
            tracks[number]?.tracer = Tracer()
            for event in track.recording.events { tracks[number]?.tracer.consume(event) }
            tracks[number]?.tracer.finish()
            tracks[number]?.isTraced = true
        }
        let header = track.recording.header
        let opened = Conversations.Opened(
            number: number,
            source: source == nil ? .replay : .watched(finished: track.isOver),
            trace: tracks[number]?.tracer.trace ?? Trace(),
            title: track.peer,
            origin: header.source,
            began: header.began,
            pending: track.held
        )
        var inputs: [Input] = [.conversationOpened(opened)]
        if let standing = track.standing { inputs.append(.stands(standing.phase, standing.offer)) }
        if let row = row(number) { inputs.append(.conversed([row])) }
        if let warning = track.recording.warnings.first { inputs.append(.noticed(warning)) }
        return inputs
    }

    func forget(_ number: Int) { tracks[number] = nil }

    func release(_ number: Int?, sending edited: [UInt8]?) {
        if let number { source?.release(number, edited) }
    }

    /// What happened in a conversation so far, for saving it.
    func recording(_ number: Int?) -> Recording? { number.flatMap { tracks[$0]?.recording } }

    func stop() { source?.stop() }
}

extension WireEvent {
    /// How many octets went over a wire.
    fileprivate var octetCount: Int {
        switch kind {
        case .octets(_, let octets, _), .dnsQuery(let octets), .dnsAnswer(let octets): octets.count
        case .gap(_, let octets): octets ?? 0
        // Inside TLS the octets themselves are told, too.
        case .records, .connect, .connected, .tls, .close, .error, .note, .remark, .delivered: 0
        }
    }
}
