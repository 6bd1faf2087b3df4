import SMTP

/// Follows the lines of a mail, so that its form stays and its words go: fields that relays write keep theirs but for names,
/// of what a person wrote the letters are blanked. Parts of a MIME message are told by their boundaries (RFC 2046 §5.1.1).
struct AnonymousMail {
    /// How a header field is treated.
    private enum Treatment { case namesAlone, parameters, people, blanked }

    private var isInHeader = true
    private var treatment = Treatment.blanked
    private var boundaries: [[UInt8]] = []

    private static let maxBoundaries = 100

    /// Fields that programs write, and whose words say what they did.
    private static let tracing: Set<[UInt8]> = Set(
        [
            "received", "date", "message-id", "in-reply-to", "references", "mime-version", "content-transfer-encoding",
            "return-path", "authentication-results", "received-spf", "arc-authentication-results", "arc-seal",
            "arc-message-signature", "dkim-signature", "auto-submitted", "precedence", "list-id", "list-unsubscribe",
            "list-unsubscribe-post", "delivered-to", "x-original-to",
        ].map { Array($0.utf8) }
    )

    /// Fields that name people (RFC 5322 §3.6.2, §3.6.3).
    private static let people: Set<[UInt8]> = Set(
        ["from", "sender", "reply-to", "to", "cc", "bcc", "resent-from", "resent-sender", "resent-to", "resent-cc"]
            .map { Array($0.utf8) }
    )

    /// One line, without its end.
    mutating func line(_ line: [UInt8], _ names: inout Pseudonyms) -> [UInt8] {
        if line.isEmpty {
            isInHeader = false
            return line
        }
        if let boundary = boundary(of: line) {
            (isInHeader, treatment) = (true, .blanked)
            return [0x2D, 0x2D] + Self.renamed(boundary, &names) + line.dropFirst(2 + boundary.count)
        }
        guard isInHeader else { return blanked(line, &names) }
        guard let first = line.first, first != 32, first != 9 else { return value(line, &names) }
        let name = line.prefix { $0 > 32 && $0 < 127 && $0 != UInt8(ascii: ":") }
        guard !name.isEmpty, name.count < line.count, line[name.count] == UInt8(ascii: ":") else {
            // No header after all.
            isInHeader = false
            return blanked(line, &names)
        }
        let folded = name.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
        treatment =
            if Self.tracing.contains(folded) {
                .namesAlone
            } else if folded.starts(with: "content-".utf8) {
                .parameters
            } else if Self.people.contains(folded) {
                .people
            } else {
                .blanked
            }
        if treatment == .parameters { noteBoundary(line) }
        return Array(line[...name.count]) + value(Array(line[(name.count + 1)...]), &names)
    }

    private mutating func value(_ text: [UInt8], _ names: inout Pseudonyms) -> [UInt8] {
        switch treatment {
        case .namesAlone: return AnonymousText.anonymized(text, &names, findsIdentifiers: true)
        case .parameters:
            noteBoundary(text)
            return parameters(text, &names)
        case .people:
            noteNames(text, &names)
            return AnonymousText.anonymized(text, &names, rest: .isBlanked)
        case .blanked: return AnonymousText.anonymized(text, &names, rest: .isBlanked)
        }
    }

    /// The words of display names, which may stand elsewhere: all but addresses and words that are encoded.
    private func noteNames(_ text: [UInt8], _ names: inout Pseudonyms) {
        for part in text.split(whereSeparator: { $0 == 32 || $0 == 9 || "\"(),".utf8.contains($0) })
        where !part.contains(where: { "@<>=:".utf8.contains($0) }) {
            names.person(part.filter { $0 != UInt8(ascii: ".") })
        }
    }

    /// A boundary may hold the name of the host that made it.
    private static func renamed(_ boundary: some Collection<UInt8>, _ names: inout Pseudonyms) -> [UInt8] {
        AnonymousText.anonymized(boundary, &names, findsIdentifiers: true)
    }

    /// What is quoted, and what stands behind `name=`, but for the boundary: names of files and the like.
    private func parameters(_ text: [UInt8], _ names: inout Pseudonyms) -> [UInt8] {
        var parts: [[UInt8]] = []
        for part in text.split(separator: UInt8(ascii: ";"), omittingEmptySubsequences: false) {
            guard let sign = part.firstIndex(of: UInt8(ascii: "=")) else {
                parts.append(AnonymousText.anonymized(part, &names))
                continue
            }
            let name = part[..<sign].filter { $0 > 32 }.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
            let isPlain = ["charset", "format", "delsp", "report-type"].contains { name.elementsEqual($0.utf8) }
            let value = part[part.index(after: sign)...]
            if name.elementsEqual("boundary".utf8) {
                let boundary = Self.boundary(in: value)
                parts.append(
                    Array(part[..<boundary.startIndex]) + Self.renamed(boundary, &names) + part[boundary.endIndex...]
                )
                continue
            }
            parts.append(
                Array(part[...sign])
                    + (isPlain ? Array(value) : AnonymousText.anonymized(value, &names, rest: .isBlanked))
            )
        }
        return Array(parts.joined(separator: [UInt8(ascii: ";")]))
    }

    private mutating func noteBoundary(_ line: [UInt8]) {
        let folded = line.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
        let sign = Array("boundary=".utf8)
        guard boundaries.count < Self.maxBoundaries, folded.count > sign.count,
            let start = folded.indices.dropLast(sign.count).first(where: { folded[$0...].starts(with: sign) })
        else { return }
        let boundary = Self.boundary(in: line[(start + sign.count)...])
        if !boundary.isEmpty { boundaries.append(Array(boundary)) }
    }

    /// A value, without its quotation marks.
    private static func boundary(in value: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        value.first == UInt8(ascii: "\"")
            ? value.dropFirst().prefix { $0 != UInt8(ascii: "\"") }
            : value.prefix { $0 > 32 && $0 != UInt8(ascii: ";") }
    }

    private func boundary(of line: [UInt8]) -> [UInt8]? {
        guard line.starts(with: "--".utf8) else { return nil }
        let rest = line.dropFirst(2)
        return boundaries.first { boundary in
            rest.starts(with: boundary)
                && [0, 2].contains(rest.dropFirst(boundary.count).prefix { $0 != 32 && $0 != 9 }.count)
        }
    }

    /// Words that are nobody's any more; an octet in quoted-printable stays one (RFC 2045 §6.7).
    private func blanked(_ line: [UInt8], _ names: inout Pseudonyms) -> [UInt8] {
        var blanked = AnonymousText.anonymized(line, &names, rest: .isBlanked)
        for index in line.indices.dropLast(2) where line[index] == UInt8(ascii: "=") {
            let digits = line[(index + 1)...(index + 2)]
            if digits.allSatisfy({
                ("0"..."9").contains(Unicode.Scalar($0)) || ("A"..."F").contains(Unicode.Scalar($0))
            }) {
                blanked.replaceSubrange(index + 1...index + 2, with: "3F".utf8)
            }
        }
        return blanked
    }
}
