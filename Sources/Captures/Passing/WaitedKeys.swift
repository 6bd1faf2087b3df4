import Cryptography

/// The secrets that open TLS which passes, and the connections that wait for theirs, the longest first. A program may write its keys
/// down before they are used or after that, and packets as well as the key log are buffered on their way.
///
/// It decides who has waited long enough: in time, in octets, and in octets of all together.
struct WaitedKeys {
    /// The most connections whose secrets are known.
    static let maxConnections = 1 << 16
    /// How long a connection waits for its secrets.
    static let patience = Duration.seconds(10)

    /// Whether there are secrets, or may be.
    private var areWanted: Bool
    /// No more will come.
    private var isOver = false
    private(set) var log = KeyLog(keepingLast: maxConnections)
    private var waiting: [PassingFlow] = []
    /// How much is kept of them all.
    private var size = 0
    private let bounds: PassingSessions.Limits
    let now: () -> ContinuousClock.Instant

    init(areWanted: Bool, _ bounds: PassingSessions.Limits, now: @escaping () -> ContinuousClock.Instant) {
        (self.areWanted, self.bounds, self.now) = (areWanted, bounds, now)
    }

    /// What could not be read of the secrets in the capture, in sentences.
    var warnings: [String] { log.warnings }

    mutating func add(_ keys: KeyLog) { log.add(keys) }

    mutating func add(block: [UInt8]) {
        areWanted = true
        log.add(block, from: .capture)
    }

    /// What opens a connection. With `areLate` nothing more is waited for.
    func keys(areLate: Bool) -> TLSKeys {
        TLSKeys(log, areWanted: areWanted, mayCome: areWanted && !isOver && !areLate)
    }

    /// Keeps count of how much of a connection waits.
    mutating func note(_ flow: PassingFlow) {
        let (now, before) = (flow.waitingSize, flow.countedSize)
        guard now != before else { return }
        if before == 0 { waiting.append(flow) }
        size += now - before
        flow.countedSize = now
    }

    /// Whether a connection may not wait longer for the sake of the memory it takes.
    func isTooMuch(_ flow: PassingFlow) -> Bool { flow.waitingSize > bounds.waitingOctets }

    /// Those whose secrets have come.
    mutating func opened() -> [PassingFlow] {
        waiting.removeAll { $0.waitsSince == nil }
        return waiting.filter { !$0.isShut(self) }
    }

    /// The one that has waited for too long, or longest where all together are too much.
    mutating func late() -> PassingFlow? {
        let over = waiting.prefix { $0.waitsSince == nil }.count
        if over > 0 { waiting.removeFirst(over) }
        guard let first = waiting.first, let since = first.waitsSince else { return nil }
        return size > bounds.allWaitingOctets || now() - since >= Self.patience ? first : nil
    }

    /// No more secrets will come. Gives all that wait.
    mutating func finish() -> [PassingFlow] {
        isOver = true
        return waiting.filter { $0.waitsSince != nil }
    }
}
