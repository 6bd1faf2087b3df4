/// What a text has of a bounce in whatever language its words are: the form in which a server puts an address and the reply for it,
/// and a header that only a bounce has.
///
/// The words above are a template, which administrators translate; the form below is made by the program and is not. A line of a log
/// quotes replies in the same words, and begins with no address: so the form counts where an address stands alone in front of it.
struct BounceForm {
    /// Who writes so; nil where the header alone tells that it is a bounce.
    let by: String?

    /// The lines behind an address in which the reply for it begins.
    private static let reach = 8

    /// What a server writes behind an address that stands alone, THE table; the first that is there counts.
    private static let marks: [(text: String, by: String)] = [
        ("SMTP error from remote mail", "Exim"), ("LMTP error from remote mail", "Exim"),
        ("does not like recipient.", "qmail"), ("(#5.", "qmail"), ("(#4.", "qmail"), ("Remote host said: ", "qmail"),
        ("... while talking to ", "sendmail"),
        ("#SMTP#", "Exchange"), ("<<< 5", "Courier"), ("<<< 4", "Courier"),
    ]

    /// Nil for a text that has no such form.
    init?(_ lines: [Substring]) {
        let writer = lines.indices.lazy.compactMap { Self.writer(lines[$0...]) }.first
        guard writer != nil || Self.isDaemon(lines) else { return nil }
        by = writer
    }

    /// Who wrote what begins with a line.
    private static func writer(_ lines: ArraySlice<Substring>) -> String? {
        guard let line = lines.first, line.utf8.count < 400 else { return nil }
        let behind = lines.dropFirst().prefix(reach)
        // Gmail's heading, in whatever language: `** Address not found **`, and an address below.
        if line.hasPrefix("** "), line.hasSuffix(" **"), behind.contains(where: { FreeBounce.address(in: $0) != nil }) {
            return "Gmail"
        }
        guard line.has("@") else { return nil }
        if line.hasPrefix("<"), let said = line.behind(">: host ") {
            let words = ([said] + behind).joined(separator: " ")
            return words.has(" said: ") || words.has(" refused to talk to me: ") ? "Postfix" : nil
        }
        guard isAddress(line) else { return nil }
        return marks.first { mark in behind.contains { $0.has(mark.text) } }?.by
    }

    /// Whether a line is an address and nothing else: `bob@receiver.example`, `<bob@receiver.example>:`.
    private static func isAddress(_ line: Substring) -> Bool {
        let bare = line.last == ":" ? line.dropLast() : line
        return !bare.contains(" ") && FreeBounce.address(in: bare).map { $0 == bare || "<\($0)>" == bare } ?? false
    }

    /// Whether the header says that no person wrote it: the sender is a mailer daemon, or recipients are named that failed.
    private static func isDaemon(_ lines: [Substring]) -> Bool {
        lines.prefix(60).contains { line in
            let words = line.lowercased()
            return words.hasPrefix("x-failed-recipients: ") || words.hasPrefix("from: ") && words.has("mailer-daemon")
        }
    }
}
