public import SMTP
public import Tracing

/// Opens the TLS of a captured connection with the secrets of a key log, a state machine (RFC 8446 §5, §7; RFC 5246 §6, §7).
///
/// It decides what was inside each record, when both sides had finished, and which keys count from where on: those of the
/// handshake and of the application in TLS 1.3, new ones behind a KeyUpdate. It does not know SMTP or packets, and of times that of
/// the certificate's validity alone. Wrong input is the capture's or the key log's: a record whose proof does not hold is told with
/// the number of octets that are missing for it, behind lost packets it looks for the next record that fits, and a side of which
/// nothing fits stays shut.
public struct TLSOpening: Sendable {
    /// What came out, in order.
    public enum Told: Equatable, Sendable {
        /// A whole record as it was on the wire, before whatever was inside it; at the end of a side perhaps a part of one.
        case records([UInt8])
        /// The handshake is over.
        case established(TLSFacts)
        case inside([UInt8])
        /// A message of the handshake that came behind it, with how many octets it has: a session ticket, a KeyUpdate.
        case message(String, octets: Int)
        /// A sealed alert.
        case alert(UInt8)
        /// Octets that could not be opened, as many as there may have been.
        case unopened(Unopened, octets: Int)
        /// Octets that are not there.
        case lost(octets: Int)
    }

    /// Why octets could not be opened.
    public enum Unopened: Hashable, Sendable {
        /// The proof of the record does not hold, though others of its side did.
        case record
        /// No record of the side could be opened.
        case key
        /// The key log lacks the secret of the side that counts from here on.
        case noSecret
        /// The key log lacks the secret of the side's part of the handshake (RFC 8446 §7.1); it has the one behind it.
        case noHandshakeSecret
        /// Packets are missing.
        case gap
        /// The side ends within a record.
        case end
        /// What stands there is no record.
        case notTLS
        /// New keys were agreed on inside (RFC 5246 §7.4.1.1).
        case renegotiation
    }

    /// How the records of a side are to be read.
    private enum Phase {
        case clear
        case handshake(SealedRecords)
        case application(SealedRecords)
        case shut(Unopened)
    }

    /// One side.
    private struct Half {
        var phase = Phase.clear
        /// What came and is no whole record yet.
        var unread: [UInt8] = []
        /// Octets of a record of which others are missing.
        var skipped = 0
        /// Nobody knows where the next record begins, nor its number.
        var isBehindGap = false
        /// The beginning of a message of the handshake.
        var message: [UInt8] = []
        var hasFinished = false
        /// What it says is TLS no more: whatever its octets look like from there on, and however they arrive.
        var hasLeftTLS: Bool { if case .shut(.notTLS) = phase { !isBehindGap } else { false } }
    }

    /// The longest message of the handshake that is read.
    static let maxMessage = 512 << 10
    /// How many messages are told of.
    static let maxMessages = 64
    /// How many records of a side are tried in vain before it is given up.
    static let maxFailures = 64

    private let suite: SealedSuite
    private let isTLS13: Bool
    private let known: KeyLog.Connection
    private let keys: (client: RecordKeys, server: RecordKeys)?
    private var client = Half()
    private var server = Half()
    private var failures = 0
    private var facts: TLSFacts
    private var hasToldFacts = false

    /// Looks at what both sides say first.
    public init(client: [UInt8], server: [UInt8], keys log: KeyLog) throws(TLSOpeningError) {
        guard let asked = Self.hellos(in: client, isServer: false).first else { throw .noClientHello }
        let answer = Self.hellos(in: server, isServer: true).first { !$0.isRetry }
        // What is not read here no key opens.
        if let answer, !Self.reads(answer) { throw .suite(answer.suite, version: answer.version) }
        guard let known = log.connection(asked.random) else { throw .noKey(clientRandom: asked.random) }
        guard let agreed = answer, let suite = SealedSuite(agreed.suite) else { throw .noServerHello }
        (self.suite, self.known, isTLS13) = (suite, known, agreed.version == TLSHello.tls13)
        if isTLS13 {
            keys = nil
            let mayOpen = KeyLog.Label.allCases.contains { known[$0]?.count == suite.digest.count && $0 != .master }
            guard mayOpen else { throw .halfKey(version: agreed.version) }
        } else {
            guard let master = known[.master] else { throw .halfKey(version: agreed.version) }
            keys = KeySchedule.keys(
                suite,
                master: master,
                clientRandom: asked.random,
                serverRandom: agreed.random
            )
        }
        facts = agreed.facts
        facts.serverName = asked.serverName.map { WireText.shown($0) }
    }

    /// The hellos that a side says in the clear.
    static func hellos(in octets: [UInt8], isServer: Bool) -> [TLSHello] {
        var messages: [UInt8] = []
        var rest = octets[...]
        while case .record(let type, let count) = TLSRecord.head(of: rest) {
            let content = rest.dropFirst(TLSRecord.headLength).prefix(count)
            if type == .handshake { messages += content } else if type != .changeCipherSpec { break }
            rest = rest.dropFirst(TLSRecord.headLength + count)
        }
        var all = OctetsInFront(messages[...])
        var hellos: [TLSHello] = []
        while let type = all.number(1), let body = all.part(3), hellos.count < 2 {
            guard type == (isServer ? 2 : 1), let hello = TLSHello(Array(body.octets), isServer: isServer) else {
                break
            }
            hellos.append(hello)
        }
        return hellos
    }

    private subscript(side: Side) -> Half {
        get { side == .client ? client : server }
        set { if side == .client { client = newValue } else { server = newValue } }
    }

    // MARK: Octets

    /// What came of a side, at a time in seconds since 1970.
    public mutating func take(_ octets: [UInt8], from side: Side, at time: Int) -> [Told] {
        var told: [Told] = []
        var octets = octets[...]
        if self[side].skipped > 0 {
            let count = min(self[side].skipped, octets.count)
            self[side].skipped -= count
            octets = octets.dropFirst(count)
        }
        self[side].unread += octets
        var position = 0
        while let record = nextRecord(side, &position, &told) { open(record, from: side, at: time, &told) }
        self[side].unread.removeFirst(position)
        return told
    }

    /// Octets of a side that the capture lacks.
    public mutating func lose(_ count: Int, from side: Side) -> [Told] {
        var told: [Told] = []
        self[side].message = []
        let unread = self[side].unread
        self[side].unread = []
        // Within one record its length tells where the next begins.
        if !self[side].isBehindGap, self[side].skipped == 0, case .record(_, let content) = TLSRecord.head(of: unread),
            case let missing = TLSRecord.headLength + content - unread.count, count <= missing
        {
            self[side].skipped = missing - count
            pass(side)
        } else if count <= self[side].skipped {
            self[side].skipped -= count
        } else {
            (self[side].skipped, self[side].isBehindGap) = (0, true)
        }
        if !unread.isEmpty { told.append(.records(unread)) }
        if !unread.isEmpty { told.append(.unopened(.gap, octets: unread.count)) }
        told.append(.lost(octets: count))
        return told
    }

    /// No more comes of a side: what is left is no whole record.
    public mutating func end(_ side: Side) -> [Told] {
        defer { self[side].unread = [] }
        let rest = self[side].unread
        return rest.isEmpty ? [] : [.records(rest), .unopened(.end, octets: rest.count)]
    }

    /// A record that is not there counts as well.
    private mutating func pass(_ side: Side) {
        switch self[side].phase {
        case .handshake(var records):
            records.skip()
            self[side].phase = .handshake(records)
        case .application(var records):
            records.skip()
            self[side].phase = .application(records)
        case .clear, .shut: break
        }
    }

    private mutating func nextRecord(_ side: Side, _ position: inout Int, _ told: inout [Told]) -> [UInt8]? {
        let rest = self[side].unread[position...]
        switch self[side].hasLeftTLS && !rest.isEmpty ? .none : TLSRecord.head(of: rest) {
        case .incomplete: return nil
        case .record(_, let count):
            guard rest.count >= TLSRecord.headLength + count else { return nil }
            position += TLSRecord.headLength + count
            return Array(rest.prefix(TLSRecord.headLength + count))
        case .none:
            position += rest.count
            if !self[side].isBehindGap { self[side].phase = .shut(.notTLS) }
            told += [.records(Array(rest)), .unopened(self[side].isBehindGap ? .gap : .notTLS, octets: rest.count)]
            return nil
        }
    }

    // MARK: Records

    private mutating func open(_ record: [UInt8], from side: Side, at time: Int, _ told: inout [Told]) {
        told.append(.records(record))
        let type = record[0]
        let isData = type == TLSRecord.ContentType.applicationData.rawValue
        // What is sealed in TLS 1.3 looks like application data; the rest is in the clear.
        if isTLS13, !isData { return take(record, type, from: side, at: time, &told) }
        let isSpec = type == TLSRecord.ContentType.changeCipherSpec.rawValue
        switch self[side].phase {
        case .clear where isSpec || isData:
            guard let records = firstRecords(of: side) else { return }
            self[side].phase = .application(records)
            if isData { unseal(record, from: side, at: time, &told) }
        case .clear: take(record, type, from: side, at: time, &told)
        case .handshake, .application:
            if isSpec { self[side].phase = .shut(.renegotiation) }
            unseal(record, from: side, at: time, &told)
        case .shut(.noHandshakeSecret): unseal(record, from: side, at: time, &told)
        case .shut(let why): told.append(.unopened(why, octets: record.count - TLSRecord.headLength))
        }
    }

    /// The records of a side of TLS 1.2 behind its change_cipher_spec.
    private func firstRecords(of side: Side) -> SealedRecords? {
        keys.map { SealedRecords(suite, keys: side == .client ? $0.client : $0.server) }
    }

    /// The content of a record that is in the clear.
    private mutating func take(_ record: [UInt8], _ type: UInt8, from side: Side, at time: Int, _ told: inout [Told]) {
        guard type == TLSRecord.ContentType.handshake.rawValue else { return }
        read(messages: Array(record.dropFirst(TLSRecord.headLength)), from: side, at: time, &told)
    }

    private mutating func unseal(_ record: [UInt8], from side: Side, at time: Int, _ told: inout [Told]) {
        guard let (type, content) = opened(record, from: side) else { return fail(record, from: side, &told) }
        self[side].isBehindGap = false
        switch TLSRecord.ContentType(rawValue: type) {
        case .handshake: read(messages: content, from: side, at: time, &told)
        case .alert: if content.count == 2 { told.append(.alert(content[1])) }
        case .applicationData:
            establish(&told)
            if !content.isEmpty { told.append(.inside(content)) }
        case .changeCipherSpec, .heartbeat, nil: break
        }
    }

    /// What was inside, by the keys that count; in TLS 1.3 by those of the application where the packets with the end of the
    /// handshake are missing.
    private mutating func opened(_ record: [UInt8], from side: Side) -> (type: UInt8, content: [UInt8])? {
        let isBehindGap = self[side].isBehindGap
        switch self[side].phase {
        case .shut(.noHandshakeSecret):
            guard var next = applicationRecords(of: side), let found = next.resume(record) else { return nil }
            self[side].phase = .application(next)
            return found
        case .clear, .shut: return nil
        case .application(var records):
            defer { self[side].phase = .application(records) }
            return isBehindGap ? records.resume(record) : records.open(record)
        case .handshake(var records):
            if let found = isBehindGap ? records.resume(record) : records.open(record) {
                self[side].phase = .handshake(records)
                return found
            }
            guard var next = applicationRecords(of: side), let found = next.resume(record) else {
                self[side].phase = .handshake(records)
                return nil
            }
            self[side].phase = .application(next)
            return found
        }
    }

    private mutating func fail(_ record: [UInt8], from side: Side, _ told: inout [Told]) {
        var why = Unopened.record
        var count = record.count - TLSRecord.headLength
        switch self[side].phase {
        case .handshake(let records), .application(let records):
            count = records.contentCount(of: record)
            if !records.hasOpened { why = .key }
        case .shut(let reason): why = reason
        case .clear: break
        }
        if self[side].isBehindGap { why = .gap }
        failures += 1
        if failures > Self.maxFailures { self[side].phase = .shut(why == .noHandshakeSecret ? .noSecret : why) }
        told.append(.unopened(why, octets: count))
    }

    // MARK: Handshake

    private mutating func read(messages octets: [UInt8], from side: Side, at time: Int, _ told: inout [Told]) {
        self[side].message += octets
        var all = OctetsInFront(self[side].message[...])
        while case var message = all, let type = message.number(1), let body = message.part(3) {
            all = message
            take(UInt8(type), Array(body.octets), from: side, at: time, &told)
        }
        self[side].message = all.octets.count <= Self.maxMessage ? Array(all.octets) : []
    }

    private mutating func take(_ type: UInt8, _ body: [UInt8], from side: Side, at time: Int, _ told: inout [Told]) {
        let message = TLSFacts.Message(from: side, name: TLSRegistry.message(type), octets: body.count + 4)
        guard !hasToldFacts else {
            told.append(.message(message.name, octets: message.octets))
            if type == Known.keyUpdate.rawValue { updateKeys(of: side) }
            return
        }
        if facts.messages.count < Self.maxMessages { facts.messages.append(message) }
        switch (Known(rawValue: type), side) {
        case (.serverHello, .server): shakeHands(body)
        case (.encryptedExtensions, .server): readExtensions(body)
        case (.certificate, .server): readChain(body, at: time)
        case (.serverKeyExchange, .server): readKeyExchange(body)
        case (.finished, _): finish(side, &told)
        case (.keyUpdate, _): updateKeys(of: side)
        case (.serverHello, .client), (.encryptedExtensions, .client), (.certificate, .client),
            (.serverKeyExchange, .client), (nil, _):
            break
        }
    }

    /// The messages that change or tell something (RFC 8446 §4, RFC 5246 §7.4).
    private enum Known: UInt8 {
        case serverHello = 2
        case encryptedExtensions = 8
        case certificate = 11
        case serverKeyExchange, finished = 20, keyUpdate = 24
    }

    /// Behind the ServerHello both sides seal what they say, in TLS 1.3.
    private mutating func shakeHands(_ body: [UInt8]) {
        guard isTLS13, let hello = TLSHello(body, isServer: true), !hello.isRetry else { return }
        for side in Side.allCases where !self[side].hasLeftTLS { self[side].phase = handshakePhase(of: side) }
    }

    /// Without the secret of the handshake its records stay shut, and those behind it are found by their own.
    private func handshakePhase(of side: Side) -> Phase {
        if let sealed = records(side == .client ? .clientHandshake : .serverHandshake) { return .handshake(sealed) }
        return .shut(applicationRecords(of: side) == nil ? .noSecret : .noHandshakeSecret)
    }

    private func applicationRecords(of side: Side) -> SealedRecords? {
        records(side == .client ? .clientApplication : .serverApplication)
    }

    /// Nil where the log lacks the secret; one that is not as long as the hash of the suite belongs to another connection.
    private func records(_ label: KeyLog.Label) -> SealedRecords? {
        known[label].flatMap { $0.count == suite.digest.count ? SealedRecords(suite, secret: $0) : nil }
    }

    private mutating func finish(_ side: Side, _ told: inout [Told]) {
        self[side].hasFinished = true
        if isTLS13 { self[side].phase = applicationRecords(of: side).map(Phase.application) ?? .shut(.noSecret) }
        if client.hasFinished, server.hasFinished { establish(&told) }
    }

    private mutating func establish(_ told: inout [Told]) {
        guard !hasToldFacts else { return }
        hasToldFacts = true
        told.append(.established(facts))
    }

    private mutating func updateKeys(of side: Side) {
        guard isTLS13, case .application(var records) = self[side].phase else { return }
        records.update()
        self[side].phase = .application(records)
    }

    // MARK: Facts

    /// RFC 8446 §4.3.1; of all extensions there the name of the protocol is told (RFC 7301 §3.1).
    private mutating func readExtensions(_ body: [UInt8]) {
        var rest = OctetsInFront(body[...])
        guard var extensions = rest.part(2) else { return }
        while let type = extensions.number(2), var content = extensions.part(2) {
            guard type == 16, var list = content.part(2), let name = list.part(1) else { continue }
            facts.applicationProtocol = WireText.shown(Array(name.octets))
        }
    }

    /// The chain of RFC 8446 §4.4.2 or RFC 5246 §7.4.2.
    private mutating func readChain(_ body: [UInt8], at time: Int) {
        var rest = OctetsInFront(body[...])
        guard !isTLS13 || rest.part(1) != nil, var list = rest.part(3) else { return }
        var chain: [[UInt8]] = []
        while chain.count < 32, let certificate = list.part(3) {
            chain.append(Array(certificate.octets))
            if isTLS13, list.part(2) == nil { break }
        }
        (facts.chain, facts.name) = CertificateReading.facts(ofChain: chain, wanted: facts.serverName, at: time)
    }

    /// The named curve of RFC 8422 §5.4.
    private mutating func readKeyExchange(_ body: [UInt8]) {
        var rest = OctetsInFront(body[...])
        guard rest.number(1) == 3, let group = rest.number(2) else { return }
        facts.group = TLSRegistry.group(UInt16(group))
    }
}
