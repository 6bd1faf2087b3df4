import Notation

/// What a load balancer says ahead of a session, so that the server learns who is really there: the header of the PROXY
/// protocol (HAProxy, "The PROXY protocol", versions 1 and 2), in text or in binary.
///
/// ```
/// C: PROXY TCP4 192.0.2.1 192.0.2.2 56324 25
/// ```
///
/// It decides where a header ends and what it tells. It does not know whether the sender may be believed. Wrong input:
/// whatever the protocol does not allow makes the octets no header; TLVs are passed over.
public struct ProxyHeader: Equatable, Sendable {
    public enum Version: Int, Sendable { case text = 1, binary }
    /// `local`: the proxy speaks for itself, and the addresses of the connection count.
    public enum Command: Int, Sendable { case local, proxy }
    public enum Family: Int, Sendable { case unspecified, ipv4, ipv6, unix }
    public enum Transport: Int, Sendable { case unspecified, stream, datagram }

    /// One end of the connection that the proxy took. What it says is as hostile as anything that comes from a wire.
    public struct Endpoint: Equatable, Sendable {
        /// An IP address without brackets, or the path of a Unix socket.
        public var address: String
        /// A Unix socket has none.
        public var port: UInt16?

        public init(address: String, port: UInt16? = nil) {
            self.address = address
            self.port = port
        }
    }

    public var version: Version
    public var command: Command
    public var family: Family
    public var transport: Transport
    /// Nil when the header does not tell it.
    public var source: Endpoint?
    public var destination: Endpoint?
    /// How many octets the header takes, its line end or its TLVs included; the session begins behind them.
    public var octetCount: Int

    /// What octets from the beginning of a connection are.
    public enum Reading: Equatable, Sendable {
        /// What has come may still become a header.
        case incomplete
        /// They are no header, whatever follows.
        case none
        case header(ProxyHeader)
    }

    /// The longest line of version 1, its CRLF included.
    public static let maxLine = 107
    /// The longest addresses of version 2 (two paths), and what is taken of TLVs. The protocol allows 65,535 octets of both.
    public static let maxAddresses = 216, maxTLVs = 4096

    /// Reads the header that stands at the front of `octets`; it looks at no more of them than the longest header has.
    public static func read(_ octets: some Collection<UInt8>) -> Reading {
        // Nearly every session begins with another letter, and need not be copied to be told apart.
        switch octets.first {
        case nil: return .incomplete
        case signature[0]: return readBinary(Array(octets.prefix(binaryHead + maxAddresses + maxTLVs)))
        case UInt8(ascii: "P"): return readText(Array(octets.prefix(maxLine))[...])
        default: return .none
        }
    }
}

// MARK: - Version 1

extension ProxyHeader {
    private static func readText(_ octets: ArraySlice<UInt8>) -> Reading {
        let window = octets.prefix(maxLine)
        guard let end = window.firstIndex(of: 13) else {
            return window.count < maxLine && mayBecomeLine(window) ? .incomplete : .none
        }
        guard end + 1 < window.endIndex else {
            return window.count < maxLine && line(window[..<end], octetCount: 0) != nil ? .incomplete : .none
        }
        guard window[end + 1] == 10, let header = line(window[..<end], octetCount: end + 2) else { return .none }
        return .header(header)
    }

    /// What a complete line says: `PROXY TCP4 SOURCE DESTINATION PORT PORT`, or `PROXY UNKNOWN` and anything.
    private static func line(_ line: ArraySlice<UInt8>, octetCount: Int) -> ProxyHeader? {
        let fields = line.split(separator: 32, omittingEmptySubsequences: false)
        guard fields.count >= 2, fields[0].elementsEqual("PROXY".utf8), let family = textFamily(fields[1]),
            isPrintable(line)
        else { return nil }
        var header = ProxyHeader(
            version: .text,
            command: .proxy,
            family: family,
            transport: family == .unspecified ? .unspecified : .stream,
            octetCount: octetCount
        )
        guard family != .unspecified else { return header }
        guard fields.count == 6 else { return nil }
        header.source = endpoint(family, address: fields[2], port: fields[4])
        header.destination = endpoint(family, address: fields[3], port: fields[5])
        return header.source == nil || header.destination == nil ? nil : header
    }

    /// Whether a line that has not ended may still become a header: every field that is complete is right, and the last one
    /// has begun as such a field begins.
    private static func mayBecomeLine(_ line: ArraySlice<UInt8>) -> Bool {
        let fields = line.split(separator: 32, omittingEmptySubsequences: false)
        guard fields.count > 1 else { return "PROXY".utf8.starts(with: line) }
        guard fields[0].elementsEqual("PROXY".utf8) else { return false }
        guard fields.count > 2 else { return textFamilies.contains { $0.name.utf8.starts(with: fields[1]) } }
        guard let family = textFamily(fields[1]) else { return false }
        if family == .unspecified { return isPrintable(line) }
        return fields.count <= 6
            && fields.indices.dropFirst(2).allSatisfy { at in
                let field = fields[at]
                guard at == fields.count - 1 else { return isField(field, at: at, family) }
                return at < 4 ? mayBecomeAddress(field, family) : field.isEmpty || port(field) != nil
            }
    }

    private static let textFamilies: [(name: String, family: Family)] = [
        ("TCP4", .ipv4), ("TCP6", .ipv6), ("UNKNOWN", .unspecified),
    ]

    private static func textFamily(_ field: ArraySlice<UInt8>) -> Family? {
        textFamilies.first { field.elementsEqual($0.name.utf8) }?.family
    }

    private static func isPrintable(_ line: ArraySlice<UInt8>) -> Bool { line.allSatisfy { (32...126).contains($0) } }

    private static func isField(_ field: ArraySlice<UInt8>, at index: Int, _ family: Family) -> Bool {
        index < 4 ? isAddress(field, family) : port(field) != nil
    }

    private static func endpoint(_ family: Family, address: ArraySlice<UInt8>, port: ArraySlice<UInt8>) -> Endpoint? {
        guard isAddress(address, family), let port = Self.port(port) else { return nil }
        return Endpoint(address: address.lossyText, port: port)
    }

    private static func isAddress(_ field: ArraySlice<UInt8>, _ family: Family) -> Bool {
        family == .ipv4
            ? IPv4Text.octets(field) != nil
            : IPv6Text.groups(field) != nil
    }

    private static func mayBecomeAddress(_ field: ArraySlice<UInt8>, _ family: Family) -> Bool {
        let dot = UInt8(ascii: "."), colon = UInt8(ascii: ":")
        return family == .ipv4
            ? field.count <= 15 && field.allSatisfy { $0.isDigit || $0 == dot }
            : field.count <= 45 && field.allSatisfy { $0.isHexDigit || $0 == dot || $0 == colon }
    }

    private static func port(_ field: ArraySlice<UInt8>) -> UInt16? {
        UInt64(decimal: field, digits: 1...5).flatMap { UInt16(exactly: $0) }
    }
}

// MARK: - Version 2

extension ProxyHeader {
    private static let signature: [UInt8] = [13, 10, 13, 10, 0, 13, 10] + Array("QUIT\n".utf8)
    /// The signature, the version and the command, the family and the transport, and the length of what follows.
    private static let binaryHead = signature.count + 4

    private static func readBinary(_ octets: [UInt8]) -> Reading {
        let known = octets.prefix(signature.count)
        guard signature.starts(with: known) else { return .none }
        var header = ProxyHeader(
            version: .binary,
            command: .proxy,
            family: .unspecified,
            transport: .unspecified,
            octetCount: binaryHead
        )
        if octets.count > 12 {
            guard octets[12] >> 4 == 2, let command = Command(rawValue: Int(octets[12] & 0xF)) else { return .none }
            header.command = command
        }
        // With `local` the family counts for nothing, whatever it is.
        if octets.count > 13, header.command == .proxy {
            guard let family = Family(rawValue: Int(octets[13] >> 4)),
                let transport = Transport(rawValue: Int(octets[13] & 0xF))
            else { return .none }
            (header.family, header.transport) = (family, transport)
        }
        guard octets.count >= binaryHead else { return .incomplete }
        let length = Int(octets[14]) << 8 | Int(octets[15])
        guard length >= header.addressCount * 2, length <= maxAddresses + maxTLVs else { return .none }
        guard octets.count >= binaryHead + length else { return .incomplete }
        header.octetCount += length
        header.takeAddresses(octets[binaryHead...])
        return .header(header)
    }

    /// The octets of one end: its address, and its port if the family has ports.
    private var addressCount: Int {
        switch family {
        case .unspecified: 0
        case .ipv4: 4 + 2
        case .ipv6: 16 + 2
        case .unix: 108
        }
    }

    /// Both addresses stand first, then both ports.
    private mutating func takeAddresses(_ octets: ArraySlice<UInt8>) {
        guard family != .unspecified else { return }
        let size = family == .unix ? 108 : addressCount - 2
        let addresses = [octets.prefix(size), octets.dropFirst(size).prefix(size)]
        let ports = octets.dropFirst(2 * size)
        let ends = addresses.enumerated().map { index, address in
            let port = ports.dropFirst(2 * index).prefix(2).reduce(UInt16(0)) { $0 << 8 | UInt16($1) }
            return Endpoint(address: Self.text(address, family), port: family == .unix ? nil : port)
        }
        (source, destination) = (ends[0], ends[1])
    }

    private static func text(_ address: ArraySlice<UInt8>, _ family: Family) -> String {
        switch family {
        case .ipv4: return IPv4Text.text(address)
        case .ipv6:
            let octets = Array(address)
            return IPv6Text.text(
                stride(from: 0, to: octets.count - 1, by: 2).map { UInt16(octets[$0]) << 8 | UInt16(octets[$0 + 1]) }
            )
        case .unix, .unspecified: return address.prefix { $0 != 0 }.lossyText
        }
    }
}
