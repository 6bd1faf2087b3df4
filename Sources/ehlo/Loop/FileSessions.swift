import Interchange
import Interface
import Stage
import Tracing

/// The sessions of a file behind the list of them. Only the one that is open is held and traced: there may be thousands.
final class FileSessions {
    private let file: SessionFile
    private var opened: (number: Int, recording: Recording)?
    /// What sessions tell together, by their numbers.
    private var related: [Int: [Situation]] = [:]

    /// Those that were chosen, with their numbers in the file.
    init(_ file: SessionFile, _ chosen: Range<Int>, name: String, _ state: inout State) {
        self.file = file
        var rows: [ListedSession] = []
        rows.reserveCapacity(chosen.count)
        file.eachListing(chosen) { rows.append($0.session) }
        let file = name.split(separator: "/").last.map { String($0) } ?? name
        for row in rows where row.situations.contains(where: { !$0.sessions.isEmpty }) {
            related[row.number] = row.situations.filter { !$0.sessions.isEmpty }
        }
        state.session.list = SessionList(name: file, rows)
    }

    /// What to tell the panes when a session is opened.
    func open(_ number: Int) -> [Input] {
        guard let recording = recording(number) else { return [] }
        opened = (number, recording)
        let header = recording.header
        let session = Conversations.Opened(
            number: number,
            source: .replay,
            trace: Tracer.trace(of: recording.events).related(related[number] ?? []),
            title: header.title.isEmpty ? "session \(number)" : "\(number)  \(header.title)",
            origin: header.source,
            began: header.began
        )
        return [.conversationOpened(session)] + recording.warnings.prefix(1).map { .noticed($0) }
    }

    /// How many octets of a session are read in passing, while the cursor goes over its row.
    private static let maxPreviewed = 4 << 20

    /// What the list shows of a session.
    func preview(_ number: Int) -> Input? {
        guard let recording = recording(number) else { return nil }
        guard recording.events.reduce(0, { $0 + $1.octetCount }) <= Self.maxPreviewed else {
            return .previewed(.init(number: number, instead: "This session is long; Enter opens it."))
        }
        let trace = Tracer.trace(of: recording.events).related(related[number] ?? [])
        return .previewed(.init(number: number, trace))
    }

    /// Two sessions side by side.
    func comparison(_ left: Int, _ right: Int) -> Input? {
        guard let one = recording(left), let other = recording(right) else { return nil }
        let traces = [one, other].map { Tracer.trace(of: $0.events) }
        return .compared(.init(.init(traces[0], traces[1]), left: "session \(left)", right: "session \(right)"))
    }

    /// What happened in a session, for saving it.
    func recording(_ number: Int) -> Recording? {
        if let opened, opened.number == number { return opened.recording }
        return (0..<file.count).contains(number) ? file.sessions[number] : nil
    }
}
