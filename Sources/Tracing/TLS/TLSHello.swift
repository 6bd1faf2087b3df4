/// What the two hellos agree on, as far as the records behind them need it (RFC 8446 §4.1, RFC 5246 §7.4.1).
public struct TLSHello: Equatable, Sendable {
    public let random: [UInt8]
    /// The version of the body, or that of the extension which counts before it.
    public internal(set) var version: UInt16
    /// The suite that the server chose; that of a client means nothing.
    public internal(set) var suite: UInt16 = 0
    public internal(set) var group: UInt16?
    public internal(set) var serverName: [UInt8]?
    public internal(set) var applicationProtocol: [UInt8]?

    public static let tls12: UInt16 = 0x0303
    public static let tls13: UInt16 = 0x0304

    /// Nil when the body of the message is no hello of a side.
    public init?(_ body: [UInt8], isServer: Bool) {
        var rest = OctetsInFront(body[...])
        guard let version = rest.number(2), let random = rest.take(32), rest.part(1) != nil else { return nil }
        self.random = Array(random)
        self.version = UInt16(version)
        if isServer {
            guard let suite = rest.number(2), rest.take(1) != nil else { return nil }
            self.suite = UInt16(suite)
        } else {
            guard rest.part(2) != nil, rest.part(1) != nil else { return nil }
        }
        guard var extensions = rest.part(2) else { return }
        while let type = extensions.number(2), let content = extensions.part(2) {
            take(type, content, isServer: isServer)
        }
    }

    /// Only extensions that stand in both hellos in this form are read: 0 in the client's, 43 and 51 in the server's.
    private mutating func take(_ type: Int, _ content: OctetsInFront, isServer: Bool) {
        var content = content
        switch type {
        case 0 where !isServer:
            guard var list = content.part(2), list.number(1) == 0 else { return }
            serverName = list.part(2).map { Array($0.octets) }
        case 16 where isServer:
            guard var list = content.part(2) else { return }
            applicationProtocol = list.part(1).map { Array($0.octets) }
        case 43 where isServer: if let number = content.number(2) { version = UInt16(number) }
        case 51 where isServer: group = content.number(2).map { UInt16($0) }
        default: break
        }
    }

    /// What a client offers to speak inside (RFC 7301 §3.1), by the record that begins with its hello, or by the beginning of that.
    public static func protocols(offeredIn record: some Sequence<UInt8>) -> [[UInt8]] {
        // The head of the record, that of the message, a version, the random.
        var rest = OctetsInFront(Array(record).dropFirst(5 + 4 + 2 + 32))
        guard rest.part(1) != nil, rest.part(2) != nil, rest.part(1) != nil, rest.number(2) != nil else { return [] }
        while let type = rest.number(2), var content = rest.part(2) {
            guard type == 16 else { continue }
            guard var list = content.part(2) else { return [] }
            var names: [[UInt8]] = []
            while let name = list.part(1) { names.append(Array(name.octets)) }
            return names
        }
        return []
    }

    /// Whether it asks the client for another hello (RFC 8446 §4.1.3).
    public var isRetry: Bool { random == TLSRegistry.retryRandom }
}

extension TLSHello {
    /// What a server's says was agreed on, for a person.
    public var facts: TLSFacts {
        TLSFacts(
            version: TLSRegistry.version(version),
            cipher: TLSRegistry.cipherSuite(suite),
            group: group.map { TLSRegistry.group($0) },
            applicationProtocol: applicationProtocol.map { WireText.shown($0) }
        )
    }
}

extension TLSFacts? {
    /// Takes what a message of the server says in the clear; the group stands in one of its own before TLS 1.3 (RFC 8422 §5.4).
    mutating func note(_ type: UInt8, _ body: [UInt8]) {
        switch type {
        case 2:
            guard let hello = TLSHello(body, isServer: true), !hello.isRetry else { return }
            self = hello.facts
        case 12 where body.count >= 3 && body[0] == 3:
            self?.group = TLSRegistry.group(UInt16(body[1]) << 8 | UInt16(body[2]))
        default: break
        }
    }
}

/// Octets read from the front, each length checked.
public struct OctetsInFront {
    public private(set) var octets: ArraySlice<UInt8>

    public init(_ octets: ArraySlice<UInt8>) { self.octets = octets }

    public mutating func take(_ count: Int) -> ArraySlice<UInt8>? {
        guard count <= octets.count else { return nil }
        defer { octets = octets.dropFirst(count) }
        return octets.prefix(count)
    }

    public mutating func number(_ count: Int) -> Int? { take(count).map { $0.reduce(0) { $0 << 8 | Int($1) } } }

    /// A part behind its length, which has so many octets.
    public mutating func part(_ count: Int) -> OctetsInFront? {
        var behind = self
        guard let length = behind.number(count), let part = behind.take(length) else { return nil }
        self = behind
        return OctetsInFront(part)
    }
}
