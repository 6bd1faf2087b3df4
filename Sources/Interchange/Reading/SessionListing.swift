import Captures
import Notation
public import Tracing

/// What a list says about a session without reading it whole; the same for every kind of file.
public struct SessionListing: Sendable {
    /// What is known of it.
    public let session: ListedSession
    /// How it went: the outcome, and what tells it apart.
    public let summary: String

    init(_ recording: Recording, number: Int) {
        self.init(SessionGlance(recording.events), recording.ends, recording.header.began, number)
    }

    init(_ summary: CaptureFile.Summary, number: Int) {
        let began = UTCTime(nanoseconds: summary.began).iso8601
        self.init(summary.glance, summary.ends, began, number)
    }

    private init(_ glance: SessionGlance, _ known: Recording.Ends?, _ began: String, _ number: Int) {
        var glance = glance
        let ends = SessionEnds(glance, known)
        let verdict = glance.verdict()
        session = ListedSession(
            number: number,
            began: began,
            client: ends.client,
            server: ends.server,
            glance,
            verdict
        )
        summary = verdict.summary
    }

    /// The row of a list: number, start, client, server, reverse-path, forward-paths and outcome; `–` for what is not known.
    public var cells: [String] {
        let known: [String?] = [
            session.began, session.client, session.server, session.from, session.to.joined(separator: ","),
        ]
        return ["\(session.number)"] + known.map { cell in cell.flatMap { $0.isEmpty ? nil : $0 } ?? "–" } + [summary]
    }
}
