import CAres
import DNS
import Glibc
import Synchronization

/// Wakes a lookup that sleeps in `poll` when its task is cancelled.
final class ResolverBell: Sendable {
    /// The ends of a pipe; none when the system gave none, then a cancelled lookup ends with its time.
    private let ends: Mutex<(read: Int32, write: Int32)?>

    init() {
        var pair: [Int32] = [-1, -1]
        guard pipe(&pair) == 0 else {
            ends = Mutex(nil)
            return
        }
        for end in pair {
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
        }
        ends = Mutex((pair[0], pair[1]))
    }

    deinit {
        ends.withLock {
            guard let pair = $0 else { return }
            close(pair.read)
            close(pair.write)
        }
    }

    func ring() {
        ends.withLock {
            guard let pair = $0 else { return }
            _ = write(pair.write, [1], 1)
        }
    }

    var descriptor: Int32 { ends.withLock { $0?.read ?? -1 } }
}

extension Resolver {
    private static let libraryStatus = ares_library_init(ARES_LIB_INIT_ALL)

    /// One lookup from beginning to end, on the thread that calls.
    func blockingLookup(
        _ name: Name,
        _ type: RecordType,
        _ bell: ResolverBell,
        _ observe: @escaping (Packet) -> Void
    ) -> Lookup {
        let query = Message.query(
            id: .random(in: 0...UInt16.max),
            name,
            type,
            recursionDesired: recursionDesired,
            udpPayloadSize: udpPayloadSize,
            wantsSignatures: wantsSignatures
        )
        var lookup = Lookup(question: query.questions[0], packets: [], answer: nil, failure: nil, duration: .zero)
        let octets: [UInt8]
        do { octets = try MessageWriter.octets(of: query) } catch {
            lookup.failure = .badQuery(error)
            return lookup
        }
        let wire = ResolverWire(query: octets, observe: observe)
        do {
            let channel = try openChannel()
            defer { ares_destroy(channel) }
            wire.attach(to: channel)
            try run(channel, octets, wire, bell)
            finish(&lookup, wire)
        } catch {
            lookup.packets = wire.packets
            lookup.answer = wire.packets.last { $0.kind == .answer }
            lookup.failure = error
        }
        lookup.duration = wire.elapsed
        return lookup
    }

    private func openChannel() throws(LookupError) -> ares_channel {
        guard Self.libraryStatus == ARES_SUCCESS else { throw .noServer }
        var options = ares_options()
        let tries = Int32(clamping: max(1, min(tries, 16)))
        // The tries take 1, 2, 4 … times the first one's time: together they fill the limit.
        let first = timeLimit / Int((1 << tries) - 1)
        options.timeout = Int32(clamping: max(1, first.milliseconds))
        options.tries = tries
        options.ednspsz = Int32(min(udpPayloadSize ?? 512, 4096))
        // EDNS makes c-ares take answers beyond 512 octets, and ask again without OPT when a server answers FORMERR to it.
        options.flags = ARES_FLAG_NOSEARCH | ARES_FLAG_NOALIASES | (udpPayloadSize == nil ? 0 : ARES_FLAG_EDNS)
        var channel: ares_channel?
        let mask = ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_FLAGS | ARES_OPT_EDNSPSZ
        guard ares_init_options(&channel, &options, mask) == ARES_SUCCESS, let channel else {
            throw .noServer
        }
        if let servers, ares_set_servers_ports_csv(channel, servers) != ARES_SUCCESS || servers.isEmpty {
            ares_destroy(channel)
            throw .badServers(servers)
        }
        return channel
    }

    /// Sends the query and polls until c-ares has a result, the time is over, or the task is cancelled.
    private func run(
        _ channel: ares_channel,
        _ query: [UInt8],
        _ wire: ResolverWire,
        _ bell: ResolverBell
    ) throws(LookupError) {
        ares_send(
            channel,
            query,
            Int32(query.count),
            { wire, status, _, octets, count in
                let answer = octets.map { Array(UnsafeBufferPointer(start: $0, count: Int(count))) }
                ResolverWire.of(wire)?.result = (status, answer)
            },
            Unmanaged.passUnretained(wire).toOpaque()
        )
        while wire.result == nil {
            let left = (timeLimit - wire.elapsed).milliseconds
            guard left > 0 else { throw .timeout }
            var polled = Self.descriptors(of: channel)
            let sockets = polled.count
            polled.append(pollfd(fd: bell.descriptor, events: Int16(POLLIN), revents: 0))
            var cap = timeval(tv_sec: left / 1000, tv_usec: left % 1000 * 1000)
            var next = timeval()
            let wait = ares_timeout(channel, &cap, &next).map {
                $0.pointee.tv_sec * 1000 + $0.pointee.tv_usec / 1000 + 1
            }
            let ready = poll(&polled, nfds_t(polled.count), Int32(clamping: wait ?? left))
            if ready > 0, polled[sockets].revents != 0 { throw .cancelled }
            if ready <= 0 { ares_process_fd(channel, -1, -1) }
            for entry in polled[..<sockets] where entry.revents != 0 {
                let writable = entry.revents & Int16(POLLOUT) != 0
                let readable = entry.revents & ~Int16(POLLOUT) != 0
                ares_process_fd(channel, readable ? entry.fd : -1, writable ? entry.fd : -1)
            }
        }
    }

    /// The sockets on which c-ares waits now.
    private static func descriptors(of channel: ares_channel) -> [pollfd] {
        var sockets = [ares_socket_t](repeating: -1, count: Int(ARES_GETSOCK_MAXNUM))
        let bits = ares_getsock(channel, &sockets, Int32(sockets.count))
        return sockets.enumerated().compactMap { number, socket in
            let readable = bits & (1 << Int32(number)) != 0
            let writable = bits & (1 << (Int32(number) + ARES_GETSOCK_MAXNUM)) != 0
            guard readable || writable else { return nil }
            let events = Int16(readable ? POLLIN : 0) | Int16(writable ? POLLOUT : 0)
            return pollfd(fd: socket, events: events, revents: 0)
        }
    }

    private func finish(_ lookup: inout Lookup, _ wire: ResolverWire) {
        lookup.packets = wire.packets
        // What c-ares accepted; when it accepted nothing, as with SERVFAIL from every server, the last that came.
        let accepted = wire.result?.octets
        lookup.answer = wire.packets.last { $0.kind == .answer && (accepted == nil || $0.octets == accepted) }
        if let reading = lookup.reading {
            lookup.failure = LookupError(reading, lookup.question)
            let isCut = reading.message.flags.contains(.truncated)
            if isCut, [nil, .noData].contains(lookup.failure) { lookup.failure = .truncated }
        } else if wire.packets.contains(where: { $0.kind == .stray }) {
            lookup.failure = .malformed
        } else {
            lookup.failure = wire.result?.status == ARES_ETIMEOUT ? .timeout : .noServer
        }
    }
}

extension Duration {
    /// Whole milliseconds, rounded towards zero.
    fileprivate var milliseconds: Int {
        Int(clamping: components.seconds) * 1000 + Int(components.attoseconds / 1_000_000_000_000_000)
    }
}
