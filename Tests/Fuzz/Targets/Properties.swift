import SMTP
import Tracing

/// What holds for every session, whoever read it from what.
enum Properties {
    /// The trace of a session, cut anyhow, and its recording, read and written again.
    static func expectSound(_ recording: Recording, cuts: [Int] = [1, 7]) {
        let trace = Tracer.trace(of: recording.events)
        expectTiled(trace)
        for line in trace.lines { expectEscaped(line.shownText, "a line") }
        for size in cuts {
            let pieces = Tracer.trace(of: cut(recording.events, every: size))
            expect(pieces == trace, "cut every \(size) octets the trace is another")
        }
        expectWrittenAsRead(recording)
    }

    /// Spans cover every octet of every line once, and stops every line.
    static func expectTiled(_ trace: Trace) {
        var covered = 0
        for stop in trace.stops {
            expect(stop.lines.lowerBound == covered, "the stops leave a gap before \(stop.lines)")
            covered = stop.lines.upperBound
        }
        expect(covered == trace.lines.count, "the stops end at \(covered) of \(trace.lines.count) lines")
        for (index, line) in trace.lines.enumerated() {
            var end = 0
            for span in line.spans {
                expect(
                    span.range.lowerBound == end && !span.range.isEmpty,
                    "line \(index): \(span.range) instead of \(end)"
                )
                end = span.range.upperBound
            }
            expect(end == line.octets.count + line.ending.octets.count, "line \(index): the spans end at \(end)")
            expect(
                line.secrets.allSatisfy { $0.upperBound <= line.octets.count },
                "line \(index): a secret outside of it"
            )
        }
    }

    /// What is written of a recording is plain text, and is read as it was written.
    static func expectWrittenAsRead(_ recording: Recording) {
        let file = RecordingWriter.file(recording)
        expectEscaped(file, "a recording")
        guard let read = try? RecordingReader.read(Array(file.utf8)) else {
            return expect(false, "it is not read: \(file)")
        }
        expect(read.warnings.isEmpty, "read with a warning: \(read.warnings)")
        expect(read.events.count == recording.events.count, "\(read.events.count) events of \(recording.events.count)")
        // Credentials are masked as they are written, so what was read is what comes out again.
        expect(RecordingWriter.file(read) == file, "written again it is another: \(file)")
    }

    /// No character in it moves a cursor, turns text round or cannot be seen.
    static func expectEscaped(_ text: String, _ what: String) {
        let scalar = text.unicodeScalars.first { $0 != "\n" && !WireText.isShown($0) }
        expect(scalar == nil, "\(what) holds U+\(String(scalar?.value ?? 0, radix: 16)): \(text.debugDescription)")
    }

    /// The same octets in smaller events. What was inside TLS records follows them at once and whole.
    private static func cut(_ events: [WireEvent], every size: Int) -> [WireEvent] {
        var isInRecords = false
        return events.flatMap { event -> [WireEvent] in
            defer { if case .records = event.kind { isInRecords = true } else { isInRecords = false } }
            guard !isInRecords, case .octets(let side, let octets, let secrets) = event.kind else { return [event] }
            return stride(from: 0, to: octets.count, by: size).map { start in
                let piece = start..<min(start + size, octets.count)
                let inside = secrets.filter { $0.overlaps(piece) }.map { secret -> Range<Int> in
                    let part = secret.clamped(to: piece)
                    return part.lowerBound - start..<part.upperBound - start
                }
                return WireEvent(
                    .octets(from: side, Array(octets[piece]), credentials: inside),
                    leg: event.leg,
                    at: event.time
                )
            }
        }
    }
}
