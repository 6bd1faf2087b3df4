/// Which command a reply answers where nobody tells, THE table: by its status and code, what is nearly always so. What may come
/// anywhere is not in it.
enum LikelyTurn {
    static func of(code: UInt16?, status: String?) -> AnsweredTurn? {
        if let status, let turn = of(status: status, code) { return turn }
        return code.flatMap { byCode[$0] }
    }

    private static func of(status: String, _ code: UInt16?) -> AnsweredTurn? {
        let detail = status.split(separator: ".").dropFirst().joined(separator: ".")
        switch detail {
        // Without a code they stand in a report about REQUIRETLS and answer nothing (RFC 8689 §4.2.1). In a reply the one is about
        // a login (RFC 5248 §2.4), the other Gmail's.
        case "7.10", "7.30": return code == nil ? nil : detail == "7.10" ? .auth : .dot
        // RFC 4954 §6, RFC 5248 §2.4. Microsoft has 5.7.12, and 5.7.13 with 550, for what is closed to strangers.
        case "7.12": return status.hasPrefix("4") ? .auth : nil
        case "7.13": return code == 550 ? nil : .auth
        case "7.4": return code == 504 ? .auth : nil
        // RFC 3463 §3.2 does not say whose address it is; servers that say yes mean the sender's.
        case "1.0": return status.hasPrefix("2") ? .mail : nil
        // The null MX of a sender's domain (RFC 7505 §4.1), and with a 4 the SPF of Gmail.
        case "7.27": return status.hasPrefix("4") ? .dot : .mail
        case "1.1", "1.2", "1.3", "1.4", "1.5", "1.6", "1.10", "2.0", "2.1", "2.2", "2.4", "5.3", "7.2": return .rcpt
        case "1.7", "1.8", "7.57", "7.60": return .mail
        case "2.3", "3.4", "4.6", "4.14", "6.0", "6.1", "6.2", "6.3", "6.5", "7.20", "7.21", "7.22", "7.26", "7.29",
            "7.509":
            return .dot
        case "5.6", "7.8", "7.9", "7.11", "7.139", "7.3": return .auth
        default: return nil
        }
    }

    private static let byCode: [UInt16: AnsweredTurn] = [
        220: .connect, 521: .connect, 221: .quit, 235: .auth, 334: .auth, 432: .auth, 534: .auth,
        535: .auth,
        538: .auth, 251: .rcpt, 551: .rcpt, 556: .rcpt, 252: .vrfy, 354: .data, 530: .mail,
    ]
}
