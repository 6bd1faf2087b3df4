/// Which command a reply answers where nobody tells, THE table: by its status and code, what is nearly always so. What may come
/// anywhere is not in it.
enum LikelyTurn {
    static func of(code: UInt16?, status: String?) -> AnsweredTurn? {
        if let status, let turn = of(status: status) { return turn }
        return code.flatMap { byCode[$0] }
    }

    private static func of(status: String) -> AnsweredTurn? {
        let detail = status.split(separator: ".").dropFirst().joined(separator: ".")
        switch detail {
        case "1.1", "1.2", "1.3", "1.4", "1.5", "1.6", "1.10", "2.0", "2.1", "2.2", "2.4", "5.3", "7.13", "7.2":
            return .rcpt
        case "1.0", "1.7", "1.8", "1.9", "7.27", "7.57", "7.60": return .mail
        case "2.3", "3.4", "4.6", "4.14", "6.0", "6.1", "6.2", "6.3", "6.5", "7.10", "7.20", "7.21", "7.22", "7.26",
            "7.29",
            "7.30", "7.509":
            return .dot
        case "7.8", "7.9", "7.11", "7.139", "7.3": return .auth
        case "5.6": return .auth
        default: return nil
        }
    }

    private static let byCode: [UInt16: AnsweredTurn] = [
        220: .connect, 521: .connect, 221: .quit, 235: .auth, 334: .auth, 432: .auth, 534: .auth,
        535: .auth,
        538: .auth, 251: .rcpt, 551: .rcpt, 556: .rcpt, 252: .vrfy, 354: .data, 530: .mail,
    ]
}
