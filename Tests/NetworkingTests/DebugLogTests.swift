import SMTP
import Synchronization
import Testing

@testable import Networking

struct DebugLogTests {
    /// A log that keeps its lines, their times left out.
    private final class Lines: Sendable {
        private let kept = Mutex<[String]>([])
        var all: [String] { kept.withLock { $0.map { String($0.drop { $0 != " " }.dropFirst()) } } }
        var log: DebugLog { DebugLog { [self] line in kept.withLock { $0.append(line) } } }
    }

    private static func reply(_ text: String) -> Reply { Reply(lines: [ReplyLine.read(Array(text.utf8)).value]) }

    @Test func `the log tells states, what is done, and what came out of turn`() throws {
        let lines = Lines()
        let dialogue = try ClientDialogue(ClientDialogue.Plan(clientName: "c.example", mails: []))
        var watched = LoggedDialogue(inner: dialogue, writer: lines.log.writer("client"))
        #expect(watched.received(Self.reply("220 early")) == [])
        #expect(watched.connected() == [.wait(.greeting)])
        #expect(watched.connected() == [])
        _ = watched.received(Self.reply("554 no"))
        _ = watched.closed()
        _ = watched.timedOut()
        let begun = "connected awaits the answer to the connection"
        #expect(
            lines.all.prefix(4) == [
                "client 1: begins, connected",
                "client 1: reply 220: our bug, it came before connected or a second time; still connected",
                "client 1: connected; connected -> \(begun); wait 300 s (RFC 5321 §4.5.3.2.1)",
                "client 1: connected: our bug, it came before connected or a second time; still \(begun)",
            ]
        )
        #expect(lines.all.last?.contains("after the end, ignored") == true)
    }

    @Test func `watching changes nothing`() throws {
        let plan = ClientDialogue.Plan(clientName: "c.example", mails: [])
        var plain = try ClientDialogue(plan)
        var watched = LoggedDialogue(inner: plain, writer: Lines().log.writer("client"))
        #expect(watched.connected() == plain.connected())
        for text in ["220 m", "250 m", "221 bye"] {
            #expect(watched.received(Self.reply(text)) == plain.received(Self.reply(text)))
            #expect(watched.sequence == plain.sequence)
            #expect(watched.awaitedTurn == plain.awaitedTurn)
        }
    }

    @Test func `a line of the log is one line`() {
        let lines = Lines()
        let log = lines.log
        log.writer("wire").line("a\nb\u{1B}[2J")
        log.writer("wire").line("c")
        #expect(lines.all == [#"wire 1: a\x0Ab\x1B[2J"#, "wire 2: c"])
    }
}
