import SMTP

/// Lines of a log that are no dialogue, kept until the next line of it, as they stand there: what is a credential in them is told
/// once all lines around them are known. Long groups are cut.
struct RemarkGroup {
    private var lines: [String] = []
    private var more = 0
    private var total = 0
    /// The most lines that are kept between two lines of the dialogue, and in a session.
    static let maxInGroup = 20
    static let maxInAll = 2_000

    mutating func append(_ line: ArraySlice<UInt8>) {
        let text = line.trimmed
        guard !text.isEmpty else { return }
        guard lines.count < Self.maxInGroup, total < Self.maxInAll else {
            more += 1
            return
        }
        total += 1
        lines.append(text.prefix(400).text)
    }

    var isEmpty: Bool { lines.isEmpty && more == 0 }

    /// The first line of which something holds.
    func firstLine(where holds: (String) -> Bool) -> String? {
        lines.first(where: holds)
    }

    private static let lookupWords: [[UInt8]] = [
        " MX ", "\tMX\t", "mail exchanger = ", "mail is handled by ", "NameExchange",
    ].map { Array($0.utf8) }

    /// Takes out the lines that tell of mail exchangers, as nslookup, dig, host and PowerShell print them, as they may be shown.
    mutating func takeLookups() -> [String] {
        let isLookup = { (line: String) in
            let octets = Array(line.utf8)[...]
            return line.hasPrefix("MX ") || line.hasPrefix("QueryType ")
                || Self.lookupWords.contains { octets.firstRange(of: $0) != nil }
        }
        // The rule below PowerShell's headings.
        let isRule = { (line: String) in line.hasPrefix("---") && line.allSatisfy { $0 == "-" || $0 == " " } }
        guard lines.contains(where: isLookup) else { return [] }
        defer { lines.removeAll { isLookup($0) || isRule($0) } }
        return lines.filter { isLookup($0) || isRule($0) }.map { CredentialsInText.masked($0) }
    }

    /// The group as one text, and begins another; nil when there is nothing.
    mutating func take() -> String? {
        guard !lines.isEmpty || more > 0 else { return nil }
        if more > 0 { lines.append("and \(more) more lines of the log that are no dialogue") }
        defer { (lines, more) = ([], 0) }
        return lines.joined(separator: "\n")
    }
}
