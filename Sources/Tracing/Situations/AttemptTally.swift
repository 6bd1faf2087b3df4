import SMTP

/// Recipients that were put off, and asked for again on a later connection of the same session: what greylisting waits for.
struct AttemptTally: Sendable {
    private struct Deferred: Sendable {
        let name: Int
        let connection: Int
        let server: Int?
        let time: Double?
        let line: Int?
    }

    private var connection = 0
    private var server: Int?
    private var sender = 0
    /// RCPTs of the connection under way, by what names them.
    private var asked: [(id: Int, name: Int, line: Int?)] = []
    private var deferred: [Deferred] = []
    private static let maxAsked = 1000
    private var again: (seconds: Double?, id: Int, isTaken: Bool?)?
    private var lines = SituationLines()

    mutating func connected(to server: Int?) {
        connection += 1
        self.server = server
        asked = []
    }

    mutating func mail(_ path: UnsafeBufferPointer<UInt8>) { sender = HashedNames.number(path) }

    mutating func asked(_ name: Int, id: Int, at place: SituationReading.Place) {
        guard asked.count < Self.maxAsked else { return }
        let name = name ^ sender
        asked.append((id, name, place.line))
        guard again == nil, !deferred.isEmpty,
            let before = deferred.first(where: { $0.name == name && $0.connection < connection })
        else { return }
        let seconds = place.time.flatMap { now in before.time.map { now - $0 } }
        guard !Self.isNextExchanger(isOther: before.server != server, after: seconds) else { return }
        again = (seconds, id, nil)
        lines.add(before.line)
        lines.add(place.line)
    }

    mutating func answered(_ id: Int, _ code: UInt16, _ status: EnhancedStatusCode?, at place: SituationReading.Place) {
        if again?.id == id {
            again?.isTaken = code / 100 == 2
            lines.add(place.line)
        }
        guard Self.mayBeGreylisting(code, status), deferred.count < Self.maxAsked,
            let index = asked.index(ascending: \.id, id)
        else { return }
        let deferral = Deferred(
            name: asked[index].name,
            connection: connection,
            server: server,
            time: place.time,
            line: place.line
        )
        deferred.append(deferral)
    }

    /// Another server within a minute is the next exchanger, asked because the one before put the mail off (RFC 5321 §5.1).
    static func isNextExchanger(isOther: Bool, after seconds: Double?) -> Bool { isOther && (seconds ?? 60) < 60 }

    /// 450 and 451 about nothing in particular or about policy. Not a full mailbox, and not trouble in the system or the network
    /// (RFC 6647 §4, RFC 3463 §3); a policy with a finer code has another cause, as 4.7.25 the name of the host.
    static func mayBeGreylisting(_ code: UInt16, _ status: EnhancedStatusCode?) -> Bool {
        guard code == 450 || code == 451 else { return false }
        guard let status else { return true }
        return status.detail == 0 && [0, 1, 2, 7].contains(status.subject) || status.subject == 7 && status.detail == 1
    }

    var situation: Situation? {
        again.map { Situation(.secondAttempt(seconds: $0.seconds, isTaken: $0.isTaken), lines: lines.all) }
    }
}
