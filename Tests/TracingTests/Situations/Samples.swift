import SMTP

@testable import Tracing

/// A session in `C:` and `S:` lines for a test of situations. `\r`, `\n`, `\xHH` are octets; a line ends in CRLF unless it ends in
/// `\n` or in `\c`, which stands for no end. `@` is the connection that stands, `-- close client` its end.
struct Sample {
    let events: [WireEvent]

    init(_ text: String, from start: Double = 0) {
        var events: [WireEvent] = []
        for (number, line) in text.split(separator: "\n").enumerated() {
            let kind: WireEvent.Kind? =
                if line.hasPrefix("C:") {
                    .octets(from: .client, Self.octets(line))
                } else if line.hasPrefix("S:") {
                    .octets(from: .server, Self.octets(line))
                } else if line == "@" {
                    .connected(to: "192.0.2.25:25")
                } else if line == "-- close client" {
                    .close(by: .client)
                } else if line == "-- close server" {
                    .close(by: .server)
                } else {
                    nil
                }
            if let kind { events.append(WireEvent(kind, leg: .relay, at: start + Double(number))) }
        }
        self.events = events
    }

    private static func octets(_ line: Substring) -> [UInt8] { TypedOctets.read(String(line.dropFirst(3))) }

    var situations: [Situation] { Situation.all(in: Tracer.trace(of: events)) }
    var glanced: [Situation] { SessionGlance(events).situations }

    static let hello = "@\nS: 220 mx.example ESMTP\nC: EHLO a.example\nS: 250 mx.example\n"
    static let mail = "C: MAIL FROM:<a@a.example>\nS: 250 ok\nC: RCPT TO:<b@b.example>\nS: 250 ok\nC: DATA\nS: 354 go\n"
    static let end = "C: .\nS: 250 ok\nC: QUIT\nS: 221 bye\n-- close server"
}
