import Testing
import Tracing

@testable import Stage

/// A recording that is read behind the face.
@Suite(.timeLimit(.minutes(10)))
struct ReadingTests {
    private static func pieces(_ count: Int, of events: Int) -> [Recording.Piece] {
        (0..<count).map { piece in
            Recording.Piece(
                events: (0..<events).map { WireEvent(.note("\(piece * events + $0)"), leg: .relay) },
                warnings: piece == count - 1 ? ["one line was left out"] : [],
                portion: Double(piece + 1) / Double(count)
            )
        }
    }

    @Test func `it comes whole and in order, and its first piece at once`() async throws {
        let walk = RunningWalk.reading(Self.pieces(40, of: 500)) {}
        var news = walk.news()
        #expect(news.events.count >= 500)
        var events: [WireEvent.Kind] = []
        var warnings: [String] = []
        while true {
            for case .event(let event) in news.events.map(\.kind) { events.append(event.kind) }
            warnings += news.warnings
            if news.ending == .read { break }
            try await Task.sleep(for: .milliseconds(1))
            news = walk.news()
        }
        #expect(events == (0..<20_000).map { WireEvent.Kind.note("\($0)") })
        #expect(warnings == ["one line was left out"])
    }

    @Test func `while nobody looks no more is read than there is room for, and who stops it is not waited for`()
        async throws
    {
        let pieces = Self.pieces(100, of: 1_000)
        let walk = RunningWalk.reading(pieces) {}
        while walk.mailbox.hasRoom(RunningWalk.own) { try await Task.sleep(for: .milliseconds(1)) }
        let most = Mailbox.maxOfOne + pieces[0].events.reduce(0) { $0 + $1.weight }
        #expect(walk.news().events.count <= most / 256)
        walk.stop()
        while walk.news().ending != .read { try await Task.sleep(for: .milliseconds(1)) }
    }
}
