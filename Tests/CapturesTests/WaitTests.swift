import SMTP
import Testing
import Tracing

@testable import Captures

/// A server that lets its client wait, told by the times of the packets.
@Suite struct WaitTests {
    @Test func `a greet pause and a slow reply are findings, and the client's own time is none`() throws {
        var talk = Talk()
        talk.open()
        talk.time += 6
        talk.say(.server, "220 mx.receiver.example ESMTP\r\n")
        talk.time += 30
        talk.say(.client, "EHLO out.sender.example\r\n")
        talk.time += 4
        talk.say(.server, "250 mx.receiver.example\r\n")
        talk.say(.client, "QUIT\r\n")
        talk.say(.server, "221 bye\r\n")
        talk.close(.server)
        let trace = try #require(talk.recording).trace
        let found = trace.lines.flatMap(\.findings).map { "\($0.id) \($0.difference ?? 0)" }
        #expect(found == ["greeting-delayed 6", "reply-delayed 4"])
    }

    @Test func `what was lost before the reply leaves the time unknown`() throws {
        var talk = Talk()
        talk.open()
        talk.say(.server, "220 mx.receiver.example ESMTP\r\n")
        talk.say(.client, "EHLO out.sender.example\r\n")
        talk.say(.server, "250 mx.receiver.example\r\n")
        talk.say(.client, "NO")
        talk.lose(.client, 4)
        talk.time += 9
        talk.say(.server, "250 ok\r\n")
        talk.say(.client, "QUIT\r\n")
        talk.say(.server, "221 bye\r\n")
        talk.close(.server)
        let found = try #require(talk.recording).trace.lines.flatMap(\.findings).map(\.kind)
        #expect(!found.contains(.replyDelayed))
    }
}
