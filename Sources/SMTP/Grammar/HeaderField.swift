/// A field of a mail's header, its folded lines put together (RFC 5322 §2.2).
///
///     Cc: Eve <eve@sender.example>,
///      "Grace, Hopper" <grace@sender.example>
///
/// Reads totally: what is no field is left out, and what is no address names none.
public struct HeaderField: Equatable, Sendable {
    /// As it is written, without the colon and blanks before it.
    public let name: [UInt8]
    /// What stands behind the colon, without blanks at either end, unfolded (RFC 5322 §2.2.3).
    public internal(set) var body: [UInt8]

    /// The most octets of a mail that are searched for its header.
    private static let maxOctets = 1 << 20

    /// The fields of a mail, up to the empty line behind them.
    public static func fields(of content: [UInt8]) -> [HeaderField] {
        var fields: [HeaderField] = []
        for line in DotStuffing.lines(of: Array(content.prefix(maxOctets))) {
            guard let first = line.first else { break }
            if first == 32 || first == 9 {
                guard let last = fields.indices.last else { continue }
                fields[last].body += [32] + trimmed(line[...])
            } else if let colon = line.firstIndex(of: UInt8(ascii: ":")), colon > 0 {
                fields.append(HeaderField(name: trimmed(line[..<colon]), body: trimmed(line[(colon + 1)...])))
            }
        }
        return fields
    }

    /// Whether it has this name, letters without case.
    public func isNamed(_ name: String) -> Bool { self.name.equalsIgnoringCase(name.utf8) }

    private static func trimmed(_ octets: ArraySlice<UInt8>) -> [UInt8] {
        let isBlank = { (octet: UInt8) in octet == 32 || octet == 9 }
        return octets.drop(while: isBlank).reversed().drop(while: isBlank).reversed()
    }

    /// The mailboxes that the body names (RFC 5322 §3.4), without their display names, comments and groups.
    public var mailboxes: [Mailbox] {
        var reader = AddressReader()
        for octet in body { reader.take(octet) }
        return reader.finish()
    }
}

/// Reads an address-list octet by octet (RFC 5322 §3.4). A comma parts addresses outside of quotes, comments and angle brackets;
/// a colon ends the name of a group, a semicolon the group.
private struct AddressReader {
    private var found: [Mailbox] = []
    /// What stands in the address under way outside of comments, and what stands in its angle brackets.
    private var text: [UInt8] = []
    private var inAngles: [UInt8]?
    private var isInAngles = false
    private var isQuoted = false
    private var isEscaped = false
    private var commentDepth = 0

    mutating func take(_ octet: UInt8) {
        if isEscaped {
            isEscaped = false
            return keep(octet)
        }
        switch octet {
        case UInt8(ascii: "\\") where isQuoted || commentDepth > 0:
            isEscaped = true
            keep(octet)
        case UInt8(ascii: "\"") where commentDepth == 0:
            isQuoted.toggle()
            keep(octet)
        case _ where isQuoted: keep(octet)
        case UInt8(ascii: "("): commentDepth += 1
        case UInt8(ascii: ")"): commentDepth = max(0, commentDepth - 1)
        case _ where commentDepth > 0: break
        case UInt8(ascii: "<"): (isInAngles, inAngles) = (true, [])
        case UInt8(ascii: ">"): isInAngles = false
        case UInt8(ascii: ","), UInt8(ascii: ";"): if !isInAngles { end() }
        case UInt8(ascii: ":") where !isInAngles: text = []
        default: keep(octet)
        }
    }

    private mutating func keep(_ octet: UInt8) {
        guard commentDepth == 0 else { return }
        if isInAngles { inAngles?.append(octet) } else { text.append(octet) }
    }

    private mutating func end() {
        let address = (inAngles ?? text).filter { $0 != 32 && $0 != 9 }
        (text, inAngles, isInAngles) = ([], nil, false)
        guard let at = address.lastIndex(of: UInt8(ascii: "@")), at > 0, at + 1 < address.count else { return }
        found.append(Mailbox(unchecked: Array(address[..<at]), domain: Array(address[(at + 1)...])))
    }

    mutating func finish() -> [Mailbox] {
        end()
        return found
    }
}

extension Mailbox {
    /// Whether both name the same mailbox: the domain without case, the local part as it is (RFC 5321 §2.4).
    public func isSame(as other: Mailbox) -> Bool {
        localPart == other.localPart && domain.equalsIgnoringCase(other.domain)
    }
}
