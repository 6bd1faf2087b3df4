import ArgumentParser
import Glibc
import Interchange
import Lessons

/// Where the program begins. Everything runs on the process's first thread, which curses needs for itself.
@main enum Entry {
    static func main() {
        prepare()
        let arguments = Array(CommandLine.arguments.dropFirst())
        exit(status(of: arguments))
    }

    /// Runs a command line and answers the exit status.
    private static func status(of arguments: [String]) -> Int32 {
        let spelled = Arguments.spelled(arguments)
        do {
            do {
                try run(spelled)
            } catch {
                return try report(error, spelled.words)
            }
            return ExitCode.success.rawValue
        } catch {
            return (try? report(error, spelled.words)) ?? ExitCode.inputOutput.rawValue
        }
    }

    /// Runs a command; a session that stands in the place of one is replayed.
    private static func run(_ spelled: Arguments.Spelled) throws {
        guard let session = spelled.session else { return try run(spelled.words) }
        do {
            let command = try commandAlone(spelled.words) ?? EhloCommands.parseAsRoot(spelled.words)
            guard let replay = command as? Replay else { return try run(spelled.words) }
            try replay.run(besides: Arguments.commands)
        } catch {
            guard Ehlo.exitCode(for: error) == .validationFailure else { throw error }
            // A mistyped command has the words of that command behind it, which are no fault of `replay`.
            let roots = [LessonLibrary.standardRoot()].compactMap(\.self)
            _ = try BundledSession.resolve(session, in: roots, besides: Arguments.commands)
            throw error
        }
    }

    private static func run(_ arguments: [String]) throws {
        // What scripts ask most needs no parser.
        if arguments == ["--version"] { return try say(Version.text) }
        if arguments.first == HelpCommand.configuration.commandName {
            return try help(Array(arguments.dropFirst()))
        }
        let isCommand = arguments.first.map(Arguments.commands.contains) ?? false
        if isCommand, var command = commandAlone(arguments) { return try command.run() }
        var command = isCommand ? try EhloCommands.parseAsRoot(arguments) : try root(arguments)
        if !isCommand, !(command is Ehlo), let name = arguments.first(where: Arguments.commands.contains),
            name != "help"
        {
            throw CommandError(
                .usage,
                "the options before '\(name)' are for the sandbox world; put those of \(name) behind its name"
            )
        }
        // What is neither the walk nor a session is the parser's own page of help, in the place of which stands ours.
        guard isCommand || command is Ehlo || command is Replay else { return try HelpCommand.parse([]).run() }
        try command.run()
    }

    /// `ehlo help`, and what it says of itself.
    private static func help(_ words: [String]) throws {
        let asked = Result { try HelpCommand.parse(words) }
        guard case .failure(let error) = asked, HelpCommand.exitCode(for: error) == .success else {
            return try asked.get().run()
        }
        try say(HelpCommand.helpMessage())
    }

    private static func say(_ text: String) throws {
        let output = Output()
        try output.write(text + "\n")
        try output.flush()
    }

    /// The sandbox world; or, where the options are not its own, the replay of a session that stands behind them.
    private static func root(_ arguments: [String]) throws -> any ParsableCommand {
        do { return try Ehlo.parseAsRoot(arguments) } catch {
            // Who asks for help or the version asks for no session.
            guard Ehlo.exitCode(for: error) != .success, !arguments.contains(where: Arguments.commands.contains),
                let replay = try? Replay.parse(arguments), replay.session != nil
            else { throw error }
            return replay
        }
    }

    /// The command when it and its options are all there is to read, which saves building the tree of all commands; nil for
    /// anything else, help and errors too, which then is told as part of the whole.
    private static func commandAlone(_ arguments: [String]) -> (any ParsableCommand)? {
        let type = EhloCommands.all.first {
            $0.configuration.commandName == arguments.first && $0.configuration.subcommands.isEmpty
        }
        let command = try? type?.parseAsRoot(Array(arguments.dropFirst()))
        // The parser's page of help would not know that the command is one of ehlo's.
        return command.flatMap { Swift.type(of: $0) == type ? $0 : nil }
    }

    /// Says what went wrong, or prints the help that was asked for.
    private static func report(_ error: any Error, _ arguments: [String]) throws -> Int32 {
        switch error {
        case let end as ExitStatus: return end.status
        case let failure as CommandError:
            Message.write(failure.sentence)
            return failure.code.rawValue
        case let trouble as FileError:
            if trouble.kind != .readerGone { Message.write(trouble.description) }
            return ExitCode(trouble.kind).rawValue
        default: break
        }
        if Ehlo.exitCode(for: error) == .success {
            try say(CompletionScript.completed(Ehlo.fullMessage(for: error)))
            return ExitCode.success.rawValue
        }
        let words = Ehlo.message(for: error).split(whereSeparator: \.isNewline).joined(separator: " ")
        let command = arguments.first { Arguments.commands.contains($0) }.map { " \($0)" } ?? ""
        let sentence = words.hasSuffix(".") ? String(words.dropLast()) : words
        Message.write("\(sentence); see 'ehlo\(command) --help'")
        return ExitCode.usage.rawValue
    }

    /// Writing to a reader that has gone, or beyond a limit, is an error to be handled and not a signal; and a file that
    /// is opened later cannot become standard output because that was closed.
    private static func prepare() {
        signal(SIGPIPE, SIG_IGN)
        signal(SIGXFSZ, SIG_IGN)
        for descriptor: Int32 in 0...2 where fcntl(descriptor, F_GETFD) < 0 {
            // The wrong way round on purpose: reading 0 and writing 1 or 2 go on failing.
            _ = open("/dev/null", descriptor == 0 ? O_WRONLY : O_RDONLY)
        }
    }
}
