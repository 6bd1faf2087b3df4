import Captures
import Testing
import Tracing

/// A session that goes through a proxy which the client asked for the connection.
@Suite struct ForwardProxyTests {
    struct Case: Sendable, CustomStringConvertible {
        var description: String
        var said: [(isClient: Bool, octets: [UInt8])]
        var words: String
    }

    private static let name = Array("mx.example".utf8)

    private static let cases: [Case] = [
        Case(
            description: "SOCKS 4",
            said: [
                (true, [4, 1, 0, 25, 192, 0, 2, 7] + Array("ada".utf8) + [0]), (false, [0, 90, 0, 0, 0, 0, 0, 0]),
            ],
            words: "SOCKS 4: the client asked a proxy for 192.0.2.7:25"
        ),
        Case(
            description: "SOCKS 4a",
            said: [(true, [4, 1, 0, 25, 0, 0, 0, 1, 0] + name + [0]), (false, [0, 90, 0, 0, 0, 0, 0, 0])],
            words: "SOCKS 4: the client asked a proxy for mx.example:25"
        ),
        Case(
            description: "SOCKS 5",
            said: [
                (true, [5, 2, 0, 2]), (false, [5, 0]), (true, [5, 1, 0, 3, 10] + name + [2, 0x4B]),
                (false, [5, 0, 0, 1, 0, 0, 0, 0, 0, 0]),
            ],
            words: "SOCKS 5: the client asked a proxy for mx.example:587"
        ),
        Case(
            description: "SOCKS 5 with a password",
            said: [
                (true, [5, 1, 2]), (false, [5, 2]), (true, [1, 3] + Array("ada".utf8) + [7] + Array("hunter2".utf8)),
                (false, [1, 0]), (true, [5, 1, 0, 4] + Containers.zeros(15) + [1, 0, 25]),
                (false, [5, 0, 0, 4] + Containers.zeros(18)),
            ],
            words: "SOCKS 5: the client asked a proxy for [::1]:25"
        ),
        Case(
            description: "CONNECT",
            said: [
                (true, Array("CONNECT mx.example:25 HTTP/1.1\r\nProxy-Authorization: Basic aHVudGVyMg==\r\n\r\n".utf8)),
                (false, Array("HTTP/1.1 200 Connection established\r\n\r\n".utf8)),
            ],
            words: "CONNECT: the client asked a proxy for mx.example:25"
        ),
    ]

    private func talk(_ said: [(isClient: Bool, octets: [UInt8])], pieces: Int = 1) -> Talk {
        var talk = Talk(serverPort: 3128)
        talk.open()
        for (isClient, octets) in said { talk.say(isClient ? .client : .server, octets, pieces: pieces) }
        for (side, text) in Talk.dialogue { talk.say(side, text) }
        talk.close(.server)
        return talk
    }

    @Test(arguments: cases) func `a session behind a proxy is read, and the proxy told at step 3`(proxied: Case) throws
    {
        let recording = try #require(talk(proxied.said).recording)
        #expect(recording.octets(.client) == Talk.mail().recording?.octets(.client))
        #expect(recording.octets(.server) == Talk.mail().recording?.octets(.server))
        let line = try #require(recording.trace.lines.first { WireText.shown($0.octets).hasPrefix(proxied.words) })
        #expect(line.place.step == .connection)
        #expect(!RecordingWriter.file(recording).contains("hunter2"))
        #expect(!RecordingWriter.file(recording).contains("aHVudGVyMg"))
    }

    @Test(arguments: cases) func `where the proxy's last answer is missing it opened nothing`(proxied: Case) {
        let recording = talk(proxied.said.dropLast()).recording
        #expect(recording?.texts().contains { $0.hasPrefix(proxied.words) } != true)
    }

    @Test func `a proxy that refuses opens nothing`() {
        var talk = Talk(serverPort: 1080)
        talk.open()
        talk.say(.client, [5, 1, 0])
        talk.say(.server, [5, 0xFF])
        #expect(talk.file?.count == 0)
    }
}
