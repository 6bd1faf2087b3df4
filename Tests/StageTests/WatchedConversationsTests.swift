import Networking
import SMTP
import Testing
import Tracing

@testable import Stage

/// What is kept of conversations that others have.
@Suite struct WatchedConversationsTests {
    private static func opened(_ id: Int) -> ConversationEvent {
        ConversationEvent(id: id, peer: "127.0.0.1:4000\(id)", kind: .opened)
    }

    private static func closed(_ id: Int) -> ConversationEvent { ConversationEvent(id: id, peer: "", kind: .closed) }

    private static func said(_ id: Int, _ octets: [UInt8], by side: Side = .client) -> ConversationEvent {
        ConversationEvent(id: id, peer: "", kind: .event(WireEvent(.octets(from: side, octets), leg: .relay)))
    }

    /// Mail data of so many octets, so that few lines are traced of it.
    private static func large(_ id: Int, _ octets: Int) -> ConversationEvent {
        said(id, [UInt8](repeating: UInt8(ascii: "x"), count: octets))
    }

    private static let ofOne = 64 << 10
    private static let ofAll = 256 << 10

    private static func watched(keepsEvents: Bool = true) -> WatchedConversations {
        var watched = WatchedConversations(source: "test", keepsEvents: keepsEvents) { "2026-01-01T00:00:00Z" }
        watched.bounds = WatchedConversations.Bounds(ofOne: ofOne, ofAll: ofAll)
        return watched
    }

    @Test func `a conversation is traced and kept as it goes on`() throws {
        var watched = Self.watched()
        watched.take(Self.opened(3))
        watched.take(Self.said(3, Array("220 mx.example\r\n".utf8), by: .server))
        watched.take(Self.said(3, Array("EHLO c.example\r\n".utf8)))
        watched.take(Self.closed(3))
        let conversation = try #require(watched[3])
        #expect(conversation.header.title == "Conversation 3, from 127.0.0.1:40003")
        #expect(conversation.header.source == "test")
        #expect(conversation.header.began == "2026-01-01T00:00:00Z")
        #expect(conversation.octets == 32)
        #expect(conversation.isOver && conversation.isWhole && !conversation.isCut)
        #expect(conversation.events.count == 2)
        #expect(conversation.trace.lines.contains { $0.octets == Array("EHLO c.example".utf8) })
        watched.forget(3)
        #expect(watched[3] == nil)
    }

    @Test func `of one that is too long the beginning is kept, and that is said`() throws {
        var watched = Self.watched()
        watched.take(Self.opened(1))
        let piece = Self.ofOne / 8
        for _ in 0..<20 { watched.take(Self.large(1, piece)) }
        let conversation = try #require(watched[1])
        #expect(!conversation.isWhole)
        #expect(conversation.events.count == 7)
        #expect(conversation.octets == 20 * piece)
        // What is small enough to fit does not follow upon a hole.
        watched.take(Self.said(1, [10]))
        #expect(watched[1]?.events.count == 7)
    }

    @Test func `when all are too much, the first to have ended is no longer kept, but never the one that is open`() {
        var watched = Self.watched()
        let size = Self.ofOne / 2
        let count = Self.ofAll / size
        for id in 1...count {
            watched.take(Self.opened(id))
            watched.take(Self.large(id, size), open: 1)
            watched.take(Self.closed(id))
        }
        #expect((1...count).filter { watched[$0]?.isWhole == false } == [2])
        watched.take(Self.opened(count + 1))
        watched.take(Self.large(count + 1, size), open: 1)
        #expect((1...count + 1).filter { watched[$0]?.isWhole == false } == [2, 3])
        #expect(watched[2]?.events.isEmpty == true)
        #expect(watched[1]?.events.count == 1)
    }

    @Test func `where nothing has ended, what is too much is not kept`() {
        var watched = Self.watched()
        let size = Self.ofOne / 2
        let count = Self.ofAll / size
        for id in 1...count {
            watched.take(Self.opened(id))
            watched.take(Self.large(id, size))
        }
        #expect((1...count).filter { watched[$0]?.isWhole == false } == [count])
    }

    @Test func `what is forgotten makes room`() {
        var watched = Self.watched()
        let size = Self.ofOne / 2
        for id in 1...Self.ofAll / size * 2 {
            watched.take(Self.opened(id))
            watched.take(Self.large(id, size))
            #expect(watched[id]?.isWhole == true)
            watched.forget(id)
        }
    }

    @Test func `a face that saves nothing keeps no events`() {
        var watched = Self.watched(keepsEvents: false)
        watched.take(Self.opened(1))
        watched.take(Self.large(1, 100))
        watched.take(Self.closed(1))
        #expect(watched[1]?.events.isEmpty == true)
        #expect(watched[1]?.octets == 100)
    }

    @Test func `what is held is known until it is let go, or the conversation is over`() {
        var watched = Self.watched()
        watched.take(Self.opened(1))
        watched.hold(1, LiveHold.Held(step: .mail))
        #expect(watched[1]?.held?.step == .mail)
        watched.hold(1, nil)
        #expect(watched[1]?.held == nil)
        watched.hold(1, LiveHold.Held(step: .rcpt))
        watched.take(Self.closed(1))
        #expect(watched[1]?.held == nil)
    }

    @Test func `news of a conversation that is not known are left alone`() {
        var watched = Self.watched()
        watched.take(Self.large(9, 100))
        watched.take(Self.closed(9))
        watched.hold(9, LiveHold.Held(step: .mail))
        #expect(watched[9] == nil)
    }
}
