import Dispatch
import Synchronization
public import Tracing

/// A recording that is shown while it is read.
extension RunningWalk {
    /// Traces a recording piece by piece on a thread of its own; on another the verdict is read on what was traced, so that
    /// whoever shows them does neither. The first piece is news at once, then how far they have come, as often as an eye can
    /// follow.
    public static func reading<Pieces: Sequence>(
        _ recording: Pieces,
        onNews: (@Sendable () -> Void)? = nil
    ) -> RunningWalk where Pieces.Element == Recording.Piece, Pieces.Iterator: Sendable {
        let post = Post(onNews)
        let reading = Reading(post.mailbox)
        var (pieces, tracer, known) = (recording.makeIterator(), Tracer(), Reading.Known())
        if let first = pieces.next() { reading.tell(known.take(reading.traced(first, &tracer))) }
        DispatchQueue(label: "tracing").async { [pieces, tracer] in reading.trace(pieces, tracer) }
        DispatchQueue(label: "verdict").async { [known] in reading.judge(known) }
        var controls = Controls()
        controls.stop = { reading.stop() }
        return RunningWalk(post, controls)
    }
}

/// What is done behind the face, in two stages: each owns what it works on, and hands on how far it has come.
private final class Reading: Sendable {
    /// So many lines are handed on at once: with each hand the tracer copies what it shares with whom it gave it to.
    private static let linesAHand = 1 << 15
    /// How often the face is told.
    private static let pause = Duration.milliseconds(500)

    struct Traced: Sendable {
        let trace: Trace
        /// Nil when it is all.
        let portion: Double?
    }

    private let mailbox: Mailbox
    private let traced = Latest<Traced>()
    private let isStopped = Atomic(false)

    init(_ mailbox: Mailbox) { self.mailbox = mailbox }

    /// Ends it without waiting.
    func stop() { isStopped.store(true, ordering: .releasing) }

    /// The first stage.
    func trace(_ pieces: some IteratorProtocol<Recording.Piece>, _ tracer: Tracer) {
        var (pieces, tracer) = (pieces, tracer)
        var handed = tracer.trace.lines.count
        while !isStopped.load(ordering: .acquiring), let piece = pieces.next() {
            let traced = traced(piece, &tracer)
            guard traced.trace.lines.count >= handed + Self.linesAHand else { continue }
            handed = traced.trace.lines.count
            self.traced.put(traced)
        }
        if isStopped.load(ordering: .acquiring) {
            mailbox.post { $0.ending = .read }
        } else {
            tracer.finish()
            traced.put(Traced(trace: tracer.trace, portion: nil))
        }
        traced.end()
    }

    func traced(_ piece: Recording.Piece, _ tracer: inout Tracer) -> Traced {
        for event in piece.events { tracer.consume(event) }
        if !piece.warnings.isEmpty { mailbox.post { $0.warnings += piece.warnings } }
        return Traced(trace: tracer.trace, portion: piece.portion)
    }

    /// What the second stage works on: the verdict, and what is going on.
    struct Known: Sendable {
        private var verdict = VerdictSoFar()
        private var situations = SituationsSoFar()

        mutating func take(_ traced: Traced) -> TracedSoFar {
            TracedSoFar(traced.trace, reading: &verdict, &situations, portion: traced.portion)
        }
    }

    /// The second.
    func judge(_ known: Known) {
        var (known, told) = (known, ContinuousClock.now)
        while let traced = traced.take() {
            let part = known.take(traced)
            guard part.portion == nil || told.duration(to: .now) >= Self.pause else { continue }
            told = .now
            tell(part)
        }
    }

    func tell(_ part: TracedSoFar) {
        mailbox.post { news in
            news.traced = part
            if part.portion == nil { news.ending = .read }
        }
    }
}
