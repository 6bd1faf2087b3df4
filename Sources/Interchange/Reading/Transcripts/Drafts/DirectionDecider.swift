import SMTP
import Tracing

/// Decides who said a line: by what it says, and by the log's mark only where it says nothing.
///
/// It decides sides. Where mail data begins and ends, and what a challenge is, the one observer says, who is told each line
/// that was decided. It does not know formats, times or files. Marks are believed as
/// far as they agreed with reply codes and verbs so far in this session: `>` is the client in one program's log and the
/// server in another's. Wrong input is a log that contradicts itself: what a line says wins.
struct DirectionDecider {
    enum Phase: Equatable {
        case commands
        /// DATA was said and not answered.
        case dataAsked
        /// Between 354 and the dot.
        case content
        /// A 334 was said: the client's answer is next.
        case challenged
    }

    private var reader = SessionReader()
    /// The observer before the last line of the client, where that may be taken back.
    private var before: SessionReader?
    /// The last verb of the client.
    private(set) var verb: Verb?
    /// For each mark, by the side it usually means: how often a line under it was a command, and how often a reply.
    private var votes = Votes()
    /// Whose log it is, where its lines say so: there `<` is what the program heard.
    var logOf: Side?
    /// QUIT was said and its answer was not seen.
    var isQuitUnanswered: Bool { verb == .quit && lastCode != 221 }
    private var lastCode: UInt16? = 0
    /// All that was said so far is what a proxy says ahead of a session.
    private(set) var isAheadOfSession = false

    init(mayTakeBack: Bool = false) {
        before = mayTakeBack ? SessionReader() : nil
        look()
    }

    /// Keeps what the observer says now.
    private mutating func look() {
        let told = reader.whereabouts
        (awaitsAnswer, awaitsResponse, isInReply, chunk) = (told.awaitsAnswer, false, told.isInReply, 0)
        owesNothing = !told.awaitsAnswer && !told.isInReply && !told.isUnknown && !told.isUntouched
        switch told.mode {
        case .mailData, .strayMailData: phase = .content
        case .saslResponse: (phase, awaitsResponse) = (.challenged, true)
        case .chunk(let remaining, _):
            chunk = Int(clamping: remaining)
            phase = told.awaitsAnswerToData ? .dataAsked : .commands
        case .commands: phase = told.awaitsAnswerToData ? .dataAsked : .commands
        }
    }

    // What the observer says, kept since every line asks several times
    private(set) var phase = Phase.commands
    /// The server has sent a challenge.
    private(set) var awaitsResponse = false
    /// Whether something waits for an answer.
    private(set) var awaitsAnswer = false
    /// Whether the last reply line said that another follows.
    private(set) var isInReply = false
    /// Whether a reply now would answer nothing that the log shows.
    private(set) var owesNothing = false
    /// Octets of a chunk that BDAT announced and that did not come yet.
    private(set) var chunk = 0
    /// The code of a reply whose last line has not come.
    var unfinishedCode: UInt16? { isInReply ? lastCode : nil }
    /// Whether a mark was found to mean the opposite of what it usually means.
    var isReversed: Bool { Side.allCases.contains { side in meaning(of: side) == side.other } }

    /// What a line that says nothing by itself can be told by: the lines that follow. Asked only when no mark tells.
    struct Ahead {
        /// Whether a lone dot comes before another session begins.
        var endsLater: () -> Bool = { true }
        /// Whether the next line refuses something as no command.
        var isRefused: () -> Bool = { false }
    }

    /// Who said the line; nil when nothing tells.
    mutating func side(of line: ArraySlice<UInt8>, mark: Side?, ahead: Ahead) -> Side? {
        let shape = LineShape(line)
        if let mark, phase != .content, let side = shape.side { vote(mark, side) }
        let marked = mark.flatMap { meaning(of: $0) }
        switch phase {
        case .content:
            // Mail data may hold anything; only a mark that is known to be the server's ends it before its dot.
            guard marked == .server, case .reply = shape else {
                return mark == nil || marked != .server ? .client : nil
            }
            return .server
        case .dataAsked:
            if case .reply = shape { return .server }
            if let marked { return marked }
            return shape == .blank ? nil : ahead.endsLater() || shape.side == .client ? .client : nil
        case .challenged:
            if case .reply = shape { return .server }
            // No line of a server is a word of Base64 alone: whoever seems to say it, it answers the challenge.
            if CredentialsInText.isTellingBase64(line.trimmed) { return .client }
            return shape == .blank ? nil : marked ?? .client
        case .commands:
            if reader.isUntouched, LineShape.isProxyHeader(line) { return .client }
            if let side = shape.side ?? marked { return side }
            return mark == nil && shape == .other && !isInReply && ahead.isRefused() ? .client : nil
        }
    }

    private struct Votes {
        typealias Count = (client: Int, server: Int)

        private var ofClient: Count?
        private var ofServer: Count?

        subscript(mark: Side) -> Count? {
            get { mark == .client ? ofClient : ofServer }
            set { if mark == .client { ofClient = newValue } else { ofServer = newValue } }
        }
    }

    private mutating func vote(_ mark: Side, _ side: Side) {
        var count = votes[mark] ?? (0, 0)
        if side == .client { count.client += 1 } else { count.server += 1 }
        votes[mark] = count
    }

    /// Whom a mark stands for; nil for a mark that stands before the lines of both, as a quotation's does.
    private func meaning(of mark: Side) -> Side? {
        // Marks stand for client and server as in a client's log.
        if let side = sideByProgram(mark) { return side }
        if let count = votes[mark] {
            if min(count.client, count.server) * 4 > max(count.client, count.server) { return nil }
            return count.client > count.server ? .client : .server
        }
        guard let other = votes[mark.other] else { return mark }
        return other.client > other.server ? .server : .client
    }

    /// Whom a mark stands for in a log of this program. Some name the sides the other way round, which their lines tell.
    private func sideByProgram(_ mark: Side) -> Side? {
        guard let logOf else { return nil }
        let side = logOf == .client ? mark : mark.other
        guard let count = votes[mark] else { return side }
        let (agrees, differs) = side == .client ? (count.client, count.server) : (count.server, count.client)
        return agrees == 0 && differs > 1 ? side.other : side
    }

    /// The octets were taken for what this side said. Says which of them are a credential, as far as they are whole lines.
    @discardableResult
    mutating func took(_ octets: [UInt8], from side: Side) -> Range<Int>? {
        defer { look() }
        if side == .client, before != nil { before = reader }
        let start = reader.client.received
        // Nearly all lines are plain ones, and hold no credential.
        isAheadOfSession = false
        let plain = octets.withUnsafeBufferPointer { tookPlain($0, from: side) }
        guard plain < octets.count else { return nil }
        var credential: Range<Int>?
        reader.append(plain == 0 ? octets : Array(octets[plain...]), from: side)
        while let said = reader.next(side) {
            for mark in said.credentials where credential == nil {
                let place = said.range.lowerBound - start
                let found = (mark.lowerBound + place..<mark.upperBound + place).clamped(to: octets.indices)
                if !found.isEmpty { credential = found }
            }
            switch said.kind {
            case .command(let asked): verb = asked.verb
            case .reply(let answer): lastCode = answer.code
            case .proxy: isAheadOfSession = true
            case .mailData, .strayMailData, .chunk, .strayChunk, .saslResponse, .tls, .rest: break
            }
        }
        return credential
    }

    /// How many octets are plain lines, which are taken.
    private mutating func tookPlain(_ octets: UnsafeBufferPointer<UInt8>, from side: Side) -> Int {
        var taken = 0
        while let line = reader.takePlainLine(UnsafeBufferPointer(rebasing: octets[taken...]), from: side) {
            taken += line.count + 2
            switch line.kind {
            case .command(let asked): verb = asked.verb
            case .reply(let answer): lastCode = answer.code
            }
        }
        return taken
    }

    /// What of a line that the client says now is a credential.
    func credential(in octets: [UInt8]) -> Range<Int>? {
        var reader = reader
        return reader.credentials(in: octets, from: .client).first
    }

    /// Octets of the client are not in the log.
    mutating func lost(_ count: Int?) {
        _ = reader.finish(.client, isCut: true)
        reader.gap(count, from: .client)
        look()
    }

    /// What was taken for the client's last line was not sent.
    mutating func tookBack() {
        verb = nil
        reader = before ?? SessionReader()
        look()
    }

    /// The log tells of the connection.
    mutating func connected() {
        reader.connected()
        look()
    }

    /// TLS began: what was agreed in the clear is void.
    mutating func secured() {
        reader.secured()
        look()
        verb = nil
    }
}
