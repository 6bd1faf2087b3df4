import Testing

@testable import Tracing

/// A line end inside a path, as an octet or in code, and what only looks like one.
@Suite struct BrokenPathTests {
    private func told(_ path: String, of verb: String = "RCPT TO:") -> [Situation.Kind] {
        let sample = Sample(
            Sample.hello
                + "C: MAIL FROM:<a@a.example>\nS: 250 ok\nC: \(verb)\(path)\nS: 501 no\nC: QUIT\nS: 221 bye\n-- close server"
        )
        #expect(sample.situations.map(\.kind) == sample.glanced.map(\.kind))
        return sample.situations.map(\.kind)
    }

    @Test(arguments: [
        "<b@b.example\\rDATA>", "<b@b.example>\\rRCPT TO:<c@c.example>", "<b\\r@b.example>",
        "<b%0d%0aRCPT TO:<c@c.example>",
        "<b@b.example>%0d%0aDATA", "<b%0D%0A@b.example>", "<b@b.example%0aQUIT>", "<b@b.example>=0D=0ARSET",
        "<b@b.example%0ABcc: c@c.example>",
    ])
    func `a line end in a path is told`(path: String) {
        #expect(told(path) == [.headerInjection])
        #expect(told(path, of: "MAIL FROM:") == [.headerInjection])
    }

    @Test(arguments: [
        "<b@b.example>", "<b%0a.example@relay.example>", "<50%0d@b.example>", "<b=0Ac@b.example>",
        "<b@b.example> NOTIFY=NEVER",
        "<b@b.example> ORCPT=rfc822;b+3Dc@b.example", "<\"b\\\\r\\\\nc\"@b.example>", "<b@b.example>\\r",
        "<data%0a@b.example>",
        "<list-owner=0dquitting@b.example>",
    ])
    func `what looks like one is none`(path: String) {
        #expect(!told(path).contains(.headerInjection))
    }

    private func situations(_ command: String) -> [Situation.Kind] {
        let sample = Sample("S: 220 mx\nC: \(command)\nS: 501 no\nC: QUIT\nS: 221 bye\n-- close server")
        #expect(sample.situations.map(\.kind) == sample.glanced.map(\.kind))
        return sample.situations.map(\.kind)
    }

    @Test(arguments: [
        "EHLO a.example%0d%0aRSET", "EHLO a\\\\r\\\\nMAIL FROM:<b@b.example>",
        "EHLO a.example%0aMAIL FROM:<b@b.example>", "LHLO a\\rb.example",
        "MAIL FROM:<a@a.example> AUTH=ada%0d%0aRCPT", "MAIL FROM:<a@a.example> SIZE=10%0D%0ADATA",
        "MAIL FROM:<a@a.example> ENVID=x=0D=0Ay", "VRFY bob%0d%0aRCPT TO:<c@c.example>", "EXPN list%0d%0aRSET",
    ])
    func `a line end in any other argument is told`(command: String) {
        #expect(situations(command).contains(.headerInjection))
    }

    @Test(arguments: [
        "EHLO a.example", "EHLO [IPv6:2001:db8::1]", "HELO 100%", "EHLO a\\\\r\\\\n", "EHLO a.example\\r",
        "MAIL FROM:<a@a.example> AUTH=a+0D+0Ab@a.example", "MAIL FROM:<a@a.example> ENVID=QQ0D0A", "VRFY bob%0a@relay",
        "MAIL FROM:<a@a.example> SIZE=10",
    ])
    func `what looks like one in any other argument is none`(command: String) {
        #expect(!situations(command).contains(.headerInjection))
    }
}
