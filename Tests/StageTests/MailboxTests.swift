import Networking
import Synchronization
import Testing
import Tracing

@testable import Stage

/// What the background leaves for the thread that shows, and who may be read on meanwhile.
@Suite struct MailboxTests {
    private final class Counter: Sendable {
        private let rings = Mutex(0)
        var count: Int { rings.withLock { $0 } }
        func ring() { rings.withLock { $0 += 1 } }
    }

    private let counter = Counter()
    private let opened = ConversationEvent(id: 1, peer: "127.0.0.1:40000", kind: .opened)

    private var mailbox: Mailbox {
        let counter = counter
        return Mailbox { counter.ring() }
    }

    private static func event(_ id: Int, octets: Int) -> ConversationEvent {
        let octets = [UInt8](repeating: 120, count: octets)
        return ConversationEvent(id: id, peer: "", kind: .event(.init(.octets(from: .client, octets), leg: .relay)))
    }

    // MARK: In portions

    @Test(arguments: [1, 3, 7, 100]) func `news in portions are the same news in the same order`(portion: Int) {
        var waiting = News()
        var told: [Int] = []
        var endings = 0
        // More comes while there is still some; what is true behind all of it is told behind all of it.
        for round in 0..<8 {
            var later = News()
            later.events = (0..<5).map { ConversationEvent(id: 5 * round + $0, peer: "", kind: .closed) }
            later.warnings = round == 0 ? ["torn"] : []
            later.ending = round == 7 ? .read : nil
            waiting.append(later)
            let first = waiting.takeFirst(portion)
            told += first.events.map(\.id)
            endings += first.ending == nil ? 0 : 1
        }
        while !waiting.isEmpty {
            let more = waiting.takeFirst(portion)
            told += more.events.map(\.id)
            if more.ending != nil {
                endings += 1
                #expect(waiting.isEmpty && more.warnings == (portion < 5 ? ["torn"] : []))
            }
        }
        #expect(told == Array(0..<40))
        #expect(endings == 1)
    }

    // MARK: Waking

    @Test func `news are told once until they are taken`() {
        let mailbox = mailbox
        mailbox.post(opened)
        mailbox.post { $0.held[1] = .some(nil) }
        #expect(counter.count == 1)
        let news = mailbox.take().news
        #expect(news.events == [opened])
        #expect(news.held.keys.sorted() == [1])
        #expect(mailbox.take().news.isEmpty)
    }

    @Test func `whoever takes the news takes all, so that the next are told`() {
        let mailbox = mailbox
        for round in 1...3 {
            mailbox.post { $0.held[1] = .some(nil) }
            mailbox.post(opened)
            _ = mailbox.take()
            #expect(counter.count == round)
        }
    }

    @Test(
        arguments: [
            { $0.held[1] = .some(nil) }, { $0.waiting = .some(nil) }, { $0.sent = .refused("no") },
            { $0.ending = .sandbox(.delivered) },
        ] as [@Sendable (inout News) -> Void]
    )
    func `whatever changes is news, even that nothing is there any more`(change: @Sendable (inout News) -> Void) {
        let mailbox = mailbox
        mailbox.post(change)
        #expect(counter.count == 1)
        #expect(!mailbox.take().news.isEmpty)
    }

    @Test func `what merely changes is kept as it stands last, however often it does`() {
        let mailbox = mailbox
        for ordinal in 0..<10_000 { mailbox.post { $0.held[7] = .some(LiveHold.Held(step: .rcpt, ordinal: ordinal)) } }
        let held = mailbox.take().news.held
        #expect(held.count == 1)
        #expect(held[7]??.ordinal == 9_999)
    }

    // MARK: Room

    @Test func `one conversation is held up alone, and told when it may go on`() {
        let mailbox = mailbox
        mailbox.post(Self.event(1, octets: Mailbox.maxOfOne))
        #expect(!mailbox.hasRoom(1))
        #expect(mailbox.hasRoom(2))
        #expect(mailbox.take().freed == [1])
        #expect(mailbox.hasRoom(1))
        // It is told once.
        #expect(mailbox.take().freed == [])
    }

    @Test func `when all together are too much, each has only the least, and all held up go on when they are not`() {
        let mailbox = mailbox
        let count = Mailbox.maxOfAll / (Mailbox.maxOfOne / 2)
        for id in 1...count { mailbox.post(Self.event(id, octets: Mailbox.maxOfOne / 2)) }
        #expect(!mailbox.hasRoom(1) && !mailbox.hasRoom(2))
        #expect(mailbox.hasRoom(count + 1))
        #expect(mailbox.take().freed == [1, 2])
        #expect(mailbox.hasRoom(1) && mailbox.hasRoom(2))
    }

    @Test func `small events in any number fill it as well`() {
        let mailbox = mailbox
        var count = 0
        while mailbox.hasRoom(1), count < Mailbox.maxOfOne {
            mailbox.post(Self.event(1, octets: 1))
            count += 1
        }
        #expect(count < Mailbox.maxOfOne / 64)
    }
}
