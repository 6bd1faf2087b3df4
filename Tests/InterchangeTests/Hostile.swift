import SMTP
import Foundation
import Lessons
import Tracing

@testable import Interchange

/// A session with markup and controls in every field of it that somebody else writes.
enum Hostile {
    static let markup =
        "<script>alert(1)</script>\"><img src=x onerror=alert(2)>'</title></style>]]><!-- ```` [x](javascript:a) # | {{x}}"

    static func library() throws -> LessonLibrary { try LessonLibrary(root: Places.lessons) }

    /// Names, banner, extensions, addresses, subject, body, DNS labels, what a recorder remarked; and every octet there is.
    static let recording: Recording = {
        let all = Array(UInt8.min...UInt8.max)
        let mail = "Subject: \(markup)\r\nFrom: \(markup)\r\n\r\n\(markup)\r\n````\r\n# heading\r\n- item\r\n"
        let name = "<b>x</b>"
        let label = [UInt8(name.utf8.count)] + Array(name.utf8) + [7] + Array("example".utf8) + [0]
        let query: [UInt8] = [0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0] + label + [0, 15, 0, 1]
        var events = [WireEvent(.dnsQuery(query), leg: .lookup), WireEvent(.note(markup), leg: .relay)]
        events += [WireEvent(.connect(to: markup), leg: .relay), WireEvent(.connected(to: markup), leg: .relay)]
        func say(_ side: Side, _ octets: [UInt8]) {
            events.append(WireEvent(.octets(from: side, octets + [13, 10]), leg: .relay))
        }
        say(.server, Array("220 \(markup) ESMTP \(markup)".utf8))
        say(.client, Array("EHLO \(markup)".utf8))
        say(.server, Array("250-\(markup)".utf8))
        say(.server, Array("250 \(markup) <i>".utf8))
        say(.client, Array("MAIL FROM:<\"\(markup)\"@x.example> <b>=<i>".utf8))
        say(.server, Array("250 2.1.0 ".utf8) + all)
        say(.client, Array("RCPT TO:<\(markup)@x.example>".utf8))
        say(.server, Array("250 2.1.5 \u{202E}\(markup)".utf8))
        say(.client, Array("DATA".utf8))
        say(.server, Array("354 \(markup)".utf8))
        say(.client, Array(mail.utf8) + all + [13, 10, UInt8(ascii: ".")])
        say(.server, Array("250 \(markup)".utf8))
        say(.client, Array("<SCRIPT>alert(3)</SCRIPT>".utf8))
        events.append(WireEvent(.delivered(Array(mail.utf8) + all), leg: .relay))
        events.append(WireEvent(.error(.init(nil, markup)), leg: .relay))
        for index in events.indices { events[index].time = Double(index * index) / 10 }
        return Recording(header: .init(began: markup, title: markup + "\u{1B}[2J", source: markup), events: events)
    }()

    /// The files of the bundled sessions and the hostile one, each with its trace.
    static func sessions() throws -> [(name: String, trace: Trace, header: Recording.Header)] {
        let bundled = try Places.sessions.map { ($0, try Places.session($0)) }
        return (bundled + [("hostile", recording)]).map { ($0, Tracer.trace(of: $1.events), $1.header) }
    }

    /// Whether a text holds nothing but what shows, and line feeds.
    static func isClean(_ text: String) -> Bool {
        text.unicodeScalars.allSatisfy { $0 == "\n" || WireText.isShown($0) }
    }

    /// Writes the export where EHLO_KEEP_EXPORTS says, for programs that judge it.
    static func keep(_ text: String, _ name: String) throws {
        guard let folder = ProcessInfo.processInfo.environment["EHLO_KEEP_EXPORTS"] else { return }
        try text.write(toFile: "\(folder)/\(name)", atomically: true, encoding: .utf8)
    }
}
