import ArgumentParser
import Interchange
import Networking

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
    @Option(help: ArgumentHelp("The mail's text from a file, or - for standard input.", valueName: "file"))
    var body: String?

    /// The most octets of a mail's text.
    static let mostOctets = 16 << 20

    /// The world these options ask for.
    func configuration() throws -> SandboxConfiguration {
        if let from { try OptionText.check(from, "--from") }
        for recipient in to { try OptionText.check(recipient, "--to") }
        if let subject { try OptionText.check(subject, "--subject") }
        do {
            return try SandboxConfiguration(
                sender: from ?? "ada@sender.example",
                recipients: to.isEmpty ? ["bob@receiver.example"] : to,
                subject: subject ?? MailContent.defaultSubject,
                body: try OptionText.file(body, most: Self.mostOctets)
            )
        } catch let error as SandboxError {
            throw Failure(.usage, "\(Self.option(of: error)): \(error); see 'ehlo --help'")
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
    /// Refuses what would end a line of SMTP or of a header, before anything is started.
    static func check(_ text: String, _ option: String) throws(Failure) {
        for scalar in text.unicodeScalars {
            let name: String? =
                switch scalar.value {
                case 13: "a carriage return (CR)"
                case 10: "a line feed (LF)"
                case 0: "a NUL"
                default: nil
                }
            if let name {
                throw Failure(.usage, "\(option): the value holds \(name), and must be one line; take that out")
            }
        }
    }

    /// The octets of the file an option names; `@` in front of the name is allowed, as swaks has it.
    static func file(_ name: String?, most: Int) throws(FileTrouble) -> [UInt8]? {
        guard let name else { return nil }
        return try FileOctets.read(name.hasPrefix("@") ? String(name.dropFirst()) : name, most: most)
    }
}
