public import Tracing

/// A text that a program or a provider is known to write, and what explains it: a row of a file in `lessons/wordings/`.
public struct Wording: Equatable, Sendable {
    /// What kind of thing the text is.
    public enum Kind: String, CaseIterable, Sendable {
        /// The text of a reply.
        case reply
        /// A failure of the link or of TLS, as a program tells it.
        case failure
        /// The line or the name by which the error of a library is known.
        case exception
        /// The opening of a bounce in free words.
        case bounce
        /// Words of a notice that a mail waits and is tried again.
        case delay
        /// Words of a bounce that a mail was tried for as long as its server tries, and is given up.
        case expiry
        /// A piece of a reply that tells who writes it or what it answers, and no more: it explains nothing.
        case sign
        /// Words with which a program says at which command something happened, and no more: they explain nothing.
        case occasion

        /// Whether a text of this kind explains nothing, and so needs no lesson.
        var isAside: Bool { self == .sign || self == .occasion }
    }

    /// Who says it, to the client that hears it, THE table; the name stands in the files.
    public enum Speaker: String, CaseIterable, Sendable {
        /// The server that the mail was to be handed to, for its recipient.
        case recipient
        /// The server that the author logs in to or relays through.
        case own
        /// A service that stands in front of the recipient's server.
        case filter
    }

    public let id: String
    /// Who writes so, as people call it; nil where many do.
    public internal(set) var by: String?
    public internal(set) var kind = Kind.reply
    public internal(set) var patterns: [WordingPattern] = []
    /// As `550`, `55z`, `5yz`; empty for any.
    public internal(set) var codes: [String] = []
    /// As `5.7.1`, `x.7.1`; empty for any.
    public internal(set) var statuses: [String] = []
    /// What it answers, as `RCPT`; empty for any.
    public internal(set) var verbs: [String] = []
    /// What it nearly always answers, where `verbs` does not say so.
    public internal(set) var usualVerb: String?
    public internal(set) var step: Step?
    /// Who says it, where the words tell.
    public internal(set) var speaker: Speaker?
    /// Further lessons, named behind its own.
    public internal(set) var lessons: [LessonAnchor] = []
    public internal(set) var example = ""
    /// Where the text is from.
    public internal(set) var source = ""
    /// Counted from 1 within its file.
    let line: Int
    let file: String

    init(id: String, file: String, line: Int) { (self.id, self.file, self.line) = (id, file, line) }

    /// `wording/postfix-relay-denied`.
    public var anchor: LessonAnchor { LessonAnchor("wording/\(id)") }

    /// The verb of the command that it answers: the one it is bound to, or the usual one.
    public var likelyVerb: String? { verbs.count == 1 ? verbs.first : usualVerb }

    /// Whether a line holds one of its patterns.
    public func isKnown(in line: String) -> Bool {
        let text = WordingText(line)
        return patterns.contains { $0.fits(text) }
    }

    /// What is known of the place where a text stands; nil is not known, and then no condition fails.
    public struct Occasion: Equatable, Sendable {
        public var code: UInt16?
        /// As `5.7.1`.
        public var status: String?
        /// As in `reply/550@RCPT`.
        public var verb: String?

        public init(code: UInt16? = nil, status: String? = nil, verb: String? = nil) {
            (self.code, self.status, self.verb) = (code, status, verb)
        }
    }

    /// How specific it is for a text, pattern first, then conditions; nil when it does not fit.
    func rank(_ text: WordingText, _ occasion: Occasion) -> (letters: Int, conditions: Int)? {
        let fitsVerb = verbs.isEmpty || occasion.verb.map(verbs.contains) ?? true
        let fitsCode =
            codes.isEmpty || occasion.code.map { code in codes.contains { Self.covers($0, "\(code)") } } ?? true
        let fitsStatus =
            statuses.isEmpty
            || occasion.status.map { status in statuses.contains { Self.isStatus($0, status) } } ?? true
        guard fitsVerb, fitsCode, fitsStatus else { return nil }
        guard let letters = patterns.filter({ $0.fits(text) }).map(\.letters).max() else { return nil }
        return (letters, [codes, statuses, verbs].count { !$0.isEmpty })
    }

    /// `5yz` covers `550`.
    private static func covers(_ pattern: String, _ code: String) -> Bool {
        pattern.utf8.count == code.utf8.count && zip(pattern.utf8, code.utf8).allSatisfy { $0 == $1 || $0 >= 0x61 }
    }

    /// `x.7.1` covers `5.7.1`.
    private static func isStatus(_ pattern: String, _ status: String) -> Bool {
        let (wanted, found) = (pattern.split(separator: "."), status.split(separator: "."))
        return wanted.count == found.count && zip(wanted, found).allSatisfy { $0 == "x" || $0 == $1 }
    }
}
