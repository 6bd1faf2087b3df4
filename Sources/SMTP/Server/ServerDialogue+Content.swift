/// Mail data and chunks: what comes after a command that asked for more (RFC 5321 §4.1.1.4, RFC 3030 §2).
extension ServerDialogue {
    // MARK: DATA

    mutating func data() -> [Action] {
        if let rule = rule(for: .data, .data), rule.code / 100 != 3 { return answer(.data, rule) }
        // RFC 3030 §3: what is not made of lines cannot end with one.
        guard transaction?.isBinary != true else { return fault(.data, Answer(503, "5.5.1", "BINARYMIME needs BDAT")) }
        previousEnding = .crlf
        endSearch = policy.endsOfData == [.standard] ? nil : EndOfDataSearch(policy.endsOfData)
        let usual = worded(.data, Answer(354, nil, "Send the mail, end with a dot alone on a line"))
        return answer(.data, rule(for: .data, .data) ?? usual)
    }

    /// A line of mail data. Only a dot between CRLF and CRLF ends it; all other octets are content.
    mutating func receivedMailData(_ line: WireLine) -> [Action] {
        if endSearch != nil { return searchMailData(line) }
        guard !DotStuffing.ends(line, after: previousEnding) else { return acceptMail(.mailData) }
        keep((previousEnding == .crlf ? DotStuffing.unstuff(line.octets) : line.octets) + line.ending.octets)
        previousEnding = line.ending
        return dropsNow ? drop() : []
    }

    private var dropsNow: Bool { policy.dropsAfterOctets.map { (transaction?.octets ?? 0) >= $0 } ?? false }

    /// A line of mail data, or a piece of one, for a server that takes more than one end. What stands behind the end is the
    /// next command, which is how a mail is smuggled in another (RFC 5321 §4.1.1.4).
    private mutating func searchMailData(_ line: WireLine) -> [Action] {
        let octets = line.onTheWire
        for (index, octet) in octets.enumerated() {
            guard let found = endSearch?.take(octet) else { continue }
            let end = found.end
            endSearch = nil
            keep(octets[..<(found.endsBefore ? index : index + 1)])
            // What was kept ends in the end; at the very start the line end before the dot was that of DATA.
            let surplus = end.octets.count - end.lineEndBefore
            let kept = transaction?.content.count ?? 0
            transaction?.content.removeLast(min(surplus, kept))
            transaction?.octets -= surplus
            unstuffKept()
            let remark = [Action.remark("this server takes \(end.phrase) for the end of the mail data")]
            let actions = (end == .standard ? [] : remark) + acceptMail(.mailData)
            var rest = octets[(found.endsBefore ? index : index + 1)...]
            if found.endsBefore, octet == 10 { rest = rest.dropFirst() }
            return rest.isEmpty ? actions : actions + received(Self.line(Array(rest)))
        }
        keep(octets)
        return dropsNow ? drop() : []
    }

    /// Octets that a framer gave out already, as a line again.
    private static func line(_ octets: [UInt8]) -> WireLine {
        if octets.suffix(2) == [13, 10] { return WireLine(Array(octets.dropLast(2)), ending: .crlf) }
        if octets.last == 10 { return WireLine(Array(octets.dropLast()), ending: .lf) }
        return WireLine(octets, ending: .none)
    }

    /// Takes the doubled dots off content that was kept as it came (RFC 5321 §4.5.2).
    private mutating func unstuffKept() {
        guard let content = transaction?.content, content.contains(DotStuffing.dot) else { return }
        var framer = LineFramer()
        framer.append(content)
        var whole: [UInt8] = []
        var isAtStart = true
        while let line = framer.nextLine() ?? framer.finish() {
            whole += (isAtStart ? DotStuffing.unstuff(line.octets) : line.octets) + line.ending.octets
            isAtStart = line.ending == .crlf
        }
        transaction?.content = whole
    }

    /// Keeps content as long as it is not too much, so that memory is bounded whatever comes.
    mutating func keep(_ octets: some Collection<UInt8>) {
        guard var mail = transaction else { return }
        transaction = nil  // so that the content is not copied
        mail.octets += octets.count
        if mail.octets <= policy.sizeLimit { mail.content += octets }
        transaction = mail
    }

    /// The whole mail is here: take responsibility for it or not (RFC 5321 §4.2.5).
    private mutating func acceptMail(_ turn: CommandSequence.Turn) -> [Action] {
        if policy.dropsAt == .mailData { return drop() }
        defer { transaction = nil }
        guard let mail = transaction else { return answer(turn, Answer(451, "4.3.0", "Local error")) }
        guard mail.octets <= policy.sizeLimit else { return refuse(turn, tooLarge) }
        if policy.family == .lmtp { return acceptForEach(mail, turn) }
        let path: Path = if case .mailbox(let mailbox) = mail.envelope.reversePath { .mailbox(mailbox) } else { .null }
        let verdict = rule(for: .mailData, nil, path) ?? accepted
        guard verdict.code / 100 == 2 else { return refuse(turn, verdict) }
        acceptedMails += 1
        return [.accepted(MailObject(envelope: mail.envelope, content: mail.content))] + answer(turn, verdict)
    }

    private var accepted: Answer {
        let id = acceptedMails == 0 ? policy.queueID : "\(policy.queueID)-\(acceptedMails + 1)"
        return worded(.content, Answer(250, "2.0.0", "Accepted as \(id)"))
    }

    /// The mail is here and is not taken: in LMTP for no recipient.
    private mutating func refuse(_ turn: CommandSequence.Turn, _ verdict: Answer) -> [Action] {
        let count = policy.family == .lmtp ? max(1, transaction?.envelope.forwardPaths.count ?? 1) : 1
        let given = giveUp("the mail data was answered \(Self.summary(lines(of: verdict)))")
        return given + (0..<count).flatMap { _ in answer(turn, verdict) }
    }

    /// LMTP: every recipient that RCPT accepted gets an answer of its own, in their order (RFC 2033 §4.2).
    private mutating func acceptForEach(_ mail: Transaction, _ turn: CommandSequence.Turn) -> [Action] {
        transaction = nil
        var taken: [ForwardPath] = []
        var refusals: [String] = []
        var replies: [Answer] = []
        for forwardPath in mail.envelope.forwardPaths {
            let path: Path = if case .mailbox(let mailbox) = forwardPath { .mailbox(mailbox) } else { .postmaster }
            let verdict = rule(for: .mailData, nil, path) ?? accepted
            replies.append(verdict)
            if verdict.code / 100 == 2 {
                taken.append(forwardPath)
            } else {
                refusals.append("\(forwardPath.octets.lossyText) was answered \(Self.summary(lines(of: verdict)))")
            }
        }
        var actions: [Action] = []
        if !taken.isEmpty {
            acceptedMails += 1
            let envelope = Envelope(reversePath: mail.envelope.reversePath, forwardPaths: taken)
            actions.append(.accepted(MailObject(envelope: envelope, content: mail.content)))
        }
        if !refusals.isEmpty {
            var envelope = mail.envelope
            envelope.forwardPaths.removeAll(where: taken.contains)
            let why = refusals.joined(separator: "; ")
            actions.append(.notAccepted(MailObject(envelope: envelope, content: mail.content), why: why))
        }
        return actions + replies.flatMap { answer(turn, $0) }
    }

    // MARK: BDAT

    mutating func bdat(_ command: Command) -> [Action] {
        guard case .chunk(let octets?, let isLast) = command.argument, let count = Int(exactly: octets) else {
            return fault(command.turn, Answer(501, "5.5.4", "Not a chunk size"))
        }
        return begin(Chunk(octets: count, remaining: count, isLast: isLast, refusal: nil))
    }

    /// A command that may not come now. The octets of a chunk come all the same and are not commands (RFC 3030 §2); nil when
    /// the command says nothing clear about them.
    mutating func outOfSequence(_ command: Command?, _ turn: CommandSequence.Turn, _ refusal: Answer) -> [Action] {
        guard case .chunk(let octets?, let isLast) = command?.argument, let count = Int(exactly: octets) else {
            return fault(turn, refusal)
        }
        return begin(Chunk(octets: count, remaining: count, isLast: isLast, refusal: refusal))
    }

    private mutating func begin(_ chunk: Chunk) -> [Action] {
        self.chunk = chunk
        return chunk.remaining == 0 ? finishChunk() : []
    }

    mutating func finishChunk() -> [Action] {
        guard let done = chunk else { return [] }
        chunk = nil
        if let refusal = done.refusal { return fault(done.turn, refusal) }
        if done.isLast { return acceptMail(.lastChunk) }
        var verdict = rule(for: .chunk, .bdat) ?? Answer(250, "2.0.0", "\(done.octets) octets received")
        if transaction.map({ $0.octets > policy.sizeLimit }) == true { verdict = tooLarge }
        let isRefused = verdict.code / 100 != 2
        let given = isRefused ? giveUp("BDAT was answered \(Self.summary(lines(of: verdict)))") : []
        return given + answer(.chunk, verdict)
    }
}
