import Foundation
import SMTP
import Testing
import Tracing

@testable import Interchange

/// What was told of a text that came little by little.
struct Told {
    private(set) var sessions: [Int: Recording] = [:]
    private(set) var over: Set<Int> = []
    /// How often a session was told anew.
    private(set) var anew = 0

    /// The sessions in the order in which they were told of first.
    var recordings: [Recording] { sessions.keys.sorted().compactMap { sessions[$0] } }

    mutating func take(_ news: [SessionNews]) {
        for news in news {
            #expect(!over.contains(news.number), "nothing is told of a session that is over")
            switch news.kind {
            case .began(let header):
                if sessions[news.number] != nil { anew += 1 }
                sessions[news.number] = Recording(header: header, events: [])
            case .named(let header): sessions[news.number]?.header = header
            case .void: sessions[news.number] = nil
            case .happened(let event): sessions[news.number]?.events.append(event)
            case .over(let warnings):
                sessions[news.number]?.warnings = warnings
                over.insert(news.number)
            }
        }
    }

    /// Feeds a text in pieces, with a pause behind each where `pauses`. At a pause a session is read from its beginning: of a long
    /// text only every so many pieces are followed by one, so that there are forty at most.
    init(_ pieces: [[UInt8]], pauses: Bool) throws {
        var text = StreamedText()
        let stride = pieces.count / 40 + 1
        for (place, piece) in pieces.enumerated() {
            try text.take(piece)
            take(text.news(isPause: false))
            if pauses, place % stride == stride - 1 { take(text.news(isPause: true)) }
        }
        take(try text.end())
        #expect(text.count >= sessions.count && over.count == sessions.count)
    }
}

extension [UInt8] {
    /// Its lines, each with its line feed.
    fileprivate var linesWithEnds: [[UInt8]] {
        var lines: [[UInt8]] = []
        var start = 0
        while start < count {
            let end = (self[start...].firstIndex(of: 10) ?? count - 1) + 1
            lines.append(Array(self[start..<end]))
            start = end
        }
        return lines
    }
}

@Suite struct `A text that comes little by little` {
    struct Text: CustomTestStringConvertible, Sendable {
        let name: String
        let octets: [UInt8]
        var testDescription: String { name }
    }

    /// Every transcript and every mail log of the fixtures that is read as text.
    static let texts: [Text] = {
        let folder = TranscriptFixtures.folder
        let names = ((try? FileManager.default.subpathsOfDirectory(atPath: folder.path)) ?? []).sorted()
        let transcripts = names.compactMap { name -> Text? in
            guard let data = try? Data(contentsOf: folder.appendingPathComponent(name)), !data.isEmpty else {
                return nil
            }
            let octets = Array(data)
            guard [.transcript, .mailLog, .recording].contains(FileKind.of(octets)) else { return nil }
            return Text(name: name, octets: octets)
        }
        return transcripts + LoggedCase.all.map { Text(name: $0.name, octets: $0.octets) }
    }()

    @Test func `there are texts of each kind`() {
        let kinds = Self.texts.map { FileKind.of($0.octets) }
        #expect(kinds.count { $0 == .transcript } > 40)
        #expect(kinds.count { $0 == .mailLog } > 3)
        #expect(kinds.count { $0 == .recording } > 20)
    }

    /// What a session tells: its header, its lines but for the words about how it was read, and what is to be said of it.
    private func told(_ recording: Recording, besides warnings: Bool) -> [String] {
        var events = recording.events
        if recording.header.source.hasPrefix("read as "), events.count > 2, case .note = events[2].kind {
            events[2].kind = .note("")
        }
        let lines = Tracer.trace(of: events).lines.map { line in
            let findings = line.findings.map(\.id).joined(separator: ",")
            return "\(line.place.label) \(line.speaker) \(line.time) \(WireText.shown(line.octets)) \(findings)"
        }
        return lines + (warnings ? recording.warnings : [])
    }

    private func whole(_ text: Text) throws -> [Recording] {
        Array(try SessionFile.read(text.octets, path: "x").sessions)
    }

    private func expect(_ text: Text, in pieces: [[UInt8]]) throws {
        let streamed = ordered(try Told(pieces, pauses: false).recordings)
        let expected = ordered(try whole(text))
        #expect(streamed.map(\.header) == expected.map(\.header))
        #expect(streamed.map { told($0, besides: true) } == expected.map { told($0, besides: true) })
    }

    /// Messages of a mail log are told in the order in which they are over.
    private func ordered(_ recordings: [Recording]) -> [Recording] {
        let isOfLog = recordings.contains { $0.header.source.hasPrefix("read as the log of") }
        return isOfLog
            ? recordings.sorted { $0.header.title + $0.header.began < $1.header.title + $1.header.began } : recordings
    }

    @Test(arguments: texts) func `is told line by line as it is told as a whole`(text: Text) throws {
        try expect(text, in: text.octets.linesWithEnds)
    }

    @Test(arguments: texts) func `is told at once as it is told as a whole`(text: Text) throws {
        try expect(text, in: [text.octets])
    }

    /// Where lines pause a session that is over is over: the words that its program writes behind it are let go.
    @Test(arguments: texts) func `has the same lines of the wire where lines are followed by pauses`(text: Text)
        throws
    {
        let streamed = try Told(text.octets.linesWithEnds, pauses: true)
        let wire = { (recording: Recording) in
            Tracer.trace(of: recording.events).lines.filter { $0.speaker != .note }.map { WireText.shown($0.octets) }
        }
        #expect(ordered(streamed.recordings).map(wire) == ordered(try whole(text)).map(wire))
    }
}
