import Interchange
public import Lessons
import SMTP
import Tracing

/// Says what a text is that is no dialogue, THE rule of the order in which kinds are tried: what has a form of its own first, what
/// is known by its words last. Nothing is guessed: what nobody knows is `unknown`.
public struct Explainer {
    let library: LessonLibrary

    public init(_ library: LessonLibrary) { self.library = library }

    /// The most lines of a text that are looked at; what is longer should be cut, or searched first for what matters.
    public static let maxLines = PastedText.maxLines

    /// One explanation for each thing in the text, at least one.
    public func explain(_ octets: [UInt8]) -> [Explanation] {
        let octets = MIMEText.opened(octets)
        let text = PastedText(octets)
        guard let first = text.filled.first else { return [Explanation(.unknown, text: "")] }
        let found = recognised(text, octets)
        guard !found.isEmpty else { return [Explanation(.unknown, text: String(first.prefix(1000)))] }
        return found.map(withLessons)
    }

    private func recognised(_ text: PastedText, _ octets: [UInt8]) -> [Explanation] {
        if let word = word(text) { return [word] }
        if let reply = wholeReply(text) { return [reply] }
        let structured: [(PastedText, Explainer) -> [Explanation]] = [
            DeliveryReport.read, MonitorRecords.read, FreeBounce.read,
            { MailHeaders.read($0, $1).map { [$0] } ?? [] },
        ]
        for read in structured { if case let found = read(text, self), !found.isEmpty { return found } }
        if case let sessions = Dialogues.read(octets, self), !sessions.isEmpty { return sessions }
        let logged = MailLog(explainer: self).read(text, octets)
        // What became of a mail, or what a client was doing, says more than an error that looks alike.
        if logged.contains(where: { $0.outcome != nil || !$0.lessons.isEmpty }) { return logged }
        if let error = ProgramErrors.read(text, self) { return [error] }
        return logged.isEmpty ? (quotedReply(text) ?? statusAlone(text) ?? wordsAlone(text)).map { [$0] } ?? [] : logged
    }

    // MARK: A reply alone

    /// A text that is one reply and nothing else, of one line or several.
    private func wholeReply(_ text: PastedText) -> Explanation? {
        let lines = text.filled
        guard lines.count <= 64 else { return nil }
        let replies = lines.compactMap { ReplyInText.opening($0) }
        guard let first = replies.first, replies.count == lines.count, replies.allSatisfy({ $0.code == first.code })
        else { return nil }
        var whole = first
        whole.status = replies.compactMap(\.status).first
        whole.text = replies.map(\.text).filter { !$0.isEmpty }.joined(separator: " ")
        guard !whole.text.isEmpty || whole.status != nil else { return nil }
        var found = Explanation(.reply, text: lines.joined(separator: "\n"))
        let offered = offer(replies)
        take(whole, in: &found, turn: offered.isEmpty ? nil : .ehlo)
        if lines.count == 1 { found.lessons = offered } else { found.general = offered }
        return found
    }

    /// The keywords of an answer to EHLO, or of one line of it (RFC 5321 §4.1.1.1); empty for any other reply.
    private func offer(_ replies: [ReplyInText]) -> [LessonAnchor] {
        guard replies.first?.code == 250 else { return [] }
        // The first of several lines is the greeting.
        let lines = replies.count == 1 || Self.keyword(replies[0]) != nil ? replies[...] : replies.dropFirst()
        let keywords = lines.map(Self.keyword)
        guard !keywords.contains(nil) else { return [] }
        return keywords.compactMap { $0.map { LessonAnchor("extension/\($0)") } }
    }

    private static func keyword(_ reply: ReplyInText) -> String? {
        let word = reply.text.split(whereSeparator: { $0 == " " || $0 == "=" }).first.map { $0.uppercased() }
        return reply.status == nil ? word.flatMap { word in Extension.all.first { $0.keyword == word }?.keyword } : nil
    }

    /// A reply somewhere in a text of which nothing else is known.
    private func quotedReply(_ text: PastedText) -> Explanation? {
        let lines = text.filled.prefix(200)
        guard
            let (line, reply) = lines.lazy.compactMap({ line in ReplyInText.first(in: line).map { (line, $0) } }).first,
            reply.status != nil
                || library.section(for: LessonAnchor("reply/\(reply.code ?? 0)"))?.anchor.path
                    == "reply/\(reply.code ?? 0)"
        else { return nil }
        var found = Explanation(.reply, text: String(line))
        take(reply, in: &found, turn: lines.lazy.compactMap { turn(toldIn: $0) }.first)
        return found
    }

    /// What a reply says, taken into an explanation: codes, outcome, and what it answers where it is not known.
    func take(_ reply: ReplyInText, in found: inout Explanation, turn: AnsweredTurn?) {
        found.code = reply.code
        found.status = reply.status
        let occasion = Wording.Occasion(code: reply.code, status: reply.status, verb: turn?.name)
        let origin = ReplyOrigin(of: WordingText(reply.text), occasion, turn: turn, library.wordings)
        (found.turn, found.isLikely) = (origin.turn, turn == nil && origin.turn != nil)
        if turn == nil, reply.hangsUp { (found.turn, found.isLikely) = (nil, false) }
        // Where the server hangs up of its own accord, nothing was accepted.
        let outcome = reply.hangsUp ? nil : Explanation.Outcome(code: reply.code, status: reply.status)
        found.outcome = found.outcome ?? outcome
        found.quoted = reply.text
        guard found.kind == .reply else { return found.speaker = found.speaker ?? .recipientServer }
        (found.by, found.speaker) = (origin.by, origin.speaker)
    }

    // MARK: Lessons

    /// The most lessons that are named.
    static let maxLessons = 5

    private func withLessons(_ found: Explanation) -> Explanation {
        var found = found
        var anchors = found.lessons.filter { library.section(for: $0) != nil }
        if found.code != nil || found.status != nil {
            let occasion = Wording.Occasion(code: found.code, status: found.status, verb: found.turn?.name)
            let told = FirstLesson(library).lessons(of: QuotedReply(text: found.quoted ?? found.text, occasion))
            anchors += told.map(\.anchor)
        }
        if found.outcome == .accepted, found.turn == .dot { anchors.append(LessonAnchor("reply/250@DATA")) }
        if found.outcome == .expired { anchors += [LessonAnchor("status/4.4.7"), LessonAnchor("background/retries")] }
        anchors += found.general.filter { library.section(for: $0) != nil }
        if let step = found.step { anchors.append(.step(step)) }
        // A class says nothing that the code itself does not.
        let exact = anchors.filter { !$0.path.hasSuffix("yz") && $0.path != "reply/unknown" }
        var seen: Set<LessonAnchor> = []
        found.lessons = Array(
            (exact.isEmpty ? anchors : exact).filter { seen.insert($0).inserted }.prefix(Self.maxLessons)
        )
        return found
    }
}

extension Explanation.Outcome {
    /// What the first digit says (RFC 5321 §4.2.1).
    init?(code: UInt16?, status: String?) {
        switch code.map({ $0 / 100 }) ?? status?.first?.wholeNumberValue.map(UInt16.init) {
        case 2: self = .accepted
        case 4: self = .deferred
        case 5: self = .refused
        default: return nil
        }
    }
}
