import Testing

@testable import ehlo

/// When the screen is drawn again.
@Suite struct RedrawPaceTests {
    @Test func `what a person does is drawn at once, what is read once a second`() {
        var pace = RedrawPace()
        func drawn(_ time: Double) -> Bool { pace.draws(at: time) }
        #expect(drawn(10) == true)
        #expect(drawn(100) == false)
        #expect(pace.due == nil)
        pace.happened(.pressing)
        #expect(drawn(100) == true)
        pace.happened(.reading)
        #expect(drawn(100.9) == false)
        #expect(pace.due == 101)
        pace.happened(.pressing)
        pace.happened(.reading)
        #expect(drawn(100.9) == true)
        pace.happened(.reading)
        #expect(drawn(101.8) == false)
        #expect(drawn(101.9) == true)
    }

    @Test func `what passes is drawn at once where little passes, and twenty times a second where much does`() {
        var pace = RedrawPace()
        var drawings: [Int] = []
        // One thing each hundredth of a second, then one after a while.
        for hundredth in Array(1_000..<1_100) + [1_200] {
            pace.happened(.passing)
            if pace.draws(at: Double(hundredth) / 100 + 0.001) { drawings.append(hundredth) }
        }
        #expect((17...21).contains(drawings.count))
        #expect(drawings.last == 1_200)
        pace.happened(.reading)
        pace.happened(.passing)
        #expect(pace.due.map { abs($0 - 12.051) < 0.001 } == true)
    }
}
