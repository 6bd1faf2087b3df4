import SMTP

/// What is told of a text in which no dialogue was found: what was tried, and which lines looked most like one.
enum NearestLines {
    /// The most lines that are shown, and the most octets of each.
    private static let (maxLines, maxOctets) = (3, 60)

    static func words(_ octets: [UInt8]) -> String {
        var lines = TextLines(TranscriptText(Array(octets.prefix(1 << 20))).octets)
        var near: [(number: Int, line: [UInt8])] = []
        var number = 0
        while near.count < maxLines, let line = lines.next() {
            number += 1
            if LearnedPrefix.holdsDialogue(line) { near.append((number, Array(line.prefix(400)))) }
        }
        let tried =
            "it was read with \(Dialect.all.count) notations, without times and other prefixes, as rows, literals and dumps"
        guard !near.isEmpty else { return "\(tried), and no line looks like a reply or a command" }
        let shown = zip(near, CredentialsInText.masked(near.map(\.line))).map { near, line in
            "line \(near.number), '\(Escaping.message(String(decoding: line.prefix(maxOctets), as: UTF8.self)))'"
        }
        return "\(tried); nearest came \(shown.joined(separator: "; "))"
    }
}
