import SMTP

/// Counts logins that failed: passwords are guessed where one way to log in fails again and again.
struct LoginTally: Sendable {
    /// How often a way to log in fails before it is guessing. A program that has one wrong password tries it once with each mechanism,
    /// and a person who mistypes it tries twice.
    static let threshold = 3

    /// Failures by mechanism, no more than anybody has.
    private var failures: [(mechanism: [UInt8], count: Int)] = []
    private static let maxMechanisms = 16
    private var mechanism: [UInt8] = []
    private(set) var failed = 0
    private(set) var hasSucceeded = false
    private var first: Double?
    private var last: Double?
    private var lines = SituationLines()

    mutating func began(_ command: [UInt8]) {
        guard case .mechanism(let name, _) = Command(reading: command).argument else { return mechanism = [] }
        mechanism = name.prefix(32).map { (0x61...0x7A).contains($0) ? $0 & 0xDF : $0 }
    }

    mutating func answered(_ code: UInt16, at place: SituationReading.Place) {
        if code / 100 == 2 {
            hasSucceeded = true
        } else if Self.saysWrong(code) {
            fail(at: place)
        }
    }

    /// 535 and what servers say in its place. Not a login that did not come about: the command was not understood (500 to 504), another
    /// mechanism or TLS is asked for (530, 534, 538), the server cannot tell now (4yz) (RFC 4954 §6).
    private static func saysWrong(_ code: UInt16) -> Bool {
        code / 100 == 5 && !(500...504).contains(code) && ![521, 530, 534, 538].contains(code)
    }

    private mutating func fail(at place: SituationReading.Place) {
        failed += 1
        (first, last) = (first ?? place.time, place.time)
        lines.add(place.line)
        if let known = failures.firstIndex(where: { $0.mechanism == mechanism }) {
            failures[known].count += 1
        } else if failures.count < Self.maxMechanisms {
            failures.append((mechanism, 1))
        }
    }

    /// How often the way failed that failed most: guesses, since one password is tried by every way there is.
    var guesses: Int { failures.map(\.count).max() ?? 0 }

    var situation: Situation? {
        guard guesses >= Self.threshold else { return nil }
        let seconds = first.flatMap { first in last.map { $0 - first } }
        return Situation(
            .passwordGuessing(failed: failed, seconds: seconds, connections: 1, succeeded: hasSucceeded),
            lines: lines.all
        )
    }
}
