import Foundation
import Lessons
import SMTP
import Testing
import Tracing

@testable import Interchange

/// Whether anything is left of those whom a session is about, in whatever format it is written.
@Suite struct AnonymizerLeakTests {
    /// What a session tells of people and machines, found in its text in the plainest way.
    private struct Originals {
        var words: Set<String> = []
        var addresses: Set<String> = []

        private static let ours: Set<String> = [
            "postmaster", "abuse", "mailer", "daemon", "localhost", "localdomain", "arpa", "invalid", "header", "smtp",
            "srs0", "srs1", "mailfrom", "rcptto", "envelope",
            // Of DMARC records and of Postfix's own trace.
            "rua", "ruf", "mailto", "addr",
        ]

        init(_ text: String) {
            let tokens = text.lowercased().split { !($0.isLetter || $0.isNumber || "@._-+=:".contains($0)) }
            for (index, token) in tokens.enumerated() {
                // An address of IPv4, and what a mail is called in a queue.
                if token.split(separator: ".").count == 4, token.split(separator: ".").allSatisfy({ UInt8($0) != nil })
                {
                    if !token.hasPrefix("127."), !token.hasPrefix("0.") { addresses.insert(String(token)) }
                } else if index > 1, tokens[index - 1] == "as", tokens[index - 2] == "queued", token.count > 4 {
                    addresses.insert(String(token))
                }
                let parts = token.split(separator: "@")
                guard parts.count == 2, token.contains("@"), parts[1].contains(".") else { continue }
                let labels = parts[1].split(separator: ".").dropLast()
                for word in parts[0].split(whereSeparator: { "._-+=:".contains($0) }) + labels { keep(String(word)) }
            }
        }

        private mutating func keep(_ word: String) {
            let isOurs = Self.ours.contains(word) || PlainWords.contains(Array(word.utf8))
            let isPseudonym = ["user", "host", "u", "h"].contains(String(word.prefix { $0.isLetter }))
            guard !isOurs, !isPseudonym, word.filter(\.isLetter).count > 2, Set(word).count > 1 else { return }
            words.insert(word)
        }
    }

    private static func words(of text: String) -> Set<String> {
        Set(text.lowercased().split { !($0.isLetter || $0.isNumber || $0 == "_") }.map(String.init))
    }

    private static func places(in text: String) -> Set<String> {
        Set(text.lowercased().split { !($0.isLetter || $0.isNumber || $0 == ".") }.map(String.init))
    }

    private static func originals(of recording: Recording) -> Originals {
        let trace = Tracer.trace(of: recording.events)
        let ends = recording.header.ends.map { "\($0.client) \($0.server)" } ?? ""
        return Originals(trace.lines.map { WireText.shown($0.octets) }.joined(separator: "\n") + "\n" + ends)
    }

    @Test(.timeLimit(.minutes(1)), arguments: Places.sessions)
    func `nothing of a bundled session is left in any format`(name: String) throws {
        let recording = try Places.session(name)
        let originals = Self.originals(of: recording)
        let other = Anonymizer().anonymized(recording)
        let (trace, library) = (Tracer.trace(of: other.events), try Hostile.library())
        var json: [UInt8] = []
        JSONExport(library: library).each(of: trace, session: 0) { json += $0 }
        // Lessons have words and addresses of their own.
        let plain = [
            "ehlo": RecordingWriter.file(other), "json": String(decoding: json, as: UTF8.self),
            "swaks": SwaksExport.text(trace),
            "txt": TextExport.lines(trace, header: other.header, library: nil).joined(separator: "\n"),
        ]
        for (format, text) in plain {
            let (words, places) = (Self.words(of: text), Self.places(in: text))
            #expect(originals.words.intersection(words) == [], "\(format)")
            #expect(originals.addresses.intersection(places) == [], "\(format)")
        }
        let taught = [
            "md": MarkdownExport.text(trace, header: other.header, library: library),
            "html": HTMLExport.text(trace, header: other.header, library: library),
        ]
        for (format, text) in taught {
            let left = originals.addresses.filter { !$0.hasPrefix("192.0.2.") }.intersection(Self.places(in: text))
            #expect(left == [], "\(format)")
        }
    }

    private static let others: [String] = {
        let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let folders = [
            tests.appendingPathComponent("Transcripts"),
            tests.deletingLastPathComponent().appendingPathComponent("CapturesTests/Fixtures"),
        ]
        return folders.flatMap { folder in
            let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
            return names.sorted().map { folder.appendingPathComponent($0).path }
        }
    }()

    @Test func `there are other sessions`() { #expect(Self.others.count > 50) }

    @Test(.timeLimit(.minutes(1)), arguments: others) func `nothing of other sessions is left`(path: String) throws {
        guard let file = try? SessionFile.read(path) else { return }
        for recording in file.sessions.prefix(5) {
            let originals = Self.originals(of: recording)
            let text = RecordingWriter.file(Anonymizer().anonymized(recording))
            #expect(originals.words.intersection(Self.words(of: text)) == [])
            #expect(originals.addresses.intersection(Self.places(in: text)) == [])
        }
    }
}
