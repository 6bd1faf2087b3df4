import Foundation
import SMTP
import Testing

@testable import Tracing

/// What several sessions of one input tell together.
@Suite struct RelatedSessionsTests {
    private struct Heard {
        let said: String
        /// Seconds behind the hour.
        var at = 0
        var client = "198.51.100.7:40000"
        var server = "203.0.113.1:587"
    }

    private func told(_ heard: [Heard], zone: String = "Z") -> [Int: [Situation.Told]] {
        var related = RelatedSessions()
        for (number, session) in heard.enumerated() {
            var glance = SessionGlance(Sample(session.said).events)
            let verdict = glance.verdict()
            let (minute, second) = (session.at / 60, session.at % 60)
            let clock = "\(minute < 10 ? "0" : "")\(minute):\(second < 10 ? "0" : "")\(second)"
            let began = RelatedSessions.Facts.seconds(began: "2026-11-25T10:\(clock)\(zone)")
            related.add(
                .init(number: number, began: began, client: session.client, server: session.server, glance, verdict)
            )
        }
        return related.situations().mapValues { $0.map(\.told) }
    }

    private static let guess = Sample.hello + "C: AUTH PLAIN AGEAYg==\nS: 535 no\nC: QUIT\nS: 221 bye\n-- close server"

    // MARK: Guessing

    @Test func `five logins from one address within ten minutes are guessing`() {
        let all = told((0..<5).map { Heard(said: Self.guess, at: $0 * 60, client: "198.51.100.7:4000\($0)") })
        #expect(all.count == 5)
        #expect(all[2] == [.passwordGuessing(failed: 5, seconds: 240, connections: 5, succeeded: false)])
    }

    @Test func `four, and five over an hour are none`() {
        #expect(told((0..<4).map { Heard(said: Self.guess, at: $0 * 60) }).isEmpty)
        #expect(told((0..<5).map { Heard(said: Self.guess, at: $0 * 700) }).isEmpty)
    }

    // MARK: Names that are tried

    /// A connection that asks for these names and is told that they are not there; with `mail` it brings one in the end.
    private static func asking(_ names: [String], from sender: String = "a@a.example", mail: Bool = false) -> String {
        Sample.hello + "C: MAIL FROM:<\(sender)>\nS: 250 ok\n"
            + names.map { "C: RCPT TO:<\($0)@b.example>\nS: 550 5.1.1 unknown\n" }.joined()
            + (mail
                ? "C: RCPT TO:<known@b.example>\nS: 250 ok\nC: DATA\nS: 354 go\nC: Subject: x\n" + Sample.end
                : "C: QUIT\nS: 221 bye\n-- close server")
    }

    @Test func `names that are dealt out over connections of one client are a search`() {
        let all = told((0..<5).map { Heard(said: Self.asking(["a\($0)", "b\($0)", "c\($0)"]), at: $0 * 60) })
        #expect(all.count == 5)
        #expect(all[2] == [.addressHarvest(verbs: [.rcpt], names: 15, found: 0, connections: 5)])
    }

    @Test func `few names, one name again and again, and a client that has mail are none`() {
        #expect(told((0..<9).map { Heard(said: Self.asking(["a\($0)"]), at: $0 * 60) }).isEmpty)
        #expect(told((0..<20).map { _ in Heard(said: Self.asking(["a"])) }).isEmpty)
        let mailing = (0..<12).map { Heard(said: Self.asking(["a\($0)"], mail: $0 == 11), at: $0 * 60) }
        #expect(told(mailing).isEmpty)
        // Each from an address of its own.
        #expect(told((0..<12).map { Heard(said: Self.asking(["a\($0)"]), client: Self.from($0)) }).isEmpty)
        // Some each hour.
        #expect(told((0..<12).map { Heard(said: Self.asking(["a\($0)"]), at: $0 * 700) }).isEmpty)
    }

    @Test func `a server that checks senders asks from the null reverse-path`() {
        #expect(told((0..<30).map { Heard(said: Self.asking(["a\($0)"], from: ""), at: $0 * 30) }).isEmpty)
    }

    // MARK: Guessing that is shared out

    /// A login as user `n`, by PLAIN at once or by LOGIN in two responses, that fails or not.
    private static func login(_ user: String, _ code: Int = 535, byLOGIN: Bool = false) -> String {
        func base64(_ text: String) -> String { Data(text.utf8).base64EncodedString() }
        let said =
            byLOGIN
            ? "C: AUTH LOGIN\nS: 334 VXNlcm5hbWU6\nC: \(base64(user))\nS: 334 UGFzc3dvcmQ6\nC: \(base64("x"))\n"
            : "C: AUTH PLAIN \(base64("\0\(user)\0x"))\n"
        return Sample.hello + said + "S: \(code) so\nC: QUIT\nS: 221 bye\n-- close server"
    }

    private static func from(_ n: Int) -> String { "198.51.100.\(n):40000" }

    @Test func `five addresses that fail at one server share the guessing`() {
        let all = told((0..<6).map { Heard(said: Self.login("user\($0)"), at: $0 * 100, client: Self.from($0)) })
        #expect(all.count == 6)
        let spread = Situation.Spread(addresses: 6, isOneUser: false)
        #expect(
            all[2] == [
                .passwordGuessing(failed: 6, seconds: 500, connections: 6, succeeded: false, spread: spread)
            ]
        )
    }

    @Test(arguments: [false, true]) func `five addresses that try one user, at a busy server and at several`(
        byLOGIN: Bool
    ) {
        let guesses = (0..<5).map {
            Heard(
                said: Self.login("root", byLOGIN: byLOGIN),
                at: $0 * 100,
                client: Self.from($0),
                server: "203.0.113.\($0):587"
            )
        }
        let others = (0..<9).map { Heard(said: Self.login("user\($0)", 235), at: $0, client: Self.from(100 + $0)) }
        let all = told(guesses + others)
        #expect(Set(all.keys) == Set(0..<5))
        let spread = Situation.Spread(addresses: 5, isOneUser: true)
        #expect(
            all[0] == [
                .passwordGuessing(failed: 5, seconds: 400, connections: 5, succeeded: false, spread: spread)
            ]
        )
    }

    /// Each of these is a day like any other.
    @Test func `few addresses, a long time, other servers, and many who log in are none`() {
        func some(_ count: Int, pause: Int = 60, isOneServer: Bool = true) -> [Heard] {
            (0..<count).map {
                Heard(
                    said: Self.login("user\($0)"),
                    at: $0 * pause,
                    client: Self.from($0),
                    server: isOneServer ? "203.0.113.1:587" : "203.0.113.\($0):587"
                )
            }
        }
        #expect(told(some(4)).isEmpty)
        for zone in ["Z", ""] { #expect(told(some(5, pause: 620), zone: zone).isEmpty) }
        #expect(told(some(5), zone: "").count == 5)
        #expect(told(some(6, isOneServer: false)).isEmpty)
        let others = (0..<6).map { Heard(said: Self.login("user\(50 + $0)", 235), at: $0, client: Self.from(100 + $0)) }
        #expect(told(some(6) + others).isEmpty)
        let mistyped = (0..<3).map { Heard(said: Self.login("user\($0)", 235), at: 500, client: Self.from($0)) }
        #expect(told(some(6) + mistyped).isEmpty)
        // Three devices of a person with a new password.
        let devices = (0..<9).map { Heard(said: Self.login("ada"), at: $0 * 30, client: Self.from($0 % 3)) }
        #expect(told(devices).isEmpty)
    }

    @Test func `one address that guesses alone stands for itself`() {
        let alone = (0..<5).map { Heard(said: Self.guess, at: $0 * 10, client: Self.from(1)) }
        let few = (0..<4).map { Heard(said: Self.login("user\($0)"), at: $0 * 10, client: Self.from(10 + $0)) }
        let all = told(alone + few)
        #expect(Set(all.keys) == Set(0..<5))
        #expect(all[0] == [.passwordGuessing(failed: 5, seconds: 40, connections: 5, succeeded: false)])
    }

    // MARK: Greylisting

    private static let put = Sample.hello + "C: MAIL FROM:<a@a.example>\nS: 250 ok\nC: RCPT TO:<b@b.example>\n"
    private static let deferred = put + "S: 450 4.2.0 greylisted\nC: QUIT\nS: 221 bye\n-- close server"
    private static let taken = put + "S: 250 ok\nC: DATA\nS: 354 go\nC: Subject: x\n" + Sample.end

    @Test func `the same triplet comes again`() {
        let all = told([Heard(said: Self.deferred), Heard(said: Self.taken, at: 300, client: "198.51.100.7:41000")])
        #expect(all == [1: [.secondAttempt(seconds: 300, isTaken: true)]])
    }

    @Test func `the next exchanger is asked at once, and is no second attempt`() {
        let other = "203.0.113.2:587"
        #expect(told([Heard(said: Self.deferred), Heard(said: Self.taken, at: 5, server: other)]).isEmpty)
        #expect(told([Heard(said: Self.deferred), Heard(said: Self.taken, at: 5)]).count == 1)
        #expect(told([Heard(said: Self.deferred), Heard(said: Self.taken, at: 300, server: other)]).count == 1)
    }

    @Test(arguments: [("4.7.0", true), ("4.7.1", true), ("4.7.25", false), ("4.7.500", false), ("4.2.2", false)])
    func `a status that names another cause is no greylisting`(status: String, mayBe: Bool) {
        let text = Self.deferred.replacing("4.2.0", with: status)
        #expect(told([Heard(said: text), Heard(said: Self.taken, at: 300)]).isEmpty != mayBe)
    }

    @Test func `too early, and then in time`() {
        let all = told([
            Heard(said: Self.deferred), Heard(said: Self.deferred, at: 60), Heard(said: Self.taken, at: 600),
        ])
        #expect(all[1] == [.secondAttempt(seconds: 60, isTaken: false)])
        #expect(all[2] == [.secondAttempt(seconds: 600, isTaken: true)])
    }

    @Test func `another client, another sender, and who was taken before are none`() {
        #expect(told([Heard(said: Self.deferred), Heard(said: Self.taken, at: 300, client: "203.0.113.1:1")]).isEmpty)
        let other = Self.taken.replacing("a@a.example", with: "c@a.example")
        #expect(told([Heard(said: Self.deferred), Heard(said: other, at: 300)]).isEmpty)
        let again = [Heard(said: Self.taken), Heard(said: Self.deferred, at: 60), Heard(said: Self.taken, at: 300)]
        #expect(told(again).isEmpty)
    }

    // MARK: One mail

    private static func mail(_ header: String, _ reply: String) -> String {
        Sample.hello + Sample.mail + header + "C: Message-ID: <1@a.example>\nC: Subject: x\nC: \nC: text\nC: .\n"
            + "S: \(reply)\nC: QUIT\nS: 221 bye\n-- close server"
    }

    @Test func `a content filter and back, in whatever order they stand`() {
        let first = Self.mail("", "250 2.0.0 Ok: queued as 4AB1C2D3")
        let second = Self.mail(
            "C: Received: from a by mx (Postfix)\nC: \\x20with ESMTP id 4AB1C2D3\nC: \\x20for <b@b.example>; today\n",
            "250 2.0.0 from MTA(smtp:[127.0.0.1]:10025): 250 2.0.0 Ok: queued as 5FF0A1B2"
        )
        let all = told([Heard(said: second, at: 1), Heard(said: first)])
        #expect(all[1] == [.sameMail(hop: 1, hops: 2, isOneWay: true)])
        #expect(all[0] == [.sameMail(hop: 2, hops: 2, isOneWay: true)])
    }

    @Test func `Exim names a mail otherwise`() {
        let first = Self.mail("", "250 OK id=1sABCd-0005xy-2K")
        let second = Self.mail(
            "C: Received: from a by mx with esmtp (Exim 4.96) id 1sABCd-0005xy-2K; today\n",
            "250 ok"
        )
        .replacing("C: Message-ID: <1@a.example>\n", with: "")
        #expect(told([Heard(said: first), Heard(said: second, at: 1)]).count == 2)
    }

    @Test func `to two exchangers it is one mail, and not one way`() {
        let copy = Self.mail("", "250 ok")
        #expect(
            told([Heard(said: copy), Heard(said: copy, at: 1)])[1] == [.sameMail(hop: 2, hops: 2, isOneWay: false)]
        )
    }

    @Test func `other mails are none of it`() {
        let other = Self.mail(
            "C: Received: from a by mx with ESMTP id 9ZZ9Z9Z9; today\n",
            "250 2.0.0 Ok: queued as 77777777"
        )
        .replacing("<1@a.example>", with: "<2@a.example>")
        #expect(told([Heard(said: Self.mail("", "250 2.0.0 Ok: queued as 4AB1C2D3")), Heard(said: other)]).isEmpty)
    }
}
