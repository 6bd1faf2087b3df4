/// How each transaction of a leg stands while the session goes on, by its number.
///
/// Numbers grow as transactions begin, so they are found by halving, without hashing: every line of every session asks.
struct TransactionCourses: Sendable {
    struct Course: Sendable {
        private let keptNumber: UInt32
        var number: Int { Int(keptNumber) }
        /// Where its MAIL stands among the transactions; nil where it has none that counts.
        var mail: Int? {
            get { keptMail.map { Int($0) } }
            set { keptMail = newValue.map { UInt32(clamping: $0) } }
        }
        private var keptMail: UInt32?
        /// Where its recipients stand among all recipients.
        var members: NumberRun = []
        /// Where the session was last in this transaction.
        var place: Place?
        /// Its content came to its end and was not answered.
        var isUnanswered = false
        /// The client has it under way, or has left it.
        var isUnderWay = false
        var hasBeenLeft = false

        init(number: Int) { keptNumber = UInt32(clamping: number) }
    }

    /// In the order of their numbers.
    private(set) var all: [Course] = []
    /// Before this one none is under way.
    private var firstUnderWay = 0

    subscript(number: Int) -> Course? { all.index(ascending: \.number, number).map { all[$0] } }

    mutating func with(_ number: Int, _ change: (inout Course) -> Void) { change(&all[index(of: number)]) }

    /// The client goes on with a transaction.
    mutating func begin(_ number: Int) {
        let index = index(of: number)
        all[index].isUnderWay = true
        firstUnderWay = min(firstUnderWay, index)
    }

    /// The client leaves what it has under way.
    mutating func leave() {
        for index in firstUnderWay..<all.count where all[index].isUnderWay {
            (all[index].isUnderWay, all[index].hasBeenLeft) = (false, true)
        }
        firstUnderWay = all.count
    }

    private mutating func index(of number: Int) -> Int {
        if let known = all.index(ascending: \.number, number) { return known }
        let index = all.count - all.reversed().prefix { $0.number > number }.count
        all.insert(Course(number: number), at: index)
        firstUnderWay = min(firstUnderWay, index)
        return index
    }
}

extension Array {
    /// Where the element with this key stands in a list whose keys grow; nil where there is none.
    func index(ascending key: (Element) -> Int, _ wanted: Int) -> Int? {
        // Mostly it is the last.
        guard let last, key(last) != wanted else { return indices.last }
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if key(self[middle]) < wanted { low = middle + 1 } else { high = middle }
        }
        return low < count && key(self[low]) == wanted ? low : nil
    }
}
