import SMTP

/// Every mail of a trace in order, kept so small that a session may have a hundred thousand: the contents of those that were
/// answered lie end to end, and what one says as the one before it is kept once. A `TracedMail` is made when somebody asks.
///
/// It decides nothing: what was put in is what comes out. Only mails under way are kept as they are, since lines are added.
public struct TracedMails: RandomAccessCollection, Equatable, Sendable {
    private struct UnderWay: Sendable {
        let number: Int
        var mail: TracedMail
        /// Where its content lies, if it was put away before.
        var content: OctetChunks.Place?
    }

    private var kept = Blocks<KeptMail>()
    private var contents = OctetChunks()
    private var underWay: [UnderWay] = []
    /// Whether some mail is longer than what is kept of it.
    var hasCut: Bool { kept.contains { $0.hasOctetsLeftOut } || underWay.contains { $0.mail.octetsLeftOut > 0 } }

    /// More than so many are hardly ever under way at once; then the first is put away, and taken out again for what comes.
    private static let maxUnderWay = 8

    public var startIndex: Int { 0 }
    public var endIndex: Int { kept.count }

    public internal(set) subscript(index: Int) -> TracedMail {
        // Looked at and changed in its place: its content may be large.
        _read {
            if let place = place(of: index) {
                yield underWay[place].mail
            } else {
                yield kept[index].mail(contents[kept[index].content])
            }
        }
        _modify {
            let place = place(of: index) ?? takeOut(index)
            yield &underWay[place].mail
        }
    }

    /// Whether no more of a mail is kept, and how many of its lines are in the trace: asked with each line.
    func isFull(_ index: Int) -> Bool { place(of: index).map { underWay[$0].mail.isFull } ?? kept[index].isFull }
    func linesShown(of index: Int) -> Int {
        place(of: index).map { underWay[$0].mail.linesShown } ?? self[index].linesShown
    }

    mutating func append(_ mail: TracedMail) {
        makeRoom()
        underWay.append(UnderWay(number: kept.count, mail: mail))
        kept.append(KeptMail(mail, OctetChunks.Place(), like: nil))
    }

    /// Nothing more is expected of a mail: it is put away.
    mutating func putAway(_ index: Int) {
        guard let place = place(of: index) else { return }
        let (mail, known) = (underWay[place].mail, underWay[place].content)
        let content =
            if let known, contents[known].elementsEqual(mail.content) { known } else { contents.append(mail.content) }
        kept[index] = KeptMail(mail, content, like: index > 0 ? kept[index - 1] : nil)
        underWay.remove(at: place)
    }

    private func place(of index: Int) -> Int? { underWay.lastIndex { $0.number == index } }

    private mutating func makeRoom() { if underWay.count >= Self.maxUnderWay { putAway(underWay[0].number) } }

    private mutating func takeOut(_ index: Int) -> Int {
        makeRoom()
        let content = kept[index].content
        underWay.append(UnderWay(number: index, mail: kept[index].mail(contents[content]), content: content))
        return underWay.count - 1
    }

    public static func == (one: TracedMails, other: TracedMails) -> Bool { one.elementsEqual(other) }
}

/// A mail without its content.
private struct KeptMail: Sendable {
    /// What few mails have.
    private struct Rare: Sendable {
        let octetsLeftOut, linesLeftOut, lineOctetsLeftOut, unshown: Int
        let unshownBehind, lastShown: Int?
        let isFull, hasGap: Bool
    }

    private let leg: Leg
    private let cut: TracedMail.Outcome?
    private let code: UInt16?
    private let transaction, stuffedLines, lineCount: UInt32
    let content: OctetChunks.Place
    private let reversePath: Path?
    private let forwardPaths: [Path]
    private let answer: [UInt8]
    private let rare: [Rare]

    /// What is said as in the mail before shares its octets.
    init(_ mail: TracedMail, _ content: OctetChunks.Place, like before: KeptMail?) {
        (leg, cut, code, self.content) = (mail.leg, mail.cut, mail.code, content)
        transaction = UInt32(clamping: mail.transaction)
        (stuffedLines, lineCount) = (UInt32(clamping: mail.stuffedLines), UInt32(clamping: mail.lineCount))
        if let before, before.reversePath == mail.reversePath {
            reversePath = before.reversePath
        } else {
            reversePath = mail.reversePath
        }
        if let before, before.forwardPaths == mail.forwardPaths {
            forwardPaths = before.forwardPaths
        } else {
            forwardPaths = mail.forwardPaths
        }
        if let before, before.answer == mail.answer { answer = before.answer } else { answer = mail.answer }
        let isRare =
            mail.octetsLeftOut > 0 || mail.linesLeftOut > 0 || mail.lineOctetsLeftOut > 0 || mail.unshown > 0
            || mail.isFull || mail.hasGap
        rare =
            isRare
            ? [
                Rare(
                    octetsLeftOut: mail.octetsLeftOut,
                    linesLeftOut: mail.linesLeftOut,
                    lineOctetsLeftOut: mail.lineOctetsLeftOut,
                    unshown: mail.unshown,
                    unshownBehind: mail.unshownBehind,
                    lastShown: mail.lastShown,
                    isFull: mail.isFull,
                    hasGap: mail.hasGap
                )
            ] : []
    }

    var isFull: Bool { rare.first?.isFull ?? false }
    var hasOctetsLeftOut: Bool { rare.first.map { $0.octetsLeftOut > 0 } ?? false }

    func mail(_ content: ArraySlice<UInt8>) -> TracedMail {
        var mail = TracedMail(leg: leg, transaction: Int(transaction))
        (mail.reversePath, mail.forwardPaths, mail.content) = (reversePath, forwardPaths, Array(content))
        (mail.stuffedLines, mail.lineCount) = (Int(stuffedLines), Int(lineCount))
        (mail.code, mail.answer, mail.cut) = (code, answer, cut)
        if let rare = rare.first {
            (mail.octetsLeftOut, mail.linesLeftOut) = (rare.octetsLeftOut, rare.linesLeftOut)
            mail.lineOctetsLeftOut = rare.lineOctetsLeftOut
            (mail.unshown, mail.unshownBehind, mail.lastShown) = (rare.unshown, rare.unshownBehind, rare.lastShown)
            (mail.isFull, mail.hasGap) = (rare.isFull, rare.hasGap)
        }
        return mail
    }
}

/// Runs of octets that lie end to end in a few large arrays: adding one moves none of those before.
private struct OctetChunks: Sendable {
    /// Where a run lies.
    struct Place: Sendable { var chunk: UInt32 = 0, start: UInt32 = 0, count: UInt32 = 0 }

    /// So many octets lie together; a longer run lies by itself.
    private static let size = 1 << 16

    private var chunks: [[UInt8]] = []
    /// The one that more is added to.
    private var last: Int?

    subscript(place: Place) -> ArraySlice<UInt8> {
        place.count == 0 ? [] : chunks[Int(place.chunk)][Int(place.start)..<Int(place.start) + Int(place.count)]
    }

    mutating func append(_ octets: [UInt8]) -> Place {
        guard !octets.isEmpty else { return Place() }
        guard octets.count <= Self.size / 4 else {
            // No longer than it is.
            chunks.append(octets.withUnsafeBufferPointer { Array($0) })
            return Place(chunk: UInt32(chunks.count - 1), start: 0, count: UInt32(octets.count))
        }
        if last.map({ chunks[$0].count + octets.count > Self.size }) ?? true {
            chunks.append([])
            last = chunks.count - 1
        }
        let chunk = last ?? 0
        let start = chunks[chunk].count
        chunks[chunk] += octets
        return Place(chunk: UInt32(chunk), start: UInt32(start), count: UInt32(octets.count))
    }
}
