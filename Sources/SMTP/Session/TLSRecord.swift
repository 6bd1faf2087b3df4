/// The head of a TLS record: its type, its version and how long it is (RFC 8446 §5.1, RFC 5246 §6.2.1).
///
/// It decides whether octets are the beginning of a record, which is how TLS is told from everything else in a stream. It
/// does not know what a record holds. Wrong input is the peer's: what no version of TLS allows is no head.
public enum TLSRecord {
    /// The type, two octets of version, two of length.
    public static let headLength = 5
    /// The most octets behind a head: 2^14 of content, and what protection may add (RFC 5246 §6.2.3, RFC 8446 §5.2).
    public static let maxContent = (1 << 14) + 2048

    /// What a record is for (RFC 8446 §5.1; `heartbeat` is RFC 6520 §3).
    public enum ContentType: UInt8, CaseIterable, Sendable {
        case changeCipherSpec = 20, alert, handshake, applicationData, heartbeat

        /// Its name in the RFC, in words.
        public var words: String {
            switch self {
            case .changeCipherSpec: "change cipher spec"
            case .alert: "alert"
            case .handshake: "handshake"
            case .applicationData: "application data"
            case .heartbeat: "heartbeat"
            }
        }
    }

    public enum Head: Equatable, Sendable {
        /// What has come may still become a head.
        case incomplete
        /// No record begins here, whatever follows.
        case none
        /// A head, with the number of octets that follow it.
        case record(ContentType, contentLength: Int)
    }

    /// The head that stands at the front of `octets`; nothing behind it is looked at.
    public static func head(of octets: some Collection<UInt8>) -> Head {
        guard let first = octets.first else { return .incomplete }
        // Nearly every line is asked, and no line begins so.
        guard ContentType(rawValue: first) != nil else { return .none }
        let head = Array(octets.prefix(headLength))
        // Every version from SSL 3.0 to TLS 1.3 has 3 as its major number (RFC 8446 §5.1).
        guard let type = ContentType(rawValue: first), head.count < 2 || head[1] == 3 else { return .none }
        guard head.count == headLength else { return .incomplete }
        let length = Int(head[3]) << 8 | Int(head[4])
        return length <= maxContent ? .record(type, contentLength: length) : .none
    }

    /// Whether `octets` begin a record of the handshake, as far as they have come: already the first one tells it from every
    /// command and every reply.
    public static func isHandshake(_ octets: some Collection<UInt8>) -> Bool {
        octets.first == ContentType.handshake.rawValue && head(of: octets) != .none
    }

    /// Whether `octets` begin as a client that speaks TLS does, as far as they have come: a record of the handshake with a
    /// ClientHello in it (RFC 8446 §4.1.2).
    public static func isClientHello(_ octets: some Collection<UInt8>) -> Bool {
        isHandshake(octets) && octets.dropFirst(headLength).first ?? clientHello == clientHello
    }

    /// The handshake type of a ClientHello (RFC 8446 §4).
    private static let clientHello: UInt8 = 1
}
