import DNS
import Tracing

/// Lookups that gave nowhere to go, as values that travel (RFC 5321 §5.1, RFC 2181 §9).
extension LookupError {
    var told: WireEvent.Failure {
        let failure: LinkFailure =
            switch self {
            case .nameError: .noSuchDomain
            case .noData: .noAddress
            case .serverFailure, .refused, .formatError, .notImplemented, .otherCode, .timeout, .truncated, .noServer,
                .badServers, .malformed, .unreadable, .cancelled, .badQuery, .bogus:
                .lookupFailed
            }
        return WireEvent.Failure(failure, "\(self)")
    }
}

extension ExchangerChoice.Outcome {
    var told: WireEvent.Failure {
        let failure: LinkFailure? =
            switch self {
            case .nullMX: .nullMX
            case .noAddress: .neitherMXNorAddress
            case .noSuchDomain: .noSuchDomain
            case .lookupFailed: .lookupFailed
            case .exchangers, .implicit, .noneUsable, .onlyOurselves, .aliasLoop: nil
            }
        return WireEvent.Failure(failure, "\(self)")
    }
}
