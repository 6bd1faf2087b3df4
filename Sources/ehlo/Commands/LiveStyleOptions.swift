import ArgumentParser
import Interchange
import Lessons
import Networking
import SMTP

/// How `ehlo live` speaks and how much of it is printed; the names are those of swaks.
struct LiveStyleOptions: ParsableArguments {
    @Option(
        name: [.customShort("t"), .long],
        help: ArgumentHelp("A recipient, or several with commas; @FILE and - take a line each.", valueName: "address")
    )
    var to: [String] = []
    @Option(
        help: ArgumentHelp("Close after this point, without RSET and QUIT.", valueName: "point"),
        completion: .list(StopPoint.allWords)
    )
    var dropAfter: String?
    @Option(
        help: ArgumentHelp("smtp (says HELO), esmtp, or lmtp (says LHLO).", valueName: "name"),
        completion: .list(["smtp", "esmtp", "lmtp"])
    )
    var `protocol` = "esmtp"
    @Flag(help: "Send MAIL, RCPT and DATA together where the server offers PIPELINING.")
    var pipeline = false
    @Option(
        help: ArgumentHelp("Say XCLIENT with these attributes, as 'NAME=h.example ADDR=192.0.2.1'.", valueName: "text")
    )
    var xclient: [String] = []
    @Flag(help: "Print how much mail data there is and not every line of it.")
    var suppressData = false
    @Flag(help: "Print how long each line took instead of the time since the beginning.")
    var showTimeLapse = false
    @Option(
        help: ArgumentHelp(
            "Play this dialog, a file or a bundled one, instead of the usual walk; against the sandbox, unless a server is named.",
            valueName: "file"
        ),
        completion: Offers.dialogs
    )
    var dialog: String?
    @Flag(help: "Visit every exchanger, up to RCPT at most, and show them side by side. No mail is sent.")
    var everyMx = false
    @Option(
        help: ArgumentHelp("How the sandbox's server behaves to a dialog, see 'ehlo sandbox'.", valueName: "name"),
        completion: Offers.personas
    )
    var persona: String?
    @Flag(help: "List the bundled dialogs.")
    var listDialogs = false
    @Flag(help: "Connect to a private address that DNS gives for a public name.")
    var allowPrivate = false

    /// Recipients beyond this many are asked about.
    static let unquestioned = 5

    /// Every recipient, those of files included.
    func recipients(beside given: [String]) throws -> [String] {
        var all: [String] = []
        for word in given + to {
            if word == "-" || word.hasPrefix("@") && !word.contains(":") {
                let octets = try OptionText.file(word, most: 1 << 20) ?? []
                let text = String(decoding: octets, as: UTF8.self)
                // A space may stand in a quoted local part, so only those around are taken away.
                all += text.split(whereSeparator: \.isNewline).map { $0.replacing(/^\s+|\s+$/, with: "") }
                    .filter { !$0.isEmpty && !$0.hasPrefix("#") }.map(String.init)
            } else {
                // A comma may stand in a quoted local part only.
                all += word.contains("\"") ? [word] : word.split(separator: ",").map(String.init)
            }
        }
        if all.isEmpty, dialog != nil { return [PracticeServer.recipient] }
        guard !all.isEmpty else {
            throw CommandError(.usage, "live: the recipient is missing; name one, as in 'ehlo live bob@example.org'")
        }
        return all
    }

    /// The server to play a dialog against when none is named; nil when none is needed.
    func practiceServer(beside server: String?, _ settings: Settings) throws -> PracticeServer? {
        guard dialog != nil, server == nil else {
            guard persona == nil else {
                throw CommandError(
                    .usage,
                    "--persona belongs to a --dialog without --server; 'ehlo sandbox' opens such a server"
                )
            }
            return nil
        }
        // Standard input can be read once only, and that is for the dialog itself.
        let meant = dialog == "-" ? nil : try DialogFile.read(dialog ?? "", in: settings.lessonsRoots).persona
        return try PracticeServer(PersonaChoice.named(persona ?? meant ?? PersonaFolder.usual, settings))
    }

    /// The client they ask for.
    func style(_ lessonsRoots: [String]) throws -> LiveSession.Style {
        var style = LiveSession.Style()
        switch `protocol`.lowercased() {
        case "smtp": style.hello = .helo
        case "esmtp": style.hello = .ehlo
        case "lmtp": style.hello = .lhlo
        default:
            throw CommandError(.usage, "--protocol: '\(`protocol`)' is none of smtp, esmtp and lmtp; take one of those")
        }
        style.drops = dropAfter != nil
        style.pipelines = pipeline
        for text in xclient { try OptionText.check(text, "--xclient") }
        style.dialog = try dialog.map { try DialogFile.read($0, in: lessonsRoots) }
        if !xclient.isEmpty { style.xclient = xclient.joined(separator: " ") }
        return style
    }

    func adjust(_ walk: inout WalkText) {
        walk.suppressesData = suppressData
        walk.showsLapse = showTimeLapse
    }
}
