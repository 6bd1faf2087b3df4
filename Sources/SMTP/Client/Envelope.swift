/// What the servers go by: reverse-path and forward-paths (RFC 5321 §2.3.1). The reader of the mail never sees it.
public struct Envelope: Hashable, Sendable {
    public var reversePath: ReversePath
    public var forwardPaths: [ForwardPath]

    public init(reversePath: ReversePath, forwardPaths: [ForwardPath]) {
        self.reversePath = reversePath
        self.forwardPaths = forwardPaths
    }
}

/// Envelope and content: what a mail transaction carries (RFC 5321 §2.3.1).
public struct MailObject: Hashable, Sendable {
    public var envelope: Envelope
    /// Header, empty line, body, lines ended by CRLF, nothing stuffed.
    public var content: [UInt8]

    public init(envelope: Envelope, content: [UInt8]) {
        self.envelope = envelope
        self.content = content
    }

    /// Whether any octet is above ASCII, so that 8BITMIME is needed (RFC 6152 §3).
    public var isEightBit: Bool { content.contains { $0 >= 0x80 } }
}
