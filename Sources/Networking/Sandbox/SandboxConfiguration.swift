public import DNS
public import SMTP

/// What a sandbox world is made of: one mail, who sends it, and to whom.
///
/// Checked as it is made, so that a world with a configuration can always be walked.
public struct SandboxConfiguration: Sendable {
    public let sender: ReversePath
    /// One at least, all in `recipientDomain`.
    public let recipients: [ForwardPath]
    /// Whom the mail is for as it is handed in: those, who gets a copy, and who gets one that the header does not tell.
    public let submitted: [ForwardPath]
    /// The mail as the user agent hands it in: header, empty line, body.
    public let content: [UInt8]
    public let senderDomain: Name
    public let recipientDomain: Name
    /// How the user agent calls itself; it has no name, only an address (RFC 5321 §4.1.3).
    public let userAgentName = "[127.0.0.1]"
    /// The name of the sender's own server.
    public var ownServerName: String { "out.\(senderDomain)" }
    /// The name of the most preferred exchanger, which answers for all of them.
    public var exchangerName: String { "mx1.\(recipientDomain)" }
    /// Under which name the sender's domain publishes the key that its server signs with.
    static let selector = "walk"
    /// The key that the sender's own server signs with: another one each time, and nobody's outside of this world.
    var signingKey: Ed25519Key { Ed25519Key(from: Array("\(senderDomain) \(seed)".utf8)) }
    /// Where all that is drawn by lot comes from: the order of equal exchangers, queue ids, the key that signs.
    public let seed: UInt64
    /// The time that header fields tell; nil for the wall clock.
    public let fixedDate: MailDate?
    /// Whether both servers speak TLS, and the recipient's domain says by signed TLSA records with which key (RFC 7672).
    public let usesTLS: Bool
    /// What is wrong with the recipient's side, for those who want to see that it is noticed.
    var flaw: WalkSecurity.Flaw?

    var date: MailDate { fixedDate ?? .now() }

    /// Takes addresses as a person types them; the sender may be `<>`.
    ///
    /// `author` is what the From field says, nil for the sender. Copies go to people whom the sender's own server serves; those of
    /// the first kind stand in the Cc field, blind ones in the envelope alone (RFC 5322 §3.6.3). `body` has lines with any ends;
    /// nil for the mail that comes with the program.
    public init(
        sender: String = "ada@sender.example",
        author: String? = nil,
        recipients: [String] = ["bob@receiver.example"],
        copies: [String] = [],
        blindCopies: [String] = [],
        subject: String = MailContent.defaultSubject,
        body: [UInt8]? = nil,
        seed: UInt64 = .random(in: 0 ... .max),
        fixedDate: MailDate? = nil,
        usesTLS: Bool = false
    ) throws(SandboxError) {
        guard !recipients.isEmpty else { throw .noRecipient }
        do { self.sender = try ReversePath(sender) } catch { throw .badSender(sender, error) }
        let paths = try Self.paths(recipients)
        let copied = try Self.paths(copies)
        self.recipients = paths
        submitted = try paths + copied + Self.paths(blindCopies)
        senderDomain = try Self.domain(of: self.sender, typed: sender)
        recipientDomain = try Self.commonDomain(of: paths, typed: recipients)
        self.seed = seed
        self.fixedDate = fixedDate
        self.usesTLS = usesTLS
        do {
            content = try MailContent.write(
                from: self.sender,
                author: author,
                to: paths,
                copies: copied,
                subject: subject,
                date: fixedDate ?? .now(),
                body: body ?? MailContent.defaultBody
            )
        } catch { throw .badContent(error) }
        let mail = MailObject(
            envelope: Envelope(reversePath: self.sender, forwardPaths: submitted),
            content: content
        )
        do { _ = try ClientDialogue(.init(clientName: "out.\(senderDomain)", mails: [mail])) } catch {
            throw .badPlan(error)
        }
    }

    private static func paths(_ typed: [String]) throws(SandboxError) -> [ForwardPath] {
        var paths: [ForwardPath] = []
        for text in typed {
            do { paths.append(try ForwardPath(text)) } catch { throw .badRecipient(text, error) }
        }
        return paths
    }

    /// Where the mail is handed in: the domain of the sender, or one made up when the sender is no mailbox with a name.
    private static func domain(of sender: ReversePath, typed: String) throws(SandboxError) -> Name {
        let usual = "sender.example"
        guard case .mailbox(let mailbox) = sender, mailbox.domain.first != UInt8(ascii: "[") else {
            return try name(usual, typed)
        }
        return try name(mailbox.domain.lossyText, typed)
    }

    private static func commonDomain(of paths: [ForwardPath], typed: [String]) throws(SandboxError) -> Name {
        var common: Name?
        for (path, text) in zip(paths, typed) {
            guard case .mailbox(let mailbox) = path else { throw .noDomain(text) }
            guard mailbox.domain.first != UInt8(ascii: "[") else { throw .addressLiteral(text) }
            let domain = try name(mailbox.domain.lossyText, text)
            guard common == nil || common == domain else { throw .severalDomains(text) }
            common = domain
        }
        guard let common else { throw .noRecipient }
        return common
    }

    /// The domain, with room left in front of it for the names of hosts.
    private static func name(_ text: String, _ typed: String) throws(SandboxError) -> Name {
        do {
            _ = try Name("\(selector)._domainkey.\(text)")
            return try Name(text)
        } catch { throw .badDomain(typed, error) }
    }
}

/// Why there can be no such sandbox world.
public enum SandboxError: Error, Equatable, CustomStringConvertible {
    case noRecipient
    case badSender(String, MailboxError)
    case badRecipient(String, MailboxError)
    case badDomain(String, NameError)
    case noDomain(String)
    case addressLiteral(String)
    case severalDomains(String)
    case badContent(ContentError)
    case badPlan(ClientDialogue.PlanError)

    public var description: String {
        switch self {
        case .noRecipient: "the mail has no recipient"
        case .badSender(let text, let error): "the sender \(text) cannot be used: \(error)"
        case .badRecipient(let text, let error): "the recipient \(text) cannot be used: \(error)"
        case .badDomain(let text, let error): "the domain of \(text) cannot be looked up: \(error)"
        case .noDomain(let text): "the recipient \(text) has no domain whose exchangers could be looked up"
        case .addressLiteral(let text):
            "the recipient \(text) has an address for a domain, so there is nothing to look up"
        case .severalDomains(let text):
            "the recipient \(text) is of another domain than the one before; the sandbox has one recipients' domain"
        case .badContent(let error): "the mail cannot be written: \(error)"
        case .badPlan(let error): "the mail cannot be sent: \(error)"
        }
    }
}
