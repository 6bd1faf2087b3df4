import Foundation
import Glibc
import Testing

/// Whether what is shown is what was on the wire: the loopback interface is watched by tcpdump meanwhile.
@Suite(
    .serialized,
    .timeLimit(.minutes(15)),
    .enabled(
        if: Program.isRoot && Program.has("tcpdump") && Program.has("python3"),
        "needs root, tcpdump and python3"
    )
)
struct WireTests {
    @Test func `the plain walk shows the octets that were on the wire`() throws {
        var folder = try Folder()
        var outcome: Program.Outcome?
        var capture: Capture?
        // Its ports are known when it is over, so all of the loopback interface is listened to, which can be too much.
        for _ in 1...5 where capture?.lacksPackets ?? true {
            folder = try Folder()
            let listening = try Capture(in: folder)
            outcome = try Program.ehlo("--plain", "--spans", in: folder)
            listening.end()
            capture = listening
        }
        let walk = try #require(outcome)
        let heard = try #require(capture)
        #expect(walk.status == 0, "\(walk.errors)")
        let recording = try folder.write(PlainText.recording(of: walk.lines), to: "shown.ehlo")
        let judged = try Program.run(
            "python3",
            ["\(Program.tests)/Lab/wire_is_honest.py", recording, heard.path],
            in: folder
        )
        #expect(judged.status == 0, "\(judged.output)\(judged.errors)")
        #expect(judged.output.contains("honest: submission"))
        #expect(judged.output.contains("honest: relay"))
    }

    @Test(.enabled(if: Program.has("tmux"), "needs tmux"))
    func `nothing is on the wire ahead of its press`() throws {
        let folder = try Folder()
        let screen = try TmuxScreen()
        try screen.start()
        try #require(screen.shows("live · start"), "\(screen.text)")
        let child = try #require(try screen.child())
        // The first screen is there before the world's own servers are: two for mail and one for DNS.
        try #require(
            try waits {
                try Sockets.ports(of: child, table: "tcp", state: "0A").count >= 3
                    && !Sockets.ports(of: child, table: "udp").isEmpty
            },
            "\(Sockets.told(of: child))\n\(screen.text)"
        )
        let tcp = try Sockets.ports(of: child, table: "tcp", state: "0A")
        let udp = try Sockets.ports(of: child, table: "udp")
        let capture = try Capture(in: folder, ports: tcp.union(udp))
        var presses: [Double] = []
        for step in 1...14 {
            // What goes out ahead of its press has time to be seen.
            usleep(100_000)
            presses.append(Date().timeIntervalSince1970)
            try screen.press("n")
            try #require(screen.shows("step \(step)/14"), "\(screen.text)")
        }
        usleep(200_000)
        capture.end()
        try screen.press("Q")

        let connections = try capture.connections(in: folder).filter { tcp.contains($0.port) }
        #expect(!capture.lacksPackets)
        let relay = try #require(connections.first { $0.turns(presses).contains { $0.press == 4 } }, "\(connections)")
        #expect(relay.complete)
        #expect(relay.press(at: relay.began, presses) == 3)
        let told = relay.turns(presses).map { Turn(press: $0.press, side: $0.side, text: String($0.text.prefix(5))) }
        #expect(told == Self.relayed)
        #expect(relay.turns(presses).last { $0.press == 12 }?.text.hasSuffix("\r\n.\r\n") == true)
        for other in connections where other.port != relay.port {
            #expect(other.press(at: other.began, presses) == 1)
            #expect(other.turns(presses).allSatisfy { $0.press == 1 }, "the submission belongs to the first press")
        }
        let datagrams = try capture.datagrams(in: folder).filter { udp.contains($0.port) }
        let asked = datagrams.map { datagram in presses.lastIndex { $0 <= datagram.time } ?? -1 }
        #expect(asked.count { $0 == 1 } >= 4, "the way is looked up in step 2")
        // The recipient's server looks up three records once it has said 250.
        #expect(asked.count { $0 >= 12 } == 6, "\(asked)")
        #expect(asked.allSatisfy { $0 == 1 || $0 >= 12 }, "\(asked)")
    }

    /// What goes over the relay connection after which press, and how it begins.
    private static let relayed = [
        Turn(press: 4, side: "server", text: "220 m"), Turn(press: 5, side: "client", text: "EHLO "),
        Turn(press: 6, side: "server", text: "250-m"), Turn(press: 7, side: "client", text: "MAIL "),
        Turn(press: 8, side: "server", text: "250 2"), Turn(press: 9, side: "client", text: "RCPT "),
        Turn(press: 10, side: "server", text: "250 2"), Turn(press: 11, side: "client", text: "DATA\r\n"),
        Turn(press: 11, side: "server", text: "354 S"), Turn(press: 12, side: "client", text: "Recei"),
        Turn(press: 13, side: "server", text: "250 2"), Turn(press: 14, side: "client", text: "QUIT\r\n"),
        Turn(press: 14, side: "server", text: "221 2"),
    ]
}

/// What the plain text shows, as a recording again. Every line of the sandbox ends in CR LF, and each says so itself.
enum PlainText {
    static func recording(of lines: [Substring]) -> String {
        var text = #"{"ehlo":1,"began":"2026-01-01T00:00:00Z","title":"shown","source":"plain text"}"# + "\n"
        var step = 0
        for (place, line) in lines.enumerated() {
            if let found = line.firstMatch(of: /^Step ([0-9]+)\b/) { step = Int(found.output.1) ?? 0 }
            guard let shown = line.wholeMatch(of: /(Client|Server):(.*)/) else { continue }
            // The spans are told under the line, in one row or several.
            let spans = lines[(place + 1)...].prefix { $0.hasPrefix("  ") }.joined(separator: " ")
            guard spans.contains("line end CRLF") else { continue }
            let side = shown.output.1 == "Client" ? "client" : "server"
            let octets = Data(Self.octets(of: shown.output.2.dropFirst()) + [13, 10]).base64EncodedString()
            text += #"[0,"\#(step == 1 ? "submission" : "relay")","\#(side)",{"base64":"\#(octets)"}]"# + "\n"
        }
        return text
    }

    /// The octets of a text in which those that cannot be shown stand as `\xHH`.
    private static func octets(of text: Substring) -> [UInt8] {
        var octets: [UInt8] = []
        var rest = text
        while let character = rest.first {
            if let escape = rest.prefixMatch(of: /\\x([0-9A-F]{2})/), let octet = UInt8(escape.output.1, radix: 16) {
                octets.append(octet)
                rest = rest[escape.range.upperBound...]
            } else {
                octets += character.utf8
                rest = rest.dropFirst()
            }
        }
        return octets
    }
}
