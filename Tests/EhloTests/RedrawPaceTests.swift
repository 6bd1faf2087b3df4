import Testing

@testable import ehlo

/// When the screen is drawn again.
@Suite struct RedrawPaceTests {
    @Test func `what a person does is drawn at once, what is read once a second`() {
        var pace = RedrawPace()
        #expect(pace.draws(at: 10))
        #expect(!pace.draws(at: 100))
        #expect(pace.due == nil)
        _ = (pace.happened(isPressing: true), pace.draws(at: 100))
        pace.happened(isPressing: false)
        #expect(!pace.draws(at: 100.9))
        #expect(pace.due == 101)
        pace.happened(isPressing: true)
        pace.happened(isPressing: false)
        #expect(pace.draws(at: 100.9))
        pace.happened(isPressing: false)
        #expect(!pace.draws(at: 101.8))
        #expect(pace.draws(at: 101.9))
    }
}
