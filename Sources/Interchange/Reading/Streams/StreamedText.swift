import Captures
public import Tracing

/// Sessions in a text that comes little by little, told as they go on.
///
/// It decides what comes, by its first octets: recordings, text, or what can only be read as a whole. It does not hold what came;
/// whoever may have to read it as a whole does.
public struct StreamedText {
    private enum Standing {
        /// Not enough came to know what it is.
        case undecided
        case text
        case recordings
        /// Packets, packed, or no text.
        case whole
    }

    private var standing = Standing.undecided
    /// A line whose end has not come; all that came, while it is not known what it is.
    private var rest: [UInt8] = []
    private var recordings = StreamedRecordings()
    private var dialogues = StreamedDialogues()
    private var messages = StreamedMessages()
    private var pending: [SessionNews] = []
    /// How many sessions were told of.
    public private(set) var count = 0

    public init() {}

    /// Whether it can only be read as a whole: packets, and what is packed.
    public var needsWhole: Bool { standing == .whole }
    /// Whether there is a session in it.
    public var isRecognised: Bool { count > 0 || !pending.isEmpty || dialogues.isRecognised || messages.isRecognised }

    /// Takes the octets that came.
    public mutating func take(_ octets: [UInt8]) throws(RecordingError) {
        if standing == .undecided { decide(rest + octets) }
        switch standing {
        case .whole: rest = []
        case .undecided: rest += octets
        case .text, .recordings: try takeLines(of: octets)
        }
    }

    private mutating func decide(_ octets: [UInt8]) {
        if CaptureFile.recognises(octets) || ForeignCapture.program(of: octets) != nil || FileKind.isPacked(octets)
            || UTF16Order(of: octets) != nil || !TranscriptText.isText(octets.prefix(FileKind.maxOctets))
        {
            standing = .whole
        } else if octets.contains(10) {
            standing = RecordingReader.recognises(octets) ? .recordings : .text
        }
    }

    private mutating func takeLines(of octets: [UInt8]) throws(RecordingError) {
        guard let end = octets.lastIndex(of: 10) else { return rest += octets }
        let lines = rest + octets[...end]
        rest = Array(octets[(end + 1)...])
        try takeLines(lines)
    }

    private mutating func takeLines(_ lines: [UInt8]) throws(RecordingError) {
        if standing == .recordings {
            pending += try recordings.read(lines, &count)
        } else {
            dialogues.take(lines)
            if !dialogues.isRecognised { messages.take(lines) }
        }
    }

    /// What is new. At a pause all that is known is told, also what the next line might change.
    public mutating func news(isPause: Bool) -> [SessionNews] {
        var news = pending
        pending = []
        guard standing == .text else { return news }
        news += dialogues.news(isPause: isPause, &count)
        if !dialogues.isRecognised { news += messages.news(&count) }
        if messages.isRecognised { dialogues.forgetOlder() }
        return news
    }

    /// What is left to be told, once no more comes.
    public mutating func end() throws(RecordingError) -> [SessionNews] {
        if standing == .undecided, !rest.isEmpty {
            standing = RecordingReader.recognises(rest) ? .recordings : .text
        }
        if !rest.isEmpty, standing == .text || standing == .recordings {
            try takeLines(rest)
            rest = []
        }
        var news = pending
        pending = []
        switch standing {
        case .undecided, .whole: break
        case .recordings: news += recordings.end()
        case .text:
            news += dialogues.end(&count)
            if !dialogues.isRecognised { news += messages.end(&count) }
        }
        return news
    }
}
