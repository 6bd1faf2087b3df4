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
    /// Whether a person gave the content to see what a server makes of it: then bare CRs, NULs and lines of any length go out as they
    /// are, and only LF ends a line.
    public var isAsGiven: Bool

    public init(envelope: Envelope, content: [UInt8], isAsGiven: Bool = false) {
        self.envelope = envelope
        self.content = content
        self.isAsGiven = isAsGiven
    }

    /// The lines of the content, without their ends.
    public var lines: [[UInt8]] { DotStuffing.lines(of: content, keepingCR: isAsGiven) }
    /// The mail data for the wire.
    public var mailData: [UInt8] { DotStuffing.mailData(of: content, keepingCR: isAsGiven) }

    /// Whether any octet is above ASCII, so that 8BITMIME is needed (RFC 6152 §3).
    public var isEightBit: Bool { content.contains { $0 >= 0x80 } }
}
