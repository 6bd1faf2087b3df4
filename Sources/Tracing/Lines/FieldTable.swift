import SMTP

/// Which header fields are divided, how, and which sections of the lessons tell of their parts: THE table.
///
/// A part without a section is explained by the lesson of its field.
struct FieldRow: Sendable {
    /// As lessons spell them.
    let names: [String]
    let grammar: FieldGrammar
    /// The lesson that has sections for the parts; other fields borrow it.
    let lesson: String
    /// The parts that have a section there.
    let sections: Set<FieldPart>

    private init(_ names: [String], _ grammar: FieldGrammar, _ lesson: String? = nil, _ sections: Set<FieldPart> = []) {
        (self.names, self.grammar, self.sections) = (names, grammar, sections)
        self.lesson = lesson ?? names.first ?? ""
    }

    /// Any field that is not in the table.
    static let other = FieldRow([""], .text, "Subject")

    static let all: [FieldRow] = mail + reports

    private static let mail: [FieldRow] = [
        other,
        FieldRow(
            ["Dkim-Signature", "X-Google-Dkim-Signature"],
            .tags,
            "Dkim-Signature",
            signature.union([.i, .t, .x])
        ),
        // `i=` is the number of the set (RFC 8617 §4.1.2).
        FieldRow(["Arc-Message-Signature"], .tags, "Dkim-Signature", signature.union([.t, .x])),
        // It covers ARC fields alone, so it has no hash of a body, and `b=` is over other fields (RFC 8617 §4.1.3).
        FieldRow(["Arc-Seal"], .tags, "Dkim-Signature", [.a, .d, .s, .t]),
        FieldRow(
            ["Authentication-Results", "Arc-Authentication-Results"],
            .results,
            "Authentication-Results",
            methods
        ),
        FieldRow(["Received-Spf"], .receivedSPF),
        FieldRow(["Received", "X-Received"], .received, "Received", clauses),
        FieldRow(["Content-Type"], .parameters, "Content-Type", [.charset, .boundary, .multipart, .message, .format]),
        FieldRow(["Content-Disposition"], .parameters),
        FieldRow(
            ["Content-Transfer-Encoding"],
            .encoding,
            "Content-Transfer-Encoding",
            [.base64, .quotedPrintable, .eightBit]
        ),
        FieldRow(
            ["Date", "Resent-Date", "Delivery-Date", "Arrival-Date", "Last-Attempt-Date", "Will-Retry-Until"],
            .date,
            "Date",
            [.zone]
        ),
        FieldRow(
            ["Message-ID", "Resent-Message-ID", "In-Reply-To", "References", "Content-ID"],
            .identifiers,
            "Message-ID",
            [.right]
        ),
        FieldRow(["Return-Path"], .path, "Return-Path", [.null]),
        FieldRow(["List-Unsubscribe"], .addresses, "List-Unsubscribe", [.mailto]),
        FieldRow(["List-Archive", "List-Help", "List-Owner", "List-Post", "List-Subscribe"], .addresses),
        FieldRow(
            [
                "From", "Sender", "Reply-To", "To", "Cc", "Bcc", "Author", "Resent-From", "Resent-Sender", "Resent-To",
                "Resent-Cc", "Resent-Bcc", "Disposition-Notification-To", "Return-Receipt-To", "Errors-To",
                "Delivered-To", "Envelope-To", "X-Original-To", "X-Forwarded-To", "X-Failed-Recipients",
                "Original-Rcpt-To",
            ],
            .mailboxes,
            "From",
            [.displayName, .angle, .localPart, .domain, .group, .comment, .bare]
        ),
    ]

    /// Fields of reports (RFC 3464 §2.2, §2.3, RFC 8098 §3.2, RFC 5965 §3, RFC 6591 §3.2).
    private static let reports: [FieldRow] = [
        FieldRow(
            ["Final-Recipient", "Original-Recipient", "X-Postfix-Sender"],
            .typedAddress,
            "Final-Recipient",
            [.addressType, .reportedAddress]
        ),
        FieldRow(
            ["Reporting-Mta", "Remote-Mta", "Received-From-Mta", "Dsn-Gateway", "Mdn-Gateway"],
            .typedName,
            "Reporting-Mta",
            [.nameType, .name]
        ),
        FieldRow(["Action"], .action, "Action", [.failed, .delayed, .delivered, .relayed, .expanded]),
        FieldRow(["Status"], .status, "Status", [.class, .subject]),
        FieldRow(["Diagnostic-Code"], .diagnostic, "Diagnostic-Code", [.diagnosticType, .diagnosticText]),
        FieldRow(
            ["Disposition"],
            .disposition,
            "Disposition",
            [.actionMode, .sendingMode, .dispositionType, .modifier]
        ),
        FieldRow(["Original-Message-ID"], .identifiers, "Message-ID", [.right]),
        FieldRow(["Original-Mail-From"], .path, "Return-Path", [.null]),
        FieldRow(
            [
                "Original-Envelope-ID", "Final-Log-ID", "X-Postfix-Queue-ID", "Reporting-Ua", "Failure", "Error",
                "Warning", "Feedback-Type", "Version", "Source-Ip", "Incidents", "Reported-Domain", "Reported-Uri",
                "Auth-Failure", "Delivery-Result", "Identity-Alignment", "Dkim-Domain", "Dkim-Identity",
                "Dkim-Selector", "Dkim-Canonicalized-Header", "Dkim-Canonicalized-Body", "Spf-Dns",
            ],
            .value
        ),
    ]

    private static let signature: Set<FieldPart> = [.v, .a, .b, .bh, .c, .d, .h, .l, .q, .s, .z]
    private static let methods: Set<FieldPart> = [.spf, .dkim, .dmarc, .arc, .auth, .iprev]
    private static let clauses: Set<FieldPart> = [.from, .by, .with, .id, .recipient, .via, .tls, .date]

    /// Each field with its row; the first stands for those that are not in the table.
    static let fields: [(name: String, row: FieldRow)] = all.flatMap { row in row.names.map { ($0, row) } }
    private static let numbers = Dictionary(
        fields.enumerated().map { ($1.name, $0) },
        uniquingKeysWith: { first, _ in first }
    )

    /// Where in `fields` a field is.
    static func number(of name: String) -> Int { numbers[name] ?? 0 }

    /// What explains a part; nil where no section does. Parts that are the same in every field have one lesson.
    func section(of part: FieldPart) -> LessonAnchor? {
        switch part {
        case .encodedWord: return LessonAnchor("field/Subject@\(part.rawValue)")
        case .at: return .syntax("mailbox")
        case .route: return .syntax("source-route")
        default: break
        }
        guard sections.contains(part) else { return nil }
        // `t=` and `x=` are told together.
        return LessonAnchor("field/\(lesson)@\(part == .x ? FieldPart.t.rawValue : part.rawValue)")
    }
}

/// The field that a line of a header is of, and where in its body the line begins.
public struct FieldFold: Hashable, Sendable {
    /// Its number in the table.
    private let field: UInt8
    private var standing: FieldDivider.Standing

    /// In a field that is not in the table.
    public static let unknown = FieldFold(number: 0)

    private init(number: Int, standing: FieldDivider.Standing = .init()) {
        (field, self.standing) = (UInt8(clamping: number), standing)
    }

    /// At the beginning of the body of a field, its name as lessons spell it.
    init(field name: String) { self.init(number: FieldRow.number(of: name)) }

    var row: FieldRow { FieldRow.fields.indices.contains(Int(field)) ? FieldRow.fields[Int(field)].row : .other }

    /// The lesson of the field; that of any body where the field is not in the table.
    var lesson: LessonAnchor {
        guard field > 0, FieldRow.fields.indices.contains(Int(field)) else { return .syntax("field-body") }
        return LessonAnchor("field/\(FieldRow.fields[Int(field)].name)")
    }

    /// The pieces of a line, or of what stands behind the colon.
    func pieces(_ line: ArraySlice<UInt8>) -> [FieldPiece] {
        var divider = FieldDivider(row.grammar, from: standing)
        return divider.divide(line)
    }

    /// Goes on behind a line.
    mutating func pass(_ line: ArraySlice<UInt8>) {
        var divider = FieldDivider(row.grammar, from: standing)
        divider.pass(line)
        standing = divider.standing
    }

    /// All of it in 32 bits.
    var bits: UInt32 { UInt32(field) << 24 | standing.bits }

    init(bits: UInt32) { self.init(number: Int(bits >> 24), standing: .init(bits: bits & 0xFF_FFFF)) }
}
