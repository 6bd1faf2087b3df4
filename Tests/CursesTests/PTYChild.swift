import CPTYSupport
import Foundation
import Glibc

/// A program on a pseudo-terminal of its own, as if a person sat at it.
final class PTYChild {
    struct CannotStart: Error {}
    private var master: Int32
    private let pid: pid_t
    /// Everything it has written.
    private(set) var output = ""
    private var octets: [UInt8] = []

    /// `arguments` begins with the path of the program.
    init(_ arguments: [String], environment: [String], columns: UInt16 = 80, rows: UInt16 = 24) throws {
        var words = arguments.map { strdup($0) } + [nil]
        var variables = environment.map { strdup($0) } + [nil]
        defer { (words + variables).forEach { free($0) } }
        var child: pid_t = 0
        master = cpty_spawn(&words, &variables, rows, columns, &child)
        pid = child
        guard master >= 0 else { throw CannotStart() }
    }

    deinit {
        kill(pid, SIGKILL)
        if master >= 0 { close(master) }
    }

    /// Whether lines are edited and echoed again, and ^C is a signal.
    var isCooked: Bool { cpty_is_cooked(master) == 1 }

    func type(_ text: String) {
        let octets = Array(text.utf8)
        _ = write(master, octets, octets.count)
    }

    func send(signal: Int32) { kill(pid, signal) }

    /// Takes the terminal away, as when its window is closed.
    func hangUp() {
        close(master)
        master = -1
    }

    func resize(columns: UInt16, rows: UInt16) { _ = cpty_resize(master, rows, columns) }

    /// Reads until `text` has come since the last call; false when it has not after so many seconds.
    func waits(for text: String, seconds: Double = 5) -> Bool {
        let end = Date(timeIntervalSinceNow: seconds)
        octets = []
        while Date() < end {
            guard readSome() else { return seen.contains(text) }
            if seen.contains(text) { return true }
        }
        return false
    }

    /// Reads to the end; answers the exit status, or 128 and the number of the signal, as a shell says it.
    func status() -> Int32 {
        let end = Date(timeIntervalSinceNow: 10)
        var raw: Int32 = 0
        while Date() < end {
            let ended = waitpid(pid, &raw, WNOHANG) == pid
            while readSome(milliseconds: ended ? 0 : 20) {}
            if master < 0 { usleep(20_000) }
            if ended { return raw & 0x7F == 0 ? raw >> 8 & 0xFF : 128 + raw & 0x7F }
        }
        return -1
    }

    private var seen: String { String(decoding: octets, as: UTF8.self) }

    /// False when the other end is closed, or with a limit, when there is nothing to read.
    private func readSome(milliseconds: Int32? = nil) -> Bool {
        guard master >= 0 else { return false }
        var place = pollfd(fd: master, events: Int16(POLLIN), revents: 0)
        guard poll(&place, 1, milliseconds ?? 50) > 0 else { return milliseconds == nil }
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = read(master, &buffer, buffer.count)
        guard count > 0 else { return false }
        octets += buffer[..<count]
        output += String(decoding: buffer[..<count], as: UTF8.self)
        return true
    }
}
