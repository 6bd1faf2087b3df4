extension VerdictReading {
    /// What became of all of it in one word.
    var outcome: Verdict.Outcome {
        var found = Verdict.Outcome.none
        for transaction in transactions where transaction.outcome != .mixed {
            found = found.joined(with: transaction.outcome)
        }
        for recipient in recipients { found = found.joined(with: recipient.outcome) }
        for fate in fates.ofWholeMails { found = found.joined(with: fate) }
        // A client that gave up asked for nothing in the end.
        if found != .none, found != .untried { return found }
        if recipients.contains(where: { $0.outcome == .untried }) { return .none }
        if let refusal { return Verdict.Outcome(code: refusal.code) ?? .refused }
        // Of what nobody saw nobody can say that no mail was in it.
        if isEncrypted || isIncomplete && hasSpoken { return .unknown }
        guard hasGoneWrong else { return .none }
        return failure?.saysNoForGood == true ? .refused : .deferred
    }
}

extension [Verdict.Transaction] {
    /// A refused MAIL that was said again is no mail of its own: on the same connection where the refusal was about the command
    /// and not about the mail, or on another one.
    var withoutThoseSaidAgain: [Verdict.Transaction] {
        guard count > 1 else { return self }
        var here: Set<MailOfConnection> = []
        var elsewhere: [[UInt8]?: (connection: Int, isTaken: Bool)] = [:]
        var madeGood: Set<Int> = []
        for index in indices.reversed() {
            let transaction = self[index]
            let path = transaction.reversePath
            let key = MailOfConnection(reversePath: path, connection: transaction.connection)
            let later = elsewhere[path].flatMap { $0.connection > transaction.connection ? $0 : nil }
            let isAboutCommand = transaction.code.map { aboutCommand.contains($0) } ?? false
            let isMadeGood =
                transaction.decision != nil && isAboutCommand && here.contains(key)
                || later.map { $0.isTaken || transaction.outcome != .refused } ?? false
                    && [.deferred, .refused, .none].contains(transaction.outcome)
            here.insert(key)
            let isTaken = [.accepted, .mixed, .unknown].contains(transaction.outcome)
            elsewhere[path] = (
                Swift.max(elsewhere[path]?.connection ?? 0, transaction.connection),
                elsewhere[path]?.isTaken == true || isTaken
            )
            if isMadeGood { madeGood.insert(index) }
        }
        return madeGood.isEmpty ? self : indices.filter { !madeGood.contains($0) }.map { self[$0] }
    }
}

/// Replies that find fault with the command, or with what should have come before it (RFC 5321 §4.2.2, RFC 4954 §6,
/// RFC 3207 §4).
private let aboutCommand: Set<UInt16> = [500, 501, 502, 503, 504, 530, 534, 538, 555]

private struct MailOfConnection: Hashable {
    let reversePath: [UInt8]?
    let connection: Int
}
