import Dispatch
import Networking
import Synchronization
public import Tracing

/// A recording that is shown while it is read.
extension RunningWalk {
    /// Reads a recording piece by piece on a thread of its own. The first piece is news at once; then no more is read than there
    /// is room for, so that what was not shown yet does not pile up.
    public static func reading<Pieces: Sequence>(
        _ recording: Pieces,
        onNews: (@Sendable () -> Void)? = nil
    ) -> RunningWalk where Pieces.Element == Recording.Piece, Pieces.Iterator: Sendable {
        let post = Post(onNews)
        let reading = Reading(post.mailbox)
        var pieces = recording.makeIterator()
        if let first = pieces.next() { reading.post(first) }
        DispatchQueue(label: "reading").async { [pieces] in
            var pieces = pieces
            while reading.mayGoOn(), let piece = pieces.next() { reading.post(piece) }
            post.mailbox.post { $0.ending = .read }
        }
        var controls = Controls()
        controls.resume = { _ in reading.resume() }
        controls.stop = { reading.stop() }
        return RunningWalk(post, controls)
    }
}

/// Where the reader's thread waits for room.
private final class Reading: Sendable {
    private let mailbox: Mailbox
    private let bell = DispatchSemaphore(value: 0)
    private let isStopped = Atomic(false)

    init(_ mailbox: Mailbox) { self.mailbox = mailbox }

    func post(_ piece: Recording.Piece) {
        mailbox.post(
            piece.events.map { ConversationEvent(id: RunningWalk.own, peer: "", kind: .event($0)) },
            weight: piece.events.reduce(0) { $0 + $1.weight }
        ) { news in
            news.portion = piece.portion
            news.warnings += piece.warnings
        }
    }

    /// Waits for room; false when nobody wants to read on.
    func mayGoOn() -> Bool {
        while !isStopped.load(ordering: .acquiring) {
            if mailbox.hasRoom(RunningWalk.own) { return true }
            bell.wait()
        }
        return false
    }

    func resume() { bell.signal() }

    func stop() {
        isStopped.store(true, ordering: .releasing)
        bell.signal()
    }
}
