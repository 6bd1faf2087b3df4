import Interchange
import Testing
import Tracing

@testable import Explain

/// What is said to be done, against the sections of the RFCs that give the codes.
@Suite struct `Advice about a reply` {
    @Test(
        arguments: [
            // RFC 5321 §4.2.3, §4.5.3.1.10, §3.4, RFC 1870 §6.4.
            ("452", .room), ("452@RCPT", .room), ("452 4.2.2 The mailbox is full", .full),
            ("551", .moved), ("551 User not local; please try <grace@new.example>", .moved),
            ("552", .limit), ("552@RCPT", .limit), ("552@MAIL", .tooLong), ("552@DOT", .tooLong),
            ("553@MAIL", .sender), ("553@RCPT", .address), ("555@MAIL", .feature), ("501@MAIL", .protocolError),
            ("521", .domain), ("521@RCPT", .policy), ("450", .later), ("421", .later),
            // RFC 3463 §3.2 to §3.5.
            ("5.1.1", .noMailbox), ("502@VRFY", .silence), ("502 5.5.1 EXPN command is disabled", .silence),
            ("5.1.4", .address), ("5.1.0", .address), ("5.1.8", .sender), ("5.2.4", .list),
            ("5.3.3", .feature), ("4.3.1", .system), ("4.4.3", .network), ("4.4.1", .network), ("5.4.4", .domain),
            ("4.4.5", .later), ("550 5.4.5 Daily user sending limit exceeded.", .rate), ("5.4.6", .loop),
            ("4.4.6", .loop), ("554 5.4.14 Hop count exceeded - possible mail loop ATTR1", .loop),
            ("554 5.6.0 Message exceeded 50 hops, this may indicate a mail loop.", .loop),
            ("550 5.4.6 Unusual sending activity detected. Please try after sometime.", .rate),
            // RFC 6531 §3.5.
            ("550 5.6.7 no", .asciiAddress), ("553 5.6.7 no", .asciiAddress), ("554 5.6.9 no", .content),
        ] as [(String, Advice)]
    ) func `fits what the code means`(text: String, advice: Advice) throws {
        #expect(Advice.of(try `What people have in hand`.explain(text)[0]) == advice)
    }

    @Test(
        arguments: [
            // RFC 7505 §4.1.
            ("556 5.1.10 Recipient address has null MX", .domain), ("556", .domain), ("5.1.10", .domain),
            ("550 5.1.10 Domain receiver.example does not accept mail (nullMX)", .domain),
            ("550 5.1.10 RESOLVER.ADR.RecipientNotFound; not found by SMTP address lookup", .noMailbox),
            ("550 5.7.27 Sender address has null MX", .sender), ("5.7.27", .sender),
            ("550 5.7.27 Your email has been blocked because SPF authentication didn't pass", .authentication),
            ("421 4.7.27 Your email has been rate limited", .authentication),
            // RFC 8689 §4.2.1, RFC 8617 §10.4.
            ("5.7.30", .safeWay), ("550 5.7.30 REQUIRETLS support required", .safeWay),
            ("550 5.7.30 Your email has been blocked because DKIM authentication didn't pass", .authentication),
            ("5.7.29", .authentication), ("421 4.7.29 this message wasn't sent over a TLS connection", .safeWay),
            ("5.7.20", .authentication), ("5.7.509", .authentication),
            ("450 4.7.23 does not have a PTR record", .hostName),
            // RFC 4954 §4, §6, RFC 5248 §2.4.
            ("432 4.7.12 A password transition is needed", .transition), ("432", .transition), ("5.7.13", .disabled),
            ("525 5.7.13 User Account Disabled", .disabled), ("525", .disabled), ("550 5.7.13 no", .closed),
            ("550 5.7.12 no", .closed), ("5.7.12", .closed),
            ("504 5.7.4 Unrecognized Authentication Type.", .mechanism),
            ("504@AUTH", .mechanism), ("504 5.5.4 Unrecognized authentication type", .mechanism),
            ("538", .encryption), ("538 5.7.11 no", .encryption), ("523 5.7.10 Encryption Needed", .encryption),
            ("535 5.7.8 no", .login), ("535 5.7.0 no", .login),
            ("534 5.7.14 Please log in through your web browser", .login),
            ("454@AUTH", .loginTrouble), ("454 4.7.0 Temporary authentication failure", .loginTrouble),
            ("530 5.7.0 Authentication required", .login), ("530", .login),
            // RFC 3207 §4.
            ("530 5.7.0 Must issue a STARTTLS command first", .encryption), ("530@AUTH", .encryption),
            ("530 Must issue a STARTTLS command first", .encryption), ("454@STARTTLS", .later),
            ("454 4.7.0 TLS not available due to local problem", .later),
            // RFC 3463 §3.8, RFC 7293 §15.3, RFC 6710 §4.1, §5.
            ("5.7.2", .closed), ("5.7.133", .closed), ("5.7.5", .integrity), ("5.7.7", .integrity),
            ("5.7.17", .owner), ("5.7.18", .owner), ("5.7.19", .owner), ("4.7.15", .priority),
            ("552 5.7.16 no", .priority),
            ("5.7.1", .policy), ("5.7.0", .policy), ("450 4.7.1 Greylisted", .later),
            ("454 4.7.1 Relay access denied", .policy),
        ] as [(String, Advice)]
    ) func `fits what a status of security means`(text: String, advice: Advice) throws {
        #expect(Advice.of(try `What people have in hand`.explain(text)[0]) == advice)
    }

    @Test(arguments: ["250 ok", "221 2.7.0 Error: I can break rules, too. Goodbye.", "2.1.9"])
    func `is none where nothing is to be done`(text: String) throws {
        #expect(Advice.of(try `What people have in hand`.explain(text)[0]) == nil)
    }

    /// A report about REQUIRETLS names a status that no server said (RFC 8689 §4.2.1).
    @Test(arguments: ["5.7.10", "5.7.30"]) func `of a report without a reply says no command`(status: String) throws {
        let report = "Final-Recipient: rfc822; bob@receiver.example\nAction: failed\nStatus: \(status)\n"
        let found = try `What people have in hand`.explain(report)[0]
        #expect(found.kind == .bounce && found.turn == nil && Advice.of(found) == .safeWay)
    }

    /// RFC 5321 §4.5.4.1 gives a least time.
    @Test func `that it is tried again names no end`() throws {
        let again = try #require(try `What people have in hand`.explain("450 4.2.0 no")[0].againSentence)
        #expect(again.contains("at least 4 to 5 days"))
        let login = try #require(try `What people have in hand`.explain("454@AUTH")[0].againSentence)
        #expect(login.contains("author's program"))
    }

    @Test func `an answer to EXPN is walked as one`() throws {
        let found = try `What people have in hand`.explain("502 5.5.1 EXPN command is disabled")[0]
        #expect(found.lessons.contains { $0.path == "reply/502@EXPN" })
        for (asked, other) in [("EXPN", "VRFY"), ("VRFY", "EXPN")] {
            let walk = try `What people have in hand`.explain("502@\(asked)")[0].walk
            let file = RecordingWriter.file(try #require(walk))
            #expect(file.contains(asked) && !file.contains(other))
        }
    }
}
