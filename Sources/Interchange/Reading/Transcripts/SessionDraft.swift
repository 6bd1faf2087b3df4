import SMTP
import Tracing

/// One session of a log while it is put together: lines of the wire with their sides, and the remarks between them.
///
/// It decides what becomes an event and what was inferred. It does not know notations. Wrong input is a log that leaves
/// something out: what is missing is said and never made up, but for the dot and the beginning of TLS that what follows proves.
struct SessionDraft {
    /// Lines of the wire that were told, of either side.
    private(set) var lineCount = 0
    private(set) var decider = DirectionDecider()
    private var events: [WireEvent] = []
    private var clock = LogClock()
    private var time = 0.0
    private var remarks = RemarkGroup()
    private var endpoint = EndpointWords()
    /// What was told about the link before anybody spoke.
    private var opening: [LinkFact] = []
    private var tls = TLSMark.none
    private var inferences: [Inference] = []
    private var isClosed = false
    /// The width of the last line in the log, when it may have been wrapped there.
    private var wrappedAt: Side?
    private let hidesContent: Bool

    private enum TLSMark { case none, asked, granted }

    /// What was not in the log, in the order it is told.
    enum Inference: CaseIterable {
        case sides, lineEnds, times, dot, tls, joinedLines, wrappedLines
    }

    /// A line as the reader hands it over.
    struct Source {
        var time: TimeStamp?
        /// Whether the line fills its window to the edge, so that it may go on in the next.
        var isFull = false
        /// Whether a lone dot comes before another session begins; asked only when no mark tells.
        var endsLater: () -> Bool = { true }
    }

    init(hidesContent: Bool) { self.hidesContent = hidesContent }

    /// Whether a greeting or a connection now begins another session.
    var isOver: Bool { isClosed || lineCount > 0 && decider.verb == .quit && !decider.isInReply }

    mutating func take(_ item: Peeled.Item, _ source: Source) {
        time = clock.time(of: source.time)
        switch item {
        case .said(let mark, let line): said(mark, line, source)
        case .wrote(let mark, let octets): wrote(mark, octets, source)
        case .leftOut(let side, .credential(let told)): leftOut(told, side, source)
        case .leftOut(_, .content(let words)): contentLeftOut(words)
        case .link(let fact): link(fact)
        case .remark(let words): remarks.append(words)
        case .again: break
        }
    }

    // MARK: Lines

    private mutating func said(_ mark: Side?, _ line: ArraySlice<UInt8>, _ source: Source) {
        if line.isEmpty, decider.phase != .content { return }
        guard let side = decider.side(of: line, mark: mark, endsLater: source.endsLater) else {
            if goesOn(line, source) { return }
            return remarks.append(line)
        }
        wrappedAt = nil
        if mark == nil { infer(.sides) }
        infer(.lineEnds)
        let lines = side == .server ? RunTogether.lines(of: line) : [line.withoutPadding]
        if lines.count > 1 { infer(.joinedLines) }
        for line in lines { put(line, line + [13, 10], from: side) }
        if source.isFull { wrappedAt = side }
    }

    private mutating func wrote(_ mark: Side?, _ octets: [UInt8], _ source: Source) {
        var rest = octets[...]
        while !rest.isEmpty {
            let end = rest.firstIndex(of: 10).map { $0 + 1 } ?? rest.endIndex
            let whole = rest[..<end]
            rest = rest[end...]
            let line = whole.last == 10 ? whole.dropLast(whole.dropLast().last == 13 ? 2 : 1) : whole
            guard let side = decider.side(of: line, mark: mark, endsLater: source.endsLater) else {
                remarks.append(line)
                continue
            }
            put(line, Array(whole), from: side)
        }
    }

    /// A line that says nothing by itself goes on with the one before, if that was cut at the edge of a window.
    private mutating func goesOn(_ line: ArraySlice<UInt8>, _ source: Source) -> Bool {
        guard let side = wrappedAt, case .octets(side, var octets, let secrets) = events.last?.kind,
            octets.suffix(2) == [13, 10]
        else { return false }
        octets.removeLast(2)
        octets += line + [13, 10]
        events[events.count - 1].kind = .octets(from: side, octets, secrets: secrets)
        infer(.wrappedLines)
        wrappedAt = source.isFull ? side : nil
        return true
    }

    private mutating func put(_ line: ArraySlice<UInt8>, _ octets: [UInt8], from side: Side) {
        if lineCount == 0 { open(with: line, from: side) }
        if tls == .granted, !decider.isInReply {
            secure("TLS began here; the log does not say so, but it goes on", isInferred: true)
        }
        if side == .server, decider.phase == .content { endContent() }
        if side == .client, hidesContent, decider.phase == .content, line.elementsEqual([UInt8(ascii: ".")]) {
            flushRemarks()
            note("the mail data is not in the log")
        }
        let secret = side == .client ? credential(in: line, octets) : nil
        emit(octets, from: side, secret)
        decider.took(line, from: side)
        lineCount += 1
        switch LineShape(line) {
        case .command(.startTLS) where side == .client: tls = .asked
        case .reply(220, let continues) where side == .server && tls == .asked: if !continues { tls = .granted }
        case .reply where side == .server && tls == .asked: tls = .none
        default: break
        }
    }

    private mutating func emit(_ octets: [UInt8], from side: Side, _ secret: Range<Int>?) {
        flushRemarks()
        let marked = secret.map { [$0] } ?? []
        // What came at one time is one event, as far as it stays small.
        if let last = events.last, last.time == time, case .octets(side, var before, let secrets) = last.kind,
            before.count < 1 << 16
        {
            let offset = before.count
            events[events.count - 1].kind = .note("")
            before += octets
            let all = secrets + marked.map { $0.lowerBound + offset..<$0.upperBound + offset }
            events[events.count - 1].kind = .octets(from: side, before, secrets: all)
            return
        }
        events.append(WireEvent(.octets(from: side, octets, secrets: marked), leg: .relay, at: time))
    }

    /// Where a line of the client is a credential (RFC 4954 §4): the initial response of AUTH, or the answer to a challenge.
    private func credential(in line: ArraySlice<UInt8>, _ octets: [UInt8]) -> Range<Int>? {
        if decider.phase == .challenged {
            return line.isEmpty || line.elementsEqual([UInt8(ascii: "*")]) ? nil : 0..<line.count
        }
        guard decider.phase == .commands else { return nil }
        let words = line.split(whereSeparator: \.isBlank)
        guard words.count >= 3, Verb(reading: words[0]) == .auth, let end = words.last?.endIndex else { return nil }
        return words[2].startIndex - line.startIndex..<end - line.startIndex
    }

    // MARK: What the log leaves out

    private mutating func leftOut(_ told: [UInt8], _ side: Side, _ source: Source) {
        guard side == .client else {
            return remarks.append(Array("what the server answered is not in the log".utf8)[...])
        }
        let line = told.isEmpty ? Secrets.mask : told + [32] + Secrets.mask
        if lineCount == 0 { open(with: line[...], from: .client) }
        flushRemarks()
        note("the credential in the next line is not in the log")
        emit(line + [13, 10], from: .client, line.count - Secrets.mask.count..<line.count)
        decider.took(line[...], from: .client)
        lineCount += 1
    }

    private mutating func contentLeftOut(_ words: String) {
        guard decider.phase == .content || decider.phase == .dataAsked else { return }
        flushRemarks()
        note("the mail data is not in the log" + (words.isEmpty ? "" : " (\(words))"))
    }

    /// The server answers the mail data: so it had ended, although the log shows no dot.
    private mutating func endContent() {
        flushRemarks()
        note("the dot that ended the mail data is not in the log; it is inferred from the answer")
        infer(.dot)
        let dot: [UInt8] = [UInt8(ascii: "."), 13, 10]
        emit(dot, from: .client, nil)
        decider.took(dot[..<1], from: .client)
    }

    private mutating func secure(_ facts: String, isInferred: Bool) {
        flushRemarks()
        events.append(WireEvent(.tls(TLSFacts(facts)), leg: .relay, at: time))
        decider.secured()
        tls = .none
        if isInferred { infer(.tls) }
    }

    // MARK: The link

    private mutating func link(_ fact: LinkFact) {
        guard lineCount > 0 else { return learn(fact) }
        switch fact {
        case .secured(let facts): secure(facts, isInferred: false)
        case .closed(let side):
            flushRemarks()
            guard !isClosed else { return }
            isClosed = true
            events.append(WireEvent(.close(by: side), leg: .relay, at: time))
        case .failed(let sentence):
            flushRemarks()
            events.append(WireEvent(.error(sentence), leg: .relay, at: time))
        case .connecting(let place), .connected(let place): remarks.append(Array("connected to \(place)".utf8)[...])
        }
    }

    private mutating func learn(_ fact: LinkFact) {
        if case .connecting(let place) = fact { endpoint.learn(place) }
        if case .connected(let place) = fact { endpoint.learn(place) }
        opening.append(fact)
    }

    /// Somebody speaks for the first time. What was told about the link before are events when the server greets; in a log
    /// that begins later they would put what follows out of its order, and are remarks.
    private mutating func open(with line: ArraySlice<UInt8>, from side: Side) {
        var isGreeting = false
        if side == .server, case .reply(let code, _) = LineShape(line) { isGreeting = code == 220 || code >= 400 }
        guard !opening.isEmpty else {
            return note("how the connection came about is not in the log")
        }
        guard isGreeting else {
            note("connected to \(endpoint.text); the log begins later")
            return
        }
        flushRemarks()
        events.append(WireEvent(.connect(to: endpoint.text), leg: .relay, at: time))
        events.append(WireEvent(.connected(to: endpoint.text), leg: .relay, at: time))
        for case .secured(let facts) in opening {
            events.append(WireEvent(.tls(TLSFacts(facts)), leg: .relay, at: time))
        }
    }

    // MARK: Remarks

    private mutating func infer(_ inference: Inference) {
        if !inferences.contains(inference) { inferences.append(inference) }
    }

    private mutating func flushRemarks() {
        guard let text = remarks.take() else { return }
        events.append(WireEvent(.note(text), leg: .relay, at: time))
    }

    private mutating func note(_ text: String) { events.append(WireEvent(.note(text), leg: .relay, at: time)) }

    /// The recording, once no more lines come; nil when nobody said anything.
    mutating func finish(_ dialect: Dialect, steps: [String]) -> Recording? {
        guard lineCount > 0 else { return nil }
        flushRemarks()
        if !clock.isKnown { infer(.times) }
        let inferred = Inference.allCases.filter { inferences.contains($0) || $0 == .sides && decider.isReversed }.map(
            \.words
        )
        var warnings = steps
        if !inferred.isEmpty {
            warnings.append("inferred, for the log does not show it: " + inferred.joined(separator: ", "))
        }
        if clock.ranBackwards {
            warnings.append("the times of the log run backwards; such lines are shown at the later time")
        }
        let source = "a log in the notation of \(dialect.name)"
        let preface = [
            WireEvent(.note("how the mail came to the sender's own server is not in the log"), leg: .submission),
            WireEvent(.note("which server was chosen, and how, is not in the log"), leg: .lookup),
            WireEvent(.note((["read from \(source)"] + warnings).joined(separator: "\n")), leg: .relay),
        ]
        return Recording(
            header: .init(began: clock.began, title: title, source: source),
            events: preface + events,
            warnings: warnings
        )
    }

    /// The server's own name from its greeting, or whom the log says the connection goes to.
    private var title: String {
        let name = events.lazy.compactMap { event -> String? in
            guard case .octets(.server, let octets, _) = event.kind, octets.starts(with: "220".utf8) else { return nil }
            return octets.dropFirst(4).prefix { $0 > 32 }.text
        }.first
        return "A session with \(name.flatMap { $0.isEmpty ? nil : $0 } ?? "a mail server")"
    }
}

extension SessionDraft.Inference {
    var words: String {
        switch self {
        case .sides: "who spoke"
        case .lineEnds: "the line ends"
        case .times: "the times"
        case .dot: "the dot behind the mail data"
        case .tls: "the beginning of TLS"
        case .joinedLines: "where lines that were run together are divided"
        case .wrappedLines: "where lines that were wrapped go on"
        }
    }
}

/// Lines of a log that are no dialogue, kept until the next line of it. Long groups are cut.
struct RemarkGroup {
    private var lines: [String] = []
    private var more = 0
    private var total = 0
    /// The most lines that are kept between two lines of the dialogue, and in a session.
    static let mostInGroup = 20
    static let mostInAll = 2_000

    mutating func append(_ line: ArraySlice<UInt8>) {
        let text = line.trimmed
        guard !text.isEmpty else { return }
        guard lines.count < Self.mostInGroup, total < Self.mostInAll else {
            more += 1
            return
        }
        total += 1
        lines.append(Credentials.masked(text.prefix(400).text))
    }

    /// The group as one text, and begins another; nil when there is nothing.
    mutating func take() -> String? {
        guard !lines.isEmpty || more > 0 else { return nil }
        if more > 0 { lines.append("and \(more) more lines of the log that are no dialogue") }
        defer { (lines, more) = ([], 0) }
        return lines.joined(separator: "\n")
    }
}

/// Passwords in command lines and settings that stand in a log.
enum Credentials {
    private static let options: Set<String> = [
        "--auth-password", "-ap", "--password", "--pass", "-pass", "-w", "-au", "--auth-user",
    ]

    static func masked(_ text: String) -> String {
        guard text.contains("pass") || text.contains("-ap") || text.contains("@") || text.contains("AUTH") else {
            return text
        }
        let mask = String(decoding: Secrets.mask, as: UTF8.self)
        var words = text.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
        for index in words.indices {
            if index > 0, options.contains(words[index - 1]) { words[index] = mask }
            let lower = words[index].lowercased()
            for name in ["password=", "passwd=", "pass=", "password:"]
            where lower.hasPrefix(name) && lower.count > name.count {
                words[index] = String(words[index].prefix(name.count)) + mask
            }
            // smtp://user:password@host
            if let scheme = words[index].range(of: "://"), let at = words[index].lastIndex(of: "@"),
                at > scheme.upperBound,
                let colon = words[index][scheme.upperBound..<at].firstIndex(of: ":")
            {
                words[index].replaceSubrange(words[index].index(after: colon)..<at, with: mask)
            }
        }
        return words.joined(separator: " ")
    }
}
