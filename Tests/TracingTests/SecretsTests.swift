import SMTP
import Testing

@testable import Tracing

/// No octet of a credential may be in a trace, wherever the client put it.
@Suite struct SecretsTests {
    static let canary = "hunter2CANARY0"

    static func trace(_ said: [(Side, String)], oneByOne: Bool = false, secrets: [Range<Int>] = []) -> Trace {
        let greeting: [(Side, String)] = [
            (.server, "220 a.example ESMTP\r\n"), (.client, "EHLO b.example\r\n"),
            (.server, "250-a.example\r\n250 AUTH PLAIN LOGIN\r\n"),
        ]
        let events = (greeting + said).map {
            WireEvent(.octets(from: $0.0, Array($0.1.utf8)), leg: .relay)
        }
        return Tracer.trace(of: oneByOne ? events.flatMap { $0.split(every: 1) } : events)
    }

    static func holdsCanary(_ octets: [UInt8]) -> Bool {
        // A few of its letters are too many.
        WireText.shown(octets).lowercased().contains("hunt") || WireText.shown(octets).contains("CANARY")
    }

    static let sessions: [[(Side, String)]] = [
        [(.client, "AUTH PLAIN \(canary)\r\n"), (.server, "235 ok\r\n")],
        [(.client, "auth plain   \(canary)  \r\n")],
        [(.client, " \tAUTH\tPLAIN\t\(canary)\r\n")],
        [(.client, "AUTH PLAIN \(canary) \(canary)\r\n")],
        [(.client, "AUTH PLAIN \(canary)\n")],
        [(.client, "AUTH PLAIN \(canary)")],
        [(.client, "AUTH \(canary)=\r\n")],
        [(.client, "AUTH PLAIN=\(canary)\r\n")],
        [
            (.client, "AUTH LOGIN\r\n"), (.server, "334 VXNlcm5hbWU6\r\n"), (.client, "\(canary)\r\n"),
            (.server, "334 UGFzc3dvcmQ6\r\n"), (.client, canary),
        ],
        [(.client, "AUTH LOGIN\r\n\(canary)\r\n\(canary)\r\n"), (.server, "334 x\r\n334 y\r\n535 no\r\n")],
        [
            (.client, "AUTH LOGIN\r\n"), (.server, "504 no\r\n"), (.client, "\(canary)\r\n"), (.server, "500 what\r\n"),
            (.client, "NOOP\r\n"),
        ],
        [(.client, "AUTH LOGIN\r\n"), (.server, "334-a\r\n334 b\r\n"), (.client, "\(canary) \(canary)\r\n")],
        [
            (.client, "AUTH XOAUTH2 \(canary)\r\n"), (.server, "334 eyJ\r\n"), (.client, "\r\n"),
            (.server, "535 no\r\n"),
        ],
        [
            (.client, "AUTH PLAIN\r\n"), (.server, "334 \r\n"),
            (.client, String(repeating: canary, count: 20_000) + "\r\n"), (.server, "235 ok\r\n"),
        ],
        [(.client, "AUTH PLAIN " + String(repeating: canary, count: 20_000) + "\r\n"), (.server, "235 ok\r\n")],
        [(.client, "NOOP\r\nAUTH PLAIN \(canary)\r\nNOOP\r\n"), (.server, "250 ok\r\n235 ok\r\n250 ok\r\n")],
    ]

    @Test(arguments: sessions.indices) func `a credential is masked wherever it stands`(index: Int) {
        for oneByOne in [false, true] {
            let trace = Self.trace(Self.sessions[index], oneByOne: oneByOne)
            #expect(trace.lines.contains { !$0.secrets.isEmpty })
            for line in trace.lines {
                #expect(!Self.holdsCanary(line.octets), "\(WireText.shown(line.octets.prefix(60)))")
                for secret in line.secrets { #expect(Array(line.octets[secret]) == Mask.octets) }
            }
            #expect(!"\(trace)".contains("hunter2"))
        }
    }

    @Test func `what its event marked is masked, whatever it is`() {
        let text = "X-PASS \(Self.canary) and more\r\n"
        let start = 7
        let event = WireEvent(
            .octets(from: .client, Array(text.utf8), credentials: [start..<start + Self.canary.utf8.count]),
            leg: .relay
        )
        for events in [[event], event.split(every: 1), event.split(every: 10)] {
            let line = Tracer.trace(of: events).lines[0]
            #expect(line.octets == Array("X-PASS ******** and more".utf8))
            #expect(line.secrets == [7..<15])
        }
    }

    @Test func `a masked session traces as the session it was made from`() throws {
        let said = "AUTH PLAIN \(Self.canary)\r\n"
        let secret = 11..<11 + Self.canary.utf8.count
        let live = [WireEvent(.octets(from: .client, Array(said.utf8), credentials: [secret]), leg: .relay)]
        let header = Recording.Header(began: "", title: "", source: "")
        let file = RecordingWriter.file(Recording(header: header, events: live))
        #expect(!file.contains("hunter2"))
        #expect(Tracer.trace(of: try RecordingReader.read(Array(file.utf8)).events) == Tracer.trace(of: live))
    }

    @Test(arguments: [
        ([0..<3, 2..<5], "********fgh", [0..<8]), ([2..<5, 0..<3], "********fgh", [0..<8]),
        ([0..<2, 2..<4], "********efgh", [0..<8]),
        ([1..<2, 6..<7], "a********cdef********h", [1..<9, 13..<21]), ([4..<100], "abcd********", [4..<12]),
        ([3..<3], "abcdefgh", []),
        ([20..<30], "abcdefgh", []), ([], "abcdefgh", []),
    ])
    func `ranges may touch, overlap or reach too far`(secrets: [Range<Int>], shown: String, masks: [Range<Int>]) {
        let masked = Mask.over(Array("abcdefgh".utf8), secrets)
        #expect(masked.octets == Array(shown.utf8))
        #expect(masked.masks == masks)
    }

    @Test func `a verb behind AUTH is a verb`() {
        let trace = Self.trace([(.client, "AUTH LOGIN\r\nQUIT\r\n"), (.server, "535 no\r\n221 bye\r\n")])
        #expect(trace.lines.last { $0.speaker == .client }?.verbName == "QUIT")
    }
}
