/// The connections of a capture that are mail sessions, in their order.
///
/// A server that says no word but its greeting, as one that is too busy, may speak SMTP or something else. Where another connection to
/// the same server is a mail session, this is one as well, whatever the port.
struct FoundSessions {
    struct Found: Sendable {
        var flow: Flow
        var client: Direction
    }

    private var known: [(order: Int, found: Found)] = []
    private var doubtful: [(order: Int, found: Found)] = []
    private var servers: Set<Endpoint> = []
    private var count = 0
    private var unlike = 0

    /// A mail session.
    mutating func add(_ flow: Flow, client: Direction) {
        known.append((count, Found(flow: flow, client: client)))
        servers.insert(flow.end(client.other))
        count += 1
    }

    /// One that may be a mail session where its server is one of mail; nil where it is none in any case.
    mutating func add(_ flow: Flow, whoseGreetingIsFor client: Direction?) {
        if let client { doubtful.append((count, Found(flow: flow, client: client))) } else { unlike += 1 }
        count += 1
    }

    private func isMail(_ found: Found) -> Bool { servers.contains(found.flow.end(found.client.other)) }

    var all: [Found] {
        let more = doubtful.filter { isMail($0.found) }
        guard !more.isEmpty else { return known.map(\.found) }
        return (known + more).sorted { $0.order < $1.order }.map(\.found)
    }

    /// How many connections are no mail sessions.
    var others: Int { unlike + doubtful.count { !isMail($0.found) } }
}
