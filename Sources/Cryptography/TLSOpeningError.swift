import Notation
import Tracing

/// Why TLS that was captured stays shut, though there are keys.
public enum TLSOpeningError: Error, Hashable {
    /// The octets that TLS begins with are not there, or are no hello.
    case noClientHello, noServerHello
    /// The key log does not know the connection; the first octets of the client's random tell it from others.
    case noKey(clientRandom: [UInt8])
    /// The key log knows other secrets of it than are needed.
    case halfKey(version: UInt16)
    /// The records are sealed in a way that is not read here.
    case suite(UInt16, version: UInt16)

    public var words: String {
        switch self {
        case .noClientHello: "the capture lacks the ClientHello, so nobody can tell which keys it has"
        case .noServerHello: "the capture lacks the ServerHello, which says what was agreed"
        case .noKey(let random):
            "the key log holds no key for its client random \(random.prefix(8).map { $0.hex(2) }.joined())…"
        case .halfKey(let version): "the key log lacks secrets of it that \(TLSRegistry.version(version)) needs"
        case .suite(let suite, let version):
            "\(TLSRegistry.cipherSuite(suite)) of \(TLSRegistry.version(version)) is not opened, only the AEAD suites of TLS 1.2 and 1.3 are"
        }
    }
}
