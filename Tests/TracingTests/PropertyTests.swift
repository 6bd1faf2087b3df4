import Foundation
import SMTP
import Testing

@testable import Tracing

/// What holds for every session there is a fixture of.
@Suite struct PropertyTests {
    @Test func `there are sessions of all kinds`() {
        #expect(TracedDialog.all.count >= 60)
        #expect(Session.recordings.count >= 1)
        #expect(Session.all.count >= 100)
        #expect(Session.all.allSatisfy { !$0.events.isEmpty })
    }

    @Test(arguments: Session.all) func `spans tile every line and stops every trace`(session: Session) {
        expectSound(Tracer.trace(of: session.events), session.name)
    }

    /// A session is one, however the network cut it up.
    @Test(arguments: Session.all, [1, 2, 7]) func `octets in pieces make the same trace`(session: Session, size: Int) {
        let whole = Tracer.trace(of: session.events)
        // What was inside TLS records follows them at once and whole.
        let pieces = Tracer.trace(
            of: session.events.enumerated().flatMap { index, event in
                if index > 0, case .records = session.events[index - 1].kind {
                    [event]
                } else {
                    event.split(every: size)
                }
            }
        )
        #expect(pieces == whole)
    }

    /// All that one side said in a row may as well have come in one packet.
    @Test(arguments: Session.all) func `octets in one packet make the same trace but for its times`(session: Session) {
        var merged: [WireEvent] = []
        for event in session.events {
            if case .octets(let side, let octets, let secrets) = event.kind, secrets.isEmpty, let last = merged.last,
                last.leg == event.leg, case .octets(side, let before, let marked) = last.kind, marked.isEmpty
            {
                merged[merged.count - 1].kind = .octets(from: side, before + octets)
            } else {
                merged.append(event)
            }
        }
        let whole = Tracer.trace(of: merged)
        let lines = Tracer.trace(of: session.events)
        #expect(whole.lines.map(\.withoutTime) == lines.lines.map(\.withoutTime))
        #expect(whole.stops == lines.stops)
        #expect(whole.mails == lines.mails)
        #expect(whole.failed == lines.failed)
    }

    @Test(arguments: Session.all) func `a recording is read as it was written`(session: Session) throws {
        let header = Recording.Header(
            began: "2026-08-01T09:00:00Z",
            title: "Tübingen \u{202E}\"\\",
            source: "\u{1B}[2J"
        )
        let recording = Recording(header: header, events: session.events)
        let file = RecordingWriter.file(recording)
        #expect(file.unicodeScalars.allSatisfy { $0 == "\n" || WireText.isShown($0) })
        let read = try RecordingReader.read(Array(file.utf8))
        #expect(read.header == header)
        #expect(read.warnings.isEmpty)
        var log = WireLog()
        #expect(read.events == session.events.map { log.event($0.kind, leg: $0.leg, at: $0.time) }.map(\.asRecorded))
        #expect(Tracer.trace(of: read.events) == Tracer.trace(of: session.events))
    }

    @Test func `the session of the post has its fourteen steps and its findings`() throws {
        let file = try #require(Session.recordings.first { $0.lastPathComponent == "seed.ehlo" })
        let recording = try #require(Session.recording(file))
        let trace = Tracer.trace(of: recording.events)
        #expect(recording.warnings.isEmpty)
        #expect(trace.stops.map(\.place.step.number) == Array(1...14))
        let found = trace.lines.flatMap { line in line.findings.map { "\(line.place.label) \($0.id)" } }
        #expect(
            found
                == [
                    "7 missing-angle-brackets", "7 trailing-space", "9 space-after-colon", "9 missing-angle-brackets",
                    "10 leading-space", "11 command-unanswered", "12 no-header", "12 data-before-354",
                    "14 command-unanswered",
                ].sorted { $0.isBefore($1, in: found) }
        )
        #expect(trace.failed.isEmpty)
        #expect(trace.facts.exchangers.map(\.preference) == [1, 5, 5, 10, 10])
        #expect(trace.mails.map(\.content) == [Array("This is a test message.\r\n".utf8)])
    }
}

extension String {
    /// The order of two findings of one line is not promised.
    fileprivate func isBefore(_ other: String, in order: [String]) -> Bool {
        (order.firstIndex(of: self) ?? order.count) < (order.firstIndex(of: other) ?? order.count)
    }
}

extension WireEvent {
    /// With the mask in the place of what is marked, as it stands in a file.
    fileprivate var asRecorded: WireEvent {
        guard case .octets(let side, let octets, let credentials) = kind else { return self }
        let (shown, masks) = Mask.over(octets, credentials)
        return WireEvent(.octets(from: side, shown, credentials: masks), leg: leg, at: time)
    }
}

extension TraceLine {
    fileprivate var withoutTime: TraceLine {
        var line = TraceLine(
            index: index,
            time: 0,
            leg: leg,
            speaker: speaker,
            place: place,
            octets: octets,
            ending: ending,
            content: content,
            secrets: secrets,
            findings: findings
        )
        line.message = message
        return line
    }
}
