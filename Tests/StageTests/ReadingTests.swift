import Dispatch
import Synchronization
import Testing
import Tracing

@testable import Stage

/// A recording that is read and traced behind the face.
@Suite(.timeLimit(.minutes(10)))
struct ReadingTests {
    private static func pieces(_ count: Int, of events: Int) -> [Recording.Piece] {
        (0..<count).map { piece in
            Recording.Piece(
                events: (0..<events).map {
                    WireEvent(.octets(from: .client, Array("NOOP \(piece * events + $0)\r\n".utf8)), leg: .relay)
                },
                warnings: piece == count - 1 ? ["one line was left out"] : [],
                portion: Double(piece + 1) / Double(count)
            )
        }
    }

    @Test func `it comes whole, its first piece at once, and what is told is traced and judged`() async throws {
        let pieces = Self.pieces(80, of: 1000)
        let walk = RunningWalk.reading(pieces) {}
        var news = walk.news()
        #expect(news.traced?.trace.lines.count ?? 0 >= 1000)
        var (lines, warnings, last): (Int, [String], TracedSoFar?) = (0, [], nil)
        while true {
            if let part = news.traced {
                #expect(part.trace.lines.count >= lines)
                #expect(part.portion.map { (0...1).contains($0) } ?? true)
                (lines, last) = (part.trace.lines.count, part)
            }
            warnings += news.warnings
            if news.ending == .read { break }
            try await Task.sleep(for: .milliseconds(1))
            news = walk.news()
        }
        let part = try #require(last)
        let whole = Tracer.trace(of: pieces.flatMap(\.events))
        #expect(part.portion == nil && part.trace == whole)
        #expect(part.verdict.verdict == Verdict(of: whole))
        #expect(warnings == ["one line was left out"])
    }

    /// Counts how many of its pieces were taken.
    private struct Endless: Sequence, IteratorProtocol, Sendable {
        final class Count: Sendable { let taken = Atomic(0) }

        let count = Count()

        func next() -> Recording.Piece? {
            let number = count.taken.add(1, ordering: .relaxed).newValue
            let noop = WireEvent(.octets(from: .client, Array("NOOP \(number)\r\n".utf8)), leg: .relay)
            return Recording.Piece(events: [noop], portion: 0.5)
        }
    }

    @Test func `who stops it is not waited for, and nothing more is read`() async throws {
        let pieces = Endless()
        let walk = RunningWalk.reading(pieces) {}
        walk.stop()
        var news = walk.news()
        while news.ending != .read {
            #expect(news.traced.map { $0.portion != nil } ?? true)
            try await Task.sleep(for: .milliseconds(1))
            news = walk.news()
        }
        let taken = pieces.count.taken.load(ordering: .relaxed)
        try await Task.sleep(for: .milliseconds(20))
        #expect(pieces.count.taken.load(ordering: .relaxed) == taken)
    }

    // MARK: From one stage to the next

    @Test func `who comes late takes what is latest, and then the end`() {
        let latest = Latest<Int>()
        for number in 1...3 { latest.put(number) }
        #expect(latest.take() == 3)
        latest.put(4)
        latest.end()
        #expect(latest.take() == 4)
        #expect(latest.take() == nil)
    }

    @Test func `who comes early waits`() {
        let latest = Latest<Int>()
        DispatchQueue(label: "first stage").async {
            for number in 1...1000 { latest.put(number) }
            latest.end()
        }
        let all = latest.all()
        #expect(all.last == 1000 && all == all.sorted())
    }
}

extension Latest where Value == Int {
    fileprivate func all() -> [Int] {
        var all: [Int] = []
        while let number = take() { all.append(number) }
        return all
    }
}
