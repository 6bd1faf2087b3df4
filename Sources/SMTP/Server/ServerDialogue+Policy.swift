extension ServerDialogue {
    /// What a server is called, offers, likes and refuses: all that makes one sandbox server differ from another.
    public struct Policy: Sendable {
        /// The server's own name, first in the greeting and in the answer to EHLO.
        public var domain: String
        /// What follows the name in the greeting.
        public var greetingText: String
        /// The lines of the answer to EHLO behind the first, as `SIZE 10485760` or `AUTH PLAIN LOGIN`.
        public var offered: [String]
        /// The first that fits decides; without one the server says what RFC 5321 §4.3.2 calls success.
        public var rules: [Rule]
        /// Domains it takes mail for; for all others 550 5.7.1, unless the client is authenticated. Empty takes all.
        public var localDomains: [String]
        /// How many recipients a transaction may have; one more gets 452 (RFC 5321 §4.5.3.1.8).
        public var recipientLimit: Int
        /// The largest mail it takes, in octets; more gets 552 (RFC 1870 §6.1).
        public var sizeLimit: Int
        /// What the first mail is queued as; the second is queued as this with `-2` behind, and so on.
        public var queueID: String
        /// How many protocol errors it bears; the next gets 421.
        public var errorLimit: Int
        /// Whether MAIL gets 530 before AUTH has succeeded (RFC 4954 §6).
        public var requiresAuthentication: Bool
        /// Which of the three protocols it speaks.
        public var family = Family.esmtp
        /// How it words what it says of its own accord.
        public var wording: [Phrase: Answer] = [:]
        /// Users and their passwords, all made up; empty takes any.
        public var users: [String: String] = [:]
        /// Whether nothing but NOOP, EHLO, STARTTLS and QUIT is taken before TLS (RFC 3207 §4).
        public var requiresTLS = false
        /// At which turn it closes the connection without a word instead of answering.
        public var dropsAt: CommandSequence.Turn?
        /// After how many octets of mail data it closes the connection without a word.
        public var dropsAfterOctets: Int?
        /// What it takes for the end of mail data.
        public var endsOfData: Set<EndOfData> = [.standard]
        /// Whether it takes MAIL from a client that has not said EHLO or HELO.
        public var takesMailBeforeHello = false
        /// Verbs without arguments that it takes with some all the same.
        public var overlooksArguments: Set<Verb> = []
        /// Whether it takes a command that ends in LF alone.
        public var takesBareLF = false
        /// Whether it asks strangers to come back: a client, sender and recipient it has not seen (RFC 6647 §2.4).
        public var greylists = false

        public init(
            domain: String,
            greetingText: String = "ESMTP",
            offered: [String] = Policy.usualOffer,
            rules: [Rule] = [],
            localDomains: [String] = [],
            recipientLimit: Int = 100,
            sizeLimit: Int = 10_485_760,
            queueID: String = "1",
            errorLimit: Int = 20,
            requiresAuthentication: Bool = false
        ) {
            self.domain = domain
            self.greetingText = greetingText
            self.offered = offered
            self.rules = rules
            self.localDomains = localDomains
            self.recipientLimit = recipientLimit
            self.sizeLimit = sizeLimit
            self.queueID = queueID
            self.errorLimit = errorLimit
            self.requiresAuthentication = requiresAuthentication
        }

        /// What a server of today offers in clear on port 25.
        public static let usualOffer = [
            "SIZE 10485760", "PIPELINING", "8BITMIME", "ENHANCEDSTATUSCODES", "SMTPUTF8", "CHUNKING", "HELP",
        ]
    }

    /// Which protocol a server speaks.
    public enum Family: String, CaseIterable, Sendable {
        /// RFC 821 alone: no EHLO and no extensions.
        case smtp
        case esmtp
        /// One reply for each recipient after the mail data (RFC 2033 §4.2).
        case lmtp
    }

    /// What one reply says: a code, an enhanced status code when the server offers them, and text, perhaps of several lines.
    public struct Answer: Hashable, Sendable {
        public var code: UInt16
        /// As `5.1.1`.
        public var enhanced: String?
        public var text: String

        public init(_ code: UInt16, _ enhanced: String? = nil, _ text: String) {
            self.code = code
            self.enhanced = enhanced
            self.text = text
        }
    }

    /// What a server says when no rule says otherwise, THE table of what its makers can word.
    ///
    /// A wording may name `{id}`, `{client}`, `{address}`, `{path}` and `{octets}`: the queue id, the name the client gave
    /// itself, its address, the path the command was about, the size of the mail. One of a protocol error may name `{verb}`,
    /// `{syntax}`, `{argument}` and `{parameter}`: the verb that was said, how it is written, and what was said behind it.
    public enum Phrase: String, CaseIterable, Sendable {
        case hello, mail, rcpt, data, rset, vrfy, help, noop, quit
        /// The mail was accepted.
        case content
        case starttls, auth
        case authFailed = "auth-failed"
        case unknownCommand = "unknown-command"
        case notImplemented = "not-implemented"
        case outOfSequence = "out-of-sequence"
        // What is missing, where that is worded in its own way; else the phrase above.
        case needsHello = "needs-hello"
        case needsMail = "needs-mail"
        case needsRecipient = "needs-rcpt"
        /// MAIL was accepted, and no recipient was.
        case noRecipients = "no-recipients"
        /// A second MAIL while the first is open.
        case nestedMail = "nested-mail"
        case syntaxError = "syntax-error"
        // The same of EHLO, of the address of MAIL, of that of RCPT, of words that no argument may have, and of a parameter that was not offered.
        case badHello = "bad-hello"
        case badSender = "bad-sender"
        case badRecipient = "bad-recipient"
        case unexpectedArgument = "unexpected-argument"
        case unknownParameter = "unknown-parameter"
        case relayDenied = "relay-denied"
        case tooLarge = "too-large"
        case authRequired = "auth-required"
        case tlsRequired = "tls-required"
        case greylisted
        case tooManyErrors = "too-many-errors"
    }

    /// One answer that differs from success: to which turn, perhaps only for some address, and how it reads.
    public struct Rule: Hashable, Sendable {
        public var turn: CommandSequence.Turn
        /// Only this verb, so that EHLO can be refused and HELO accepted; nil for every verb of the turn.
        public var verb: Verb?
        /// Only this word, in upper case, which is a verb that is not in the table of verbs.
        public var unknownVerb: String?
        /// `nosuch@` fits a local part, `@example.org` a domain, `a@b.example` one address, `*` each, `<>` the null reverse-path;
        /// letters without case; nil fits all.
        public var path: String?
        public var code: UInt16
        /// As `5.1.1`; left out when the server does not offer ENHANCEDSTATUSCODES.
        public var enhanced: String?
        public var text: String

        /// A rule for a turn that has no verb of its own, such as the greeting or the mail data, or for a whole turn.
        public init(
            turn: CommandSequence.Turn,
            path: String? = nil,
            code: UInt16,
            enhanced: String? = nil,
            text: String
        ) {
            self.turn = turn
            self.verb = nil
            self.path = path
            self.code = code
            self.enhanced = enhanced
            self.text = text
        }

        /// A rule for one verb.
        public init(verb: Verb, path: String? = nil, code: UInt16, enhanced: String? = nil, text: String) {
            self.init(turn: verb.turn, path: path, code: code, enhanced: enhanced, text: text)
            self.verb = verb
        }

        /// A rule for a word that no RFC knows as a verb.
        public init(unknownVerb: String, code: UInt16, enhanced: String? = nil, text: String) {
            self.init(turn: .unknown, code: code, enhanced: enhanced, text: text)
            self.unknownVerb = unknownVerb
        }

        func fits(_ asked: CommandSequence.Turn, verb askedVerb: Verb?, path askedPath: Path?) -> Bool {
            guard turn == asked, unknownVerb == nil, verb == nil || verb == askedVerb else { return false }
            guard let path else { return true }
            switch askedPath {
            case .null: return path == "<>"
            case .postmaster: return path.utf8.equalsIgnoringCase("postmaster".utf8) || path == "postmaster@"
            case .mailbox(let mailbox): return fits(mailbox, Array(path.utf8))
            case .malformed, nil: return false
            }
        }

        private func fits(_ mailbox: Mailbox, _ pattern: [UInt8]) -> Bool {
            let at = UInt8(ascii: "@")
            if pattern == [UInt8(ascii: "*")] { return true }
            if pattern.last == at { return mailbox.localPart.equalsIgnoringCase(pattern.dropLast()) }
            if pattern.first == at { return mailbox.domain.equalsIgnoringCase(pattern.dropFirst()) }
            return mailbox.octets.equalsIgnoringCase(pattern)
        }
    }
}
