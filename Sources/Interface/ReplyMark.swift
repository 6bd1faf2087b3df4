import SMTP
import Screen

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
