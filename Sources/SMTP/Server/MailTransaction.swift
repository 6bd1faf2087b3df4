/// A mail on its way into a server: MAIL was accepted (RFC 5321 §3.3).
///
/// All of it is behind one reference, copied when it is changed and somebody else has it too: so it goes from one standing of the
/// session to the next, with each line of mail data, at the price of a pointer.
struct MailTransaction: Sendable {
    private struct Fields {
        var envelope: Envelope
        let mayHoldUTF8: Bool
        let isBinary: Bool
        var content: [UInt8] = []
        var octets = 0
        var chunks = 0
        var refusals: [String] = []
    }

    /// Only changed by the one transaction that refers to it.
    private final class Storage: @unchecked Sendable {
        var fields: Fields
        init(_ fields: Fields) { self.fields = fields }
    }

    private var storage: Storage

    init(envelope: Envelope, mayHoldUTF8: Bool, isBinary: Bool) {
        storage = Storage(Fields(envelope: envelope, mayHoldUTF8: mayHoldUTF8, isBinary: isBinary))
    }

    var envelope: Envelope { storage.fields.envelope }
    var mayHoldUTF8: Bool { storage.fields.mayHoldUTF8 }
    var isBinary: Bool { storage.fields.isBinary }
    var content: [UInt8] { storage.fields.content }
    /// Octets that came, those that were too many for `content` included.
    var octets: Int { storage.fields.octets }
    /// What was answered to recipients that were refused, the first few.
    var refusals: [String] { storage.fields.refusals }
    /// How many recipients were accepted.
    var recipients: Int { storage.fields.envelope.forwardPaths.count }

    /// Where in the order of commands it is.
    var phase: CommandSequence.Phase {
        if storage.fields.envelope.forwardPaths.isEmpty { return .reversePath }
        return storage.fields.chunks > 0 ? .chunks : .forwardPaths
    }

    var mail: MailObject { MailObject(envelope: envelope, content: content) }

    /// The mail as these recipients get it, or do not.
    func mail(to forwardPaths: [ForwardPath]) -> MailObject {
        let envelope = Envelope(reversePath: envelope.reversePath, forwardPaths: forwardPaths)
        return MailObject(envelope: envelope, content: content)
    }

    // MARK: Changes

    private mutating func own() -> Storage {
        if !isKnownUniquelyReferenced(&storage) { storage = Storage(storage.fields) }
        return storage
    }

    /// RCPT was accepted.
    mutating func accept(_ forwardPath: ForwardPath) { own().fields.envelope.forwardPaths.append(forwardPath) }

    /// RCPT was refused, as this says.
    mutating func refuse(_ what: @autoclosure () -> String) {
        if storage.fields.refusals.count < 10 { own().fields.refusals.append(what()) }
    }

    /// A BDAT chunk that is not the last was accepted (RFC 3030 §2).
    mutating func acceptChunk() { own().fields.chunks += 1 }

    /// Keeps content as long as it is not over the limit, so that memory is bounded whatever comes.
    mutating func keep(_ more: some Collection<UInt8>, limit: Int) {
        let storage = own()
        storage.fields.octets += more.count
        if storage.fields.octets <= limit { storage.fields.content += more }
    }

    /// Keeps a line of content with its end.
    fileprivate mutating func keep(_ line: [UInt8], _ ending: WireLine.Ending, limit: Int) {
        let storage = own()
        storage.fields.octets += line.count + ending.octets.count
        guard storage.fields.octets <= limit else { return }
        storage.fields.content += line
        storage.fields.content += ending.octets
    }

    /// Takes back the last octets that were kept.
    fileprivate mutating func drop(last count: Int) {
        let storage = own()
        storage.fields.content.removeLast(min(count, storage.fields.content.count))
        storage.fields.octets -= count
    }

    /// Takes the doubled dots off content that was kept as it came (RFC 5321 §4.5.2).
    fileprivate mutating func unstuff() {
        guard content.contains(DotStuffing.dot) else { return }
        var framer = LineFramer()
        framer.append(content)
        var whole: [UInt8] = []
        var isAtStart = true
        while let line = framer.nextLine() ?? framer.finish() {
            whole += (isAtStart ? DotStuffing.unstuff(line.octets) : line.octets) + line.ending.octets
            isAtStart = line.ending == .crlf
        }
        own().fields.content = whole
    }
}

/// Mail data on its way in, a state machine: what of it is content, and where it ends (RFC 5321 §4.1.1.4, §4.5.2).
///
/// It decides that by what the server takes for an end. It does not know replies, nor what becomes of the mail. Wrong input: none;
/// any octets may come.
struct MailData: Sendable {
    /// The end came.
    struct Ended {
        var end: EndOfData
        /// What came behind it in the same piece, which is the next command.
        var rest: [UInt8] = []
    }

    private enum Search: Sendable {
        /// Only a dot between CRLF and CRLF ends it; how the line before ended.
        case standard(previous: WireLine.Ending)
        /// More than one end is taken.
        case several(EndOfDataSearch)
    }

    private(set) var transaction: MailTransaction
    private var search: Search

    init(of transaction: MailTransaction, endedBy ends: Set<EndOfData>) {
        self.transaction = transaction
        search = ends == [.standard] ? .standard(previous: .crlf) : .several(EndOfDataSearch(ends))
    }

    /// Whether a line should be handed over in pieces, since its end may be what only this server takes for one.
    var takesPieces: Bool { if case .several = search { true } else { false } }

    /// Takes a line, or a piece of one; says when the mail data has ended. Content over the limit is counted and not kept.
    mutating func take(_ line: WireLine, limit: Int) -> Ended? {
        switch search {
        case .standard(let previous):
            guard !DotStuffing.ends(line, after: previous) else { return Ended(end: .standard) }
            let octets = previous == .crlf ? DotStuffing.unstuff(line.octets) : line.octets
            transaction.keep(octets, line.ending, limit: limit)
            search = .standard(previous: line.ending)
            return nil
        case .several(var ends):
            let ended = take(line.onTheWire, limit: limit, &ends)
            search = .several(ends)
            return ended
        }
    }

    /// What stands behind the end is the next command, which is how a mail is smuggled in another (RFC 5321 §4.1.1.4).
    private mutating func take(_ octets: [UInt8], limit: Int, _ ends: inout EndOfDataSearch) -> Ended? {
        for (index, octet) in octets.enumerated() {
            guard let found = ends.take(octet) else { continue }
            let behind = found.endsBefore ? index : index + 1
            transaction.keep(octets[..<behind], limit: limit)
            // What was kept ends in the end; at the very start the line end before the dot was that of DATA.
            transaction.drop(last: found.end.octets.count - found.end.lineEndBefore)
            transaction.unstuff()
            let isCutLineEnd = found.endsBefore && octet == 10
            return Ended(end: found.end, rest: Array(octets[(isCutLineEnd ? behind + 1 : behind)...]))
        }
        transaction.keep(octets, limit: limit)
        return nil
    }
}
