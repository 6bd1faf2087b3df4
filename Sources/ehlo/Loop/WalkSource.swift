import Interchange
import Interface
import Networking
import Tracing

/// What is walked through.
enum WalkSource {
    /// A recorded session and what to call it.
    case recording(Recording, name: String)
    /// A recording that is shown while it is read, and what to call it.
    case reading(LongRecording, name: String)
    /// A text that is no dialogue, explained.
    case explained(ExplainedFile)
    /// Bundled sessions to choose one from.
    case sessions([BundledSession])
    /// The sandbox world, live.
    case sandbox(SandboxConfiguration)
    /// A recorded session, what to call it, and another one beside it.
    case comparison(Recording, name: String, Session.Comparison)
    /// Several sessions of a file that holds them, what to call it, and which of them are to be seen at first.
    case recordings(SessionFile, Range<Int>, name: String, filter: String)
    /// Conversations that others have, as they come.
    case conversations(ConversationSource)
    /// A session with a real server, one line at a time, and where it is written down.
    case live(LiveSession.Options, Recording.Header, Recorder?, notice: String)
}
