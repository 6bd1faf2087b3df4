import Interchange
import Networking
import Tracing

/// What is walked through.
enum WalkSource {
    /// A recorded session and what to call it.
    case recording(Recording, name: String)
    /// Bundled sessions to choose one from.
    case sessions([BundledSession])
    /// The sandbox world, live.
    case sandbox(SandboxConfiguration)
    /// A session with a real server, one line at a time, and where it is written down.
    case live(LiveSession.Options, Recording.Header, Recorder?)
}
