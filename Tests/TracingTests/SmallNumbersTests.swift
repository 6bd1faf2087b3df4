import Testing

@testable import Tracing

/// What is kept small comes out as what is kept plainly.
struct SmallNumbersTests {
    @Test(arguments: [
        [], [3], [3, 4, 5], [0, 1, 3], [5, 4], [2, 2], [-1, 0], [7, 8, 5_000_000_000], [4_294_967_295, 4_294_967_296],
    ])
    func `numbers come out as they went in, whether they follow one another or not`(numbers: [Int]) {
        var run = NumberRun()
        for number in numbers { run.append(number) }
        #expect(Array(run) == numbers && run.count == numbers.count && run.last == numbers.last)
    }

    @Test(arguments: 0..<10) func `visits are counted as a dictionary counts them`(seed: UInt64) {
        var dice = RandomSessionTests.Dice(state: seed)
        var (plain, counts): ([Place: Int], VisitCounts) = ([:], VisitCounts())
        for _ in 0..<500 {
            if Int.random(in: 0..<50, using: &dice) == 0 {
                plain = plain.filter { $0.key.transaction == 0 }
                counts.forgetTransactions()
            }
            let step = Step.allCases.randomElement(using: &dice) ?? .mail
            let transaction = Int.random(in: 0...9, using: &dice)
            let isInside = (Step.mail...Step.acceptance).contains(step)
            let key = Place(step, transaction: isInside ? transaction + 1 : 0)
            #expect(counts.next(of: step, in: transaction + 1) == plain[key, default: 0])
            plain[key, default: 0] += 1
        }
    }
}
