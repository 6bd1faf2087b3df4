import SMTP
import Tracing

/// The messages of a mail log that comes line by line: each is told when the server is done with it.
///
/// It decides which lines belong together, as `MailLogFile` does of a whole log. Messages that wait longest are told as far as they
/// are known when there are too many.
struct StreamedMessages {
    /// What is known of a message: its lines.
    private struct Entry {
        var lines: [[UInt8]] = []
        var isTelling = false
    }

    private var open: [[UInt8]: Entry] = [:]
    /// The keys of those that are open, the oldest first.
    private var order: [[UInt8]] = []
    /// Lines of sessions that have told of no message yet.
    private var sessions: [[UInt8]: [[UInt8]]] = [:]
    /// Which message a delivery of qmail is of, by its number, which comes again.
    private var deliveries: [[UInt8]: [UInt8]] = [:]
    private var done: [LoggedMessage] = []
    /// The last line of each connection that is open, and the second in which they were looked through.
    private var connections: [[UInt8]: EximConnectionLine] = [:]
    private var checked: Double?
    /// The connection that the line before was about.
    private var lastConnection: [UInt8]?
    /// Whether some line tells of a message.
    private(set) var isRecognised = false

    /// So many messages are open at most, and so many lines are kept of one.
    static let maxOpen = 10_000
    private static let maxLines = 1_000

    /// Takes whole lines.
    mutating func take(_ octets: [UInt8]) {
        var lines = TextLines(octets)
        while let raw = lines.next() {
            guard raw.count <= MailLogFile.maxLine else { continue }
            if let line = LogLine.read(raw) {
                lastConnection = line.connection == nil ? nil : line.messageKey
                take(line, Array(raw))
            } else if EximConnectionLine.isEnvelope(raw), let key = lastConnection,
                (open[key]?.lines.count ?? 0) < Self.maxLines
            {
                open[key]?.lines.append(Array(raw))
            }
        }
    }

    private mutating func take(_ line: LogLine, _ raw: [UInt8]) {
        guard !line.message.isEmpty else {
            if let key = deliveries[Array(line.session)], line.program == .qmail {
                open[key]?.lines.append(raw)
                return
            }
            if sessions.count >= Self.maxOpen { sessions = [:] }
            return sessions[Array(line.session), default: []].append(raw)
        }
        let key = line.messageKey
        if let connection = line.connection {
            finishConnections(before: connection, key)
            connections[key] = connection
        }
        if open[key] == nil { begin(key, line) }
        guard (open[key]?.lines.count ?? 0) < Self.maxLines else { return }
        open[key]?.lines.append(raw)
        if line.program == .qmail, !line.session.isEmpty { deliveries[Array(line.session)] = key }
        if line.isTelling {
            open[key]?.isTelling = true
            isRecognised = true
        }
        if line.isLast { finish(key) }
    }

    /// Connections that went on for too long without a line are over.
    private mutating func finishConnections(before line: EximConnectionLine, _ key: [UInt8]) {
        if let known = connections[key], !line.goesOn(behind: known) { finish(key) }
        guard line.seconds != checked else { return }
        checked = line.seconds
        for (key, known) in connections where !line.isNear(known) { finish(key) }
    }

    private mutating func begin(_ key: [UInt8], _ line: LogLine) {
        if order.count >= 2 * Self.maxOpen { order.removeAll { open[$0] == nil } }
        if open.count >= Self.maxOpen, let oldest = order.first(where: { open[$0] != nil }) { finish(oldest) }
        open[key] = Entry(lines: line.session.isEmpty ? [] : sessions[Array(line.session)] ?? [])
        order.append(key)
    }

    private mutating func finish(_ key: [UInt8]) {
        connections[key] = nil
        guard let entry = open.removeValue(forKey: key), entry.isTelling else { return }
        done.append(LoggedMessage(lines: entry.lines.map { $0[...] }))
    }

    /// What is new: the messages that are over.
    mutating func news(_ count: inout Int) -> [SessionNews] {
        var news: [SessionNews] = []
        for message in done {
            let recording = message.recording
            news.append(SessionNews(number: count, kind: .began(recording.header)))
            news += recording.events.map { SessionNews(number: count, kind: .happened($0)) }
            news.append(SessionNews(number: count, kind: .over(warnings: recording.warnings)))
            count += 1
        }
        done = []
        return news
    }

    /// What is left to be told, once no more lines come.
    mutating func end(_ count: inout Int) -> [SessionNews] {
        for key in order { finish(key) }
        return news(&count)
    }
}
