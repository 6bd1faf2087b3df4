import ArgumentParser
import Curses
import Interchange
import Interface
import Lessons
import Networking
import SMTP
import Stage
import Tracing

/// `ehlo sandbox`: a server to practise against, with one's own client.
struct Sandbox: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sandbox",
        abstract: "Be the server: practise with a client of your own.",
        discussion: """
            Listens on 127.0.0.1 and ::1, or where --listen says, shows every conversation as it comes, keeps the mails in memory and sends none on. \
            A persona says how it behaves: --list-personas names them all, and a file of your own is one too.
            """
    ).readAlone

    @Option(
        help: ArgumentHelp("How it behaves: a name, or a YAML file.", valueName: "persona"),
        completion: Offers.personas
    )
    var persona = PersonaFolder.usual
    @Flag(help: "Name every persona and what it shows.")
    var listPersonas = false
    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("The port, 2525 usually; 0 takes one that is free.", valueName: "port")
    )
    var port: Int?
    @Option(
        help: ArgumentHelp(
            "Where clients come to, as 127.0.0.1:2525, in the place of --port.",
            valueName: "host:port"
        )
    )
    var listen: String?
    @Flag(help: "Let clients on other machines come, where --listen is not on loopback.")
    var allowRemoteClients = false
    @Flag(help: "TLS from the first octet on, as clients set up for port 465 expect it.")
    var tlsOnConnect = false
    @Flag(help: "End after one conversation.")
    var once = false
    @Option(help: ArgumentHelp("End after this many conversations.", valueName: "number"))
    var count: Int?
    @Option(help: ArgumentHelp("How many seconds a client may be silent.", valueName: "seconds"))
    var timeout: Int?
    @Option(help: ArgumentHelp("How many clients at once; one more is told 421.", valueName: "number"))
    var clients: Int?
    @Option(
        help: ArgumentHelp("Record each conversation to a file of its own in this folder.", valueName: "dir"),
        completion: .directory
    )
    var record: String?
    @Option(
        help: ArgumentHelp("Save each mail as an .eml file in this folder.", valueName: "dir"),
        completion: .directory
    )
    var eml: String?
    @Option(
        help: ArgumentHelp("Deliver each accepted mail to this Maildir.", valueName: "dir"),
        completion: .directory
    )
    var maildir: String?
    @Option(
        help: ArgumentHelp(
            "Walk one mail to the persona and to this one, and show both side by side, differences marked.",
            valueName: "persona"
        ),
        completion: Offers.personas
    )
    var compare: String?
    @OptionGroup(title: "The mail of --compare") var mail: MailOptions
    @OptionGroup(title: "Common options") var debug: DebugOptions
    @OptionGroup(title: "Common options") var common: CommonOptions

    func validate() throws {
        if let port, !(0...65535).contains(port) { throw ValidationError("--port takes a number from 0 to 65535") }
        guard listen == nil || port == nil else {
            throw ValidationError("--listen names the port as well, so --port cannot stand beside it")
        }
        guard listen != nil || !allowRemoteClients else {
            throw ValidationError("--allow-remote-clients belongs to --listen; say with that where to listen")
        }
        guard !(tlsOnConnect && compare != nil) else {
            throw ValidationError("--compare needs no client, so it does without --tls-on-connect")
        }
        guard !(once && count != nil) else { throw ValidationError("--once and --count exclude each other") }
        if let count, count < 1 { throw ValidationError("--count takes a number from 1 on") }
        if let timeout, !(1...86400).contains(timeout) {
            throw ValidationError("--timeout takes seconds from 1 to 86400")
        }
        if let clients, !(1...10_000).contains(clients) {
            throw ValidationError("--clients takes a number from 1 to 10000")
        }
    }

    func run() throws {
        let settings = try common.settings()
        if listPersonas { return try PersonaChoice.list(settings) }
        try debug.open()
        let persona = try PersonaChoice.named(persona, settings)
        if let compare { return try show(persona, beside: try PersonaChoice.named(compare, settings), settings) }
        var limits = SandboxServer.Limits()
        if let timeout { limits.idleSeconds = timeout }
        if let clients { limits.clients = clients }
        let keeper = try MailKeeper(eml: eml, maildir: maildir)
        let files = try record.map { path throws(CommandError) in
            try MailKeeper.make(path, "--record")
            return try ConversationFiles(path, kind: "sandbox")
        }
        guard settings.isPlain else { return try watch(persona, limits, settings, keeper, files) }
        let library = try common.library(settings)
        let (server, addresses) = try start(persona, limits) { mail in
            for sentence in keeper.keep(mail) { Message.write(sentence) }
        }
        let plain = PlainConversations(server, settings, library, files: files, source: Self.source(persona))
        Message.write(
            "listens on \(addresses.joined(separator: " and "))\(tlsOnConnect ? " with TLS from the first octet" : "") as '\(persona.name)': \(persona.summary) Ctrl-C ends"
        )
        stepBack()
        let most = once ? 1 : count
        while most.map({ plain.ended < $0 }) ?? true { try plain.follow() }
    }

    private var encryption: SandboxServer.Encryption { tlsOnConnect ? .onConnect : .whenAsked }

    private static func source(_ persona: Persona) -> String { "ehlo sandbox, persona \(persona.name)" }

    /// In the three panes.
    private func watch(
        _ persona: Persona,
        _ limits: SandboxServer.Limits,
        _ settings: Settings,
        _ keeper: MailKeeper,
        _ files: ConversationFiles?
    ) throws {
        guard !once, count == nil else {
            throw CommandError(.usage, "--once and --count are for scripts; put --plain beside them")
        }
        let (server, addresses) = try start(persona, limits, onNews: { Terminal.wake() }) { _ = keeper.keep($0) }
        let story: [String] = persona.explanation.split(separator: "\n\n").map { paragraph in
            paragraph.split(separator: "\n").joined(separator: " ")
        }
        let invitation =
            [
                "Waiting for a client at \(addresses.joined(separator: " and ")). "
                    + "Try: swaks --server \(addresses.first ?? "") --to bob@receiver.example" + trial(of: persona),
                persona.title + ". " + persona.summary,
                "Each conversation opens here: o lists them, m shows the mails, s saves them (\(MailKeeper.names)).",
            ] + story
        let conversations = ConversationSource(
            title: "sandbox",
            origin: Self.source(persona),
            invitation: invitation,
            walk: server,
            files: files
        )
        try runInCurses(.conversations(conversations), settings)
    }

    /// What swaks has to be told beside the server to get anywhere.
    private func trial(of persona: Persona) -> String {
        let user = persona.policy.users.filter {
            CopyAs.isValueOfSwaks($0.key.utf8) && CopyAs.isValueOfSwaks($0.value.utf8)
        }.min { $0.key < $1.key }
        return (tlsOnConnect ? " --tls-on-connect" : "")
            + (user.map { " --auth-user \(CopyAs.quoted($0.key.utf8)) --auth-password \(CopyAs.quoted($0.value.utf8))" }
                ?? "")
    }

    /// Begins to listen, and comes back when it does.
    private func start(
        _ persona: Persona,
        _ limits: SandboxServer.Limits,
        onNews: (@Sendable () -> Void)? = nil,
        onMail: @escaping @Sendable (SandboxServer.Mail) -> Void
    ) throws(CommandError) -> (walk: RunningWalk, addresses: [String]) {
        let place = try place
        do {
            return try RunningWalk.server(
                persona,
                at: place,
                limits: limits,
                encryption: encryption,
                onMail: onMail,
                onNews: onNews
            )
        } catch {
            throw CommandError(
                .unavailable,
                listen.map { "the sandbox cannot listen on \($0): \(error); name another place with --listen" }
                    ?? "the sandbox cannot listen on port \(usedPort): \(error); name another with --port"
            )
        }
    }

    private var usedPort: Int { port ?? 2525 }

    private var place: ServerPlace {
        get throws(CommandError) {
            guard let listen else { return .loopback(port: usedPort) }
            do throws(TapError) {
                return .address(try ListenAddress(listen, allowsRemoteClients: allowRemoteClients))
            } catch { throw CommandError(.usage, "--listen: \(error)") }
        }
    }

    /// The same walk to two personas, side by side.
    private func show(_ left: Persona, beside right: Persona, _ settings: Settings) throws {
        let mail = try mail.configuration()
        let walks = [try PersonaWalk.walk(left, mail), try PersonaWalk.walk(right, mail)]
        let traces = walks.map { Tracer.trace(of: $0.events) }
        let comparison = Session.Comparison(
            SessionComparison(traces[0], traces[1]),
            left: left.name,
            right: right.name
        )
        try ComparisonText.show(comparison, over: walks[0], settings)
    }
}
