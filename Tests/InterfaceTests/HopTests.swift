import Testing

@testable import Interface
@testable import Tracing

/// The key that leads from a session to the next that tells of the same thing.
@Suite struct HopTests {
    /// Sessions 3, 9 and 5 are the way of one mail.
    private func walk() throws -> SessionListTests.ListWalk {
        var walk = try SessionListTests.walk(20)
        var rows = walk.state.session.list?.rows ?? []
        let way = [3, 9, 5]
        for (hop, number) in way.enumerated() {
            let told = Situation.Told.sameMail(hop: hop + 1, hops: 3, isOneWay: true)
            rows[number].situations = [Situation(told, sessions: way)]
        }
        walk.walk.state.session.list = SessionList(name: "many.pcap", rows)
        return walk
    }

    @Test func `in the list it goes along the way and round`() throws {
        var walk = try walk()
        walk.walk.state.session.list?.go(toSession: 3)
        walk.press(.character("h"))
        #expect(walk.at == 9)
        walk.press(.character("h"))
        #expect(walk.at == 5)
        walk.press(.character("h"))
        #expect(walk.at == 3)
    }

    @Test func `in a session it opens the next`() throws {
        var walk = try walk()
        walk.walk.state.session.list?.go(toSession: 9)
        walk.press(.enter)
        #expect(walk.state.session.list?.open == 9)
        walk.press(.character("h"))
        #expect(walk.state.session.list?.open == 5 && !walk.state.isListing)
    }

    @Test func `a session that stands alone says so`() throws {
        var walk = try walk()
        walk.press(.character("h"))
        #expect(walk.at == 0 && !walk.state.view.notice.isEmpty)
    }

    @Test func `what a filter hides is said`() throws {
        var walk = try walk()
        // Session 3 is from ada, session 9 as well, session 5 is not.
        walk.walk.state.session.list?.show(filter: "ada")
        walk.walk.state.session.list?.go(toSession: 9)
        walk.press(.character("h"))
        #expect(walk.at == 9 && walk.state.view.notice.contains("session 5"))
    }

    @Test func `the row tells of it`() throws {
        let walk = try walk()
        #expect(walk.screen.contains("hop 1 of 3") || walk.screen.contains("hop 1"))
    }
}
