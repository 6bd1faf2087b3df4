public import Cryptography
import Notation
public import Tracing

/// A packet capture: the mail sessions in it, found by their content, in the order in which they began.
///
/// Holds places in the file; a session's octets are put together when it is asked for.
public final class CaptureFile: Sendable {
    private let index: CaptureIndex
    private let apart: CaptureOctets
    private let found: [Found]
    private let lookups: LookupMatch
    /// What opens TLS: what was given, and what the capture brings along.
    private let keys: KeyLog
    /// What could not be read, and what is not shown; in sentences.
    public let warnings: [String]

    private typealias Found = FoundSessions.Found

    /// Whether a file begins as a capture does.
    public static func recognises(_ octets: [UInt8]) -> Bool {
        PacketReader(CaptureOctets(Array(octets.prefix(24)))) != nil
    }

    /// Nil when the octets are no capture at all. `keys` open TLS, as do those that the capture itself holds.
    public init?(_ octets: CaptureOctets, keys: KeyLog = KeyLog()) {
        guard var index = CaptureIndex(octets, hasKeys: !keys.isEmpty) else { return nil }
        index.finishLookups()
        self.index = index
        apart = CaptureOctets(index.apart)
        var known = keys
        for block in index.secrets {
            known.add(octets.window(at: block.lowerBound, count: block.count).octets, from: .capture)
        }
        self.keys = known
        var assembly = StreamAssembly(octets, apart: apart, segments: index.segments)
        var search = FoundSessions()
        for flow in index.candidates {
            if let client = flow.client {
                search.add(flow, client: client)
                continue
            }
            assembly.assemble(flow, upTo: SessionSearch.maxOctets * 2)
            if let client = SessionSearch.clientDirection(flow, assembly, known) {
                search.add(flow, client: client)
            } else {
                search.add(flow, whoseGreetingIsFor: SessionSearch.greetedDirection(flow, assembly))
            }
        }
        found = search.all
        let others = index.otherStreams + search.others
        lookups = LookupMatch(index.lookups, octets, apart)
        var warnings = index.warnings.all
        if index.lookups.isFull {
            warnings.append("there are more than \(LookupIndex.maxMessages) DNS messages; later ones are not read")
        }
        if others > 0 { warnings.append("\(others.counted("other TCP connection")) left alone") }
        self.warnings = warnings + known.warnings
        packets = index.packets
    }

    /// How many packets were read.
    public let packets: Int
    /// How many sessions there are.
    public var count: Int { found.count }

    private var octets: CaptureOctets { index.octets }

    /// What a list says about one session.
    public struct Summary: Sendable {
        /// When it began, in nanoseconds since 1970.
        public let began: Int64
        /// The ends with their ports.
        public let ends: Recording.Ends
        public var glance: SessionGlance
    }

    /// What `make` makes of a session's number and its summary, given to `body` one after another, so many together. `make` is called on
    /// several processors at once, so whatever a row of a list needs is best worked out there.
    public func eachSummary<Row: Sendable, Failure: Error>(
        of numbers: Range<Int>,
        atOnce: Int,
        making make: @Sendable (Int, inout Summary) -> Row,
        _ body: ([Row]) throws(Failure) -> Void
    ) throws(Failure) {
        try Processors.eachPart(of: numbers, atOnce: atOnce, making: { summaries(of: $0, make) }, body)
    }

    private func summaries<Row>(of numbers: Range<Int>, _ make: (Int, inout Summary) -> Row) -> [Row] {
        var assembly = StreamAssembly(octets, apart: apart, segments: index.segments)
        var rows: [Row] = []
        rows.reserveCapacity(numbers.count)
        var passed = 0
        for (number, found) in zip(numbers, found[numbers]) {
            assembly.assemble(found.flow)
            let ends = ends(of: found)
            var summary = Summary(
                began: assembly.pieces.first?.time ?? 0,
                ends: ends,
                glance: glance(of: found, assembly, name: ends.server)
            )
            passed += assembly.pieces.reduce(0) { $0 + $1.count }
            // Others count as well, so each does it seldom.
            if passed > CaptureOctets.restAfter / 16 {
                octets.passed(passed)
                passed = 0
            }
            rows.append(make(number, &summary))
        }
        octets.passed(passed)
        return rows
    }

    private func ends(of found: Found) -> Recording.Ends {
        .init(client: found.flow.end(found.client).description, server: found.flow.end(found.client.other).description)
    }

    private func glance(of found: Found, _ assembly: StreamAssembly, name: String) -> SessionGlance {
        guard !keys.isEmpty else { return SessionGlance(assembly, client: found.client, name: name) }
        // What was inside TLS is known only once it was opened.
        let began = assembly.pieces.first?.time ?? 0
        var events = SessionEvents(client: found.client, name: name, began: began, onRest: {})
        events.add(assembly, keys: keys)
        return SessionGlance(events.events)
    }

    /// A session as it would have been recorded by one of its ends.
    public func recording(_ number: Int) -> Recording {
        let found = found[number]
        var assembly = StreamAssembly(octets, apart: apart, segments: index.segments)
        assembly.assemble(found.flow)
        let glance = glance(of: found, assembly, name: "")
        let (client, server) = (found.flow.end(found.client), found.flow.end(found.client.other))
        let match = lookups.lookups(
            before: assembly.pieces.first?.time ?? 0,
            forwardPath: glance.forwardPaths.first ?? [],
            client: client,
            server: server
        )
        var events = SessionEvents(
            client: found.client,
            name: match.name.map { SessionEvents.name($0, of: server) } ?? "\(server)",
            began: match.messages.first?.time ?? assembly.pieces.first?.time ?? 0,
            onRest: { [octets] in octets.rest() }
        )
        for message in match.messages { events.add(message, (message.isApart ? apart : octets)) }
        events.add(assembly, keys: keys)
        var header = Recording.Header(
            began: UTCTime(nanoseconds: events.began).iso8601WithFraction,
            title: "\(client) ➔ \(server)",
            source: "a packet capture, session \(number) of \(count)"
        )
        header.ends = ends(of: found)
        octets.rest()
        return Recording(header: header, events: events.events)
    }
}
