import SMTP
import Tracing

/// Lines that are more or less than a line of the wire: they go on, are cut, or stand there twice.
extension SessionDraft {
    /// A command and its answer in one row. Of the answer the other lines stand below, or nowhere.
    mutating func turn(_ command: ArraySlice<UInt8>, _ reply: ArraySlice<UInt8>, _ source: Source) {
        if !command.isEmpty {
            verbs.take(command)
            said(.client, command, source)
        }
        if reply.isEmpty { return }
        if goesOnBelow { said(.server, reply, source) } else { cut(.server, reply, missing: 0, source) }
    }

    /// Whether mail data is under way.
    var isInMailData: Bool { decider.phase == .content }

    /// A line without a mark belongs to the reply above it when that is unfinished and the line has its code.
    mutating func goOn(_ line: ArraySlice<UInt8>, _ source: Source) {
        let text = line.trimmed
        if unmarked.isReplyAhead, LineShape(text).side == .server { return said(.server, text, source) }
        if goesOnWithoutCode(text) { return }
        guard let code = decider.unfinishedCode, case .reply(Int(code), _) = LineShape(text) else {
            return remarks.append(line)
        }
        said(nil, text, source)
    }

    /// A program that takes the codes off prints the lines of a reply with one code before them all: `250 mx.example`, below it
    /// `SIZE 1000`. A line is one of them where it is a keyword of the answer to EHLO, or has the status of the line above. Each
    /// line of the reply had its code (RFC 5321 §4.2.1).
    private mutating func goesOnWithoutCode(_ text: ArraySlice<UInt8>) -> Bool {
        guard !text.isEmpty, decider.phase == .commands, !decider.isInReply, remarks.isEmpty,
            case .octets(.server, var octets, _) = events.last?.kind, octets.count > 6, octets[3] == 32,
            octets.suffix(2) == [13, 10], case .reply = LineShape(octets.dropLast(2))
        else { return false }
        let words = text.split(separator: 32, maxSplits: 1)
        let status = octets[4...].prefix { $0 != 32 && $0 != 13 }
        let isOffer = [.ehlo, .lhlo].contains(decider.verb) && octets.starts(with: "250 ".utf8) && text.isOffer
        let isText = EnhancedStatusCode(Array(status)) != nil && words.count > 1 && words[0].elementsEqual(status)
        guard isOffer || isText, CredentialsInText.masked(text.text) == text.text else { return false }
        let code = Array(octets.prefix(3))
        octets[3] = UInt8(ascii: "-")
        events[events.count - 1].kind = .octets(from: .server, octets)
        let line = code + [32] + text
        put(line[...], line + [13, 10], from: .server)
        return true
    }

    /// A line that says nothing by itself goes on with the one before, if that was cut at the edge of a window.
    mutating func goesOn(_ line: ArraySlice<UInt8>, _ source: Source) -> Bool {
        guard let side = wrappedAt, case .octets(side, var octets, _) = events.last?.kind,
            octets.suffix(2) == [13, 10]
        else { return false }
        octets.removeLast(2)
        octets += line + [13, 10]
        events[events.count - 1].kind = .octets(from: side, octets)
        infer(.wrappedLines)
        wrappedAt = source.isFull ? side : nil
        return true
    }

    /// Of several lines the log shows the first. The last of a reply has its code (RFC 5321 §4.2.1), and no more is known of it.
    mutating func cut(_ mark: Side, _ line: ArraySlice<UInt8>, missing: Int, _ source: Source) {
        // Of mail data the log shows where it ends.
        if mark == .client, decider.phase == .content { contentLeftOut("") }
        said(mark, line, source)
        guard let code = decider.unfinishedCode else { return }
        flushRemarks()
        note("the other lines of this reply are not in the log; of its last the code is inferred")
        events.append(WireEvent(.gap(from: .server, octets: max(missing, 6)), leg: .relay, at: time))
        put(Array("\(code) ".utf8)[...], Array("\(code) \r\n".utf8), from: .server)
    }

    /// The program wrapped its line at a blank, and this is the rest.
    mutating func wrap(_ rest: ArraySlice<UInt8>) {
        guard case .octets(let side, var octets, _) = events.last?.kind, octets.suffix(2) == [13, 10] else {
            return remarks.append(rest)
        }
        octets.removeLast(2)
        octets += [32] + rest.trimmed + [13, 10]
        events[events.count - 1].kind = .octets(from: side, octets)
        infer(.wrappedLines)
    }

    /// `openssl s_client -starttls smtp` speaks until TLS is up, and shows the last line that it was answered.
    func isAnswerToProgram(_ line: ArraySlice<UInt8>) -> Bool {
        guard lineCount == 0, case .reply(250, false) = LineShape(line) else { return false }
        return opening.contains { if case .secured = $0 { true } else { false } }
    }

    /// Whether the line, a greeting, begins another session although somebody has spoken: a 220 answers STARTTLS alone.
    func mayBeGreetedAgain(by line: ArraySlice<UInt8>) -> Bool {
        // The same greeting once more, with nothing between, is what another voice of the program logged.
        if lastLine?.line.elementsEqual(line) == true, lineCount == 1 { return false }
        return decider.phase != .content && !decider.isInReply && decider.verb != .startTLS && !decider.isAheadOfSession
    }

    /// Whether what a proxy says ahead of a session begins another one: somebody has spoken, and it is no text of a mail.
    var mayBeProxiedAgain: Bool { decider.phase == .commands && !decider.isInReply }

    /// Whether two voices of a program, or one twice, logged the same line. Commands that nobody sends twice in a row without
    /// an answer between, and replies that nothing asked for.
    func repeats(_ line: ArraySlice<UInt8>, _ side: Side) -> Bool {
        guard decider.phase != .content, let lastLine, lastLine.side == side, line.elementsEqual(lastLine.line) else {
            return false
        }
        guard side == .client else { return decider.owesNothing && !decider.awaitsResponse }
        switch LineShape(line) {
        case .command(.ehlo), .command(.helo), .command(.lhlo), .command(.mail), .command(.data), .command(.quit),
            .command(.startTLS):
            return true
        case .command, .reply, .dot, .blank, .other: return false
        }
    }
}

extension SessionDraft {
    /// Whether a line without a mark is a reply that answers nothing and was said before: a program quotes it in an exception.
    func quotes(_ line: ArraySlice<UInt8>, _ mark: Side?) -> Bool {
        mark == nil && decider.phase == .commands && decider.owesNothing && unmarked.holds(line)
    }
}

/// What lines without a mark are told by.
struct UnmarkedLines {
    /// The server's mark stood before nothing: its reply may follow below without one.
    var isReplyAhead = false
    /// Lines of replies that refused something.
    private var refusals: Set<[UInt8]> = []
    /// The most that are kept.
    private static let maxRefusals = 200

    /// Takes a line of the server.
    mutating func take(_ line: ArraySlice<UInt8>) {
        guard let code = LineShape.code(of: line), code >= 400, refusals.count < Self.maxRefusals else { return }
        refusals.insert(Array(line))
    }

    /// Whether the line refuses something and was said before.
    func holds(_ line: ArraySlice<UInt8>) -> Bool { !refusals.isEmpty && refusals.contains(Array(line)) }
}

/// Whether a log whose rows are turns shows of commands the verbs alone: no command that must have an argument has one.
struct VerbsOfRows {
    private var alone = 0
    private var others = 0

    var areAlone: Bool { alone > 0 && others == 0 }

    mutating func take(_ command: ArraySlice<UInt8>) {
        let words = command.trimmed.split(separator: 32)
        guard let word = words.first, let verb = Verb(reading: word) else { return }
        switch verb.shape {
        case .nothing, .optionalText: return
        case .domain, .reversePath, .forwardPath, .text, .mechanism, .chunk, .attributes:
            if words.count > 1 { others += 1 } else { alone += 1 }
        }
    }
}
