import SMTP

/// What happened at a stop, as a sentence that can be read aloud: nothing in it is a sign, but for what stands in an address.
///
///     The client sends RCPT, to bob@receiver.example.
///     The server refuses bob@receiver.example: 550 5.1.1.
///
/// It decides nothing. What was refused stands in the lines, whose lesson comes first is `FirstLesson`'s to say.
public struct StopSentence {
    private let stop: Trace.Stop
    private let trace: Trace

    public static func text(of stop: Trace.Stop, in trace: Trace) -> String {
        StopSentence(stop: stop, trace: trace).text + "."
    }

    private var text: String {
        guard !stop.lines.isEmpty, !isAboutItsStep else { return ofStep }
        let said = [client, server].compactMap(\.self)
        guard !said.isEmpty else { return ofEvent }
        let words = said.joined(separator: ", ").openingInUpperCase
        // A refusal says itself that it failed.
        return trace.failed.contains(stop.place) && reply?.refusal == nil ? words + ", and that fails" : words
    }

    /// The steps before the greeting have no commands and replies of the session in them.
    private var isAboutItsStep: Bool { stop.place.substep == 0 && stop.place.step <= .connection }

    private var ofStep: String {
        let failed = !stop.lines.isEmpty && trace.failed.contains(stop.place)
        if !failed, isAskedMidway { return "DNS is asked while the session goes on" }
        return stop.place.step.sentence(port: trace.facts.serverPort, failed: failed)
    }

    /// Whether the lookup comes behind octets of a session that has begun. Then mostly the recipient's server asks, to learn whom
    /// it talks to; who takes the mail was asked before.
    private var isAskedMidway: Bool {
        guard stop.place.step == .exchangerLookup, let before = trace.lines[..<stop.lines.lowerBound].last else {
            return false
        }
        return before.isWire && before.leg == .relay && before.place.step >= .greeting
    }

    private var ofEvent: String {
        guard let line = trace.lines[stop.lines].first(where: { $0.isWire }) ?? trace.lines[stop.lines].first else {
            return ofStep
        }
        let failed = trace.failed.contains(stop.place)
        switch line.content {
        case .tls: return failed ? "The TLS handshake fails" : "Client and server agree on TLS"
        case .event(let anchor) where anchor == LessonAnchor("tls/handshake"):
            return failed ? "The TLS handshake fails" : "Client and server agree on TLS"
        case .opaque: return "What goes by is inside TLS"
        case .record: return "DNS is asked"
        case .event, .command, .reply, .mailData, .saslResponse, .chunk:
            return failed ? "The connection fails" : "This is about the connection"
        }
    }

    // MARK: The client

    /// The first thing the client says there.
    private var client: String? {
        guard let line = trace.lines[stop.lines].first(where: { $0.speaker == .client && $0.isWire }) else {
            return nil
        }
        switch line.content {
        case .command: return command(line)
        case .mailData: return "the client sends the mail, \(mailDataCount(line.leg))"
        case .chunk: return "the client sends a chunk, \(Self.octets(chunkCount))"
        case .saslResponse: return "the client goes on with the login"
        case .reply, .opaque, .tls, .record, .event: return nil
        }
    }

    /// As `the client sends MAIL, from ada@sender.example`.
    private func command(_ line: TraceLine) -> String {
        guard let verb = line.verbName, verb.utf8.allSatisfy({ (0x41...0x5A).contains($0) }), verb.count <= 12 else {
            return "the client sends a line that is no command"
        }
        let whose =
            switch Verb(rawValue: verb) {
            case .mail?: path(line).map { $0.isEmpty ? ", with the null reverse-path" : ", from \($0)" }
            case .rcpt?: path(line).map { ", to \($0)" }
            default: String?.none
            }
        return "the client sends \(verb)\(whose ?? "")"
    }

    /// The address in a command, as it can be shown; nil where none is read.
    private func path(_ line: TraceLine) -> String? {
        switch Command.read(line.octets).value.path {
        case .null?: ""
        case .postmaster?: "postmaster"
        case .mailbox(let mailbox)?: WireText.shown(mailbox.octets)
        case .malformed?, nil: nil
        }
    }

    /// How much of the mail was said there, also what is not shown line by line. What a recording lacks nobody can count.
    private func mailDataCount(_ leg: Leg) -> String {
        let shown = trace.lines.mailDataCount(in: stop.lines)
        guard let mail = trace.mail(of: stop.place.transaction, on: leg) else { return Self.octets(shown) }
        let isThere = mail.unshownBehind.map { stop.lines.contains($0) } ?? false
        return (mail.hasGap ? "at least " : "") + Self.octets(shown + (isThere ? mail.unshown : 0))
    }

    private var chunkCount: Int {
        trace.lines[stop.lines].reduce(0) { sum, line in
            line.content == .chunk ? sum + line.octets.count + line.ending.octets.count : sum
        }
    }

    private static func octets(_ count: Int) -> String { count == 1 ? "1 octet" : "\(count) octets" }

    // MARK: The server

    /// The last reply there.
    private var reply: TraceLine? { trace.lines.lastReply(in: stop.lines) }

    /// As `the server refuses bob@receiver.example: 550 5.1.1`.
    private var server: String? {
        guard let reply, case .reply(let context) = reply.content else { return nil }
        let codes = [reply.replyCode.map(String.init), reply.enhanced.map { "\($0)" }].compactMap(\.self)
        return "the server \(deed(reply, context)): \(codes.joined(separator: " "))"
    }

    private func deed(_ reply: TraceLine, _ context: TraceLine.ReplyContext) -> String {
        switch reply.severity {
        case .transientFailure: "puts off \(object(context))"
        case .permanentFailure: "refuses \(object(context))"
        case .positive, .intermediate: Self.yes(context.turn) ?? "accepts \(object(context))"
        case nil: "answers \(object(context))"
        }
    }

    /// What a server does that says yes, where it is more than to accept.
    private static func yes(_ turn: CommandSequence.Turn?) -> String? {
        switch turn {
        case .greeting: "greets"
        case .hello: "answers EHLO"
        case .data: "asks for the mail"
        case .startTLS: "is ready for TLS"
        case .auth, .saslResponse: "goes on with the login"
        case .quit: "closes the session"
        case nil: "speaks by itself"
        case .mail, .rcpt, .mailData, .chunk, .lastChunk, .rset, .anytime, .turnAround, .unknown, .handshake: nil
        }
    }

    private func object(_ context: TraceLine.ReplyContext) -> String {
        let asked = (context.recipient ?? context.answers).flatMap { trace.lines.indices.contains($0) ? $0 : nil }
        switch context.turn {
        case .greeting, nil: return "the session"
        case .hello: return context.verb?.rawValue ?? "EHLO"
        case .mail:
            return asked.flatMap { path(trace.lines[$0]) }.map { $0.isEmpty ? "the sender" : $0 } ?? "the sender"
        case .rcpt: return asked.flatMap { path(trace.lines[$0]) } ?? "the recipient"
        case .mailData, .lastChunk:
            return asked.flatMap { path(trace.lines[$0]) }.map { "the mail to \($0)" } ?? "the mail"
        case .chunk: return "the chunk"
        case .auth, .saslResponse: return "the login"
        case .startTLS, .handshake: return "TLS"
        case .data, .quit, .rset, .anytime, .turnAround, .unknown: return context.verb?.rawValue ?? "the command"
        }
    }
}

extension Step {
    /// What happens at it, where nothing more is known.
    fileprivate func sentence(port: Int?, failed: Bool) -> String {
        switch self {
        case .submission: "The author's program hands the mail to the sender's server"
        case .exchangerLookup:
            failed ? "DNS tells nobody who takes the mail" : "The sender's server asks DNS who takes the mail"
        case .connection:
            "The connection \(port.map { "to port \($0) " } ?? "")" + (failed ? "does not come about" : "is made")
        case .greeting: "The server greets"
        case .ehlo: "The client introduces itself"
        case .ehloReply: "The server answers EHLO"
        case .mail: "The client names the sender"
        case .mailReply: "The server answers MAIL"
        case .rcpt: "The client names a recipient"
        case .rcptReply: "The server answers RCPT"
        case .data: "The client asks to send the mail"
        case .content: "The client sends the mail"
        case .acceptance: "The server answers the mail"
        case .quit: "The client ends the session"
        }
    }
}

extension String {
    /// A sentence begins with a letter in upper case.
    fileprivate var openingInUpperCase: String { prefix(1).uppercased() + dropFirst() }
}
