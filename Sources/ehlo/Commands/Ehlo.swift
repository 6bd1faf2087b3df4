import ArgumentParser
import Interchange
import Lessons
import Tracing

/// `ehlo` alone: the sandbox world.
struct Ehlo: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ehlo",
        abstract: "Walk a real mail through all fourteen steps of SMTP, every octet explained.",
        usage: """
            ehlo [<options>]                the sandbox world
            ehlo <session> [<options>]      the same as 'ehlo replay <session>'
            ehlo <subcommand> [<options>]
            """,
        discussion: """
            Without a command, ehlo opens a world of its own on 127.0.0.1: a name server, the sender's mail server and the \
            recipient's. Nothing moves until you say so. No network and no configuration is needed.
            """,
        version: Version.text,
        groupedSubcommands: EhloCommands.groups
    )

    @OptionGroup(title: "The mail") var mail: MailOptions
    @Flag(
        name: .customLong("tls"),
        help: "Walk with TLS: certificates, and a signed TLSA record that says which (DANE)."
    )
    var usesTLS = false
    @OptionGroup(title: "Common options") var debug: DebugOptions
    @OptionGroup(title: "Common options") var common: CommonOptions

    func run() throws {
        let configuration = try mail.configuration(usesTLS: usesTLS)
        let settings = try common.settings()
        try debug.open()
        let library = try common.library(settings)
        guard settings.isPlain else { return try runInCurses(.sandbox(configuration), settings) }
        guard settings.mayAsk else { return try Plain.run(configuration, settings, library) }
        let run = try FollowedWalk(configuration)
        let header = Recording.Header(
            began: Recorder.now,
            title: Plain.sandboxTitle(configuration),
            source: Plain.sandboxSource(configuration)
        )
        var prompt = try PlainPrompt(.live(run), header, settings, library)
        try prompt.run()
        try run.verdict()
    }
}

/// The same commands under a root without options of its own. A root keeps every option it knows, even one that stands behind
/// the name of a command and is that command's.
struct EhloCommands: ParsableCommand {
    static let walk = "Walk"
    static let learn = "Learn"

    /// The commands by what a person wants, THE table.
    static let groups = [
        CommandGroup(name: walk, subcommands: [Live.self]),
        CommandGroup(name: "Look at", subcommands: [Replay.self, Watch.self, ExplainCommand.self]),
        CommandGroup(name: "Be", subcommands: [Sandbox.self, TapCommand.self]),
        CommandGroup(name: learn, subcommands: [LessonsCommand.self]),
        CommandGroup(name: "Take away", subcommands: [Export.self]),
        CommandGroup(name: "Set up", subcommands: [ConfigCommand.self]),
    ]
    static let all = groups.flatMap(\.subcommands)
    static let configuration = CommandConfiguration(
        commandName: "ehlo",
        version: Version.text,
        groupedSubcommands: groups
    )
}

extension CommandConfiguration {
    /// That of a command which is mostly read without the others. A script of completion is asked of the whole program, so the parser
    /// need not look for that among such a command's words, which takes it as long as reading them.
    var readAlone: CommandConfiguration {
        var configuration = self
        configuration._superCommandName = "ehlo"
        return configuration
    }
}

/// The curses program; its exit status is the command's.
func runInCurses(_ source: WalkSource, _ settings: Settings) throws {
    let status = try runCurses(source, settings)
    if status != ExitCode.success.rawValue { throw ExitStatus(status: status) }
}
