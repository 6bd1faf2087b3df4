import Testing
import Tracing

@testable import Networking

/// Who may be read on while what is told waits to be taken up.
@Suite struct BacklogTests {
    private static func event(_ id: Int, octets: Int) -> ConversationEvent {
        let octets = [UInt8](repeating: 120, count: octets)
        let event = WireEvent(.octets(from: .client, octets), leg: .relay, at: 0)
        return ConversationEvent(id: id, peer: "", kind: .event(event))
    }

    @Test func `one conversation is held up alone, and told when it may go on`() {
        let backlog = Backlog()
        let large = Self.event(1, octets: Backlog.maxOctets)
        backlog.tell(large)
        #expect(!backlog.hasRoom(1))
        #expect(backlog.hasRoom(2))
        #expect(backlog.take(Self.event(2, octets: 1)) == [])
        #expect(backlog.take(large) == [1])
        #expect(backlog.hasRoom(1))
        // It is told once.
        #expect(backlog.take(Self.event(1, octets: 1)) == [])
    }

    @Test func `when all together are too much, each has only the least, and all held up go on when they are not`() {
        let backlog = Backlog()
        let half = Self.event(0, octets: Backlog.maxOctets / 2)
        let count = Backlog.maxInAll / (Backlog.maxOctets / 2)
        for id in 1...count { backlog.tell(ConversationEvent(id: id, peer: "", kind: half.kind)) }
        #expect(!backlog.hasRoom(1) && !backlog.hasRoom(2))
        #expect(backlog.hasRoom(count + 1))
        let freed = backlog.take(ConversationEvent(id: 3, peer: "", kind: half.kind))
        #expect(freed.sorted() == [1, 2])
    }

    @Test func `what takes no memory is not counted`() {
        let backlog = Backlog()
        for _ in 0..<10_000 { backlog.tell(ConversationEvent(id: 1, peer: "", kind: .opened)) }
        #expect(backlog.hasRoom(1))
    }
}
