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

    /// One answer that differs from success: to which turn, perhaps only for some address, and how it reads.
    public struct Rule: Hashable, Sendable {
        public var turn: CommandSequence.Turn
        /// Only this verb, so that EHLO can be refused and HELO accepted; nil for every verb of the turn.
        public var verb: Verb?
        /// `nosuch@` fits a local part, `@example.org` a domain, `a@b.example` one address, `<>` the null reverse-path;
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

        func fits(_ asked: CommandSequence.Turn, verb askedVerb: Verb?, path askedPath: Path?) -> Bool {
            guard turn == asked, verb == nil || verb == askedVerb else { return false }
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
            if pattern.last == at { return mailbox.localPart.equalsIgnoringCase(pattern.dropLast()) }
            if pattern.first == at { return mailbox.domain.equalsIgnoringCase(pattern.dropFirst()) }
            return mailbox.octets.equalsIgnoringCase(pattern)
        }
    }
}
