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

    /// The address, where one is told and not only a name.
    public var address: String? {
        if let plain = plainAddress { return plain }
        let octets = text.utf8
        if let open = octets.lastIndex(of: UInt8(ascii: "[")), let close = octets.lastIndex(of: UInt8(ascii: "]")),
            open < close
        {
            let inside = text[octets.index(after: open)..<close]
            return inside.hasPrefix("IPv6:") ? String(inside.dropFirst(5)) : String(inside)
        }
        // A name, as most are.
        if let first = octets.first, (0x41...0x5A).contains(first & 0xDF) { return nil }
        let host = text.prefix { $0 != ":" }
        return !host.isEmpty && host.allSatisfy { $0 == "." || $0.isNumber } ? String(host) : nil
    }

    /// That of `192.0.2.1:25`, as lists of thousands have it.
    private var plainAddress: String? {
        var text = text
        return text.withUTF8 { Self.plainHost($0).map { String(decoding: $0, as: UTF8.self) } }
    }

    private static func plainHost(_ text: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<UInt8>? {
        let isDigit = { (octet: UInt8) in (0x30...0x39).contains(octet) }
        var end = 0
        while end < text.count, isDigit(text[end]) || text[end] == UInt8(ascii: ".") { end += 1 }
        let isPort = end < text.count && text[end] == UInt8(ascii: ":") && text[(end + 1)...].allSatisfy(isDigit)
        return end > 0 && (end == text.count || isPort) ? UnsafeBufferPointer(rebasing: text[..<end]) : nil
    }

    /// A number for whoever is there: the same for one address at every port, or where no address is told for the same words.
    var number: Int {
        var text = text
        if let number = text.withUTF8({ Self.plainHost($0).map(Self.number) }) { return number }
        var told = address ?? text
        return told.withUTF8(Self.number)
    }

    private static func number(_ octets: UnsafeBufferPointer<UInt8>) -> Int {
        var hasher = Hasher()
        hasher.combine(bytes: UnsafeRawBufferPointer(octets))
        return hasher.finalize()
    }

    /// Whether it is this machine itself (RFC 1122 §3.2.1.3, RFC 4291 §2.5.3); nil where no address is told.
    public var isLoopback: Bool? { address.map { $0.hasPrefix("127.") || $0 == "::1" } }

    /// Whether TLS comes first on its port (RFC 8314 §7.3).
    public var beginsWithTLS: Bool { port == 465 }
}
