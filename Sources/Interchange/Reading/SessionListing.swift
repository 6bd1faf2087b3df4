import Captures
import Notation
public import Tracing

/// What a list says about a session without reading it whole; the same for every kind of file.
public struct SessionListing: Sendable {
    /// What is known of it.
    public private(set) var session: ListedSession
    /// How it went: the outcome, and what tells it apart.
    public let summary: String
    /// The row of a list: number, start, client, server, reverse-path, forward-paths and outcome; `–` for what is not known.
    public private(set) var cells: [String]

    init(_ recording: Recording, number: Int) {
        var glance = SessionGlance(recording.events)
        self.init(&glance, recording.ends, recording.header.began, number)
    }

    init(_ summary: inout CaptureFile.Summary, number: Int) {
        let began = UTCTime(nanoseconds: summary.began).iso8601
        self.init(&summary.glance, summary.ends, began, number)
    }

    /// The same of a session with another number.
    func numbered(_ number: Int) -> SessionListing {
        var listing = self
        listing.session.number = number
        listing.cells[0] = "\(number)"
        return listing
    }

    /// Of a conversation that was looked at while it went on: where its client spoke from, and when it began, ISO 8601.
    public init(_ glance: inout SessionGlance, client: String, began: String, number: Int) {
        let server = glance.endpoint ?? ""
        self.init(&glance, server.isEmpty ? nil : .init(client: client, server: server), began, number)
    }

    private init(_ glance: inout SessionGlance, _ known: Recording.Ends?, _ began: String, _ number: Int) {
        let ends = SessionEnds(glance, known)
        let verdict = glance.verdict()
        let session = ListedSession(
            number: number,
            began: began,
            client: ends.client,
            server: ends.server,
            glance,
            verdict
        )
        (self.session, summary) = (session, session.summary)
        let known: [String?] = [
            session.began, session.client, session.server, session.from, session.to.joined(separator: ","),
        ]
        cells = ["\(number)"] + known.map { cell in cell.flatMap { $0.isEmpty ? nil : $0 } ?? "–" } + [summary]
    }
}
