import Testing

@testable import Tracing

@Suite struct CourseTests {
    @Test func `each value counts from its line on, and the first before it too`() {
        var course = Course<String>()
        #expect(course.value(at: 3) == nil)
        course.set("a", from: 4)
        course.set("a", from: 5)
        course.set("b", from: 9)
        course.set("a", from: 12)
        #expect([0, 4, 8, 9, 11, 12, 99].map { course.value(at: $0) } == ["a", "a", "a", "b", "b", "a", "a"])
    }
}
