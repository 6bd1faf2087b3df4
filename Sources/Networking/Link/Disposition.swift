import DNS
import SMTP

/// Whether a failure may be gone at the next try, THE decision for name servers, links and replies.
public enum Disposition: Sendable, Equatable {
    /// The mail stays in the queue and is tried again (RFC 5321 §4.5.4.1).
    case temporary
    /// Another try would end like this one: the author gets the mail back.
    case permanent
}

extension LookupError {
    /// Only an answer that is whole and says no is final (RFC 5321 §5.1). What was cut must be ignored (RFC 2181 §9), and what
    /// could not be had, or read, says nothing of the name.
    var disposition: Disposition {
        switch self {
        case .nameError, .noData: .permanent
        case .serverFailure, .refused, .formatError, .notImplemented, .otherCode, .timeout, .truncated, .noServer,
            .badServers, .malformed, .unreadable, .cancelled, .badQuery, .bogus:
            .temporary
        }
    }
}

extension ExchangerChoice.Outcome {
    var disposition: Disposition {
        switch self {
        case .nullMX, .noAddress, .noSuchDomain: .permanent
        case .exchangers, .implicit, .lookupFailed, .noneUsable, .onlyOurselves, .aliasLoop: .temporary
        }
    }
}

extension Reply {
    /// RFC 5321 §4.2.1; nil for a reply that is no refusal.
    var disposition: Disposition? {
        switch severity {
        case .transientFailure: .temporary
        case .permanentFailure: .permanent
        case .positive, .intermediate, nil: nil
        }
    }
}
