import Dispatch
public import Networking
import Synchronization

/// Conversations that somebody tells of, who reads of them.
extension RunningWalk {
    /// Runs `read` on a thread of its own. It tells what it reads, and where there is no room for more `tell` makes it wait; that
    /// answers no when nobody wants to hear more. What it gives at the end is said when the walk is over. `stop` ends its waiting
    /// for others.
    public static func told(
        onNews: (@Sendable () -> Void)? = nil,
        stop: @escaping @Sendable () -> Void,
        _ read: @escaping @Sendable (_ tell: ([ConversationEvent]) -> Bool) -> [String]
    ) -> RunningWalk {
        let post = Post(onNews)
        let mailbox = post.mailbox
        let bell = DispatchSemaphore(value: 0)
        let isStopped = Atomic(false)
        let tell: @Sendable ([ConversationEvent]) -> Bool = { events in
            for event in events { mailbox.post(event) }
            // Very many that are short have room each, and not all together.
            while !isStopped.load(ordering: .acquiring), !mailbox.hasRoom() { bell.wait() }
            for id in Set(events.map(\.id)) {
                while !isStopped.load(ordering: .acquiring), !mailbox.hasRoom(id) { bell.wait() }
            }
            return !isStopped.load(ordering: .acquiring)
        }
        DispatchQueue(label: "reading").async {
            let warnings = read(tell)
            mailbox.post { news in
                news.warnings += warnings
                news.ending = .read
            }
        }
        var controls = Controls()
        controls.resume = { _ in bell.signal() }
        controls.stop = {
            isStopped.store(true, ordering: .releasing)
            stop()
            bell.signal()
        }
        return RunningWalk(post, controls)
    }
}
