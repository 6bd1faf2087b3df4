import SMTP
import Screen
import Tracing

/// How the class of a reply is marked, wherever one is shown: by a sign, and by a role that gives it its colour.
extension Reply.Severity {
    var role: Role {
        switch self {
        case .positive: .positive
        case .intermediate: .intermediate
        case .transientFailure: .transientFailure
        case .permanentFailure: .permanentFailure
        }
    }

    func sign(_ glyphs: Glyphs) -> Character {
        switch self {
        case .positive: glyphs.positive
        case .intermediate: glyphs.intermediate
        case .transientFailure: glyphs.transientFailure
        case .permanentFailure: glyphs.permanentFailure
        }
    }
}

/// How a verdict is marked: by the sign and the role of the reply that makes such a one; a mixed one by a sign of its own, since
/// neither its best nor its worst recipient tells it.
extension Verdict.Outcome {
    func mark(_ glyphs: Glyphs) -> (sign: Character, role: Role) {
        switch self {
        case .accepted: (glyphs.positive, .positive)
        case .deferred: (glyphs.transientFailure, .transientFailure)
        case .refused: (glyphs.permanentFailure, .permanentFailure)
        case .mixed: (glyphs.mixed, .finding)
        case .unknown, .untried, .none: (glyphs.flag, .finding)
        }
    }
}
