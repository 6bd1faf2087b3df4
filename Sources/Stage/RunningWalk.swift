import Dispatch

/// What runs behind a face: the sandbox world, a live session, or conversations that others have. Curses and plain text are two
/// faces of it.
///
/// It runs on the network thread and is told what to do from the thread that shows; neither ever waits for the other.
public final class RunningWalk: Sendable {
    /// The conversation that the program's own walk is; those of others are counted from 1.
    public static let own = 0

    /// How what runs is reached.
    struct Controls: Sendable {
        var release: @Sendable (_ id: Int, _ edited: [UInt8]?) -> Void = { _, _ in }
        var releaseAll: @Sendable () -> Void = {}
        var send: @Sendable ([UInt8]) -> Void = { _ in }
        var allow: @Sendable () -> Void = {}
        var resume: @Sendable ([Int]) -> Void = { _ in }
        var stop: @Sendable () -> Void = {}
    }

    let mailbox: Mailbox
    private let bell: DispatchSemaphore?
    private let controls: Controls

    init(_ post: Post, _ controls: Controls) {
        mailbox = post.mailbox
        bell = post.bell
        self.controls = controls
    }

    // MARK: What comes

    /// What happened since the last look. It is handed out once, and all at once; where reading had stopped for want of room, it
    /// goes on.
    public func news() -> News {
        let (news, freed) = mailbox.take()
        if !freed.isEmpty { controls.resume(freed) }
        return news
    }

    /// Blocks until there is news, for a face that has nothing else to wait for; false when none came for so many seconds.
    public func wait(seconds: Double? = nil) -> Bool {
        bell?.wait(timeout: seconds.map { .now() + $0 } ?? .distantFuture) == .success
    }

    // MARK: What is asked for

    /// Lets one step happen, with other octets than those that were held where a person edited them.
    public func release(_ id: Int = own, sending edited: [UInt8]? = nil) { controls.release(id, edited) }

    /// Lets all that is left happen.
    public func releaseAll() { controls.releaseAll() }

    /// Sends octets that a person typed to the server of a live session.
    public func send(byHand octets: [UInt8]) { controls.send(octets) }

    /// The mail of a live session shall be delivered.
    public func allow() { controls.allow() }

    /// Ends it without waiting: the process is about to end as well.
    public func stop() { controls.stop() }
}

/// Where what runs puts its news, before it is a walk.
struct Post: Sendable {
    let mailbox: Mailbox
    /// Rings for a face that blocks until there is news.
    let bell: DispatchSemaphore?

    /// `onNews` is called when there is something after there was nothing; nil for a face that waits with `wait`.
    init(_ onNews: (@Sendable () -> Void)?) {
        let bell = onNews == nil ? DispatchSemaphore(value: 0) : nil
        self.bell = bell
        mailbox = Mailbox(onNews: onNews ?? { bell?.signal() })
    }
}
