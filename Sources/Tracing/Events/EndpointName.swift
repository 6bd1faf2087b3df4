/// Whom a connection is made to, as it is written in events and recordings: `mx1.receiver.example [192.0.2.1]:25`, or
/// `mx1.receiver.example:25` when no address is known.
public struct EndpointName: Equatable, Sendable {
    public let text: String

    public init(_ text: String) { self.text = text }

    /// The port, where one is told.
    public var port: Int? {
        guard let colon = text.lastIndex(of: ":") else { return nil }
        let digits = text[text.index(after: colon)...]
        // An IPv6 address without brackets has colons, and no port.
        guard text.hasSuffix("]:\(digits)") || text.firstIndex(of: ":") == colon else { return nil }
        return digits.utf8.allSatisfy { (48...57).contains($0) } ? Int(digits) : nil
    }

    /// Whether TLS comes first on its port (RFC 8314 §7.3).
    public var beginsWithTLS: Bool { port == 465 }
}
