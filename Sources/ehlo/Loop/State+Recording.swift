import Interface
import Tracing

extension State {
    /// A recorded session at its first page, and what to call it where it has no title.
    static func replaying(_ recording: Recording, name: String, _ settings: Settings) -> State {
        var state = State(
            title: recording.header.title.isEmpty ? name : recording.header.title,
            origin: recording.header.source,
            began: recording.header.began,
            source: .replay,
            trace: Tracer.trace(of: recording.events)
        )
        state.view.playback.take(settings)
        state.view.bindings = settings.bindings
        if let warning = recording.warnings.first { state.view.notice = warning }
        return state
    }
}

extension View.Playback {
    mutating func take(_ settings: Settings) {
        speed = settings.speed
        idleLimit = settings.idleLimit
        pace = settings.pace
    }
}
