import Testing

@testable import Tracing

@Suite struct TransactionCoursesTests {
    @Test func `a transaction is found by its number in whatever order they come`() {
        var courses = TransactionCourses()
        for number in [3, 1, 7, 2, 0, 7, 3] { courses.with(number) { $0.members.append(number) } }
        #expect(courses.all.map(\.number) == [0, 1, 2, 3, 7])
        #expect(courses[7]?.members == [7, 7] && courses[2]?.members == [2])
        #expect(courses[5] == nil && courses[8] == nil && courses[-1] == nil)
    }

    @Test func `what is left is what was under way, also when it was begun again`() {
        var courses = TransactionCourses()
        courses.begin(1)
        courses.begin(2)
        courses.with(2) { $0.isUnderWay = false }
        courses.leave()
        #expect(courses.all.map(\.hasBeenLeft) == [true, false])
        courses.begin(2)
        courses.with(0) { $0.isUnanswered = true }
        courses.leave()
        #expect(courses.all.map(\.number) == [0, 1, 2])
        #expect(courses.all.map(\.hasBeenLeft) == [false, true, true])
        #expect(courses.all.allSatisfy { !$0.isUnderWay })
    }
}
