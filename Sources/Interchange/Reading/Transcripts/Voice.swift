import SMTP

/// What a line of a log says of the client, and in which words: two voices of one program say the same of one command.
///
/// It decides whether two lines that follow on each other are one line of the wire. A line that is logged twice in the same
/// words may have been sent twice.
struct Voice {
    private let said: [UInt8]
    private let session: [UInt8]
    /// The words of the log around it, but for those with a digit, as times and identifiers are.
    private let words: [[UInt8]]

    /// Nil for a line that tells nothing of the client.
    init?(_ item: Peeled.Item, in line: ArraySlice<UInt8>, of session: [UInt8]) {
        switch item {
        case .said(.some, let text): said = Array(text)
        case .wrote(.some, let octets): said = octets.filter { $0 != 13 && $0 != 10 }
        case .said, .wrote, .turn, .wraps, .cut, .leftOut, .link, .remark, .either, .goesOn, .unsent, .again: return nil
        }
        guard LineShape(said[...]).side == .client || CredentialsInText.isTellingBase64(said[...]) else { return nil }
        self.session = session
        words = line.prefix(max(0, line.count - said.count)).split { !$0.isLetterOrDigit && !"<>-".utf8.contains($0) }
            .map { Array($0) }.filter { !$0.contains { (0x30...0x39).contains($0) } }
    }

    /// Whether another voice said the same.
    func echoes(_ other: Voice) -> Bool { said == other.said && session == other.session && words != other.words }
}
