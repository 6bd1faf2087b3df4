import SMTP

/// What a line is, apart from its numbers and its octets: of a thousand lines few differ in it.
struct LineShape: Equatable, Sendable {
    /// What the line is, where a word is enough to say it; `rare` where it is not.
    enum Content: Equatable, Sendable {
        case command, reply, chunk, opaque, rare
        case mailData(TraceLine.MailDataPart.Kind)
    }

    let step: Step
    let leg: Leg
    let speaker: TraceLine.Speaker
    let ending: WireLine.Ending
    private let content: Content
    private let turn: CommandSequence.Turn?
    private let verb: Verb?

    init(_ line: __shared TraceLine) {
        (leg, speaker, ending, step) = (line.leg, line.speaker, line.ending, line.place.step)
        content = Content(line.content)
        if case .reply(let context) = line.content {
            (turn, verb) = (context.turn, context.verb)
        } else {
            (turn, verb) = (nil, nil)
        }
    }

    var isMailData: Bool { if case .mailData = content { true } else { false } }
    var isReply: Bool { if case .reply = content { true } else { false } }

    /// What the line is. What is rare was looked up before; a line whose parts are lost would be opaque.
    func content(_ marks: KeptLine.Marks, _ answers: Int?, recipient: Int?, _ fold: FieldFold) -> TraceLine.Content {
        switch content {
        case .command: .command
        case .mailData(let kind): .mailData(TraceLine.MailDataPart(kind, fold))
        case .chunk: .chunk
        case .opaque, .rare: .opaque
        case .reply:
            .reply(
                TraceLine.ReplyContext(
                    turn: turn,
                    verb: verb,
                    isFirst: marks.contains(.isFirst),
                    expectsEnhanced: marks.contains(.expectsEnhanced),
                    answers: answers,
                    recipient: recipient
                )
            )
        }
    }
}

/// What every line has, in 16 octets: its numbers are counted from those of the block's first line.
struct KeptLine: Sendable {
    struct Marks: OptionSet, Sendable {
        let rawValue: UInt8
        /// It has parts that few lines have.
        static let rare = Marks(rawValue: 1)
        static let found = Marks(rawValue: 2)
        /// Of a reply.
        static let isFirst = Marks(rawValue: 4)
        static let expectsEnhanced = Marks(rawValue: 8)
        static let isInferred = Marks(rawValue: 16)
        /// Its numbers are too far from those of the block's first line, and lie by themselves.
        static let wide = Marks(rawValue: 32)
    }

    /// The numbers of a line, as they are.
    struct Numbers: Sendable {
        let time: Double
        let substep, transaction: UInt32
        /// The line of what a reply answers; nil where there is none.
        let answers: Int?

        func place(_ step: Step) -> Place { Place(step, substep: Int(substep), transaction: Int(transaction)) }

        /// The time in millionths of a second, where it has no finer parts; nil where it would not come out as it went in.
        fileprivate var micros: Int64? { Self.seconds(nearestMicros) == time ? nearestMicros : nil }
        fileprivate var nearestMicros: Int64 { Int64(exactly: (time * 1e6).rounded()) ?? 0 }

        fileprivate static func seconds(_ micros: Int64) -> Double { Double(micros) / 1e6 }
    }

    /// Millionths of a second behind the block's first line.
    private var time: UInt32 = 0
    /// Where in the row's octets those of the line end.
    let end: UInt16
    /// The two of the place behind those of the block's first line, and how many lines before this one is what it answers,
    /// 0 where there is none. Sub-steps are counted anew with each step, so many are below the first.
    private var substep: Int16 = 0
    private var transaction: Int16 = 0
    private var answers: UInt16 = 0
    /// Which of the block's shapes it has.
    let shape: UInt16
    var marks: Marks = []

    init(_ line: __shared TraceLine, end: UInt16, shape: UInt16) {
        (self.end, self.shape) = (end, shape)
        if !line.findings.isEmpty { marks.insert(.found) }
        if line.isInferred { marks.insert(.isInferred) }
        guard case .reply(let context) = line.content else { return }
        if context.isFirst { marks.insert(.isFirst) }
        if context.expectsEnhanced { marks.insert(.expectsEnhanced) }
    }

    /// Keeps the numbers, if they are near enough to those of the block's first line to come out as they went in.
    mutating func take(_ numbers: Numbers, index: Int, from base: Numbers) -> Bool {
        let answered = numbers.answers.map { index - $0 } ?? 0
        guard let micros = numbers.micros, let time = UInt32(exactly: micros - base.nearestMicros),
            let substep = Int16(exactly: Int(numbers.substep) - Int(base.substep)),
            let transaction = Int16(exactly: Int(numbers.transaction) - Int(base.transaction)),
            let answers = UInt16(exactly: answered), numbers.answers == nil || answers > 0
        else {
            marks.insert(.wide)
            return false
        }
        (self.time, self.substep, self.transaction, self.answers) = (time, substep, transaction, answers)
        return true
    }

    func numbers(_ index: Int, from base: Numbers) -> Numbers {
        Numbers(
            time: Numbers.seconds(base.nearestMicros + Int64(time)),
            substep: UInt32(clamping: Int(base.substep) + Int(substep)),
            transaction: UInt32(clamping: Int(base.transaction) + Int(transaction)),
            answers: answers > 0 ? index - Int(answers) : nil
        )
    }
}

extension KeptLine.Numbers {
    init(of line: __shared TraceLine) {
        (time, answers) = (line.time, line.answers)
        (substep, transaction) = (UInt32(clamping: line.place.substep), UInt32(clamping: line.place.transaction))
    }
}

extension LineShape.Content {
    init(_ content: TraceLine.Content) {
        switch content {
        case .command: self = .command
        case .reply: self = .reply
        case .mailData(let part): self = .mailData(part.kind)
        case .chunk: self = .chunk
        case .opaque: self = .opaque
        case .saslResponse, .tls, .record, .event: self = .rare
        }
    }
}
