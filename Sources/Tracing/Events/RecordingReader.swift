import FoundationEssentials

/// Reads a recording. Keeps whatever is sound: a line that is not is left out with a warning that names it.
public enum RecordingReader {
    /// The longest line that is read, in octets; a longer one is left out.
    static let longestLine = 64 << 20
    /// The most warnings that are spelled out; how many more there are is said in one.
    static let maxWarnings = 100

    /// Whether a file begins as a recording does.
    public static func recognises(_ octets: some Collection<UInt8>) -> Bool {
        let start = octets.prefix(200).drop { $0 == 0xEF || $0 == 0xBB || $0 == 0xBF || $0 == 32 }
        return start.first == UInt8(ascii: "{") && String(decoding: Array(start), as: UTF8.self).contains("\"ehlo\"")
    }

    public static func read(_ octets: [UInt8]) throws(RecordingError) -> Recording {
        let headerEnd = octets.firstIndex(of: 10) ?? octets.count
        guard recognises(octets[..<headerEnd]), let header = try readHeader(octets[..<headerEnd]) else {
            throw .notARecording
        }
        var body = Body(recording: Recording(header: header, events: []))
        var start = headerEnd + 1
        var number = 1
        while start < octets.count {
            number += 1
            let end = octets[start...].firstIndex(of: 10)
            body.read(octets[start..<(end ?? octets.count)], number: number, isTorn: end == nil)
            start = (end ?? octets.count) + 1
        }
        return body.finished
    }

    /// The lines behind the header, as far as they were read.
    private struct Body {
        var recording: Recording
        /// Masks what an old recording, or one of another program, holds in the clear.
        private var log = WireLog()
        private var latest = 0.0
        private var runsBackwards = false
        private var unspokenWarnings = 0

        init(recording: Recording) { self.recording = recording }

        mutating func read(_ line: ArraySlice<UInt8>, number: Int, isTorn: Bool) {
            let content = line.last == 13 ? line.dropLast() : line
            guard !content.isEmpty, content.first != UInt8(ascii: "#") else { return }
            switch StoredEvent.read(content) {
            case .success(var event):
                // Time never runs backwards, whatever the clock of the recording did.
                if event.time < latest, !runsBackwards {
                    runsBackwards = true
                    warn(
                        "line \(number) has a time before that of the line above it; such events are shown at the later time"
                    )
                }
                event.time = max(event.time, latest)
                latest = event.time
                recording.events.append(log.event(event.kind, leg: event.leg, at: event.time))
            case .failure(.notJSON) where isTorn: warn("line \(number) is torn off and was left out")
            case .failure(let reason): warn("line \(number) was left out: \(reason.description)")
            }
        }

        private mutating func warn(_ warning: String) {
            if recording.warnings.count < maxWarnings {
                recording.warnings.append(warning)
            } else {
                unspokenWarnings += 1
            }
        }

        var finished: Recording {
            var recording = recording
            if unspokenWarnings > 0 { recording.warnings.append("and \(unspokenWarnings) more such lines") }
            return recording
        }
    }

    private static func readHeader(_ line: ArraySlice<UInt8>) throws(RecordingError) -> Recording.Header? {
        struct Stored: Decodable {
            let ehlo: Int
            let began: String?
            let title: String?
            let source: String?
        }
        let clean = line.drop { $0 == 0xEF || $0 == 0xBB || $0 == 0xBF }
        guard let stored = try? JSONDecoder().decode(Stored.self, from: Data(clean)) else { return nil }
        guard stored.ehlo <= Recording.version else { throw .newerVersion(stored.ehlo) }
        // There was none before the first.
        guard stored.ehlo == Recording.version else { return nil }
        return Recording.Header(began: stored.began ?? "", title: stored.title ?? "", source: stored.source ?? "")
    }
}

/// Why a file is no recording at all.
public enum RecordingError: Error, Equatable, CustomStringConvertible {
    case notARecording
    case newerVersion(Int)

    public var description: String {
        switch self {
        case .notARecording: "it is no recording: its first line is not {\"ehlo\":1,…}"
        case .newerVersion(let version): "it is a recording of version \(version), and this program reads version 1"
        }
    }

    /// What to do next.
    public var advice: String {
        switch self {
        case .notARecording: "record a session with 'ehlo live RECIPIENT --record FILE'"
        case .newerVersion: "a newer ehlo reads it, and 'ehlo --version' tells how old this one is"
        }
    }
}
