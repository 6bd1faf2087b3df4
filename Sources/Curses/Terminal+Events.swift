import CTerminalGuard
import Glibc
import Notation
import Screen

extension Terminal {
    /// What ended a wait.
    public enum Event: Equatable, Sendable {
        case key(Key)
        /// Another thread called `wake`.
        case woken
        /// SIGINT, SIGTERM or SIGHUP: time to end.
        case endAsked(signal: Int32)
        /// The terminal is gone; nothing can be shown any more.
        case vanished
        /// Nothing happened within the time given.
        case timeout
    }

    /// Ends a wait from any thread. Wakes that come close together can arrive as one.
    public static func wake() { tg_wake() }

    /// Waits until something happens, at most so many milliseconds (nil: as long as it takes). Never answers nothing.
    ///
    /// ^Z and SIGTSTP stop the process here; after that, SIGCONT or a change of size, `.key(.resize)` says that
    /// everything has to be drawn again.
    public func wait(milliseconds limit: Int? = nil) -> [Event] {
        let start = MonotonicClock.milliseconds
        while true {
            let left = limit.map { max(0, start + $0 - MonotonicClock.milliseconds) }
            let timeout = [left, patienceLeft].compactMap(\.self).min() ?? -1
            var places = [
                pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
                pollfd(fd: signals, events: Int16(POLLIN), revents: 0),
            ]
            let ready = poll(&places, nfds_t(places.count), Int32(clamping: timeout))
            if ready < 0 {
                if errno == EINTR { continue }
                return [.vanished]
            }
            var events: [Event] = []
            if places[1].revents != 0 { events += takeSignals() }
            if places[0].revents != 0 {
                events += takeKeys()
            } else if patienceLeft == 0 {
                events += decoder.settle().map(Event.key)
            }
            if events.isEmpty, ready == 0, left == timeout { events = [.timeout] }
            if !events.isEmpty { return events }
        }
    }

    /// Milliseconds until an unfinished sequence has to be settled, nil when there is none. Counts from the last octet,
    /// not from the wait: a wait that a timer ends every now and then must not put it off for ever.
    private var patienceLeft: Int? {
        decoder.patience.map { max(0, lastOctet + $0 - MonotonicClock.milliseconds) }
    }

    private func takeKeys() -> [Event] {
        var octets = [UInt8](repeating: 0, count: 4096)
        let count = read(descriptor, &octets, octets.count)
        if count < 0, errno == EINTR || errno == EAGAIN { return [] }
        guard count > 0 else { return [.vanished] }
        lastOctet = MonotonicClock.milliseconds
        return decoder.feed(octets[..<count]).map { key in
            guard key == .control("z") else { return .key(key) }
            suspend()
            return .key(.resize)
        }
    }

    private func takeSignals() -> [Event] {
        var octets = [UInt8](repeating: 0, count: 256)
        let count = read(signals, &octets, octets.count)
        guard count > 0 else { return [] }
        var noted = Set(octets[..<count].map { Int32($0) })
        var events: [Event] = []
        if noted.remove(0) != nil { events.append(.woken) }
        if noted.remove(SIGTSTP) != nil {
            suspend()
            events.append(.key(.resize))
        } else if noted.contains(SIGWINCH) || noted.contains(SIGCONT) {
            if noted.contains(SIGCONT) { enter() } else { resize() }
            events.append(.key(.resize))
        }
        for signal in [SIGINT, SIGTERM, SIGHUP] where noted.contains(signal) {
            events.append(.endAsked(signal: signal))
        }
        return events
    }
}
