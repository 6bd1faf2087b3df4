import Glibc
import SMTP
import Tracing

/// The messages of a mail server's log, in the order in which they begin.
///
/// It holds where the lines of each stand, found in one pass; what they say is read when a message is asked for. A queue id that
/// comes again after its message was done is another message.
struct MailLogFile: Sendable {
    private let octets: [UInt8]
    /// Where the lines of each message stand.
    private let messages: [[Range<Int>]]

    /// From so many octets on a text is asked whether it is a mail log before it is read as a dialogue, which takes longer.
    static let minLong = 256 << 10
    /// So much is looked at.
    private static let sample = 64 << 10
    /// The longest line that is read; what is longer is no line of a mail log.
    static let maxLine = 8 << 10

    init(_ octets: [UInt8]) {
        self.octets = octets
        var index = LogIndex()
        Self.eachLine(of: octets) { place in
            if let line = LogLine.read(octets[place]) {
                index.take(line, at: place)
            } else if EximConnectionLine.isEnvelope(octets[place]) {
                index.takeEnvelope(at: place)
            }
            return true
        }
        messages = index.telling
    }

    var count: Int { messages.count }

    /// Whether some line of its beginning tells of a message.
    static func recognises(_ octets: [UInt8]) -> Bool {
        var found = false
        eachLine(of: octets) { place in
            found = LogLine.read(octets[place])?.isTelling ?? false
            return !found && place.lowerBound < sample
        }
        return found
    }

    /// The first lines that tell of no message: where a dialogue may stand.
    static func rest(of octets: [UInt8]) -> [UInt8] {
        var rest: [UInt8] = []
        eachLine(of: octets) { place in
            if LogLine.read(octets[place])?.isTelling != true { rest += octets[place] + [10] }
            return rest.count < sample
        }
        return rest
    }

    /// A message as a walk, read anew from its own lines.
    func recording(_ number: Int) -> Recording { message(number).recording }

    /// The queue id of a message.
    func id(_ number: Int) -> String? {
        messages[number].lazy.compactMap {
            LogLine.read(octets[$0]).flatMap {
                $0.message.isEmpty || $0.connection != nil || $0.isOfConnection ? nil : $0.message.text
            }
        }.first
    }

    func message(_ number: Int) -> LoggedMessage { LoggedMessage(lines: messages[number].lazy.map { octets[$0] }) }

    /// The place of each line that is not empty, without its end, until `body` says no.
    private static func eachLine(of octets: [UInt8], _ body: (Range<Int>) -> Bool) {
        octets.withUnsafeBytes { all in
            guard let base = all.baseAddress else { return }
            var start = 0
            while start < all.count {
                let found = memchr(base + start, 10, all.count - start).map { UnsafeRawPointer($0) - base }
                var end = found ?? all.count
                let next = end + 1
                if end > start, all[end - 1] == 13 { end -= 1 }
                if end > start, end - start <= maxLine, !body(start..<end) { return }
                start = next
            }
        }
    }
}

/// Where the lines of each message stand.
private struct LogIndex {
    private var messages: [(places: [Range<Int>], isTelling: Bool)] = []
    private var ties = TiedLines<Range<Int>>()

    private static let maxPlaces = 10_000

    /// The lines of those messages of which something is known.
    var telling: [[Range<Int>]] { messages.filter { $0.isTelling }.map { $0.places } }

    mutating func take(_ line: LogLine, at place: Range<Int>) {
        guard let tie = ties.take(line, place) else { return }
        if tie.number == messages.count { messages.append((tie.before, false)) }
        messages[tie.number].places.append(place)
        if tie.isNamed, line.isTelling { messages[tie.number].isTelling = true }
    }

    /// A line of the copy that a reject log has of a refused mail.
    mutating func takeEnvelope(at place: Range<Int>) {
        guard let last = ties.messageOfEnvelope, messages[last].places.count < Self.maxPlaces else { return }
        messages[last].places.append(place)
    }
}

extension LoggedMessage {
    /// What the lines of a message tell of it.
    init(lines: some Sequence<ArraySlice<UInt8>>) {
        var message: LoggedMessage?
        for raw in lines {
            guard let line = LogLine.read(raw) else {
                message?.rejected?.takeEnvelope(raw)
                continue
            }
            var known = message ?? LoggedMessage(program: line.program, id: line.message.text)
            known.take(line, at: TimeStamp.read(raw)?.stamp)
            message = known
        }
        self = message ?? LoggedMessage(program: .postfix, id: "")
    }
}

extension LogLine {
    /// What ties it to the other lines of its message. rspamd writes about Postfix's messages.
    var messageKey: [UInt8] {
        let program: LogProgram = program == .rspamd ? .postfix : program
        return [connection == nil && !isOfConnection ? program.rawValue : .max] + message
    }

    /// Whether the server is done with the message, so that its queue id may come again.
    var isLast: Bool {
        switch program {
        case .postfix: isOfConnection ? !isTelling : words.starts(with: "removed")
        case .exim: connection?.isLast ?? words.starts(with: "Completed")
        case .qmail: words.starts(with: "end msg ")
        case .sendmail, .openSMTPD, .haraka, .rspamd: false
        }
    }
}
