import Interchange
import Interface
import Stage
import Tracing

/// The sessions of a file behind the panes. Only the one that is open is held and traced: there may be thousands.
final class FileSessions {
    private let file: SessionFile
    private var opened: (number: Int, recording: Recording)?

    /// The rows of those that were chosen, numbered from 1.
    init(_ file: SessionFile, _ chosen: Range<Int>, _ state: inout State) {
        self.file = file
        state.session.conversations = Conversations(rows: file.listings[chosen].map(Self.row), followsNewest: false)
    }

    private static func row(_ listing: SessionListing) -> Conversations.Row {
        Conversations.Row(
            number: listing.number + 1,
            peer: listing.name,
            from: listing.reversePath,
            to: listing.forwardPath.map { [$0] } ?? [],
            words: listing.summary,
            isTrouble: listing.isTrouble
        )
    }

    /// What to tell the panes when a session is opened.
    func open(_ number: Int) -> [Input] {
        guard number >= 1, number <= file.count else { return [] }
        let recording = file.sessions[number - 1]
        opened = (number, recording)
        let header = recording.header
        let title = header.title.isEmpty ? "session \(number - 1)" : header.title
        let trace = Tracer.trace(of: recording.events)
        let row = Conversations.Row(
            number: number,
            peer: title,
            trace: trace,
            octets: recording.events.reduce(0) { $0 + $1.octetCount },
            isOver: true
        )
        let session = Conversations.Opened(
            number: number,
            source: .replay,
            trace: trace,
            title: title,
            origin: header.source,
            began: header.began
        )
        return [.conversationOpened(session), .conversed([row])] + recording.warnings.prefix(1).map { .noticed($0) }
    }

    /// What happened in the session that is open, for saving it.
    func recording(_ number: Int?) -> Recording? { opened?.number == number ? opened?.recording : nil }
}
