import SMTP

/// Follows what was said on one leg and says what is going on: THE one place where that is decided, for one session.
///
/// It decides which situations there are, from commands, replies and what of mail data stands out. It does not know lines or octets of a
/// wire, nor words: a trace and a glance at a session both feed it, so that a list and a walk cannot disagree. Wrong input is a peer's,
/// and much of it is what a situation rests on. What was not seen is never held against anybody: on a connection whose beginning or
/// middle is lost nothing is told that rests on what was not said.
struct SituationReading: Sendable {
    /// Where and when something was said, as far as that is known.
    struct Place: Sendable {
        var line: Int?
        var time: Double?
    }

    private var login = LoginTally()
    private var relay = RelayTally()
    private var harvest = HarvestTally()
    private var opening = OpeningSigns()
    private var smuggling = SmugglingSigns()
    private var attempts = AttemptTally()
    private var header: MailHeaderSigns?
    private var injected: (field: String, line: Int?)?
    /// What ties its mails to those of other sessions.
    private(set) var mails = MailTies()

    // MARK: The link

    /// `server` is a number for the one that is called.
    mutating func connecting(to server: Int?) {
        opening.connecting()
        attempts.connected(to: server)
        header = nil
    }

    mutating func connected() {
        guard opening.connected() else { return }
        attempts.connected(to: nil)
        header = nil
    }

    mutating func closed(by side: Side?, line: Int?) { opening.closed(by: side, line: line) }

    /// Octets of a side were not kept.
    mutating func lost() { opening.lost() }

    /// What was said in TLS is known.
    mutating func secured() { opening.secured() }

    mutating func record(_ side: Side, line: Int?) { opening.record(side, line: line) }

    // MARK: What is asked

    /// A command line. `id` names it in what answers it; nil where it did not arrive whole.
    mutating func asked(
        _ turn: CommandSequence.Turn,
        _ octets: UnsafeBufferPointer<UInt8>,
        isLF: Bool,
        id: Int?,
        at place: Place
    ) {
        opening.asked(turn, octets, line: place.line)
        guard let id else { return }
        switch turn {
        case .mail:
            attempts.mail(GlancedLine.path(octets))
            lookForLineEnd(octets, isLF, place)
        case .rcpt:
            let path = GlancedLine.path(octets)
            let name = HashedNames.number(path)
            relay.asked(path, id: id, line: place.line)
            harvest.askedRecipient(name, line: place.line)
            attempts.asked(name, id: id, at: place)
            lookForLineEnd(octets, isLF, place)
        case .hello: lookForLineEnd(octets, isLF, place)
        case .auth: login.began(Array(octets))
        case .data, .chunk, .lastChunk: harvest.sentMail()
        case .anytime, .unknown:
            let command = Command(reading: Array(octets))
            if let verb = command.verb, verb == .vrfy || verb == .expn, case .text(let name) = command.argument {
                harvest.asked(verb, about: name, line: place.line)
                lookForLineEnd(octets, isLF, place)
            }
        default: break
        }
    }

    /// An argument that a line end has broken up, or that holds one in some code, was put together by a program that did not look.
    private mutating func lookForLineEnd(_ line: UnsafeBufferPointer<UInt8>, _ isLF: Bool, _ place: Place) {
        guard injected == nil else { return }
        let isBroken = isLF && line.contains(UInt8(ascii: "<")) && !line.contains(UInt8(ascii: ">"))
        guard isBroken || MailHeaderSigns.mayHoldLineEnd(line) else { return }
        if isBroken || MailHeaderSigns.breaksArgument(line) { return injected = ("", place.line) }
        if let field = MailHeaderSigns.hidden(line) { injected = (field, place.line) }
    }

    /// What the client says that cannot be a line, as the octets of another protocol.
    mutating func unclear(_ octets: [UInt8], line: Int?) {
        octets.withUnsafeBufferPointer { opening.asked(.unknown, $0, line: line) }
    }

    // MARK: Mail data

    /// Whether the lines of mail data that come now have to be seen one by one.
    var isLookingAtContent: Bool { smuggling.isLooking }
    /// Whether the header of the mail under way is not over.
    var isInHeader: Bool { header?.isOver == false }

    /// A line of mail data without its end; `isEnd` for the one that ends it.
    mutating func content(_ line: WireLine, isEnd: Bool, at place: Place) {
        guard !isEnd else { return endContent() }
        chunk(line, at: place)
        smuggling.content(line, number: place.line)
    }

    /// A line of a chunk, whose end its size tells (RFC 3030 §2).
    mutating func chunk(_ line: WireLine, at place: Place) {
        harvest.sentMail()
        if header == nil { header = MailHeaderSigns() }
        guard isInHeader else { return }
        line.octets.withUnsafeBufferPointer { octets in
            header?.read(octets, isLF: line.ending == .lf, number: place.line)
        }
    }

    /// The header under way, for whoever reads plain lines of it at once and gives it back; nil where it is over.
    mutating func takeHeader() -> MailHeaderSigns? { isInHeader ? header.take() : nil }
    mutating func giveBack(_ header: MailHeaderSigns) { self.header = header }

    private mutating func endContent() {
        smuggling.ended()
        guard var header else { return }
        header.end()
        if injected == nil { injected = header.injected }
        mails.sent(header)
        self.header = nil
    }

    // MARK: What is answered

    /// A reply is complete. `id` names what it answers.
    mutating func answered(
        _ turn: CommandSequence.Turn?,
        _ verb: Verb?,
        _ reply: (octets: UnsafeBufferPointer<UInt8>, code: UInt16, status: EnhancedStatusCode?),
        id: Int?,
        at place: Place
    ) {
        opening.replied(turn, reply.code)
        smuggling.replied(turn, reply.code)
        switch turn {
        case .auth, .saslResponse: login.answered(reply.code, at: place)
        case .rcpt:
            harvest.answeredRecipient(reply.code, reply.status)
            guard let id else { return }
            relay.answered(id, reply.code, line: place.line)
            attempts.answered(id, reply.code, reply.status, at: place)
        case .mailData, .lastChunk:
            // The server took a dot for the end that is none.
            if header != nil { endContent() }
            if reply.code / 100 == 2 { mails.taken(reply.octets) }
        case .anytime where verb == .vrfy || verb == .expn: harvest.answered(reply.code)
        default: break
        }
    }

    // MARK: What it comes to

    /// The users for whom logins failed, as numbers.
    var failedUsers: [Int] { login.failedUsers }

    /// Whether mail was sent or announced.
    var meansMail: Bool { harvest.hasMail }

    /// A response of the client within a login.
    mutating func responded(_ octets: some Collection<UInt8>) { login.responded(octets) }

    /// How many logins failed, and whether one was accepted.
    var failedLogins: (count: Int, hasSucceeded: Bool) { (login.failed, login.hasSucceeded) }

    var situations: [Situation] {
        var found = opening.situations
        func add(_ situation: Situation?) { if let situation { found.append(situation) } }
        add(login.situation)
        // Who tests for a relay asks for many recipients as well, and means none of them.
        add(relay.situation(beside: harvest.recipients) ?? harvest.situation)
        if let (field, line) = injected {
            add(Situation(.headerInjection(field: field), lines: [line].compactMap(\.self)))
        }
        add(smuggling.situation)
        add(attempts.situation)
        return found
    }
}
