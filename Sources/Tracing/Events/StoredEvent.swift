import FoundationEssentials
import Notation
import SMTP

/// One line of a recording as JSON has it: `[seconds, leg, kind, payload]`.
struct StoredEvent: Decodable {
    private let time: Double
    private let leg: String
    private let kind: String
    private let payload: Payload
    private let isInferred: Bool

    /// However it is spelled.
    static func readAnyJSON(_ line: ArraySlice<UInt8>) -> Result<WireEvent, StoredEventError> {
        guard line.count <= RecordingReader.maxLine else { return .failure(.tooLong) }
        guard let stored = try? JSONDecoder().decode(StoredEvent.self, from: Data(line)) else {
            return .failure(.notJSON)
        }
        guard stored.time.isFinite, (0...1e12).contains(stored.time) else { return .failure(.noTime) }
        guard let leg = Leg(rawValue: stored.leg) else { return .failure(.unknownLeg) }
        guard let kind = RecordingKind(rawValue: stored.kind) else { return .failure(.unknownKind) }
        guard let event = stored.payload.event(of: kind) else { return .failure(.wrongPayload) }
        return .success(WireEvent(event, leg: leg, at: stored.time, isInferred: stored.isInferred))
    }

    init(from decoder: any Decoder) throws {
        var fields = try decoder.unkeyedContainer()
        time = try fields.decode(Double.self)
        leg = try fields.decode(String.self)
        kind = try fields.decode(String.self)
        var again = fields
        payload = try fields.decode(Payload.self)
        isInferred = (try? again.decode(InferredPayload.self))?.inferred ?? false
    }

    /// Octets that nobody saw have an object that says so.
    private struct InferredPayload: Decodable { let inferred: Bool }

    /// A string, an object with `base64` or with `inferred` and a text, or what is known about TLS.
    private enum Payload: Decodable {
        case text(String)
        case base64(String)
        case facts(TLSFacts)
        /// An id that is not known here is of a newer program: its words are kept.
        case failure(WireEvent.Failure)

        private enum Key: String, CodingKey { case base64, id, inferred, recipient, text }

        init(from decoder: any Decoder) throws {
            if let text = try? decoder.singleValueContainer().decode(String.self) {
                self = .text(text)
            } else {
                let fields = try decoder.container(keyedBy: Key.self)
                if fields.contains(.base64) {
                    self = .base64(try fields.decode(String.self, forKey: .base64))
                } else if fields.contains(.inferred) {
                    self = .text(try fields.decode(String.self, forKey: .text))
                } else if fields.contains(.id) {
                    let id = try fields.decode(String.self, forKey: .id)
                    let words = try fields.decode(String.self, forKey: .text)
                    self = .failure(
                        WireEvent.Failure(LinkFailure(rawValue: id), words, of: try Self.recipient(fields))
                    )
                } else {
                    self = .facts(try TLSFacts(from: decoder))
                }
            }
        }

        /// Whom a log's word is about: a text, or an object with `base64`.
        private static func recipient(_ fields: KeyedDecodingContainer<Key>) throws -> [UInt8]? {
            guard fields.contains(.recipient) else { return nil }
            if let text = try? fields.decode(String.self, forKey: .recipient) { return Array(text.utf8) }
            let coded = try fields.nestedContainer(keyedBy: Key.self, forKey: .recipient)
            return Base64.decode(try coded.decode(String.self, forKey: .base64).utf8)
        }

        func event(of kind: RecordingKind) -> WireEvent.Kind? {
            let octets: [UInt8]
            switch self {
            case .text(let text): octets = Array(text.utf8)
            case .base64(let text):
                guard kind.holdsOctets, let decoded = Base64.decode(text.utf8) else { return nil }
                octets = decoded
            case .facts(let facts): return kind == .tls ? .tls(facts) : nil
            case .failure(let failure): return Self.event(of: kind, failure)
            }
            switch kind {
            case .client: return .octets(from: .client, octets)
            case .server: return .octets(from: .server, octets)
            case .clientTLS: return .records(from: .client, octets)
            case .serverTLS: return .records(from: .server, octets)
            case .dnsQuery: return .dnsQuery(octets)
            case .dnsAnswer: return .dnsAnswer(octets)
            case .delivered: return .delivered(octets)
            case .connect, .connected, .tls, .error, .gap, .note, .close:
                return Self.event(of: kind, String(decoding: octets, as: UTF8.self))
            }
        }

        private static func event(of kind: RecordingKind, _ failure: WireEvent.Failure) -> WireEvent.Kind? {
            switch kind {
            case .error: .error(failure)
            case .note: failure.failure == nil ? .note(failure.words) : .remark(failure)
            default: nil
            }
        }

        /// As `client 25`, or the side alone when nobody knows how many octets; `sealed` stands behind what TLS has sealed.
        private static func gap(_ text: String) -> WireEvent.Kind? {
            var words = text.split(separator: " ", omittingEmptySubsequences: false)
            let isSealed = words.last == "sealed"
            if isSealed { words.removeLast() }
            guard (1...2).contains(words.count), let side = Side(rawValue: String(words[0])) else { return nil }
            guard words.count == 2 else { return .gap(from: side, octets: nil, isSealed: isSealed) }
            guard let count = Int(words[1]), count > 0 else { return nil }
            return .gap(from: side, octets: count, isSealed: isSealed)
        }

        private static func event(of kind: RecordingKind, _ text: String) -> WireEvent.Kind? {
            switch kind {
            case .connect: .connect(to: text)
            case .connected: .connected(to: text)
            case .tls: .tls(TLSFacts(text))
            case .error: .error(WireEvent.Failure(OldRecordings.failure(toldBy: text), text))
            case .note: OldRecordings.failure(toldBy: text).map { .remark(WireEvent.Failure($0, text)) } ?? .note(text)
            case .close: Side(rawValue: text).map { .close(by: $0) }
            case .gap: gap(text)
            case .client, .server, .clientTLS, .serverTLS, .dnsQuery, .dnsAnswer, .delivered: nil
            }
        }
    }
}

/// Why a line cannot be used.
enum StoredEventError: Error, Equatable {
    case notJSON, tooLong, unknownLeg, unknownKind, noTime, wrongPayload

    var description: String {
        switch self {
        case .notJSON: "it is not an array [seconds, leg, kind, payload]"
        case .tooLong: "it is longer than 64 MiB"
        case .unknownLeg: "its leg is none of submission, lookup and relay"
        case .unknownKind: "its kind is not known"
        case .noTime: "its time is no number of seconds from 0"
        case .wrongPayload: "its payload does not fit its kind"
        }
    }
}
