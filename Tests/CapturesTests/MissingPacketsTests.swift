import Captures
import Cryptography
import SMTP
import Testing
import Tracing

/// What a capture lacks is never held against the mail: a verdict is what was seen, or that nobody knows.
@Suite struct MissingPacketsTests {
    private static func outcome(_ packets: [Packets.Stored]) -> Verdict.Outcome? {
        guard let file = CaptureFile(CaptureOctets(Packets.pcap(packets))), file.count == 1 else { return nil }
        return Verdict(of: file.recording(0).trace).outcome
    }

    /// The ordinary session; or one whose client leaves when the server refuses.
    private static func talk(refusing refused: (reply: String, by: String)? = nil) -> Talk {
        var talk = Talk()
        talk.open()
        for (side, text) in Talk.dialogue {
            guard let refused, text == refused.reply else {
                talk.say(side, text)
                continue
            }
            talk.say(side, refused.by)
            for (side, text) in Talk.dialogue.suffix(2) { talk.say(side, text) }
            break
        }
        talk.close(.server)
        return talk
    }

    @Test func `one direction alone tells nothing of the mail`() {
        for isFromClient in [true, false] {
            let some = Talk.mail().packets.filter { ($0.frame[15] == 1) == isFromClient }
            #expect(!some.isEmpty && some.count < Talk.mail().packets.count)
            #expect(Self.outcome(some) == .unknown, "only the client: \(isFromClient)")
        }
    }

    @Test func `whatever packet is missing, a mail that was taken was not refused`() throws {
        let packets = Self.talk().packets
        #expect(Self.outcome(packets) == .accepted)
        var accepted = 0
        for gone in packets.indices {
            var some = packets
            some.remove(at: gone)
            let outcome = try #require(Self.outcome(some))
            #expect([.accepted, .unknown].contains(outcome), "packet \(gone): \(outcome)")
            accepted += outcome == .accepted ? 1 : 0
        }
        // That the dot was answered by 250 is enough for one recipient.
        #expect(accepted >= packets.count - 3)
    }

    @Test func `whatever packet is missing, a mail that was refused was not taken`() throws {
        for refused in [
            ("250 2.1.5 Ok\r\n", "550 5.1.1 no\r\n"), ("250 2.0.0 Queued\r\n", "554 5.7.1 no\r\n"),
            ("250 2.1.0 Ok\r\n", "550 5.7.1 no\r\n"),
        ] {
            let packets = Self.talk(refusing: refused).packets
            #expect(Self.outcome(packets) == .refused)
            for gone in packets.indices {
                var some = packets
                some.remove(at: gone)
                let outcome = try #require(Self.outcome(some))
                #expect(outcome != .accepted, "\(refused), packet \(gone)")
            }
        }
    }

    @Test(arguments: OpenedTLSTests.names.filter { $0 != "cbc12" })
    func `whatever secret is missing, a mail inside TLS that was taken was not refused`(name: String) throws {
        let octets = try OpenedTLSTests.octets("\(name).pcap")
        let whole = Verdict(of: try OpenedTLSTests.open(name).trace).outcome
        let lines = String(decoding: try OpenedTLSTests.octets("\(name).keys"), as: UTF8.self).split(separator: "\n")
        for gone in lines.indices {
            var some = lines
            some.remove(at: gone)
            let keys = KeyLog(Array(some.joined(separator: "\n").utf8))
            let outcome = Verdict(of: try OpenedTLSTests.recording(octets, keys).trace).outcome
            #expect([whole, .unknown].contains(outcome), "\(lines[gone].prefix(40)): \(outcome)")
        }
    }
}
