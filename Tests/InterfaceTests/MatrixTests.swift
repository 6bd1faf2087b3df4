import SMTP
import Screen
import ScreenSupport
import Testing
import Tracing

@testable import Interface

/// The hosts that were tried side by side, as after `--every-mx`: key X.
struct MatrixTests {
    private static let names = [
        "mx1.receiver.example", "mx2.receiver.example", "backup.provider.example", "mx4.receiver.example",
    ]

    /// Four exchangers: one goes well and inside TLS, one refuses, one is silent, one defers the recipient.
    static let events: [WireEvent] = {
        var time = 0.0
        var events: [WireEvent] = []
        let tell = { (kind: WireEvent.Kind, milliseconds: Double) in
            time += milliseconds / 1000
            events.append(WireEvent(kind, leg: .relay, at: time))
        }
        let says = { (side: Side, text: String, milliseconds: Double) in
            tell(.octets(from: side, Array("\(text)\r\n".utf8)), milliseconds)
        }
        let walk = { (reply: String, hasTLS: Bool) in
            says(.server, "220 mx.receiver.example ESMTP", 31)
            says(.client, "EHLO sender.example", 0)
            says(.server, "250-mx.receiver.example", 12)
            says(.server, "250 \(hasTLS ? "STARTTLS" : "SIZE 1000")", 1)
            if hasTLS {
                says(.client, "STARTTLS", 0)
                says(.server, "220 go ahead", 11)
                tell(.tls(TLSFacts(version: "TLS 1.3", cipher: "TLS_AES_256_GCM_SHA384")), 48)
                says(.client, "EHLO sender.example", 0)
                says(.server, "250 mx.receiver.example", 13)
            }
            says(.client, "MAIL FROM:<ada@sender.example>", 0)
            says(.server, "250 2.1.0 OK", 14)
            says(.client, "RCPT TO:<bob@receiver.example>", 0)
            says(.server, reply, 187)
            says(.client, "RSET", 0)
            says(.server, "250 2.0.0 OK", 12)
            says(.client, "QUIT", 0)
            says(.server, "221 2.0.0 Bye", 12)
            tell(.close(by: .server), 0)
        }
        for (number, name) in names.enumerated() {
            let target = "\(name) [192.0.2.\(25 + number)]:25"
            tell(.connect(to: target), 2)
            switch number {
            case 1: tell(.error(WireEvent.Failure(.refused).of("\(target)")), 13)
            case 2: tell(.error(WireEvent.Failure(.timedOut).of("\(target)")), 30_000)
            default:
                tell(.connected(to: target), 14)
                walk(number == 0 ? "250 2.1.5 OK" : "450 4.2.0 Greylisted", number == 0)
            }
        }
        return events
    }()

    private static func walk(_ columns: Int, _ rows: Int, ascii: Bool = false) throws -> Walk {
        let header = Recording.Header(
            began: "2026-11-24T09:00:00Z",
            title: "A mail to bob@receiver.example",
            source: "ehlo live"
        )
        let state = Fixture.state(of: Recording(header: header, events: events), columns, rows)
        var walk = try Walk(state, ascii: ascii)
        walk.press(.end, .character("X"))
        return walk
    }

    @Test(arguments: [(80, 24), (40, 12), (140, 14)])
    func `every exchanger with every step and its time`(size: (Int, Int)) throws {
        let walk = try Self.walk(size.0, size.1)
        expectGolden(walk.canvas, "matrix-\(size.0)x\(size.1)")
    }

    @Test func `every exchanger in ASCII`() throws {
        expectGolden(try Self.walk(80, 24, ascii: true).canvas, "matrix-80x24-ascii")
    }

    @Test func `the last exchanger can be reached on the smallest screen`() throws {
        var walk = try Self.walk(40, 12)
        walk.press(.end)
        expectGolden(walk.canvas, "matrix-end-40x12")
        #expect(walk.screen.contains("QUIT"))
        #expect(!walk.screen.contains("more"))
    }
}
