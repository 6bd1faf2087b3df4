import SMTP
import Testing

@testable import Tracing

/// What a reply answers and what is found then, in sessions that are not the usual ones.
@Suite struct AnswersTests {
    /// `S: ` and `C: ` in front of each line.
    private static func trace(_ said: String, isLinked: Bool = true) -> Trace {
        var events: [WireEvent] = []
        if isLinked {
            events = [WireEvent(.connect(to: "a:25"), leg: .relay), WireEvent(.connected(to: "a:25"), leg: .relay)]
        }
        for line in said.split(separator: "\n") {
            let octets = Array(line.dropFirst(3).utf8) + [13, 10]
            events.append(WireEvent(.octets(from: line.hasPrefix("C") ? .client : .server, octets), leg: .relay))
        }
        return Tracer.trace(of: events)
    }

    /// As `MAIL: out-of-sequence`, by the line that has the finding.
    private static func findings(_ trace: Trace) -> [String] {
        trace.lines.flatMap { line in line.findings.map { "\(line.octets.prefix { $0 != 32 }.lossyText): \($0.id)" } }
    }

    private static let hello = "S: 220 b.example ESMTP\nC: EHLO a.example\nS: 250-b.example\nS: 250 "
    private static let letter = "C: From: a\nC: Date: b\nC: \nC: hello\nC: .\n"
    private static let two =
        "C: MAIL FROM:<a@a.example>\nS: 250 ok\nC: RCPT TO:<u@b.example>\nS: 250 ok\nC: RCPT TO:<v@b.example>\nS: 250 ok\n"

    // MARK: A credential that a log leaves out

    private static let challenged = hello + "AUTH PLAIN LOGIN\nC: AUTH LOGIN\nS: 334 VXNlcm5hbWU6\n"

    @Test(
        arguments: ["MAIL FROM:<a@a.example>", "RSET", "QUIT", "NOOP", "HELP", "DATA", "EHLO a.example", "STARTTLS"],
        [true, false]
    )
    func `a log that leaves the credential out accuses nobody`(command: String, isLinked: Bool) {
        let trace = Self.trace(Self.challenged + "C: \(command)\nS: 250 ok\n", isLinked: isLinked)
        let line = trace.lines.last { $0.speaker == .client }
        #expect(line?.octets.lossyText == command && line?.secrets.isEmpty == true)
        let verb = command.prefix { $0 != " " }
        let ids = Self.findings(trace)
        #expect(!ids.contains("\(verb): out-of-sequence") && !ids.contains("AUTH: credential-in-clear"), "\(ids)")
    }

    @Test func `a command that the server takes for the response is out of sequence`() {
        let trace = Self.trace(Self.challenged + "C: MAIL FROM:<a@a.example>\nS: 501 5.5.2 cannot decode\n")
        #expect(Self.findings(trace).contains("MAIL: out-of-sequence"))
    }

    @Test(arguments: ["cnNldA==", "TURN", "quit", "DATA x", "VRFY ada", "hunter2"])
    func `what a response can look like is masked`(response: String) {
        let trace = Self.trace(Self.challenged + "C: \(response)\nS: 235 ok\n")
        let line = trace.lines.last { $0.speaker == .client }
        #expect(line?.octets == Mask.octets, "\(line?.octets.lossyText ?? "")")
    }

    // MARK: PROXY

    private static let proxy = "C: PROXY TCP4 192.0.2.1 192.0.2.2 56324 25\n"

    @Test func `a header of a proxy is a note with its addresses, and the session goes on as if it were not there`() {
        let rest =
            Self.hello + "SIZE\n" + Self.two + "C: DATA\nS: 354 go\n" + Self.letter
            + "S: 250 taken\nC: QUIT\nS: 221 bye\n"
        let (with, without) = (Self.trace(Self.proxy + rest), Self.trace(rest))
        let note = with.lines.first { $0.content == .event(LessonAnchor("link/proxy")) }
        #expect(note?.place.step == .connection)
        let words = note?.octets.lossyText ?? ""
        #expect(words.contains("192.0.2.1") && words.contains("192.0.2.2") && words.contains("56324"), "\(words)")
        #expect(Self.findings(with) == Self.findings(without))
        func told(_ trace: Trace) -> [String] {
            trace.lines.filter(\.isWire).map { line in
                let asked = line.answers.map { trace.lines[$0].octets.lossyText } ?? "-"
                return "\(line.place) \(line.octets.lossyText) < \(asked)"
            }
        }
        #expect(told(with) == told(without))
    }

    @Test(arguments: ["500 5.5.1 unknown command", "502 no", "503 no"])
    func `a server that knows no header answers it, and every command has its own reply`(refusal: String) {
        let trace = Self.trace(
            Self.proxy
                + "S: 220 b.example ESMTP\nS: \(refusal)\nC: EHLO a.example\nS: 250 b.example\nC: QUIT\nS: 221 bye\n"
        )
        #expect(Self.findings(trace) == [])
        let last = trace.lines.last { $0.speaker == .server }
        #expect(last?.answers.map { trace.lines[$0].octets.lossyText } == "QUIT")
    }

    // MARK: PRDR

    @Test func `each reply of PRDR answers the mail, and is about its recipient`() {
        let said =
            Self.hello + "PRDR\n" + Self.two + "C: DATA\nS: 354 go\n" + Self.letter
            + "S: 353 each\nS: 250 u\nS: 550 v\nS: 250 all\nC: QUIT\nS: 221 bye\n"
        let trace = Self.trace(said)
        let dot = trace.lines.last { $0.octets == [46] }?.index
        let replies = trace.lines.filter { $0.speaker == .server }.suffix(5).dropLast()
        #expect(replies.map(\.answers) == [dot, dot, dot, dot])
        let recipients = replies.map { line -> String? in
            guard case .reply(let context) = line.content else { return nil }
            return context.recipient.map { trace.lines[$0].octets.lossyText }
        }
        #expect(recipients == [nil, "RCPT TO:<u@b.example>", "RCPT TO:<v@b.example>", nil])
        #expect(trace.mails.first?.code == 250 && trace.mails.first?.answer == Array("all".utf8))
        #expect(Self.findings(trace) == [])
    }

    // MARK: Content

    @Test func `334 to DATA is a finding`() {
        let trace = Self.trace(Self.hello + "SIZE\n" + Self.two + "C: DATA\nS: 334 go\n")
        #expect(Self.findings(trace).contains("334: unexpected-intermediate-reply"), "\(Self.findings(trace))")
    }

    @Test func `mail that is sent although DATA was refused is one finding`() {
        let trace = Self.trace(
            Self.hello + "SIZE\n" + Self.two + "C: DATA\nS: 451 later\n" + Self.letter
                + String(repeating: "S: 500 what?\n", count: 5) + "C: QUIT\nS: 221 bye\n"
        )
        #expect(Self.findings(trace) == ["From:: data-without-354"])
    }

    @Test(arguments: [(6, -1), (11, 4)]) func `a size of a chunk that is wrong is one finding`(size: Int, sign: Int) {
        let text = "C: hello\n"
        let trace = Self.trace(
            Self.hello + "CHUNKING\n" + Self.two + "C: BDAT \(size) LAST\n" + text + (sign < 0 ? "C: more of it\n" : "")
                + "C: QUIT\nS: 250 taken\nS: 500 what?\nS: 221 bye\n"
        )
        let ids = Self.findings(trace).filter { $0.contains("chunk-size") }
        #expect(ids == ["BDAT: chunk-size-wrong"], "\(Self.findings(trace))")
    }

    // MARK: Extensions

    @Test func `AUTH on several lines offers all of them`() {
        let trace = Self.trace(Self.hello.replacing("250 ", with: "250-") + "AUTH PLAIN\nS: 250 AUTH LOGIN\n")
        #expect(trace.facts.hello.parameters(of: "AUTH").map(\.lossyText) == ["PLAIN", "LOGIN"])
    }

    /// 253 is of ETRN (RFC 1985), 453 of ATRN (RFC 2645), the others are of RFC 5248 §2.4.
    @Test(
        arguments: [
            ("ETRN b.example", "253 2 messages"), ("ATRN b.example", "453 no mail for you"),
            ("AUTH EXTERNAL =", "422 4.7.12 transition"), ("AUTH EXTERNAL =", "523 5.7.10 encryption"),
            ("AUTH EXTERNAL =", "525 5.7.13 disabled"),
        ]
    )
    func `a reply of an extension is a known one`(command: String, reply: String) {
        let trace = Self.trace(
            Self.hello.replacing("250 ", with: "250-")
                + "ETRN\nS: 250-ATRN\nS: 250 AUTH EXTERNAL\nC: \(command)\nS: \(reply)\n"
        )
        #expect(!Self.findings(trace).contains { $0.hasSuffix("reply-not-defined") }, "\(Self.findings(trace))")
        #expect(trace.lines.last { $0.speaker == .server }?.answers != nil)
    }
}
