import SMTP
import Tracing

/// What the lines of one message tell together: how it came, and what was tried with each of its recipients. What no line tells
/// is nil.
struct LoggedMessage {
    private(set) var program: LogProgram
    /// The queue id.
    private(set) var id: String
    var arrival = Arrival()
    /// In the order of the log; a recipient that was put off has several.
    var deliveries: [Delivery] = []
    var remarks: [Remark] = []
    /// A connection that brought no message, in place of one.
    var rejected: RejectedConnection?

    /// How it came in.
    struct Arrival {
        var time: TimeStamp?
        /// Who handed it in over SMTP, as `host.sender.example[192.0.2.94]`.
        var client: String?
        var hello: [UInt8]?
        /// What it was handed in by on this machine: a user, a program.
        var local: String?
        var reversePath: [UInt8]?
        var recipients: [[UInt8]] = []
        var size: Int?
        var messageID: String?
        /// A keyword of RFC 3848 as the log has it: `ESMTPS`.
        var keyword: String?
        var tls: String?
        /// What the server said to the mail data, where it did not take it.
        var refusal: Refusal?
    }

    /// A refusal of what a client wanted to hand in.
    struct Refusal {
        var reply: [UInt8]
        /// The log has a status or an action alone, and the code follows from it.
        var isInferred = true
    }

    /// What came of one recipient at one time.
    struct Delivery {
        enum Outcome { case sent, deferred, refused, expired, unknown }
        /// Who delivers: a client of SMTP or LMTP, or a program on this machine.
        enum Transport: Equatable { case smtp, lmtp, local(String) }

        var time: TimeStamp?
        /// Which process it was: lines of one follow on each other over one connection.
        var process: ArraySlice<UInt8> = []
        var recipient: [UInt8]
        var transport = Transport.smtp
        /// The server that was asked, as the log writes it; nil where none was reached.
        var relay: String?
        var outcome: Outcome
        var status: String?
        /// The server's reply as the log quotes it, its lines run together.
        var reply: [UInt8]?
        /// The text has a status alone, and not the reply.
        var isReplyInferred = false
        /// What the reply answers; nil where the log does not say.
        var turn: CommandSequence.Turn?
        /// What is answered where the turn may come at any time.
        var asked = Verb.vrfy
        /// The program's own words.
        var reason = ""
        var failure: LinkFailure?
        /// The connection was lost while the mail data was sent: the dot behind it did not go out.
        var isCutBeforeDot = false
        var tls: String?
        /// It goes over the connection of the one before.
        var goesOn = false
    }

    /// What is told of it besides.
    struct Remark {
        var time: TimeStamp?
        var words: String
    }

    init(program: LogProgram, id: String) { (self.program, self.id) = (program, id) }

    /// Takes what a line tells.
    mutating func take(_ line: LogLine, at time: TimeStamp?) {
        // A filter speaks of the messages of a server.
        if program == .rspamd { program = line.program }
        // The first lines of a session tell of no message yet.
        if id.isEmpty { id = line.message.text }
        if let connection = line.connection {
            var known = rejected ?? RejectedConnection()
            known.take(connection, connection.time ?? time)
            return rejected = known
        }
        if line.isOfConnection {
            var known = rejected ?? RejectedConnection()
            known.takePostfix(line.words, time)
            return rejected = known
        }
        switch line.program {
        case .postfix: takePostfix(line, time)
        case .exim: takeExim(line, time)
        case .sendmail: takeSendmail(line, time)
        case .openSMTPD: takeOpenSMTPD(line, time)
        case .haraka: takeHaraka(line, time)
        case .rspamd: takeRspamd(line, time)
        case .qmail: takeQmail(line, time)
        }
    }

    /// As a walk.
    var recording: Recording {
        // Of a message that went on, what was refused on its way is a remark.
        let refused = deliveries.isEmpty ? rejected : nil
        return refused.map { RejectedWalk($0, program: program.name).recording } ?? LoggedWalk(self).recording
    }

    mutating func arrived(_ time: TimeStamp?) { arrival.time = arrival.time ?? time }

    mutating func remark(_ words: String, _ time: TimeStamp?) {
        remarks.append(Remark(time: time, words: words))
    }

    mutating func addRecipient(_ address: [UInt8]) {
        if !address.isEmpty, !arrival.recipients.contains(address) { arrival.recipients.append(address) }
    }
}

extension LinkFailure {
    /// Why no server was reached, in the words that mail servers take from the system and from their resolver, THE table.
    static func logged(_ words: LogWords) -> LinkFailure? {
        logged.first { words.has($0.words) }?.failure
    }

    private static let logged: [(words: StaticString, failure: LinkFailure)] = [
        ("SMTP timeout", .noReply),
        ("Name server", .lookupFailed),
        ("Connection refused", .refused), ("connection refused", .refused), ("timed out while", .noReply),
        ("imed out", .timedOut), ("imeout", .timedOut), ("No route to host", .unreachable),
        ("etwork is unreachable", .unreachable), ("Host unreachable", .unreachable),
        ("lost connection", .reset), ("onnection reset", .reset), ("closed unexpectedly", .reset),
        ("does not accept mail (nullMX)", .nullMX), ("all relevant MX records point to non-existent", .noAddress),
        ("Host not found, try again", .lookupFailed), ("try again", .lookupFailed), ("lookup failure", .lookupFailed),
        ("host lookup did not complete", .lookupFailed), ("all host address lookups failed", .noAddress),
        ("Host not found", .noSuchDomain), ("Host or domain name not found", .noSuchDomain),
        ("Host unknown", .noSuchDomain),
        ("Unrouteable address", .undeliverable), ("Cannot start TLS", .tlsFailed), ("TLS is required", .tlsFailed),
        ("TLS handshake", .tlsFailed), ("TLS session", .tlsFailed),
    ]
}
