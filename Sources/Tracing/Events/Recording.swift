/// A recorded session: what the file says about itself, and the events.
///
/// The file (`.ehlo`) is JSON Lines in UTF-8: a header object, then `[seconds since began, leg, kind, payload]` a line.
public struct Recording: Equatable, Sendable {
    public var header: Header
    public var events: [WireEvent]
    /// What of the file could not be used, in sentences that name the line.
    public var warnings: [String]
    /// Two ends of a connection, as `192.0.2.1:25`.
    public struct Ends: Equatable, Sendable {
        public let client: String
        public let server: String

        public init(client: String, server: String) { (self.client, self.server) = (client, server) }
    }

    public init(header: Header, events: [WireEvent], warnings: [String] = []) {
        self.header = header
        self.events = events
        self.warnings = warnings
    }

    /// The events with what the observer takes for a credential marked, whoever made them.
    public var marked: [WireEvent] {
        var log = WireLog()
        return events.map { log.event($0.kind, leg: $0.leg, at: $0.time, isInferred: $0.isInferred) }
    }

    /// The first line of the file.
    public struct Header: Equatable, Sendable {
        /// When it began, ISO 8601; empty when unknown.
        public var began: String
        public var title: String
        /// Where the session comes from: which server and version, or who typed it.
        public var source: String
        /// The addresses of both ends, where the source tells them beside the events.
        public var ends: Ends?
        /// Who wrote to whom, where the source tells it beside the events. A list shows it where no command says it; it is not written
        /// into a recording.
        public var envelope: Envelope?

        public init(began: String, title: String, source: String) {
            self.began = began
            self.title = title
            self.source = source
        }
    }

    /// The paths of a mail, without angle brackets; nil for a reverse-path that is not known.
    public struct Envelope: Equatable, Sendable {
        public let reversePath: [UInt8]?
        public let forwardPaths: [[UInt8]]

        public init(reversePath: [UInt8]?, forwardPaths: [[UInt8]]) {
            (self.reversePath, self.forwardPaths) = (reversePath, forwardPaths)
        }
    }

    /// A part of a recording that is read little by little.
    public struct Piece: Sendable {
        public let events: [WireEvent]
        /// What could not be used; told with the last piece.
        public let warnings: [String]
        /// How much of the whole was read with it, from 0 to 1.
        public let portion: Double
        /// Why no more of it could be read than was, in the system's words; nil where it was read to its end.
        public let failure: String?

        public init(events: [WireEvent], warnings: [String] = [], portion: Double, failure: String? = nil) {
            (self.events, self.warnings, self.portion, self.failure) = (events, warnings, portion, failure)
        }
    }

    /// The one version of the format there is.
    public static let version = 1
}

/// The kinds of events in a recording, THE table: the word in the file and what its payload is.
enum RecordingKind: String, CaseIterable {
    case client, server
    case dnsQuery = "dns-query"
    case dnsAnswer = "dns-answer"
    case clientTLS = "client-tls"
    case serverTLS = "server-tls"
    case connect, connected, tls, close, error, gap, note, delivered

    /// Whether the payload is octets (a string, or `{"base64":…}`) rather than text. That of `tls` is an object, or in old
    /// recordings a text.
    var holdsOctets: Bool {
        switch self {
        case .client, .server, .clientTLS, .serverTLS, .dnsQuery, .dnsAnswer, .delivered: true
        case .connect, .connected, .tls, .close, .error, .gap, .note: false
        }
    }
}
