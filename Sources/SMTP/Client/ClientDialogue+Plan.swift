extension ClientDialogue {
    /// What a session is to do.
    public struct Plan: Sendable {
        /// The client's own name for EHLO, a domain or an address literal.
        public var clientName: String
        /// Sent one after the other. None is allowed: the session says hello and leaves.
        public var mails: [MailObject]
        /// EHLO, which falls back to HELO once; HELO; or LHLO for LMTP (RFC 2033 §4.1).
        public var hello: Verb
        /// After the answer to this the session ends, as `StopPoint` says; nil sends everything.
        public var quitAfter: StopPoint?
        /// Whether MAIL says how large the mail is when the server offers SIZE (RFC 1870 §3).
        public var declareSize: Bool
        /// When there are some, AUTH follows EHLO.
        public var credentials: Credentials?
        /// Whether the stop is made by closing the connection, without RSET and QUIT.
        public var drops = false
        /// Whether MAIL, RCPT and DATA go out together where the server offers PIPELINING (RFC 2920 §3.1).
        public var pipelines = false
        /// What XCLIENT says of the client, as `ADDR=192.0.2.1` (Postfix XCLIENT_README); nil for no such command.
        public var xclient: String?
        /// The mechanism to use; nil for the best that both sides have.
        public var mechanism: Mechanism?
        /// What mechanisms compute with; without it those that need it are passed over.
        public var digests: SASLDigests?
        /// Whether credentials may cross a line that TLS does not protect; otherwise the client keeps them to itself.
        public var mayAuthenticateInClear: Bool
        /// Whether the session goes into TLS.
        public var tls: TLSUse

        public init(
            clientName: String,
            mails: [MailObject],
            hello: Verb = .ehlo,
            quitAfter: StopPoint? = nil,
            declareSize: Bool = true,
            credentials: Credentials? = nil,
            mechanism: Mechanism? = nil,
            digests: SASLDigests? = nil,
            mayAuthenticateInClear: Bool = false,
            tls: TLSUse = .never
        ) {
            self.clientName = clientName
            self.mails = mails
            self.hello = hello
            self.quitAfter = quitAfter
            self.declareSize = declareSize
            self.credentials = credentials
            self.mechanism = mechanism
            self.digests = digests
            self.mayAuthenticateInClear = mayAuthenticateInClear
            self.tls = tls
        }
    }

    /// When TLS is used.
    public enum TLSUse: String, CaseIterable, Sendable {
        case never
        /// When the server offers STARTTLS and takes it: opportunistic (RFC 7435 §3).
        case ifOffered
        /// Or there is no session (RFC 3207 §4.1).
        case required
        /// Before the first word, as on port 465 (RFC 8314 §3.3).
        case onConnect
    }

    /// Where a session may be told to end: after the answer RSET, if a transaction is open, and QUIT.
    ///
    /// After `data` the server takes everything for mail data, so there the connection is closed, which makes it forget
    /// the mail (RFC 5321 §4.1.1.4 has no other way out).
    public enum StopPoint: String, CaseIterable, Sendable {
        case connect
        /// After the answer to EHLO in the clear.
        case firstHello
        /// After the handshake; where TLS is not used, after EHLO.
        case tls
        /// After the answer to the last EHLO.
        case hello
        /// After AUTH; where there is none, after EHLO.
        case auth
        case mail, rcpt, data, dot
    }

    /// How a session ended. The first thing that went wrong is kept; what came after it does not change it.
    public enum Outcome: Equatable, Sendable {
        /// All that was planned was done; so many mails were accepted.
        case completed(accepted: Int)
        /// The server said 4yz or 5yz. At `rcpt`: to every recipient of a mail; this is the last answer.
        case refused(at: CommandSequence.Turn, Reply)
        /// One of these at a command that shares its turn with others, as XCLIENT does with RSET.
        indirect case ofCommand(Verb, Outcome)
        /// The mail needs this EHLO keyword and the server does not offer it.
        case notOffered(keyword: String, at: CommandSequence.Turn)
        /// The server offers AUTH, and none of its mechanisms is one that is used here unasked (RFC 4954 §3).
        case noMechanism(offered: [[UInt8]])
        /// The server closed without being asked.
        case closedEarly(at: CommandSequence.Turn)
        case timedOut(at: CommandSequence.Turn)
        /// A reply that is none, or one that RFC 5321 §4.3.2 does not know there.
        case protocolError(at: CommandSequence.Turn, Reply?)
        /// There is no TLS; why, in a sentence of whoever tried.
        case notSecured(String)
        /// The login went wrong on our side, or the server did not prove itself.
        case notAuthenticated(SASLError)
        /// The login would have crossed the line unprotected, so it did not; with the mechanism that would have been used.
        case credentialsKept(Mechanism?)
        /// One of these at the EHLO that follows the handshake.
        indirect case afterTLS(Outcome)

        /// Which turn it is about; nil when all went well.
        public var turn: CommandSequence.Turn? {
            switch self {
            case .completed: nil
            case .refused(let turn, _), .notOffered(_, let turn), .closedEarly(let turn), .timedOut(let turn),
                .protocolError(let turn, _):
                turn
            case .notSecured: .handshake
            // XCLIENT belongs to EHLO: it says who the client is.
            case .ofCommand: .hello
            case .credentialsKept, .noMechanism, .notAuthenticated: .auth
            case .afterTLS(let outcome): outcome.turn
            }
        }
    }

    /// Why a plan cannot be carried out. Found before anything is sent.
    public enum PlanError: Error, Hashable, CustomStringConvertible {
        case clientNameOutsideGrammar
        case notAHello(Verb)
        case credentialsInClear
        case credentialsNeedEHLO
        case xclientNeedsEHLO
        /// Mails are counted from 0.
        case noRecipient(mail: Int)
        case pathTooLong(mail: Int, octets: Int)
        case lineTooLong(mail: Int, octets: Int)
        case holdsNUL(mail: Int)
        case line(OutgoingLineError)

        public var description: String {
            switch self {
            case .clientNameOutsideGrammar: "the name for EHLO is neither a domain name nor an address like [192.0.2.1]"
            case .notAHello(let verb): "a session cannot begin with \(verb.rawValue)"
            case .credentialsInClear: "a login would go over a line without TLS, where others can listen"
            case .xclientNeedsEHLO: "XCLIENT is possible after EHLO or LHLO only"
            case .credentialsNeedEHLO: "authentication is possible after EHLO or LHLO only"
            case .noRecipient(let mail): "mail \(mail + 1) has no recipient"
            case .pathTooLong(let mail, let octets):
                "an address of mail \(mail + 1) has \(octets) octets with its brackets, SMTP carries 256"
            case .lineTooLong(let mail, let octets):
                "a line of mail \(mail + 1) has \(octets) octets, SMTP carries 998"
            case .holdsNUL(let mail): "mail \(mail + 1) holds a NUL, which SMTP cannot carry"
            case .line(let error): "a command cannot be sent: \(error)"
            }
        }
    }
}

extension ClientDialogue.Plan {
    /// Every check that needs no server. Addresses are right already, else they would not exist.
    func check() throws(ClientDialogue.PlanError) {
        let name = Array(clientName.utf8)
        // RFC 6531 §3.7.1: a client that has a U-label says the A-label in EHLO.
        guard Domain.isDomain(name) || AddressLiteral.read(name) != nil, name.allSatisfy({ $0 < 0x80 }) else {
            throw .clientNameOutsideGrammar
        }
        guard hello.turn == .hello else { throw .notAHello(hello) }
        if let xclient {
            do { _ = try OutgoingLine(xclient) } catch { throw .line(error) }
            guard hello != .helo else { throw .xclientNeedsEHLO }
        }
        if credentials != nil {
            guard mayAuthenticateInClear || tls != .never else { throw .credentialsInClear }
            guard hello != .helo else { throw .credentialsNeedEHLO }
        }
        for (index, mail) in mails.enumerated() { try check(mail, index) }
    }

    private func check(_ mail: MailObject, _ index: Int) throws(ClientDialogue.PlanError) {
        guard !mail.envelope.forwardPaths.isEmpty else { throw .noRecipient(mail: index) }
        // RFC 5321 §4.5.3.1.3
        for path in [mail.envelope.reversePath.octets] + mail.envelope.forwardPaths.map(\.octets) where path.count > 256
        {
            throw .pathTooLong(mail: index, octets: path.count)
        }
        guard !mail.isAsGiven else { return }
        guard !mail.content.contains(0) else { throw .holdsNUL(mail: index) }
        // RFC 5321 §4.5.3.1.6: 1000 octets with the CRLF, not counting a stuffed dot.
        for line in DotStuffing.lines(of: mail.content) where line.count > 998 {
            throw .lineTooLong(mail: index, octets: line.count)
        }
    }
}

extension MailObject {
    /// How many octets the mail has for SIZE: every line end as CRLF, no stuffed dots, no closing dot (RFC 1870 §5).
    var declaredSize: Int { lines.reduce(0) { $0 + $1.count + 2 } }

    /// Whether an address or the header section holds octets above ASCII (RFC 6531 §3.2).
    var needsSMTPUTF8: Bool {
        if case .mailbox(let mailbox) = envelope.reversePath, mailbox.needsSMTPUTF8 { return true }
        for case .mailbox(let mailbox) in envelope.forwardPaths where mailbox.needsSMTPUTF8 { return true }
        let header = lines.prefix { !$0.isEmpty }
        return header.contains { line in line.contains { $0 >= 0x80 } }
    }
}

extension ClientDialogue.Action: CustomStringConvertible, CustomDebugStringConvertible {
    /// What is done; of the lines of an AUTH exchange only that there was one.
    public var description: String {
        switch self {
        case .send(_, .auth): "send AUTH •••"
        case .send(_, .saslResponse): "send •••"
        case .send(let line, _): "send \(line.octets.lossyText)"
        case .sendOctets(_, .auth), .sendOctets(_, .saslResponse): "send •••"
        case .sendOctets(let octets, _): "send \(octets.lossyText)"
        case .note(let words), .mismatch(let words): "note: \(words)"
        case .smuggling(let found): "found: \(found)"
        case .sendMailData(let octets): "send \(octets.count) octets of mail data"
        case .wait(let limit): "wait \(limit.seconds) s"
        case .startTLS: "start TLS"
        case .close: "close"
        case .finish(let outcome): "finish: \(outcome)"
        }
    }

    public var debugDescription: String { description }
}
