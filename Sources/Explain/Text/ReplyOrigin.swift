import Lessons
import Tracing

/// Where a reply comes from, as far as it tells that itself: what it answers, who writes so, who says it. THE rule of the order in
/// which that is asked.
///
/// The wording that explains it comes first; then a sign, a piece of text that tells nothing else; then what its status and its code
/// nearly always are. It does not know what surrounds the reply. Where two places are as likely, it says none.
struct ReplyOrigin {
    var turn: AnsweredTurn?
    /// A program or a provider.
    var by: String?
    var speaker: Explanation.Speaker?

    /// `turn` is what it answers where that is told.
    init(of text: WordingText, _ occasion: Wording.Occasion, turn told: AnsweredTurn?, _ table: WordingTable) {
        let wording = table.best(for: text, occasion)
        func sign(_ tells: (Wording) -> Bool) -> Wording? { table.best([.sign], for: text, occasion, where: tells) }
        turn =
            told ?? wording?.likelyTurn ?? sign { $0.likelyTurn != nil }?.likelyTurn
            ?? LikelyTurn.of(code: occasion.code, status: occasion.status)
        by = wording?.by ?? sign { $0.by != nil }?.by
        let named = wording?.speaker ?? sign { $0.speaker != nil }?.speaker
        speaker =
            named.map(Explanation.Speaker.init) ?? LikelySpeaker.of(code: occasion.code, status: occasion.status, turn)
    }
}

extension Wording {
    /// What it nearly always answers. `DATA` is the answer to the mail data, unless step 11 is named beside it.
    var likelyTurn: AnsweredTurn? {
        likelyVerb.flatMap { $0 == "DATA" && step != .data ? .dot : AnsweredTurn(named: $0) }
    }
}

extension Explanation.Speaker {
    fileprivate init(_ speaker: Wording.Speaker) {
        switch speaker {
        case .recipient: self = .recipientServer
        case .own: self = .ownServer
        case .filter: self = .filter
        }
    }
}

/// Who says a reply of which only codes are known, THE table: a login is between an author and a server of the author's own, and what
/// a mailbox or the origin of a mail is blamed for is said where the mail arrives. What both may say is not in it.
enum LikelySpeaker {
    static func of(code: UInt16?, status: String?, _ turn: AnsweredTurn?) -> Explanation.Speaker? {
        if case .auth = turn { return .ownServer }
        if code == 530 { return .ownServer }
        let detail = status?.split(separator: ".").dropFirst().joined(separator: ".") ?? ""
        switch detail {
        case "7.57", "7.60", "7.139": return .ownServer
        case "1.1", "1.6", "1.10", "2.0", "2.1", "2.2", "2.3", "2.4", "7.2", "7.20", "7.21", "7.22", "7.23",
            "7.24", "7.25", "7.26", "7.27", "7.29":
            return .recipientServer
        default: return [251, 551, 556].contains(code ?? 0) ? .recipientServer : nil
        }
    }
}
