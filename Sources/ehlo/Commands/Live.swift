import ArgumentParser
import Interchange
import Lessons
import Networking
import SMTP
import Tracing

/// `ehlo live`: a session with a real server, one line at a time, or unattended as plain text.
struct Live: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "live",
        abstract: "Walk through a session with a real server.",
        discussion: """
            Looks up the exchangers of the recipient's domain, or takes the server that is named. On a terminal each line \
            waits for Enter, as plain text too; otherwise the session runs through by itself. Beyond this machine it \
            stops after RCPT, unless --send is given or the recipient's address is typed when it asks.
            """
    ).readAlone

    @Argument(help: ArgumentHelp("Who shall get the mail.", valueName: "recipient"))
    var given: [String] = []
    @OptionGroup(title: "How it speaks") var style: LiveStyleOptions
    @Option(name: .shortAndLong, help: ArgumentHelp("The server, as HOST or HOST:PORT.", valueName: "server"))
    var server: String?
    @Option(name: .shortAndLong, help: ArgumentHelp("The port.", valueName: "port"))
    var port = 25
    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("The sender, or <> for the null reverse-path.", valueName: "address")
    )
    var from: String?
    @Option(
        name: [.customLong("ehlo"), .customLong("helo")],
        help: ArgumentHelp("The name to greet with.", valueName: "name")
    )
    var clientName: String?
    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("Stop after \(StopPoint.names), or after a step by its number.", valueName: "point"),
        completion: .list(StopPoint.allWords)
    )
    var quitAfter: String?
    @Flag(help: "Send the mail even where the server is not on this machine.")
    var send = false
    @Option(help: ArgumentHelp("The subject.", valueName: "text"))
    var subject: String?
    @Option(
        help: ArgumentHelp("The mail's text from a file, or - for standard input.", valueName: "file"),
        completion: .file()
    )
    var body: String?
    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("The whole mail: @FILE, - for standard input, or text with \\n.", valueName: "mail")
    )
    var data: String?
    @Option(help: ArgumentHelp("A header field, as 'Name: text'; may be given several times.", valueName: "field"))
    var header: [String] = []
    @Option(help: ArgumentHelp("The longest wait for a reply; the limits of RFC 5321 otherwise.", valueName: "seconds"))
    var timeout: Int?
    @Option(
        help: ArgumentHelp("Record the session to this file, and not among one's recordings.", valueName: "file"),
        completion: .file(extensions: ["ehlo"])
    )
    var record: String?
    @Flag(help: "Record nothing. Otherwise every session is kept among one's recordings, see 'ehlo replay'.")
    var noRecord = false
    @Option(help: ArgumentHelp("The title of the recording.", valueName: "text"))
    var title: String?
    @Option(help: ArgumentHelp("What the recording says about the server.", valueName: "text"))
    var source: String?
    @Option(help: ArgumentHelp("Ask this name server, as 127.0.0.1:5353.", valueName: "address"))
    var dns: String?
    @Flag(name: .customShort("4"), help: "Use IPv4 only.")
    var onlyIPv4 = false
    @Flag(name: .customShort("6"), help: "Use IPv6 only.")
    var onlyIPv6 = false
    @OptionGroup(title: "TLS and login") var security: SecurityOptions
    @OptionGroup var asked: DemandOptions
    @OptionGroup(title: "Common options") var debug: DebugOptions
    @OptionGroup(title: "Common options") var common: CommonOptions

    func validate() throws {
        guard record == nil || !noRecord else { throw ValidationError("--record and --no-record exclude each other") }
        guard !style.everyMx || style.dialog == nil && server == nil else {
            throw ValidationError(
                "--every-mx looks the exchangers up, so neither --server nor --dialog can stand beside it"
            )
        }
        guard !style.everyMx || !send else {
            throw ValidationError("--every-mx sends no mail, so --send cannot stand beside it")
        }
        guard !(onlyIPv4 && onlyIPv6) else { throw ValidationError("-4 and -6 exclude each other") }
        guard data == nil || (body == nil && subject == nil) else {
            throw ValidationError("--data is a whole mail, so --body and --subject cannot stand beside it")
        }
        guard security.submit == nil || server == nil else {
            throw ValidationError("--submit names the server, so --server cannot stand beside it")
        }
        if let timeout, !(1...86400).contains(timeout) {
            throw ValidationError("--timeout takes seconds from 1 to 86400")
        }
    }

    func run() throws {
        var demands = try asked.demands()
        let settings = try common.settings()
        if style.listDialogs { return try list(DialogFile.list(in: settings.lessonsRoots), settings) }
        try debug.open()
        let recipients = try style.recipients(beside: given)
        let practice = try style.practiceServer(beside: server, settings)
        defer { practice?.stop() }
        let options = try options(recipients, settings, practice?.port)
        try confirm(options, settings)
        let recordingHeader = recordingHeader(recipients)
        let library = try common.library(settings)
        let recorder = try recorder(recordingHeader, about: recipients.first ?? "")
        guard settings.isPlain else {
            guard demands.isEmpty else { throw Demands.needsText }
            let notice = recorder == nil && !noRecord ? "this session is not recorded; why is said when you quit" : ""
            return try runInCurses(.live(options, recordingHeader, recorder, notice: notice), settings)
        }
        if settings.mayAsk, !style.everyMx {
            return try self.walk(options, recordingHeader, settings, library, recorder)
        }
        let printer = PlainPrinter(settings)
        var walk = WalkText(library: library, style: settings.textStyle)
        adjust(&walk)
        try printer.print(
            walk.opening(title: recordingHeader.title, source: recordingHeader.source, began: recordingHeader.began)
        )
        let run = try FollowedWalk(options, isHeld: false, record: Self.keeping(recorder))
        try Plain.follow(run, &walk, printer)
        if style.everyMx {
            for line in [""] + ConnectionMatrix(run.trace).sentences { try printer.print(line) }
            try printer.flush()
        }
        demands.look(at: run.trace, session: 0)
        // Where a certain reply is wanted, a refusal may be what should come.
        if !demands.expected.isEmpty { return try demands.judge() }
        try end(run.outcome, run.trace, library)
        try Self.checkDialog(run.trace)
        try demands.judge()
    }

    /// A dialog that went otherwise than it says is not a success.
    private static func checkDialog(_ trace: Trace) throws(CommandError) {
        let count = trace.lines.count { $0.failure == .notAsExpected }
        guard count > 0 else { return }
        let answers = count == 1 ? "one answer was" : "\(count) answers were"
        throw CommandError(.wrongData, "\(answers) not as the dialog expects; the lines with 'expected' tell which")
    }

    private func list(_ lines: [String], _ settings: Settings) throws {
        let printer = PlainPrinter(settings)
        for line in lines { try printer.print(line) }
        try printer.flush()
    }

    /// Flat text, one line at a time, as a person says.
    private func walk(
        _ options: LiveSession.Options,
        _ header: Recording.Header,
        _ settings: Settings,
        _ library: LessonLibrary,
        _ recorder: Recorder?
    ) throws {
        let run = try FollowedWalk(options, isHeld: true, record: Self.keeping(recorder))
        var prompt = try PlainPrompt(.live(run), header, settings, library, adjusting: { adjust(&$0) })
        try prompt.run()
        run.stop()
        try end(run.outcome, run.trace, library)
    }

    /// A session that failed ends with what explains it.
    private func adjust(_ walk: inout WalkText) {
        style.adjust(&walk)
        walk.explainsFailure = true
    }

    private func end(_ outcome: LiveOutcome?, _ trace: Trace, _ library: LessonLibrary) throws {
        guard let outcome else { return }
        let explained = FirstLesson(library).explanation(of: Verdict(of: trace), in: trace)
        let lesson = explained.map { "; 'ehlo lessons show \($0.anchor)' explains it" }
        Message.write(outcome.sentence + (advice(after: outcome) ?? lesson ?? ""))
        let code = ExitCode(outcome.status)
        if code != .success { throw ExitStatus(status: code.rawValue) }
    }

    /// What to do next; nil where there is nothing but to read on.
    private func advice(after outcome: LiveOutcome) -> String? {
        switch outcome {
        case .completed: ""
        case .heldBack: ", with --send"
        case .lookupFailed: "; check the recipient's domain, or name a server with --server"
        // Nothing that is asked for in another way helps there, and what does was said.
        case .notConnected(let failure) where failure.failure == .portClosed: ""
        case .notConnected: server == nil ? nil : "; check --server and --port"
        case .failed(.credentialsKept): "; see --auth-force-clear, if that line may carry them"
        case .failed(.notOffered(_, at: .startTLS)): "; see --no-tls, if it may be without"
        case .failed: nil
        case .cancelled: "; start it again"
        }
    }

    /// More recipients than a person sends to by hand are asked about, unless they were said to be meant.
    private func confirm(_ options: LiveSession.Options, _ settings: Settings) throws {
        let count = options.mail.envelope.forwardPaths.count
        guard count > LiveStyleOptions.unquestioned, !send else { return }
        guard settings.mayAsk else {
            throw CommandError(.usage, "there are \(count) recipients; say with --send that all of them are meant")
        }
        let printer = PlainPrinter(settings)
        try printer.prompt("There are \(count) recipients. Type \(count) to go on, Enter to leave:")
        guard readLine()?.filter({ !$0.isWhitespace }) == "\(count)" else {
            throw CommandError(.usage, "nothing was sent; name fewer recipients")
        }
    }

    /// Where the session is written down; nil when it is not, and the person was told why.
    private func recorder(_ header: Recording.Header, about recipient: String) throws(CommandError) -> Recorder? {
        if let record { return try Recorder(record, header, showsSecrets: security.showSecrets) }
        guard !noRecord else { return nil }
        let folder = DataFolder()
        if let warning = folder.warning { Message.write(warning) }
        do {
            return try Recorder(in: folder, header, about: recipient)
        } catch {
            Message.write("the session is not recorded: \(error.reason)")
            return nil
        }
    }

    /// Writes each event down. When that fails the person is told at once, and the session goes on.
    private static func keeping(_ recorder: Recorder?) -> (WireEvent) -> Void {
        var recorder = recorder
        return { event in
            do throws(CommandError) { try recorder?.write(event) } catch {
                recorder = nil
                Message.write(error.sentence)
            }
        }
    }

    private func recordingHeader(_ recipients: [String]) -> Recording.Header {
        Recording.Header(
            began: Recorder.now,
            title: title ?? "A mail to \(recipients.joined(separator: ", "))",
            source: source ?? "ehlo live" + ((security.submit ?? server).map { ", \($0)" } ?? "")
        )
    }

    /// Everything checked, before anything is started.
    private func options(_ recipients: [String], _ settings: Settings, _ practicePort: Int?) throws
        -> LiveSession.Options
    {
        guard quitAfter == nil || style.dropAfter == nil else {
            throw CommandError(.usage, "--quit-after and --drop-after exclude each other; take one of them")
        }
        let texts: [(String?, String)] = [
            (from, "--from"), (clientName, "--helo"), (subject, "--subject"), (server, "--server"), (dns, "--dns"),
            (title, "--title"), (source, "--source"),
        ]
        for (text, option) in texts + header.map({ ($0, "--header") }) + recipients.map({ ($0, "the recipient") }) {
            if let text { try OptionText.check(text, option) }
        }
        let sender = from ?? LiveMail.defaultSender
        let mail = LiveMail(
            sender: sender,
            recipients: recipients,
            subject: subject,
            body: try OptionText.file(body, most: MailOptions.maxOctets),
            data: try givenData(),
            headers: header
        )
        do {
            var options = try LiveSession.Options(
                recipients: recipients,
                sender: sender,
                clientName: clientName,
                server: practicePort.map { "127.0.0.1:\($0)" } ?? security.submit ?? server,
                port: security.submit == nil ? port : SecurityOptions.submissionPort,
                dnsServers: dns,
                content: try mail.content(),
                isContentAsGiven: data != nil,
                quitAfter: try (quitAfter ?? style.dropAfter).map { word throws(CommandError) in
                    try StopPoint.named(word, quitAfter == nil ? "--drop-after" : "--quit-after")
                },
                timeout: timeout,
                send: send,
                addressFamily: onlyIPv4 ? .v4 : onlyIPv6 ? .v6 : .any,
                style: try style.style(settings.lessonsRoots),
                allowsPrivate: style.allowPrivate,
                everyExchanger: style.everyMx,
                security: try security.security(mayAsk: !common.noInput)
            )
            options.portsLeadingElsewhere = TapNotice.ports()
            return options
        } catch let error as LiveError {
            throw CommandError(.usage, "\(error); see 'ehlo live --help'")
        }
    }

    private func givenData() throws -> [UInt8]? {
        guard let data else { return nil }
        if data == "-" || data.hasPrefix("@") { return try OptionText.file(data, most: FileOctets.maxOctets) }
        // Two characters on a command line stand for a line end, as swaks has it.
        return Array(data.replacing("\\n", with: "\n").utf8)
    }
}
