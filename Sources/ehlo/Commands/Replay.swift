import ArgumentParser
import Cryptography
import Explain
import Glibc
import Interchange
import Interface
import Lessons
import Notation
import Tracing

/// `ehlo replay`: a recorded session.
struct Replay: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Walk through a recorded session.",
        discussion: "Without a session it offers the bundled ones and those that 'ehlo live' recorded."
    ).readAlone

    @Argument(
        help: ArgumentHelp(
            "A bundled or recorded session by its name, a file, or - for standard input.",
            valueName: "session"
        ),
        completion: Offers.sessions
    )
    var session: String?
    @Flag(help: "List the bundled and recorded sessions, or those in the file, one a line.")
    var list = false
    @Option(
        name: .customLong("session"),
        help: ArgumentHelp("Which session of the file, counted from 0; all for each of them.", valueName: "n|all"),
        completion: .list(["all"])
    )
    var number: SessionChoice?
    @Option(
        help: ArgumentHelp(
            "Only sessions like this: words, refused, later, tls, from:, to:, server:, a code, a status.",
            valueName: "words"
        )
    )
    var filter: String?
    @Option(
        help: ArgumentHelp("Put another session beside it, differences marked.", valueName: "session"),
        completion: Offers.sessions
    )
    var compare: String?
    @Option(help: ArgumentHelp("How fast it plays by itself, 0.25 to 16.", valueName: "factor"))
    var speed = 1.0
    @Option(help: ArgumentHelp("The longest pause when it plays by itself.", valueName: "seconds"))
    var idleLimit = 2.0
    @Option(help: ArgumentHelp("How long it stays at a stop at least when it plays by itself.", valueName: "seconds"))
    var pace: Double?
    @OptionGroup var reading: FileOptions
    @OptionGroup var asked: DemandOptions
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
        let demands = try asked.demands()
        var settings = try common.settings()
        guard demands.isEmpty || list || settings.isPlain else { throw Demands.needsText }
        settings.speed = speed
        settings.idleLimit = idleLimit
        if let pace { settings.pace = pace }
        // A missing folder of lessons is said first: the bundled sessions are in it.
        let library = try common.library(settings, showsSteps: !list)
        guard let session else { return try offerSessions(settings) }
        let path = try BundledSession.resolve(session, in: settings.lessonsRoots, besides: commands)
        // A key log that is not there is said before anything is shown.
        let keys = try reading.keys(for: [path] + [compare].compactMap(\.self))
        if try showInPieces(path, named: session, asksMore: !keys.isEmpty || !demands.isEmpty, settings, library) {
            return
        }
        var came: [UInt8]?
        if path == "-", showsWhatStreams(demands),
            let input = StreamedInput(reading.pick, waitsForPause: !settings.isPlain)
        {
            came = try showStream(input, settings, library)
            guard came != nil else { return }
        }
        var file: SessionFile
        do throws(FileError) { file = try Self.read(path, came, keys) } catch {
            guard error.kind == .noDialogue, !list, number == nil else { throw error }
            return try explain(error, named: session, demands, settings, library)
        }
        file = try reading.picked(file)
        if list, debug.debugLog == nil, compare == nil, number == nil || number == .all {
            Message.warn(file.warnings, about: session)
            _ = try printList(settings) { (make, row) throws(FileError) in try file.eachListing(making: make, row) }
            return try judge(demands, file)
        }
        let chosen = try SessionChoice.sessions(of: file, number)
        if let compare { return try show(file, chosen, named: session, beside: compare, keys, settings) }
        // Without a word about which, flat text of several is the list of them: a reader cannot turn over a thousand.
        let isUndecided = number == nil && chosen.count > 1 && settings.isPlain
        if debug.debugLog != nil { for number in chosen { try debug.tell(file.sessions[number], number: number) } }
        Message.warn(file.warnings, about: session)
        if list || isUndecided {
            let count = try printList(settings) { (make, row) throws(FileError) in
                try file.eachListing(chosen, making: make, row)
            }
            if !list {
                Message.write(
                    "\(count.counted("session")) of the file; --session N shows one of them, --session all shows all"
                )
            }
        } else {
            try show(file, chosen, named: session, settings, library)
        }
        try judge(demands, file)
    }

    /// The bundled and recorded sessions, to choose one of.
    private func offerSessions(_ settings: Settings) throws {
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

    /// Shows sessions as they come. Gives all that came where that has to be read as a file is.
    private func showStream(_ input: StreamedInput, _ settings: Settings, _ library: LessonLibrary) throws -> [UInt8]? {
        let came = try StreamFace(input, settings, library).show(onWait: Self.sayWaiting)
        if came == nil, settings.isPlain, !reading.pick.wantsAll, !input.hasPicked { throw reading.nothing }
        return came
    }

    /// Whether sessions are shown as they come: nothing is asked that only the whole can answer.
    private func showsWhatStreams(_ demands: Demands) -> Bool {
        let isShown = !list && filter == nil && compare == nil && debug.debugLog == nil && demands.isEmpty
        return isShown && (number == nil || number == .all)
    }

    /// Reads what came, or where nothing did a file or standard input.
    private static func read(_ path: String, _ came: [UInt8]?, _ keys: KeyLog) throws(FileError) -> SessionFile {
        if let came { return try SessionFile.read(came, path: path, keys: keys) }
        let isTyped = path == "-" && isatty(0) == 1
        if isTyped { Message.write("paste the text of a session, then Ctrl-D on a line of its own") }
        return try SessionFile.read(path, keys: keys) { if !isTyped { sayWaiting() } }
    }

    private static func sayWaiting() { Message.write("waiting for what comes through the pipe; Ctrl-C ends") }

    /// Holds what was shown against what is asked of it.
    private func judge(_ demands: Demands, _ file: SessionFile) throws {
        guard !demands.isEmpty else { return }
        var demands = demands
        for number in try SessionChoice.sessions(of: file, self.number, filter) {
            demands.look(at: Tracer.trace(of: file.sessions[number].events), session: number)
        }
        try demands.judge()
    }

    /// Shows a long recording without holding its events: in the panes, as its row, or as its text. False for everything else.
    private func showInPieces(
        _ path: String,
        named name: String,
        asksMore: Bool,
        _ settings: Settings,
        _ library: LessonLibrary
    ) throws -> Bool {
        let isOne = number == nil || number == .all || number == .one(0)
        guard isOne, reading.pick.wantsAll, debug.debugLog == nil, compare == nil, filter == nil || list else {
            return false
        }
        let isInPanes = !list && !settings.isPlain
        guard isInPanes || !asksMore && (list || !settings.mayAsk), let long = LongRecording(path) else { return false }
        if isInPanes {
            try runInCurses(.reading(long, name: name), settings)
        } else if list {
            _ = try printList(settings) { (make, row) throws(FileError) in try row(make(try long.listed())) }
        } else {
            let session = try WrittenSession(long)
            Message.warn(session.recording.warnings, about: name)
            try Plain.run(session, name: name, settings, library)
        }
        return true
    }

    /// Two sessions side by side: in two columns, or over the walk of the first.
    private func show(
        _ file: SessionFile,
        _ chosen: Range<Int>,
        named name: String,
        beside other: String,
        _ keys: KeyLog,
        _ settings: Settings
    ) throws {
        guard chosen.count == 1 else {
            throw CommandError(
                .usage,
                "\(Escaping.message(name)) holds \(chosen.count) sessions: take one with --session N"
            )
        }
        let path = try BundledSession.resolve(other, in: settings.lessonsRoots)
        let second = try SessionFile.read(path, keys: keys)
        guard second.count == 1 else {
            throw CommandError(
                .usage,
                "--compare \(Escaping.message(other)): the file holds \(second.count) sessions; in the list of 'ehlo FILE' d compares two of them"
            )
        }
        let recordings = [file.sessions[chosen.lowerBound], second.sessions[0]]
        Message.warn(recordings[0].warnings, about: name)
        Message.warn(recordings[1].warnings, about: other)
        let traces = recordings.map { Tracer.trace(of: $0.events) }
        let comparison = Session.Comparison(SessionComparison(traces[0], traces[1]), left: name, right: other)
        try ComparisonText.show(comparison, over: recordings[0], settings)
    }

    /// The octets of a row; nil where it is not wanted.
    private typealias Row = [UInt8]?

    /// Prints a row for each session that is wanted. Answers how many there are.
    private func printList(
        _ settings: Settings,
        _ each: (
            @escaping @Sendable (SessionListing) -> Row, (Row) throws(FileError) -> Void
        ) throws(FileError) -> Void
    ) throws -> Int {
        let printer = PlainPrinter(settings)
        let isASCII = settings.isASCII
        let wanted = filter.map { SessionFilter($0) }
        var count = 0
        try each({ listing in
            wanted?.wants(listing.session) ?? true ? PlainPrinter.row(of: listing.cells, isASCII: isASCII) : nil
        }) { (row) throws(FileError) in
            guard let row else { return }
            count += 1
            try printer.print(row: row)
        }
        try printer.flush()
        if let filter, count == 0 { throw SessionChoice.nothingIsLike(filter) }
        return count
    }

    /// What holds no dialogue may be something else that is known.
    private func explain(
        _ error: FileError,
        named name: String,
        _ demands: Demands,
        _ settings: Settings,
        _ library: LessonLibrary
    ) throws {
        if !settings.isPlain, let found = ExplainedFile(error, named: name, library) {
            return try runInCurses(.explained(found), settings)
        }
        let found = Explainer(library).explain(error.text)
        guard found.contains(where: { $0.kind != .unknown }) else { throw error }
        try ExplanationPrinter(settings, library, isJSON: false).print(found)
        var demands = demands
        for (number, one) in found.enumerated() { demands.look(at: one, number: number) }
        try demands.judge()
    }

    private func show(
        _ file: SessionFile,
        _ chosen: Range<Int>,
        named name: String,
        _ settings: Settings,
        _ library: LessonLibrary
    ) throws {
        guard settings.isPlain else {
            if chosen.count > 1 {
                return try runInCurses(.recordings(file, chosen, name: name, filter: filter ?? ""), settings)
            }
            let first = file.sessions[chosen.lowerBound]
            Message.warn(first.warnings, about: name)
            return try runInCurses(.recording(first, name: name), settings)
        }
        let numbers = try SessionChoice.sessions(of: file, number, filter)
        let related = file.related
        // A person who was sent a session through standard input cannot type there as well.
        guard settings.mayAsk, numbers.count == 1 else {
            var warnings = SessionWarnings(about: name, sessions: numbers.count)
            for number in numbers {
                if number > numbers[0] { try print([""], settings) }
                let recording = file.sessions[number]
                warnings.add(recording.warnings)
                let session = WrittenSession(recording, number: number, related: related[number] ?? [])
                try Plain.run(session, name: name, settings, library)
            }
            return warnings.say()
        }
        let recording = file.sessions[numbers[0]]
        Message.warn(recording.warnings, about: name)
        let trace = Tracer.trace(of: recording.events).related(related[numbers[0]] ?? [])
        var prompt = try PlainPrompt(
            .recording(recording, trace),
            Plain.header(recording, name),
            settings,
            library,
            listing: {
                var rows: [String] = []
                file.eachListing(0..<file.count) { rows.append($0.cells.joined(separator: ", ")) }
                return rows
            }
        )
        try prompt.run()
    }

    private func print(_ lines: [String], _ settings: Settings) throws {
        let printer = PlainPrinter(settings)
        for line in lines { try printer.print(line) }
        try printer.flush()
    }
}
