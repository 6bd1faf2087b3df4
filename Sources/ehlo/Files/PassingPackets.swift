import Captures
import Glibc
import Interchange
import Networking

/// The mail sessions in packets that come through a pipe, told as the conversations they are.
struct PassingPackets {
    private let descriptor: Int32
    /// What was read to know that it is a capture.
    private let beginning: [UInt8]

    /// So many octets tell a capture from anything else.
    private static let enough = 4
    /// How long nothing passes before what is missing is taken for lost.
    private static let pauseAfter: Int32 = 1000

    /// Waits for the first octets. Nil when none come.
    init?(from descriptor: Int32, onWait: () -> Void = {}) throws(CommandError) {
        var beginning: [UInt8] = []
        while beginning.count < Self.enough {
            let more = Self.read(descriptor, onPause: onWait)
            guard !more.isEmpty else { break }
            beginning += more
        }
        guard !beginning.isEmpty else { return nil }
        guard CaptureFile.recognises(beginning) else {
            throw CommandError(
                .wrongData,
                "what comes through the pipe is no packet capture; pipe 'tcpdump -U -w -' into 'ehlo watch -', and text into 'ehlo -'"
            )
        }
        (self.descriptor, self.beginning) = (descriptor, beginning)
    }

    /// Empty at the end. `onPause` is called each time that nothing came for a while.
    private static func read(_ descriptor: Int32, onPause: () -> Void) -> [UInt8] {
        var octets = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            if poll(&waiting, 1, pauseAfter) == 0 {
                onPause()
                continue
            }
            let count = Glibc.read(descriptor, &octets, octets.count)
            if count < 0, errno == EINTR || errno == EAGAIN { continue }
            return Array(octets.prefix(max(0, count)))
        }
    }

    /// Reads to the end of the pipe, or until nobody wants more. Gives what there is to say at the end.
    func read(_ tell: ([ConversationEvent]) -> Bool) -> [String] {
        var sessions = PassingSessions()
        var peers: [Int: String] = [:]
        var isWanted = tell(Self.events(sessions.take(beginning), &peers))
        while isWanted {
            let more = Self.read(descriptor) {
                let missed = Self.events(sessions.pause(), &peers)
                if !missed.isEmpty, !tell(missed) { isWanted = false }
            }
            guard !more.isEmpty else { break }
            isWanted = isWanted && tell(Self.events(sessions.take(more), &peers))
        }
        _ = tell(Self.events(sessions.finish(), &peers))
        return sessions.warnings
    }

    private static func events(_ news: [PassingSessions.News], _ peers: inout [Int: String]) -> [ConversationEvent] {
        news.map { piece in
            switch piece {
            case .began(let id, let header):
                let peer = header.ends?.client ?? ""
                peers[id] = peer
                return ConversationEvent(id: id, peer: peer, kind: .told(header))
            case .happened(let id, let event):
                return ConversationEvent(id: id, peer: peers[id] ?? "", kind: .event(event))
            case .ended(let id):
                return ConversationEvent(id: id, peer: peers.removeValue(forKey: id) ?? "", kind: .closed)
            }
        }
    }
}
