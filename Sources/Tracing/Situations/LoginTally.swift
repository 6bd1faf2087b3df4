import Notation
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
    /// The user of the login that goes on, as a number; nil where it could not be read.
    private var user: Int?
    /// The users of those that failed, each once, no more than anybody has.
    private(set) var failedUsers: [Int] = []
    private static let maxUsers = 16
    private(set) var failed = 0
    private(set) var hasSucceeded = false
    private var first: Double?
    private var last: Double?
    private var lines = SituationLines()

    mutating func began(_ command: [UInt8]) {
        user = nil
        guard case .mechanism(let name, let initial) = Command(reading: command).argument else { return mechanism = [] }
        mechanism = name.prefix(32).map { (0x61...0x7A).contains($0) ? $0 & 0xDF : $0 }
        if let initial { responded(initial) }
    }

    /// What the client says of who it is: of PLAIN between the first two octets of zero (RFC 4616 §2), of LOGIN its first response.
    mutating func responded(_ response: some Collection<UInt8>) {
        guard user == nil, response.count <= Self.maxResponse,
            let octets = Base64.decode(Array(response)), !octets.isEmpty
        else { return }
        switch Mechanism(named: mechanism) {
        case .plain:
            let parts = octets.split(separator: 0, omittingEmptySubsequences: false)
            if parts.count == 3, !parts[1].isEmpty { user = HashedNames.number(Array(parts[1])) }
        case .login: user = HashedNames.number(octets)
        default: break
        }
    }

    private static let maxResponse = 1024

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
        if let user, failedUsers.count < Self.maxUsers, !failedUsers.contains(user) { failedUsers.append(user) }
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
