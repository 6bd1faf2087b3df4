import Captures
import Cryptography
import Glibc
import Interchange
import Networking

/// The mail sessions in packets that come through a pipe, told as the conversations they are.
struct PassingPackets {
    private let descriptor: Int32
    /// What was read to know that it is a capture.
    private let beginning: [UInt8]
    /// What opens TLS, where somebody has it.
    var keys: GrowingKeyLog?
    /// Where TLS from the first octet is mail as well.
    var mailPorts: Set<UInt16> = []

    /// So many octets tell a capture from anything else.
    private static let enough = 4
    /// How long nothing passes before what is missing is taken for lost.
    private static let pauseAfter: Int32 = 1000

    /// Waits for the first octets. Nil when none come.
    init?(from descriptor: Int32, onWait: () -> Void = {}) throws(CommandError) {
        var beginning: [UInt8] = []
        while beginning.count < Self.enough {
            let more = Self.read(descriptor, onPause: onWait) ?? []
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

    /// Empty at the end; nil where something can be read from `other`. `onPause` is called each time that nothing came for a while.
    private static func read(_ descriptor: Int32, or other: Int32 = -1, onPause: () -> Void) -> [UInt8]? {
        var octets = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            // The descriptor -1 is passed over.
            var waiting = [descriptor, other].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
            if poll(&waiting, 2, pauseAfter) == 0 {
                onPause()
                continue
            }
            if waiting[1].revents != 0 { return nil }
            let count = Glibc.read(descriptor, &octets, octets.count)
            if count < 0, errno == EINTR || errno == EAGAIN { continue }
            return Array(octets.prefix(max(0, count)))
        }
    }

    /// Reads to the end of the pipe, or until nobody wants more. Gives what there is to say at the end.
    func read(_ tell: ([ConversationEvent]) -> Bool) -> [String] {
        var sessions = PassingSessions(awaitsKeys: keys != nil, mailPorts: mailPorts)
        var unread = UnreadKeys(keys)
        var peers: [Int: String] = [:]
        _ = sessions.take(unread.take(keys?.take()))
        var isWanted = tell(Self.events(sessions.take(beginning), &peers))
        while isWanted {
            let more = Self.read(descriptor, or: keys?.descriptor ?? -1) {
                let missed = Self.events(sessions.pause(), &peers)
                if !missed.isEmpty, !tell(missed) { isWanted = false }
            }
            guard more?.isEmpty != true else { break }
            let news = more.map { sessions.take($0) } ?? sessions.take(unread.take(keys?.take()))
            isWanted = isWanted && tell(Self.events(news, &peers))
        }
        let last = sessions.take(unread.take(keys?.takeAll()))
        _ = tell(Self.events(last + sessions.finish(), &peers))
        return sessions.warnings + unread.warnings
    }

    /// What could not be read of the key log, which is said of it and not of the capture.
    private struct UnreadKeys {
        private let name: String?
        private var told = KeyLog()

        init(_ keys: GrowingKeyLog?) { name = keys?.name }

        var warnings: [String] { told.warnings.map { "\(name ?? ""): \($0)" } }

        mutating func take(_ keys: KeyLog?) -> KeyLog {
            guard var keys else { return KeyLog() }
            told.addWarnings(of: keys)
            keys.forgetWarnings()
            return keys
        }
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
