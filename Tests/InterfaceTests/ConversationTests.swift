import Screen
import ScreenSupport
import SMTP
import Testing
import Tracing

@testable import Interface

/// Several conversations: which one is open, how one goes to another, and what the list shows.
struct ConversationTests {
    /// A conversation up to some line, as text of both sides.
    private static func events(_ recipient: String, lines: Int = .max) -> [WireEvent] {
        let dialogue = """
            S: 220 mx.example.com ESMTP
            C: EHLO client.example.net
            S: 250-mx.example.com
            S: 250 PIPELINING
            C: MAIL FROM:<ada@example.net>
            S: 250 2.1.0 ok
            C: RCPT TO:<\(recipient)@example.com>
            S: 250 2.1.5 ok
            C: DATA
            S: 354 go on
            C: From: ada@example.net
            C: Date: Tue, 24 Nov 2026 10:00:00 +0000
            C: Subject: To \(recipient)
            C:\u{20}
            C: Hello \(recipient)
            C: .
            S: 250 2.0.0 queued as \(recipient.uppercased())
            C: QUIT
            S: 221 2.0.0 bye
            """
        let some = dialogue.split(separator: "\n").prefix(lines).joined(separator: "\n")
        let link = [
            WireEvent(.connect(to: "[127.0.0.1]:25"), leg: .relay),
            WireEvent(.connected(to: "[127.0.0.1]:25"), leg: .relay),
        ]
        return link + Fixture.events(some)
    }

    private static func trace(_ recipient: String, lines: Int = .max, isOver: Bool = true) -> Trace {
        let events =
            events(recipient, lines: lines) + (isOver ? [WireEvent(.close(by: .server), leg: .relay, at: 30)] : [])
        var tracer = Tracer()
        for event in events { tracer.consume(event) }
        if isOver { tracer.finish() }
        return tracer.trace
    }

    private static func row(_ number: Int, _ trace: Trace, isOver: Bool = true, isHeld: Bool = false)
        -> Conversations.Row
    {
        Conversations.Row(
            number: number,
            peer: "127.0.0.1:\(41000 + number)",
            trace: trace,
            octets: 1000 * number + 234,
            isOver: isOver,
            isHeld: isHeld
        )
    }

    private static func walk(_ columns: Int = 80, _ rows: Int = 24, ascii: Bool = false) throws -> Walk {
        var state = State(title: "tap", source: .watched(finished: false))
        state.session.conversations = Conversations(
            invitation: ["Waiting for a client at 127.0.0.1:2525.", "What it says is passed on to 127.0.0.1:25."]
        )
        (state.view.columns, state.view.rows) = (columns, rows)
        return try Walk(state, ascii: ascii)
    }

    private static func opened(_ number: Int, _ trace: Trace, isOver: Bool = true, pending: Session.Pending? = nil)
        -> Input
    {
        .conversationOpened(
            .init(
                number: number,
                source: .watched(finished: isOver),
                trace: trace,
                title: "Conversation \(number)",
                pending: pending
            )
        )
    }

    /// Four conversations: one accepted, one refused, one broken off, one under way and open.
    private static func four(_ columns: Int = 80, _ rows: Int = 24, ascii: Bool = false) throws -> Walk {
        var walk = try walk(columns, rows, ascii: ascii)
        let refused = Fixture.events(
            """
            S: 220 mx.example.com ESMTP
            C: EHLO client.example.net
            S: 250 mx.example.com
            C: MAIL FROM:<ada@example.net>
            S: 250 ok
            C: RCPT TO:<nobody@example.com>
            S: 550 no such user
            C: QUIT
            S: 221 bye
            """
        )
        let broken = trace("carol", lines: 12)
        let running = trace("dave", lines: 8, isOver: false)
        walk.give(.conversed([row(1, trace("bob"))]))
        walk.give(opened(1, trace("bob")))
        walk.give(.conversed([row(2, Tracer.trace(of: refused)), row(3, broken), row(4, running, isOver: false)]))
        walk.give(opened(4, running, isOver: false))
        return walk
    }

    // MARK: Which is open

    @Test func `the newest is opened as it comes`() throws {
        var walk = try Self.walk()
        #expect(walk.give(.conversed([Self.row(1, Trace(), isOver: false)])) == [.openConversation(number: 1)])
        walk.give(Self.opened(1, Trace(), isOver: false))
        walk.give(.traced(Self.trace("bob"), finished: true))
        #expect(walk.state.session.conversations?.open == 1)
        #expect(walk.state.place?.step == .quit)
        #expect(walk.give(.conversed([Self.row(2, Trace(), isOver: false)])) == [.openConversation(number: 2)])
    }

    @Test func `who looks at something earlier is left alone, and told`() throws {
        var walk = try Self.walk()
        walk.give(.conversed([Self.row(1, Self.trace("bob"))]))
        walk.give(Self.opened(1, Self.trace("bob")))
        walk.press(.character("p"))
        #expect(walk.give(.conversed([Self.row(2, Trace(), isOver: false)])) == [])
        #expect(walk.state.view.notice == "conversation 2 has begun; o shows them all")
        #expect(walk.state.session.conversations?.open == 1)
    }

    @Test func `who chose one keeps it, and who chooses the newest follows again`() throws {
        var walk = try Self.four()
        walk.press(.character("o"))
        #expect(walk.state.view.overlay == .init(.conversations, at: 4))
        walk.press(.up, .up, .up, .up)
        #expect(walk.state.view.overlay == .init(.conversations, at: 1))
        #expect(walk.press(.enter) == [.openConversation(number: 1)])
        walk.give(Self.opened(1, Self.trace("bob")))
        #expect(walk.state.view.overlay == nil)
        #expect(walk.give(.conversed([Self.row(5, Trace(), isOver: false)])) == [])
        walk.press(.character("o"))
        walk.press(.end)
        #expect(walk.press(.enter) == [.openConversation(number: 5)])
        walk.give(Self.opened(5, Trace(), isOver: false))
        #expect(walk.give(.conversed([Self.row(6, Trace(), isOver: false)])) == [.openConversation(number: 6)])
    }

    @Test(arguments: [Key.escape, .character("q"), .character("o")])
    func `the list closes and nothing else has changed`(key: Key) throws {
        var walk = try Self.four()
        walk.press(.character("p"), .right)
        let before = walk.state
        walk.press(.character("o"), .up, key)
        #expect(walk.state == before)
    }

    @Test func `one comes back to where one was`() throws {
        var walk = try Self.four()
        walk.press(.character("g"), .character("7"), .enter, .right, .right)
        let before = walk.state
        walk.give(Self.opened(1, Self.trace("bob")))
        #expect(walk.state.cursor.line != before.cursor.line)
        walk.give(Self.opened(4, before.session.trace, isOver: false))
        #expect(walk.state.cursor == before.cursor)
        #expect(walk.state.session.conversations?.open == 4)
    }

    @Test func `where one was at the end, the end has moved on`() throws {
        var walk = try Self.four()
        #expect(walk.state.isAtFront)
        walk.give(Self.opened(1, Self.trace("bob")))
        walk.give(Self.opened(4, Self.trace("dave")))
        #expect(walk.state.isAtFront)
        #expect(walk.state.place?.step == .quit)
    }

    @Test func `a session that stands alone has no list`() throws {
        var walk = try Walk(try Fixture.seed())
        walk.press(.character("o"))
        #expect(walk.state.view.overlay == nil)
        #expect(walk.state.view.notice == "there is this one session and no other")
        var empty = try Self.walk()
        empty.press(.character("o"))
        #expect(empty.state.view.notice == "no client has come yet")
    }

    // MARK: How many are kept

    @Test func `the oldest that are over are dropped, and that is said`() throws {
        var walk = try Self.walk(120, 40)
        walk.give(.conversed([Self.row(1, Self.trace("bob", lines: 3, isOver: false), isOver: false)]))
        walk.give(Self.opened(1, Trace(), isOver: false))
        walk.press(.character("b"))
        let over = Self.trace("bob")
        let rows = (2...Conversations.maxKept + 3).map { Self.row($0, over) }
        let effects = walk.give(.conversed(rows))
        // The first still goes on.
        #expect(Array(effects.prefix(3)) == [2, 3, 4].map { Effect.forgetConversation(number: $0) })
        #expect(walk.state.session.conversations?.rows.count == Conversations.maxKept)
        #expect(walk.state.session.conversations?.rows.first?.number == 1)
        #expect(walk.state.session.conversations?.dropped == 3)
        walk.press(.character("b"))
        walk.press(.character("o"))
        #expect(walk.screen.contains("3 older ones were dropped"))
    }

    // MARK: What it tells

    @Test func `how each ended`() throws {
        let told = { (row: Conversations.Row) in
            let (words, role) = ConversationList.outcome(row, .unicode)
            return "\(words) \(role)"
        }
        let all = try #require(try Self.four().state.session.conversations)
        #expect(
            all.rows.map(told) == [
                "✔ accepted positive", "✘ 550 RCPT permanentFailure", "↻ cut transientFailure", "▶ step 10 now",
            ]
        )
        #expect(told(Self.row(1, Trace(), isOver: false)) == "▶ connecting now")
        let held = Self.row(1, Self.trace("bob", lines: 6, isOver: false), isOver: false, isHeld: true)
        #expect(told(held) == "▶ step 8, waits now")
        // What is decided stands there while it goes on.
        #expect(
            told(Self.row(1, Self.trace("bob", lines: 17, isOver: false), isOver: false))
                == "✔ accepted, step 13 positive"
        )
        // The dot was sent, and nobody saw the answer.
        #expect(told(Self.row(1, Self.trace("bob", lines: 16))) == "⚑ no answer finding")
    }

    @Test func `the list is filtered while a word is typed, sorted and turned round`() throws {
        var walk = try Self.four()
        let numbers = { (walk: Walk) in
            walk.state.session.conversations.map { all in all.shown.map { all.rows[$0].number } }
        }
        walk.press(.character("o"), .character("/"))
        walk.type("refu")
        #expect(numbers(walk) == [2] && walk.state.view.overlay?.at == 2)
        #expect(walk.screen.contains("/ refu") && walk.screen.contains("1/1 of 4"), "\(walk.screen)")
        walk.press(.enter)
        #expect(walk.state.prompt.question == nil && numbers(walk) == [2])
        #expect(walk.press(.enter) == [.openConversation(number: 2)])
        walk.press(.character("o"), .escape)
        #expect(numbers(walk) == [1, 2, 3, 4] && walk.state.view.overlay != nil)
        walk.press(.character(">"), .character(">"))
        #expect(numbers(walk) == [1, 3, 4, 2])
        walk.press(.character("r"))
        #expect(numbers(walk) == [2, 4, 3, 1])
        walk.press(.character("/"))
        walk.type("nothing like it")
        walk.press(.enter)
        #expect(walk.screen.contains("No conversation is like this"))
        #expect(walk.press(.enter) == [])
        walk.press(.escape, .escape)
        #expect(walk.state.view.overlay == nil)
    }

    @Test func `a mail that broke off is shown with the reason`() throws {
        var walk = try Self.walk()
        walk.give(.conversed([Self.row(1, Self.trace("carol", lines: 15))]))
        walk.give(Self.opened(1, Self.trace("carol", lines: 15)))
        walk.press(.character("m"))
        #expect(walk.screen.contains("broken off before its end"))
        #expect(walk.screen.contains("Hello carol"))
    }

    @Test func `a mail that was refused is shown with the server's words`() throws {
        let more = """
            C: DATA
            S: 354 go
            C: Subject: x
            C:\u{20}
            C: body
            C: .
            S: 554 5.7.1 not from you
            """
        let trace = Tracer.trace(of: Self.events("bob").dropLast(2) + Fixture.events(more, from: 40))
        var walk = try Self.walk()
        walk.give(.conversed([Self.row(1, trace)]))
        walk.give(Self.opened(1, trace))
        walk.press(.character("m"))
        #expect(walk.screen.contains("2 messages, 1 accepted"))
        #expect(walk.screen.contains("Message 1 of 2: accepted: 250 2.0.0 queued as BOB"))
        walk.press(.end)
        #expect(walk.screen.contains("Message 2 of 2: refused: 554 5.7.1 not from you"))
    }

    @Test func `what is told about a client cannot leave its row`() throws {
        var walk = try Self.walk()
        let peer = "\u{1B}[2J\u{202E}evil\r\n\u{7}"
        let row = Conversations.Row(number: 1, peer: peer, trace: Trace(), octets: 1, isOver: false)
        walk.give(.conversed([row]))
        walk.press(.character("o"))
        #expect(!walk.screen.unicodeScalars.contains { $0 == "\u{1B}" || $0 == "\u{202E}" || $0 == "\u{7}" })
    }

    // MARK: Holding

    @Test func `Enter lets a held line pass, and sends what was edited`() throws {
        var walk = try Self.walk()
        let running = Self.trace("bob", lines: 4, isOver: false)
        walk.give(.conversed([Self.row(1, running, isOver: false)]))
        let line = Session.Pending(step: .mail, octets: Array("MAIL FROM:<ada@example.net>\r\n".utf8), target: "")
        walk.give(Self.opened(1, running, isOver: false, pending: line))
        #expect(walk.screen.contains("Enter  MAIL FROM:<ada@example.net>"))
        walk.press(.character("n"))
        #expect(walk.press(.enter) == [.release])
        walk.give(.held(line))
        walk.press(.character("e"), .backspace)
        walk.type("x>")
        walk.press(.enter)
        #expect(walk.press(.enter) == [.send(Array("MAIL FROM:<ada@example.netx>\r\n".utf8))])
    }

    @Test func `a line that waits elsewhere takes nobody away from one that waits here`() throws {
        var walk = try Self.walk()
        walk.give(.conversed([Self.row(1, Trace(), isOver: false)]))
        let line = Session.Pending(step: .mail, octets: Array("NOOP\r\n".utf8), target: "")
        walk.give(Self.opened(1, Trace(), isOver: false, pending: line))
        #expect(walk.give(.conversed([Self.row(2, Trace(), isOver: false, isHeld: true)])) == [])
        #expect(walk.state.session.conversations?.open == 1)
    }

    // MARK: Screens

    @Test(arguments: GoldenScreensTests.sizes) func `the screens`(size: (Int, Int)) throws {
        let name = "\(size.0)x\(size.1)"
        expectGolden(try Self.walk(size.0, size.1).canvas, "conversations-none-\(name)")
        var walk = try Self.four(size.0, size.1)
        expectGolden(walk.canvas, "conversations-open-\(name)")
        walk.press(.character("o"), .up)
        expectGolden(walk.canvas, "conversations-list-\(name)")
        walk.press(.escape)
        walk.give(.held(Session.Pending(step: .data, octets: Array("DATA\r\n".utf8), target: "")))
        expectGolden(walk.canvas, "conversations-held-\(name)")
        walk.give(Self.opened(1, Self.trace("bob")))
        walk.press(.character("m"))
        expectGolden(walk.canvas, "conversations-message-\(name)")
    }

    @Test func `the list in ASCII`() throws {
        var walk = try Self.four(80, 24, ascii: true)
        walk.press(.character("o"))
        expectGolden(walk.canvas, "conversations-list-80x24-ascii")
    }
}
