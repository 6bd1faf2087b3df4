/// How the body of a header field is put together, THE list of grammars; which field has which is another table.
public enum FieldGrammar: Sendable, CaseIterable {
    /// Words for people, with encoded words among them (RFC 5322 §2.2.1, RFC 2047 §2).
    case text
    /// `v=1; d=sender.example` (RFC 6376 §3.2).
    case tags
    /// `mx.example; spf=pass smtp.mailfrom=a.example` (RFC 8601 §2.2).
    case results
    /// `pass (comment) client-ip=192.0.2.1; helo=a.example` (RFC 7208 §9.1).
    case receivedSPF
    /// `from a by b with ESMTP; Mon, 23 Nov 2026 10:00:01 +0100` (RFC 5321 §4.4).
    case received
    /// `text/plain; charset=utf-8` (RFC 2045 §5.1).
    case parameters
    /// `base64` (RFC 2045 §6.1).
    case encoding
    /// `Mon, 23 Nov 2026 10:00:01 +0100` (RFC 5322 §3.3).
    case date
    /// `<left@right>`, one or more (RFC 5322 §3.6.4).
    case identifiers
    /// `<a@sender.example>` (RFC 5322 §3.6.7).
    case path
    /// `<https://a.example>, <mailto:leave@a.example>` (RFC 2369 §2).
    case addresses
    /// `Ada <ada@sender.example>, friends: bob@receiver.example;` (RFC 5322 §3.4).
    case mailboxes
    /// `rfc822; bob@receiver.example` (RFC 3464 §2.3.2).
    case typedAddress
    /// `dns; mx1.receiver.example` (RFC 3464 §2.2.2).
    case typedName
    /// `smtp; 550 5.1.1 No such user` (RFC 3464 §2.3.6).
    case diagnostic
    /// `failed` (RFC 3464 §2.3.3).
    case action
    /// `5.1.1` (RFC 3464 §2.3.4).
    case status
    /// `manual-action/MDN-sent-manually; displayed` (RFC 8098 §3.2.6).
    case disposition
    /// One value, whatever it holds.
    case value
}

/// What a piece of a structured body or record is part of, by the name that its RFC has for it.
public enum FieldPart: String, CaseIterable, Sendable {
    /// What has no name here.
    case other = ""
    // Tags of signatures and of records (RFC 6376 §3.5, §3.6.1, RFC 7489 §6.3, RFC 8617 §4.1.3).
    case v, a, b, bh, c, d, h, i, l, q, s, t, x, z, cv, k, p, n, sp, adkim, aspf, pct, rua, ruf, fo, ri, rf, id
    // Methods of authentication (RFC 8601 §2.7).
    case spf, dkim, dmarc, arc, auth, iprev
    // Clauses of a Received field (RFC 5321 §4.4, RFC 8314 §4.3); `id` is one as well.
    case from, by, with, via, tls, date
    case recipient = "for"
    // MIME (RFC 2045 §5.1, §6.1).
    case charset, boundary, format, multipart, message, base64
    case quotedPrintable = "quoted-printable"
    case eightBit = "8bit"
    // Parts of other bodies.
    case zone, left, right, null, mailto
    case encodedWord = "encoded-word"
    // Addresses (RFC 5322 §3.4); `at` and `bare` have no name there.
    case group, comment, route, at
    case displayName = "display-name"
    case angle = "angle-addr"
    case localPart = "local-part"
    case domain
    case bare = "no-address"
    // Reports (RFC 3464 §2.2, §2.3, RFC 8098 §3.2.6); `class`, `subject` and `detail` are those of RFC 3463 §2.
    case addressType = "address-type"
    case reportedAddress = "generic-address"
    case nameType = "mta-name-type"
    case name = "mta-name"
    case diagnosticType = "diagnostic-type"
    case diagnosticText = "diagnostic-text"
    case `class`, subject, detail
    case failed, delayed, delivered, relayed, expanded
    case actionMode = "action-mode"
    case sendingMode = "sending-mode"
    case dispositionType = "disposition-type"
    case modifier = "disposition-modifier"

    static let clauses: Set<FieldPart> = [.from, .by, .via, .with, .id, .recipient, .tls]
    static let methods: Set<FieldPart> = [.spf, .dkim, .dmarc, .arc, .auth, .iprev]
    static let actions: Set<FieldPart> = [.failed, .delayed, .delivered, .relayed, .expanded]
    private static let maxName = 20

    /// The part of this name; names of tags differ by the case of their letters, others do not.
    static func named(_ name: some Collection<UInt8>, isExact: Bool = false) -> FieldPart {
        guard name.count <= maxName else { return .other }
        return FieldPart(rawValue: (isExact ? Array(name) : name.map(\.lowercased)).lossyText) ?? .other
    }
}

/// A run of octets of a body with one meaning.
public struct FieldPiece: Hashable, Sendable {
    public let kind: Lexeme.Kind
    public let part: FieldPart
    public internal(set) var count: Int
}

/// Pieces laid end to end, so many and no more: what is behind them is one piece.
struct FieldPieces {
    /// More than any field has that somebody would read.
    static let maxCount = 256

    private(set) var pieces: [FieldPiece] = []
    /// Whether anybody wants them; the standing behind a line can be had without.
    let isKept: Bool

    mutating func append(_ kind: Lexeme.Kind, _ part: FieldPart = .other, count: Int) {
        guard isKept, count > 0 else { return }
        if pieces.count == Self.maxCount {
            pieces[Self.maxCount - 1].count += count
        } else {
            let isLast = pieces.count == Self.maxCount - 1
            pieces.append(FieldPiece(kind: isLast ? .fieldBody : kind, part: isLast ? .other : part, count: count))
        }
    }

    /// Appends to the last piece where that is of the same kind and part, with the blanks between them.
    mutating func extend(_ kind: Lexeme.Kind, _ part: FieldPart, blanks: Int, count: Int) {
        if let last = pieces.last, last.kind == kind, last.part == part, blanks >= 0 {
            pieces[pieces.count - 1].count += blanks + count
        } else {
            append(.separator, count: max(0, blanks))
            append(kind, part, count: count)
        }
    }
}
