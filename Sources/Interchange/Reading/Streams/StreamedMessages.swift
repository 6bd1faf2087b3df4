import SMTP
import Tracing

/// The messages of a mail log that comes line by line: each is told when the server is done with it.
///
/// It decides when a message is over; which lines belong together is decided as in a whole log. Messages that wait longest are told
/// as far as they are known when there are too many.
struct StreamedMessages {
    /// What is known of a message: its lines.
    private struct Entry {
        let key: [UInt8]
        var lines: [[UInt8]] = []
        var isTelling = false
    }

    private var ties = TiedLines<[UInt8]>()
    /// The messages that are open, by their numbers.
    private var open: [Int: Entry] = [:]
    /// The numbers of those that are open, the oldest first.
    private var order: [Int] = []
    private var done: [LoggedMessage] = []
    /// The second in which the connections were looked through.
    private var checked: Double?
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
                take(line, Array(raw))
            } else if EximConnectionLine.isEnvelope(raw), let number = ties.messageOfEnvelope {
                keep(Array(raw), of: number)
            }
        }
    }

    private mutating func take(_ line: LogLine, _ raw: [UInt8]) {
        let key = line.messageKey
        if let connection = line.connection { finishConnections(before: connection, key) }
        guard let tie = ties.take(line, raw) else { return }
        if tie.isNamed, open[tie.number] == nil { begin(tie.number, key, tie.before) }
        keep(raw, of: tie.number)
        guard tie.isNamed else { return }
        if line.isTelling {
            open[tie.number]?.isTelling = true
            isRecognised = true
        }
        if line.isLast { finish(key) }
    }

    private mutating func keep(_ line: [UInt8], of number: Int) {
        if (open[number]?.lines.count ?? Self.maxLines) < Self.maxLines { open[number]?.lines.append(line) }
    }

    /// Connections that went on for too long without a line are over.
    private mutating func finishConnections(before line: EximConnectionLine, _ key: [UInt8]) {
        if let known = ties.connections[key], !line.goesOn(behind: known) { finish(key) }
        guard line.seconds != checked else { return }
        checked = line.seconds
        for (key, known) in ties.connections where !line.isNear(known) { finish(key) }
    }

    private mutating func begin(_ number: Int, _ key: [UInt8], _ lines: [[UInt8]]) {
        if order.count >= 2 * Self.maxOpen { order.removeAll { open[$0] == nil } }
        if open.count >= Self.maxOpen, let oldest = order.first(where: { open[$0] != nil }), let key = open[oldest]?.key
        {
            finish(key)
        }
        open[number] = Entry(key: key, lines: lines)
        order.append(number)
    }

    private mutating func finish(_ key: [UInt8]) {
        guard let number = ties.close(key), let entry = open.removeValue(forKey: number), entry.isTelling else {
            return
        }
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
        for number in order { if let entry = open[number] { finish(entry.key) } }
        return news(&count)
    }
}
