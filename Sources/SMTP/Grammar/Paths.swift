/// Where errors go: the argument of MAIL (RFC 5321 §4.1.1.2, §4.1.2).
public enum ReversePath: Hashable, Sendable {
    /// `<>`: a bounce or another message that must not be answered (RFC 5321 §4.5.5).
    case null
    case mailbox(Mailbox)

    /// With its angle brackets, as it goes over the wire.
    public var octets: [UInt8] {
        switch self {
        case .null: Array("<>".utf8)
        case .mailbox(let mailbox): Array("<".utf8) + mailbox.octets + Array(">".utf8)
        }
    }

    /// A path typed by a person: an address, or `<>` for the null reverse-path.
    public init(_ text: String) throws(MailboxError) {
        if text.isEmpty || text == "<>" { self = .null } else { self = .mailbox(try Mailbox(text)) }
    }
}

/// Whom the mail is for: the argument of RCPT (RFC 5321 §4.1.1.3, §4.1.2).
public enum ForwardPath: Hashable, Sendable {
    /// `<Postmaster>`, the one name without a domain that every server must take (RFC 5321 §4.5.1).
    case postmaster
    case mailbox(Mailbox)

    /// With its angle brackets, as it goes over the wire.
    public var octets: [UInt8] {
        switch self {
        case .postmaster: Array("<Postmaster>".utf8)
        case .mailbox(let mailbox): Array("<".utf8) + mailbox.octets + Array(">".utf8)
        }
    }

    /// Nil for postmaster without a domain.
    var mailbox: Mailbox? { if case .mailbox(let mailbox) = self { mailbox } else { nil } }

    /// A path typed by a person: an address, or `postmaster`.
    public init(_ text: String) throws(MailboxError) {
        if text.utf8.equalsIgnoringCase("postmaster".utf8) {
            self = .postmaster
        } else {
            self = .mailbox(try Mailbox(text))
        }
    }
}

/// A path as somebody wrote it, of either kind.
public enum Path: Hashable, Sendable {
    case null, postmaster
    case mailbox(Mailbox)
    /// Octets that are no path by any reading.
    case malformed([UInt8])

    public var mailbox: Mailbox? { if case .mailbox(let mailbox) = self { mailbox } else { nil } }

    /// Reads what stood where a path belongs, with or without its angle brackets; `start` is its offset in the line.
    /// With `valueOnly` the mailbox is not looked at any closer: its departures are not told.
    static func read(_ octets: ArraySlice<UInt8>, isForward: Bool, start: Int, valueOnly: Bool = false)
        -> Reading<Path>
    {
        let range = start..<start + octets.count
        var departures: [Departure] = []
        var inner = octets
        if octets.first == UInt8(ascii: "<") {
            guard octets.last == UInt8(ascii: ">"), octets.count > 1 else {
                return Reading(.malformed(Array(octets)), departures: [Departure(.malformedPath, at: range)])
            }
            inner = octets.dropFirst().dropLast()
        } else {
            departures.append(Departure(.missingAngleBrackets, at: range))
        }
        if inner.isEmpty {
            return Reading(.null, departures: departures + (isForward ? [Departure(.malformedPath, at: range)] : []))
        }
        if isForward, inner.equalsIgnoringCase("postmaster".utf8) {
            return Reading(.postmaster, departures: departures)
        }
        let routed = afterSourceRoute(inner)
        if routed.count != inner.count { departures.append(Departure(.sourceRoute, at: range)) }
        if octets.count > 256 { departures.append(Departure(.pathTooLong, at: range)) }
        guard let at = routed.lastIndex(of: UInt8(ascii: "@")) else {
            return Reading(.malformed(Array(octets)), departures: departures + [Departure(.malformedPath, at: range)])
        }
        let mailbox = Mailbox(unchecked: Array(routed[..<at]), domain: Array(routed[(at + 1)...]))
        if valueOnly { return Reading(.mailbox(mailbox), departures: []) }
        return Reading(.mailbox(mailbox), departures: departures + Self.departures(of: mailbox, at: range))
    }

    private static func departures(of mailbox: Mailbox, at range: Range<Int>) -> [Departure] {
        var found: [Departure] = []
        if mailbox.localPart.count > 64 { found.append(Departure(.localPartTooLong, at: range)) }
        if mailbox.domain.count > 255 { found.append(Departure(.domainTooLong, at: range)) }
        if !Mailbox.isLocalPart(mailbox.localPart) { found.append(Departure(.malformedPath, at: range)) }
        if mailbox.domain.first == UInt8(ascii: "[") {
            if AddressLiteral.read(mailbox.domain) == nil {
                found.append(Departure(.malformedAddressLiteral, at: range))
            }
        } else if mailbox.domain.count <= 255, !Domain.isDomain(mailbox.domain) {
            found.append(Departure(.malformedDomain, at: range))
        }
        return found
    }

    /// What follows an A-d-l, `@a,@b:` (RFC 5321 appendix C); everything when there is none.
    private static func afterSourceRoute(_ inner: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        guard inner.first == UInt8(ascii: "@"), let colon = inner.firstIndex(of: UInt8(ascii: ":")) else {
            return inner
        }
        return inner[(colon + 1)...]
    }
}
