import SMTP

/// Events of the link, and octets as they come.
extension SessionTracer {
    // MARK: Link

    mutating func connecting(to endpoint: String, _ trace: inout Trace) {
        beginConnection(&trace)
        connection = .trying
        marks.endpoint = EndpointName(endpoint)
        appendEvent("connecting to \(endpoint)", "link/connect", endpoint: endpoint, &trace)
    }

    mutating func connected(to endpoint: String, _ trace: inout Trace) {
        if connection != .trying { beginConnection(&trace) }
        connection = .standing
        appendEvent("connected to \(endpoint)", "link/connected", &trace)
    }

    /// A further connection, after one that was used or failed, starts the session again: step 3a, 4a …
    private mutating func beginConnection(_ trace: inout Trace) {
        if connection != .unseen || lastWireLine != nil {
            finish(&trace)
            startOver()
        }
        reader.connected()
        _ = enter(.greeting)
    }

    mutating func failed(_ failure: WireEvent.Failure, _ trace: inout Trace) {
        flush(&trace)
        if connection == .unseen, lastWireLine == nil {
            _ = enter(.greeting)
            connection = .trying
            reader.connected()
        }
        let silence = noteSilence(&trace)
        if failure.failure == .tlsFailed { failHandshake(&trace) } else { noteUnfinishedHandshake(&trace) }
        marks.hasFailed = true
        trace.fail(place)
        appendEvent(failure.words, failure.failure?.anchor.path ?? "link/error", failure: failure.failure, &trace)
        if let silence, failure.failure == .reset { trace.find(Departure(silence), inLine: trace.lines.count - 1) }
    }

    mutating func closed(by side: Side, _ trace: inout Trace) {
        let anchor = side == .client ? "link/close" : "link/closed-by-server"
        let hasQuit = reader.saidQuit
        let silence = noteSilence(&trace)
        let isCause = marks.said421 || marks.hasFailed || reader.isForeign || isOpaque || connection == .closed
        finish(&trace)
        noteUnfinishedHandshake(&trace)
        appendEvent("connection closed by the \(side.rawValue)", anchor, &trace)
        connection = .closed
        if let silence {
            trace.find(Departure(silence), inLine: trace.lines.count - 1)
            return trace.fail(place)
        }
        guard !hasQuit, !isCause, !reader.lacksAnything, side == .client || !marks.said521 else { return }
        trace.find(Departure(side == .client ? .closedWithoutQuit : .closedWithout421), inLine: trace.lines.count - 1)
        trace.fail(place)
    }

    /// What it means that a connection is over on which the server has not said a word; nil where it has, or where nobody knows.
    ///
    /// On port 465 it was waiting for TLS, and so were the commands that it let pass without a word (RFC 8314 §3.3).
    private func noteSilence(_ trace: inout Trace) -> Departure.Kind? {
        guard connection == .standing, !marks.hasFailed, reader.server.isUntouched, marks.handshakePlace == nil,
            !reader.lacksAnything
        else { return nil }
        let kind: Departure.Kind = marks.endpoint?.beginsWithTLS == true ? .clearInsteadOfTLS : .noGreeting
        if kind == .clearInsteadOfTLS, let line = marks.ungreeted.first { trace.find(Departure(kind), inLine: line) }
        return kind
    }

    /// Shows what is unfinished and notes what was never answered.
    mutating func finish(_ trace: inout Trace) {
        flush(&trace)
        if reader.mode == .mailData, !reader.lacksAnything {
            trace.find(Departure(.dataNotEnded), inLine: lastWireLine ?? trace.lines.count - 1)
        }
        if let mail {
            sayWhatIsLeftOut(&trace)
            trace.mails[mail].cut = .brokenOff
        }
        for sent in reader.end().compactMap({ sent[$0] }) {
            if let mail = sent.mail, trace.mails[mail].cut == nil { trace.mails[mail].cut = .unanswered }
            // After 421 nobody expects an answer (RFC 5321 §3.8).
            if !marks.said421, !reader.lacks(.server), !reader.server.isUntouched, !reader.answersInTLS,
                let line = sent.line
            {
                trace.find(Departure(.commandUnanswered), inLine: line)
            }
        }
        sent = [:]
    }

    mutating func flush(_ trace: inout Trace, _ sides: [Side] = Side.allCases, isCut: Bool = false) {
        isFlushing = true
        for side in sides {
            if let said = reader.finish(side, isCut: isCut) { tell(said, &trace) }
        }
        isFlushing = false
    }

    // MARK: Octets

    mutating func octets(_ octets: [UInt8], marks: [Range<Int>], from side: Side, _ trace: inout Trace) {
        if side == .server, reader.holdsBeginning {
            reader.decideBeginning()
            drain(.client, &trace)
        }
        var position = 0
        if marks.isEmpty {
            // Most lines are told where they stand.
            while position < octets.count, let said = reader.nextPlain(in: octets, at: position, from: side) {
                position += said.piece.line.count
                tell(said, &trace)
            }
        }
        if position == 0 {
            reader.append(octets, from: side, marks: marks)
        } else if position < octets.count {
            reader.append(Array(octets[position...]), from: side)
        }
        drain(side, &trace)
        dropCarrier(of: side)
    }

    /// Whether TLS goes by whose keys nobody gave us.
    var isOpaque: Bool { reader.expectsTLS || reader.speaksTLSToCommands || reader.answersInTLS }

    private mutating func drain(_ side: Side, _ trace: inout Trace) {
        while true {
            if side == .client, passBody(&trace) { continue }
            guard let said = reader.next(side) else { return }
            tell(said, &trace)
        }
    }

    /// What the reader says of a piece becomes a line of the trace.
    private mutating func tell(_ said: Utterance, _ trace: inout Trace) {
        for id in said.assumed { assumeAnswer(to: id) }
        switch said.kind {
        case .command(let asked): command(asked, said, &trace)
        case .reply(let answer): reply(answer, said, &trace)
        case .mailData(let content): mailData(content, said, &trace)
        case .strayMailData(let isFirst, let id): strayMailData(isFirst: isFirst, id: id, said, &trace)
        case .chunk(let endsLast): chunk(endsLast: endsLast, said, &trace)
        case .strayChunk(let stray): strayChunk(stray, said, &trace)
        case .saslResponse(let response): saslResponse(response, said, &trace)
        case .tls(let isOutOfPlace): record(said.octets, from: said.side, isOutOfPlace: isOutOfPlace, &trace)
        case .proxy(let header): proxied(header, said, &trace)
        case .rest where said.piece.continuesLine: restOfLine(said, &trace)
        case .rest: append(said, .opaque, at: place, departures: [], &trace)
        }
    }

    /// What goes on with a line that was too long to be held at once. It is no line of its own.
    private mutating func restOfLine(_ said: Utterance, _ trace: inout Trace) {
        let piece = said.piece
        if piece.leftOut > 0 { appendEvent("\(piece.leftOut) octets of this line are left out", "syntax/note", &trace) }
        if said.side == .client, content != nil { return restOfMailData(said, &trace) }
        let kind = said.side == .client ? Departure.Kind.commandLineTooLong : .replyLineTooLong
        append(said, .opaque, at: place, departures: piece.departures + [Departure(kind)], &trace)
    }

    /// What a proxy says ahead of a session: who is really there (HAProxy, "The PROXY protocol").
    private mutating func proxied(_ header: ProxyHeader, _ said: Utterance, _ trace: inout Trace) {
        appendEvent(header.words, "link/proxy", &trace)
    }
}

extension ProxyHeader {
    /// Who the proxy says is there.
    fileprivate var words: String {
        let name = "PROXY header, version \(version.rawValue), \(octetCount) octets"
        guard command == .proxy, let source else { return "\(name): the proxy speaks for itself" }
        let server = destination.map { ", and came to \($0.words)" } ?? ""
        return "\(name): the client is \(source.words)\(server)"
    }
}

extension ProxyHeader.Endpoint {
    fileprivate var words: String {
        guard let port else { return address }
        return address.utf8.contains(UInt8(ascii: ":")) ? "[\(address)]:\(port)" : "\(address):\(port)"
    }
}
