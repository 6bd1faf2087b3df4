import SMTP

/// The situations of a session while it goes on: fed line by line as far as somebody has seen it.
///
/// It decides nothing: `SituationReading` does. A line is read once, and a question costs the same however long the session is.
public struct SituationsSoFar: Equatable, Sendable {
    private var legs = ByLeg<SituationReading>()
    private var replies = ByLeg<TraceLine.ReplyContext>()
    /// How many lines were read.
    public private(set) var read = 0
    /// What is known now.
    public private(set) var all: [Situation] = []

    public init() {}

    /// What was read says nothing about the session: all are equal.
    public static func == (one: SituationsSoFar, other: SituationsSoFar) -> Bool { true }

    /// Reads the lines before `end` that it has not read yet. Fewer than it has read are another session, or its beginning.
    public mutating func look(at lines: TraceLines, before end: Int) {
        let end = min(end, lines.count)
        if end < read { self = Self() }
        guard end > read else { return }
        for index in read..<end { Self.take(lines[index], &legs, &replies) }
        read = end
        all = Leg.allCases.flatMap { legs[$0]?.situations ?? [] }
    }

    /// These, and what other sessions of the input tell of this one.
    public func all(with trace: Trace) -> [Situation] { all.joined(with: trace.related) }

    /// The reading is changed in its place: it is so large that to take it out for each line takes as long as to read the line.
    private static func take(
        _ line: TraceLine,
        _ legs: inout ByLeg<SituationReading>,
        _ replies: inout ByLeg<TraceLine.ReplyContext>
    ) {
        guard line.leg != .lookup else { return }
        legs.change(line.leg, orBegin: SituationReading()) { $0.take(line, &replies[line.leg]) }
    }
}

extension Situation {
    /// What is going on in a whole session: what its lines tell, then what other sessions of the same input tell with it.
    public static func all(in trace: Trace) -> [Situation] {
        var soFar = SituationsSoFar()
        soFar.look(at: trace.lines, before: trace.lines.count)
        return soFar.all.joined(with: trace.related)
    }
}

extension Trace {
    /// The same, with what other sessions of the input tell of it.
    public func related(_ situations: [Situation]) -> Trace {
        var trace = self
        trace.related = situations
        return trace
    }
}

extension [Situation] {
    /// These and what several sessions tell. Of one kind the latter stands, since more is known of it.
    public func joined(with related: [Situation]) -> [Situation] {
        let kinds = Set(related.map(\.kind))
        return filter { !kinds.contains($0.kind) } + related
    }
}

extension SituationReading {
    /// One line of a trace. `reply` is what the reply under way on its leg answers.
    fileprivate mutating func take(_ line: TraceLine, _ reply: inout TraceLine.ReplyContext?) {
        let place = Place(line: line.index, time: line.time)
        switch line.content {
        case .event(let anchor): event(anchor, line)
        case .command where line.speaker == .client:
            let isWhole = line.ending != .none
            let turn = Command.turn(of: line.octets)
            line.octets.withUnsafeBufferPointer { octets in
                asked(turn, octets, isLF: line.ending == .lf, id: isWhole ? line.index : nil, at: place)
            }
        case .reply(let context): replied(line, context, &reply, place)
        case .mailData(let part):
            content(WireLine(line.octets, ending: line.ending), isEnd: part == .end, at: place)
        case .chunk: chunk(WireLine(line.octets, ending: line.ending), at: place)
        case .tls: record(line.speaker == .client ? .client : .server, line: line.index)
        case .opaque where line.speaker == .client: unclear(line.octets, line: line.index)
        case .command, .saslResponse, .opaque, .record: break
        }
    }

    private mutating func event(_ anchor: LessonAnchor, _ line: TraceLine) {
        if let failure = line.failure {
            // Who breaks a connection off that is idle is the client.
            if failure.isOfLink { closed(by: failure == .reset ? .client : nil, line: line.index) }
            return
        }
        switch anchor.path {
        case "link/connect": connecting(to: line.endpoint.map { EndpointName($0).number })
        case "link/connected": connected()
        case "link/close": closed(by: .client, line: line.index)
        case "link/closed-by-server": closed(by: .server, line: line.index)
        case "link/gap": lost()
        case "tls/handshake": secured()
        default: break
        }
    }

    private mutating func replied(
        _ line: TraceLine,
        _ context: TraceLine.ReplyContext,
        _ reply: inout TraceLine.ReplyContext?,
        _ place: Place
    ) {
        if context.isFirst { reply = context }
        let (told, continues) = ReplyLine.head(line.octets)
        guard let code = told, !continues, let known = reply else { return }
        reply = nil
        line.octets.withUnsafeBufferPointer { octets in
            answered(known.turn, known.verb, (octets, code, ReplyLine.status(of: octets)), id: known.answers, at: place)
        }
    }
}
