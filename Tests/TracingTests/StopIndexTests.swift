import Testing

@testable import Tracing

/// What is kept of stops and findings for the screen is what counting them anew gives.
struct StopIndexTests {
    @Test(arguments: Session.all) func `what is kept of the stops is what can be counted`(session: Session) {
        var tracer = Tracer()
        for event in session.events {
            tracer.consume(event)
            expectIndexed(tracer.trace, session.name)
        }
        tracer.finish()
        expectIndexed(tracer.trace, session.name)
    }

    @Test(arguments: 0..<10) func `running totals are those of an array`(seed: UInt64) {
        var dice = RandomSessionTests.Dice(state: seed)
        var (plain, counts): ([Int], RunningCounts) = ([], RunningCounts())
        for _ in 0..<300 {
            if plain.isEmpty || Bool.random(using: &dice) {
                let number = Int.random(in: 0...3, using: &dice)
                plain.append(number)
                counts.append(number)
            } else {
                let at = Int.random(in: plain.indices, using: &dice)
                let change = Int.random(in: -plain[at]...3, using: &dice)
                plain[at] += change
                counts.add(change, at: at)
            }
            let sums = (0...plain.count).map { plain[..<$0].reduce(0, +) }
            #expect((0...plain.count).map(counts.sum) == sums)
            let owners = plain.indices.flatMap { index in (0..<plain[index]).map { _ in index } }
            #expect((0..<sums[plain.count]).map { counts.index(exceeding: $0)?.index } == owners)
            #expect(counts.index(exceeding: sums[plain.count]) == nil)
        }
    }
}

/// The mail of a line, which is asked for several times with each key, is that which a search through all finds.
struct MailIndexTests {
    @Test(arguments: Session.all) func `the mail of a line is the last of its transaction`(session: Session) {
        let trace = Tracer.trace(of: session.events)
        for line in trace.lines {
            let searched = trace.mails.last { $0.leg == line.leg && $0.transaction == line.place.transaction }
            #expect(trace.mail(of: line.place.transaction, on: line.leg) == searched)
        }
        #expect(trace.mail(of: trace.transactions + 1, on: .relay) == nil && trace.mail(of: 0, on: .lookup) == nil)
    }
}

/// Where a side begins to speak is what going through the lines finds.
struct TurnIndexTests {
    @Test(arguments: Session.all) func `turns are those of the lines`(session: Session) {
        let trace = Tracer.trace(of: session.events)
        var starts: [Int] = []
        for (index, line) in trace.lines.enumerated() {
            guard index > 0 else {
                starts.append(0)
                continue
            }
            let before = trace.lines[index - 1]
            if (before.place, before.speaker, before.leg) != (line.place, line.speaker, line.leg) {
                starts.append(index)
            }
        }
        let ends = starts.dropFirst() + [trace.lines.count]
        #expect(starts.indices.map { trace.turnIndex.lines(of: $0) } == zip(starts, ends).map { $0..<$1 })
        for count in 0...trace.lines.count {
            #expect(trace.turnIndex.count(before: count) == starts.count { $0 < count })
        }
    }
}

private func expectIndexed(_ trace: Trace, _ name: String) {
    let (index, stops) = (trace.index, trace.stops)
    var folded: [Trace.Stop] = []
    for stop in stops {
        if stop.place.step == .submission, let last = folded.last, last.place.step == .submission {
            let lines = last.lines.lowerBound..<stop.lines.upperBound
            folded[folded.count - 1] = Trace.Stop(place: Place(.submission), lines: lines)
        } else {
            let place = stop.place.step == .submission ? Place(.submission) : stop.place
            folded.append(Trace.Stop(place: place, lines: stop.lines))
        }
    }
    let furthest = (0...stops.count).map { count in stops[..<count].map(\.place.step).max() }
    let isSound =
        trace.foldedStops.elementsEqual(folded) && index.transactions == stops.map(\.place.transaction).max() ?? 0
        && (0...stops.count).map(index.furthestStep) == furthest
    if !isSound { Issue.record("\(name): the stops are not those of the index") }
    for step in Step.allCases {
        for transaction in 1...max(1, index.transactions) {
            let own = stops.indices.filter {
                let isInside = (Step.mail...Step.acceptance).contains(step)
                return stops[$0].place.step == step && (!isInside || stops[$0].place.transaction == transaction)
            }
            let visits = trace.visits(of: step, in: transaction)
            if visits.stops != own { Issue.record("\(name): \(step) has other visits") }
            for count in 0...own.count {
                let places = own.prefix(count).map { stops[$0].place }
                let isCounted =
                    visits.failures(among: count) == places.count { trace.failed.contains($0) }
                    && visits.places(among: count) == Set(places).count
                if !isCounted { Issue.record("\(name): the first \(count) visits of \(step) are counted wrongly") }
            }
        }
    }
    let found = trace.lines.flatMap { line in line.findings.indices.map { (line.index, $0) } }
    let isFound =
        (0...trace.lines.count).allSatisfy { count in
            trace.foundIndex.count(before: count) == trace.lines[..<count].reduce(0) { $0 + $1.findings.count }
        }
        && found.indices.allSatisfy { number in
            trace.foundIndex.position(of: number).map { $0 == found[number] } ?? false
        } && trace.foundIndex.position(of: found.count) == nil
    let grave = trace.lines.filter(\.isGrave).map(\.index)
    let isGraveFound =
        (0...trace.lines.count).allSatisfy { count in
            trace.troubleIndex.count(before: count) == grave.count { $0 < count }
        }
        && trace.lines.indices.allSatisfy { line in
            trace.troubleIndex.line(after: line) == grave.first { $0 > line }
        } && trace.troubleIndex.line(after: nil) == grave.first
    if !isGraveFound { Issue.record("\(name): the grave lines are not those of the index") }
    if !isFound { Issue.record("\(name): findings are counted wrongly") }
}
