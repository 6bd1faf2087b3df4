import SMTP

extension Verdict {
    /// The verdict on the leg that went furthest: the relay, once anything happened there or the lookup failed.
    public init(of trace: Trace) {
        var legs = VerdictLegs()
        var replies = ByLeg<ReplyUnderWay>()
        for index in trace.lines.indices {
            let line = trace.lines.outline(of: index)
            legs.take(line, &replies[line.leg])
        }
        self = legs.verdict()
    }

    /// The lines of a reply that is not complete.
    struct ReplyUnderWay {
        let context: TraceLine.ReplyContext
        var lines: NumberRun
    }
}

/// The readings of a session's two connections. What happens around the lookup belongs to the relay.
struct VerdictLegs: Sendable {
    var submission: VerdictReading
    var relay: VerdictReading
    /// Whether the session went beyond the sender's own server.
    private var goesBeyond = false
    /// Whether somebody asked where the mail goes.
    private var hasLookedUp = false

    /// With `keepsTally` it can be asked while the session goes on.
    init(keepsTally: Bool = false) {
        (submission, relay) = (VerdictReading(keepsTally: keepsTally), VerdictReading(keepsTally: keepsTally))
    }

    /// Whether all there is so far is the mail handed in at its sender's own server.
    var isSubmission: Bool { submission.hasSpoken && !goesBeyond }
    /// The reading of the connection that went furthest.
    var furthest: VerdictReading { isSubmission ? submission : relay }
    /// Who holds the mail now, while the session goes on (RFC 5321 §6.1).
    var holder: Verdict.Holder {
        if relay.isTaken { return .recipient }
        let hasLeft = goesBeyond || relay.hasSpoken || hasLookedUp || submission.isTaken
        return hasLeft ? .sender : .author
    }

    /// Tells one leg of something; what happened on the relay is beyond the sender's own server.
    mutating func with(_ leg: Leg, _ body: (inout VerdictReading) -> Void) {
        guard leg != .submission else { return body(&submission) }
        goesBeyond = goesBeyond || leg == .relay
        body(&relay)
    }

    /// A lookup or a connection failed, or the program remarks on that; nil for what is not in the table.
    mutating func failed(_ leg: Leg, _ failure: LinkFailure?, at place: Place?, inLine line: Int? = nil) {
        guard failure?.isOfLink ?? true else { return }
        goesBeyond = goesBeyond || leg == .lookup
        with(leg) { $0.failed(failure, at: place, inLine: line) }
    }

    /// No more comes.
    mutating func verdict() -> Verdict {
        submission.finish()
        relay.finish()
        let wasSubmitted = submission.recipients.contains { $0.outcome == .accepted }
        // As it stands: a copy of either is large.
        return isSubmission
            ? Verdict(submission, isSubmission: true, wasSubmitted: wasSubmitted)
            : Verdict(relay, isSubmission: false, wasSubmitted: wasSubmitted)
    }
}

extension VerdictLegs {
    /// One line of a trace. `reply` is the reply under way on its leg.
    mutating func take(_ line: TraceLine, _ reply: inout Verdict.ReplyUnderWay?) {
        let side: Side = line.speaker == .client ? .client : .server
        if line.isWire { with(line.leg) { $0.spoke(side, at: line.place) } }
        if line.leg == .lookup { hasLookedUp = true }
        switch line.content {
        case .event(let anchor): event(line, anchor)
        case .command where line.ending != .none:
            // No more of it is read than is asked: every command of a session comes by.
            let turn = Command.turn(of: line.octets)
            let hasPath = turn == .mail || turn == .rcpt
            let address = hasPath ? line.octets.withUnsafeBufferPointer { GlancedLine.address($0) } : nil
            with(line.leg) {
                $0.asked(
                    turn,
                    address: address,
                    id: line.index,
                    transaction: line.place.transaction
                )
            }
        case .mailData(.end): with(line.leg) { $0.contentEnded(of: line.place.transaction) }
        case .reply(let context): replied(line, context, &reply)
        case .tls: with(line.leg) { $0.record(line.octets, from: side, inLine: line.index) }
        case .command, .mailData, .saslResponse, .chunk, .opaque, .record: break
        }
    }

    private mutating func event(_ line: TraceLine, _ anchor: LessonAnchor) {
        if let name = line.endpoint { return with(line.leg) { $0.connecting(to: EndpointName(name)) } }
        if let fate = line.failure?.fate {
            return with(line.leg) { $0.told(fate, of: line.recipient, at: line.place) }
        }
        if line.failure != nil { return failed(line.leg, line.failure, at: line.place, inLine: line.index) }
        switch anchor.path {
        case "link/connected": with(line.leg) { $0.connected() }
        case "link/error", "dns/failure": failed(line.leg, nil, at: line.place, inLine: line.index)
        case "link/close", "link/closed-by-server": with(line.leg) { $0.closed(inLine: line.index) }
        case "link/gap": with(line.leg) { $0.gap() }
        default: break
        }
    }

    private mutating func replied(
        _ line: TraceLine,
        _ context: TraceLine.ReplyContext,
        _ reply: inout Verdict.ReplyUnderWay?
    ) {
        let (told, continues) = ReplyLine.head(line.octets)
        if context.isFirst {
            reply = Verdict.ReplyUnderWay(context: context, lines: [line.index])
        } else {
            reply?.lines.append(line.index)
        }
        guard let code = told, !continues, let known = reply else { return }
        reply = nil
        let decision = Verdict.Decision(
            turn: known.context.turn,
            place: line.place,
            lines: known.lines,
            code: code,
            status: line.octets.withUnsafeBufferPointer { ReplyLine.status(of: $0) }
        )
        with(line.leg) {
            $0.answered(
                decision,
                id: known.context.answers,
                about: known.context.recipient,
                transaction: line.place.transaction
            )
        }
    }
}
