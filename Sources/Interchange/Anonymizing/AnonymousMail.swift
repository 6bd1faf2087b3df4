import SMTP

/// Follows the lines of a mail, so that its form stays and its words go: fields that relays write keep theirs but for names,
/// of what a person wrote the letters are blanked. Parts of a MIME message are told by their boundaries (RFC 2046 §5.1.1).
struct AnonymousMail {
    /// How a header field is treated.
    private enum Treatment { case namesAlone, parameters, blanked }

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

    /// One line, without its end.
    mutating func line(_ line: [UInt8], _ names: inout Pseudonyms) -> [UInt8] {
        if line.isEmpty {
            isInHeader = false
            return line
        }
        if isBoundary(line) {
            (isInHeader, treatment) = (true, .blanked)
            return line
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
        case .blanked: return AnonymousText.anonymized(text, &names, rest: .isBlanked)
        }
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
            let isPlain = ["boundary", "charset", "format", "delsp", "report-type"].contains {
                name.elementsEqual($0.utf8)
            }
            let value = part[part.index(after: sign)...]
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
        let behind = line[(start + sign.count)...]
        let boundary =
            behind.first == UInt8(ascii: "\"")
            ? behind.dropFirst().prefix { $0 != UInt8(ascii: "\"") }
            : behind.prefix { $0 > 32 && $0 != UInt8(ascii: ";") }
        if !boundary.isEmpty { boundaries.append(Array(boundary)) }
    }

    private func isBoundary(_ line: [UInt8]) -> Bool {
        guard line.starts(with: "--".utf8) else { return false }
        let rest = line.dropFirst(2)
        return boundaries.contains { boundary in
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
