import Captures
import Notation
public import SMTP
public import Tracing

/// What a list says about a session without reading it whole; the same for every kind of file.
public struct SessionListing: Sendable {
    /// Counted from 0 within the file.
    public let number: Int
    /// The client, or the recording's title; escaped.
    public let name: String
    /// When it began, ISO 8601; empty when unknown.
    public let began: String
    /// The first of each, as far as they can be told.
    public var reversePath: Path? {
        reverseOctets.flatMap { Command.read(Array("MAIL FROM:".utf8) + $0).value.path }
    }
    public var forwardPath: Path? {
        forwardOctets.flatMap { Command.read(Array("RCPT TO:".utf8) + $0).value.path }
    }
    private let reverseOctets, forwardOctets: [UInt8]?
    public let outcome: Verdict.Outcome
    /// How it went: the outcome, and what tells it apart.
    public let summary: String
    /// Whether it did not go as it should.
    public let isTrouble: Bool
    /// What the columns say; nil for what is not known.
    private let columns: [String?]

    init(_ recording: Recording, number: Int) {
        let title = Escaping.message(recording.header.title.isEmpty ? "session \(number)" : recording.header.title)
        self.init(SessionGlance(recording.events), recording.ends, recording.header.began, number, name: title)
    }

    init(_ summary: CaptureFile.Summary, number: Int) {
        let began = UTCTime(nanoseconds: summary.began).iso8601
        self.init(summary.glance, summary.ends, began, number, name: summary.ends.client)
    }

    private init(_ glance: SessionGlance, _ known: Recording.Ends?, _ began: String, _ number: Int, name: String) {
        var glance = glance
        let ends = SessionEnds(glance, known)
        let verdict = glance.verdict()
        (self.number, self.name, self.began) = (number, name, began)
        (outcome, summary, isTrouble) = (verdict.outcome, verdict.summary, verdict.isTrouble)
        (reverseOctets, forwardOctets) = (glance.reversePath, glance.forwardPaths.first)
        columns = [
            began, ends.client, ends.server, glance.reversePath.map { WireText.shown($0) },
            glance.forwardPaths.map { WireText.shown($0) }.joined(separator: ","),
        ]
    }

    /// The row of a list: number, start, client, server, reverse-path, forward-paths and outcome; `–` for what is not known.
    public var cells: [String] {
        ["\(number)"] + columns.map { cell in cell.flatMap { $0.isEmpty ? nil : WireText.shown($0.utf8) } ?? "–" } + [
            summary
        ]
    }
}
