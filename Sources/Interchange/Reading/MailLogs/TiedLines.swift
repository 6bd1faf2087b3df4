import SMTP

/// Which lines of a mail log belong to which message, THE rule: of a whole log, of which places are kept, and of one that comes line
/// by line, of which the lines are.
///
/// Messages are numbered in the order in which they begin. A queue id that comes again after its message was done is another message.
struct TiedLines<Kept> {
    /// The message that a key means now, and whether the server is done with it.
    private var known: [[UInt8]: (number: Int, isDone: Bool)] = [:]
    /// Lines of sessions that have told of no message yet.
    private var sessions: [[UInt8]: [Kept]] = [:]
    /// Which message a delivery of qmail is of, by its number, which comes again.
    private var deliveries: [[UInt8]: Int] = [:]
    /// The last line of each connection that is not known to be over.
    private(set) var connections: [[UInt8]: EximConnectionLine] = [:]
    /// The connection that the line before was about.
    private var lastConnection: Int?
    private var count = 0

    /// The most sessions whose first lines are kept.
    static var maxSessions: Int { 10_000 }

    /// What a line belongs to.
    struct Tie {
        /// The number of the message.
        let number: Int
        /// Earlier lines that are now known to belong to it.
        var before: [Kept] = []
        /// The line itself names the message, so that it may tell of it.
        var isNamed = true
    }

    /// What a line belongs to; nil for one that belongs to no message, or to none yet.
    mutating func take(_ line: LogLine, _ kept: Kept) -> Tie? {
        guard !line.message.isEmpty else {
            let session = Array(line.session)
            if line.program == .qmail, let number = deliveries[session] { return Tie(number: number, isNamed: false) }
            if sessions.count >= Self.maxSessions { sessions = [:] }
            sessions[session, default: []].append(kept)
            return nil
        }
        let key = line.messageKey
        // What is told of a connection begins with what was refused: of the others there are too many.
        if line.isOfConnection, !line.isTelling, known[key]?.isDone ?? true { return nil }
        var tie = Tie(number: number(of: line, key))
        if tie.number == count {
            count += 1
            known[key] = (tie.number, false)
            if !line.session.isEmpty { tie.before = sessions[Array(line.session)] ?? [] }
        }
        lastConnection = line.connection == nil ? nil : tie.number
        if line.program == .qmail, !line.session.isEmpty { deliveries[Array(line.session)] = tie.number }
        if line.isLast { known[key]?.isDone = true }
        return tie
    }

    /// The message of a line, which is a new one where that is the next number.
    private mutating func number(of line: LogLine, _ key: [UInt8]) -> Int {
        if let connection = line.connection {
            defer { connections[key] = connection }
            guard let open = known[key], !open.isDone, connection.goesOn(behind: connections[key]) else { return count }
            return open.number
        }
        guard let open = known[key], !open.isDone || !line.isTelling else { return count }
        return open.number
    }

    /// The message that a line of the copy belongs to which a reject log has of a refused mail, behind the line that tells it.
    var messageOfEnvelope: Int? { lastConnection }

    /// What comes with a key from now on is another message. Answers the one that it meant.
    mutating func close(_ key: [UInt8]) -> Int? {
        connections[key] = nil
        return known.removeValue(forKey: key)?.number
    }
}
