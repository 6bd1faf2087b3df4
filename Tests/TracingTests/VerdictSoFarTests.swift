import SMTP
import Testing

@testable import Tracing

/// The verdict while the session goes on: what is counted as the lines come is what counting them anew gives.
@Suite struct VerdictSoFarTests {
    private static let mail = """
        S: 220 mx.example
        C: EHLO a.example
        S: 250 mx.example
        C: MAIL FROM:<a@a.example>
        S: 250 ok
        C: RCPT TO:<b@b.example>
        S: 250 ok
        C: RCPT TO:<c@b.example>
        S: 550 5.1.1 no
        C: RCPT TO:<d@b.example>
        S: 250 ok
        C: DATA
        S: 354 go
        C: Subject: x
        C: .
        S: 250 taken
        C: QUIT
        S: 221 bye
        """

    private func trace(_ said: String, leg: Leg = .relay) -> Trace {
        let events = said.split(separator: "\n").map { line in
            let side: Side = line.hasPrefix("C") ? .client : .server
            return WireEvent(.octets(from: side, Array(line.utf8.dropFirst(3)) + [13, 10]), leg: leg)
        }
        return Tracer.trace(of: events)
    }

    /// What is known before each line, and behind the last.
    private func standings(_ trace: Trace) -> [Verdict.Standing] {
        var soFar = VerdictSoFar()
        soFar.read(trace.lines, isWhole: false)
        return (0...trace.lines.count).map { soFar.standing(before: $0) }
    }

    /// The same, each from a reading that got no further.
    private func standingsAnew(_ trace: Trace) -> [Verdict.Standing] {
        var legs = VerdictLegs(keepsTally: true)
        var replies: [Leg: Verdict.ReplyUnderWay] = [:]
        return [legs.standing]
            + trace.lines.map { line in
                legs.take(line, &replies[line.leg])
                return legs.standing
            }
    }

    /// Without those that are like the one before.
    private func changes(_ words: [String]) -> [String] {
        words.indices.filter { $0 == 0 || words[$0] != words[$0 - 1] }.map { words[$0] }
    }

    @Test func `nobody has the mail yet while it is with the sender's own server`() {
        let standings = standings(trace(Self.mail, leg: .submission))
        #expect(changes(standings.map { $0.share ?? "" }) == [""])
        #expect(changes(standings.map(\.holder.rawValue)) == ["author", "sender"])
    }

    @Test func `the title changes when something is decided, and not before`() {
        let standings = standings(trace(Self.mail))
        #expect(changes(standings.map(\.title)) == ["", "1 refused", "1 of 3 refused"])
        #expect(changes(standings.map { $0.share ?? "" }) == ["", "2 of 3 have it now"])
        #expect(changes(standings.map(\.holder.rawValue)) == ["author", "sender", "recipient"])
        // Responsibility passes at the reply behind the dot (RFC 5321 §6.1).
        let taken = standings.firstIndex { $0.holder == .recipient }
        #expect(taken == 16)
    }

    static let titles: [(said: String, titles: [String])] = [
        ("S: 554 5.7.1 no\nC: QUIT\nS: 221 bye", ["", "refused 554 greeting 5.7.1"]),
        ("S: 421 busy", ["", "deferred 421 greeting"]),
        // HELO may follow.
        ("S: 220 b\nC: EHLO a\nS: 502 what\nC: HELO a\nS: 250 b\nC: QUIT\nS: 221 bye", [""]),
        ("S: 220 b\nC: EHLO a\nS: 550 no\nC: QUIT\nS: 221 bye", ["", "refused 550 EHLO"]),
        ("S: 220 b\nC: HELO a\nS: 250 b\nC: MAIL FROM:<a@a>\nS: 451 later\nC: QUIT", ["", "deferred 451 MAIL"]),
        (
            "S: 220 b\nC: HELO a\nS: 250 b\nC: MAIL FROM:<a@a>\nS: 250 ok\nC: RCPT TO:<b@b>\nS: 450 4.2.0 later",
            ["", "deferred 450 RCPT 4.2.0"]
        ),
        (
            "S: 220 b\nC: HELO a\nS: 250 b\nC: MAIL FROM:<a@a>\nS: 250 ok\nC: RCPT TO:<b@b>\nS: 450 later\nC: RCPT TO:<c@b>\nS: 550 no",
            ["", "deferred 450 RCPT", "1 deferred", "1 refused, 1 deferred"]
        ),
    ]

    @Test(arguments: titles.indices) func `a refusal is a verdict once nothing can follow`(number: Int) {
        let (said, titles) = Self.titles[number]
        #expect(changes(standings(trace(said)).map(\.title)) == titles)
    }

    @Test func `that its own server took it is no verdict, and tells who holds it`() {
        let standings = standings(trace(Self.mail.replacing("S: 550 5.1.1 no", with: "S: 250 ok"), leg: .submission))
        #expect(Set(standings.map(\.title)) == [""])
        #expect(changes(standings.map(\.holder.rawValue)) == ["author", "sender"])
    }

    @Test func `a mail that begins is held by its sender, whoever took the one before`() {
        let second = Self.mail.split(separator: "\n").dropFirst(3).joined(separator: "\n")
        let holders = standings(trace(Self.mail.replacing("C: QUIT\nS: 221 bye", with: second))).map(\.holder.rawValue)
        #expect(changes(holders) == ["author", "sender", "recipient", "sender", "recipient"])
    }

    @Test(arguments: Session.all) func `what is kept of each line is what reading that far gives`(session: Session) {
        let trace = Tracer.trace(of: session.events)
        let (kept, anew) = (standings(trace), standingsAnew(trace))
        let differs = kept.indices.first { kept[$0] != anew[$0] }
        if let differs { Issue.record("\(session.name), line \(differs): \(kept[differs]), and not \(anew[differs])") }
    }

    @Test func `lines that come one by one are read as those that come together`() {
        let trace = trace(Self.mail)
        let expected = standings(trace)
        var (soFar, lines) = (VerdictSoFar(), TraceLines())
        for line in trace.lines {
            lines.append(line)
            soFar.read(lines, isWhole: false)
            #expect((0...lines.count).map { soFar.standing(before: $0) } == Array(expected.prefix(lines.count + 1)))
        }
    }

    @Test func `fewer lines are another session`() {
        let (long, short) = (trace(Self.mail), trace("S: 554 5.7.1 no\nC: QUIT\nS: 221 bye"))
        var soFar = VerdictSoFar()
        soFar.read(long.lines, isWhole: false)
        soFar.read(short.lines, isWhole: false)
        #expect((0...short.lines.count).map { soFar.standing(before: $0) } == standings(short))
    }

    @Test func `at the end it is the verdict`() {
        let trace = trace(Self.mail.replacing("C: QUIT\nS: 221 bye", with: ""))
        var soFar = VerdictSoFar()
        soFar.read(trace.lines, isWhole: false)
        #expect(soFar.verdict == nil && soFar.end == nil)
        soFar.read(trace.lines, isWhole: true)
        #expect(soFar.verdict == Verdict(of: trace) && soFar.end?.outcome == Verdict(of: trace).outcome)
        soFar.read(trace.lines, isWhole: false)
        #expect(soFar.verdict == nil)
    }

    /// Whoever is handed it asks the same, and for other lines reads anew.
    @Test(arguments: [false, true]) func `what is handed on tells the same without what reading on needs`(isWhole: Bool)
    {
        let (mail, more) = (trace(Self.mail), trace(Self.mail + "\nC: QUIT"))
        var soFar = VerdictSoFar()
        soFar.read(mail.lines, isWhole: isWhole)
        var told = soFar.told
        told.read(mail.lines, isWhole: isWhole)
        let counts = 0...mail.lines.count
        #expect(counts.map { told.standing(before: $0) } == counts.map { soFar.standing(before: $0) })
        #expect(told.verdict == soFar.verdict && told.end == soFar.end)
        told.read(more.lines, isWhole: false)
        #expect((0...more.lines.count).map { told.standing(before: $0) } == standings(more))
        var end = soFar.told
        end.read(mail.lines, isWhole: true)
        #expect(end.verdict == Verdict(of: mail))
    }

    /// The tally of each leg, before each line, beside the recipients of a reading that ended there.
    @Test(arguments: Session.all) func `the recipients are counted as they are told`(session: Session) {
        let trace = Tracer.trace(of: session.events)
        var legs = VerdictLegs(keepsTally: true)
        var replies: [Leg: Verdict.ReplyUnderWay] = [:]
        for line in trace.lines {
            legs.take(line, &replies[line.leg])
            var ended = legs
            let verdict = ended.verdict()
            let told = legs.furthest.tally.counts
            if told != verdict.counts {
                Issue.record("\(session.name), line \(line.index): \(told), and not \(verdict.counts)")
                return
            }
        }
        #expect(Verdict(of: trace).counts.asked == Verdict(of: trace).recipients.count)
    }

    @Test func `there are sessions with recipients of each fate`() {
        let counts = Session.all.map { Verdict(of: Tracer.trace(of: $0.events)).counts }
        #expect(counts.contains { $0.accepted > 1 } && counts.contains { $0.refused > 0 })
        #expect(counts.contains { $0.deferred > 0 })
    }
}
