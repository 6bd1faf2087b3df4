/// THE observer, a state machine: follows one connection, both sides, octet by octet, and says of each piece what it is, what it answers and
/// which of its octets are a credential (RFC 5321 §4.1.4, RFC 4954 §4).
///
/// It decides how the next octets of each side are to be read, which reply answers which turn, and what is masked, before a
/// line is complete. It does not know steps, times, recordings or screens, takes no side and judges nothing: whether a command
/// is in sequence is told with it, and what that is worth others say. The wire log, the tracer, the tap, the list of a capture
/// and the reader of transcripts all look on through it, so that they cannot disagree.
///
/// Wrong input: none of it is ours. A reply that answers nothing, a line without a code and a command out of order are followed
/// as the server would most likely have taken them; what the server took has happened, whatever the RFC says of it. What is
/// ignored: a gap of no octets, and turns that end without an answer.
///
/// All transitions of one session are in this file, which is why it is long.
public struct SessionReader: Sendable {
    /// How the next octets of the client are to be read.
    public enum Mode: Equatable, Sendable {
        case commands
        /// The server said 334: the next line answers it.
        case saslResponse
        /// Up to the line with a lone dot (RFC 5321 §4.1.1.4).
        case mailData
        /// DATA was refused and the client sends its mail all the same, up to its dot.
        case strayMailData
        /// Octets of a BDAT chunk that are still to come (RFC 3030 §2).
        case chunk(remaining: UInt64, last: Bool)
    }

    /// What is kept of a turn until it is answered.
    struct Turn: Sendable {
        let id: TurnID
        /// The RCPT whose recipient the answer is about.
        var recipient: TurnID?
        /// The line ended in LF alone.
        var hasBareLF = false
        /// LHLO: mail data is answered once for each recipient.
        var isLMTP = false
        /// Lines of mail data that came before DATA was answered.
        var earlyLines = 0
    }

    public private(set) var mode = Mode.commands
    /// Where the session is.
    public private(set) var sequence = CommandSequence() { didSet { anticipated = nil } }
    public private(set) var client = LineStream()
    public private(set) var server = LineStream()
    private(set) var pending = PendingTurns<Turn>()
    /// Where the sequence will be once all that is pending is answered well; nil when that has to be worked out anew.
    private var anticipated: CommandSequence?
    private var turns = 0

    // What has happened once and counts until the connection ends
    /// The link was told: a session that begins now begins with its greeting.
    private var knowsLink = false
    /// The session was joined after its greeting.
    public private(set) var joinedLate = false
    private var spoke = Sides()
    private var hasAnswered = false
    private var helloWasAnswered = false
    /// TLS without STARTTLS, as on port 465 (RFC 8314 §3.3).
    public private(set) var isWrapped = false
    /// TLS began and its inside is read here.
    public private(set) var isSecured = false
    /// The client speaks TLS to a server that has spoken in the clear.
    public private(set) var speaksTLSToCommands = false
    /// The server answers in TLS a client that has spoken in the clear.
    public private(set) var answersInTLS = false
    /// The server speaks another protocol.
    public private(set) var isForeign = false
    /// QUIT was answered: nothing that matters is said any more (RFC 5321 §4.1.1.10).
    public private(set) var hasQuit = false

    // Of the exchange under way
    /// The last line of the client was AUTH or a response.
    private var isBehindExchange = false
    /// Since the challenge an answer came that nothing waited for: too early, or a log has left the response out.
    private var mayBeOver = false
    /// The last line of the client ended in the count of a literal that is a credential (RFC 9051 §4.3).
    private var isBehindLiteral = false
    /// The line under way, of which only a part could be held, began as a credential.
    private var isInCredential = false
    /// From which octet of all that the client said its line under way was taken for a credential before its end came.
    private var markedFrom: Int?
    /// Some octets were a credential.
    private var hadCredential = false
    /// The credentials themselves, which either side may say again.
    var known = KnownSecrets()
    /// The next response of LOGIN is the name of a user.
    private var awaitsName = false

    // Of the transaction
    private var mailData = MailDataState()
    /// What stands behind a chunk is looked at, since its size may be wrong.
    private var behindChunk: BehindChunk?
    private var isLMTP = false
    /// RCPTs that were accepted, in order.
    private var recipients: [TurnID] = []
    /// The server said 353: it answers the mail data once for each recipient, and once for all (draft-hall-prdr).
    private var repliesEach = false

    // Of the reply under way
    private var answering: Utterance.Answered?
    /// The last line of the server says that another follows.
    public private(set) var isInReply = false
    private var replyLines = 0
    private var replyCode: UInt16?
    /// The lines of the answer to EHLO under way, and of the last that said yes.
    private var helloLines: [[UInt8]] = []
    private var offerLines: [[UInt8]] = []
    /// Whether somebody asks what the server offers.
    private let keepsOffer: Bool
    /// What is being answered is LHLO.
    private var isAnsweringLHLO = false
    /// A line without a code stood where this answer belongs; the answer may still come.
    private var mistaken: Utterance.Answered?

    // Of what was not kept
    private var lost = Sides()
    /// The line that comes next may lack its beginning; of the client, whether it may be the rest of a credential.
    private var restOfLine: [Side: Bool] = [:]
    /// What the server answered is not known; nothing of what the client said waits for an answer any more.
    private var lostAnswers = false
    /// Nothing of the server was kept at all.
    private var hasOnlyClient = false
    /// Nobody has spoken, so what the client said may yet become a proxy's header.
    private var mayBeProxied = true
    /// All that the client has said is a proxy's header, which a server that knows none may answer.
    private var saidHeaderAlone = false

    private struct MailDataState: Sendable {
        var isFirst = true
        var isEarly = false
        var lines = 0
        var previous = WireLine.Ending.crlf
        /// The last line looks so much like the end that a server may take it for one.
        var endsLoosely = false
    }

    private struct BehindChunk: Sendable {
        /// The line that the chunk ends in the middle of.
        var tail: [UInt8]
        var difference = 0
    }

    /// Inside TLS there is no header of a proxy and no TLS to come; whether there is a greeting, STARTTLS decides.
    ///
    /// With `keepsOffer` false nothing is known of the offer: thousands of sessions are looked at whose offers nobody asks for. With
    /// `keepsWholeLines` what the client says is given out whole, however long its lines are.
    public init(
        insideTLS: Bool = false,
        expectsGreeting: Bool = true,
        keepsOffer: Bool = true,
        keepsWholeLines: Bool = false
    ) {
        if keepsWholeLines { client = LineStream(most: .max) }
        self.keepsOffer = keepsOffer
        isSecured = insideTLS
        mayBeProxied = !insideTLS
        if expectsGreeting { _ = ask(.greeting, verb: nil) } else { sequence.assume(.hello) }
    }

    // MARK: What is to be known

    /// What is asked with each line of a session that is told: the reader is long, and is looked at once for all of it.
    public struct Whereabouts: Sendable {
        public let mode: Mode
        public let awaitsAnswerToData, awaitsAnswer, isInReply, isUnknown, isUntouched: Bool
    }

    /// Where it stands.
    public var whereabouts: Whereabouts {
        Whereabouts(
            mode: mode,
            awaitsAnswerToData: awaitsAnswerToData,
            awaitsAnswer: awaitsAnswer,
            isInReply: isInReply,
            isUnknown: isUnknown,
            isUntouched: isUntouched
        )
    }

    /// Whether TLS is expected whose keys nobody gave us.
    public var expectsTLS: Bool { sequence.phase == .securing || isWrapped }
    /// DATA was said and not answered: what comes next depends on the answer.
    public var awaitsAnswerToData: Bool { pending.last?.turn == .data }
    /// STARTTLS was said and not answered: what the client says meanwhile may be thrown away (RFC 3207 §4.2).
    public var awaitsAnswerToSTARTTLS: Bool { pending.hasLately(.startTLS) }
    /// The server has sent a challenge: what comes next answers it (RFC 4954 §4).
    public var isChallenged: Bool { mode == .saslResponse }
    /// Whether anything waits for an answer.
    public var awaitsAnswer: Bool { !pending.isEmpty }
    /// Whether QUIT was said, answered or not.
    public var saidQuit: Bool { sequence.phase == .ended || pending.entries.contains { $0.turn == .quit } }
    /// Nobody has said anything yet.
    public var isUntouched: Bool { client.isUntouched && server.isUntouched }
    /// Nobody has said anything, and nobody has told anything of the connection.
    public var isNew: Bool { isUntouched && !knowsLink && lost.isEmpty && !isSecured && mayBeProxied }
    /// Whether nobody knows where the session stands, because its beginning is not there.
    public var isUnknown: Bool { sequence.phase == .unknown }
    /// Whether octets of a side were lost.
    public func lacks(_ side: Side) -> Bool { lost.contains(side) }
    public var lacksAnything: Bool { !lost.isEmpty }
    /// What the server offered with its last answer to EHLO; nothing inside TLS before EHLO is said again (RFC 3207 §4.2).
    public var offer: Hello {
        offerLines.isEmpty ? Hello() : Hello(Reply(lines: offerLines.map { ReplyLine(reading: $0) }))
    }
    /// Turns that wait, first to last.
    public var waiting: [TurnID] { pending.entries.map(\.context.id) }
    /// Whether an answer to nothing is the server's doing: not when only its side was kept, when nobody knows what was said
    /// before, or when the client's TLS was read as lines.
    public var seesClient: Bool {
        lost.isEmpty && (knowsLink || !client.isUntouched) && !isWrapped && !speaksTLSToCommands && !isUnknown
    }

    /// Whether several commands may be sent without waiting, as far as that is known of the beginning.
    public var mayHaveOfferedAnything: Bool { joinedLate && !helloWasAnswered }

    /// Where the session will be when everything pending is answered well.
    public mutating func sequenceOnceAnswered() -> CommandSequence {
        if let anticipated { return anticipated }
        var next = sequence
        for entry in pending.entries { next.advance(entry.turn, code: entry.turn.goodCode) }
        anticipated = next
        return next
    }

    // MARK: Octets

    /// Takes what a side sent next; `next` gives it out. `marks` are ranges of it that somebody took for a credential.
    public mutating func append(_ octets: [UInt8], from side: Side, marks: [Range<Int>] = []) {
        receive(octets, from: side, marks: marks)
    }

    /// The same of octets that stand somewhere in memory.
    public mutating func append(_ octets: UnsafeRawBufferPointer, from side: Side) {
        receive(octets, from: side, marks: [])
    }

    private mutating func receive(_ octets: some Collection<UInt8>, from side: Side, marks: [Range<Int>]) {
        guard !octets.isEmpty else { return }
        // A client that begins with a TLS handshake on a connection nobody has spoken on (RFC 8314 §3.3).
        if side == .client, isUntouched, TLSRecord.isHandshake(octets), !isSecured { isWrapped = true }
        switch side {
        case .client: client.append(octets, marks: marks)
        case .server: server.append(octets, marks: marks)
        }
    }

    /// The next piece of what a side said; nil when more has to come first.
    public mutating func next(_ side: Side) -> Utterance? {
        if side == .client, mayBeProxied, !client.isEmpty {
            switch ProxyHeader.read(client.unread) {
            case .incomplete: return nil
            case .header(let header):
                (mayBeProxied, saidHeaderAlone) = (false, true)
                let piece = client.take(octets: header.octetCount)
                // What follows is the beginning.
                isWrapped = TLSRecord.isHandshake(client.unread)
                return utterance(.proxy(header), piece, .client)
            case .none: mayBeProxied = false
            }
        }
        if let piece = nextRecord(side) {
            guard let piece else { return nil }
            spoke.insert(side)
            return utterance(.tls(isOutOfPlace: isTLSOutOfPlace(side)), piece, side)
        }
        if side == .client, !client.isInLine, case .chunk(let remaining, let last) = mode {
            return chunk(remaining: remaining, last: last)
        }
        guard let piece = side == .client ? client.nextPiece() : server.nextPiece() else { return nil }
        return read(piece, side)
    }

    /// A whole record where TLS is spoken, nil inside when it is not whole yet; nil when it is not TLS.
    private mutating func nextRecord(_ side: Side) -> LineStream.Piece?? {
        if side == .client, !expectsTLS, !speaksTLSToCommands, !isSecured, mode == .commands, !client.isInLine {
            // A record of a handshake where a command belongs: the client takes this port for one of TLS.
            guard TLSRecord.isHandshake(client.unread) else { return nil }
            guard client.unread.count > 1 else { return .some(nil) }
            speaksTLSToCommands = true
        }
        if side == .server, !expectsTLS, !isSecured, sequence.phase == .connected, server.isBeginning {
            // A record where the greeting belongs: the server takes whoever comes for a client of TLS.
            guard TLSRecord.head(of: server.unread) != .none else { return nil }
            guard server.unread.count > 1 else { return .some(nil) }
            // Where nothing of the client was kept, it spoke TLS as well.
            if lost.contains(.client) { isWrapped = true } else { answersInTLS = true }
        }
        guard expectsTLS || isTLSOutOfPlace(side) else { return nil }
        switch side == .client ? client.nextRecord() : server.nextRecord() {
        case .record(let piece): return piece
        case .incomplete: return .some(nil)
        case .somethingElse:
            if side == .client { speaksTLSToCommands = false } else { answersInTLS = false }
            if side == .server, isWrapped, !server.isEmpty { (isWrapped, speaksTLSToCommands) = (false, true) }
            return nil
        }
    }

    /// Whether a side speaks TLS to another that does not.
    private func isTLSOutOfPlace(_ side: Side) -> Bool { side == .client ? speaksTLSToCommands : answersInTLS }

    /// Whether something of the client is held back since it may become a proxy's header; it is given out once that is decided.
    public var holdsBeginning: Bool { mayBeProxied && !client.isEmpty }

    /// The server speaks, so what the client said was no header.
    public mutating func decideBeginning() { mayBeProxied = false }

    /// Passes over lines of mail data that nobody wants to see; gives how many, and how many octets.
    public mutating func passPlainMailData(
        _ look: ((UnsafeBufferPointer<UInt8>) -> Void)? = nil
    ) -> (lines: Int, octets: Int) {
        guard mode == .mailData, !mailData.isFirst, mailData.previous == .crlf else { return (0, 0) }
        let passed = client.passPlainLines(look)
        if passed.lines > 0 { mailData.endsLoosely = false }
        return passed
    }

    // MARK: Plain lines

    /// A line that was read where it stands in memory, and how many octets it has without its CRLF.
    public struct PlainLine: Sendable {
        public enum Kind: Sendable { case command(Utterance.Asked), reply(Utterance.Answer) }
        public let kind: Kind
        public let count: Int
    }

    /// Takes the line that `octets` begin with as `append` and `next` would, and makes no copy of it: for whoever looks at thousands
    /// of sessions. Nil, and nothing is taken, unless all that came before was given out, the line is whole, and there is nothing
    /// about it or the session that needs a closer look.
    public mutating func takePlainLine(_ octets: UnsafeBufferPointer<UInt8>, from side: Side) -> PlainLine? {
        guard mayTakePlainLine(side), let count = Self.plainLine(octets) else { return nil }
        let line = UnsafeBufferPointer(rebasing: octets[..<count])
        let kind: PlainLine.Kind
        switch side {
        case .client:
            guard let verb = Verb(reading: line.prefix { $0 != 32 }), Self.isPlain(verb) else { return nil }
            client.pass(count + 2)
            // A line that begins with a verb is no header of a proxy.
            mayBeProxied = false
            kind = .command(takeCommand(verb.turn, verb, isTorn: false, hasBareLF: false))
        case .server:
            guard let (code, continues) = Self.plainHead(line) else { return nil }
            server.pass(count + 2)
            if !hasAnswered, !isInReply, !spoke.contains(.server) { isForeign = false }
            kind = .reply(takeReply(code, continues) { Array(line) })
        }
        spoke.insert(side)
        return PlainLine(kind: kind, count: count)
    }

    /// The same line as `next` tells it, of octets that go on at `start`. Nil as well where a credential is known, which the line
    /// may say again.
    public mutating func nextPlain(in octets: [UInt8], at start: Int, from side: Side) -> Utterance? {
        guard known.isEmpty else { return nil }
        let taken = octets.withUnsafeBufferPointer { octets in
            takePlainLine(UnsafeBufferPointer(rebasing: octets[start...]), from: side)
        }
        guard let taken else { return nil }
        let kind: Utterance.Kind =
            switch taken.kind {
            case .command(let asked): .command(asked)
            case .reply(let answer): .reply(answer)
            }
        let end = side == .client ? client.givenOut : server.givenOut
        let piece = LineStream.Piece(line: WireLine(Array(octets[start..<start + taken.count])))
        return Utterance(side: side, kind: kind, piece: piece, range: end - taken.count - 2..<end, credentials: [])
    }

    /// How many octets at the front are lines that hold no credential, as nearly all are; they are taken.
    private mutating func passWithoutCredentials(_ octets: [UInt8], from side: Side) -> Int {
        guard known.isEmpty else { return 0 }
        return octets.withUnsafeBufferPointer { octets in
            var passed = 0
            while passed < octets.count {
                let rest = UnsafeBufferPointer(rebasing: octets[passed...])
                let content = side == .client ? passPlainMailData(of: rest) : 0
                guard content == 0 else {
                    passed += content
                    continue
                }
                guard let line = takePlainLine(rest, from: side) else { break }
                passed += line.count + 2
            }
            return passed
        }
    }

    /// Whether neither credentials nor TLS nor chunks follow a verb.
    private static func isPlain(_ verb: Verb) -> Bool {
        switch verb {
        case .mail, .rcpt, .ehlo, .helo, .quit, .data, .rset, .noop: true
        default: false
        }
    }

    @inline(__always)
    private func mayTakePlainLine(_ side: Side) -> Bool {
        guard lost.isEmpty, restOfLine.isEmpty, !expectsTLS, !speaksTLSToCommands, !answersInTLS else { return false }
        switch side {
        case .client:
            return client.isAtRest && mode == .commands && !awaitsAnswerToData && behindChunk == nil
                && markedFrom == nil && !isBehindLiteral
        case .server: return server.isAtRest && !holdsBeginning
        }
    }

    /// How long the first line is where it ends in CRLF and has no other CR, and is no longer than lines may be
    /// (RFC 5321 §4.5.3.1.6); nil otherwise.
    private static func plainLine(_ octets: UnsafeBufferPointer<UInt8>) -> Int? {
        let end = min(octets.count - 1, 1000)
        var at = 0
        while at < end, octets[at] != 13, octets[at] != 10 { at += 1 }
        return at < end && octets[at] == 13 && octets[at + 1] == 10 ? at : nil
    }

    /// `head` of a line that begins with its code.
    private static func plainHead(_ line: UnsafeBufferPointer<UInt8>) -> (code: UInt16, continues: Bool)? {
        guard line.count >= 3, line[0].isDigit, line[1].isDigit, line[2].isDigit, line.count == 3 || !line[3].isDigit
        else { return nil }
        let code = line.prefix(3).reduce(UInt16(0)) { $0 * 10 + UInt16($1 - 0x30) }
        return (code, line.count > 3 && line[3] == UInt8(ascii: "-"))
    }

    /// Passes over lines of mail data that `octets` begin with, as `passPlainMailData` does over what was appended; gives how many
    /// octets they are.
    public mutating func passPlainMailData(of octets: UnsafeBufferPointer<UInt8>) -> Int {
        guard mode == .mailData, !mailData.isFirst, mailData.previous == .crlf, client.isAtRest else { return 0 }
        let passed = LineFramer.plainLines(octets)
        guard passed.lines > 0 else { return 0 }
        mailData.endsLoosely = false
        client.pass(passed.octets)
        return passed.octets
    }

    /// The piece that a side left unfinished when no more of it comes; nil when it left none. `isCut`: more came and was lost.
    public mutating func finish(_ side: Side, isCut: Bool = false) -> Utterance? {
        if side == .client { mayBeProxied = false }
        guard var piece = side == .client ? client.finish() : server.finish() else { return nil }
        piece.isCut = isCut
        let isRecord = TLSRecord.head(of: piece.line.octets) != .none
        if isRecord, expectsTLS || isTLSOutOfPlace(side) {
            return utterance(.tls(isOutOfPlace: isTLSOutOfPlace(side)), piece, side)
        }
        return read(piece, side)
    }

    /// No more will come. Gives the turns that were never answered, and forgets them.
    public mutating func end() -> [TurnID] {
        mode = .commands
        anticipated = nil
        return pending.removeAll().map(\.context.id)
    }

    private mutating func read(_ piece: LineStream.Piece, _ side: Side) -> Utterance {
        defer { spoke.insert(side) }
        if piece.continuesLine {
            if side == .client, mode == .mailData { mailData.previous = piece.line.ending }
            let isSecret = side == .client && isInCredential
            return utterance(.rest, piece, side, isSecret ? [0..<piece.line.octets.count] : [])
        }
        if !restOfLine.isEmpty, let maySplit = restOfLine.removeValue(forKey: side),
            let rest = readBehindGap(piece, side, maySplit)
        {
            return rest
        }
        return side == .client ? said(piece) : replied(piece)
    }

    private mutating func utterance(
        _ kind: Utterance.Kind,
        _ piece: LineStream.Piece,
        _ side: Side,
        _ credentials: [Range<Int>] = []
    ) -> Utterance {
        let end = side == .client ? client.givenOut : server.givenOut
        let start = end - piece.line.count
        var found = credentials
        if side == .client, let from = markedFrom {
            markedFrom = nil
            // What was taken for a credential before the line was complete stays one.
            if from < start + piece.line.octets.count { found.append(max(0, from - start)..<piece.line.octets.count) }
        }
        if !piece.marks.isEmpty { found += piece.marks }
        if !found.isEmpty { hadCredential = true }
        if side == .client { learn(found, of: piece, kind) }
        if !known.isEmpty, mayRepeat(kind) {
            let again = known.places(in: piece.line.octets[...])
            found += again.filter { place in !found.contains { $0.contains(place.lowerBound) } }
        }
        return Utterance(side: side, kind: kind, piece: piece, range: start..<end, credentials: found)
    }

    // MARK: Credentials

    private mutating func learn(_ credentials: [Range<Int>], of piece: LineStream.Piece, _ kind: Utterance.Kind) {
        var isAuth = false
        if case .command(let asked) = kind, asked.verb == .auth {
            isAuth = true
            awaitsName =
                piece.line.octets.split(whereSeparator: \.isWhiteSpace).dropFirst().first
                .flatMap { Mechanism(named: $0) } == .login
        }
        guard !credentials.isEmpty else { return }
        // What came in pieces was marked in pieces, and is one credential.
        for credential in Mask.merged(credentials) {
            let octets = piece.line.octets[credential.clamped(to: 0..<piece.line.octets.count)]
            known.learn(octets, isName: awaitsName && !octets.contains(where: \.isWhiteSpace))
        }
        if case .saslResponse = kind { isAuth = true }
        if isAuth { awaitsName = false }
    }

    /// Words about the session, with the credentials masked that it has shown.
    public func masked(_ words: String) -> String {
        guard !known.isEmpty else { return words }
        let octets = Array(words.utf8)
        let places = known.places(in: octets[...])
        return places.isEmpty ? words : Mask.over(octets, places).octets.lossyText
    }

    /// Whether a piece may say a credential again: what a server refuses or says of AUTH, and what is no command.
    private func mayRepeat(_ kind: Utterance.Kind) -> Bool {
        switch kind {
        case .command(let asked): asked.verb == nil
        case .reply(let answer): mayRepeat(answer.code, to: answer.to?.turn)
        case .rest: true
        default: false
        }
    }

    private func mayRepeat(_ code: UInt16?, to turn: CommandSequence.Turn?) -> Bool {
        guard let code else { return true }
        return code >= 400 || code != 334 && (turn == .auth || turn == .saslResponse)
    }

    private var standing: Credential.Standing {
        Credential.Standing(
            isChallenged: mode == .saslResponse || isBehindLiteral,
            mayBeOver: mayBeOver,
            awaitsAnswer: awaitsResponse,
            isBehindExchange: isBehindExchange,
            isUnknown: isUnknown || !knowsLink && spoke.isEmpty
        )
    }

    /// AUTH or a response was sent and not answered.
    private var awaitsResponse: Bool { pending.last?.turn == .auth || pending.last?.turn == .saslResponse }

    /// Takes octets and tells which of them are a credential, as ranges of them, whether or not their line is complete.
    public mutating func credentials(in octets: [UInt8], from side: Side) -> [Range<Int>] {
        let start = side == .client ? client.received : server.received
        if side == .server, holdsBeginning {
            decideBeginning()
            while next(.client) != nil {}
        }
        let passed = passWithoutCredentials(octets, from: side)
        guard passed == 0 || passed < octets.count else { return [] }
        if passed > 0 { receive(octets[passed...], from: side, marks: []) } else { append(octets, from: side) }
        var found: [Range<Int>] = []
        while true {
            if side == .client, passPlainMailData().lines > 0 { continue }
            guard let utterance = next(side) else { break }
            guard !utterance.credentials.isEmpty else { continue }
            found += utterance.credentials.map {
                $0.lowerBound + utterance.range.lowerBound..<$0.upperBound + utterance.range.lowerBound
            }
        }
        if side == .client, let unfinished = unfinishedCredential() {
            found.append(unfinished)
        } else {
            found += unfinishedRepetitions(of: side)
        }
        let all = start..<start + octets.count
        return found.map { $0.clamped(to: all) }.filter { !$0.isEmpty }
            .map { $0.lowerBound - start..<$0.upperBound - start }
    }

    /// What of a side's line under way is a credential that the client has sent before, as offsets into all that the side said.
    private func unfinishedRepetitions(of side: Side) -> [Range<Int>] {
        let stream = side == .client ? client : server
        guard !known.isEmpty, !stream.isEmpty, !expectsTLS, !isTLSOutOfPlace(side) else { return [] }
        let line = Array(stream.unread.prefix(4096))
        guard stream.isInLine || (side == .client ? mayBeNoCommand(line) : mayRepeat(inAnswer: line)) else { return [] }
        let begin = stream.received - stream.unread.count
        return known.places(in: line[...], isWhole: false).map { $0.lowerBound + begin..<$0.upperBound + begin }
    }

    /// Whether a line of the client that is under way may turn out to be no command.
    private func mayBeNoCommand(_ line: [UInt8]) -> Bool {
        guard mode == .commands, !awaitsAnswerToData else { return false }
        let word = Credential.Word(at: 0, of: line[...], isWhole: false)
        return !word.isComplete || Verb(reading: line[word.range]) == nil
    }

    private func mayRepeat(inAnswer line: [UInt8]) -> Bool {
        mayRepeat(ReplyLine.head(line).code, to: isInReply ? answering?.turn : pending.first?.turn)
    }

    /// What of the client's line under way is a credential, as offsets into all that it said.
    private mutating func unfinishedCredential() -> Range<Int>? {
        guard !client.isEmpty, !expectsTLS, !speaksTLSToCommands else { return nil }
        let begin = client.received - client.unread.count
        // A CR that has come may be half of the line end.
        let end = client.received - (client.unread.last == 13 ? 1 : 0)
        if client.isInLine {
            if isInCredential, begin < end { return begin..<end }
            return nil
        }
        if restOfLine[.client] == true, begin < end { return begin..<end }
        var standing = standing
        switch mode {
        case .mailData where !mailData.isEarly: return nil
        case .chunk: return nil
        case .commands where awaitsAnswerToData: standing = strayStanding
        case .mailData, .strayMailData: standing = strayStanding
        case .commands, .saslResponse: break
        }
        let before = behindChunk.map { $0.difference == 0 ? $0.tail : [] } ?? []
        let line = client.unread.prefix(4096)
        let starts = [
            Credential.start(in: line, isWhole: false, at: standing),
            before.isEmpty
                ? nil
                : Credential.start(in: before + line, isWhole: false, at: standing).map { max(0, $0 - before.count) },
        ]
        guard let offset = starts.compactMap(\.self).min() else { return nil }
        let from = min(markedFrom ?? .max, begin + offset)
        markedFrom = from
        return from < end ? from..<end : nil
    }

    /// Whether octets that the client may have said now could hold a credential; a guess on the safe side.
    public func mayHoldCredential(_ octets: [UInt8]) -> Bool {
        hadCredential || mode == .saslResponse || isBehindExchange
            || octets.indices.contains { Verb.auth.octets.equalsIgnoringCase(octets[$0...].prefix(4)) }
    }

    // MARK: The client

    private mutating func said(_ piece: LineStream.Piece) -> Utterance {
        isInCredential = false
        let assumed = lostAnswers ? assumeAnswers(before: piece.line.octets) : []
        var utterance =
            switch mode {
            case .commands: line(piece)
            case .mailData: content(piece)
            case .strayMailData: strayContent(piece)
            case .saslResponse: response(piece, isEarly: false)
            case .chunk: brokenOffChunk(piece)
            }
        utterance.assumed = assumed
        return utterance
    }

    /// A line where a command is expected.
    private mutating func line(_ piece: LineStream.Piece) -> Utterance {
        // DATA was not answered and the client goes on: what comes is mail data sent too early (RFC 5321 §3.3).
        if awaitsAnswerToData {
            beginMailData(isEarly: true)
            return content(piece)
        }
        let octets = piece.line.octets
        let word = Credential.Word(at: 0, of: octets[...], isWhole: true)
        let verb = Verb(reading: octets[word.range])
        if behindChunk != nil, let stray = strayChunk(verb, piece) { return stray }
        if verb == nil, awaitsResponse || beginsInExchange(piece) { return response(piece, isEarly: awaitsResponse) }
        return command(verb, piece)
    }

    /// Whether the first line that was kept is the middle of an exchange.
    private func beginsInExchange(_ piece: LineStream.Piece) -> Bool {
        guard standing.isUnknown, !isBehindExchange,
            CredentialForm.start(in: piece.line.octets[...], isWhole: true) == nil
        else { return false }
        return Credential.start(in: piece.line.octets, isWhole: true, at: standing) != nil
    }

    private mutating func command(_ verb: Verb?, _ piece: LineStream.Piece) -> Utterance {
        let octets = piece.line.octets
        // Only BDAT says more by its arguments than by its verb.
        let command = verb == .bdat ? Command(reading: octets) : nil
        let turn = command?.turn ?? verb?.turn ?? .unknown
        var secret: Int?
        let asked = takeCommand(turn, verb, isTorn: piece.isTorn, hasBareLF: piece.line.ending == .lf) { standing in
            secret = Credential.start(in: octets, isWhole: true, at: standing)
            return secret != nil
        }
        if asked.id != nil, case .chunk(let size?, let last) = command?.argument, size > 0 {
            mode = .chunk(remaining: size, last: last)
        }
        if verb == nil {
            isBehindExchange = isBehindExchange || CredentialForm.beginsExchange(octets[...])
            isBehindLiteral = secret != nil && octets.last == UInt8(ascii: "}")
        }
        return utterance(.command(asked), piece, .client, Self.credentials(octets, from: secret))
    }

    /// A command came: where the session stands with it. `holdsSecret` tells whether a line that stands there holds a credential; nil
    /// where none does.
    private mutating func takeCommand(
        _ turn: CommandSequence.Turn,
        _ verb: Verb?,
        isTorn: Bool,
        hasBareLF: Bool,
        _ holdsSecret: ((Credential.Standing) -> Bool)? = nil
    ) -> Utterance.Asked {
        (mistaken, saidHeaderAlone) = (nil, false)
        joinLate()
        if !lost.isEmpty { catchUp(with: turn) }
        let expected = sequenceOnceAnswered()
        let hasSecret = holdsSecret.map { $0(standing) } ?? false
        isBehindLiteral = false
        let wasBeforeGreeting = pending.first?.turn == .greeting
        let isBehindSTARTTLS = sequence.phase == .securing || awaitsAnswerToSTARTTLS
        let behind = pending.last.map { Utterance.Asked.Earlier(turn: $0.turn, verb: $0.verb) }
        isBehindExchange = turn == .auth || isBehindExchange && verb == nil
        isInCredential = turn == .auth || hasSecret
        // Nobody answers what did not arrive as a whole.
        var id: TurnID?
        if !isTorn {
            id = ask(turn, verb: verb) {
                $0.hasBareLF = hasBareLF
                $0.isLMTP = verb == .lhlo
            }
            if turn == .mail { recipients = [] }
        }
        return Utterance.Asked(
            id: id,
            turn: turn,
            verb: verb,
            phase: expected.phase,
            isAllowed: expected.allows(turn),
            isBeforeGreeting: wasBeforeGreeting,
            isBehindSTARTTLS: isBehindSTARTTLS,
            behind: behind
        )
    }

    /// What of a line is a credential from `start` on.
    private static func credentials(_ octets: [UInt8], from start: Int?) -> [Range<Int>] {
        let end = octets.count - octets.reversed().prefix { $0 == 13 }.count
        return start.flatMap { $0 < end ? [$0..<end] : nil } ?? []
    }

    /// What of a line that the server takes for a command is a credential, although the client means it otherwise. `before` is what
    /// the line began with and is given out already.
    private mutating func strayCredentials(_ octets: [UInt8], behind before: [UInt8] = []) -> [Range<Int>] {
        let line = before + octets
        let start = Credential.start(in: line, isWhole: true, at: strayStanding)
        let verb = Verb(reading: line[Credential.Word(at: 0, of: line[...], isWhole: true).range])
        isBehindExchange =
            verb == .auth || verb == nil && (isBehindExchange || CredentialForm.beginsExchange(line[...]))
        return Self.credentials(octets, from: start.map { max(0, $0 - before.count) })
    }

    /// Where such a line stands: the server does not take it for a response.
    private var strayStanding: Credential.Standing { Credential.Standing(isBehindExchange: isBehindExchange) }

    @discardableResult
    private mutating func ask(
        _ turn: CommandSequence.Turn,
        verb: Verb?,
        _ change: (inout Turn) -> Void = { _ in }
    ) -> TurnID {
        var kept = Turn(id: turns)
        change(&kept)
        turns += 1
        pending.append(turn, verb: verb, context: kept)
        anticipated?.advance(turn, code: turn.goodCode)
        return kept.id
    }

    /// A session whose first line is a command and of which no link event was told was joined after its greeting.
    private mutating func joinLate() {
        guard !knowsLink, server.isUntouched, pending.count == 1, pending.first?.turn == .greeting else { return }
        takeGreeting()
        joinedLate = true
        sequence = .unknown
    }

    private mutating func takeGreeting() { if pending.first?.turn == .greeting { _ = pending.removeFirst() } }

    /// Lines of the client that the server takes for one, since the first ends in LF alone and it answers neither.
    public mutating func joinUnfinishedLines() {
        pending.remove { $0.context.hasBareLF }
        anticipated = nil
    }

    // MARK: Content

    private mutating func beginMailData(isEarly: Bool) {
        guard mode != .mailData else { return }
        mode = .mailData
        mailData = MailDataState(isEarly: isEarly)
    }

    private mutating func content(_ piece: LineStream.Piece) -> Utterance {
        let line = piece.line
        let ends = DotStuffing.ends(line, after: mailData.previous)
        let resembles = !ends && DotStuffing.resemblesEnd(line, after: mailData.previous)
        var content = Utterance.Content(
            isFirst: mailData.isFirst,
            isEarly: mailData.isEarly,
            ends: nil,
            resemblesEnd: resembles
        )
        mailData.isFirst = false
        mailData.previous = piece.hasMore ? .none : line.ending
        mailData.endsLoosely = resembles
        mailData.lines += 1
        // While DATA is not answered the server may yet take each line for a command.
        let credentials = content.isEarly ? strayCredentials(line.octets) : []
        if ends { content.ends = endMailData() }
        return utterance(.mailData(content), piece, .client, credentials)
    }

    /// The mail data is over and waits for its answer, in LMTP for one from each recipient (RFC 2033 §4.2).
    private mutating func endMailData() -> [TurnID] {
        let early = mailData.isEarly ? mailData.lines : 0
        (mode, mailData) = (.commands, MailDataState())
        guard isLMTP, !recipients.isEmpty else { return [ask(.mailData, verb: .data) { $0.earlyLines = early }] }
        return recipients.map { recipient in ask(.mailData, verb: .data) { $0.recipient = recipient } }
    }

    /// A line of a mail whose DATA was refused: the server takes each for a command.
    private mutating func strayContent(_ piece: LineStream.Piece) -> Utterance {
        let octets = piece.line.octets
        let word = Credential.Word(at: 0, of: octets[...], isWhole: true)
        let verb = Verb(reading: octets[word.range])
        let isCommand = verb.map { mailData.isFirst || isPlainCommand($0, octets) } ?? false
        if isCommand || mailData.isFirst && !Self.mayBeginMail(octets) {
            mode = .commands
            return line(piece)
        }
        let isFirst = mailData.isFirst
        mailData.isFirst = false
        if octets.elementsEqual(".".utf8) { mode = .commands }
        let id = ask(.unknown, verb: nil)
        return utterance(.strayMailData(isFirst: isFirst, id: id), piece, .client, strayCredentials(octets))
    }

    /// Whether a line reads like the first of a mail: a header field, words of a text, or the dot at its end.
    private static func mayBeginMail(_ octets: [UInt8]) -> Bool {
        if octets.elementsEqual(".".utf8) { return true }
        let name = octets.prefix { $0 > 32 && $0 < 127 && $0 != UInt8(ascii: ":") }
        if !name.isEmpty, name.count < octets.count, octets[name.count] == UInt8(ascii: ":") { return true }
        return octets.contains(32) && octets.contains { (0x61...0x7A).contains($0) }
    }

    /// Whether a line can be nothing but a command, since no line of a mail reads like it.
    private func isPlainCommand(_ verb: Verb, _ octets: [UInt8]) -> Bool {
        switch verb.shape {
        case .nothing, .reversePath, .forwardPath, .chunk, .domain, .mechanism:
            let reading = Command.read(octets)
            return !reading.departures.contains {
                [.unexpectedArgument, .malformedArgument, .missingArgument, .malformedChunkSize].contains($0.kind)
            }
        case .optionalText, .text, .attributes: return octets.count == verb.octets.count
        }
    }

    /// Octets of a BDAT chunk: counted, not searched for a dot (RFC 3030 §2).
    private mutating func chunk(remaining: UInt64, last: Bool) -> Utterance? {
        guard let piece = client.nextChunkPiece(remaining: remaining) else { return nil }
        let rest = remaining - UInt64(piece.line.count)
        mode = rest > 0 ? .chunk(remaining: rest, last: last) : .commands
        if rest == 0 { behindChunk = BehindChunk(tail: piece.line.ending == .none ? piece.line.octets : []) }
        return utterance(.chunk(endsLast: rest == 0 && last), piece, .client)
    }

    /// What stands behind a chunk and is no command, or the rest of one that the chunk swallowed: BDAT told the wrong size
    /// (RFC 3030 §2). Nil when a command stands there, as it should.
    private mutating func strayChunk(_ verb: Verb?, _ piece: LineStream.Piece) -> Utterance? {
        guard var behind = behindChunk else { return nil }
        behindChunk = nil
        let octets = piece.line.octets
        let swallowedPart = behind.difference == 0 ? behind.tail : []
        if behind.difference == 0 {
            let swallowed = behind.tail + octets
            if !behind.tail.isEmpty, isSwallowedCommand(swallowed) {
                behind.difference = behind.tail.count
            } else if verb == nil, !behind.tail.isEmpty || Self.mayBeginMail(octets) {
                behind.difference = -piece.line.count
            } else {
                return nil
            }
        } else {
            if let verb, isPlainCommand(verb, octets) { return nil }
            if behind.difference < 0 { behind.difference -= piece.line.count }
        }
        behindChunk = behind
        let id = ask(.unknown, verb: nil)
        return utterance(
            .strayChunk(.init(id: id, difference: behind.difference)),
            piece,
            .client,
            strayCredentials(octets, behind: swallowedPart) + strayCredentials(octets)
        )
    }

    /// Whether a line begins with a verb.
    private static func isVerb(_ line: [UInt8]) -> Bool {
        Verb(reading: line[Credential.Word(at: 0, of: line[...], isWhole: true).range]) != nil
    }

    private func isSwallowedCommand(_ line: [UInt8]) -> Bool {
        let octets = Array(line[..<(line.lastIndex { $0 != 13 }.map { $0 + 1 } ?? 0)])
        let word = Credential.Word(at: 0, of: octets[...], isWhole: true)
        return Verb(reading: octets[word.range]).map { isPlainCommand($0, octets) } ?? false
    }

    /// The connection ended inside a chunk.
    private mutating func brokenOffChunk(_ piece: LineStream.Piece) -> Utterance {
        if case .chunk(let remaining, let last) = mode {
            mode = .chunk(remaining: remaining - min(remaining, UInt64(piece.line.count)), last: last)
        }
        return utterance(.chunk(endsLast: false), piece, .client)
    }

    // MARK: SASL

    private mutating func response(_ piece: LineStream.Piece, isEarly: Bool) -> Utterance {
        let octets = piece.line.octets
        if mode == .saslResponse {
            mode = .commands
            defer { mayBeOver = false }
            let isCommand = Credential.isNoResponse(octets[...], isWhole: true) || mayBeOver && Self.isVerb(octets)
            if !octets.isEmpty, octets != [UInt8(ascii: "*")], isCommand {
                isBehindExchange = false
                markedFrom = nil
                return line(piece)
            }
        }
        if isUnknown || !knowsLink, spoke.isEmpty { beginUnknown() }
        isBehindExchange = true
        isInCredential = true
        // A lone asterisk cancels the exchange (RFC 4954 §4); everything else is a credential.
        let isOpen = octets.isEmpty || octets == [UInt8(ascii: "*")]
        let id = ask(.saslResponse, verb: .auth)
        let response = Utterance.Response(id: id, isEarly: isEarly)
        return utterance(.saslResponse(response), piece, .client, isOpen ? [] : [0..<octets.count])
    }

    /// The beginning of the session is not there.
    private mutating func beginUnknown() {
        takeGreeting()
        joinedLate = true
        sequence = .unknown
    }

    // MARK: The server

    private mutating func replied(_ piece: LineStream.Piece) -> Utterance {
        let (code, continues) = ReplyLine.head(piece.line.octets)
        // In the middle of an exchange a log may have said which side it was, and may be wrong.
        let octets = piece.line.octets[...]
        let mayBeStray = code == nil && !isInReply && !piece.hasMore
        let isExcerpt =
            mayBeStray && (isUnknown || !knowsLink && spoke.isEmpty) && CredentialsInText.isTellingBase64(octets)
        if isExcerpt, spoke.isEmpty { beginUnknown() }
        let isStray = isExcerpt || mayBeStray && Credential.isLoneResponse(octets)
        if !hasAnswered, !isInReply, !spoke.contains(.server) { isForeign = Self.looksForeign(piece.line.octets) }
        let answer = takeReply(code, continues) { piece.line.octets }
        return utterance(.reply(answer), piece, .server, isStray ? [0..<piece.line.octets.count] : [])
    }

    /// A line of a reply came: what it answers. `octets` gives the line where it is kept.
    private mutating func takeReply(_ code: UInt16?, _ continues: Bool, _ octets: () -> [UInt8]) -> Utterance.Answer {
        let isFirst = !isInReply
        var answer = Utterance.Answer(code: code, isFirst: isFirst, phase: sequence.phase, isForeign: isForeign)
        if isFirst { match(&answer) }
        answer.to = answering
        replyLines += 1
        replyCode = code
        if keepsOffer, answering?.turn == .hello { helloLines.append(octets()) }
        // A line without a code in the middle of a reply does not end it.
        let goesOn = continues && replyLines < ReplyAssembler.maxLines || code == nil && !isFirst
        isInReply = goesOn
        answer.isLast = !goesOn
        if !goesOn {
            replyLines = 0
            conclude(code)
        }
        return answer
    }

    /// Whether what came instead of a greeting is another protocol's.
    private static func looksForeign(_ octets: [UInt8]) -> Bool {
        // A reply, as nearly every session begins, is none of them.
        if let first = octets.first, first.isDigit { return false }
        return TLSRecord.head(of: octets) != .none
            || ["HTTP/", "SSH-", "* OK", "* BYE", "+OK", "-ERR", "<html", "<!DOC"].contains {
                octets.starts(with: $0.utf8)
            }
    }

    /// Finds what a reply answers when its first line comes.
    private mutating func match(_ answer: inout Utterance.Answer) {
        let code = answer.code
        let severity = (code ?? 0) / 100
        answering = nil
        if pending.isEmpty, code != nil, let mistaken {
            // A line without a code took the place of this answer.
            answer.isSecondTry = true
            answering = mistaken
            return
        }
        if pending.isEmpty, mode == .mailData, mailData.endsLoosely, code != 421, [2, 4, 5].contains(severity) {
            answer.endOfMailData = Utterance.LooseEnd(isAtDot: true, asked: endMailData())
        }
        if pending.isEmpty, lost.contains(.client), matchLost(&answer) { return }
        if joinedLate, code == 220, !helloWasAnswered, isFirstAnswer { return matchLateGreeting(&answer) }
        if isExcerpt(code) { beginUnknown() }
        // A client that spoke first and is answered as by a server that greeted: the greeting was not recorded.
        if pending.first?.turn == .greeting, pending.count > 1, code != 220, (2...3).contains(severity) {
            takeGreeting()
            advance(.greeting, code: 220)
        }
        if pending.isEmpty, let unseen = unseenTurn(code) {
            answering = unseen
            return
        }
        let (answered, skipped) = pending.answer(code: code)
        answer.skipped = skipped.map(\.context.id)
        for _ in skipped where skipped[0].turn == .data { advance(.data, code: 354) }
        if let answered, answered.turn == .lastChunk, answered.context.recipient == nil, isLMTP, !recipients.isEmpty {
            answerEach(answered, &answer)
            return isAnsweringLHLO = false
        }
        answering = answered.map {
            Utterance.Answered(id: $0.context.id, turn: $0.turn, verb: $0.verb, recipient: $0.context.recipient)
        }
        isAnsweringLHLO = answered?.context.isLMTP ?? false
    }

    /// In LMTP the last chunk has an answer from each recipient as well (RFC 2033 §4.3): this is that of the first.
    private mutating func answerEach(_ answered: PendingTurns<Turn>.Entry, _ answer: inout Utterance.Answer) {
        let id = answered.context.id
        let others = recipients.dropFirst().map { recipient in
            PendingTurns<Turn>.Entry(turn: .lastChunk, verb: answered.verb, context: Turn(id: id, recipient: recipient))
        }
        pending.prepend(others)
        answering = Utterance.Answered(id: id, turn: .lastChunk, verb: answered.verb, recipient: recipients.first)
    }

    /// Whether the first thing that was kept of the session is an answer, and no greeting.
    @inline(__always)
    private func isExcerpt(_ code: UInt16?) -> Bool {
        guard !knowsLink, spoke.isEmpty, pending.count == 1, pending.first?.turn == .greeting, let code else {
            return false
        }
        return code != 220 && !(400...599).contains(code) || Self.onlyAnswers.contains(code)
    }

    /// Replies that answer commands alone and greet nobody (RFC 5321 §4.2.3, RFC 4954 §6).
    private static let onlyAnswers: Set<UInt16> = [
        432, 452, 454, 455, 500, 501, 502, 503, 504, 530, 534, 535, 538, 551, 552, 553, 555,
    ]

    /// What an answer is about although nothing waits for one: TLS or a proxy's header that the server read as commands, or a command
    /// that nobody saw.
    @inline(__always)
    private mutating func unseenTurn(_ code: UInt16?) -> Utterance.Answered? {
        if speaksTLSToCommands, (code ?? 0) / 100 == 5 {
            return Utterance.Answered(id: nil, turn: .unknown, verb: nil)
        }
        if saidHeaderAlone, (code ?? 0) / 100 == 5 {
            saidHeaderAlone = false
            return Utterance.Answered(id: nil, turn: .unknown, verb: nil)
        }
        guard isUnknown else { return nil }
        switch code {
        case 334: return Utterance.Answered(id: nil, turn: .auth, verb: .auth)
        case 354: return Utterance.Answered(id: nil, turn: .data, verb: .data)
        case 235, 432, 454, 534, 535: return Utterance.Answered(id: nil, turn: .saslResponse, verb: .auth)
        default: return nil
        }
    }

    /// Whether nothing of what the client sent has been answered, and 220 is no answer to the first of it.
    private var isFirstAnswer: Bool {
        guard let first = pending.first, !hasAnswered else { return false }
        return first.turn != .startTLS && first.verb != .xclient && first.turn != .auth
    }

    /// The session looked as if it was joined late, but its greeting came: the client spoke too early.
    private mutating func matchLateGreeting(_ answer: inout Utterance.Answer) {
        joinedLate = false
        sequence = CommandSequence()
        answer.isLateGreeting = true
        answering = Utterance.Answered(id: nil, turn: .greeting, verb: nil)
    }

    /// The reply is complete: the session moves on.
    private mutating func conclude(_ code: UInt16?) {
        mistaken = code == nil ? answering : nil
        hasAnswered = true
        guard let answered = answering else {
            // What answers nothing ends no exchange: the response may be on its way.
            if mode == .saslResponse, code != 334 { mayBeOver = true } else { challenged(code) }
            return
        }
        answering = nil
        defer { helloLines = [] }
        let isPositive = (code ?? 0) / 100 == 2
        if answered.turn == .mailData, code == 353 { return expectReplyEach(answered) }
        let isOfOther =
            answered.turn == .lastChunk && answered.recipient != nil && answered.recipient != recipients.first
        let isRepeated = isOfOther || answered.turn == .mailData && sequence.phase != .mailData && !isUnknown
        let isForOne = repliesEach && answered.recipient != nil
        if !isRepeated, !isForOne { advance(answered.turn, code: code) }
        switch answered.turn {
        case .hello where isPositive:
            helloWasAnswered = true
            isLMTP = isAnsweringLHLO
            offerLines = helloLines
        case .mail where isPositive: (recipients, repliesEach) = ([], false)
        case .rcpt: if isPositive, let id = answered.id { recipients.append(id) }
        case .data: dataAnswered(code)
        case .quit: hasQuit = true
        case .auth, .saslResponse: challenged(code)
        // Whatever it answers, what comes next may be a response.
        case _ where code == 334: challenged(code)
        case .mailData, .chunk, .lastChunk, .hello, .mail, .greeting, .rset, .anytime, .startTLS, .handshake,
            .turnAround,
            .unknown:
            break
        }
    }

    /// 353: now comes a reply for each recipient, and one for all (draft-hall-prdr).
    private mutating func expectReplyEach(_ answered: Utterance.Answered) {
        guard let id = answered.id else { return }
        repliesEach = true
        let each = recipients.map { recipient in
            PendingTurns<Turn>.Entry(turn: .mailData, verb: .data, context: Turn(id: id, recipient: recipient))
        }
        pending.prepend(each + [.init(turn: .mailData, verb: .data, context: Turn(id: id))])
    }

    private mutating func dataAnswered(_ code: UInt16?) {
        switch (code ?? 0) / 100 {
        // The mail data may have been sent already, without waiting for this.
        case 3: if pending.first?.turn != .mailData { beginMailData(isEarly: false) }
        // The server reads what follows as commands, so that is what it is, but for the mail that the client sends all the same.
        case 4, 5:
            if let content = pending.first, content.turn == .mailData {
                // The mail was sent before this answer: the server answers each of its lines.
                _ = pending.removeFirst()
                pending.prepend(
                    (0..<content.context.earlyLines).map { _ in
                        .init(turn: .unknown, verb: nil, context: Turn(id: content.context.id))
                    }
                )
            } else {
                let wasUnderWay = mode == .mailData && !mailData.isFirst
                let lines = mailData.lines
                (mode, mailData) = (.strayMailData, MailDataState(isFirst: !wasUnderWay))
                if wasUnderWay { for _ in 0..<lines { ask(.unknown, verb: nil) } }
            }
        default: break
        }
    }

    private mutating func challenged(_ code: UInt16?) {
        if code == 334, mode == .commands, !pending.entries.contains(where: { $0.turn == .saslResponse }) {
            (mode, mayBeOver) = (.saslResponse, false)
        } else if code != 334, mode == .saslResponse {
            mode = .commands
        }
    }

    /// An answer came: the sequence moves on. Keeps what is known about all that is pending when nothing surprised.
    private mutating func advance(_ turn: CommandSequence.Turn, code: UInt16?) {
        let known = anticipated
        let isExpected = sequence.allows(turn) && (code ?? 0) / 100 == turn.goodCode / 100
        sequence.follow(turn, code: code)
        if isExpected { anticipated = known }
    }

    // MARK: The link

    /// The connection was told of: what comes first is its greeting.
    public mutating func connected() { knowsLink = true }

    /// TLS is up and what follows is its inside. What was sent in the clear behind STARTTLS must have been thrown away (RFC 3207 §4.2).
    public mutating func secured() {
        _ = pending.removeAll()
        if sequence.phase == .connected { ask(.greeting, verb: nil) }
        sequence.advance(.handshake, code: 220)
        (isSecured, isWrapped, speaksTLSToCommands, answersInTLS) = (true, false, false, false)
        (mode, isBehindExchange, isInCredential) = (.commands, false, false)
        (isLMTP, repliesEach, recipients, offerLines) = (false, false, [], [])
    }

    // MARK: Gaps

    /// Octets of a side went by and were not kept; nil when nobody knows how many. What had come of a line is `finish`ed before.
    public mutating func gap(_ count: Int?, from side: Side) {
        lost.insert(side)
        switch side {
        case .client:
            restOfLine[.client] = mode == .saslResponse || isBehindExchange || isInCredential || awaitsResponse
            lostOctetsOfClient(count)
        case .server:
            restOfLine[.server] = false
            lostAnswers = true
            // Without its other side every command is taken as answered at once.
            if count == nil { hasOnlyClient = true }
        }
    }

    private mutating func lostOctetsOfClient(_ count: Int?) {
        switch mode {
        case .commands, .strayMailData: break
        case .mailData: (mailData.previous, mailData.isFirst) = (.crlf, false)
        case .chunk(let remaining, let last):
            let lost = count.map { UInt64($0) } ?? remaining
            if lost < remaining {
                mode = .chunk(remaining: remaining - lost, last: last)
                restOfLine.removeValue(forKey: .client)
            } else {
                mode = .commands
            }
        case .saslResponse: mode = .commands
        }
    }

    /// The first line behind a gap when it lacks its beginning: nil when it has it.
    private mutating func readBehindGap(_ piece: LineStream.Piece, _ side: Side, _ maySplitCredential: Bool)
        -> Utterance?
    {
        let octets = piece.line.octets
        switch side {
        case .client:
            let word = Credential.Word(at: 0, of: octets[...], isWhole: true)
            guard mode == .commands, Verb(reading: octets[word.range]) == nil else { return nil }
            // A rest of what was a credential is one.
            let isSecret = maySplitCredential || octets.isBase64Word
            return utterance(.rest, piece, side, isSecret ? [0..<octets.count] : [])
        case .server:
            let (code, _) = ReplyLine.head(octets)
            guard code == nil else {
                leaveReply(before: code)
                return nil
            }
            return utterance(.rest, piece, side)
        }
    }

    /// A reply that goes on behind the gap is another one.
    private mutating func leaveReply(before code: UInt16?) {
        guard isInReply, code != replyCode else { return }
        (isInReply, replyLines, answering) = (false, 0, nil)
    }

    /// The client went on, so what it had said before was answered, and answered well as far as one can tell: AUTH with a challenge,
    /// where what comes next is no command.
    private mutating func assumeAnswers(before octets: [UInt8]) -> [TurnID] {
        lostAnswers = hasOnlyClient
        let word = Credential.Word(at: 0, of: octets[...], isWhole: true)
        let challenged = awaitsResponse && Verb(reading: octets[word.range]) == nil ? pending.last?.context.id : nil
        (isInReply, replyLines, answering) = (false, 0, nil)
        var assumed: [TurnID] = []
        for entry in pending.removeAll() {
            let isChallenged = entry.context.id == challenged
            if isChallenged { mode = .saslResponse }
            sequence.follow(entry.turn, code: isChallenged ? 334 : entry.turn.goodCode)
            if entry.turn == .hello { helloWasAnswered = true }
            if entry.turn == .data { beginMailData(isEarly: false) }
            if entry.turn == .rcpt { recipients.append(entry.context.id) }
            assumed.append(entry.context.id)
        }
        return assumed
    }

    /// A command after a gap tells what must have come before it.
    private mutating func catchUp(with turn: CommandSequence.Turn) {
        var next = sequenceOnceAnswered()
        guard !next.allows(turn), pending.isEmpty else { return }
        next.assume(turn)
        sequence = next
    }

    /// What a reply to nothing answers, told by its code, when the command is among what was lost.
    private mutating func matchLost(_ answer: inout Utterance.Answer) -> Bool {
        guard let code = answer.code else { return false }
        if mode == .mailData, [2, 4, 5].contains(code / 100), code != 421 {
            answer.endOfMailData = Utterance.LooseEnd(isAtDot: false, asked: endMailData())
            return false
        }
        let turn: CommandSequence.Turn
        switch code {
        case 334, 235, 432, 454, 534, 535:
            turn = sequence.phase == .authenticating || code != 334 ? .saslResponse : .auth
        case 354: turn = .data
        default:
            guard sequence.phase == .authenticating else { return false }
            turn = .saslResponse
        }
        sequence.assume(turn)
        answering = Utterance.Answered(id: nil, turn: turn, verb: turn == .data ? .data : .auth)
        return true
    }
}

extension CommandSequence.Turn {
    /// The code of an answer that lets the session go on.
    var goodCode: UInt16 { self == .data ? 354 : 250 }
}
