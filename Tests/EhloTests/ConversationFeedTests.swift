import Networking
import Synchronization
import Testing

@testable import ehlo

@Suite struct ConversationFeedTests {
    private final class Counter: Sendable {
        private let rings = Mutex(0)
        var count: Int { rings.withLock { $0 } }
        func ring() { rings.withLock { $0 += 1 } }
    }

    private let opened = ConversationEvent(id: 1, peer: "127.0.0.1:40000", kind: .opened)

    @Test func `news are told once until they are taken`() {
        let counter = Counter()
        let feed = ConversationFeed { counter.ring() }
        feed.take(opened)
        feed.hold(1, nil)
        #expect(counter.count == 1)
        let news = feed.news()
        #expect(news.events == [opened])
        #expect(news.held.keys.sorted() == [1])
        #expect(feed.news().isEmpty)
    }

    @Test func `whoever takes the events takes all, so that the next news are told`() {
        let counter = Counter()
        let feed = ConversationFeed { counter.ring() }
        for round in 1...3 {
            feed.hold(1, nil)
            feed.take(opened)
            _ = feed.news()
            #expect(counter.count == round)
        }
    }
}
