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
        pace.happened(isPressing: true)
        #expect(drawn(100) == true)
        pace.happened(isPressing: false)
        #expect(drawn(100.9) == false)
        #expect(pace.due == 101)
        pace.happened(isPressing: true)
        pace.happened(isPressing: false)
        #expect(drawn(100.9) == true)
        pace.happened(isPressing: false)
        #expect(drawn(101.8) == false)
        #expect(drawn(101.9) == true)
    }
}
