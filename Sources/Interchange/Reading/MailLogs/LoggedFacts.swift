import SMTP

/// What the other lines of a log tell of the message that a line is about.
public struct LoggedFacts: Equatable, Sendable {
    public let id: String
    /// What is known of how it came, as a name and a value each, in a fixed order.
    public let rows: [Row]

    public struct Row: Equatable, Sendable {
        public let name: String
        public let value: String
    }

    init(_ message: LoggedMessage) {
        id = message.id
        let arrival = message.arrival
        let tries = message.deliveries.filter { $0.outcome == .deferred }.count
        let known: [(String, String?)] = [
            ("sender", arrival.reversePath.map { $0.isEmpty ? "<>, a bounce" : $0.lossyText }),
            ("came from", arrival.client ?? arrival.local), ("Message-ID", arrival.messageID),
            ("size", arrival.size.map { "\($0) octets" }),
            ("put off", tries > 1 ? "\(tries) times in this log" : nil),
        ]
        rows = known.compactMap { name, value in value.map { Row(name: name, value: $0) } }
    }
}

/// The messages of a log by their queue ids.
public struct LoggedMessages {
    private let file: MailLogFile
    private var numbers: [String: Int] = [:]

    public init(_ octets: [UInt8]) {
        file = MailLogFile(octets)
        for number in 0..<file.count {
            if let id = file.id(number) { numbers[id] = number }
        }
    }

    /// What is known of the message that this line is about; nil for a line without a queue id.
    public func facts(ofLine line: some StringProtocol) -> LoggedFacts? {
        guard let line = LogLine.read(Array(line.utf8)[...]), let number = numbers[line.message.text] else {
            return nil
        }
        return LoggedFacts(file.message(number))
    }
}
