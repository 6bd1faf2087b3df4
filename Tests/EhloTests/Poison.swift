import SMTP
import Foundation
import Interchange
import Lessons
import Tracing

@testable import ehlo

/// One text that would do something in every medium, and every way it has into the program: a table of sources.
enum Poison {
    /// A leading hyphen, OSC 52, CSI of C1, what turns text around, ends of lines that are no LF, NUL, the end of a script.
    static let text = "-oP\u{1B}]52;c;eA==\u{7}\u{9B}2J\u{85}\u{202E}\u{2028}\u{200B}\0</script><poison>`'\"$(x)"
    /// The same for a place that cannot hold a NUL, such as a word of a command line.
    static let word = text.replacing("\0", with: "")
    /// The same for the name of a file, which has no slash either.
    static let name = word.replacing("/", with: "")
    /// As much of it as a label of a domain takes (RFC 1035 §2.3.4).
    private static let label = Array(text.utf8.prefix(63))

    /// Where a session comes from that somebody else wrote.
    enum Source: String, CaseIterable {
        case clientLine, serverLine, mailData, delivered, lookup, certificate, connection, note, error
        case headerTitle, headerSource, headerBegan, lesson, capture, paste
    }

    /// A session that is harmless but for one source, as it is when it was read.
    static func sessions(_ source: Source) throws -> SessionFile {
        switch source {
        case .capture:
            let packets = try written(recording(.serverLine, isSecured: false), as: .pcap)
            return try SessionFile.read(packets, path: "poison.pcap")
        case .paste:
            let said =
                "S: 220 b \(word)\nC: EHLO \(word)\nS: 250 \(word)\nC: MAIL FROM:<\(word)>\nS: 250 \(word)\n"
                + "C: RCPT TO:<b@b>\nS: 250 \(word)\nC: DATA\nS: 354 \(word)\nC: Subject: \(word)\nC: .\n"
                + "S: 250 \(word)\nC: QUIT\nS: 221 b\n"
            return try SessionFile.read(Array(said.utf8), path: "the paste")
        default:
            return try SessionFile.read(Array(RecordingWriter.file(recording(source)).utf8), path: "poison.ehlo")
        }
    }

    private static func written(_ recording: Recording, as format: ExportFormat) throws -> [UInt8] {
        try Program.withFolder { folder in
            let writer = SessionWriter(library: try LessonLibrary(root: Program.lessons))
            _ = try writer.save([WrittenSession(recording)], as: format, to: "\(folder)/x", input: nil)
            return Array(try Data(contentsOf: URL(fileURLWithPath: "\(folder)/x")))
        }
    }

    private static func recording(_ source: Source, isSecured: Bool = true) -> Recording {
        func poison(_ place: Source, else harmless: String) -> String { source == place ? text : harmless }
        let host = source == .connection ? "\(text) [\(text)]:25" : "mx.b.example [192.0.2.7]:25"
        var events: [WireEvent] = []
        func say(_ side: Side, _ line: String) {
            events.append(WireEvent(.octets(from: side, Array("\(line)\r\n".utf8)), leg: .relay))
        }
        events += lookup(source == .lookup ? label : Array("b".utf8))
        events.append(WireEvent(.note(poison(.note, else: "a note")), leg: .relay))
        events.append(WireEvent(.connect(to: host), leg: .relay))
        events.append(WireEvent(.connected(to: host), leg: .relay))
        let (client, server) = (poison(.clientLine, else: "x"), poison(.serverLine, else: "x"))
        say(.server, "220 \(server) ESMTP \(server)")
        say(.client, "EHLO \(client)")
        say(.server, "250-\(server)\r\n250-\(server) \(server)\r\n250 STARTTLS")
        if isSecured {
            say(.client, "STARTTLS")
            say(.server, "220 \(server)")
            events.append(WireEvent(.tls(facts(poison(.certificate, else: "x"))), leg: .relay))
            say(.client, "EHLO \(client)")
            say(.server, "250-\(server)\r\n250 SIZE \(server)")
        }
        say(.client, "MAIL FROM:<\(client)> \(client)=\(client)")
        say(.server, "250 2.1.0 \(server)")
        say(.client, "RCPT TO:<\(client)@x.example>")
        say(.server, "250 2.1.5 \(server)")
        say(.client, client)
        say(.server, "\(server)")
        say(.client, "DATA")
        say(.server, "354 \(server)")
        let mail = poison(.mailData, else: "x")
        say(.client, "Subject: \(mail)\r\n\(mail): \(mail)\r\n\r\n\(mail)\r\n```\r\n\(mail)\r\n.")
        say(.server, "550 5.7.1 \(server)")
        events.append(WireEvent(.delivered(Array("\(poison(.delivered, else: "Subject: x"))\r\n".utf8)), leg: .relay))
        events.append(WireEvent(.error(.init(nil, poison(.error, else: "it broke"))), leg: .relay))
        let header = Recording.Header(
            began: poison(.headerBegan, else: "2026-11-26T00:00:00Z"),
            title: poison(.headerTitle, else: "a title"),
            source: poison(.headerSource, else: "a source")
        )
        return Recording(header: header, events: events)
    }

    /// An MX question and its answer, both about a name with this label.
    private static func lookup(_ label: [UInt8]) -> [WireEvent] {
        let name = [UInt8(label.count)] + label + [7] + Array("example".utf8) + [0]
        let question = name + [0, 15, 0, 1]
        let exchange = [0, 10] + name
        let answer = name + [0, 15, 0, 1, 0, 0, 0, 60, 0, UInt8(exchange.count)] + exchange
        return [
            WireEvent(.dnsQuery([0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0] + question), leg: .lookup),
            WireEvent(.dnsAnswer([0, 1, 0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0] + question + answer), leg: .lookup),
        ]
    }

    private static func facts(_ text: String) -> TLSFacts {
        let certificate = TLSFacts.Certificate(
            subject: "CN=\(text)",
            issuer: "CN=\(text)",
            names: ["DNS:\(text)"],
            notBefore: text,
            notAfter: text,
            key: text,
            signature: text,
            fingerprint: text
        )
        return TLSFacts(
            version: text,
            cipher: text,
            group: text,
            serverName: text,
            applicationProtocol: text,
            chain: [certificate],
            association: .init(kind: text, words: text, wanted: text, found: text, fits: false)
        )
    }

    // MARK: Folders of lessons

    /// The words of a double-quoted scalar of YAML that stand for a text.
    private static func yaml(_ text: String) -> String {
        "\""
            + text.unicodeScalars.map {
                $0.isASCII && $0.value >= 32 && !"\"\\".unicodeScalars.contains($0) ? "\($0)" : code($0)
            }
            .joined() + "\""
    }

    private static func code(_ scalar: Unicode.Scalar) -> String {
        let digits = String(scalar.value, radix: 16)
        return "\\U" + String(repeating: "0", count: 8 - digits.count) + digits
    }

    /// A folder of lessons where each lesson, persona, dialog and session is full of it; gone when `body` is done.
    static func withLessons<Value>(_ body: (String) throws -> Value) throws -> Value {
        try Program.withFolder { root in
            func write(_ file: String, _ text: String) throws {
                let place = URL(fileURLWithPath: "\(root)/\(file)")
                try FileManager.default.createDirectory(
                    at: place.deletingLastPathComponent(),
                    withIntermediateDirectories: true
                )
                try Data(text.utf8).write(to: place)
            }
            let entities = text.unicodeScalars.map { "&#\($0.value);" }.joined()
            let lesson = """
                ---
                title: \(yaml(text))
                spec: [\(yaml(text)), \(yaml("RFC 5321 §\(text)"))]
                summary: \(yaml(text))
                ---
                \(text) \(entities) [\(entities)](https://x.example/\(entities)) `\(text)`

                ```\(text)
                \(text)
                ```

                ## \(text) {#command/EHLO@\(text)}

                {{client.domain}} \(text)

                """
            let names = try FileManager.default.subpathsOfDirectory(atPath: "\(Program.lessons)/en")
            for name in names where name.hasSuffix(".md") { try write("en/\(name)", lesson) }
            try write("en/\(name).md", lesson)
            try write("en/command/\(name).md", lesson)
            try write("sessions/poison.ehlo", RecordingWriter.file(recording(.headerTitle)))
            try write("sessions/\(name).ehlo", RecordingWriter.file(recording(.headerTitle)))
            try write(
                "personas/poison.yaml",
                "title: \(yaml(text))\nsummary: \(yaml(text))\nexplanation: \(yaml(text))\n"
            )
            try write("personas/\(name).yaml", "\(yaml(text)): \(yaml(text))\n")
            try write("personas/\(name)", text)
            try write("dialogs/poison.dialog", "# title: \(text)\n# \(text)\n# persona: \(text)\nS: 220\nC: QUIT\n")
            try write("dialogs/\(name).dialog", "\(text)\n")
            return try body(root)
        }
    }
}
