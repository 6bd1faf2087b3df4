import SMTP

/// Events of the link, and octets as they come.
extension SessionTracer {
    // MARK: Link

    mutating func connecting(to endpoint: String, _ trace: inout Trace) {
        beginConnection(&trace)
        connection = .trying
        appendEvent("connecting to \(endpoint)", "link/connect", &trace)
    }

    mutating func connected(to endpoint: String, _ trace: inout Trace) {
        if connection != .trying { beginConnection(&trace) }
        connection = .standing
        appendEvent("connected to \(endpoint)", "link/connected", &trace)
    }

    /// Another connection after one that was used or failed starts the session over: step 3a, 4a …
    private mutating func beginConnection(_ trace: inout Trace) {
        if connection != .unseen || lastWireLine != nil {
            finish(&trace)
            startOver()
        }
        _ = enter(.greeting)
    }

    mutating func failed(_ sentence: String, _ trace: inout Trace) {
        flush(&trace)
        if connection == .unseen, lastWireLine == nil {
            _ = enter(.greeting)
            connection = .trying
        }
        marks.hasFailed = true
        trace.failed.insert(place)
        appendEvent(sentence, LinkFailure(toldBy: sentence)?.anchor.path ?? "link/error", &trace)
    }

    mutating func closed(by side: Side, _ trace: inout Trace) {
        let anchor = side == .client ? "link/close" : "link/closed-by-server"
        let hasQuit = sequence.phase == .ended || pending.entries.contains { $0.turn == .quit }
        let isCause = marks.said421 || marks.hasFailed || marks.isForeign || isOpaque || connection == .closed
        finish(&trace)
        appendEvent("connection closed by the \(side.rawValue)", anchor, &trace)
        connection = .closed
        guard !hasQuit, !isCause, marks.lost.isEmpty, side == .client || !marks.said521 else { return }
        trace.find(Departure(side == .client ? .closedWithoutQuit : .closedWithout421), inLine: trace.lines.count - 1)
        trace.failed.insert(place)
    }

    /// Shows what is unfinished and notes what was never answered.
    mutating func finish(_ trace: inout Trace) {
        flush(&trace)
        if case .mailData = mode, marks.lost.isEmpty {
            trace.find(Departure(.dataNotEnded), inLine: lastWireLine ?? trace.lines.count - 1)
        }
        mode = .commands
        if let mail { trace.mails[mail].cut = .brokenOff }
        for sent in takeAllPending() {
            if let mail = sent.mail, trace.mails[mail].cut == nil { trace.mails[mail].cut = .unanswered }
            // After 421 nobody expects an answer (RFC 5321 §3.8).
            if !marks.said421, !marks.lost.contains(.server), let line = sent.line {
                trace.find(Departure(.commandUnanswered), inLine: line)
            }
        }
    }

    mutating func flush(_ trace: inout Trace, _ sides: [Side] = Side.allCases, isCut: Bool = false) {
        for side in sides {
            guard var piece = withStream(side, { $0.finish() }) else { continue }
            piece.isCut = isCut
            if isOpaque, (20...24).contains(piece.line.octets.first ?? 0) {
                record(piece.line.octets, from: side, &trace)
            } else {
                read(piece, from: side, &trace)
            }
        }
    }

    // MARK: Octets

    mutating func octets(_ octets: [UInt8], secrets: [Range<Int>], from side: Side, _ trace: inout Trace) {
        // A client that begins with a TLS handshake (record type 22) on a connection nobody has spoken on.
        if side == .client, client.isUntouched, server.isUntouched, octets.first == 22 { marks.isWrapped = true }
        withStream(side) { $0.append(octets, secrets: secrets) }
        drain(side, &trace)
        dropCarrier(of: side)
    }

    /// Whether TLS is expected whose keys nobody gave us.
    var isOpaque: Bool { sequence.phase == .securing || marks.isWrapped }

    private mutating func withStream<Result>(_ side: Side, _ body: (inout LineStream) -> Result) -> Result {
        side == .client ? body(&client) : body(&server)
    }

    private mutating func drain(_ side: Side, _ trace: inout Trace) {
        while true {
            if isOpaque {
                switch withStream(side, { $0.nextRecord() }) {
                case .record(let piece):
                    record(piece.line.octets, from: side, &trace)
                    continue
                case .incomplete: return
                case .somethingElse: break
                }
            }
            if side == .client, !client.isInLine, case .chunk(let remaining, let last) = mode {
                guard chunk(remaining: remaining, last: last, &trace) else { return }
                continue
            }
            if side == .client, passBody(&trace) { continue }
            guard let piece = withStream(side, { $0.nextPiece() }) else { return }
            read(piece, from: side, &trace)
        }
    }

    private mutating func read(_ piece: LineStream.Piece, from side: Side, _ trace: inout Trace) {
        if piece.continuesLine { return restOfLine(piece, from: side, &trace) }
        if marks.restOfLine.contains(side), readBehindGap(piece, from: side, &trace) { return }
        switch side {
        case .client: client(piece, &trace)
        case .server: server(piece, &trace)
        }
    }

    /// What goes on with a line that was too long to be held at once. It is no line of its own.
    private mutating func restOfLine(_ piece: LineStream.Piece, from side: Side, _ trace: inout Trace) {
        if piece.leftOut > 0 { appendEvent("\(piece.leftOut) octets of this line are left out", "syntax/note", &trace) }
        if side == .client, case .mailData = mode { return restOfMailData(piece, &trace) }
        let kind = side == .client ? Departure.Kind.commandLineTooLong : .replyLineTooLong
        let isSecret = side == .client && marks.isInCredential
        append(
            piece,
            from: side,
            .opaque,
            at: place,
            secrets: isSecret ? [0..<piece.line.octets.count] : [],
            departures: piece.departures + [Departure(kind)],
            &trace
        )
    }
}
