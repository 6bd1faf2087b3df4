import Interchange
import Lessons
import Networking
import Tracing

/// The walk as flat text, for scripts, screen readers and terminals that can do no more.
enum Plain {
    /// Prints a whole session without a question.
    static func run(_ session: WrittenSession, name: String, _ settings: Settings, _ library: LessonLibrary) throws {
        let trace = session.trace
        let printer = PlainPrinter(settings)
        var walk = WalkText(library: library, style: settings.textStyle)
        let header = header(session.recording, name)
        try printer.print(walk.opening(title: header.title, source: header.source, began: header.began))
        for index in trace.stops.indices { try walk.stop(index, of: trace, printer.print) }
        try walk.closing(trace, printer.print)
        try printer.flush()
    }

    /// Lets the whole sandbox world happen and prints each step as soon as it is over.
    static func run(_ configuration: SandboxConfiguration, _ settings: Settings, _ library: LessonLibrary) throws {
        let printer = PlainPrinter(settings)
        var walk = WalkText(library: library, style: settings.textStyle)
        try printer.print(walk.opening(title: sandboxTitle(configuration), source: sandboxSource(configuration)))
        let run = try FollowedWalk(configuration)
        run.releaseAll()
        try follow(run, &walk, printer)
        try run.verdict()
    }

    /// Prints the stops of a walk as soon as each is over, then what there is to say at the end.
    static func follow(_ live: FollowedWalk, _ walk: inout WalkText, _ printer: PlainPrinter) throws {
        var shown = 0
        while try live.next() {
            // The last stop may still grow.
            while shown < live.trace.stops.count - 1 {
                try printer.print(walk.stop(shown, of: live.trace))
                shown += 1
            }
            try printer.flush()
        }
        for index in shown..<max(shown, live.trace.stops.count) { try printer.print(walk.stop(index, of: live.trace)) }
        try printer.print(walk.closing(live.trace))
        try printer.flush()
    }

    /// What the session is; one without a title is called by its name.
    static func header(_ recording: Recording, _ name: String) -> Recording.Header {
        var header = recording.header
        if header.title.isEmpty { header.title = name }
        return header
    }

    static func sandboxTitle(_ configuration: SandboxConfiguration) -> String {
        let recipients = configuration.recipients.map { WireText.shown($0.octets) }
        return "A mail from \(WireText.shown(configuration.sender.octets)) to \(recipients.joined(separator: ", "))"
    }

    static func sandboxSource(_ configuration: SandboxConfiguration) -> String {
        let tls = configuration.usesTLS ? ", with TLS" : ""
        return "the sandbox world: a name server and two mail servers on 127.0.0.1\(tls), live"
    }
}
