import Dispatch
import Interchange
import Networking
import Stage
import Synchronization
import Tracing

/// Standard input that is a pipe, read while it is written.
///
/// It decides when there is enough to show a session of it, and what has to be read as a whole instead: packets, what is packed,
/// and a text that tells of no session.
final class StreamedInput: Sendable {
    enum Beginning: Sendable {
        /// There is a session, which may go on.
        case session
        /// All of it came, and is to be read as a file is.
        case whole([UInt8])
        case failed(FileError)
    }

    private let pipe: PipeOctets
    private let pick: SessionPick
    /// Whether a text that comes without a pause is read as a file is.
    private let waitsForPause: Bool
    private let beginning = Mutex<Beginning?>(nil)
    private let bell = DispatchSemaphore(value: 0)
    private let picked = Mutex(false)

    /// Whether a session was told that somebody wants to see.
    var hasPicked: Bool { picked.withLock { $0 } }

    /// After a pause of so many milliseconds all that is known is told.
    private static let pause: Int32 = 30
    /// How long it is held back at most where lines come one by one and without a pause.
    private static let patience = Duration.milliseconds(50)
    /// Where so many octets come in that time, lines do not come one by one.
    private static let maxFlow = 64 << 10

    /// Nil where standard input is no pipe.
    init?(_ pick: SessionPick, waitsForPause: Bool) {
        guard let pipe = PipeOctets(standardInput: ()) else { return nil }
        (self.pipe, self.pick) = (pipe, pick)
        self.waitsForPause = waitsForPause
    }

    /// Begins to read.
    func start(onNews: (@Sendable () -> Void)? = nil) -> RunningWalk {
        RunningWalk.told(onNews: onNews, stop: { [pipe] in pipe.stop() }) { [self] tell in read(tell) }
    }

    /// Ends the reading, as if the writer had gone.
    func stop() { pipe.stop() }

    /// Waits until it is known what comes. `onWait` is called once when that takes longer than a second.
    func begins(onWait: () -> Void) -> Beginning {
        if bell.wait(timeout: .now() + 1) == .timedOut {
            onWait()
            bell.wait()
        }
        return beginning.withLock { $0 } ?? .whole([])
    }

    private func begin(_ found: Beginning) {
        beginning.withLock { $0 = found }
        bell.signal()
    }

    // MARK: On the reader's thread

    private func read(_ tell: ([ConversationEvent]) -> Bool) -> [String] {
        var reading = Reading(pick, waitsForPause: waitsForPause)
        var (told, flow) = (ContinuousClock.now, 0)
        do throws(FileError) {
            while true {
                let piece = try pipe.next(milliseconds: reading.isPaused ? nil : Self.pause)
                var news: [ConversationEvent] = []
                if case .octets(let octets) = piece {
                    let isLate = ContinuousClock.now - told >= Self.patience
                    if isLate, !reading.isPaused, reading.isShown, flow <= Self.maxFlow {
                        news = try reading.take(.pause)
                    }
                    if isLate || reading.isPaused { (told, flow) = (.now, 0) }
                    flow += octets.count
                }
                news += try reading.take(piece)
                if let found = reading.takeBeginning() { begin(found) }
                if !news.isEmpty {
                    picked.withLock { $0 = true }
                    if !tell(news) { return [] }
                }
                if piece == .end { return reading.warnings }
            }
        } catch {
            guard reading.isShown else {
                begin(.failed(error))
                return []
            }
            return [error.description]
        }
    }
}

/// What was read so far.
private struct Reading {
    private let waitsForPause: Bool
    private var text = StreamedText()
    private var picked: PickedNews
    /// All that came so far, kept until it is decided whether it is shown while it comes.
    private var held: [UInt8] = []
    private var untaken: [UInt8] = []
    private var found: StreamedInput.Beginning?
    private(set) var isShown = false
    private(set) var isPaused = true
    private var said = SessionWarnings(about: "", sessions: 2)

    init(_ pick: SessionPick, waitsForPause: Bool) {
        self.waitsForPause = waitsForPause
        picked = PickedNews(pick)
    }

    var warnings: [String] {
        var said = said
        return said.take()
    }

    mutating func takeBeginning() -> StreamedInput.Beginning? {
        defer { found = nil }
        return found
    }

    mutating func take(_ piece: PipeOctets.Piece) throws(FileError) -> [ConversationEvent] {
        switch piece {
        case .octets(let octets):
            isPaused = false
            untaken += octets
            if !isShown { try hold(octets) }
            return isShown || !waitsForPause ? try news(isPause: false) : []
        case .pause:
            isPaused = true
            return try news(isPause: true)
        case .end:
            if !isShown, waitsForPause || text.needsWhole { return whole() }
            return try last()
        }
    }

    private mutating func hold(_ octets: [UInt8]) throws(FileError) {
        held += octets
        guard held.count <= FileOctets.maxOctets else {
            throw FileOctets.tooLong("standard input", FileOctets.maxOctets)
        }
    }

    private mutating func whole() -> [ConversationEvent] {
        found = .whole(held)
        return []
    }

    private mutating func news(isPause: Bool) throws(FileError) -> [ConversationEvent] {
        try takeUntaken()
        guard !text.needsWhole else { return [] }
        let news = text.news(isPause: isPause)
        if !isShown, text.count > 0 { show() }
        return events(news)
    }

    private mutating func show() {
        (isShown, found, held) = (true, .session, [])
    }

    private mutating func last() throws(FileError) -> [ConversationEvent] {
        try takeUntaken()
        let news: [SessionNews]
        do { news = try text.end() } catch { throw Self.failure(error) }
        if !isShown {
            guard text.count > 0 else { return whole() }
            show()
        }
        return events(news)
    }

    private mutating func takeUntaken() throws(FileError) {
        defer { untaken = [] }
        do { try text.take(untaken) } catch { throw Self.failure(error) }
    }

    private static func failure(_ error: RecordingError) -> FileError {
        FileError(.wrongData, "standard input: \(error); \(error.advice)")
    }

    private mutating func events(_ news: [SessionNews]) -> [ConversationEvent] {
        picked.picked(news).map { news in
            let id = news.number + 1
            switch news.kind {
            case .began(let header):
                return ConversationEvent(id: id, peer: header.ends?.client ?? header.title, kind: .told(header))
            case .named(let header): return ConversationEvent(id: id, peer: "", kind: .named(header))
            case .void: return ConversationEvent(id: id, peer: "", kind: .void)
            case .happened(let event): return ConversationEvent(id: id, peer: "", kind: .event(event))
            case .over(let warnings):
                said.add(warnings)
                return ConversationEvent(id: id, peer: "", kind: .closed)
            }
        }
    }
}
