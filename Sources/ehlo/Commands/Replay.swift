import ArgumentParser
import Explain
import Glibc
import Interchange
import Lessons
import Tracing

/// `ehlo replay`: a recorded session.
struct Replay: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Walk through a recorded session.",
        discussion: "Without a session it offers the bundled ones and those that 'ehlo live' recorded."
    )

    @Argument(
        help: ArgumentHelp(
            "A bundled or recorded session by its name, a file, or - for standard input.",
            valueName: "session"
        )
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
    @Option(help: ArgumentHelp("How long it stays at a stop at least when it plays by itself.", valueName: "seconds"))
    var pace: Double?
    @OptionGroup(title: "Common options") var debug: DebugOptions
    @OptionGroup(title: "Common options") var common: CommonOptions

    func validate() throws {
        guard (0.25...16).contains(speed) else { throw ValidationError("--speed takes a number from 0.25 to 16") }
        guard (0...3600).contains(idleLimit) else { throw ValidationError("--idle-limit takes seconds from 0 to 3600") }
        if let pace, !Settings.paces.contains(pace) { throw ValidationError("--pace takes seconds from 0 to 3600") }
    }

    func run() throws { try run(besides: []) }

    /// `commands` are what else the session's name might have been meant for, where it stood alone.
    func run(besides commands: [String]) throws {
        var settings = try common.settings()
        settings.speed = speed
        settings.idleLimit = idleLimit
        if let pace { settings.pace = pace }
        // A missing folder of lessons is said first: the bundled sessions are in it.
        let library = try common.library(settings)
        guard let session else {
            let bundled = BundledSession.all(in: settings.lessonsRoots) + BundledSession.recorded()
            guard !bundled.isEmpty else {
                throw CommandError(
                    .noInput,
                    "there are no bundled sessions in \(settings.lessonsRoots.joined(separator: ", ")); name a file, or check --lessons"
                )
            }
            guard list || settings.isPlain else { return try runInCurses(.sessions(bundled), settings) }
            return try print(BundledSession.list(bundled), settings)
        }
        let path = try BundledSession.resolve(session, in: settings.lessonsRoots, besides: commands)
        let isTyped = path == "-" && isatty(0) == 1
        if isTyped { Message.write("paste the text of a session, then Ctrl-D on a line of its own") }
        let file: SessionFile
        do {
            file = try SessionFile.read(path) {
                if !isTyped { Message.write("waiting for what comes through the pipe; Ctrl-C ends") }
            }
        } catch {
            guard error.kind == .noDialogue, !list, number == nil else { throw error }
            return try explain(error, settings, library)
        }
        let chosen = try SessionChoice.sessions(of: file, number)
        if debug.debugLog != nil { for number in chosen { try debug.tell(file.sessions[number], number: number) } }
        Message.warn(file.warnings, about: session)
        if list {
            let printer = PlainPrinter(settings)
            try file.eachListing(chosen) { (listing) throws(FileError) in try printer.print(row: listing.cells) }
            return try printer.flush()
        }
        try show(file, chosen, named: session, settings, library)
    }

    /// What holds no dialogue may be something else that is known.
    private func explain(_ error: FileError, _ settings: Settings, _ library: LessonLibrary) throws {
        let found = Explainer(library).explain(error.text)
        guard found.contains(where: { $0.kind != .unknown }) else { throw error }
        try ExplanationPrinter(settings, library, isJSON: false).print(found)
    }

    private func show(
        _ file: SessionFile,
        _ chosen: Range<Int>,
        named name: String,
        _ settings: Settings,
        _ library: LessonLibrary
    ) throws {
        guard settings.isPlain else {
            if chosen.count > 1 { return try runInCurses(.recordings(file, chosen, name: name), settings) }
            let first = file.sessions[chosen.lowerBound]
            Message.warn(first.warnings, about: name)
            return try runInCurses(.recording(first, name: name), settings)
        }
        // A person who was sent a session through standard input cannot type there as well.
        guard settings.mayAsk, chosen.count == 1 else {
            var warnings = SessionWarnings(about: name, sessions: chosen.count)
            for number in chosen {
                if number > chosen.lowerBound { try print([""], settings) }
                let recording = file.sessions[number]
                warnings.add(recording.warnings)
                try Plain.run(recording, name: name, settings, library)
            }
            return warnings.say()
        }
        let recording = file.sessions[chosen.lowerBound]
        Message.warn(recording.warnings, about: name)
        let trace = Tracer.trace(of: recording.events)
        var prompt = try PlainPrompt(
            .recording(trace),
            Plain.opening(recording, name, WalkText(library: library)),
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
    static func sessions(of file: SessionFile, _ number: Int?) throws(CommandError) -> Range<Int> {
        guard let number else { return 0..<file.count }
        guard (0..<file.count).contains(number) else {
            let count = file.count == 1 ? "one session, which is 0" : "\(file.count) sessions, 0 to \(file.count - 1)"
            throw CommandError(
                .usage,
                "--session \(number): the file holds \(count); 'ehlo replay FILE --list' shows what is in it"
            )
        }
        return number..<number + 1
    }
}
