import Dispatch
import Glibc
import Testing

/// A blocking TCP socket that says exactly what a test tells it to. Every wait ends after half a minute: all servers of all
/// tests share one thread, which may have much else to do.
final class RawPeer: @unchecked Sendable {
    // One thread uses it at a time: the one that `offPool` runs its test on.
    private let descriptor: Int32
    private var unread: [UInt8] = []

    init(descriptor: Int32) {
        self.descriptor = descriptor
        var limit = timeval(tv_sec: 30, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        limit.tv_sec = 2
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        var one: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<Int32>.size))
    }

    /// Connects to 127.0.0.1.
    convenience init(port: Int) throws {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = Self.loopback(port)
        let status = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        try #require(status == 0, "cannot connect")
        self.init(descriptor: descriptor)
    }

    deinit { close(descriptor) }

    static func loopback(_ port: Int) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(UInt16(port)).bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        return address
    }

    /// Sends all of it; false when the other end does not take it.
    @discardableResult func send(_ text: String) -> Bool { send(Array(text.utf8)) }

    @discardableResult func send(_ octets: [UInt8]) -> Bool {
        var sent = 0
        while sent < octets.count {
            let count = octets[sent...].withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return false }
            sent += count
        }
        return true
    }

    /// Sends what is taken at once or within two seconds; how many octets that was, -1 when none.
    func sendSome(_ octets: [UInt8]) -> Int {
        octets.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
    }

    /// As `rest`, on a machine that may have much else to do.
    func everything() -> [UInt8]? {
        for _ in 0..<10 { if let all = rest() { return all } }
        return nil
    }

    /// A moment for others, in a loop that asks again.
    static func pause() { usleep(10_000) }

    /// Reads to the end; whether that was a reset and not an orderly one.
    func endsByReset() -> Bool {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            if count <= 0 { return count < 0 && errno == ECONNRESET }
        }
    }

    /// The next line without its CRLF; nil at the end, or when none comes.
    func line() -> String? {
        while true {
            if let feed = unread.firstIndex(of: 10) {
                let line = unread[..<feed].filter { $0 != 13 }
                unread.removeSubrange(...feed)
                return String(decoding: line, as: UTF8.self)
            }
            guard fill() else { return nil }
        }
    }

    /// What stands before the next CRLF, lone LFs among it; nil at the end, or when none comes.
    func wholeLine() -> String? {
        while true {
            if let feed = unread.indices.dropFirst().first(where: { unread[$0 - 1] == 13 && unread[$0] == 10 }) {
                let line = unread[..<(feed - 1)]
                defer { unread.removeSubrange(...feed) }
                return String(decoding: line, as: UTF8.self)
            }
            guard fill() else { return nil }
        }
    }

    /// The last line of the next reply.
    func reply() -> String? {
        while let line = line() { if line.dropFirst(3).first != "-" { return line } }
        return nil
    }

    /// Sends a command and gives the last line of the reply to it.
    func ask(_ command: String) -> String? { send(command + "\r\n") ? reply() : nil }

    /// Everything up to the end of the stream; nil when the end does not come.
    func rest() -> [UInt8]? {
        while true {
            var buffer = [UInt8](repeating: 0, count: 65_536)
            let count = recv(descriptor, &buffer, buffer.count, 0)
            guard count > 0 else {
                // A reset is an end too. Where none has come, what has is kept for whoever asks again.
                guard count == 0 || errno == ECONNRESET else { return nil }
                defer { unread = [] }
                return unread
            }
            unread += buffer[..<count]
        }
    }

    /// What has come, at least one octet; nil at the end, or when nothing comes.
    func next() -> [UInt8]? {
        guard !unread.isEmpty || fill() else { return nil }
        defer { unread = [] }
        return unread
    }

    private func fill() -> Bool {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = recv(descriptor, &buffer, buffer.count, 0)
        guard count > 0 else { return false }
        unread += buffer[..<count]
        return true
    }

    /// Whether the other end has said anything, or ended, within some milliseconds.
    func hears(within milliseconds: Int32) -> Bool {
        var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return !unread.isEmpty || poll(&entry, 1, milliseconds) > 0
    }

    func shutdownOutput() { shutdown(descriptor, Int32(SHUT_WR)) }

    /// Breaks off with a reset, as a machine does that has lost its memory of the connection.
    func reset() {
        var linger = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout.size(ofValue: linger)))
        shutdown(descriptor, Int32(SHUT_RD))
    }
}

/// A port of 127.0.0.1 that is taken and on which nobody listens: whoever connects is refused.
final class BoundPort: Sendable {
    let port: Int
    private let descriptor: Int32

    init() throws {
        let bound = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = RawPeer.loopback(0)
        var count = socklen_t(MemoryLayout<sockaddr_in>.size)
        let status = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                bind(bound, pointer, count) + getsockname(bound, pointer, &count)
            }
        }
        try #require(status == 0, "cannot bind")
        descriptor = bound
        port = Int(in_port_t(bigEndian: address.sin_port))
    }

    deinit { close(descriptor) }
}

/// A server that plays a script to each client in turn.
final class ScriptedPeer: Sendable {
    let port: Int
    private let descriptor: Int32

    /// `script` runs once a connection, the first with 0.
    init(_ script: @escaping @Sendable (RawPeer, Int) -> Void) throws {
        let listening = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = RawPeer.loopback(0)
        var count = socklen_t(MemoryLayout<sockaddr_in>.size)
        let status = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                bind(listening, pointer, count) + listen(listening, 16) + getsockname(listening, pointer, &count)
            }
        }
        try #require(status == 0, "cannot listen")
        descriptor = listening
        port = Int(in_port_t(bigEndian: address.sin_port))
        DispatchQueue(label: "scripted server").async {
            var number = 0
            while true {
                let accepted = accept(listening, nil, nil)
                // Closed by this thread alone: a number that was given back might soon mean another test's socket.
                guard accepted >= 0 else {
                    close(listening)
                    return
                }
                script(RawPeer(descriptor: accepted), number)
                number += 1
            }
        }
    }

    /// Ends the waiting for clients, and with it the thread.
    deinit { shutdown(descriptor, Int32(SHUT_RDWR)) }
}

/// Runs what blocks on a thread of its own: the few threads of the tests' pool are needed by what is tested. A queue with a
/// name gets one; the global queues of Dispatch share theirs with that pool.
func offPool<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
        DispatchQueue(label: "what blocks").async { continuation.resume(with: Result(catching: work)) }
    }
}

/// How many TCP sockets of this machine have `port` at one end and could still carry something.
func connections(at port: Int) -> Int {
    guard let file = fopen("/proc/net/tcp", "r") else { return -1 }
    defer { fclose(file) }
    var buffer = [CChar](repeating: 0, count: 512)
    var count = 0
    while fgets(&buffer, Int32(buffer.count), file) != nil {
        let text = String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
        let words = text.split(separator: " ")
        // Established, on the way there, or closed by the other end only; not listening, not waiting to be forgotten.
        guard words.count > 3, ["01", "02", "03", "08"].contains(words[3]) else { continue }
        if words[1...2].contains(where: { Int($0.suffix(4), radix: 16) == port }) { count += 1 }
    }
    return count
}
