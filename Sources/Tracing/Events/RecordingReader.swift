import FoundationEssentials

/// Reads a recording, whole or a few lines at a time. Keeps whatever is sound: a line that is not is left out with a warning
/// that names it.
public struct RecordingReader: Sendable {
    /// The longest line that is read, in octets; a longer one is left out.
    static let maxLine = 64 << 20
    /// The most warnings that are spelled out; how many more there are is said in one.
    static let maxWarnings = 100

    /// What the file says about itself.
    public let header: Recording.Header
    private var spokenWarnings: [String] = []
    private var unspokenWarnings = 0
    /// Masks what an old recording, or one of another program, holds in the clear.
    private var log = WireLog()
    private var latest = 0.0
    private var runsBackwards = false
    /// The number of the last line that was read.
    private var number = 1

    /// Begins with the first line of a file.
    public init(header line: ArraySlice<UInt8>) throws(RecordingError) {
        guard Self.recognises(line), let header = try Self.readHeader(line) else { throw .notARecording }
        self.header = header
    }

    /// Whether a file begins as a recording does: an object that says its version. Others have a text of that name.
    public static func recognises(_ octets: some Collection<UInt8>) -> Bool {
        guard let version = Self.version(octets) else { return false }
        return version.first != UInt8(ascii: "\"") || newer(version) != nil
    }

    /// What follows the name of the version; nil where no object begins that has one.
    private static func version(_ octets: some Collection<UInt8>) -> ArraySlice<UInt8>? {
        let start = Array(octets.prefix(200))[...].drop { $0 == 0xEF || $0 == 0xBB || $0 == 0xBF || $0 == 32 }
        guard start.first == UInt8(ascii: "{"), let name = start.firstRange(of: "\"ehlo\"".utf8) else { return nil }
        return start[name.upperBound...].drop { $0 == 32 || $0 == 9 || $0 == UInt8(ascii: ":") }
    }

    /// A version after this one, as it is spelled: a number in quotation marks or not, and however large.
    private static func newer(_ version: ArraySlice<UInt8>) -> String? {
        let isQuoted = version.first == UInt8(ascii: "\"")
        let text = version.dropFirst(isQuoted ? 1 : 0)
        let number = text.prefix { (0x30...0x39).contains($0) || $0 == UInt8(ascii: ".") }
        let parts = number.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        let isClosed = !isQuoted || text[number.endIndex...].first == UInt8(ascii: "\"")
        guard isClosed, (1...40).contains(number.count), parts.count < 3, parts.allSatisfy({ !$0.isEmpty }) else {
            return nil
        }
        // One that is too large to be counted is newer than all.
        let isNewer = Int(parts[0].lossyText).map { $0 > Recording.version } ?? true
        return isNewer ? number.lossyText : nil
    }

    /// Reads a whole file.
    public static func read(_ octets: [UInt8]) throws(RecordingError) -> Recording {
        let headerEnd = octets.firstIndex(of: 10) ?? octets.count
        var reader = try RecordingReader(header: octets[..<headerEnd])
        var events: [WireEvent] = []
        reader.read(octets.dropFirst(headerEnd + 1)) { events.append($0) }
        return Recording(header: reader.header, events: events, warnings: reader.warnings)
    }

    /// Reads the lines that come next, whole ones. A last line without its line feed is one that the file ends with.
    public mutating func read(_ lines: ArraySlice<UInt8>, _ take: (WireEvent) -> Void) {
        var start = lines.startIndex
        while start < lines.endIndex {
            let end = lines[start...].firstIndex(of: 10)
            if let event = read(line: lines[start..<(end ?? lines.endIndex)], isTorn: end == nil) { take(event) }
            start = (end ?? lines.endIndex) + 1
        }
    }

    /// What of the lines so far could not be used, in sentences that name the line.
    public var warnings: [String] {
        unspokenWarnings > 0 ? spokenWarnings + ["and \(unspokenWarnings) more such lines"] : spokenWarnings
    }

    private mutating func read(line: ArraySlice<UInt8>, isTorn: Bool) -> WireEvent? {
        number += 1
        let content = line.last == 13 ? line.dropLast() : line
        guard !content.isEmpty, content.first != UInt8(ascii: "#"), var event = event(in: content, isTorn: isTorn)
        else {
            return nil
        }
        // Time never runs backwards, whatever the clock of the recording did.
        if event.time < latest, !runsBackwards {
            runsBackwards = true
            warn(
                "line \(number) has a time before that of the line above it; such events are shown at the later time"
            )
        }
        latest = max(event.time, latest)
        event.time = latest
        log.mark(&event)
        return event
    }

    /// What a line holds; nil with a warning where that cannot be read.
    private mutating func event(in line: ArraySlice<UInt8>, isTorn: Bool) -> WireEvent? {
        // Nearly every line is plain; its event goes from here to whoever wants it without being wrapped up on the way.
        if let event = PlainStoredEvent.read(line) { return event }
        switch StoredEvent.readAnyJSON(line) {
        case .success(let event): return event
        case .failure(.notJSON) where isTorn: warn("line \(number) is torn off and was left out")
        case .failure(let reason): warn("line \(number) was left out: \(reason.description)")
        }
        return nil
    }

    private mutating func warn(_ warning: String) {
        if spokenWarnings.count < Self.maxWarnings {
            spokenWarnings.append(warning)
        } else {
            unspokenWarnings += 1
        }
    }

    private static func readHeader(_ line: ArraySlice<UInt8>) throws(RecordingError) -> Recording.Header? {
        struct Stored: Decodable {
            let ehlo: Int
            let began: String?
            let title: String?
            let source: String?
            let client: String?
            let server: String?
        }
        let clean = line.drop { $0 == 0xEF || $0 == 0xBB || $0 == 0xBF }
        guard let stored = try? JSONDecoder().decode(Stored.self, from: Data(clean)) else {
            // What a newer one calls its version, and its other fields, may be of another kind.
            if let version = Self.version(clean).flatMap(Self.newer) { throw .newerVersion(version) }
            return nil
        }
        guard stored.ehlo <= Recording.version else { throw .newerVersion("\(stored.ehlo)") }
        // There was none before the first.
        guard stored.ehlo == Recording.version else { return nil }
        var header = Recording.Header(
            began: stored.began ?? "",
            title: stored.title ?? "",
            source: stored.source ?? ""
        )
        if let client = stored.client, let server = stored.server {
            header.ends = .init(client: client, server: server)
        }
        return header
    }
}

/// Why a file is no recording at all.
public enum RecordingError: Error, Equatable, CustomStringConvertible {
    case notARecording
    case newerVersion(String)

    public var description: String {
        switch self {
        case .notARecording: "it is no recording: its first line is not {\"ehlo\":1,…}"
        case .newerVersion(let version):
            "it is a recording of version \(version), and this program reads version \(Recording.version)"
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
