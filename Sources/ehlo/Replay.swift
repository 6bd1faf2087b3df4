import ArgumentParser
import Interchange
import Lessons
import Tracing

/// `ehlo replay`: a recorded session.
struct Replay: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Walk through a recorded session.",
        discussion: "Without a session it offers the bundled ones and those that 'ehlo live' recorded."
    )

    @Argument(
        help: ArgumentHelp("A bundled or recorded session by its name, a file, or - for standard input.", valueName: "session")
    )
    var session: String?
    @Flag(help: "List the bundled and recorded sessions, or those in the file, one a line.")
    var list = false
    @Option(
        name: .customLong("session"),
        help: ArgumentHelp("Which session of the file, counted from 0.", valueName: "n")
    )
    var number: Int?
    @Option(help: ArgumentHelp("How fast it plays by itself, 0.25 to 16.", valueName: "factor"))
    var speed = 1.0
    @Option(help: ArgumentHelp("The longest pause when it plays by itself.", valueName: "seconds"))
    var idleLimit = 2.0
    @OptionGroup(title: "Common options") var common: CommonOptions

    func validate() throws {
        guard (0.25...16).contains(speed) else { throw ValidationError("--speed takes a number from 0.25 to 16") }
        guard (0...3600).contains(idleLimit) else { throw ValidationError("--idle-limit takes seconds from 0 to 3600") }
    }

    func run() throws {
        var settings = try common.settings()
        settings.speed = speed
        settings.idleLimit = idleLimit
        // A missing folder of lessons is said first: the bundled sessions are in it.
        let library = try common.library(settings)
        guard let session else {
            let bundled = BundledSession.all(in: settings.lessonsRoot) + BundledSession.recorded()
            guard !bundled.isEmpty else {
                throw Failure(
                    .noInput,
                    "there are no bundled sessions in \(settings.lessonsRoot)/sessions; name a file, or check --lessons"
                )
            }
            guard list || settings.isPlain else { return try runInCurses(.sessions(bundled), settings) }
            return try print(BundledSession.list(bundled), settings)
        }
        let path = try BundledSession.resolve(session, in: settings.lessonsRoot)
        let file = try SessionFile.read(path) { Message.write("waiting for what comes through the pipe; Ctrl-C ends") }
        let chosen = try SessionChoice.sessions(of: file, number)
        if list { return try print(chosen.map { SessionChoice.listed($0.recording, $0.number) }, settings) }
        for (_, recording) in chosen { Message.warn(recording.warnings, about: session) }
        try show(chosen.map(\.recording), named: session, settings, library)
    }

    private func show(_ recordings: [Recording], named name: String, _ settings: Settings, _ library: LessonLibrary)
        throws
    {
        guard let first = recordings.first else { return }
        guard settings.isPlain else {
            if recordings.count > 1 {
                Message.write(
                    "\(name): there are \(recordings.count) sessions; --session N takes another than the first"
                )
            }
            return try runInCurses(.recording(first, name: name), settings)
        }
        // A person who was sent a session through standard input cannot type there as well.
        guard settings.mayAsk, recordings.count == 1 else {
            for (index, recording) in recordings.enumerated() {
                if index > 0 { try print([""], settings) }
                try Plain.run(recording, name: name, settings, library)
            }
            return
        }
        let trace = Tracer.trace(of: first.events)
        var prompt = try PlainPrompt(
            .recording(trace),
            Plain.opening(first, name, WalkText(library: library)),
            settings,
            library
        )
        try prompt.run()
    }

    private func print(_ lines: [String], _ settings: Settings) throws {
        let printer = PlainPrinter(settings)
        for line in lines { try printer.print(line) }
        try printer.flush()
    }
}

/// Which sessions of a file are meant.
enum SessionChoice {
    /// All of them, or the one with a number.
    static func sessions(of file: SessionFile, _ number: Int?) throws(Failure) -> [(number: Int, recording: Recording)]
    {
        let all = file.sessions.enumerated().map { (number: $0, recording: $1) }
        guard let number else { return all }
        guard all.indices.contains(number) else {
            let count = all.count == 1 ? "one session, which is 0" : "\(all.count) sessions, 0 to \(all.count - 1)"
            throw Failure(
                .usage,
                "--session \(number): the file holds \(count); 'ehlo replay FILE --list' shows what is in it"
            )
        }
        return [all[number]]
    }

    static func listed(_ recording: Recording, _ number: Int) -> String {
        let title = recording.header.title.isEmpty ? "without a title" : recording.header.title
        return Escaping.message("\(number)  \(title)")
    }
}
