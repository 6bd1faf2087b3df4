import SMTP
import Tracing

/// A connection that a server refused, as a walk: what the log quotes, and around it the commands and replies that must have gone by,
/// marked as inferred. What no line tells is a gap.
struct RejectedWalk {
    private let connection: RejectedConnection
    private let program: String
    private var log = WireLog()
    private var clock = LogClock()
    private var time = 0.0
    private var events: [WireEvent] = []
    /// Whether a transaction is open, and its reverse-path where that is known.
    private var isMailOpen = false
    private var reversePath: [UInt8]?
    private var hasGreeted = false
    private var isClosed = false

    init(_ connection: RejectedConnection, program: String) {
        (self.connection, self.program) = (connection, program)
        time = clock.time(of: connection.facts.first?.time)
        note(
            "put together from lines of a log: C~ and S~ are inferred, they must have been said and no line shows them"
        )
        if let client = connection.client { note("called by \(client)") }
        for fact in connection.facts {
            time = clock.time(of: fact.time)
            take(fact.kind)
        }
    }

    var recording: Recording {
        let client = connection.client ?? "–"
        var recording = Recording(
            header: .init(
                began: clock.began,
                title: "a connection of \(client) in \(program)'s log",
                source: "read as the log of \(program), the lines of one connection of \(client)"
            ),
            events: events,
            warnings: []
        )
        recording.header.ends = Recording.Ends(client: client, server: "")
        let envelope = connection.envelope
        recording.header.envelope = .init(reversePath: envelope.reversePath, forwardPaths: envelope.forwardPaths)
        return recording
    }

    /// One thing after the other, with what must have gone before it.
    private mutating func take(_ kind: RejectedConnection.Kind) {
        guard !isClosed else { return }
        switch kind {
        case .refused(.greeting, _, _, let reply): answer(reply)
        case .refused(let turn, let argument, let path, let reply): refuse(turn, argument, path, reply)
        case .recipients: break
        case .said(let octets, let reply):
            greet()
            append(.octets(from: .client, octets + [13, 10]))
            if reply.code > 0 { answer(reply) }
        case .early(let octets): append(.octets(from: .client, octets + [13, 10]))
        case .verbs(let verbs): told(verbs)
        case .tlsFailed(let words):
            greet()
            append(.error(WireEvent.Failure(.tlsFailed, words)))
        case .remark(let words): note(words)
        case .closed(let side):
            append(.close(by: side))
            isClosed = true
        }
    }

    private mutating func refuse(
        _ turn: CommandSequence.Turn,
        _ argument: [UInt8],
        _ path: [UInt8]?,
        _ reply: RejectedConnection.Reply
    ) {
        if turn == .hello {
            greet(upToHello: true)
            if let name = connection.hello { say("EHLO ", name) } else { say("EHLO", []) }
            return answer(reply)
        }
        greet()
        switch turn {
        case .auth: say("\(Verb.auth.rawValue) ", argument)
        case .startTLS: say("STARTTLS", [])
        case .mail:
            reset()
            say("MAIL FROM:<", argument + [62])
        case .rcpt:
            begin(path)
            say("RCPT TO:<", argument + [62])
        default:
            begin(path)
            takeRecipients()
            say("DATA", [])
            if turn != .data {
                confirm(354)
                append(.gap(from: .client, octets: nil))
                say(".", [])
            }
        }
        answer(reply)
        if turn == .mailData || turn == .data { (reversePath, isMailOpen) = (nil, false) }
    }

    /// The greeting, which no line shows, and EHLO where its name is known.
    private mutating func greet(upToHello: Bool = false) {
        guard !hasGreeted else { return }
        hasGreeted = true
        append(.gap(from: .server, octets: nil))
        guard !upToHello, let name = connection.hello else { return }
        say("EHLO ", name)
        confirm(250)
        if let tls = connection.tls { append(.tls(TLSFacts(told: tls))) }
    }

    /// MAIL for each reverse-path anew.
    private mutating func begin(_ path: [UInt8]?) {
        guard !isMailOpen || path != reversePath else { return }
        reset()
        // Where the log does not name the sender, that there was a MAIL is all that is known.
        if let path { say("MAIL FROM:<", path + [62]) } else { say("MAIL", []) }
        confirm(250)
        (reversePath, isMailOpen) = (path, true)
    }

    private mutating func reset() {
        guard isMailOpen else { return }
        say("RSET", [])
        confirm(250)
        (reversePath, isMailOpen) = (nil, false)
    }

    /// Those that a refused mail was for.
    private mutating func takeRecipients() {
        let known = connection.facts.flatMap { fact -> [[UInt8]] in
            if case .recipients(let all) = fact.kind { all } else { [] }
        }
        if known.isEmpty { append(.gap(from: .client, octets: nil)) }
        for recipient in known {
            say("RCPT TO:<", recipient + [62])
            confirm(250)
        }
    }

    /// What a client said that asked for no mail.
    private mutating func told(_ verbs: [[UInt8]]) {
        append(.gap(from: .server, octets: nil))
        hasGreeted = true
        for verb in verbs {
            let isHello = verb == Array("EHLO".utf8) || verb == Array("HELO".utf8)
            append(
                .octets(from: .client, verb + (isHello ? connection.hello.map { [32] + $0 } ?? [] : []) + [13, 10]),
                isInferred: true
            )
            if isHello {
                confirm(250)
            } else if verb == Array("QUIT".utf8) {
                confirm(221)
            } else {
                append(.gap(from: .server, octets: nil))
            }
        }
    }

    // MARK: Events

    private mutating func append(_ kind: WireEvent.Kind, isInferred: Bool = false) {
        events.append(log.event(kind, leg: .relay, at: time, isInferred: isInferred))
    }

    private mutating func note(_ words: String) { append(.note(words)) }

    private mutating func say(_ verb: String, _ rest: [UInt8]) {
        append(.octets(from: .client, Array(verb.utf8) + rest + [13, 10]), isInferred: true)
    }

    private mutating func confirm(_ code: Int) {
        append(.octets(from: .server, Array("\(code)\r\n".utf8)), isInferred: true)
    }

    private mutating func answer(_ reply: RejectedConnection.Reply) {
        append(.octets(from: .server, reply.octets + [13, 10]), isInferred: !reply.isQuoted)
    }
}
