import DNS
import Dispatch

/// Asks name servers, by way of c-ares, and keeps every octet that went between (RFC 1035 §7).
///
/// It chooses nothing; `ExchangerChoice` says what an answer means.
public struct Resolver: Sendable {
    /// "127.0.0.1:5353" or "[::1]:53", several with commas between; nil for those of the system.
    public var servers: String?
    /// How long a lookup may take in all, whatever the servers and tries.
    public var timeLimit: Duration
    /// How often each server is asked; each time it is given twice the time of the last.
    public var tries: Int
    /// What the OPT record of the query offers, up to 4096; nil for a query without OPT.
    public var udpPayloadSize: UInt16?
    public var recursionDesired: Bool
    /// Whether the query asks for signatures (RFC 3225 §3); they are not checked here.
    public var wantsSignatures = false

    public init(
        servers: String? = nil,
        timeLimit: Duration = .seconds(5),
        tries: Int = 2,
        udpPayloadSize: UInt16? = 1232,
        recursionDesired: Bool = true
    ) {
        self.servers = servers
        self.timeLimit = timeLimit
        self.tries = tries
        self.udpPayloadSize = udpPayloadSize
        self.recursionDesired = recursionDesired
    }

    /// Looks `name` up. Never throws: the lookup says how it ended. Cancelling the task ends it at once.
    ///
    /// `observe` is called with each packet as it goes out or comes in, on a thread of the resolver.
    public func lookup(
        _ name: Name,
        _ type: RecordType,
        observe: @escaping @Sendable (Packet) -> Void = { _ in }
    ) async -> Lookup {
        let bell = ResolverBell()
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                // With a name it has a thread of its own: the global queues share theirs with all tasks.
                DispatchQueue(label: "resolver").async {
                    continuation.resume(returning: blockingLookup(name, type, bell, observe))
                }
            }
        } onCancel: {
            bell.ring()
        }
    }

    /// Looks `name` up, and throws when there is no answer or the answer says no.
    public func answer(
        _ name: Name,
        _ type: RecordType,
        observe: @escaping @Sendable (Packet) -> Void = { _ in }
    ) async throws(LookupError) -> Lookup {
        let lookup = await lookup(name, type, observe: observe)
        if let failure = lookup.failure { throw failure }
        return lookup
    }
}

extension Resolver {
    public enum Transport: String, Sendable { case udp, tcp }

    /// One message on the wire, as it was there; over TCP without the two octets of its length.
    public struct Packet: Equatable, Sendable {
        public enum Kind: String, Sendable {
            case query, answer
            /// Came in, and is no answer to the query: another id, another question, or not readable so far.
            case stray
        }
        public var kind: Kind
        public var transport: Transport
        /// As in "127.0.0.1:5353".
        public var server: String
        public var octets: [UInt8]
        /// Since the lookup began.
        public var elapsed: Duration
    }

    /// How a lookup went.
    public struct Lookup: Sendable {
        public var question: Question
        /// All that went over the wire, in order: retries, cut answers, strays.
        public var packets: [Packet]
        /// The answer that counts, also when it says no; nil when none came.
        public var answer: Packet?
        /// Nil when the answer holds what was asked for, or an alias on the way to it.
        public var failure: LookupError?
        public var duration: Duration

        /// The query that was sent last, as it was on the wire.
        public var query: Packet? { packets.last { $0.kind == .query } }
        /// The answer, read.
        public var reading: MessageReading? { answer.map { MessageReader.read($0.octets) } }
    }
}

/// Why a lookup gave nothing.
public enum LookupError: Error, Hashable, Sendable, CustomStringConvertible {
    case nameError, serverFailure, refused, formatError, notImplemented, otherCode(ResponseCode)
    /// The name exists, but not with this type.
    case noData
    case timeout
    /// The answer was cut for UDP, and TCP gave none.
    case truncated
    /// No server answered: the port is closed, or the host cannot be reached.
    case noServer
    /// What was given as servers is no list of addresses.
    case badServers(String)
    /// Something came back, and it was no answer.
    case malformed
    /// The answer has records of what was asked for, and none of them can be read.
    case unreadable
    case cancelled
    /// The query could not be written.
    case badQuery(MessageWritingError)
    /// The answer should be signed and is not, or its signature does not hold: *bogus* (RFC 4035 §4.3). Why.
    case bogus(String)

    public var description: String {
        switch self {
        case .nameError: "the name does not exist (NXDOMAIN)"
        case .serverFailure: "the name server could not find out (SERVFAIL)"
        case .refused: "the name server does not answer such questions (REFUSED)"
        case .formatError: "the name server did not understand the query (FORMERR)"
        case .notImplemented: "the name server does not know this kind of query (NOTIMP)"
        case .otherCode(let code): "the name server answered \(code)"
        case .noData: "the name exists, but has no record of this type"
        case .timeout: "no name server answered in time"
        case .truncated: "the answer did not fit into a datagram, and the name server gave none over TCP"
        case .noServer: "no name server could be reached"
        case .badServers(let text): "\"\(text)\" is no list of name servers"
        case .malformed: "what came back was no answer to the query"
        case .unreadable: "the answer has what was asked for, in a form that cannot be read"
        case .cancelled: "the lookup was cancelled"
        case .badQuery(let error): "the query cannot be written: \(error)"
        case .bogus(let why): "the answer does not stand the check of its signatures: \(why)"
        }
    }

    /// What an answer says about the question; nil when it has what was asked for.
    public init?(_ reading: MessageReading, _ question: Question) {
        if let failure = Self(reading.message.extendedResponseCode) {
            self = failure
            return
        }
        let answers = reading.message.answers
        let asked = answers.filter { question.type == .any || $0.type == question.type }
        // An alias counts only where nothing else is there: with it the server sends what it leads to (RFC 1034 §4.3.2).
        let records = asked.isEmpty ? answers.filter { $0.type == .cname } : asked
        if records.contains(where: \.isReadable) { return nil }
        if !records.isEmpty { self = .unreadable } else { self = reading.departures.isEmpty ? .noData : .malformed }
    }

    private init?(_ code: ResponseCode) {
        switch code {
        case .noError: return nil
        case .nameError: self = .nameError
        case .serverFailure: self = .serverFailure
        case .refused: self = .refused
        case .formatError: self = .formatError
        case .notImplemented: self = .notImplemented
        default: self = .otherCode(code)
        }
    }
}
