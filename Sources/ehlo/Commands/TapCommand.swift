import ArgumentParser
import Curses
import Glibc
import Interchange
import Networking
import Stage
import Tracing

/// `ehlo tap`: stands between real clients and a real server and shows what they say.
struct TapCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tap",
        abstract: "Stand between a client and a server and see what they say.",
        discussion: """
            Point the client at the address of --listen. Every octet is passed on to the server of --to unchanged, in both \
            directions, several conversations at once. Credentials of AUTH are passed on as well, and are masked in all that is shown and recorded.
            """
    ).readAlone

    @Option(
        help: ArgumentHelp(
            "Where clients come to, as 127.0.0.1:2525; port 0 takes any that is free.",
            valueName: "host:port"
        )
    )
    var listen: String
    @Option(
        name: .customLong("to"),
        help: ArgumentHelp("The server everything is passed on to.", valueName: "host:port")
    )
    var target: String
    @Flag(help: "Let clients on other machines come, where --listen is not on loopback.")
    var allowRemoteClients = false
    @Option(
        help: ArgumentHelp(
            "Record each conversation: into a folder, or to a file and, from the second on, to FILE-2, FILE-3 and so on.",
            valueName: "dir or file"
        ),
        completion: .file()
    )
    var record: String?
    @Option(
        help: ArgumentHelp("Add a line about each conversation to this file when it is over.", valueName: "file"),
        completion: .file()
    )
    var log: String?
    @Option(
        help: ArgumentHelp(
            "With --record: keep only recordings like this, as refused,deferred; the words of 'ehlo replay --filter'.",
            valueName: "words"
        )
    )
    var only: String?
    @Flag(help: "Hold each line of the client until Enter lets it pass; e edits it. Mail data passes as it comes.")
    var hold = false
    @Flag(help: "Hold both ends of TLS with a certificate of the tap's own, and show what is inside.")
    var tlsIntercept = false
    @Flag(help: "With --tls-intercept: break off where the server's certificate is not in order.")
    var tlsVerify = false
    @OptionGroup(title: "Common options") var debug: DebugOptions
    @OptionGroup(title: "Common options") var common: CommonOptions

    func run() throws {
        let settings = try common.settings()
        let library = try common.library(settings)
        guard tlsIntercept || !tlsVerify else {
            throw CommandError(
                .usage,
                "--tls-verify: the tap sees the server's certificate with --tls-intercept alone; add that"
            )
        }
        let options: Tap.Options
        do {
            options = try Tap.Options(
                listen: listen,
                target: target,
                allowsRemoteClients: allowRemoteClients,
                holds: hold,
                intercepts: tlsIntercept,
                verifies: tlsVerify
            )
        } catch {
            throw CommandError(.usage, "\(Self.option(of: error)): \(error)")
        }
        guard !hold || !settings.isPlain else {
            throw CommandError(
                .usage,
                "--hold: lines are let pass in the three panes, so it needs a terminal and no --plain"
            )
        }
        try debug.open()
        let files = try files()
        let source = "ehlo tap, to \(options.target)"
        let remote = Self.remote(options)
        if let remote { Message.write("\(remote): mail that clients send through here is real and goes there") }
        let authority = try options.interception.map { made throws(CommandError) in try TapAuthorityFile(made) }
        if let authority { Message.write(authority.words) }
        defer { withExtendedLifetime(authority) {} }
        guard settings.isPlain else { return try watch(options, settings, files, source, remote) }
        let (tap, address) = try Self.start(options)
        let plain = PlainConversations(tap, settings, library, files: files, source: source)
        let notice = TapNotice(listening: address, to: options.portOfThisMachine)
        defer { withExtendedLifetime(notice) {} }
        Message.write("listening on \(address), passing on to \(options.target); Ctrl-C ends")
        stepBack()
        while true { try plain.follow() }
    }

    /// Where conversations are recorded and told of; nil for nowhere.
    private func files() throws(CommandError) -> ConversationFiles? {
        guard record != nil || only == nil else {
            throw CommandError(.usage, "--only chooses among recordings; say with --record where they go")
        }
        guard record != nil || log != nil else { return nil }
        let log = try log.map { path throws(CommandError) in try ConversationLog(path) }
        let filter = only.map { SessionFilter($0.replacing(",", with: " ")) }
        return try ConversationFiles(record, log: log, only: filter)
    }

    /// Why mail leaves this machine on its way through, in words; nil when it does not, as far as is known now.
    private static func remote(_ options: Tap.Options) -> String? {
        guard let port = options.portOfThisMachine else { return "\(options.target) is not on this machine" }
        return TapNotice.ports().contains(port)
            ? "\(options.target) is another tap, and leads beyond this machine" : nil
    }

    /// In the three panes. `remote` says why mail leaves this machine.
    private func watch(
        _ options: Tap.Options,
        _ settings: Settings,
        _ files: ConversationFiles?,
        _ source: String,
        _ remote: String?
    ) throws {
        let (tap, address) = try Self.start(options) { Terminal.wake() }
        let notice = TapNotice(listening: address, to: options.portOfThisMachine)
        defer { withExtendedLifetime(notice) {} }
        let invitation = [
            "Waiting for a client at \(address).",
            "What it says is passed on to \(options.target), and what that answers is passed back, every octet unchanged. "
                + "Each conversation opens here as it comes; o lists them."
                + (hold ? " Every line of a client waits for Enter." : ""),
            remote.map { "\($0): mail that is sent through here is real." }
                ?? "Try it from another terminal: swaks --server \(address) --to bob@receiver.example",
        ]
        let conversations = ConversationSource(
            title: "tap",
            origin: source,
            invitation: invitation,
            walk: tap,
            files: files
        )
        try runInCurses(.conversations(conversations), settings)
    }

    /// Begins to listen, and comes back when it does.
    private static func start(
        _ options: Tap.Options,
        onNews: (@Sendable () -> Void)? = nil
    ) throws(CommandError) -> (walk: RunningWalk, address: String) {
        do throws(TapError) {
            return try RunningWalk.tap(options, onNews: onNews)
        } catch {
            throw CommandError(error.isUsage ? .usage : .unavailable, "\(option(of: error)): \(error)")
        }
    }

    /// The option that has to be changed.
    private static func option(of error: TapError) -> String {
        switch error {
        case .loop: "--to"
        case .notLoopback, .portInUse, .privileged, .notOwnAddress, .cannotListen: "--listen"
        case .noPort, .badPort, .unknownHost: "--listen and --to"
        case .noInterception: "--tls-intercept"
        }
    }
}

extension TapError {
    /// Whether the command line is to blame, and not what the machine is like.
    fileprivate var isUsage: Bool {
        switch self {
        case .noPort, .badPort, .unknownHost, .notLoopback, .loop: true
        case .portInUse, .privileged, .notOwnAddress, .cannotListen, .noInterception: false
        }
    }
}
