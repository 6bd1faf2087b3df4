import CAres
import DNS
import Glibc

/// Stands between c-ares and its sockets and writes down what goes through.
///
/// c-ares gives the answer, but neither the octets it sent nor those it discarded. It lets us replace its socket calls, so that
/// we show what was on the wire. Used from one thread.
final class ResolverWire {
    private struct Socket {
        var transport: Resolver.Transport
        var server = ""
        /// What a TCP stream has carried so far, both ways.
        var sent = MessageStream()
        var received = MessageStream()
    }

    private(set) var packets: [Resolver.Packet] = []
    /// What c-ares said in the end: its status, and the octets of the answer it accepted.
    var result: (status: Int32, octets: [UInt8]?)?
    private var sockets: [ares_socket_t: Socket] = [:]
    private let query: MessageReading
    private let began = ContinuousClock.now
    private let observe: (Resolver.Packet) -> Void
    /// c-ares keeps the address, so it must not move.
    private let functions: UnsafeMutablePointer<ares_socket_functions>

    init(query: [UInt8], observe: @escaping (Resolver.Packet) -> Void) {
        self.query = MessageReader.read(query)
        self.observe = observe
        functions = .allocate(capacity: 1)
        functions.initialize(
            to: ares_socket_functions(
                asocket: { family, type, number, wire in ResolverWire.of(wire)?.open(family, type, number) ?? -1 },
                aclose: { socket, wire in ResolverWire.of(wire)?.close(socket) ?? -1 },
                aconnect: { socket, address, count, wire in
                    ResolverWire.of(wire)?.connect(socket, address, count) ?? -1
                },
                arecvfrom: { socket, buffer, count, flags, from, fromCount, wire in
                    ResolverWire.of(wire)?.receive(socket, buffer, count, flags, from, fromCount) ?? -1
                },
                asendv: { socket, pieces, count, wire in ResolverWire.of(wire)?.send(socket, pieces, count) ?? -1 }
            )
        )
    }

    deinit { functions.deallocate() }

    var elapsed: Duration { ContinuousClock.now - began }

    func attach(to channel: ares_channel) {
        ares_set_socket_functions(channel, functions, Unmanaged.passUnretained(self).toOpaque())
    }

    static func of(_ pointer: UnsafeMutableRawPointer?) -> ResolverWire? {
        pointer.map { Unmanaged<ResolverWire>.fromOpaque($0).takeUnretainedValue() }
    }
}

/// The socket calls. Each that fails returns at once, so that `errno` stays what the call has set.
extension ResolverWire {
    private func open(_ family: Int32, _ type: Int32, _ number: Int32) -> ares_socket_t {
        let flags = Int32(SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        let socket = Glibc.socket(family, type | flags, number)
        guard socket >= 0 else { return -1 }
        sockets[socket] = Socket(transport: type == Int32(SOCK_STREAM.rawValue) ? .tcp : .udp)
        return socket
    }

    private func close(_ socket: ares_socket_t) -> Int32 {
        sockets[socket] = nil
        return Glibc.close(socket)
    }

    private func connect(_ socket: ares_socket_t, _ address: UnsafePointer<sockaddr>?, _ count: socklen_t) -> Int32 {
        sockets[socket]?.server = address.map(Self.text(of:)) ?? ""
        return Glibc.connect(socket, address, count)
    }

    private func receive(
        _ socket: ares_socket_t,
        _ buffer: UnsafeMutableRawPointer?,
        _ room: Int,
        _ flags: Int32,
        _ from: UnsafeMutablePointer<sockaddr>?,
        _ fromCount: UnsafeMutablePointer<socklen_t>?
    ) -> Int {
        let count = Glibc.recvfrom(socket, buffer, room, flags, from, fromCount)
        guard count >= 0, let buffer, let entry = sockets[socket] else { return count }
        let octets = Array(UnsafeRawBufferPointer(start: buffer, count: count))
        switch entry.transport {
        case .udp:
            note(octets, entry, isQuery: false)
            // c-ares would accept a query as an answer, so it must not see what we count as stray.
            if packets.last?.kind == .stray {
                errno = EAGAIN
                return -1
            }
        case .tcp:
            sockets[socket]?.received.append(octets)
            while let message = sockets[socket]?.received.next() { note(message, entry, isQuery: false) }
        }
        return count
    }

    private func send(_ socket: ares_socket_t, _ pieces: UnsafePointer<iovec>?, _ pieceCount: Int32) -> Int {
        var header = msghdr()
        header.msg_iov = UnsafeMutablePointer(mutating: pieces)
        header.msg_iovlen = Int(pieceCount)
        // Without SIGPIPE: a server that hangs up must not end the program.
        let count = sendmsg(socket, &header, Int32(MSG_NOSIGNAL))
        guard count > 0, let entry = sockets[socket] else { return count }
        let all = UnsafeBufferPointer(start: pieces, count: Int(pieceCount)).flatMap {
            Array(UnsafeRawBufferPointer(start: $0.iov_base, count: $0.iov_len))
        }
        switch entry.transport {
        case .udp: note(Array(all.prefix(count)), entry, isQuery: true)
        case .tcp:
            sockets[socket]?.sent.append(all.prefix(count))
            while let message = sockets[socket]?.sent.next() { note(message, entry, isQuery: true) }
        }
        return count
    }

    private func note(_ octets: [UInt8], _ socket: Socket, isQuery: Bool) {
        let packet = Resolver.Packet(
            kind: isQuery ? .query : isAnswer(octets) ? .answer : .stray,
            transport: socket.transport,
            server: socket.server,
            octets: octets,
            elapsed: elapsed
        )
        packets.append(packet)
        observe(packet)
    }

    /// Whether the octets repeat the id and the question (RFC 5452 §9.1).
    private func isAnswer(_ octets: [UInt8]) -> Bool {
        let answer = MessageReader.read(octets).message
        return answer.flags.contains(.response) && answer.id == query.message.id
            && answer.questions == query.message.questions
    }

    private static func text(of address: UnsafePointer<sockaddr>) -> String {
        let raw = UnsafeRawPointer(address)
        if Int32(address.pointee.sa_family) == AF_INET6 {
            let v6 = raw.loadUnaligned(as: sockaddr_in6.self)
            let name = IPv6Address(octets: withUnsafeBytes(of: v6.sin6_addr) { Array($0) })
            return "[\(name?.description ?? "::")]:\(in_port_t(bigEndian: v6.sin6_port))"
        }
        let v4 = raw.loadUnaligned(as: sockaddr_in.self)
        return "\(IPv4Address(value: UInt32(bigEndian: v4.sin_addr.s_addr))):\(in_port_t(bigEndian: v4.sin_port))"
    }
}
