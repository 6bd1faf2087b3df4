import Captures
import Notation
public import Tracing

/// What a list says about a session without reading it whole; the same for every kind of file.
public struct SessionListing: Sendable {
    /// What is known of it.
    public internal(set) var session: ListedSession
    /// How it went: the outcome, and what tells it apart.
    public var summary: String { session.summary }
    /// What ties it to other sessions of the file.
    private(set) var facts: RelatedSessions.Facts

    /// The row of a list: number, start, client, server, reverse-path, forward-paths and outcome, what is going on behind that; `–`
    /// for what is not known.
    public var cells: [String] {
        let to = session.to.count == 1 ? session.to[0] : session.to.joined(separator: ",")
        let outcome = session.situations.reduce(summary) { "\($0); \($1.listed)" }
        return [
            "\(session.number)", Self.cell(session.began), Self.cell(session.client), Self.cell(session.server),
            Self.cell(session.from), Self.cell(to), outcome,
        ]
    }

    private static func cell(_ text: String?) -> String { text.flatMap { $0.isEmpty ? nil : $0 } ?? "–" }

    init(_ recording: Recording, number: Int) {
        var glance = SessionGlance(recording.events)
        self.init(recording.header, &glance, number: number)
    }

    /// Of a recording whose events were looked at.
    init(_ header: Recording.Header, _ glance: inout SessionGlance, number: Int) {
        let began = header.began
        let time = UTCTime(iso8601: began)
        let isUTC = began.utf8.last == UInt8(ascii: "Z")
        self.init(
            &glance,
            header.ends,
            header.envelope,
            isUTC ? time?.iso8601 ?? began : began,
            isUTC ? time.map { Double($0.seconds) } : RelatedSessions.Facts.seconds(began: began),
            number
        )
    }

    init(_ summary: inout CaptureFile.Summary, number: Int) {
        let began = UTCTime(seconds: UTCTime(nanoseconds: summary.began).seconds)
        self.init(&summary.glance, summary.ends, nil, began.iso8601, Double(began.seconds), number)
    }

    /// The same of a session with another number.
    func numbered(_ number: Int) -> SessionListing {
        var listing = self
        listing.session.number = number
        listing.facts.number = number
        return listing
    }

    /// Of a conversation that was looked at while it went on: where its client spoke from, and when it began, ISO 8601.
    public init(_ glance: inout SessionGlance, client: String, began: String, number: Int) {
        let server = glance.endpoint ?? ""
        let ends = server.isEmpty ? nil : Recording.Ends(client: client, server: server)
        self.init(&glance, ends, nil, began, RelatedSessions.Facts.seconds(began: began), number)
    }

    private init(
        _ glance: inout SessionGlance,
        _ known: Recording.Ends?,
        _ envelope: Recording.Envelope?,
        _ began: String,
        _ seconds: Double?,
        _ number: Int
    ) {
        let ends = SessionEnds(glance, known)
        let verdict = glance.verdict()
        session = ListedSession(
            number: number,
            began: began,
            client: ends.client,
            server: ends.server,
            envelope: envelope,
            glance,
            verdict
        )
        facts = RelatedSessions.Facts(
            number: number,
            began: seconds,
            client: ends.client,
            server: ends.server,
            glance,
            verdict
        )
    }
}

/// Rows of a list that wait until it is known what ties their sessions.
struct ListingBlock {
    /// In parts, so that several can go on with them.
    private var parts: [[SessionListing]] = []
    private var count = 0
    private var related = RelatedSessions()

    /// The most that are held: as many as anybody has had in one file, and an end to the memory.
    static let maxTogether = 100_000
    /// The most in one part, of which so many are held as fit.
    static let maxOfPart = 250

    /// Takes a row; gives all there are when they are as many as are held.
    mutating func add(_ listing: SessionListing) -> [[SessionListing]]? {
        if count % Self.maxOfPart == 0 {
            parts.append([])
            parts[parts.count - 1].reserveCapacity(Self.maxOfPart)
        }
        parts[parts.count - 1].append(listing)
        related.add(listing.facts)
        count += 1
        return count < Self.maxTogether ? nil : take()
    }

    /// Takes a part that was made at once.
    mutating func add(_ part: [SessionListing]) -> [[SessionListing]]? {
        parts.append(part)
        count += part.count
        part.withUnsafeBufferPointer { for index in $0.indices { related.add($0[index].facts) } }
        return count < Self.maxTogether ? nil : take()
    }

    /// The rows, with what their sessions tell together.
    mutating func take() -> [[SessionListing]] {
        let found = related.situations()
        var all = parts
        (parts, count, related) = ([], 0, RelatedSessions())
        guard !found.isEmpty else { return all }
        for part in all.indices {
            for index in all[part].indices {
                guard let more = found[all[part][index].session.number] else { continue }
                let told = all[part][index].session.situations
                all[part][index].session.situations = told.joined(with: more)
            }
        }
        return all
    }
}
