/// The client's side of a session, a state machine: takes replies and says what to send, wait for or close
/// (RFC 5321 §3, §4.3.2).
///
/// It decides which turn comes next, when TLS begins, and how the session ended. It does not know sockets, clocks or how
/// TLS works, and not which order is allowed: that is `CommandSequence`. Wrong input: an event before `connected` or a
/// second `connected` is our bug and changes nothing; a reply that is none, or of a class that cannot stand there, is the
/// server's departure and ends the session as `protocolError`; whatever comes after `finish` is allowed and ignored. Lines
/// that a person sends by hand in between are allowed: `observed` takes note of them, and `resume` goes on from where the
/// server is then.
public struct ClientDialogue: Sendable {
    /// What the owner is to do, in the order given.
    public enum Action: Equatable, Sendable {
        /// One command line or SASL response. For the turns `auth` and `saslResponse` it holds a secret: mask it.
        case send(OutgoingLine, CommandSequence.Turn)
        /// Octets as they are, about which the turn is.
        case sendOctets([UInt8], CommandSequence.Turn)
        /// Nothing goes out; a remark for whoever looks on.
        case note(String)
        /// A reply is not the one that a dialog tells of; in words, for whoever looks on.
        case mismatch(String)
        /// What a dialog found out about the server.
        case smuggling(Smuggling)
        /// Mail data for the wire: dots stuffed, the closing dot line at its end.
        case sendMailData([UInt8])
        /// Wait for a reply so long at most, then call `timedOut`. Takes the place of the limit before.
        case wait(TimeLimit)
        /// Throw away what came after the reply to STARTTLS, begin the handshake, then call `secured` or `notSecured`
        /// (RFC 3207 §4.2).
        case startTLS
        case close
        /// Always last; nothing follows it.
        case finish(Outcome)
    }

    private enum State {
        case idle
        case awaiting(CommandSequence.Turn)
        /// The handshake is under way.
        case securing
        case finished
    }

    /// Replaced when EHLO falls back to HELO.
    private var hello: Verb
    private var plan: Plan
    private var state = State.idle
    private var exchange: ClientSASL?
    /// What went wrong first, if anything did.
    private var failure: Outcome?
    /// Which mail is on its way, and how many of its recipients were asked and said yes to.
    private var mailIndex = 0
    private var askedRecipients = 0
    private var acceptedRecipients = 0
    /// How many answers to the mail data are to come, more than one only in LMTP (RFC 2033 §4.2).
    private var dueAcceptances = 0
    private var wasAccepted = false
    /// What was sent together with the turn under way and is answered after it (RFC 2920 §3.1).
    private var group: [CommandSequence.Turn] = []
    /// How far XCLIENT is.
    private enum Introduction { case due, awaited, done }
    private var introduction: Introduction
    /// No other mail is begun: what is left is RSET and QUIT.
    private var isLeaving = false

    /// Where in the session the client is.
    public private(set) var sequence = CommandSequence()
    /// What the server offered; empty before the answer to EHLO and after HELO.
    public private(set) var offer = Hello()
    /// How many mails the server took the responsibility for.
    public private(set) var acceptedMails = 0
    /// Whether the session is inside TLS.
    public private(set) var isSecured = false
    /// What the line of AUTH that was sent last says once it is decoded, the secret left out.
    public var responseMeaning: String? { exchange?.meaning }
    /// What the client waits for an answer to; nil before, after, and while it does not wait for a reply.
    public var awaitedTurn: CommandSequence.Turn? { if case .awaiting(let turn) = state { turn } else { nil } }

    /// Checks the whole plan, so that nothing is sent of one that could not be carried out.
    public init(_ plan: Plan) throws(PlanError) {
        try plan.check()
        self.plan = plan
        hello = plan.hello
        introduction = plan.xclient == nil ? .done : .due
    }

    // MARK: Events

    public mutating func connected() -> [Action] {
        switch state {
        case .idle: plan.tls == .onConnect ? startTLS() : waitFor(.greeting)
        case .awaiting, .securing, .finished: []
        }
    }

    /// The handshake is over: whatever was learnt before it is forgotten (RFC 3207 §4.2).
    public mutating func secured() -> [Action] {
        guard case .securing = state else { return [] }
        sequence.advance(.handshake, code: 220)
        offer = Hello()
        isSecured = true
        guard plan.tls != .onConnect else { return waitFor(.greeting) }
        return stops(at: .tls) ? stop() : sayHello()
    }

    /// There is no TLS; why, in a sentence. The connection is of no more use.
    public mutating func notSecured(_ reason: String) -> [Action] {
        switch state {
        case .idle, .finished: []
        // Broken off later: what was under way ends as if the server had left.
        case .awaiting(let turn): finish(.closedEarly(at: turn))
        case .securing: finish(.notSecured(reason))
        }
    }

    public mutating func received(_ reply: Reply) -> [Action] {
        switch state {
        case .idle, .securing, .finished: []
        case .awaiting(let turn): answered(turn, reply)
        }
    }

    /// A command that a person sent by hand was answered. What the server did then has happened; nothing is sent for it.
    public mutating func observed(_ command: Command, as turn: CommandSequence.Turn, _ reply: Reply) {
        guard case .awaiting = state else { return }
        // Only 354 asks for mail data (RFC 5321 §4.3.2).
        guard turn != .data || reply.severity != .intermediate || reply.code == 354 else { return }
        sequence.follow(turn, code: reply.code)
        guard reply.severity == .positive else { return }
        switch turn {
        case .hello:
            if let verb = command.verb { hello = verb }
            offer = hello == .helo ? Hello() : Hello(reply)
        case .mail: (askedRecipients, acceptedRecipients) = (0, 0)
        case .rcpt:
            acceptedRecipients += 1
            // Whom the person asked for by hand need not be asked for again.
            let paths = plan.mails.indices.contains(mailIndex) ? plan.mails[mailIndex].envelope.forwardPaths : []
            if askedRecipients < paths.count, command.path?.mailbox == paths[askedRecipients].mailbox {
                askedRecipients += 1
            }
        case .lastChunk: mailWasTaken()
        case .greeting, .data, .mailData, .chunk, .rset, .anytime, .auth, .saslResponse, .startTLS, .handshake, .quit,
            .turnAround, .unknown:
            break
        }
    }

    /// Mail data that a person ended by hand was answered.
    public mutating func observedMailData(_ reply: Reply) {
        guard case .awaiting = state else { return }
        sequence.advance(.mailData, code: reply.code)
        if reply.severity == .positive { mailWasTaken() } else { mailIndex += 1 }
    }

    /// Goes on from where the server is, in the place of whatever was about to be sent.
    public mutating func resume() -> [Action] {
        guard case .awaiting = state else { return [] }
        group = []
        switch sequence.phase {
        case .connected: return waitFor(.greeting)
        // `unknown` is for onlookers: a client knows where it is.
        case .ended, .unknown: return finish(nil)
        // RFC 4954 §4: a line that is an asterisk calls the exchange off.
        case .authenticating: return send(OutgoingLine(trusted: "*"), .saslResponse)
        case .securing: return startTLS()
        case .mailData: return sendMailData()
        case .chunks: return send(Command.bare(.rset), .rset)
        case _ where isLeaving || mailIndex >= plan.mails.count: return leave()
        case .greeted: return stops(at: .connect) ? stop() : sayHello()
        case .identified: return stops(at: .hello) ? stop() : nextMail()
        case .reversePath: return stops(at: .mail) ? stop() : nextRecipient()
        case .forwardPaths: return nextRecipient()
        }
    }

    /// The person allowed more than was planned: the session goes on and ends after `point` only.
    public mutating func goOn(to point: StopPoint?) -> [Action] {
        plan.quitAfter = point
        isLeaving = false
        return resume()
    }

    /// The server closed the connection.
    public mutating func closed() -> [Action] {
        switch state {
        case .idle, .finished: []
        case .awaiting(let turn): finish(.closedEarly(at: turn))
        case .securing: finish(.closedEarly(at: .handshake))
        }
    }

    /// The limit of the last `wait` has passed.
    public mutating func timedOut() -> [Action] {
        switch state {
        case .idle, .finished: []
        case .awaiting(let turn): finish(.timedOut(at: turn))
        case .securing: finish(.timedOut(at: .handshake))
        }
    }

    // MARK: Answers

    private mutating func answered(_ turn: CommandSequence.Turn, _ reply: Reply) -> [Action] {
        guard let severity = reply.severity else { return finish(.protocolError(at: turn, reply)) }
        if !group.isEmpty || turn == .data && plan.pipelines { return answeredInGroup(turn, severity, reply) }
        if turn == .rcpt { askedRecipients += 1 }
        // In LMTP the mail data has an answer a recipient; the last of them ends the transaction.
        if turn != .mailData || dueAcceptances <= 1 { sequence.advance(turn, code: reply.code) }
        switch severity {
        case .positive: return turn == .data ? finish(.protocolError(at: turn, reply)) : accepted(turn, reply)
        case .intermediate: return invited(turn, reply)
        case .transientFailure, .permanentFailure: return refused(turn, reply)
        }
    }

    /// 2yz.
    private mutating func accepted(_ turn: CommandSequence.Turn, _ reply: Reply) -> [Action] {
        switch turn {
        case .greeting: return stops(at: .connect) ? stop() : sayHello()
        case .hello:
            if hello != .helo { offer = Hello(reply) }
            if introduction == .due { return introduce() }
            return secureOrGoOn()
        case .startTLS: return reply.code == 220 ? startTLS() : finish(.protocolError(at: turn, reply))
        case .auth, .saslResponse:
            if let trouble = exchange?.accepted() {
                note(.notAuthenticated(trouble))
                return quit()
            }
            return stops(at: .auth) ? stop() : nextMail()
        case .mail: return stops(at: .mail) ? stop() : nextRecipient()
        case .rcpt:
            acceptedRecipients += 1
            return nextRecipient()
        case .mailData:
            wasAccepted = true
            return accountForMail()
        // XCLIENT is answered with a greeting, after which the client says hello again (Postfix XCLIENT_README).
        case .rset where introduction == .awaited:
            guard reply.code == 220 else { return finish(.protocolError(at: turn, reply)) }
            introduction = .done
            return sayHello()
        case .rset: return nextMail()
        case .quit: return finish(nil)
        case .data, .chunk, .lastChunk, .anytime, .handshake, .turnAround, .unknown:
            return finish(.protocolError(at: turn, reply))
        }
    }

    /// 3yz, which only DATA and AUTH may be answered with: the one with 354, the other with 334 (RFC 5321 §4.3.2, RFC 4954 §4).
    private mutating func invited(_ turn: CommandSequence.Turn, _ reply: Reply) -> [Action] {
        switch turn {
        case .data:
            guard reply.code == 354 else { return finish(.protocolError(at: turn, reply)) }
            return stops(at: .data) ? finish(nil) : sendMailData()
        case .auth, .saslResponse:
            guard reply.code == 334 else { return finish(.protocolError(at: turn, reply)) }
            // A server that goes on asking after the asterisk would do so for ever.
            if exchange?.isCalledOff == true { return finish(.protocolError(at: turn, reply)) }
            guard let line = exchange?.challenged(reply.lines.last?.text ?? []) else {
                return finish(.protocolError(at: turn, reply))
            }
            if let trouble = exchange?.trouble { note(.notAuthenticated(trouble)) }
            return send(line, .saslResponse)
        case .greeting, .hello, .mail, .rcpt, .mailData, .chunk, .lastChunk, .rset, .anytime, .startTLS, .handshake,
            .quit, .turnAround, .unknown:
            return finish(.protocolError(at: turn, reply))
        }
    }

    /// 4yz and 5yz.
    private mutating func refused(_ turn: CommandSequence.Turn, _ reply: Reply) -> [Action] {
        // RFC 5321 §3.8: 421 announces that the server closes, to whatever command.
        if reply.code == 421 { return finish(.refused(at: turn, reply)) }
        switch turn {
        case .hello where hello == .ehlo && (reply.code == 500 || reply.code == 502) && mayFallBack:
            // RFC 5321 §3.2: a server that does not know EHLO may know HELO.
            hello = .helo
            return sayHello()
        case .greeting, .hello, .auth, .saslResponse, .rset, .quit:
            note(.refused(at: turn == .saslResponse ? .auth : turn, reply))
            return turn == .quit ? finish(nil) : quit()
        case .mail, .data:
            note(.refused(at: turn, reply))
            return giveMailUp()
        case .rcpt: return nextRecipient(after: reply)
        case .mailData:
            note(.refused(at: turn, reply))
            return accountForMail()
        case .startTLS:
            // RFC 3207 §4.1: who only wanted TLS if it is to be had goes on in the clear.
            guard plan.tls == .required else { return introduced() }
            note(.refused(at: turn, reply))
            return quit()
        case .chunk, .lastChunk, .anytime, .handshake, .turnAround, .unknown:
            return finish(.protocolError(at: turn, reply))
        }
    }

    /// HELO knows neither AUTH nor STARTTLS.
    private var mayFallBack: Bool { plan.credentials == nil && plan.tls != .required && !isSecured }
}

// MARK: Turns

extension ClientDialogue {
    private func stops(at point: StopPoint) -> Bool { plan.quitAfter == point }

    /// The end that was planned: with RSET and QUIT, or without a word.
    private mutating func stop() -> [Action] { plan.drops ? finish(nil) : leave() }

    /// What goes wrong with QUIT takes nothing back that was accepted.
    private mutating func note(_ outcome: Outcome) {
        guard outcome.turn != .quit || acceptedMails == 0 else { return }
        guard failure == nil else { return }
        let isSecondHello = isSecured && plan.tls != .onConnect && outcome.turn == .hello
        let isIntroduction = introduction == .awaited && outcome.turn == .rset
        failure = isSecondHello ? .afterTLS(outcome) : isIntroduction ? .ofCommand(.xclient, outcome) : outcome
    }

    private mutating func waitFor(_ turn: CommandSequence.Turn) -> [Action] {
        state = .awaiting(turn)
        return [.wait(TimeLimit(awaiting: turn))]
    }

    private mutating func send(_ line: OutgoingLine, _ turn: CommandSequence.Turn) -> [Action] {
        [.send(line, turn)] + waitFor(turn)
    }

    /// A line of grammar that was checked with the plan; should it fail all the same, the session ends instead.
    private mutating func send(
        _ turn: CommandSequence.Turn,
        _ line: () throws(OutgoingLineError) -> OutgoingLine
    ) -> [Action] {
        guard let line = try? line() else { return finish(.protocolError(at: turn, nil)) }
        return send(line, turn)
    }

    private mutating func sayHello() -> [Action] {
        let (verb, name) = (hello, plan.clientName)
        return send(.hello) { () throws(OutgoingLineError) in try Command.hello(verb, name) }
    }

    private mutating func introduce() -> [Action] {
        guard offer.offers("XCLIENT") else {
            note(.notOffered(keyword: "XCLIENT", at: .hello))
            return quit()
        }
        introduction = .awaited
        let attributes = plan.xclient ?? ""
        return send(.rset) { () throws(OutgoingLineError) in try OutgoingLine("XCLIENT \(attributes)") }
    }

    /// After the answer to EHLO: into TLS, when that is planned and still to be done.
    private mutating func secureOrGoOn() -> [Action] {
        guard !isSecured else { return introduced() }
        if stops(at: .firstHello) { return stop() }
        let isOffered = offer.offers("STARTTLS")
        switch plan.tls {
        case .ifOffered where isOffered, .required where isOffered: return send(Command.bare(.startTLS), .startTLS)
        case .required:
            note(.notOffered(keyword: "STARTTLS", at: .startTLS))
            return quit()
        case .never, .ifOffered, .onConnect: return introduced()
        }
    }

    private mutating func startTLS() -> [Action] {
        state = .securing
        return [.startTLS, .wait(.other)]
    }

    /// Both sides have said who they are, for the last time.
    private mutating func introduced() -> [Action] {
        let isOver = stops(at: .hello) || stops(at: .firstHello) || stops(at: .tls)
        return isOver ? stop() : authenticateOrMail()
    }

    private mutating func authenticateOrMail() -> [Action] {
        guard let credentials = plan.credentials else { return stops(at: .auth) ? quit() : nextMail() }
        let best = ClientSASL.mechanism(offeredIn: offer, hasDigests: plan.digests != nil)
        guard isSecured || plan.mayAuthenticateInClear else {
            note(.credentialsKept(plan.mechanism ?? best))
            return quit()
        }
        guard let mechanism = plan.mechanism.map({ ClientSASL.isOffered($0, in: offer) ? $0 : nil }) ?? best else {
            let isForLack = plan.mechanism == nil && offer.offers("AUTH")
            note(
                isForLack
                    ? .noMechanism(offered: offer.parameters(of: "AUTH"))
                    : .notOffered(keyword: plan.mechanism.map { "AUTH \($0.name)" } ?? "AUTH", at: .auth)
            )
            return quit()
        }
        var exchange = ClientSASL(mechanism, credentials, plan.digests)
        let line = exchange.start()
        self.exchange = exchange
        return send(line, .auth)
    }

    private mutating func nextMail() -> [Action] {
        guard !isLeaving, mailIndex < plan.mails.count else { return quit() }
        let mail = plan.mails[mailIndex]
        askedRecipients = 0
        acceptedRecipients = 0
        if let keyword = missingKeyword(for: mail) {
            note(.notOffered(keyword: keyword, at: .mail))
            return giveMailUp()
        }
        var parameters: [Parameter] = []
        if plan.declareSize, offer.offers("SIZE") { parameters.append(Parameter("SIZE", String(mail.declaredSize))) }
        if mail.isEightBit { parameters.append(Parameter("BODY", "8BITMIME")) }
        if mail.needsSMTPUTF8 { parameters.append(Parameter("SMTPUTF8")) }
        let line = send(.mail) { () throws(OutgoingLineError) in
            try Command.mail(mail.envelope.reversePath, parameters)
        }
        return plan.pipelines && offer.offers("PIPELINING") ? line + restOfGroup(mail) : line
    }

    /// What the mail cannot go without (RFC 6152 §3, RFC 6531 §3.2).
    private func missingKeyword(for mail: MailObject) -> String? {
        if mail.needsSMTPUTF8, !offer.offers("SMTPUTF8") { return "SMTPUTF8" }
        if mail.isEightBit, !offer.offers("8BITMIME") { return "8BITMIME" }
        return nil
    }

    /// RCPT for the next recipient; after the last DATA, when the server said yes to one at least (RFC 5321 §3.3).
    private mutating func nextRecipient(after refusal: Reply? = nil) -> [Action] {
        let paths = plan.mails[mailIndex].envelope.forwardPaths
        if askedRecipients < paths.count {
            let path = paths[askedRecipients]
            return send(.rcpt) { () throws(OutgoingLineError) in try Command.rcpt(path) }
        }
        guard acceptedRecipients > 0 else {
            if let refusal { note(.refused(at: .rcpt, refusal)) }
            return giveMailUp()
        }
        return stops(at: .rcpt) ? stop() : send(Command.bare(.data), .data)
    }

    private mutating func sendMailData() -> [Action] {
        dueAcceptances = hello == .lhlo ? max(1, acceptedRecipients) : 1
        wasAccepted = false
        let mail = plan.mails.indices.contains(mailIndex) ? plan.mails[mailIndex] : plan.mails.last
        return [.sendMailData(mail?.mailData ?? DotStuffing.mailData(of: []))] + waitFor(.mailData)
    }

    private mutating func mailWasTaken() {
        acceptedMails += 1
        mailIndex += 1
    }

    /// One answer to the mail data; the mail is done with when the last has come.
    private mutating func accountForMail() -> [Action] {
        dueAcceptances -= 1
        guard dueAcceptances <= 0 else { return waitFor(.mailData) }
        if wasAccepted { acceptedMails += 1 }
        mailIndex += 1
        return stops(at: .dot) ? stop() : nextMail()
    }

    /// The mail cannot be sent; the next one can, once its transaction is cleared away.
    private mutating func giveMailUp() -> [Action] {
        guard plan.quitAfter == nil else { return leave() }
        mailIndex += 1
        guard mailIndex < plan.mails.count else { return quit() }
        return transactionIsOpen ? send(Command.bare(.rset), .rset) : nextMail()
    }

    /// The end that was planned.
    private mutating func leave() -> [Action] {
        isLeaving = true
        return transactionIsOpen ? send(Command.bare(.rset), .rset) : quit()
    }

    private var transactionIsOpen: Bool { sequence.allows(.rcpt) }

    private mutating func quit() -> [Action] {
        isLeaving = true
        return sequence.allows(.quit) ? send(Command.bare(.quit), .quit) : finish(nil)
    }

    /// Ends the session; what went wrong before counts more than `outcome`.
    private mutating func finish(_ outcome: Outcome?) -> [Action] {
        state = .finished
        if let outcome { note(outcome) }
        return [.close, .finish(failure ?? .completed(accepted: acceptedMails))]
    }
}

// MARK: Pipelining

/// RFC 2920 §3.1: MAIL, every RCPT and DATA go out together; each is answered, and the last answer decides.
extension ClientDialogue {
    /// What follows MAIL without waiting, no further than where the session is to stop.
    private mutating func restOfGroup(_ mail: MailObject) -> [Action] {
        guard plan.quitAfter != .mail else { return [] }
        var actions: [Action] = []
        for path in mail.envelope.forwardPaths {
            guard let line = try? Command.rcpt(path) else { continue }
            actions.append(.send(line, .rcpt))
            group.append(.rcpt)
        }
        guard plan.quitAfter != .rcpt else { return actions }
        group.append(.data)
        return actions + [.send(Command.bare(.data), .data)]
    }

    private mutating func answeredInGroup(
        _ turn: CommandSequence.Turn,
        _ severity: Reply.Severity,
        _ reply: Reply
    ) -> [Action] {
        sequence.follow(turn, code: reply.code)
        if reply.code == 421 { return finish(.refused(at: turn, reply)) }
        let isRefused = severity == .transientFailure || severity == .permanentFailure
        switch turn {
        case .mail: if isRefused { note(.refused(at: .mail, reply)) }
        case .rcpt:
            askedRecipients += 1
            if !isRefused { acceptedRecipients += 1 }
            if isRefused, acceptedRecipients == 0, group.first != .rcpt { note(.refused(at: .rcpt, reply)) }
        case .greeting, .hello, .data, .mailData, .chunk, .lastChunk, .rset, .anytime, .auth, .saslResponse, .startTLS,
            .handshake, .quit, .turnAround, .unknown:
            break
        }
        guard group.isEmpty else { return waitFor(group.removeFirst()) }
        guard turn == .data else { return stops(at: .rcpt) ? stop() : nextRecipient(after: reply) }
        // Whoever says another 3yz than 354 may wait for anything: nothing more can be said on this connection.
        if severity == .intermediate, reply.code != 354 { return finish(.protocolError(at: .data, reply)) }
        guard severity == .intermediate else {
            note(isRefused ? .refused(at: .data, reply) : .protocolError(at: .data, reply))
            return giveMailUp()
        }
        // A server that says 354 although it took nobody gets a mail without content (RFC 2920 §3.1).
        guard acceptedRecipients > 0 else { return [.sendMailData([46, 13, 10])] + waitFor(.mailData) }
        return stops(at: .data) ? finish(nil) : sendMailData()
    }
}
