import ArgumentParser
import Curses
import Glibc
import Interchange
import Interface
import Networking
import Stage

/// `ehlo watch`: sessions as they pass, on an interface of this machine or through a pipe.
struct Watch: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "watch",
        abstract: "See sessions as they pass, here or through a pipe.",
        discussion: """
            tcpdump captures, with the rights that takes; ehlo reads what it writes. Without a filter the ports of mail are watched: \
            25, 465, 587 and 2525. Sessions are found by what is said in them. With - the capture comes through a pipe: \
            ssh mx tcpdump -U -w - port 25 | ehlo watch -
            """
    )

    @Argument(
        help: ArgumentHelp(
            "What to capture, in the words of pcap-filter(7), as 'port 25'; or - for a capture that comes through a pipe.",
            valueName: "filter"
        )
    )
    var filter: [String] = []
    @Option(
        name: [.short, .long],
        help: ArgumentHelp("The interface, as eth0 or lo; without it all of them.", valueName: "iface"),
        completion: .default
    )
    var interface: String?
    @Option(help: ArgumentHelp("Keep so many sessions that are over; the oldest are let go.", valueName: "number"))
    var keep = Conversations.maxKept
    @Option(
        help: ArgumentHelp(
            "Open TLS with the secrets in this file, as SSLKEYLOGFILE has them written; it may grow meanwhile.",
            valueName: "file"
        ),
        completion: .file()
    )
    var keylog: String?
    @Flag(help: "Write the objects of 'ehlo export --format json', each session's when it is over.")
    var json = false
    @OptionGroup(title: "Common options") var debug: DebugOptions
    @OptionGroup(title: "Common options") var common: CommonOptions

    func validate() throws {
        guard (1...100_000).contains(keep) else { throw ValidationError("--keep takes a number from 1 to 100000") }
        guard !isPiped || interface == nil else {
            throw ValidationError("what comes through a pipe was captured already; leave --interface out, or the -")
        }
        guard keylog != "-" else {
            throw ValidationError("--keylog takes a file here, or a pipe by its path; name one")
        }
    }

    private var isPiped: Bool { filter == ["-"] }

    func run() throws {
        let settings = try common.settings()
        let library = try common.library(settings)
        try debug.open()
        let isText = json || settings.isPlain
        let child = isPiped ? nil : try captured(isText)
        let walk = try child?.walk ?? piped(isText)
        let source = isPiped ? "ehlo watch, through a pipe" : "ehlo watch, on \(interface ?? "all interfaces")"
        if json {
            let stream = JSONConversations(walk, library, source: source)
            while try stream.follow() {}
        } else if settings.isPlain {
            let plain = PlainConversations(walk, settings, library, source: source)
            while plain.warnings == nil { try plain.follow() }
            for warning in plain.warnings ?? [] { Message.write(warning) }
        } else {
            try runInCurses(.conversations(shown(walk, source)), settings)
        }
        child?.signals?.endIfReceived()
    }

    private func shown(_ walk: RunningWalk, _ source: String) -> ConversationSource {
        let place = isPiped ? "through the pipe" : "on \(interface ?? "all interfaces")"
        var invitation = [
            "Waiting for a session to pass \(place).",
            "Each stands in a list as it comes. Enter opens one, while it goes on too, and Esc comes back to the list.",
        ]
        if let keylog {
            invitation.append(
                "TLS is opened with the secrets in \(Escaping.message(keylog)), also those that are yet to come."
            )
        }
        return ConversationSource(
            title: "watch",
            origin: source,
            invitation: invitation,
            walk: walk,
            files: nil,
            keep: keep
        )
    }

    // MARK: Where the packets come from

    private func growingKeys() throws(CommandError) -> GrowingKeyLog? {
        guard let keylog else { return nil }
        let keys = try GrowingKeyLog(keylog)
        if !keys.isThere { Message.write("\(keys.name) is not there yet; it is read once it is") }
        return keys
    }

    private static func onNews(_ isText: Bool) -> (@Sendable () -> Void)? {
        guard !isText else { return nil }
        return { Terminal.wake() }
    }

    private func piped(_ isText: Bool) throws(CommandError) -> RunningWalk {
        guard isatty(0) == 0 else {
            throw CommandError(
                .usage,
                "watch -: a capture comes through a pipe, as in 'ssh mx tcpdump -U -w - port 25 | ehlo watch -'"
            )
        }
        var hasSaid = false
        let keys = try growingKeys()
        let packets = try PassingPackets(from: 0) {
            if !hasSaid { Message.write("waiting for a capture through the pipe; Ctrl-C ends") }
            hasSaid = true
        }
        guard var packets else {
            throw CommandError(
                .wrongData,
                "watch -: nothing came through the pipe; look at what stands before it, as in 'tcpdump -U -w - port 25 | ehlo watch -'"
            )
        }
        packets.keys = keys
        return RunningWalk.told(onNews: Self.onNews(isText), stop: {}) { [packets] in packets.read($0) }
    }

    /// A signal that ends us ends the child, which would not hear of it before the next packet; the panes have a way of their own.
    private func captured(_ isText: Bool) throws(CommandError) -> (walk: RunningWalk, signals: EndSignals?) {
        let capture: PacketCapture
        do throws(PacketCaptureError) {
            capture = try PacketCapture.start(interface: interface, filter: filter)
        } catch {
            throw error.told
        }
        guard var packets = try PassingPackets(from: capture.packets) else {
            throw capture.end()?.told ?? CommandError(.unavailable, "tcpdump ended before it captured anything")
        }
        if let person = Person.behindSudo, !person.become() {
            capture.stop()
            throw CommandError(
                .unavailable,
                "the rights of root could not be given up; use 'sudo tcpdump -U -w - port 25 | ehlo watch -'"
            )
        }
        do throws(CommandError) { packets.keys = try growingKeys() } catch {
            capture.stop()
            throw error
        }
        packets.mailPorts = CaptureFilter.ports(in: filter)
        let signals = isText ? EndSignals { capture.stop() } : nil
        let walk = RunningWalk.told(onNews: Self.onNews(isText), stop: { capture.stop() }) { [packets] tell in
            packets.read(tell) + [capture.end()?.told.sentence].compactMap(\.self)
        }
        return (walk, signals)
    }
}

extension PacketCaptureError {
    /// What helps.
    fileprivate var told: CommandError {
        switch self {
        case .notInstalled:
            CommandError(
                .unavailable,
                "tcpdump captures the packets and is not here; install it (apt install tcpdump), or 'ssh HOST tcpdump -U -w - port 25 | ehlo watch -'"
            )
        case .notStarted(let number):
            CommandError(
                .unavailable,
                "tcpdump cannot be started (\(String(cString: strerror(number)))); look at its file"
            )
        case .noRights:
            CommandError(
                .noPermission,
                "capturing takes rights that you have not: 'sudo ehlo watch …', or 'sudo tcpdump -U -w - port 25 | ehlo watch -', or give them to tcpdump: 'sudo setcap cap_net_raw+ep \"$(command -v tcpdump)\"'"
            )
        case .failed(let words):
            CommandError(
                .unavailable,
                "tcpdump: \(words); 'tcpdump -D' lists the interfaces, pcap-filter(7) the words of a filter"
            )
        }
    }
}
