import Screen
import ScreenSupport
import SMTP
import Testing
import Tracing

@testable import Interface

/// Sessions that pass: the list comes first, and is come back to.
struct PassingListTests {
    private static func row(_ number: Int, isOver: Bool = true) -> Conversations.Row {
        Conversations.Row(
            number: number,
            peer: "192.0.2.1:\(41000 + number)",
            trace: Trace(),
            octets: 0,
            isOver: isOver
        )
    }

    private static func walk(kept: Int = Conversations.maxKept) throws -> Walk {
        var state = State(title: "watch", source: .watched(finished: false))
        state.session.conversations = Conversations(invitation: ["Waiting."], isListFirst: true, kept: kept)
        (state.view.columns, state.view.rows) = (80, 24)
        return try Walk(state)
    }

    private static func opened(_ number: Int) -> Input {
        .conversationOpened(.init(number: number, source: .watched(finished: true), trace: Trace(), title: "\(number)"))
    }

    private static func isListed(_ walk: Walk) -> Bool { walk.state.view.overlay?.overlay == .conversations }

    @Test func `the list opens with the first session, and none is opened by itself`() throws {
        var walk = try Self.walk()
        #expect(!Self.isListed(walk))
        #expect(walk.give(.conversed([Self.row(1)])) == [])
        #expect(Self.isListed(walk))
        #expect(walk.give(.conversed([Self.row(2)])) == [])
        // The place in it stays where it was.
        #expect(walk.state.view.overlay?.at == 1)
        #expect(walk.state.session.conversations?.open == nil)
    }

    @Test func `Enter opens one, Esc and q come back, and q in the list leaves`() throws {
        var walk = try Self.walk()
        walk.give(.conversed([Self.row(1), Self.row(2)]))
        #expect(walk.give(.enterPressed) == [.openConversation(number: 1)])
        walk.give(Self.opened(1))
        #expect(!Self.isListed(walk))
        walk.give(.escapePressed)
        #expect(Self.isListed(walk))
        walk.give(.escapePressed)
        #expect(!Self.isListed(walk))
        #expect(walk.give(.quitPressed) == [])
        #expect(Self.isListed(walk))
        #expect(walk.give(.quitPressed) == [.exit])
    }

    @Test func `where the chosen one was dropped, Enter opens the one that the list shows as chosen`() throws {
        var walk = try Self.walk(kept: 2)
        for number in 1...5 { walk.give(.conversed([Self.row(number)])) }
        #expect(walk.state.session.conversations?.rows.map(\.number) == [4, 5])
        #expect(walk.state.view.overlay?.at == 1)
        #expect(walk.give(.enterPressed) == [.openConversation(number: 4)])
    }

    @Test func `while none is open there is nothing but the list`() throws {
        var walk = try Self.walk()
        walk.give(.conversed([Self.row(1)]))
        walk.give(.escapePressed)
        #expect(Self.isListed(walk))
    }

    @Test(arguments: [Key.escape, .character("q"), .character("?"), .enter])
    func `help lies over the list, and leads back to it`(closing: Key) throws {
        var walk = try Self.walk()
        walk.give(.conversed([Self.row(1), Self.row(2)]))
        walk.press(.down)
        let list = walk.canvas
        walk.press(.character("?"), .down)
        #expect(walk.state.view.overlay?.overlay == .help)
        #expect(walk.press(closing) == [])
        #expect(walk.canvas == list)
        #expect(walk.state.view.overlay?.at == 2)
    }

    @Test func `a refusal is in the list while its session goes on`() throws {
        var walk = try Self.walk()
        let refused = Fixture.events(
            "S: 220 b\nC: EHLO a\nS: 250 b\nC: MAIL FROM:<a@a>\nS: 250 ok\nC: RCPT TO:<b@b>\nS: 550 no"
        )
        var tracer = Tracer()
        for event in refused { tracer.consume(event) }
        walk.give(
            .conversed([
                Self.row(1),
                Conversations.Row(number: 2, peer: "192.0.2.1:4", trace: tracer.trace, octets: 9, isOver: false),
            ])
        )
        #expect(walk.screen.contains("✘ 550 RCPT, step "))
        walk.press(.character("!"))
        #expect(walk.state.view.overlay?.at == 2)
        walk.state.session.conversations?.filter = "refused"
        #expect(walk.state.session.conversations?.shown == [1])
    }

    @Test func `from the list all that it shows is saved, and from a session that one`() throws {
        var walk = try Self.walk()
        walk.give(.conversed([Self.row(1), Self.row(2), Self.row(3)]))
        #expect(walk.state.numbersToSave == [1, 2, 3])
        walk.state.session.conversations?.isReversed = true
        #expect(walk.state.numbersToSave == [1, 2, 3])
        walk.give(.enterPressed)
        walk.give(Self.opened(1))
        #expect(walk.state.numbersToSave == nil)
    }

    @Test func `so many are kept as are asked for, and the oldest that are over go`() throws {
        var walk = try Self.walk(kept: 2)
        let effects = walk.give(.conversed([Self.row(1, isOver: false)] + (2...5).map { Self.row($0) }))
        #expect(effects == [2, 3, 4].map { .forgetConversation(number: $0) })
        #expect(walk.state.session.conversations?.rows.map(\.number) == [1, 5])
    }
}
