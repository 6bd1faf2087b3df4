import SMTP
import Tracing

/// One session of a log while it is put together: lines of the wire with their sides, and the remarks between them.
///
/// It decides what becomes an event and what was inferred. It does not know notations. Wrong input is a log that leaves
/// something out: what is missing becomes a gap and is never made up, but for the beginning of TLS, which what follows proves.
struct SessionDraft {
    /// Lines of the wire that were told, of either side.
    private(set) var lineCount = 0
    var decider: DirectionDecider
    var events: [WireEvent] = []
    private(set) var clock = LogClock()
    var time = 0.0
    /// Which event holds the last octets, and whose they are.
    private var lastOctets = (place: -1, side: Side.server)
    var remarks = RemarkGroup()
    /// Which events are remarks of the log.
    private(set) var remarkPlaces: Set<Int> = []
    var endpoint = EndpointWords()
    /// The client, where a server's log names it.
    var caller: String?
    /// What was told about the link before anybody spoke.
    var opening: [LinkFact] = []
    var tls = TLSMark.none
    /// Where TLS from the first octet was inferred from the log's words.
    var wrapped: Int?
    private var inferences: [Inference] = []
    var isClosed = false
    /// The width of the last line in the log, when it may have been wrapped there.
    var wrappedAt: Side?
    private let hidesContent: Bool
    let goesOnBelow: Bool
    private var spoke = Sides()
    private var steps: [String] = []
    var lookups: [String] = []
    private var isAnswered = true
    /// The last line of the wire, and whose it was.
    private(set) var lastLine: (side: Side, line: ArraySlice<UInt8>)?
    /// The lines of a reply that is unfinished.
    private var reply: [UInt8] = []
    private(set) var unmarked = UnmarkedLines()
    /// A gap stands in the place of the mail data under way.
    private var lacksContent = false

    enum TLSMark { case none, asked, granted }

    /// A line as the reader hands it over.
    struct Source {
        var time: TimeStamp?
        /// Whether the line fills its window to the edge, so that it may go on in the next.
        var isFull = false
        var ahead = DirectionDecider.Ahead()
        /// The side whose program wrote the line; nil where the line does not tell.
        var program: Side?
    }

    var verbs = VerbsOfRows()

    init(_ dialect: Dialect) {
        (hidesContent, goesOnBelow) = (dialect.hidesContent, dialect.goesOnBelow)
        decider = DirectionDecider(mayTakeBack: dialect.mayTakeBack)
    }

    /// Whether a greeting or a connection now begins another session.
    var isOver: Bool { isClosed || lineCount > 0 && decider.verb == .quit && !decider.isInReply }
    /// Whether QUIT was answered, or one side closed.
    var isEnded: Bool { isOver && (isClosed || !decider.isQuitUnanswered) }

    mutating func take(_ item: Peeled.Item, _ source: Source) {
        time = clock.time(of: source.time)
        if let program = source.program { decider.logOf = program }
        switch item {
        case .said(let mark, let text):
            guard text.contains(10) else { return said(mark, text, source) }
            for line in text.linesOfText { said(mark, line, source) }
        case .wrote(let mark, let octets): wrote(mark, octets, source)
        case .turn(let command, let reply): turn(command, reply, source)
        case .cut(let mark, let line, let missing): cut(mark, line, missing: missing, source)
        case .wraps(let rest): wrap(rest)
        case .leftOut(let side, .credential(let told)): leftOut(told, side, source)
        case .leftOut(_, .content(let words)): contentLeftOut(words)
        case .link(let fact): link(fact)
        case .remark(let words): remarks.append(words)
        case .either(let text) where decider.phase == .content:
            for line in text.linesOfText { said(.client, line, source) }
        case .either(let text): remarks.append(text)
        case .goesOn(let line): goOn(line, source)
        case .unsent(let reason): takeBack(reason)
        case .again: break
        }
    }

    // MARK: Lines

    mutating func said(_ mark: Side?, _ line: ArraySlice<UInt8>, _ source: Source) {
        unmarked.isReplyAhead = line.isEmpty && mark == .server && decider.phase != .content
        if line.isEmpty, decider.phase != .content, mark == nil || decider.phase != .challenged { return }
        if quotes(line, mark) { return remarks.append(line) }
        if decider.chunk > 0, mark != .server || decider.isReversed, LineShape(line).side == nil {
            return putChunk(line.ended)
        }
        // recordio's word for it.
        if line.count == 5, line.elementsEqual("[EOF]".utf8), decider.phase != .content {
            return link(.closed(mark ?? .server))
        }
        if isAnswerToProgram(line) {
            return remarks.append(Array("the end of the answer to the program's own EHLO: ".utf8) + line)
        }
        guard let side = decider.side(of: line, mark: mark, ahead: source.ahead) else {
            if goesOn(line, source) { return }
            return remarks.append(line)
        }
        let text = decider.phase == .content ? line : line.withoutEdge
        wrappedAt = nil
        if side == .client, decider.phase != .content, Placeholders.areAlone(in: text) {
            return leftOut([], .client, source)
        }
        if repeats(text, side) { return }
        if mark == nil { infer(.sides) }
        infer(.lineEnds)
        if side == .server, let lines = RunTogether.divided(text) {
            if lines.count > 1 { infer(.joinedLines) }
            for line in lines { put(line, line.ended, from: side) }
        } else {
            let line = side == .server ? text : text.withoutPadding
            put(line, line.ended, from: side)
        }
        if source.isFull { wrappedAt = side }
    }

    private mutating func wrote(_ mark: Side?, _ octets: [UInt8], _ source: Source) {
        var rest = octets[...]
        // A program that logs what it has of a reply so far says again what was said.
        if decider.isInReply, rest.count > reply.count, rest.starts(with: reply) { rest = rest.dropFirst(reply.count) }
        while !rest.isEmpty {
            if decider.chunk > 0, mark != .server || decider.isReversed, LineShape(rest).side != .server {
                let part = rest.prefix(decider.chunk)
                putChunk(Array(part))
                rest = rest[part.endIndex...]
                continue
            }
            let end = rest.firstIndex(of: 10).map { $0 + 1 } ?? rest.endIndex
            let whole = rest[..<end]
            rest = rest[end...]
            let line = whole.last == 10 ? whole.dropLast(whole.dropLast().last == 13 ? 2 : 1) : whole
            guard let side = decider.side(of: line, mark: mark, ahead: source.ahead) else {
                remarks.append(line)
                continue
            }
            put(line, Array(whole), from: side)
        }
    }

    mutating func put(_ line: ArraySlice<UInt8>, _ octets: [UInt8], from side: Side) {
        if lineCount == 0 { open(with: line, from: side) }
        if tls == .granted, !decider.isInReply {
            secure("TLS began here; the log does not say so, but it goes on", isInferred: true)
        }
        lackChunk()
        // The server answers the mail data, so it had ended.
        if side == .server, decider.phase == .content { lackContent() }
        if side == .client, hidesContent, decider.phase == .content, line.elementsEqual([UInt8(ascii: ".")]) {
            lackContent()
        }
        let shape = LineShape(line)
        if side == .server, case .reply(let code, _) = shape, code != 421 {
            if decider.awaitsResponse {
                lackResponse()
            } else if decider.phase == .commands, spoke.contains(.client), decider.owesNothing {
                lackCommand()
            }
        }
        let isContent = decider.phase == .content
        // A line that is not whole is asked about as it stands.
        let unfinished = side == .server || isContent || octets.last == 10 ? nil : decider.credential(in: octets)
        let told = decider.took(octets, from: side)
        let secret = octets.last == 10 ? told : unfinished
        if side == .client, !isContent, let secret, Placeholders.stand(in: octets[secret]) {
            flushRemarks()
            note("the credential in the next line is not in the log: the program put a word in its place")
        }
        emit(octets, from: side)
        if side == .client || !decider.isInReply { reply = [] } else if reply.count < 1 << 16 { reply += octets }
        lineCount += 1
        lastLine = (side, line)
        spoke.insert(side)
        if side == .server { unmarked.take(line) }
        isAnswered = side == .server
        switch shape {
        case .command(.startTLS) where side == .client:
            tls = .asked
            takeBackWrapping()
        case .reply(220, let continues) where side == .server && tls == .asked: if !continues { tls = .granted }
        case .reply where side == .server && tls == .asked: tls = .none
        case .reply(354, _) where side == .server: lacksContent = false
        default: break
        }
    }

    mutating func emit(_ octets: [UInt8], from side: Side) {
        flushRemarks()
        // What came at one time is one event, as far as it stays small.
        let isOther = lastOctets.place == events.count - 1 && lastOctets.side != side
        if !isOther, let last = events.indices.last, events[last].time == time,
            case .octets(side, var before, _) = events[last].kind, before.count < 1 << 16
        {
            events[last].kind = .note("")
            before += octets
            events[last].kind = .octets(from: side, before)
            return
        }
        if events.isEmpty { events.reserveCapacity(16) }
        lastOctets = (events.count, side)
        events.append(WireEvent(.octets(from: side, octets), leg: .relay, at: time))
    }

    // MARK: What the log leaves out

    private mutating func leftOut(_ told: [UInt8], _ side: Side, _ source: Source) {
        guard side == .client else {
            return remarks.append(Array("what the server answered is not in the log".utf8)[...])
        }
        if told.isEmpty, decider.phase != .challenged {
            // Not even what it answered is in the log.
            flushRemarks()
            note("a line with a credential is not in the log")
            lack(nil)
            return
        }
        let line = told.isEmpty ? Mask.octets : told + [32] + Mask.octets
        if lineCount == 0 { open(with: line[...], from: .client) }
        flushRemarks()
        note("the credential in the next line is not in the log")
        emit(line + [13, 10], from: .client)
        decider.took(line + [13, 10], from: .client)
        lineCount += 1
    }

    mutating func contentLeftOut(_ words: String) {
        guard decider.phase == .content else { return }
        lackContent()
        if !words.isEmpty { note("of the mail data the log says: \(words)") }
    }

    /// Mail data, or the rest of it, is not in the log.
    private mutating func lackContent() {
        guard !lacksContent else { return }
        lacksContent = true
        flushRemarks()
        lack(nil)
    }

    /// The server answers a response that the log does not show.
    private mutating func lackResponse() {
        flushRemarks()
        note("a line with a credential is not in the log")
        lack(nil)
    }

    /// The server answers a command that the log does not show.
    private mutating func lackCommand() {
        flushRemarks()
        lack(nil)
    }

    /// Octets of the client are missing.
    mutating func lack(_ count: Int?) {
        events.append(WireEvent(.gap(from: .client, octets: count), leg: .relay, at: time))
        decider.lost(count)
    }

    /// What BDAT announced and the log does not show (RFC 3030 §2).
    private mutating func lackChunk() {
        guard decider.chunk > 0 else { return }
        flushRemarks()
        lack(decider.chunk)
    }

    private mutating func putChunk(_ octets: [UInt8]) {
        let part = Array(octets.prefix(decider.chunk))
        emit(part, from: .client)
        decider.took(part, from: .client)
    }

    /// The last line of the client was shown as it was typed, and was not sent.
    private mutating func takeBack(_ reason: String) {
        guard case .octets(.client, let octets, _) = events.last?.kind, octets.suffix(2) == [13, 10] else {
            return remarks.append(Array(reason.utf8)[...])
        }
        let line = octets.dropLast(2).lastIndex(of: 10).map { octets[($0 + 1)...] } ?? octets[...]
        if line.count < octets.count {
            events[events.count - 1].kind = .octets(
                from: .client,
                Array(octets[..<line.startIndex])
            )
        } else {
            events.removeLast()
        }
        decider.tookBack()
        let shown = Mask.over(Array(line.dropLast(2)), decider.credential(in: Array(line)).map { [$0] } ?? [])
            .octets
        note("typed and not sent, for \(reason): \(shown[...].text)")
        isAnswered = true
    }

    mutating func secure(_ facts: String, isInferred: Bool) {
        flushRemarks()
        events.append(WireEvent(.tls(TLSFacts(told: facts)), leg: .relay, at: time))
        decider.secured()
        tls = .none
        if isInferred { infer(.tls) }
    }

    /// A log of one side alone: what the other side said is a gap, and no fault of either.
    private mutating func tellOneSide() {
        guard let side = spoke.only else { return }
        events.insert(WireEvent(.gap(from: side.other, octets: nil), leg: .relay), at: 0)
        remarkPlaces = Set(remarkPlaces.map { $0 + 1 })
        steps.append("the log holds nothing that the \(side.other.rawValue) said")
    }

    // MARK: Remarks

    mutating func infer(_ inference: Inference) {
        if !inferences.contains(inference) { inferences.append(inference) }
    }

    mutating func flushRemarks() {
        guard let text = remarks.take() else { return }
        remarkPlaces.insert(events.count)
        events.append(WireEvent(.note(text), leg: .relay, at: time))
    }

    /// What happened, once no more lines come, for whoever shows none of the octets: nothing in it is marked as a credential, and
    /// what the reader has to say of the text is not in it. Nil when nobody said anything.
    mutating func finishedForList() -> Recording? {
        guard end() else { return nil }
        return Recording(
            header: header(title: "", source: ""),
            events: remark.isEmpty ? events : remark + events,
            warnings: []
        )
    }

    /// No more lines come; false when nobody said anything.
    private mutating func end() -> Bool {
        guard lineCount > 0 else { return false }
        flushRemarks()
        lackChunk()
        // The log ends; whether an answer came it does not say.
        if !isAnswered || decider.isQuitUnanswered, !isClosed, spoke.areBoth {
            events.append(WireEvent(.gap(from: .server, octets: nil), leg: .relay, at: time))
        }
        tellOneSide()
        return true
    }

    /// The recording, once no more lines come; nil when nobody said anything.
    mutating func finish(_ dialect: Dialect, steps: [String]) -> Recording? {
        end() ? recording(dialect, steps: steps) : nil
    }

    /// The recording as far as its lines have come, without what only the end of the log tells; nil while nobody has said anything.
    func soFar(_ dialect: Dialect, steps: [String]) -> Recording? {
        lineCount > 0 ? recording(dialect, steps: steps) : nil
    }

    private func recording(_ dialect: Dialect, steps: [String]) -> Recording {
        let inferred = Inference.allCases.filter { inference in
            switch inference {
            case .sides: inferences.contains(.sides) || decider.isReversed
            case .times: !clock.isKnown
            default: inferences.contains(inference)
            }
        }.map(\.words)
        var warnings = steps + self.steps
        if !inferred.isEmpty {
            warnings.append("inferred, for the log does not show it: " + inferred.joined(separator: ", "))
        }
        if clock.ranBackwards {
            warnings.append("the times of the log run backwards; such lines are shown at the later time")
        }
        let source = "read as \(dialect.name)"
        let preface = [
            WireEvent(.note("how the mail came to the sender's own server is not in the log"), leg: .submission),
            WireEvent(.note(lookupWords), leg: .lookup),
            WireEvent(.note(([source] + warnings).joined(separator: "\n")), leg: .relay),
        ]
        return Recording(
            header: header(title: title, source: source),
            events: preface + remark + masked,
            warnings: warnings
        )
    }
}
