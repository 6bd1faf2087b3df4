import SMTP
import Testing

@testable import Tracing

/// What became of the mail, told from the trace alone.
@Suite struct VerdictTests {
    private static let hello = "S: 220 mx.example\nC: EHLO a.example\nS: 250 mx.example\n"
    private static let one = hello + "C: MAIL FROM:<a@a.example>\nS: 250 ok\nC: RCPT TO:<b@b.example>\n"
    private static let two = one + "S: 250 ok\nC: RCPT TO:<c@b.example>\n"
    private static let mail = "C: MAIL FROM:<a@a.example>\nS: 250 ok\nC: RCPT TO:<b@b.example>\n"
    private static let lmtp =
        "S: 220 mx\nC: LHLO a\nS: 250 mx\nC: MAIL FROM:<a@a.example>\nS: 250 ok\nC: RCPT TO:<b@b.example>\nS: 250 ok\n"
        + "C: RCPT TO:<c@b.example>\nS: 250 ok\n"
    private static let letter = "C: DATA\nS: 354 go\nC: Subject: x\nC: \nC: .\n"

    struct Row: CustomTestStringConvertible {
        let name: String
        let said: String
        let outcome: Verdict.Outcome
        /// `address outcome step code next`, in order.
        var recipients: [String] = []
        var holder = Verdict.Holder.sender
        var testDescription: String { name }
    }

    static let rows: [Row] = [
        Row(
            name: "accepted",
            said: one + "S: 250 ok\n" + letter + "S: 250 2.0.0 taken\nC: QUIT\nS: 221 bye\n",
            outcome: .accepted,
            recipients: ["b@b.example accepted 13 250 none"],
            holder: .recipient
        ),
        Row(
            name: "QUIT fails behind the acceptance",
            said: one + "S: 250 ok\n" + letter + "S: 250 taken\nC: QUIT\nS: 421 oh\n",
            outcome: .accepted,
            recipients: ["b@b.example accepted 13 250 none"],
            holder: .recipient
        ),
        Row(
            name: "one of two refused",
            said: two + "S: 550-5.1.1 no\nS: 550 5.1.1 such\n" + letter + "S: 250 taken\n",
            outcome: .mixed,
            recipients: ["b@b.example accepted 13 250 none", "c@b.example refused 10 550 bounce"],
            holder: .recipient
        ),
        Row(
            name: "one later, one never",
            said: one + "S: 452 later\nC: RCPT TO:<c@b.example>\nS: 550 no\nC: QUIT\nS: 221 bye\n",
            outcome: .mixed,
            recipients: ["b@b.example deferred 10 452 retry", "c@b.example refused 10 550 bounce"]
        ),
        Row(
            name: "refused behind the dot",
            said: one + "S: 250 ok\n" + letter + "S: 554 spam\n",
            outcome: .refused,
            recipients: ["b@b.example refused 13 554 bounce"]
        ),
        Row(
            name: "DATA refused",
            said: one + "S: 250 ok\nC: DATA\nS: 451 later\nC: QUIT\nS: 221 bye\n",
            outcome: .deferred,
            recipients: ["b@b.example deferred 11 451 retry"]
        ),
        Row(
            name: "MAIL refused",
            said: hello + "C: MAIL FROM:<a@a.example>\nS: 550 no\nC: QUIT\nS: 221 bye\n",
            outcome: .refused
        ),
        Row(
            name: "MAIL refused, RCPT sent with it",
            said: hello
                + "C: MAIL FROM:<a@a.example>\nC: RCPT TO:<b@b.example>\nS: 450 later\nS: 503 no\nC: QUIT\nS: 221 bye\n",
            outcome: .deferred
        ),
        Row(name: "greeting refused", said: "S: 554 not you\nC: QUIT\nS: 221 bye\n", outcome: .refused),
        Row(
            name: "cut before the dot",
            said: one + "S: 250 ok\nC: DATA\nS: 354 go\nC: Subject: x\n@ close server\n",
            outcome: .deferred,
            recipients: ["b@b.example deferred 12 - retry"]
        ),
        Row(
            name: "cut behind the dot",
            said: one + "S: 250 ok\n" + letter + "@ close server\n",
            outcome: .unknown,
            recipients: ["b@b.example unknown 12 - nobody-knows"],
            holder: .nobodyKnows
        ),
        Row(
            name: "given up",
            said: one + "S: 250 ok\nC: RSET\nS: 250 ok\nC: QUIT\nS: 221 bye\n",
            outcome: .none,
            recipients: ["b@b.example untried 14 - retry"]
        ),
        Row(name: "nothing asked for", said: hello + "C: QUIT\nS: 221 bye\n", outcome: .none),
        Row(
            name: "no connection",
            said: "@ connect mx.example\n@ error mx.example: the connection was refused: nobody listens on that port\n",
            outcome: .deferred
        ),
        Row(
            name: "no such domain",
            said: "@ leg lookup\n@ error b.example: the domain does not exist\n",
            outcome: .refused
        ),
        Row(
            name: "LMTP, a reply each",
            said:
                "S: 220 mx\nC: LHLO a\nS: 250 mx\nC: MAIL FROM:<a@a.example>\nS: 250 ok\nC: RCPT TO:<b@b.example>\nS: 250 ok\n"
                + "C: RCPT TO:<c@b.example>\nS: 250 ok\n" + letter + "S: 250 taken\nS: 552 full\n",
            outcome: .mixed,
            recipients: ["b@b.example accepted 13 250 none", "c@b.example refused 13 552 bounce"],
            holder: .recipient
        ),
        Row(
            name: "LMTP, cut behind the first reply",
            said: lmtp + letter + "S: 250 taken\n-- close server\n",
            outcome: .mixed,
            recipients: ["b@b.example accepted 13 250 none", "c@b.example unknown 13 - nobody-knows"],
            holder: .recipient
        ),
        Row(
            name: "LMTP, a reply is missing and 221 is none",
            said: lmtp + letter + "S: 250 taken\nC: QUIT\nS: 221 bye\n",
            outcome: .mixed,
            recipients: ["b@b.example accepted 13 250 none", "c@b.example unknown 14 - nobody-knows"],
            holder: .recipient
        ),
        Row(
            name: "LMTP, a reply each to the last chunk",
            said: lmtp + "C: BDAT 3 LAST\nC: x\nS: 250 taken\nS: 452 full\nC: QUIT\nS: 221 bye\n",
            outcome: .mixed,
            recipients: ["b@b.example accepted 13 250 none", "c@b.example deferred 13 452 retry"],
            holder: .recipient
        ),
        Row(
            name: "of a report that is refused nobody is told",
            said: hello + "C: MAIL FROM:<>\nS: 250 ok\nC: RCPT TO:<b@b.example>\nS: 550 no\n",
            outcome: .refused,
            recipients: ["b@b.example refused 10 550 none"]
        ),
        Row(
            name: "PRDR, a reply each and one for all",
            said: two + "S: 250 ok\n" + letter + "S: 353 each\nS: 250 yes\nS: 550 no\nS: 250 done\n",
            outcome: .mixed,
            recipients: ["b@b.example accepted 13 250 none", "c@b.example refused 13 550 bounce"],
            holder: .recipient
        ),
        Row(
            name: "BDAT",
            said: one + "S: 250 ok\nC: BDAT 5 LAST\nC: abc\nS: 250 taken\n",
            outcome: .accepted,
            recipients: ["b@b.example accepted 13 250 none"],
            holder: .recipient
        ),
        Row(
            name: "one mail refused at MAIL, the next accepted",
            said: hello + "C: MAIL FROM:<x@a.example>\nS: 550 no\nC: MAIL FROM:<a@a.example>\nS: 250 ok\n"
                + "C: RCPT TO:<b@b.example>\nS: 250 ok\n" + letter + "S: 250 taken\n",
            outcome: .mixed,
            recipients: ["b@b.example accepted 13 250 none"],
            holder: .recipient
        ),
        Row(
            name: "MAIL refused, and said again",
            said: hello + "C: MAIL FROM:a@a.example\nS: 501 brackets\nC: MAIL FROM:<a@a.example>\nS: 250 ok\n"
                + "C: RCPT TO:<b@b.example>\nS: 250 ok\n" + letter + "S: 250 taken\n",
            outcome: .accepted,
            recipients: ["b@b.example accepted 13 250 none"],
            holder: .recipient
        ),
        Row(
            name: "MAIL refused at one exchanger and accepted at the next",
            said: "@ connect mx1.example\n@ connected mx1.example\n" + hello
                + "C: MAIL FROM:<a@a.example>\nS: 451 later\nC: QUIT\nS: 221 bye\n@ connect mx2.example\n"
                + "@ connected mx2.example\n"
                + one + "S: 250 ok\n" + letter + "S: 250 taken\n",
            outcome: .accepted,
            recipients: ["b@b.example accepted 13 250 none"],
            holder: .recipient
        ),
        Row(
            name: "a second MAIL inside a transaction",
            said: one + "S: 250 ok\nC: MAIL FROM:<x@a.example>\nS: 503 nested\n" + letter + "S: 250 taken\n",
            outcome: .accepted,
            recipients: ["b@b.example accepted 13 250 none"],
            holder: .recipient
        ),
        Row(
            name: "two transactions, two outcomes",
            said: one + "S: 250 ok\n" + letter + "S: 250 taken\nC: MAIL FROM:<a@a.example>\nS: 250 ok\n"
                + "C: RCPT TO:<c@b.example>\nS: 450 4.2.0 later\nC: QUIT\nS: 221 bye\n",
            outcome: .mixed,
            recipients: ["b@b.example accepted 13 250 none", "c@b.example deferred 10 450 retry"],
            holder: .recipient
        ),
        Row(
            name: "the connection did not come about, for a reason of its own",
            said: "@ connect mx.example\n@ error mx.example: too many files and sockets are open\n",
            outcome: .deferred
        ),
        Row(
            name: "in the clear to port 465",
            said: "@ connect mx.example:465\n@ connected mx.example:465\n@ close server\n",
            outcome: .deferred
        ),
        Row(
            name: "no greeting",
            said: "@ connect mx.example:25\n@ connected mx.example:25\nC: EHLO a.example\n@ close server\n",
            outcome: .deferred
        ),
        Row(name: "nobody answered the call", said: "@ connect mx.example\n", outcome: .deferred),
        Row(
            name: "the first exchanger is not there, and nothing is asked of the second",
            said: "@ connect mx1.example\n@ error the connection was refused: nobody listens on that port\n"
                + "@ connect mx2.example\n@ connected mx2.example\n" + hello + "C: QUIT\nS: 221 bye\n",
            outcome: .none
        ),
        Row(
            name: "broken off behind QUIT",
            said: "@ connect mx.example\n@ connected mx.example\n" + hello
                + "C: QUIT\nS: 221 bye\n@ error the other side broke the connection off\n",
            outcome: .none
        ),
        Row(
            name: "the second exchanger takes it",
            said: "@ connect mx1.example\n@ connected mx1.example\n" + one
                + "@ close server\n@ connect mx2.example\n@ connected mx2.example\n"
                + one + "S: 250 ok\n" + letter + "S: 250 taken\n",
            outcome: .accepted,
            recipients: ["b@b.example accepted 13 250 none"],
            holder: .recipient
        ),
        Row(
            name: "two mails of one author, the first refused at MAIL and the second taken",
            said: hello + "C: MAIL FROM:<a@a.example> SIZE=9999\nS: 552 too much\n" + mail + "S: 250 ok\n" + letter
                + "S: 250 taken\n",
            outcome: .mixed,
            recipients: ["b@b.example accepted 13 250 none"],
            holder: .recipient
        ),
        Row(
            name: "MAIL refused for a while, and taken in the same session",
            said: hello + "C: MAIL FROM:<a@a.example>\nS: 450 slowly\n" + mail + "S: 250 ok\n" + letter
                + "S: 250 taken\n",
            outcome: .mixed,
            recipients: ["b@b.example accepted 13 250 none"],
            holder: .recipient
        ),
        Row(
            name: "MAIL before AUTH, and said again behind it",
            said: hello + "C: MAIL FROM:<a@a.example>\nS: 530 5.7.0 who are you\n" + mail + "S: 250 ok\n" + letter
                + "S: 250 taken\n",
            outcome: .accepted,
            recipients: ["b@b.example accepted 13 250 none"],
            holder: .recipient
        ),
        Row(
            name: "mails of two authors at two exchangers, the first refused",
            said: "@ connect mx1.example\n@ connected mx1.example\n" + hello
                + "C: MAIL FROM:<x@a.example>\nS: 550 no\nC: QUIT\nS: 221 bye\n@ connect mx2.example\n"
                + "@ connected mx2.example\n" + one + "S: 250 ok\n" + letter + "S: 250 taken\n",
            outcome: .mixed,
            recipients: ["b@b.example accepted 13 250 none"],
            holder: .recipient
        ),
        Row(
            name: "refused for good at one exchanger, and only asked at the next",
            said: "@ connect mx1.example\n@ connected mx1.example\n" + one
                + "S: 550 no\nC: QUIT\nS: 221 bye\n@ connect mx2.example\n@ connected mx2.example\n" + one
                + "S: 250 ok\nC: RSET\nS: 250 ok\nC: QUIT\nS: 221 bye\n",
            outcome: .refused,
            recipients: ["b@b.example refused 10 550 bounce"]
        ),
        Row(
            name: "421 in the middle",
            said: two + "S: 250 ok\n@ server 421 shutting down\n@ close server\n",
            outcome: .deferred,
            recipients: ["b@b.example deferred 10 421 retry", "c@b.example deferred 10 421 retry"]
        ),
        Row(
            name: "PRDR, each accepted and all refused in the end",
            said: two + "S: 250 ok\n" + letter + "S: 353 each\nS: 250 yes\nS: 250 yes\nS: 554 no, after all\n",
            outcome: .refused,
            recipients: ["b@b.example refused 13 554 bounce", "c@b.example refused 13 554 bounce"]
        ),
        Row(
            name: "the client's side alone",
            said: "C: EHLO a.example\nC: MAIL FROM:<a@a.example>\nC: RCPT TO:<b@b.example>\n"
                + letter.replacing("S: 354 go\n", with: "") + "C: QUIT\n",
            outcome: .unknown,
            recipients: ["b@b.example unknown 14 - nobody-knows"],
            holder: .nobodyKnows
        ),
        Row(
            name: "MAIL is not answered any more",
            said: hello + "C: MAIL FROM:<a@a.example>\n@ close server\n",
            outcome: .deferred
        ),
        Row(
            name: "AUTH refused, and then accepted",
            said: hello + "C: AUTH PLAIN AAA\nS: 535 5.7.8 no\nC: AUTH PLAIN AAA\nS: 235 ok\nC: QUIT\nS: 221 bye\n",
            outcome: .none
        ),
        Row(
            name: "AUTH refused",
            said: hello + "C: AUTH PLAIN AAA\nS: 535 5.7.8 no\nC: QUIT\nS: 221 bye\n",
            outcome: .refused
        ),
        Row(
            name: "taken by its sender's server, and the domain is not there",
            said: "@ leg submission\n" + one + "S: 250 ok\n" + letter
                + "S: 250 taken\nC: QUIT\nS: 221 bye\n@ leg lookup\n@ error b.example: the domain does not exist\n",
            outcome: .refused
        ),
        Row(
            name: "taken by its sender's server, and the exchanger is not there",
            said: "@ leg submission\n" + one + "S: 250 ok\n" + letter
                + "S: 250 taken\n@ leg relay\n@ connect mx\n@ error the connection was refused: nobody listens on that port\n",
            outcome: .deferred
        ),
        Row(
            name: "refused by its sender's server",
            said: "@ leg submission\n" + one + "S: 550 no\nC: QUIT\nS: 221 bye\n",
            outcome: .refused,
            recipients: ["b@b.example refused 1 550 bounce"],
            holder: .author
        ),
    ]

    private static func events(_ said: String) -> [WireEvent] {
        var leg = Leg.relay
        return said.split(separator: "\n").flatMap { line -> [WireEvent] in
            let words = line.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
            let text = Array(line.dropFirst(3).utf8) + [13, 10]
            switch (words[0], words.count > 1 ? words[1] : "") {
            case ("S:", _): return [WireEvent(.octets(from: .server, text), leg: leg)]
            case ("C:", _): return [WireEvent(.octets(from: .client, text), leg: leg)]
            case ("@", "connect"): return [WireEvent(.connect(to: words[2]), leg: leg)]
            case ("@", "connected"): return [WireEvent(.connected(to: words[2]), leg: leg)]
            case ("@", "server"): return [WireEvent(.octets(from: .server, Array(words[2].utf8) + [13, 10]), leg: leg)]
            case ("@", "close"): return [WireEvent(.close(by: .server), leg: leg)]
            case ("@", "error"):
                return [WireEvent(.error(.init(OldRecordings.failure(toldBy: words[2]), words[2])), leg: leg)]
            case ("@", "leg"):
                leg = Leg(rawValue: words[2]) ?? leg
                return []
            default: return []
            }
        }
    }

    @Test(arguments: rows) func `each recipient is told by the reply that decided`(row: Row) {
        let trace = Tracer.trace(of: Self.events(row.said))
        let verdict = Verdict(of: trace)
        let recipients = verdict.recipients.map { recipient in
            let step = recipient.place.map { "\($0.step.number)" } ?? "-"
            let code = recipient.decision.map(\.code).map { "\($0)" } ?? "-"
            return
                "\(recipient.address.lossyText) \(recipient.outcome) \(step) \(code) \(verdict.next(of: recipient).rawValue)"
        }
        #expect(verdict.outcome == row.outcome)
        #expect(recipients == row.recipients)
        #expect(verdict.holder == row.holder)
        expectSameAtAGlance(verdict, Self.events(row.said))
    }

    /// A glance at the same events has the same verdict, but for lines and places, which it does not know.
    private func expectSameAtAGlance(_ verdict: Verdict, _ events: [WireEvent]) {
        var glance = SessionGlance(events)
        let other = glance.verdict()
        #expect(other.outcome == verdict.outcome)
        #expect(other.holder == verdict.holder)
        #expect(other.failure == verdict.failure)
        #expect(Self.told(other.recipients) == Self.told(verdict.recipients))
        #expect(other.transactions.map(\.outcome) == verdict.transactions.map(\.outcome))
        #expect(other.decision?.code == verdict.decision?.code)
        #expect(other.decision?.turn == verdict.decision?.turn)
        #expect(other.decision?.status == verdict.decision?.status)
    }

    private static func told(_ recipients: [Verdict.Recipient]) -> [String] {
        recipients.map { recipient in
            let code = recipient.decision.map { "\($0.code) \($0.status.map { "\($0)" } ?? "-")" } ?? "-"
            return "\(recipient.address) \(recipient.transaction) \(recipient.outcome) \(code) \(recipient.holder)"
        }
    }

    @Test func `what the client says between two lines of a reply is no line of it`() {
        let said = Self.one + "S: 550-5.1.1 no\nC: NOOP\nS: 550 5.1.1 such\nS: 250 ok\n"
        let trace = Tracer.trace(of: Self.events(said))
        let lines = Verdict(of: trace).recipients.first?.decision?.lines ?? []
        #expect(lines.map { trace.lines[$0].octets.lossyText } == ["550-5.1.1 no", "550 5.1.1 such"])
    }

    @Test func `what a proxy says is no word of the client`() {
        let header = Array("PROXY TCP4 192.0.2.1 192.0.2.2 56324 25\r\n".utf8)
        let events = [
            WireEvent(.connect(to: "a:25"), leg: .relay), WireEvent(.connected(to: "a:25"), leg: .relay),
            WireEvent(.octets(from: .client, header), leg: .relay),
        ]
        let verdict = Verdict(of: Tracer.trace(of: events))
        #expect(verdict.outcome == .none)
        expectSameAtAGlance(verdict, events)
    }

    @Test func `what goes on inside TLS nobody knows`() {
        let hello = Self.hello + "C: STARTTLS\nS: 220 go\n"
        let events = Self.events(hello) + [Self.record(22, from: .client), Self.record(22, from: .server)]
        let sealed = events + [Self.record(23, from: .client), Self.record(23, from: .server)]
        let verdict = Verdict(of: Tracer.trace(of: sealed))
        #expect(verdict.outcome == .unknown && verdict.isEncrypted && verdict.holder == .nobodyKnows)
        expectSameAtAGlance(verdict, sealed)
        let cut = events + [WireEvent(.close(by: .server), leg: .relay)]
        let broken = Verdict(of: Tracer.trace(of: cut))
        #expect(broken.outcome == .deferred && !broken.isEncrypted)
        expectSameAtAGlance(broken, cut)
        let begun = Verdict(of: Tracer.trace(of: events))
        #expect(begun.outcome == .unknown && begun.isEncrypted)
        expectSameAtAGlance(begun, events)
    }

    /// The wrong kind of TLS (RFC 8314 §3.3): what each session shows of it, and what that means.
    static let wrongTLS: [(name: String, port: Int, events: [WireEvent], failure: LinkFailure?)] = [
        (
            "TLS, and the greeting comes meanwhile", 25,
            [record(22, from: .client)] + events("S: 220 mx.example\nS: 500 what?\n"), .clearExpected
        ),
        ("TLS behind the greeting", 25, events("S: 220 mx.example\n") + [record(22, from: .client)], .clearExpected),
        ("a command answered in TLS", 2465, events("C: EHLO a\n") + [record(21, from: .server)], .tlsExpected),
        ("a command to port 465, not answered", 465, events("C: EHLO a\n"), .tlsExpected),
        ("silence at another port", 2465, [], .noGreeting),
        (
            "TLS, and then in the clear after all", 25,
            events("S: 220 mx.example\n") + [record(22, from: .client)]
                + events("S: 500 what?\nC: EHLO a\nS: 250 mx.example\nC: QUIT\nS: 221 bye\n"), nil
        ),
    ]

    @Test(arguments: wrongTLS.indices) func `the wrong kind of TLS is why there was no mail`(index: Int) {
        let row = Self.wrongTLS[index]
        let begun = Self.events("@ connect [192.0.2.1]:\(row.port)\n@ connected [192.0.2.1]:\(row.port)\n")
        let events = begun + row.events + Self.events("@ close server\n")
        let verdict = Verdict(of: Tracer.trace(of: events))
        #expect(verdict.failure == row.failure, "\(row.name)")
        #expect(verdict.outcome == (row.failure == nil ? .none : .deferred), "\(row.name)")
        expectSameAtAGlance(verdict, events)
    }

    private static func record(_ type: UInt8, from side: Side) -> WireEvent {
        WireEvent(.octets(from: side, [type, 3, 3, 0, 4, 2, 0, 0, 0]), leg: .relay)
    }

    @Test func `a thousand mails are read once`() {
        let mails = String(repeating: Self.mail + "S: 550 no\nC: RSET\nS: 250 ok\n", count: 1000)
        let verdict = Verdict(of: Tracer.trace(of: Self.events(Self.hello + mails)))
        #expect(verdict.transactions.count == 1000 && verdict.outcome == .refused)
    }

    @Test func `all lines of a refusal are its words`() {
        let verdict = Verdict(of: Tracer.trace(of: Self.events(Self.one + "S: 550-5.1.1 no\nS: 550 5.1.1 such\n")))
        #expect(verdict.recipients.first?.decision?.lines.count == 2)
        #expect(verdict.recipients.first?.decision?.status.map { "\($0)" } == "5.1.1")
    }

    /// Written by hand, after the recordings: `address outcome step code status`, and who holds the mail.
    static let bundled: [String: (outcome: Verdict.Outcome, recipients: [String], holder: Verdict.Holder)] = [
        "aiosmtpd": (.accepted, ["bob@receiver.example accepted 13 250 2.0.0"], .recipient),
        "checked": (.accepted, ["bob@receiver.example accepted 13 250 2.0.0"], .recipient),
        "dane": (.accepted, ["bob@receiver.example accepted 13 250 2.0.0"], .recipient),
        "dsn": (.accepted, ["ada@sender.example accepted 13 250 2.0.0"], .recipient),
        "exim": (.accepted, ["bob@receiver.example accepted 13 250 -"], .recipient),
        "forged": (.refused, ["bob@receiver.example refused 13 550 5.7.1"], .sender),
        "forwarded": (.accepted, ["bob@receiver.example accepted 13 250 2.0.0"], .recipient),
        "greylisted": (.deferred, ["bob@receiver.example deferred 10 450 4.2.0"], .sender),
        "international": (.accepted, ["jürgen@münchen.example accepted 13 250 2.0.0"], .recipient),
        "list": (.refused, ["bob@receiver.example refused 13 550 5.7.1"], .sender),
        "login": (.accepted, ["bob@receiver.example accepted 1 250 2.0.0"], .sender),
        "mime": (.accepted, ["bob@receiver.example accepted 13 250 2.0.0"], .recipient),
        "mta-sts": (.accepted, ["bob@receiver.example accepted 13 250 2.0.0"], .recipient),
        "one-refused": (
            .mixed,
            [
                "bob@receiver.example accepted 13 250 2.0.0", "nosuch@receiver.example refused 10 550 5.1.1",
                "carol@receiver.example accepted 13 250 2.0.0",
            ],
            .recipient
        ),
        "opensmtpd": (.accepted, ["bob@receiver.example accepted 13 250 2.0.0"], .recipient),
        "postfix": (.accepted, ["bob@receiver.example accepted 13 250 2.0.0"], .recipient),
        "queued": (.accepted, ["bob@receiver.example accepted 13 250 2.0.0"], .recipient),
        "retried": (.accepted, ["bob@receiver.example accepted 13 250 2.0.0"], .recipient),
        "seed": (.accepted, ["pavol@kutaj.com accepted 13 250 -"], .recipient),
        "signed": (.accepted, ["bob@receiver.example accepted 13 250 2.0.0"], .recipient),
        "smuggled": (.accepted, ["bob@receiver.example accepted 13 250 2.0.0"], .recipient),
        "starttls": (.accepted, ["bob@receiver.example accepted 13 250 2.0.0"], .recipient),
    ]

    @Test func `each bundled session has the verdict that its recording shows`() {
        let sessions = Session.all.filter { $0.name.hasPrefix("sessions/") }
        #expect(Set(sessions.map(\.name)) == Set(Self.bundled.keys.map { "sessions/\($0).ehlo" }))
        for session in sessions {
            let expected = Self.bundled[String(session.name.dropFirst(9).dropLast(5))]
            let verdict = Verdict(of: Tracer.trace(of: session.events))
            let recipients = verdict.recipients.map { recipient in
                let step = recipient.place.map { "\($0.step.number)" } ?? "-"
                let code = recipient.decision.map(\.code).map { "\($0)" } ?? "-"
                let status = recipient.decision?.status.map { "\($0)" } ?? "-"
                return "\(recipient.address.lossyText) \(recipient.outcome) \(step) \(code) \(status)"
            }
            #expect(verdict.outcome == expected?.outcome, "\(session.name)")
            #expect(recipients == expected?.recipients, "\(session.name)")
            #expect(verdict.holder == expected?.holder, "\(session.name)")
        }
    }

    @Test(arguments: Session.all) func `every session has a verdict, and its lines are replies`(session: Session) {
        let trace = Tracer.trace(of: session.events)
        let verdict = Verdict(of: trace)
        expectSameAtAGlance(verdict, session.events)
        for recipient in verdict.recipients {
            #expect(!recipient.isOpen || recipient.decision == nil)
            for line in recipient.decision?.lines ?? [] { #expect(trace.lines[line].replyCode != nil) }
        }
        #expect(
            verdict.recipients.isEmpty || verdict.outcome != .none
                || verdict.recipients.allSatisfy { $0.outcome == .untried }
        )
    }
}
