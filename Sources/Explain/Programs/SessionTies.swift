public import Interchange
import SMTP
import Tracing

/// Sessions at hand, by the queue ids that their servers gave: a hop of a mail's header is tied to the session in which it happened.
///
/// A server names its queue id when it takes the mail, and again in its `Received:` field. An id is no proof, since anybody can write
/// a field; it says where to look.
public struct SessionTies {
    /// Queue ids in the last words of a server, each with the session that it is from.
    private var sessions: [String: String] = [:]

    /// The most sessions of a file that are looked at.
    private static let maxSessions = 1000
    /// Shorter words are no queue ids.
    private static let minID = 5

    public init() {}

    /// Adds the sessions of a file, and how a person opens it.
    public mutating func add(_ file: SessionFile, named name: String) {
        for (number, recording) in file.sessions.prefix(Self.maxSessions).enumerated() {
            let taken = Tracer.trace(of: recording.events).facts.acceptance ?? []
            let choice = file.count > 1 ? " --session \(number)" : ""
            let words = taken.lossyText + (file.isMailLog ? " " + recording.header.title : "")
            for word in words.split(whereSeparator: { !$0.isLetter && !$0.isNumber && $0 != "-" })
            where word.utf8.count >= Self.minID && word.contains(where: \.isNumber) {
                sessions[String(word)] = sessions[String(word)] ?? "ehlo \(name)\(choice)"
            }
        }
    }

    /// The same explanation, with the sessions of its hops.
    public func tied(_ found: Explanation) -> Explanation {
        guard let hops = found.received?.hops else { return found }
        var found = found
        for (number, hop) in hops.enumerated() {
            guard let id = hop.id, let command = sessions[id] else { continue }
            found.details.append(Explanation.Detail("hop \(number + 1)", "its session is here: '\(command)' walks it"))
        }
        return found
    }
}
