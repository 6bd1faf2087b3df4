import Captures
import Notation
public import Tracing

/// What a list says about a session without reading it whole; the same for every kind of file.
public struct SessionListing: Sendable {
    /// What is known of it.
    public let session: ListedSession
    /// How it went: the outcome, and what tells it apart.
    public let summary: String
    /// The row of a list: number, start, client, server, reverse-path, forward-paths and outcome; `–` for what is not known.
    public let cells: [String]

    init(_ recording: Recording, number: Int) {
        var glance = SessionGlance(recording.events)
        let began = recording.header.began
        self.init(
            &glance,
            recording.header.ends,
            began.hasSuffix("Z") ? UTCTime(iso8601: began)?.iso8601 ?? began : began,
            number
        )
    }

    init(_ summary: inout CaptureFile.Summary, number: Int) {
        let began = UTCTime(nanoseconds: summary.began).iso8601
        self.init(&summary.glance, summary.ends, began, number)
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
        (self.session, summary) = (session, verdict.summary)
        let known: [String?] = [
            session.began, session.client, session.server, session.from, session.to.joined(separator: ","),
        ]
        cells = ["\(number)"] + known.map { cell in cell.flatMap { $0.isEmpty ? nil : $0 } ?? "–" } + [summary]
    }
}
