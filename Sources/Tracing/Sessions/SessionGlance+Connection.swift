import SMTP

/// What a glance has found out, on all connections of a session.
struct GlanceTold: Sendable {
    var legs = VerdictLegs()
    private(set) var reversePath: [UInt8]?
    private(set) var forwardPaths: [[UInt8]] = []
    private(set) var recipients = 0
    var usesTLS = false
    fileprivate(set) var clientName: [UInt8]?
    fileprivate(set) var serverName: [UInt8]?
    /// The number of the transaction under way.
    fileprivate var transactions = ByLeg<Int>()
    /// The forward-paths once more, where there are too many to go through.
    private var known: Set<[UInt8]> = []

    fileprivate mutating func mail(_ line: UnsafeBufferPointer<UInt8>, _ leg: Leg) {
        if leg == .relay || reversePath == nil { reversePath = Self.path(line) }
    }

    fileprivate mutating func recipient(_ line: UnsafeBufferPointer<UInt8>) {
        recipients += 1
        let shown = Self.path(line)
        if forwardPaths.count < SessionGlance.maxPaths, isNew(shown) { forwardPaths.append(shown) }
    }

    private mutating func isNew(_ path: [UInt8]) -> Bool {
        guard forwardPaths.count >= 8 else { return !forwardPaths.contains(path) }
        if known.isEmpty { known.formUnion(forwardPaths) }
        return known.insert(path).inserted
    }

    /// From the first angle bracket to the last one that closes, or the word behind the colon.
    private static func path(_ line: UnsafeBufferPointer<UInt8>) -> [UInt8] {
        let path = GlancedLine.path(UnsafeBufferPointer(rebasing: line.prefix(600)))
        return Array(
            path.first == UInt8(ascii: "<") && path.last == UInt8(ascii: ">") ? path[...] : path.prefix { $0 != 32 }
        )
    }
}

/// One connection as it is looked at: what its octets are, and what they tell.
struct GlanceConnection: Sendable {
    let leg: Leg
    var reader = SessionReader(keepsOffer: false)
    /// What is going on; those before it on the same leg count with it.
    var situations = SituationReading()
    /// Nothing was said on it yet.
    var isUntouched = true
    /// Turns are counted anew on each connection; ids are not.
    private(set) var base = 0
    private var highest = 0
    /// The transaction each turn belongs to, by its number; 0 for what is in none.
    private var transactions: [Int32] = []
    /// Both sides spoke inside TLS, so that nothing more can be seen.
    private var hasSealedClient = false, hasSealedServer = false

    init(leg: Leg, base: Int = 0) { (self.leg, self.base) = (leg, base) }

    private var isSealed: Bool { hasSealedClient && hasSealedServer }

    private func transaction(of id: TurnID) -> Int? {
        transactions.indices.contains(id) ? Int(transactions[id]) : nil
    }

    private mutating func note(_ transaction: Int, of id: TurnID) {
        if transactions.isEmpty { transactions.reserveCapacity(16) }
        while id >= transactions.count { transactions.append(0) }
        transactions[id] = Int32(clamping: transaction)
    }

    // MARK: Octets

    /// Another connection of the same leg: its turns are counted anew.
    mutating func startOver(_ told: inout GlanceTold) {
        // One that nothing is known of is as good as another.
        guard !isUntouched || !reader.isNew else { return reader.connected() }
        flush(&told)
        let before = situations
        self = GlanceConnection(leg: leg, base: base + highest + 1)
        situations = before
        reader.connected()
    }

    mutating func flush(_ told: inout GlanceTold) {
        finish(.client, isCut: false, &told)
        finish(.server, isCut: false, &told)
    }

    mutating func finish(_ side: Side, isCut: Bool, _ told: inout GlanceTold) {
        if let rest = reader.finish(side, isCut: isCut) { note(rest, &told) }
    }

    /// What a side said; `append` gives it to the observer.
    mutating func take(_ side: Side, _ told: inout GlanceTold, _ append: (inout SessionReader) -> Void) {
        // Behind the handshake all is application data, of which a list says nothing.
        guard !isSealed else { return }
        if side == .server, reader.holdsBeginning {
            reader.decideBeginning()
            drain(.client, &told)
        }
        isUntouched = false
        append(&reader)
        drain(side, &told)
    }

    /// The same of octets that stand somewhere in memory.
    mutating func take(_ octets: UnsafeRawBufferPointer, _ side: Side, _ told: inout GlanceTold) {
        guard !isSealed else { return }
        if side == .server, reader.holdsBeginning {
            reader.decideBeginning()
            drain(.client, &told)
        }
        isUntouched = false
        let rest = passPlain(octets.bindMemory(to: UInt8.self), side, &told)
        guard !rest.isEmpty else { return }
        reader.append(UnsafeRawBufferPointer(rest), from: side)
        drain(side, &told)
    }

    private mutating func drain(_ side: Side, _ told: inout GlanceTold) {
        while !isSealed {
            if side == .client, passPlainMailData() { continue }
            guard let said = reader.next(side) else { return }
            note(said, &told)
        }
    }

    // MARK: What was said

    private mutating func note(_ said: Utterance, _ told: inout GlanceTold) {
        situations.take(said, base: base)
        // What a proxy says ahead of a session is no word of the client.
        if case .proxy = said.kind { return }
        told.legs.with(leg) { $0.spoke(said.side, at: nil) }
        switch said.kind {
        case .command(let asked): said.octets.withUnsafeBufferPointer { command(asked, $0, &told) }
        case .reply(let answer): said.octets.withUnsafeBufferPointer { replied(answer, $0, &told) }
        case .mailData(let content):
            guard let asked = content.ends else { return }
            let transaction = told.transactions[leg] ?? 0
            told.legs.with(leg) { $0.contentEnded(of: transaction) }
            for id in asked { note(transaction, of: id) }
        case .tls(let isOutOfPlace):
            told.usesTLS = true
            if !isOutOfPlace, said.octets.first == TLSRecord.ContentType.applicationData.rawValue {
                switch said.side {
                case .client: hasSealedClient = true
                case .server: hasSealedServer = true
                }
            }
            told.legs.with(leg) { $0.record(said.octets, from: said.side, inLine: nil) }
        case .strayMailData, .chunk, .strayChunk, .saslResponse, .proxy, .rest: break
        }
    }

    mutating func command(_ asked: Utterance.Asked, _ line: UnsafeBufferPointer<UInt8>, _ told: inout GlanceTold) {
        if asked.turn == .mail, !asked.beginsNothing { told.transactions[leg] = (told.transactions[leg] ?? 0) + 1 }
        // Nobody answers what did not arrive as a whole.
        guard let id = asked.id else { return }
        let transaction = told.transactions[leg] ?? 0
        highest = max(highest, id)
        var address: [UInt8]?
        switch asked.turn {
        case .mail:
            address = GlancedLine.address(line)
            if address != nil { told.mail(line, leg) }
        case .rcpt:
            address = GlancedLine.address(line)
            told.recipient(line)
        case .hello where leg == .relay || told.clientName == nil:
            if let name = GlancedLine.clientName(line) { told.clientName = name }
        default: break
        }
        note(transaction, of: id)
        let base = base
        told.legs.with(leg) { [address] in
            $0.asked(asked.turn, address: address, id: base + id, transaction: transaction)
        }
    }

    mutating func replied(_ answer: Utterance.Answer, _ line: UnsafeBufferPointer<UInt8>, _ told: inout GlanceTold) {
        if let end = answer.endOfMailData {
            for id in end.asked { note(told.transactions[leg] ?? 0, of: id) }
        }
        if answer.to?.turn == .greeting, answer.isFirst, answer.code == 220, leg == .relay || told.serverName == nil {
            told.serverName = GlancedLine.serverName(line)
        }
        guard answer.isLast, let code = answer.code else { return }
        let base = base
        let transaction = answer.to?.id.flatMap { self.transaction(of: $0) } ?? told.transactions[leg] ?? 0
        let decision = Verdict.Decision(
            turn: answer.to?.turn,
            place: nil,
            lines: [],
            code: code,
            status: ReplyLine.status(of: line)
        )
        told.legs.with(leg) {
            $0.answered(
                decision,
                id: answer.to?.id.map { base + $0 },
                about: answer.to?.recipient.map { base + $0 },
                transaction: transaction
            )
        }
    }
}

extension Utterance.Asked {
    /// A MAIL that begins no transaction: inside one that is open, or in the clear where only TLS may come.
    var beginsNothing: Bool {
        isBehindSTARTTLS || turn == .mail && [.reversePath, .forwardPaths, .chunks].contains(phase)
    }
}
