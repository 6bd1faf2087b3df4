extension VerdictReading {
    /// What became of all of it in one word.
    var outcome: Verdict.Outcome {
        var found = Verdict.Outcome.none
        for transaction in transactions where transaction.outcome != .mixed {
            found = found.joined(with: transaction.outcome)
        }
        for recipient in recipients { found = found.joined(with: recipient.outcome) }
        // A client that gave up asked for nothing in the end.
        if found != .none, found != .untried { return found }
        if recipients.contains(where: { $0.outcome == .untried }) { return .none }
        if let refusal { return Verdict.Outcome(code: refusal.code) ?? .refused }
        if isEncrypted { return .unknown }
        guard hasGoneWrong else { return .none }
        return failure?.saysNoForGood == true ? .refused : .deferred
    }
}
