/// A command or reply line of ours, on its way out. It cannot hold CR, LF or NUL, whatever option it was made from, so
/// nothing a person typed can become a second command (RFC 5321 §2.3.8, §4.1.1).
public struct OutgoingLine: Hashable, Sendable {
    /// Without the CRLF.
    public let octets: [UInt8]

    public init(_ octets: [UInt8]) throws(OutgoingLineError) {
        if let at = octets.firstIndex(where: { $0 == 13 || $0 == 10 || $0 == 0 }) {
            throw OutgoingLineError(octet: octets[at], offset: at)
        }
        self.octets = octets
    }

    public init(_ text: String) throws(OutgoingLineError) { try self.init(Array(text.utf8)) }

    /// A literal of our own source code, known to be one line.
    init(trusted text: StaticString) {
        octets = text.withUTF8Buffer { $0.filter { $0 != 13 && $0 != 10 && $0 != 0 } }
    }

    /// The line and its CRLF.
    public var onTheWire: [UInt8] { octets + [13, 10] }
}

/// A line of ours would have held an octet that ends lines or cuts strings off.
public struct OutgoingLineError: Error, Hashable, CustomStringConvertible {
    public let octet: UInt8
    /// Counted from 0.
    public let offset: Int

    public var description: String {
        let name = octet == 13 ? "a carriage return" : octet == 10 ? "a line feed" : "a NUL"
        return "it holds \(name) at octet \(offset + 1), which would end the command there"
    }
}

extension Command {
    /// EHLO, HELO or LHLO with the client's name.
    public static func hello(_ verb: Verb = .ehlo, _ domain: String) throws(OutgoingLineError) -> OutgoingLine {
        try OutgoingLine("\(verb.rawValue) \(domain)")
    }

    /// `MAIL FROM:<…>` and its parameters (RFC 5321 §4.1.1.2).
    public static func mail(_ path: ReversePath, _ parameters: [Parameter] = []) throws(OutgoingLineError)
        -> OutgoingLine
    {
        try OutgoingLine(Array("MAIL FROM:".utf8) + path.octets + parameters.flatMap { [32] + $0.octets })
    }

    /// `RCPT TO:<…>` and its parameters (RFC 5321 §4.1.1.3).
    public static func rcpt(_ path: ForwardPath, _ parameters: [Parameter] = []) throws(OutgoingLineError)
        -> OutgoingLine
    {
        try OutgoingLine(Array("RCPT TO:".utf8) + path.octets + parameters.flatMap { [32] + $0.octets })
    }

    /// A verb that goes alone.
    public static func bare(_ verb: Verb) -> OutgoingLine {
        // A verb of the table holds letters only, so this cannot throw.
        (try? OutgoingLine(verb.octets)) ?? OutgoingLine(trusted: "NOOP")
    }
}
