import Captures
import SMTP
import Testing
import Tracing

/// A server that says its greeting and closes: mail where another connection to the same server is mail, whatever the port.
@Suite struct GreetingAloneTests {
    private func connection(_ clientPort: Int, at time: Double, port: Int, _ turns: [(Side, String)]) -> Talk {
        var talk = Talk(clientPort: clientPort, serverPort: port)
        talk.time += time
        talk.open()
        for (side, text) in turns { talk.say(side, text + "\r\n") }
        return talk
    }

    private func sessions(_ talks: [Talk]) -> Int {
        CaptureFile(CaptureOctets(Packets.pcap(talks.flatMap(\.packets))))?.count ?? 0
    }

    private static let mail: [(Side, String)] = [
        (.server, "220 mx.example ESMTP"), (.client, "EHLO a"), (.server, "250 mx.example"), (.client, "QUIT"),
        (.server, "221 bye"),
    ]

    @Test(arguments: ["421 too busy", "554 not you", "220 welcome"])
    func `such a server is listed on any port where it is known`(greeting: String) {
        let refused = connection(40_001, at: 10, port: 2626, [(.server, greeting)])
        let known = connection(40_002, at: 20, port: 2626, Self.mail)
        #expect(sessions([refused, known]) == 2)
        #expect(sessions([known, refused]) == 2)
        #expect(sessions([refused]) == 0)
    }

    @Test func `another port, and a file server, are not`() {
        let known = connection(40_002, at: 20, port: 2626, Self.mail)
        #expect(sessions([connection(40_001, at: 10, port: 2627, [(.server, "421 too busy")]), known]) == 1)
        let files: [(Side, String)] = [(.server, "220 FTP server"), (.client, "USER a"), (.server, "331 password")]
        #expect(sessions([connection(40_001, at: 10, port: 2626, files), known]) == 1)
    }
}
