import Testing

@testable import SMTP

@Suite struct CommandSequenceTests {
    typealias Turn = CommandSequence.Turn
    typealias Phase = CommandSequence.Phase

    /// A session in which the server has given these answers, first to last.
    private static func sequence(_ answers: [(Turn, UInt16?)]) -> CommandSequence {
        var sequence = CommandSequence()
        for (turn, code) in answers { sequence.advance(turn, code: code) }
        return sequence
    }

    private static let toHello: [(Turn, UInt16?)] = [(.greeting, 220), (.hello, 250)]
    private static let toRecipient: [(Turn, UInt16?)] = toHello + [(.mail, 250), (.rcpt, 250)]

    /// A way to each phase, so that a phase that cannot be reached fails here.
    static let ways: [Phase: [(Turn, UInt16?)]] = [
        .connected: [], .greeted: [(.greeting, 220)], .identified: toHello, .reversePath: toHello + [(.mail, 250)],
        .forwardPaths: toRecipient, .mailData: toRecipient + [(.data, 354)], .chunks: toRecipient + [(.chunk, 250)],
        .authenticating: toHello + [(.auth, 334)], .securing: toHello + [(.startTLS, 220)],
        .ended: toHello + [(.quit, 221)],
    ]

    /// What may come in each phase, in words of RFC 5321 §4.1.4, RFC 3030 §2, RFC 3207 §4 and RFC 4954 §4.
    static let allowed: [Phase: Set<Turn>] = {
        let always: Set<Turn> = [.hello, .rset, .anytime, .quit, .unknown, .turnAround]
        return [
            .unknown: Set(Turn.allCases), .connected: [.greeting], .greeted: always.union([.auth, .startTLS]),
            .identified: always.union([.mail, .auth, .startTLS]), .reversePath: always.union([.rcpt]),
            .forwardPaths: always.union([.rcpt, .data, .chunk, .lastChunk]), .mailData: [.mailData],
            .chunks: always.union([.chunk, .lastChunk]), .authenticating: [.saslResponse], .securing: [.handshake],
            .ended: [],
        ]
    }()

    @Test func `each phase and each turn has its place in the flat table`() {
        #expect(Phase.allCases.map(\.place) == Array(Phase.allCases.indices))
        #expect(Turn.allCases.map(\.place) == Array(Turn.allCases.indices))
    }

    @Test(arguments: Phase.allCases)
    func `in each phase just these turns are in sequence`(phase: Phase) throws {
        let sequence = phase == .unknown ? .unknown : Self.sequence(try #require(Self.ways[phase]))
        #expect(sequence.phase == phase)
        #expect(Set(Turn.allCases.filter(sequence.allows)) == Self.allowed[phase])
    }

    @Test(arguments: Phase.allCases)
    func `a turn out of sequence changes nothing, whatever the answer`(phase: Phase) throws {
        let before = phase == .unknown ? .unknown : Self.sequence(try #require(Self.ways[phase]))
        for turn in Turn.allCases where !before.allows(turn) {
            for code: UInt16? in [nil, 220, 250, 334, 354, 421, 450, 550] {
                var after = before
                after.advance(turn, code: code)
                #expect(after == before)
            }
        }
    }

    @Test(arguments: [
        (Turn.greeting, UInt16(220), Phase.greeted), (.hello, 250, .identified), (.hello, 550, .unknown),
        (.mail, 250, .reversePath),
        (.mail, 550, .unknown), (.rcpt, 250, .forwardPaths), (.rcpt, 550, .unknown), (.data, 354, .mailData),
        (.data, 554, .unknown), (.mailData, 250, .identified), (.auth, 334, .authenticating), (.auth, 235, .identified),
        (.auth, 504, .unknown), (.saslResponse, 235, .identified), (.startTLS, 220, .securing),
        (.rset, 250, .identified),
        (.anytime, 250, .unknown), (.unknown, 500, .unknown), (.quit, 221, .ended),
    ])
    func `an onlooker who comes late learns where the session is`(turn: Turn, code: UInt16, phase: Phase) {
        var sequence = CommandSequence.unknown
        sequence.follow(turn, code: code)
        #expect(sequence.phase == phase)
    }

    @Test(
        arguments: [
            ([(.greeting, 554)], .greeted), ([(.greeting, 450)], .connected), ([(.greeting, nil)], .connected),
            ([(.greeting, 220), (.hello, 502)], .greeted), (toHello + [(.hello, 550)], .identified),
            (toHello + [(.mail, 550)], .identified), (toHello + [(.mail, 354)], .identified),
            (toHello + [(.mail, 250), (.rcpt, 550)], .reversePath), (toRecipient + [(.rcpt, 550)], .forwardPaths),
            (toRecipient + [(.rcpt, 251)], .forwardPaths), (toRecipient + [(.hello, 250)], .identified),
            (toRecipient + [(.rset, 250)], .identified), (toRecipient + [(.rset, 500)], .forwardPaths),
            (toRecipient + [(.anytime, 252)], .forwardPaths), (toRecipient + [(.unknown, 500)], .forwardPaths),
            (toRecipient + [(.data, 250)], .forwardPaths), (toRecipient + [(.data, 451)], .forwardPaths),
            (toRecipient + [(.data, 354), (.mailData, 250)], .identified),
            (toRecipient + [(.data, 354), (.mailData, 554)], .identified),
            (toRecipient + [(.data, 354), (.mailData, nil)], .identified),
            (toRecipient + [(.chunk, 250), (.chunk, 250)], .chunks),
            (toRecipient + [(.chunk, 250), (.lastChunk, 250)], .identified),
            (toRecipient + [(.lastChunk, 250)], .identified), (toRecipient + [(.lastChunk, 554)], .identified),
            (toRecipient + [(.chunk, 552)], .identified), (toRecipient + [(.chunk, 452)], .identified),
            (toRecipient + [(.chunk, 250), (.rset, 250)], .identified), (toRecipient + [(.quit, 221)], .ended),
            ([(.greeting, 220), (.rset, 250)], .greeted), ([(.greeting, 220), (.quit, 500)], .ended),
            ([(.greeting, 220), (.auth, 235)], .greeted), (toHello + [(.auth, 235)], .identified),
            (toHello + [(.auth, 535)], .identified), (toHello + [(.auth, 334), (.saslResponse, 334)], .authenticating),
            (toHello + [(.auth, 334), (.saslResponse, 235)], .identified),
            (toHello + [(.auth, 334), (.saslResponse, 535)], .identified), (toHello + [(.startTLS, 454)], .identified),
            (toHello + [(.startTLS, 220), (.handshake, 220)], .greeted), (toHello + [(.turnAround, 502)], .identified),
        ] as [([(Turn, UInt16?)], Phase)]
    )
    func `answers lead to`(answers: [(Turn, UInt16?)], phase: Phase) {
        #expect(Self.sequence(answers).phase == phase)
    }

    /// What an observer meets: a server that takes what is out of sequence, and a session that began before it came.
    @Test(
        arguments: [
            ([], .greeting, 450, .greeted), ([], .greeting, nil, .greeted),
            ([(.greeting, 220)], .mail, 250, .reversePath),
            ([(.greeting, 220)], .mail, 503, .greeted), (toHello, .rcpt, 250, .forwardPaths),
            (toHello, .rcpt, 354, .identified),
            (toHello, .data, 354, .mailData), (toHello, .data, 250, .forwardPaths), (toHello, .data, 503, .identified),
            (toHello + [(.mail, 250)], .mail, 250, .reversePath), (toRecipient, .auth, 235, .identified),
            (toRecipient, .startTLS, 220, .securing), ([], .anytime, 250, .connected), ([], .unknown, 250, .connected),
            ([], .quit, 221, .ended), (toRecipient, .lastChunk, 250, .identified),
            (toHello, .lastChunk, 250, .identified),
            (toHello, .mailData, 250, .identified), (toHello, .saslResponse, 235, .identified),
        ] as [([(Turn, UInt16?)], Turn, UInt16?, Phase)]
    )
    func `an observer follows what was taken although it was out of sequence`(
        answers: [(Turn, UInt16?)],
        turn: Turn,
        code: UInt16?,
        phase: Phase
    ) {
        var sequence = Self.sequence(answers)
        sequence.follow(turn, code: code)
        #expect(sequence.phase == phase)
    }

    @Test(arguments: Turn.allCases)
    func `who takes a turn for granted can follow it`(turn: Turn) {
        var sequence = CommandSequence()
        sequence.assume(turn)
        #expect(sequence.allows(turn))
    }
}

@Suite struct PendingTurnsTests {
    @Test func `answers find the oldest turn`() {
        var pending = PendingTurns<Int>()
        #expect(pending.isEmpty && pending.first == nil)
        pending.append(.mail, verb: .mail, context: 1)
        pending.append(.rcpt, verb: .rcpt, context: 2)
        #expect(pending.first?.context == 1 && pending.last?.context == 2)
        let (answered, skipped) = pending.answer(code: 250)
        #expect(answered?.turn == .mail && answered?.verb == .mail && answered?.context == 1 && skipped.isEmpty)
        #expect(pending.answer(code: 550).answered?.context == 2)
        #expect(pending.answer(code: 250).answered == nil)
    }

    @Test(arguments: [(UInt16(250), true), (354, false), (451, false), (554, false)])
    func `2yz cannot answer DATA, so it answers the mail data behind it`(code: UInt16, skips: Bool) {
        var pending = PendingTurns<Void>()
        pending.append(.data, verb: .data, context: ())
        pending.append(.mailData, verb: nil, context: ())
        let (answered, skipped) = pending.answer(code: code)
        #expect(answered?.turn == (skips ? .mailData : .data))
        #expect(skipped.map(\.turn) == (skips ? [.data] : []))
        #expect(pending.entries.count == (skips ? 0 : 1))
    }

    @Test func `nothing is skipped for a DATA alone, or before another turn`() {
        var pending = PendingTurns<Void>()
        pending.append(.data, verb: .data, context: ())
        #expect(pending.answer(code: 250).answered?.turn == .data)
        pending.append(.data, verb: .data, context: ())
        pending.append(.rset, verb: .rset, context: ())
        #expect(pending.answer(code: 250).skipped.isEmpty)
        pending.append(.rcpt, verb: .rcpt, context: ())
        pending.append(.mailData, verb: nil, context: ())
        #expect(pending.answer(code: nil).answered?.turn == .rset)
        #expect(pending.removeAll().map(\.turn) == [.rcpt, .mailData])
        #expect(pending.isEmpty)
    }

    @Test func `thousands that wait are answered in their order`() {
        var pending = PendingTurns<Int>()
        for number in 0..<5_000 { pending.append(.anytime, verb: .noop, context: number) }
        for number in 0..<5_000 {
            #expect(pending.count == 5_000 - number)
            #expect(pending.answer(code: 250).answered?.context == number)
        }
        #expect(pending.removeFirst() == nil)
        #expect(pending.entries.isEmpty)
    }
}

/// The tables are walked, so that a row that is forgotten or written twice is seen.
@Suite struct TableTests {
    @Test(arguments: Verb.allCases)
    func `each verb is read in any case and says where it stands`(verb: Verb) {
        #expect(Verb(reading: verb.rawValue.utf8) == verb)
        #expect(Verb(reading: verb.rawValue.lowercased().utf8) == verb)
        #expect(verb.octets == Array(verb.rawValue.utf8))
        #expect(verb.octets.allSatisfy { (0x41...0x5A).contains($0) })
        #expect(!verb.spec.isEmpty)
        #expect(!verb.spec.hasPrefix("RFC") || verb.spec.contains(" §"))
        if let keyword = verb.neededKeyword { #expect(Extension.named(keyword.utf8)?.verbs.contains(verb) == true) }
    }

    @Test func `what is no verb is none`() {
        for text in ["", "MAI", "MAILS", "MA\u{130}L", "qu\u{131}t", " MAIL"] {
            #expect(Verb(reading: text.utf8) == nil)
        }
    }

    @Test func `each extension is found by its keyword and by its parameters`() {
        #expect(!Extension.all.isEmpty)
        #expect(Set(Extension.all.map(\.keyword)).count == Extension.all.count)
        for row in Extension.all {
            #expect(row.keyword.utf8.elementsEqual(row.keyword.utf8.map(\.uppercased)))
            #expect(Extension.named(row.keyword.lowercased().utf8)?.keyword == row.keyword)
            #expect(!row.name.isEmpty && !row.spec.isEmpty)
            for parameter in row.parameters { #expect(Extension.keywords(permitting: parameter).contains(row.keyword)) }
        }
        #expect(Set(Extension.keywords(permitting: "BODY")) == ["8BITMIME", "BINARYMIME"])
        #expect(Extension.keywords(permitting: "NOSUCH").isEmpty)
        #expect(Extension.named("NOSUCH".utf8) == nil)
    }

    @Test func `each turn has a limit, and the limits are those of the RFC`() {
        #expect(TimeLimit.allCases.allSatisfy { !$0.spec.isEmpty })
        let minutes: [TimeLimit: Int] = [
            .greeting: 5, .mail: 5, .rcpt: 5, .data: 2, .dataBlock: 3, .acceptance: 10, .nextCommand: 5,
        ]
        for (limit, count) in minutes { #expect(limit.seconds == count * 60) }
        let limits: [CommandSequence.Turn: TimeLimit] = [
            .greeting: .greeting, .mail: .mail, .rcpt: .rcpt, .data: .data, .mailData: .acceptance, .chunk: .acceptance,
            .lastChunk: .acceptance,
        ]
        for turn in CommandSequence.Turn.allCases { #expect(TimeLimit(awaiting: turn) == limits[turn] ?? .other) }
    }

    @Test func `departures and lexemes have names that no two share`() {
        #expect(Set(Departure.Kind.allCases.map(\.rawValue)).count == Departure.Kind.allCases.count)
        for name in Departure.Kind.allCases.map(\.rawValue) + Lexeme.Kind.allCases.map(\.rawValue) {
            #expect(name.utf8.allSatisfy { $0.isLetDigHyphen && !(0x41...0x5A).contains($0) }, "\(name)")
        }
    }

    @Test func `a reply code is listed or it is not`() {
        for code: UInt16 in [
            220, 221, 235, 250, 253, 334, 353, 355, 422, 453, 523, 524, 525, 538, 354, 421, 452, 503, 521, 535, 550,
            556,
        ] {
            #expect(ReplyCode.isListed(code))
        }
        for code: UInt16 in [0, 200, 299, 333, 400, 499, 505, 557, 599, 777] { #expect(!ReplyCode.isListed(code)) }
        #expect((0...999).filter(ReplyCode.isListed).count == 44)
    }
}
