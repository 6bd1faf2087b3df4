import Screen
import ScreenSupport
import SMTP
import Testing
import Tracing

@testable import Interface

/// The list of the sessions of a file: what it tells, how one moves in it, opens one and comes back.
struct SessionListTests {
    /// What is said in a session, and what becomes of it.
    enum Kind: CaseIterable {
        case accepted, later, refused, mixed, cut

        fileprivate func dialogue(_ number: Int) -> String {
            let opening = """
                S: 220 mx\(number % 3).receiver.example ESMTP
                C: EHLO out.sender.example
                S: 250 mx\(number % 3).receiver.example
                C: MAIL FROM:<\(["ada", "grace", "edsger"][number % 3])@sender.example>
                S: 250 2.1.0 Sender OK
                """
            let end = "C: QUIT\nS: 221 2.0.0 bye"
            let mail = "C: DATA\nS: 354 go on\nC: Subject: x\nC: \nC: x\nC: .\nS: 250 2.0.0 queued"
            let to = "C: RCPT TO:<bob@receiver.example>\n"
            let said: [String] =
                switch self {
                case .accepted: [opening, to + "S: 250 2.1.5 ok", mail, end]
                case .later: [opening, to + "S: 450 4.2.0 greylisted, come again", end]
                case .refused:
                    [
                        opening,
                        "C: RCPT TO:<nobody@receiver.example>\nS: 550-5.1.1 No such user here\nS: 550 5.1.1 Sorry", end,
                    ]
                case .mixed:
                    [opening, to + "S: 250 2.1.5 ok", "C: RCPT TO:<eve@receiver.example>\nS: 550 5.7.1 no", mail, end]
                case .cut: [opening]
                }
            return said.joined(separator: "\n")
        }
    }

    static func events(_ kind: Kind, _ number: Int) -> [WireEvent] {
        let ends = [WireEvent(.close(by: .server), leg: .relay, at: 60)]
        return Fixture.events(kind.dialogue(number)) + ends
    }

    static func listed(_ kind: Kind, _ number: Int) -> ListedSession {
        var glance = SessionGlance(events(kind, number))
        let seconds = 19 * 3600 + 46 * 60 + 40 + number * 2
        let clock = [seconds / 3600, seconds / 60 % 60, seconds % 60].map { $0 < 10 ? "0\($0)" : "\($0)" }
        return ListedSession(
            number: number,
            began: "2025-11-25T\(clock.joined(separator: ":"))Z",
            client: "192.0.2.1:\(20_000 + number)",
            server: "192.0.2.25:25",
            glance,
            glance.verdict()
        )
    }

    /// A list; the sessions that are not named were accepted.
    static func walk(
        _ count: Int = 200,
        _ kinds: [Int: Kind] = [20: .later, 21: .later, 60: .later, 137: .refused],
        _ columns: Int = 80,
        _ rows: Int = 24,
        ascii: Bool = false
    ) throws -> ListWalk {
        var state = State(title: "many.pcap", source: .replay)
        let all = (0..<count).map { kinds[$0] ?? .accepted }
        state.session.list = SessionList(name: "many.pcap", all.enumerated().map { listed($1, $0) })
        (state.view.columns, state.view.rows) = (columns, rows)
        var walk = ListWalk(walk: try Walk(state, ascii: ascii), kinds: all)
        walk.carryOut(walk.walk.state.previewSelected())
        return walk
    }

    /// Hands that press keys, with a file behind the list.
    struct ListWalk {
        var walk: Walk
        let kinds: [Kind]
        var state: State { walk.state }
        var screen: String { walk.screen }
        var at: Int? { walk.state.session.list?.selected?.number }

        @discardableResult
        mutating func press(_ keys: Key...) -> [Effect] {
            var effects: [Effect] = []
            for key in keys {
                effects = walk.press(key)
                carryOut(effects)
            }
            return effects
        }

        mutating func type(_ text: String) { for character in text { press(.character(character)) } }

        fileprivate mutating func carryOut(_ effects: [Effect]) {
            for effect in effects {
                switch effect {
                case .preview(let number): walk.give(.previewed(.init(number: number, trace(number))))
                case .openConversation(let number):
                    let opened = Conversations.Opened(
                        number: number,
                        source: .replay,
                        trace: trace(number),
                        title: "\(number)"
                    )
                    carryOut(walk.give(.conversationOpened(opened)))
                case .compare(let left, let right):
                    let sessions = SessionComparison(trace(left), trace(right))
                    walk.give(.compared(.init(sessions, left: "session \(left)", right: "session \(right)")))
                default: break
                }
            }
        }

        private func trace(_ number: Int) -> Trace {
            Tracer.trace(of: SessionListTests.events(kinds[number], number))
        }
    }

    // MARK: Why was my mail refused

    @Test func `one key answers why a mail was refused`() throws {
        var walk = try Self.walk()
        #expect(walk.screen.contains("196 accepted · 3 later · 1 refused"))
        walk.press(.character("!"))
        #expect(walk.at == 137)
        #expect(walk.screen.contains("✘ 550 RCPT 5.1.1"))
        #expect(walk.screen.contains("S◀ 550-5.1.1 No such user here"))
        #expect(walk.screen.contains("C▶ RCPT TO:<nobody@receiver.example>"))
        #expect(walk.screen.contains("The mail was refused for good"))
        #expect(walk.screen.contains("writes a bounce to"))
        #expect(walk.state.view.notice == "trouble 1 of 4; Enter walks it")
    }

    @Test func `the refused come before what will be tried again, then round`() throws {
        var walk = try Self.walk()
        var seen: [Int?] = []
        for _ in 1...5 {
            walk.press(.character("!"))
            seen.append(walk.at)
        }
        #expect(seen == [137, 20, 21, 60, 137])
        var later = try Self.walk(30, [4: .later, 9: .cut])
        later.press(.end, .character("!"))
        #expect(later.at == 4)
        later.press(.down, .character("!"))
        #expect(later.at == 9)
        var fine = try Self.walk(3, [:])
        fine.press(.down, .character("!"))
        #expect(fine.at == 1)
        #expect(fine.state.view.notice.hasPrefix("no trouble in any of these"))
    }

    @Test func `Enter walks from the trouble, and one comes back to the same row`() throws {
        for back in [Key.escape, .character("o"), .character("q")] {
            var walk = try Self.walk()
            walk.press(.character("!"), .enter)
            #expect(walk.state.currentLine?.octets == Array("550 5.1.1 Sorry".utf8))
            #expect(!walk.state.isListing)
            walk.press(.character("n"))
            let place = walk.state.cursor
            walk.press(back)
            #expect(walk.state.isListing && walk.at == 137)
            walk.press(.escape)
            #expect(!walk.state.isListing && walk.state.cursor == place)
            walk.press(back, .home, .enter)
            #expect(walk.state.cursor.line == nil, "a session without trouble is walked from its beginning")
            walk.press(back, .character("!"), .enter)
            #expect(walk.state.cursor == place)
        }
    }

    @Test func `in the list there is no walk to act on`() throws {
        var walk = try Self.walk()
        let before = walk.state
        for character in "f m X t x l g e V : z w + - [ ] y".split(separator: " ") {
            #expect(walk.press(.character(Character(String(character)))) == [])
            #expect(walk.state == before, "\(character)")
        }
        #expect(walk.press(.escape) == [])
        #expect(walk.state.isListing)
        walk.press(.character("?"))
        #expect(walk.screen.contains("Help"))
        walk.press(.escape)
        #expect(walk.state.isListing)
        #expect(walk.press(.character("q")) == [.exit])
    }

    @Test func `the preview follows the cursor and is asked for once`() throws {
        var walk = try Self.walk()
        #expect(walk.press(.down) == [.preview(number: 1)])
        #expect(walk.press(.character("?"), .escape) == [])
        walk.press(.end, .pageUp, .home)
        #expect(walk.press(.up) == [])
        walk.press(.end)
        #expect(walk.press(.pageDown) == [])
        #expect(walk.at == 199)
        #expect(walk.press(.enter) == [.openConversation(number: 199)])
    }

    @Test func `PgDn and PgUp page in the list, and no lesson's card is turned`() throws {
        var walk = try Self.walk()
        let before = walk.state.session.list?.at ?? 0
        for (down, up) in [(Key.pageDown, Key.pageUp), (.control("d"), .control("u"))] {
            walk.press(down)
            #expect((walk.state.session.list?.at ?? 0) > before + 1)
            #expect(walk.state.cursor.card == 0 && walk.state.isListing)
            walk.press(up)
            #expect(walk.state.session.list?.at == before)
        }
    }

    @Test func `a click selects the row that is clicked`() throws {
        var walk = try Self.walk()
        let row = SessionListLayout(of: walk.state).list.row
        walk.press(.mouse(column: 10, row: row + 3, kind: .press))
        #expect(walk.at == 3)
        walk.press(.mouse(column: 10, row: 0, kind: .press))
        #expect(walk.at == 3)
    }

    @Test func `each outcome has its sign, and what was not decided has none of trouble`() throws {
        let kinds: [Int: Kind] = [0: .later, 1: .refused, 2: .mixed, 3: .cut]
        let walk = try Self.walk(5, kinds, 160, 48)
        for words in [
            "↻ 450 RCPT 4.2.0", "✘ 550 RCPT 5.1.1", "◐ 1 of 2 accepted, 550 RCPT 5.7.1", "↻ cut", "✔ accepted",
        ] {
            #expect(walk.screen.contains(words), "\(words)")
        }
        #expect(walk.screen.contains("eve") == false)
        #expect(walk.screen.contains("bob@receiver.example +1"))
    }

    @Test func `what is told of a session cannot leave its row`() throws {
        let evil = "\u{1B}[2J\u{202E}evil\r\n"
        let events = Fixture.events("S: 220 \(evil)\nC: MAIL FROM:<\(evil)@x>\nS: 550 \(evil)")
        var glance = SessionGlance(events)
        let row = ListedSession(number: 0, began: evil, client: evil, server: evil, glance, glance.verdict())
        var state = State(title: "t", source: .replay)
        state.session.list = SessionList(name: evil, [row, Self.listed(.accepted, 1)])
        var walk = try Walk(state)
        walk.give(.previewed(.init(number: 0, Tracer.trace(of: events))))
        let forbidden = walk.canvas.cells.flatMap { $0.glyph.unicodeScalars }.filter(TextWidth.isForbidden)
        #expect(forbidden.isEmpty)
        #expect(walk.screen.contains("\\x1B[2J"))
    }

    // MARK: Filter

    @Test func `what is typed filters at once, Enter keeps it, Esc clears it`() throws {
        var walk = try Self.walk()
        walk.press(.character("!"), .character("/"))
        walk.type("re")
        #expect(walk.at == 137, "the session under the cursor keeps it while it is among the wanted")
        walk.type("fused")
        #expect(walk.screen.contains("1 of 200 sessions"))
        walk.type(" later")
        #expect(walk.state.session.list?.order.count == 4)
        #expect(walk.at == 137)
        walk.press(.up)
        #expect(walk.at == 60)
        walk.press(.enter)
        #expect(walk.state.prompt.question == nil)
        #expect(walk.screen.contains(" / refused later"))
        walk.press(.home, .character("/"), .control("w"), .enter)
        #expect(walk.state.session.list?.filter == "refused ")
        #expect(walk.press(.escape) == [])
        #expect(walk.state.session.list?.order.count == 200 && walk.at == 137)
        walk.press(.character("/"))
        walk.type("grace")
        walk.press(.escape)
        #expect(walk.state.session.list?.filter == "" && walk.state.prompt.question == nil)
    }

    @Test func `what nothing is like shows nothing, and nothing can be opened`() throws {
        var walk = try Self.walk()
        walk.press(.character("/"))
        walk.type("xyzzy")
        #expect(walk.screen.contains("No session is like this. Esc clears the filter."))
        walk.press(.enter)
        #expect(walk.press(.enter) == [])
        walk.press(.down, .end, .character("r"), .character(">"), .character("!"))
        #expect(walk.state.view.notice.hasPrefix("no trouble"))
        walk.press(.escape)
        #expect(walk.state.session.list?.order.count == 200)
    }

    @Test func `the keys of a walk are text in the filter`() throws {
        var walk = try Self.walk()
        walk.press(.character("/"))
        walk.type("q!<>r o")
        #expect(walk.state.prompt.typed == "q!<>r o")
        #expect(walk.state.session.list?.order.count == 0)
    }

    // MARK: Order

    /// The numbers in the order that is shown.
    private func numbers(_ walk: ListWalk) -> [Int] {
        guard let list = walk.state.session.list else { return [] }
        return (0..<list.order.count).map { list.session(at: $0).number }
    }

    @Test func `columns are chosen, the order is turned round, and the cursor stays on its session`() throws {
        var walk = try Self.walk(6, [1: .later, 4: .refused])
        walk.press(.character("!"))
        #expect(walk.at == 4)
        walk.press(.character(">"))
        #expect(walk.screen.contains("sort: from"))
        #expect(numbers(walk) == [0, 3, 2, 5, 1, 4])
        #expect(walk.at == 4)
        walk.press(.character("<"), .character("<"))
        #expect(walk.screen.contains("sort: outcome"))
        #expect(numbers(walk) == [4, 1, 0, 2, 3, 5])
        walk.press(.character("r"))
        #expect(walk.screen.contains("sort: outcome, turned round"))
        #expect(numbers(walk) == [5, 3, 2, 0, 1, 4] && walk.at == 4)
        walk.press(.character("!"))
        #expect(walk.at == 1)
        walk.press(.character("!"))
        #expect(walk.at == 4)
        walk.press(.character("/"))
        walk.type("from:ada")
        #expect(numbers(walk) == [3, 0])
        walk.press(.escape, .character(">"))
        #expect(numbers(walk) == [5, 4, 3, 2, 1, 0])
        walk.press(.character("r"), .home, .character("!"), .character("!"))
        #expect(walk.at == 1)
    }

    @Test func `below the cursor comes first, also in a list that was turned round`() throws {
        var walk = try Self.walk(9, [2: .refused, 6: .refused])
        walk.press(.character("r"), .home, .down, .down, .down, .character("!"))
        #expect(walk.at == 2)
        walk.press(.character("!"))
        #expect(walk.at == 6)
    }

    // MARK: Screens

    static let sizes = [(80, 24), (120, 40), (160, 48), (200, 60), (40, 12)]

    @Test(arguments: sizes) func `the screens`(size: (Int, Int)) throws {
        let kinds: [Int: Kind] = [20: .later, 21: .later, 60: .mixed, 99: .cut, 137: .refused]
        var walk = try Self.walk(200, kinds, size.0, size.1)
        expectGolden(walk.walk.canvas, "sessions-\(size.0)x\(size.1)")
        walk.press(.character("!"))
        walk.walk.state.view.notice = ""
        expectGolden(walk.walk.canvas, "sessions-refused-\(size.0)x\(size.1)")
        walk.press(.character("/"))
        walk.type("refused later")
        expectGolden(walk.walk.canvas, "sessions-filter-\(size.0)x\(size.1)")
    }

    @Test func `the list in ASCII`() throws {
        var walk = try Self.walk(ascii: true)
        walk.press(.character("!"))
        expectGolden(walk.walk.canvas, "sessions-refused-80x24-ascii")
    }
}
