import Notation
import Tracing

/// What a client says to a proxy so that it opens the connection on which the session then goes: SOCKS 4 and 4a, SOCKS 5 (RFC 1928,
/// RFC 1929), and CONNECT of HTTP (RFC 9110 §9.3.6).
///
/// It decides where the session begins behind that, on both sides. It does not keep what was said: there may be a password in it.
/// Wrong input, and a proxy that refuses, make it none.
struct ForwardProxy: Equatable {
    enum Method: String { case socks4 = "SOCKS 4", socks5 = "SOCKS 5", connect = "CONNECT" }

    let method: Method
    /// Where the connection was asked to go, as the client wrote it.
    let target: [UInt8]
    let port: Int
    /// How many octets of each side stand before the session.
    let clientCount: Int
    let serverCount: Int

    /// How many octets of a side are looked at.
    static let maxOctets = 4096

    /// For whoever opens the capture.
    var words: String {
        "\(method.rawValue): the client asked a proxy for \(WireText.shown(target)):\(port), and the proxy opened it; the session goes through it"
    }

    /// Whether what a client says first may be this.
    static func mayBegin(_ content: Window) -> Bool {
        guard content.count >= 3 else { return false }
        switch (content[0], content[1]) {
        case (4, 1): return content.count >= 9
        case (5, 1...8): return content.count == 2 + Int(content[1])
        default: return ContentSigns.begins(content, connectVerb)
        }
    }

    private static let connectVerb = Array("CONNECT ".utf8)

    init?(client: [UInt8], server: [UInt8]) {
        var client = Side(octets: client)
        var server = Side(octets: server)
        let found: (Method, target: [UInt8], port: Int)? =
            switch client.octets.first {
            case 4: Self.socks4(&client, &server)
            case 5: Self.socks5(&client, &server)
            default: Self.connect(&client, &server)
            }
        guard let found else { return nil }
        (method, target, port) = found
        (clientCount, serverCount) = (client.position, server.position)
    }

    /// The octets of one side, read from the front.
    private struct Side {
        let octets: [UInt8]
        var position = 0

        init(octets: [UInt8]) { self.octets = octets }

        mutating func take(_ count: Int) -> ArraySlice<UInt8>? {
            guard count <= octets.count - position else { return nil }
            defer { position += count }
            return octets[position..<position + count]
        }

        mutating func take() -> Int? { take(1)?.first.map(Int.init) }
        mutating func number16() -> Int? { take(2).map { $0.reduce(0) { $0 << 8 | Int($1) } } }

        /// Up to an end, which is passed over.
        mutating func take(upTo end: [UInt8]) -> ArraySlice<UInt8>? {
            let rest = octets[position...]
            let found = rest.indices.first { rest[$0...].starts(with: end) }
            guard let found else { return nil }
            position = found + end.count
            return rest[..<found]
        }
    }

    private static func socks4(_ client: inout Side, _ server: inout Side) -> (Method, [UInt8], Int)? {
        guard client.take(2).map(Array.init) == [4, 1], let port = client.number16(), let address = client.take(4),
            client.take(upTo: [0]) != nil
        else { return nil }
        var target = Array(IPv4Text.text(address).utf8)
        // 4a: an address that cannot be, and a name behind it.
        if address.prefix(3).allSatisfy({ $0 == 0 }), address.last != 0 {
            guard let name = client.take(upTo: [0]) else { return nil }
            target = Array(name)
        }
        guard server.take(8)?.prefix(2).elementsEqual([0, 90]) == true else { return nil }
        return (.socks4, target, port)
    }

    private static func socks5(_ client: inout Side, _ server: inout Side) -> (Method, [UInt8], Int)? {
        guard client.take() == 5, let offered = client.take(), client.take(offered) != nil, server.take() == 5,
            let method = server.take(), method == 0 || method == 2
        else { return nil }
        if method == 2 {
            // A user and a password, each behind its length (RFC 1929 §2).
            guard client.take() == 1, let user = client.take(), client.take(user) != nil, let password = client.take(),
                client.take(password) != nil, server.take(2).map(Array.init) == [1, 0]
            else { return nil }
        }
        guard client.take(3).map(Array.init) == [5, 1, 0], let target = address(&client), let port = client.number16(),
            server.take(3).map(Array.init) == [5, 0, 0], address(&server) != nil, server.number16() != nil
        else { return nil }
        return (.socks5, target, port)
    }

    /// RFC 1928 §5.
    private static func address(_ side: inout Side) -> [UInt8]? {
        switch side.take() {
        case 1: side.take(4).map { Array(IPv4Text.text($0).utf8) }
        case 3: side.take().flatMap { side.take($0) }.map(Array.init)
        case 4:
            side.take(16).map { octets in
                let all = Array(octets)
                let groups = stride(from: 0, to: 16, by: 2).map { UInt16(all[$0]) << 8 | UInt16(all[$0 + 1]) }
                return Array("[\(IPv6Text.text(groups))]".utf8)
            }
        default: nil
        }
    }

    private static func connect(_ client: inout Side, _ server: inout Side) -> (Method, [UInt8], Int)? {
        let end: [UInt8] = [13, 10, 13, 10]
        guard let request = client.take(upTo: end), let answer = server.take(upTo: end) else { return nil }
        let words = request.prefix { $0 != 13 }.split(separator: 32)
        guard words.count == 3, words[0].elementsEqual("CONNECT".utf8), words[2].starts(with: "HTTP/1.".utf8),
            let colon = words[1].lastIndex(of: UInt8(ascii: ":")),
            let port = UInt64(decimal: words[1][(colon + 1)...], digits: 1...5)
        else { return nil }
        let status = answer.prefix { $0 != 13 }.split(separator: 32)
        guard status.count >= 2, status[0].starts(with: "HTTP/1.".utf8), status[1].count == 3, status[1].first == 0x32
        else {
            return nil
        }
        return (.connect, Array(words[1][..<colon]), Int(port))
    }
}

extension StreamAssembly {
    /// Takes what was said to a proxy out of the connection, and puts a piece that tells of it in its place.
    mutating func takeOutForwardProxy() {
        guard let first = pieces.first(where: { $0.kind == .octets }), ForwardProxy.mayBegin(content(first)) else {
            return
        }
        let (client, server) = (first.direction, first.direction.other)
        guard let proxy = ForwardProxy(client: beginning(client), server: beginning(server)) else { return }
        var left = [0, 0]
        (left[client.rawValue], left[server.rawValue]) = (proxy.clientCount, proxy.serverCount)
        var kept: [Piece] = []
        for piece in pieces {
            let skipped = piece.kind == .octets ? min(left[piece.direction.rawValue], piece.count) : 0
            left[piece.direction.rawValue] -= skipped
            if skipped > 0, left == [0, 0] {
                kept.append(Piece(time: piece.time, direction: client, kind: .forwarded(proxy)))
            }
            guard skipped < piece.count || piece.kind != .octets else { continue }
            var rest = piece
            (rest.place, rest.count) = (piece.place + skipped, piece.count - skipped)
            kept.append(rest)
        }
        pieces = kept
    }

    /// The first octets of a direction, up to what is missing.
    private func beginning(_ direction: Direction) -> [UInt8] {
        var octets: [UInt8] = []
        for piece in pieces where piece.direction == direction && octets.count < ForwardProxy.maxOctets {
            if piece.kind == .gap { break }
            if piece.kind == .octets { octets += content(piece).prefix(ForwardProxy.maxOctets - octets.count).buffer }
        }
        return octets
    }
}
