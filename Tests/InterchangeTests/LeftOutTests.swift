import Interchange
import Testing
import Tracing

/// What a log leaves out is never held against anybody.
@Suite struct LeftOutTests {
    @Test(arguments: [
        "l=debug m=\"smtp command result\" pkg=smtpserver kind=submission cmd=ehlo code=250 ecode= cid=1\n"
            + "l=debug m=\"smtp command result\" pkg=smtpserver kind=submission cmd=mailfrom code=250 ecode= cid=1\n"
            + "l=debug m=\"smtp command result\" pkg=smtpserver kind=submission cmd=auth code=501 ecode=5.5.0 cid=1\n",
        "l=info pkg=smtpserver cmd=helo code=250 ecode= cid=2\nl=info pkg=smtpserver cmd=rcpt code=550 ecode=5.1.1 cid=2\n",
    ])
    func `verbs alone are not held against the client`(log: String) throws {
        let trace = Tracer.trace(of: try SessionFile.read(Array(log.utf8), path: "-").sessions[0].events)
        #expect(trace.lines.contains { $0.verbName != nil })
        #expect(!trace.lines.flatMap(\.findings).contains { $0.kind == .missingArgument })
    }

    @Test func `a client that leaves its argument out has left it out`() throws {
        let log = "S: 220 mx.example\nC: EHLO\nS: 501 who\nC: QUIT\nS: 221 bye\n"
        let trace = Tracer.trace(of: try SessionFile.read(Array(log.utf8), path: "-").sessions[0].events)
        #expect(trace.lines.flatMap(\.findings).contains { $0.kind == .missingArgument })
    }

    @Test func `a reply to EHLO that a log cuts has no malformed keyword`() throws {
        let log =
            "23:23:09.1 IP 192.0.2.1.5000 > 192.0.2.25.25: Flags [P.], seq 1:17, ack 43, win 2051, length 16: SMTP: EHLO localhost\n"
            + "23:23:09.2 IP 192.0.2.25.25 > 192.0.2.1.5000: Flags [P.], seq 43:180, ack 17, win 114, length 137: SMTP: 250-mx.receiver.example\n"
        let trace = Tracer.trace(of: try SessionFile.read(Array(log.utf8), path: "-").sessions[0].events)
        #expect(trace.lines.contains { $0.replyCode == 250 })
        #expect(!trace.lines.flatMap(\.findings).contains { $0.kind == .malformedKeyword })
    }
}
