import Cryptography
import Notation
import SMTP
import Tracing

/// What opens TLS.
struct TLSKeys {
    let log: KeyLog
    /// Somebody wants TLS opened, so that it is said why it stays shut.
    let areWanted: Bool
    /// Secrets may still come, and more of the session.
    let mayCome: Bool

    init(_ log: KeyLog) { (self.log, areWanted, mayCome) = (log, !log.isEmpty, false) }

    init(_ log: KeyLog, areWanted: Bool, mayCome: Bool) {
        (self.log, self.areWanted, self.mayCome) = (log, areWanted, mayCome)
    }
}

/// What became of the TLS of a captured session.
enum TLSInsight {
    /// None has begun, or there is no key for any.
    case unseen
    /// It cannot be opened; its octets are shown as they were.
    case shut
    case open(TLSOpening, Told)

    /// What was told of it, so that nothing is said twice.
    struct Told {
        /// The handshake is over, and what was inside is a session.
        var isEstablished = false
        var reasons: Set<Reason> = []
        /// What could not be read before the handshake was over, in order.
        var early: [Early] = []

        struct Early {
            let side: Side
            let octets: Int
            let isSealed: Bool
        }

        struct Reason: Hashable {
            let side: Side
            let why: TLSOpening.Unopened
        }
    }
}

/// TLS that is opened becomes the events of a live session: records, what was agreed, and what was inside.
extension SessionEvents {
    /// How many octets of a side are looked at for what both agree on.
    private static var maxHellos: Int { 64 << 10 }

    /// Looks whether TLS begins with a piece of the connection, and whether there is a key for it, or what has to come before.
    mutating func openTLS(
        _ assembly: StreamAssembly,
        _ number: Int,
        _ side: Side,
        _ keys: TLSKeys
    ) {
        guard case .unseen = tls, keys.areWanted else { return }
        let piece = assembly.pieces[number]
        let octets = assembly.content(piece).prefix(TLSRecord.headLength + 1).buffer
        guard case .record = TLSRecord.head(of: octets) else { return }
        let reader = log.reader(of: .relay)
        let isHello = side == .client && TLSRecord.isClientHello(octets)
        guard reader.isUntouched || reader.expectsTLS || isHello && reader.mode == .commands else { return }
        do throws(TLSOpeningError) {
            guard isHello else { throw .noClientHello }
            let client = beginning(self.client, of: assembly, from: number)
            let server = beginning(self.client.other, of: assembly, from: number)
            if keys.mayCome { awaited = TLSOpening.awaited(client: client, server: server, keys: keys.log) }
            guard awaited == nil else { return }
            tls = .open(try TLSOpening(client: client, server: server, keys: keys.log), TLSInsight.Told())
        } catch {
            tls = .shut
            add(.note("TLS stays shut: \(error.words)"), piece.time)
        }
    }

    /// What a side says from a piece on, up to what is missing.
    private func beginning(_ direction: Direction, of assembly: StreamAssembly, from number: Int) -> [UInt8] {
        var octets: [UInt8] = []
        for piece in assembly.pieces[number...] where piece.direction == direction && octets.count < Self.maxHellos {
            if piece.kind == .gap { break }
            if piece.kind == .octets { octets += assembly.content(piece).buffer }
        }
        return octets
    }

    /// Whether a piece was taken as TLS that is open.
    mutating func addInside(_ content: Window, _ side: Side, _ time: Int64) -> Bool {
        withOpening(side, time) { $0.take(content.octets, from: side, at: Int(time / 1_000_000_000)) }
    }

    /// Octets that the capture lacks, of the connection or of the records in it.
    mutating func addGap(_ count: Int, _ side: Side, _ time: Int64) {
        let isInside = withOpening(side, time) { $0.lose(count, from: side) }
        if !isInside { add(.gap(from: side, octets: count), time) }
    }

    /// What came of a side's last record.
    mutating func endTLS(of side: Side) {
        _ = withOpening(side, latest) { $0.end(side) }
    }

    private mutating func withOpening(_ side: Side, _ time: Int64, _ body: (inout TLSOpening) -> [TLSOpening.Told])
        -> Bool
    {
        guard case .open(var opening, var told) = tls else { return false }
        // Taken out while it is changed, so that nothing in it has to be copied.
        tls = .shut
        for what in body(&opening) { add(what, side, time, &told) }
        tls = .open(opening, told)
        return true
    }

    private mutating func add(_ what: TLSOpening.Told, _ side: Side, _ time: Int64, _ told: inout TLSInsight.Told) {
        switch what {
        case .records(let octets): add(.records(from: side, octets), time)
        case .established(let facts):
            told.isEstablished = true
            add(.tls(facts), time)
            for early in told.ofSession {
                add(.gap(from: early.side, octets: early.octets, isSealed: early.isSealed), time)
            }
            told.early = []
        case .inside(let octets): add(.octets(from: side, octets), time)
        case .message(let name, let count):
            add(.note("inside the record: \(name), \(count.counted("octet"))"), time)
        case .alert(let number):
            let words = "inside the record: the alert \(TLSRegistry.alert(number))"
            // In the handshake any alert ends it but those that close the connection (RFC 8446 §6.2).
            let isFatal = !told.isEstablished && ![0, 90].contains(number)
            add(isFatal ? .error(.init(.tlsFailed, "the TLS handshake failed, \(words)")) : .note(words), time)
        case .unopened(let why, let count):
            explain(why, side, time, &told)
            // It holds nothing of the session.
            if why != .noHandshakeSecret { addUnread(count, isSealed: true, side, time, &told) }
        case .lost(let count):
            explain(.gap, side, time, &told)
            addUnread(count, isSealed: false, side, time, &told)
        }
    }

    /// Says once of a side why something of it cannot be read.
    private mutating func explain(
        _ why: TLSOpening.Unopened,
        _ side: Side,
        _ time: Int64,
        _ told: inout TLSInsight.Told
    ) {
        let isNew = told.reasons.insert(TLSInsight.Told.Reason(side: side, why: why)).inserted
        if isNew { remark(why.words(of: side), time) }
    }

    private mutating func addUnread(
        _ count: Int,
        isSealed: Bool,
        _ side: Side,
        _ time: Int64,
        _ told: inout TLSInsight.Told
    ) {
        guard count > 0 else { return }
        guard told.isEstablished else {
            if told.early.count < TLSInsight.Told.maxEarly {
                told.early.append(.init(side: side, octets: count, isSealed: isSealed))
            }
            return
        }
        add(.gap(from: side, octets: count, isSealed: isSealed), time)
    }
}

extension TLSInsight.Told {
    /// How much of what could not be read is kept until the handshake is over.
    static let maxEarly = 256

    /// What of it may be of the session: the first that a client seals is its Finished (RFC 8446 §2).
    fileprivate var ofSession: [Early] {
        let finished = early.firstIndex { $0.side == .client && $0.isSealed }
        return early.indices.filter { $0 != finished }.map { early[$0] }
    }
}

extension TLSOpening.Unopened {
    /// For whoever opens the capture; said once of a side.
    fileprivate func words(of side: Side) -> String {
        switch self {
        case .record: "a TLS record of the \(side.rawValue) does not authenticate, so nobody can tell what was in it"
        case .key: "the key in the log does not open the TLS records of the \(side.rawValue)"
        case .noSecret: "the key log lacks the secret of what the \(side.rawValue) says from here on"
        case .noHandshakeSecret: "the key log lacks the secret of what the \(side.rawValue) says in the handshake"
        case .end: "what the \(side.rawValue) says ends within a TLS record"
        case .gap: "packets are missing inside TLS; what was in those records of the \(side.rawValue) is not known"
        case .notTLS: "the \(side.rawValue) goes on with octets that are no TLS record"
        case .renegotiation:
            "the \(side.rawValue) goes on with keys that were agreed on inside TLS, which is not followed"
        }
    }
}
