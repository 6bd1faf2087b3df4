public import DNS
public import SMTP

extension LiveSession {
    /// What a session with a real server is to be.
    ///
    /// Checked as it is made, so that a session with options can always begin.
    public struct Options: Sendable {
        /// Which addresses are used.
        public enum AddressFamily: Sendable { case any, v4, v6 }

        public let mail: MailObject
        /// The name for EHLO; nil for this machine's own, or its address where it has no name that others know.
        public let clientName: String?
        /// The same as a person wrote it, where that has U-labels.
        let givenClientName: String?
        /// Without one the exchangers of the recipient's domain are looked up.
        public let server: Server?
        /// Where `server` gives none.
        public let port: Int
        /// As `127.0.0.1:5353`; nil for the name servers of the system.
        public let dnsServers: String?
        public let quitAfter: ClientDialogue.StopPoint?
        /// The longest wait for anything, in seconds; nil for what RFC 5321 §4.5.3.2 gives.
        public let timeout: Int?
        /// Whether mail data may go to a server beyond this machine.
        public let send: Bool
        public let addressFamily: AddressFamily
        public let style: Style
        /// Ports of this machine on which a tap listens that passes everything on to another one.
        public var portsLeadingElsewhere: Set<Int> = []
        /// Whether an address that leads to no public host is connected to although DNS gave it for a name.
        public let allowsPrivate: Bool
        /// Whether every exchanger is visited, up to the answer to RCPT at most, and not only the first that is there.
        public let everyExchanger: Bool
        public let security: LiveSecurity
        let seed: UInt64

        /// Takes what a person types: the sender may be `<>`, `server` is `HOST`, `HOST:PORT` or `[IPv6]:PORT`.
        ///
        /// `content` is a whole mail, header and body; nil for the mail that comes with the program. `isContentAsGiven` sends it
        /// whatever is in it.
        public init(
            recipients: [String],
            sender: String,
            clientName: String? = nil,
            server: String? = nil,
            port: Int = 25,
            dnsServers: String? = nil,
            content: [UInt8]? = nil,
            isContentAsGiven: Bool = false,
            quitAfter: ClientDialogue.StopPoint? = nil,
            timeout: Int? = nil,
            send: Bool = false,
            addressFamily: AddressFamily = .any,
            style: Style = Style(),
            allowsPrivate: Bool = false,
            everyExchanger: Bool = false,
            security: LiveSecurity = LiveSecurity(),
            seed: UInt64 = .random(in: 0 ... .max)
        ) throws(LiveError) {
            guard !recipients.isEmpty else { throw .noRecipient }
            guard (1...65535).contains(port) else { throw .badPort(String(port)) }
            let path: ReversePath
            do { path = try ReversePath(sender) } catch { throw .badSender(sender, error) }
            var paths: [ForwardPath] = []
            for text in recipients {
                do { paths.append(try ForwardPath(text)) } catch { throw .badRecipient(text, error) }
            }
            let written = if let content { content } else { try Self.usualContent(path, paths, seed) }
            mail = MailObject(
                envelope: Envelope(reversePath: path, forwardPaths: paths),
                content: written,
                isAsGiven: isContentAsGiven
            )
            // RFC 6531 §3.7.1: EHLO has the A-label.
            let helloName = clientName.map { Server.aLabels($0) }
            givenClientName = helloName == clientName ? nil : clientName
            do {
                var plan = style.plan(helloName ?? "[127.0.0.1]", mail, quitAfter)
                security.apply(to: &plan, port: port)
                _ = try ClientDialogue(plan)
            } catch { throw .badPlan(error) }
            self.clientName = helloName
            self.server = try server.map { text throws(LiveError) in try Server(text) }
            self.port = port
            self.dnsServers = dnsServers
            // No mail data to anybody when several are asked.
            let isLate = quitAfter.map { [.data, .dot].contains($0) } ?? true
            self.quitAfter = everyExchanger && isLate ? .rcpt : quitAfter
            self.timeout = timeout.map { max(1, $0) }
            self.send = send
            self.addressFamily = addressFamily
            self.style = style
            self.allowsPrivate = allowsPrivate
            self.everyExchanger = everyExchanger
            self.security = security
            self.seed = seed
            if self.server == nil { _ = try lookupDomain() }
        }

        /// The mail that is sent when nobody gave another.
        private static func usualContent(
            _ sender: ReversePath,
            _ recipients: [ForwardPath],
            _ seed: UInt64
        ) throws(LiveError) -> [UInt8] {
            let date = MailDate.now()
            let domain = if case .mailbox(let mailbox) = sender { mailbox.domain.lossyText } else { "localhost" }
            do {
                return try MailContent.write(
                    from: sender,
                    to: recipients,
                    subject: MailContent.defaultSubject,
                    date: date,
                    messageID: "<\(String(seed, radix: 36)).\(date.seconds)@\(domain)>",
                    body: MailContent.defaultBody
                )
            } catch { throw .badContent(error) }
        }

        /// What a person types to say that the mail shall be delivered: the first recipient's address.
        public var consentAddress: String {
            mail.envelope.forwardPaths.first.map { String($0.octets.lossyText.dropFirst().dropLast()) } ?? ""
        }

        /// The domain whose exchangers take the mail.
        func lookupDomain() throws(LiveError) -> Target {
            var common: Target?
            for path in mail.envelope.forwardPaths {
                let target = try Target(path)
                guard common == nil || common == target else { throw .severalDomains }
                common = target
            }
            guard let common else { throw .noRecipient }
            return common
        }
    }

    /// How the client behaves, apart from whom it sends to.
    public struct Style: Sendable {
        /// EHLO, HELO, or LHLO for LMTP.
        public var hello = Verb.ehlo
        /// Whether the stop point closes the connection without RSET and QUIT.
        public var drops = false
        public var pipelines = false
        /// The attributes of XCLIENT, as `ADDR=192.0.2.1`.
        public var xclient: String?
        /// Played in the place of the usual walk.
        public var dialog: DialogScript?

        public init() {}

        /// Whoever plays the dialog; nil when there is none.
        func player(_ name: String, _ mail: MailObject, isGuarded: Bool, beginsWithTLS: Bool) -> DialogPlayer? {
            guard let dialog else { return nil }
            let from = mail.envelope.reversePath.octets.dropFirst().dropLast()
            let to = mail.envelope.forwardPaths.first.map { Array($0.octets.dropFirst().dropLast()) } ?? []
            let values = [
                "client.domain": name, "from": from.lossyText, "to": to.lossyText,
                "to.domain": to.split(separator: UInt8(ascii: "@")).last?.lossyText ?? "",
                "date": "\(MailDate.now())", "size": "\(mail.content.count)",
            ]
            return DialogPlayer(dialog, values: values, isGuarded: isGuarded, beginsWithTLS: beginsWithTLS)
        }

        func plan(_ name: String, _ mail: MailObject, _ stop: ClientDialogue.StopPoint?) -> ClientDialogue.Plan {
            var plan = ClientDialogue.Plan(clientName: name, mails: [mail], hello: hello, quitAfter: stop)
            plan.drops = drops
            plan.pipelines = pipelines
            plan.xclient = xclient
            return plan
        }
    }

    /// A host and perhaps a port, as given on a command line.
    public struct Server: Hashable, Sendable {
        public let host: String
        public let port: Int?

        public init(_ text: String) throws(LiveError) {
            var host = Substring(text)
            var port: Substring?
            if host.first == "[", let close = host.firstIndex(of: "]") {
                let rest = host[host.index(after: close)...]
                guard rest.isEmpty || rest.first == ":" else { throw .badServer(text) }
                port = rest.isEmpty ? nil : rest.dropFirst()
                host = host[host.index(after: host.startIndex)..<close]
            } else if let colon = host.firstIndex(of: ":"), host.lastIndex(of: ":") == colon {
                port = host[host.index(after: colon)...]
                host = host[..<colon]
            }
            guard !host.isEmpty else { throw .badServer(text) }
            if let port {
                guard let number = Int(port), (1...65535).contains(number) else { throw .badPort(String(port)) }
                self.port = number
            } else {
                self.port = nil
            }
            // What DNS, TLS and titles name is the A-label.
            self.host = Self.aLabels(String(host))
        }

        /// A name with its U-labels as A-labels; any other text as it is.
        fileprivate static func aLabels(_ host: String) -> String {
            host.utf8.allSatisfy { $0 < 0x80 } ? host : (try? Name(international: host)).map { "\($0)" } ?? host
        }
    }

    /// Where mail for a forward-path goes: a domain with exchangers, or the very address in an address literal.
    enum Target: Hashable {
        case domain(Name)
        case address(String)

        init(_ path: ForwardPath) throws(LiveError) {
            guard case .mailbox(let mailbox) = path else { throw .noDomain }
            let text = mailbox.domain.lossyText
            if text.hasPrefix("[") {
                self = .address(AddressLiteral.address(in: text))
                return
            }
            do { self = .domain(try Name(international: text)) } catch { throw .badDomain(text, error) }
        }
    }
}

/// Why a session cannot begin.
public enum LiveError: Error, Equatable, CustomStringConvertible {
    case noRecipient, noDomain, severalDomains
    case badSender(String, MailboxError)
    case badRecipient(String, MailboxError)
    case badDomain(String, NameError)
    case badServer(String)
    case badPort(String)
    case badContent(ContentError)
    case badPlan(ClientDialogue.PlanError)

    public var description: String {
        switch self {
        case .noRecipient: "the mail has no recipient"
        case .noDomain: "postmaster without a domain can only be sent to a server that is named with --server"
        case .severalDomains:
            "the recipients are of several domains; one session goes to one domain, or name a --server"
        case .badSender(let text, let error): "the sender \(text) cannot be used: \(error)"
        case .badRecipient(let text, let error): "the recipient \(text) cannot be used: \(error)"
        case .badDomain(let text, let error): "the domain \(text) cannot be looked up: \(error)"
        case .badServer(let text): "\(text) is no server: write HOST, HOST:PORT or [IPv6-ADDRESS]:PORT"
        case .badPort(let text): "\(text) is no port: a port is a number from 1 to 65535"
        case .badContent(let error): "the mail cannot be written: \(error)"
        case .badPlan(.credentialsInClear):
            "the mail cannot be sent: \(ClientDialogue.PlanError.credentialsInClear); --auth-force-clear allows it"
        case .badPlan(let error): "the mail cannot be sent: \(error)"
        }
    }
}
