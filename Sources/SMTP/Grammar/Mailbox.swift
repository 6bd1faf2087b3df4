/// A mailbox: local part, at sign, domain or address literal (RFC 5321 §4.1.2).
public struct Mailbox: Hashable, Sendable {
    /// As typed, the quotes of a quoted string included.
    public let localPart: [UInt8]
    /// A domain, or an address literal with its brackets.
    public let domain: [UInt8]

    /// Makes no promise about what the octets are; for reading what others wrote.
    init(unchecked localPart: [UInt8], domain: [UInt8]) {
        self.localPart = localPart
        self.domain = domain
    }

    /// A mailbox for a MAIL or RCPT command of our own.
    ///
    /// Accepts octets above ASCII, which need SMTPUTF8 (see `needsSMTPUTF8`); throws when the local part is neither a
    /// dot-string nor a quoted string, the domain is none, or one is longer than SMTP carries (RFC 5321 §4.5.3.1).
    public init(localPart: [UInt8], domain: [UInt8]) throws(MailboxError) {
        guard !localPart.isEmpty else { throw .noLocalPart }
        guard localPart.count <= 64 else { throw .localPartTooLong(octets: localPart.count) }
        guard domain.count <= 255 else { throw .domainTooLong(octets: domain.count) }
        guard Self.isLocalPart(localPart) else { throw .localPartOutsideGrammar }
        guard Domain.isDomain(domain) || AddressLiteral.read(domain) != nil else { throw .domainOutsideGrammar }
        self.init(unchecked: localPart, domain: domain)
    }

    /// A mailbox typed by a person, as `ada@sender.example`.
    public init(_ text: String) throws(MailboxError) {
        let octets = Array(text.utf8)
        guard let at = octets.lastIndex(of: UInt8(ascii: "@")) else { throw .noAtSign }
        try self.init(localPart: Array(octets[..<at]), domain: Array(octets[(at + 1)...]))
    }

    public var octets: [UInt8] {
        var octets: [UInt8] = []
        octets.reserveCapacity(localPart.count + 1 + domain.count)
        octets += localPart
        octets.append(UInt8(ascii: "@"))
        octets += domain
        return octets
    }
    /// Whether it may only be sent to a server that offers SMTPUTF8 (RFC 6531 §3.4).
    public var needsSMTPUTF8: Bool { localPart.contains { $0 >= 0x80 } || domain.contains { $0 >= 0x80 } }

    /// Dot-string or Quoted-string (RFC 5321 §4.1.2).
    static func isLocalPart(_ octets: [UInt8]) -> Bool {
        if octets.first == UInt8(ascii: "\"") { return isQuotedString(octets) }
        var isBehindDot = true
        for octet in octets {
            guard octet.isAtext || octet == UInt8(ascii: ".") && !isBehindDot else { return false }
            isBehindDot = octet == UInt8(ascii: ".")
        }
        return !isBehindDot
    }

    private static func isQuotedString(_ octets: [UInt8]) -> Bool {
        guard octets.count >= 2, octets.last == UInt8(ascii: "\"") else { return false }
        var escaped = false
        for octet in octets.dropFirst().dropLast() {
            if escaped {
                guard (32...126).contains(octet) else { return false }
                escaped = false
            } else if octet == UInt8(ascii: "\\") {
                escaped = true
            } else if !octet.isQtextSMTP {
                return false
            }
        }
        return !escaped
    }
}

/// Why a mailbox cannot be put into a MAIL or RCPT command that we send.
public enum MailboxError: Error, Hashable, CustomStringConvertible {
    case noAtSign, noLocalPart, localPartOutsideGrammar, domainOutsideGrammar
    case localPartTooLong(octets: Int)
    case domainTooLong(octets: Int)

    public var description: String {
        switch self {
        case .noAtSign: "an address is written local-part@domain; this one has no @"
        case .noLocalPart: "there is nothing before the @"
        case .localPartOutsideGrammar:
            "the part before the @ has a character that must be quoted or may not be sent at all"
        case .domainOutsideGrammar: "the part after the @ is neither a domain name nor an address like [192.0.2.1]"
        case .localPartTooLong(let octets): "the part before the @ has \(octets) octets, SMTP carries 64"
        case .domainTooLong(let octets): "the part after the @ has \(octets) octets, SMTP carries 255"
        }
    }
}
