import SMTP

/// What one line of a list says about a mail session: from whom, to whom, and how it went.
///
/// It is a quick look for lists of thousands; the tracer says what a session means. The observer decides which reply answers
/// what, and what is mail data. Wrong input leads to a wrong word in a list and to nothing else.
struct SessionDigest {
    /// The first path of MAIL and of RCPT with their angle brackets; empty when there was none.
    private(set) var reversePath: [UInt8] = []
    private(set) var forwardPath: [UInt8] = []
    /// How many RCPT commands there were.
    private(set) var recipients = 0
    private var accepted = 0
    private var refusal: (code: UInt16, turn: CommandSequence.Turn)?
    private var isEncrypted = false
    private var wasReset = false
    private var reader = SessionReader()

    /// Reads what happened on a connection whose client speaks in `direction`.
    init(_ assembly: StreamAssembly, client direction: Direction, isWrapped: Bool) {
        isEncrypted = isWrapped
        for piece in assembly.pieces where !isEncrypted || piece.kind == .rst {
            let side: Side = piece.direction == direction ? .client : .server
            switch piece.kind {
            case .syn, .synAck: reader.connected()
            case .octets: take(assembly.content(piece).buffer, side)
            case .gap:
                if let rest = reader.finish(side, isCut: true) { note(rest) }
                reader.gap(piece.count, from: side)
            case .rst: wasReset = true
            case .fin, .retransmission, .inconsistentRetransmission, .outOfWindow, .uncountedSYN: break
            }
        }
    }

    /// How it went, in two or three words.
    var outcome: String {
        let refused = refusal.map { "\($0.code) to \($0.turn.words)" }
        switch accepted {
        case 0: break
        case 1: return refused.map { "accepted, \($0)" } ?? "accepted"
        default: return "\(accepted) mails accepted" + (refused.map { ", \($0)" } ?? "")
        }
        if isEncrypted { return "encrypted" }
        if let refused { return refused }
        if wasReset { return "reset" }
        return reader.saidQuit ? "no mail" : "broken off"
    }

    private mutating func take(_ octets: UnsafeRawBufferPointer, _ side: Side) {
        if side == .server, reader.holdsBeginning {
            reader.decideBeginning()
            drain(.client)
        }
        reader.append(octets, from: side)
        drain(side)
    }

    private mutating func drain(_ side: Side) {
        while !isEncrypted {
            if side == .client, reader.passPlainMailData().lines > 0 { continue }
            guard let said = reader.next(side) else { return }
            note(said)
        }
    }

    private mutating func note(_ said: Utterance) {
        switch said.kind {
        case .command(let asked):
            if asked.turn == .mail, reversePath.isEmpty { reversePath = Self.path(said.octets) }
            guard asked.turn == .rcpt else { return }
            recipients += 1
            if forwardPath.isEmpty { forwardPath = Self.path(said.octets) }
        case .reply(let answer): if answer.isLast { conclude(answer) }
        case .tls(insteadOfCommand: false): isEncrypted = true
        case .mailData, .strayMailData, .chunk, .strayChunk, .saslResponse, .tls, .proxy, .rest: break
        }
    }

    private mutating func conclude(_ answer: Utterance.Answer) {
        guard let turn = answer.to?.turn, let code = answer.code else { return }
        if code >= 400, turn != .unknown, turn != .anytime, refusal == nil { refusal = (code, turn) }
        guard code / 100 == 2 else { return }
        if turn == .mailData || turn == .lastChunk { accepted += 1 }
        if turn == .startTLS { isEncrypted = true }
    }

    /// From the first angle bracket to the last one that closes, or the word behind the colon.
    private static func path(_ line: [UInt8]) -> [UInt8] {
        let octets = line.prefix(600)
        if let start = octets.firstIndex(of: UInt8(ascii: "<")), let end = octets.lastIndex(of: UInt8(ascii: ">")),
            start < end
        {
            return Array(octets[start...end])
        }
        let behind = octets.drop { $0 != UInt8(ascii: ":") }.dropFirst().drop { $0 == 32 }
        return Array(behind.prefix { $0 != 32 })
    }
}
