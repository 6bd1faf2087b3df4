import Tracing

/// What the two hellos agree on, as far as the records behind them need it (RFC 8446 §4.1, RFC 5246 §7.4.1).
struct TLSHello: Equatable {
    let random: [UInt8]
    /// The version of the body, or that of the extension which counts before it.
    var version: UInt16
    /// The suite that the server chose; that of a client means nothing.
    var suite: UInt16 = 0
    var group: UInt16?
    var serverName: [UInt8]?
    var applicationProtocol: [UInt8]?

    static let tls12: UInt16 = 0x0303
    static let tls13: UInt16 = 0x0304

    /// Nil when the body of the message is no hello of a side.
    init?(_ body: [UInt8], isServer: Bool) {
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

    /// Whether it asks the client for another hello (RFC 8446 §4.1.3).
    var isRetry: Bool { random == TLSRegistry.retryRandom }
}

/// Octets read from the front, each length checked.
struct OctetsInFront {
    private(set) var octets: ArraySlice<UInt8>

    init(_ octets: ArraySlice<UInt8>) { self.octets = octets }

    mutating func take(_ count: Int) -> ArraySlice<UInt8>? {
        guard count <= octets.count else { return nil }
        defer { octets = octets.dropFirst(count) }
        return octets.prefix(count)
    }

    mutating func number(_ count: Int) -> Int? { take(count).map { $0.reduce(0) { $0 << 8 | Int($1) } } }

    /// A part behind its length, which has so many octets.
    mutating func part(_ count: Int) -> OctetsInFront? {
        var behind = self
        guard let length = behind.number(count), let part = behind.take(length) else { return nil }
        self = behind
        return OctetsInFront(part)
    }
}
