import DNS
import Notation
import SMTP
public import Tracing

/// Writes sessions as packets: a capture of IP packets with well-formed TCP, times in nanoseconds.
///
/// It invents only what a recording lacks: addresses where none is known (from the ranges for documentation,
/// RFC 5737 and RFC 3849), ports of clients, sequence numbers, acknowledgements. Notes, errors and what was inside TLS are
/// not written, since no packet holds them. The same recordings always give the same file.
public struct CaptureWriter {
    private var file: PacketFile
    private let ports: Ports
    private var clientPort: UInt16 = 49_151
    private var identification: UInt16 = 0
    private var connections: [Leg: Connection] = [:]
    /// Nanoseconds since 1970 of time 0, and of the packet under way.
    private var began: Int64 = 0
    private var now: Int64 = 0
    /// What is to be said of the packets under way.
    private var comment = ""
    /// The ends of the session under way where its recording tells them, and the ports that stand for each leg's service.
    private var ends: (client: Endpoint, server: Endpoint)?
    private var services: [Leg: UInt16] = [:]

    /// The most content of one segment: an Ethernet frame without options.
    static let segmentSize = 1460

    public enum Format: Sendable { case pcap, pcapng }

    /// Which port the server has in the packets.
    public enum Ports: String, CaseIterable, Sendable {
        /// The one of its service, so that other programs know it for mail.
        case standard
        case asRecorded = "as-recorded"
    }

    public init(_ format: Format = .pcap, ports: Ports = .standard) {
        file = PacketFile(hasBlocks: format == .pcapng)
        self.ports = ports
    }

    /// The octets written since the last call.
    public mutating func take() -> [UInt8] { file.take() }

    /// Appends a session; `comments` says something of its events, by their numbers.
    public mutating func add(_ recording: Recording, comments: [Int: String] = [:]) {
        connections = [:]
        ends = recording.header.ends.flatMap { Self.ends($0) }
        services = Self.services(of: recording.events)
        began = UTCTime(iso8601: recording.header.began)?.nanoseconds ?? 0
        var lookup = Endpoint(address: Self.client, port: 0)
        for (number, event) in recording.marked.enumerated() {
            comment = comments[number] ?? ""
            now = began &+ Int64((max(0, min(event.time, 1e9)) * 1e9).rounded())
            switch event.kind {
            case .dnsQuery(let message):
                lookup = Endpoint(address: Self.client, port: nextPort())
                datagram(message, from: lookup, to: Endpoint(address: Self.resolver, port: 53))
            case .dnsAnswer(let message):
                if lookup.port == 0 { lookup.port = nextPort() }
                datagram(message, from: Endpoint(address: Self.resolver, port: 53), to: lookup)
            case .connect(let name): connect(name, event.leg)
            case .connected(let name): accept(name, event.leg)
            case .records(let side, let octets): send(octets, side, event.leg)
            case .tls: connections[event.leg]?.isSecured = true
            // The text inside TLS went over the wire as the records of the event before it.
            case .octets where connections[event.leg]?.isSecured == true: break
            case .octets(let side, let octets, let secrets):
                send(secrets.isEmpty ? octets : Mask.over(octets, secrets).octets, side, event.leg)
            // What was sealed went over the wire as the records of the event before it.
            case .gap(_, _, true): break
            case .gap(let side, let count, false):
                connection(event.leg) { $0.skip(UInt32(truncatingIfNeeded: count ?? 0), side) }
            case .close(let side): close(side, event.leg)
            case .error, .note, .remark, .delivered: break
            }
        }
    }

    // MARK: Ends

    private static let client = InternetAddress(.v4(IPv4Address(192, 0, 2, 1)))
    private static let resolver = InternetAddress(.v4(IPv4Address(192, 0, 2, 53)))
    private static let server = InternetAddress(.v4(IPv4Address(192, 0, 2, 25)))

    private mutating func nextPort() -> UInt16 {
        clientPort = clientPort == .max ? 49_152 : clientPort + 1
        return clientPort
    }

    /// The ends of a recording, where both are an address with a port.
    private static func ends(_ ends: Recording.Ends) -> (client: Endpoint, server: Endpoint)? {
        guard let client = Endpoint(text: ends.client), let server = Endpoint(text: ends.server) else { return nil }
        return (client, server)
    }

    /// The port of what each leg speaks: relay, submission (RFC 6409 §3.1), or TLS from the first octet (RFC 8314 §3.3).
    private static func services(of events: [WireEvent]) -> [Leg: UInt16] {
        var services: [Leg: UInt16] = [:]
        for event in events where services[event.leg] == nil {
            switch event.kind {
            case .records: services[event.leg] = 465
            case .octets: services[event.leg] = event.leg == .submission ? 587 : 25
            default: break
            }
        }
        return services
    }

    /// The ends of a connection to `name`, as `mx.example [192.0.2.7]:25`, `192.0.2.7:25` or a name with a port.
    private mutating func connection(to name: String, _ leg: Leg) -> Connection {
        var server = leg == .relay ? ends?.server ?? Self.endpoint(name) : Self.endpoint(name)
        if ports == .standard, !Self.standardPorts.contains(server.port), let service = services[leg] {
            server.port = service
        }
        if leg == .relay, let ends { return Connection(client: ends.client, server: server) }
        let address: InternetAddress =
            if server.address.isLoopback {
                server.address
            } else if server.address.isV4 {
                Self.client
            } else {
                // 2001:db8::1
                InternetAddress(high: 0x2001_0DB8 << 32, low: 1)
            }
        return Connection(client: Endpoint(address: address, port: nextPort()), server: server)
    }

    private static let standardPorts: Set<UInt16> = [25, 465, 587]

    static func endpoint(_ name: String) -> Endpoint {
        let port = name.split(separator: ":").last.flatMap { UInt16($0) } ?? 25
        var text = Substring(name)
        if let open = name.lastIndex(of: "["), let end = name.lastIndex(of: "]"), open < end {
            text = name[name.index(after: open)..<end]
        } else if let colon = name.lastIndex(of: ":") {
            text = name[..<colon]
        }
        return Endpoint(address: InternetAddress(text: text) ?? server, port: port)
    }

    // MARK: TCP

    /// A connection, and how much of it has been written.
    private struct Connection {
        let client: Endpoint
        let server: Endpoint
        /// The next sequence number of each side.
        var clientNext: UInt32 = 1_000_000
        var serverNext: UInt32 = 2_000_000
        var hasSYN = false
        var hasSYNACK = false
        var isClosed = false
        var isSecured = false

        func next(_ side: Side) -> UInt32 { side == .client ? clientNext : serverNext }
        mutating func skip(_ octets: UInt32, _ side: Side) {
            if side == .client { clientNext &+= octets } else { serverNext &+= octets }
        }
    }

    private mutating func connection(_ leg: Leg, _ body: (inout Connection) -> Void) {
        var connection = connections[leg] ?? connection(to: "", leg)
        body(&connection)
        connections[leg] = connection
    }

    private mutating func connect(_ name: String, _ leg: Leg) {
        var made = connection(to: name, leg)
        made.hasSYN = true
        segment(made, .client, flags: Self.syn)
        made.skip(1, .client)
        connections[leg] = made
    }

    private mutating func accept(_ name: String, _ leg: Leg) {
        if connections[leg]?.hasSYN != true || connections[leg]?.hasSYNACK == true { connect(name, leg) }
        guard var made = connections[leg] else { return }
        made.hasSYNACK = true
        segment(made, .server, flags: Self.syn | Self.ack)
        made.skip(1, .server)
        segment(made, .client, flags: Self.ack)
        connections[leg] = made
    }

    private mutating func send(_ octets: [UInt8], _ side: Side, _ leg: Leg) {
        if connections[leg]?.hasSYNACK != true { accept("", leg) }
        guard var made = connections[leg], !made.isClosed else { return }
        var rest = octets[...]
        var unacknowledged = 0
        while !rest.isEmpty {
            let part = rest.prefix(Self.segmentSize)
            rest = rest.dropFirst(part.count)
            segment(made, side, flags: Self.ack | (rest.isEmpty ? Self.push : 0), part)
            made.skip(UInt32(part.count), side)
            unacknowledged += 1
            guard unacknowledged == 2 || rest.isEmpty else { continue }
            unacknowledged = 0
            segment(made, side.other, flags: Self.ack)
        }
        connections[leg] = made
    }

    private mutating func close(_ side: Side, _ leg: Leg) {
        guard var made = connections[leg], made.hasSYNACK, !made.isClosed else { return }
        made.isClosed = true
        for end in [side, side.other] {
            segment(made, end, flags: Self.fin | Self.ack)
            made.skip(1, end)
        }
        segment(made, side, flags: Self.ack)
        connections[leg] = made
    }

    private static let fin: UInt8 = 1
    private static let syn: UInt8 = 2
    private static let push: UInt8 = 8
    private static let ack: UInt8 = 16

    /// RFC 9293 §3.1, with the option for the segment size in a SYN.
    private mutating func segment(
        _ connection: Connection,
        _ side: Side,
        flags: UInt8,
        _ content: ArraySlice<UInt8> = []
    ) {
        let (from, to) =
            side == .client ? (connection.client, connection.server) : (connection.server, connection.client)
        let isSYN = flags & Self.syn != 0
        var header: [UInt8] = []
        header.append(from.port)
        header.append(to.port)
        header.append(connection.next(side))
        header.append(flags & Self.ack == 0 ? 0 : connection.next(side.other))
        header += [isSYN ? 0x60 : 0x50, flags]
        header.append(UInt16(65_535))
        header += [0, 0, 0, 0]
        if isSYN { header += [2, 4, UInt8(Self.segmentSize >> 8), UInt8(Self.segmentSize & 0xFF)] }
        packet(header, content, checksumAt: 16, transport: 6, from.address, to.address)
    }

    /// RFC 768.
    private mutating func datagram(_ message: [UInt8], from: Endpoint, to: Endpoint) {
        guard message.count <= 65_000 else { return }
        var header: [UInt8] = []
        header.append(from.port)
        header.append(to.port)
        header.append(UInt16(8 + message.count))
        header += [0, 0]
        packet(header, message[...], checksumAt: 6, transport: 17, from.address, to.address)
    }

    // MARK: IP

    private mutating func packet(
        _ header: [UInt8],
        _ content: ArraySlice<UInt8>,
        checksumAt: Int,
        transport: UInt8,
        _ source: InternetAddress,
        _ destination: InternetAddress
    ) {
        let length = header.count + content.count
        var header = header
        var sum = Checksum()
        sum.addPseudoHeader(source, destination, transport: transport, length: length)
        sum.add(header[...])
        sum.add(content)
        let checksum = sum.value == 0 && transport == 17 ? 0xFFFF : sum.value
        header[checksumAt] = UInt8(checksum >> 8)
        header[checksumAt + 1] = UInt8(checksum & 0xFF)
        var ip: [UInt8] = []
        if source.isV4 {
            identification &+= 1
            ip += [0x45, 0]
            ip.append(UInt16(20 + length))
            ip.append(identification)
            ip += [0x40, 0, 64, transport, 0, 0] + source.octets + destination.octets
            var sum = Checksum()
            sum.add(ip[...])
            ip[10] = UInt8(sum.value >> 8)
            ip[11] = UInt8(sum.value & 0xFF)
        } else {
            ip += [0x60, 0, 0, 0]
            ip.append(UInt16(length))
            ip += [transport, 64] + source.octets + destination.octets
        }
        file.append(ip + header + content, at: now, comment: comment)
        comment = ""
    }
}

extension InternetAddress {
    /// Four octets, or sixteen.
    var octets: [UInt8] {
        let all = [high, low].flatMap { half in (0..<8).map { UInt8(truncatingIfNeeded: half >> (56 - 8 * $0)) } }
        return isV4 ? Array(all.suffix(4)) : all
    }

    /// Reads an address as text, an address literal too; nil for a name.
    init?(text: some StringProtocol) {
        guard let address = IPAddress(text: AddressLiteral.address(in: text)) else { return nil }
        self.init(address)
    }
}

extension Endpoint {
    /// Reads what `description` writes; nil for anything else.
    fileprivate init?(text: String) {
        guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]) else {
            return nil
        }
        let host = text[..<colon]
        let bare = host.hasPrefix("[") && host.hasSuffix("]") ? host.dropFirst().dropLast() : host
        guard let address = InternetAddress(text: bare) else { return nil }
        self.init(address: address, port: port)
    }
}
