import SMTP

/// The words of `--quit-after`, in any case: those of swaks, or the number of a step. Behind the answer to the mail data there is
/// only QUIT, so to stop at 14 is to stop at 13.
enum StopPoint {
    private static let words: [(words: [String], point: ClientDialogue.StopPoint)] = [
        (["connect", "banner", "3", "4"], .connect),
        (["first-ehlo", "first-helo"], .firstHello),
        (["tls", "starttls"], .tls),
        (["ehlo", "helo", "5", "6"], .hello),
        (["auth"], .auth),
        (["mail", "from", "7", "8"], .mail),
        (["rcpt", "to", "9", "10"], .rcpt),
        (["data", "11"], .data),
        (["dot", "12", "13", "quit", "14"], .dot),
    ]

    static func named(_ word: String, _ option: String = "--quit-after") throws(CommandError)
        -> ClientDialogue.StopPoint
    {
        let wanted = word.lowercased()
        if let row = words.first(where: { $0.words.contains(wanted) }) { return row.point }
        throw CommandError(
            .usage,
            "\(option): '\(word)' is no place to stop; take one of \(names), or a step from 3 to 14"
        )
    }

    /// Every word, for the shells.
    static var allWords: [String] { words.flatMap(\.words) }

    static var names: String { words.compactMap(\.words.first).joined(separator: ", ") }
}
