import SMTP

/// What a log tells of a connection that brought no mail: who called, what was asked for, and what was refused. What no line tells is
/// not in it.
struct RejectedConnection {
    /// Who called, as `client.sender.example [192.0.2.94]`.
    var client: String?
    var hello: [UInt8]?
    var tls: String?
    private(set) var facts: [Fact] = []

    /// One thing that a line tells.
    struct Fact {
        var time: TimeStamp?
        var kind: Kind

        /// Whether it is a mail that was refused when all of it was there.
        var isOfData: Bool { if case .refused(.mailData, _, _, _) = kind { true } else { false } }
    }

    enum Kind {
        /// A command was refused. Of a recipient and of mail data the reverse-path goes with it.
        case refused(CommandSequence.Turn, argument: [UInt8], reversePath: [UInt8]?, reply: Reply)
        /// Recipients that were taken, as the copy of a refused mail names them.
        case recipients([[UInt8]])
        /// Octets of the client, word for word, and what was answered.
        case said([UInt8], reply: Reply)
        /// Octets of the client before the server said anything, word for word.
        case early([UInt8])
        /// The verbs of a connection without a mail, in their order.
        case verbs([[UInt8]])
        case tlsFailed(String)
        case closed(Side)
        case remark(String)
    }

    /// What the server answered. The log seldom has the code: then it is the usual one, and the whole is inferred.
    struct Reply {
        var code: Int
        var words: [UInt8]
        var isQuoted = false

        /// As on the wire, without its end.
        var octets: [UInt8] { isQuoted ? words : Array((words.isEmpty ? "\(code)" : "\(code) ").utf8) + words }
    }

    mutating func add(_ kind: Kind, _ time: TimeStamp?) {
        guard facts.count < Self.maxFacts else { return }
        facts.append(Fact(time: time, kind: kind))
    }

    /// Puts in what a later line tells of something earlier.
    mutating func insert(_ kind: Kind, at place: Int) {
        facts.insert(Fact(time: facts[place].time, kind: kind), at: place)
    }

    /// The most that is kept of one connection.
    private static let maxFacts = 1000

    /// The reverse-path and the forward-paths that were asked for first.
    var envelope: (reversePath: [UInt8]?, forwardPaths: [[UInt8]]) {
        var found: (reversePath: [UInt8]?, forwardPaths: [[UInt8]]) = (nil, [])
        for fact in facts {
            switch fact.kind {
            case .refused(let turn, let argument, let path, _):
                found.reversePath = found.reversePath ?? (turn == .mail ? argument : path)
                if turn == .rcpt, !found.forwardPaths.contains(argument) { found.forwardPaths.append(argument) }
            case .recipients(let all):
                found.forwardPaths += all.filter { !found.forwardPaths.contains($0) }
            default: break
            }
        }
        return found
    }
}
