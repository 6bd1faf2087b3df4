import Foundation
import Testing

/// Every session that this checkout holds, cut in every way: what a straight-line reading of it takes for a credential is in
/// no output.
@Suite struct SecretFixtureTests {
    struct Fixture: Sendable, CustomStringConvertible {
        let description: String
        let url: URL
    }

    private static let checkout = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent()
        .deletingLastPathComponent()

    private static func fixtures(_ folders: [String], _ endings: Set<String>) -> [Fixture] {
        folders.flatMap { folder -> [Fixture] in
            let urls = try? FileManager.default.contentsOfDirectory(
                at: checkout.appendingPathComponent(folder),
                includingPropertiesForKeys: nil
            )
            return (urls ?? []).filter { endings.contains($0.pathExtension) }
                .map { Fixture(description: "\(folder)/\($0.lastPathComponent)", url: $0) }
        }.sorted { $0.description < $1.description }
    }

    private static let dialogs = fixtures(
        ["Tests/SMTPTests/Dialogs", "Tests/TracingTests/Traced", "lessons/dialogs"],
        ["dialog"]
    )
    private static let files = fixtures(
        ["Tests/InterchangeTests/Transcripts", "Tests/CapturesTests/Fixtures", "lessons/sessions"],
        ["txt", "md", "ehlo", "pcap", "pcapng"]
    )

    /// The credentials among lines of both sides, read straight on: what follows AUTH and a mechanism, and what the client
    /// says next after a 334.
    static func credentials(_ lines: [(isClient: Bool, text: String)]) -> [String] {
        var found: [String] = []
        var isChallenged = false
        for line in lines {
            let text = line.text.trimmingCharacters(in: .whitespacesAndNewlines)
            guard line.isClient else {
                isChallenged = text.hasPrefix("334")
                continue
            }
            let words = text.split { $0 == " " || $0 == "\t" }.map(String.init)
            if words.first?.uppercased() == "AUTH", words.count > 2 { found.append(words[2...].joined(separator: " ")) }
            if isChallenged, words.count == 1, text != "*" { found.append(text) }
            isChallenged = false
        }
        // What is shorter, or one letter again and again, stands in other words as well; asterisks are a mask.
        return found.filter { $0.count >= 6 && Set($0).count > 2 && !$0.contains("{{") }
    }

    /// The lines of a fixture in the notation of the RFCs, whatever stands in the margin.
    static func lines(of dialog: String) -> [(isClient: Bool, text: String)] {
        var lines: [(isClient: Bool, text: String)] = []
        for line in dialog.split(separator: "\n") where !line.hasPrefix("#") {
            guard let mark = line.firstRange(of: "C: ") ?? line.firstRange(of: "S: "),
                line[..<mark.lowerBound].allSatisfy({ !$0.isLetter || $0.isLowercase })
            else { continue }
            // Line ends that are written out part what one delivery holds.
            let text = line[mark.upperBound...].replacingOccurrences(of: "\\r\\n", with: "\n")
                .replacingOccurrences(of: "\\n", with: "\n").replacingOccurrences(of: "\\r", with: "")
            for part in text.split(separator: "\n") { lines.append((line[mark].hasPrefix("C"), String(part))) }
        }
        return lines
    }

    @Test(arguments: dialogs) func `no credential of a dialog is in what is written of it`(fixture: Fixture) throws {
        let lines = Self.lines(of: try String(contentsOf: fixture.url, encoding: .utf8))
        let secrets = Self.credentials(lines)
        guard !secrets.isEmpty else { return }
        let turns = lines.map { $0.isClient ? SecretSpelling.Turn.client($0.text + "\r\n") : .server($0.text + "\r\n") }
        let session = SecretSpelling(name: fixture.description, turns: turns, goesOn: false, greets: false)
        for delivery in Delivery.allCases {
            for octets in [session.recording(delivery), session.capture(delivery)] {
                let outputs = try SecretOutputs(of: octets, isThorough: false)
                for secret in secrets {
                    let places = outputs.leaks { Secret.forms(of: secret, in: $0) }
                    #expect(places.isEmpty, "\(secret) is in \(places.joined(separator: ", ")), \(delivery)")
                }
            }
        }
    }

    /// The passwords of whoever made the fixtures, and what carries them.
    private static let known = ["hunter2-CANARY", "PROVIDED_BUT_REMOVED", "lovelace"]

    @Test(arguments: files) func `no password of a log, a capture or a recording is in what is written of it`(
        fixture: Fixture
    ) throws {
        let octets = Array(try Data(contentsOf: fixture.url))
        let known = Self.known.filter { !Secret.forms(of: $0, in: octets).isEmpty }
        guard !known.isEmpty else { return }
        let outputs = try SecretOutputs(of: octets)
        for secret in known {
            let places = outputs.leaks { Secret.forms(of: secret, in: $0) }
            #expect(places.isEmpty, "\(secret) is in \(places.joined(separator: ", "))")
        }
    }

    @Test func `there is something to be searched`() throws {
        let held = try Self.dialogs.filter {
            !Self.credentials(Self.lines(of: try String(contentsOf: $0.url, encoding: .utf8))).isEmpty
        }
        #expect(held.count >= 12, "\(held)")
        #expect(Self.dialogs.count > 100 && Self.files.count > 60)
    }
}
