import ArgumentParser
import Interchange
import Networking
import Notation

/// The mail that is sent, as options say it.
struct MailOptions: ParsableArguments {
    @Option(
        name: [.customShort("f"), .long],
        help: ArgumentHelp("The sender, or <> for the null reverse-path.", valueName: "address")
    )
    var from: String?
    @Option(
        name: [.customShort("t"), .long],
        help: ArgumentHelp("A recipient; may be given several times.", valueName: "address")
    )
    var to: [String] = []
    @Option(help: ArgumentHelp("The subject.", valueName: "text"))
    var subject: String?
    @Option(
        help: ArgumentHelp("The mail's text from a file, or - for standard input.", valueName: "file"),
        completion: .file()
    )
    var body: String?

    /// The most octets of a mail's text.
    static let maxOctets = 16 << 20

    /// The world these options ask for.
    func configuration(usesTLS: Bool = false) throws -> SandboxConfiguration {
        if let from { try OptionText.check(from, "--from") }
        for recipient in to { try OptionText.check(recipient, "--to") }
        if let subject { try OptionText.check(subject, "--subject") }
        // The mail that comes with the program has more names in its letter than in its envelope, and the other way round.
        let isOwnMail = from == nil && to.isEmpty
        do {
            return try SandboxConfiguration(
                sender: from ?? "ada@sender.example",
                author: isOwnMail ? "Ada Lovelace <lovelace@sender.example>" : nil,
                recipients: to.isEmpty ? ["bob@receiver.example"] : to,
                copies: isOwnMail ? ["eve@sender.example"] : [],
                blindCopies: isOwnMail ? ["grace@sender.example"] : [],
                subject: subject ?? MailContent.defaultSubject,
                body: try OptionText.file(body, most: Self.maxOctets),
                usesTLS: usesTLS
            )
        } catch let error as SandboxError {
            throw CommandError(.usage, "\(Self.option(of: error)): \(error); see 'ehlo --help'")
        }
    }

    /// The option that has to be changed.
    private static func option(of error: SandboxError) -> String {
        switch error {
        case .badSender: "--from"
        case .noRecipient, .badRecipient, .noDomain, .addressLiteral, .severalDomains: "--to"
        case .badDomain: "--from or --to"
        case .badContent: "--subject or --body"
        case .badPlan: "--from, --to or --body"
        }
    }
}

/// Checks of texts that options bring.
enum OptionText {
    /// Refuses what would end a line of SMTP, of a header or of a screen, and every other control, before anything is
    /// started. THE rule for each text on a command line.
    static func check(_ text: String, _ option: String) throws(CommandError) {
        guard let found = text.unicodeScalars.lazy.compactMap(name).first else { return }
        throw CommandError(
            .usage,
            "\(option): the value holds \(found), and must be one line that shows; take that out"
        )
    }

    /// What a character is called that may not stand there; nil for all others. What joins emoji and marks the direction
    /// of a text may: languages need it.
    private static func name(_ scalar: Unicode.Scalar) -> String? {
        switch scalar.properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator: break
        default: return nil
        }
        let code = "U+" + scalar.value.hex(4, uppercase: true)
        switch scalar.value {
        case 0: return "a NUL"
        case 9: return "a tab"
        case 10: return "a line feed (LF)"
        case 13: return "a carriage return (CR)"
        case 0x85: return "a next line (NEL, U+0085)"
        case 0x2028: return "a line separator (U+2028)"
        case 0x2029: return "a paragraph separator (U+2029)"
        default: return "the control character \(code)"
        }
    }

    /// The octets of the file an option names; `@` in front of the name is allowed, as swaks has it.
    static func file(_ name: String?, most: Int) throws(FileError) -> [UInt8]? {
        guard let name else { return nil }
        return try FileOctets.read(name.hasPrefix("@") ? String(name.dropFirst()) : name, most: most)
    }
}
