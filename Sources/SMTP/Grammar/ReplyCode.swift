/// Reply codes that an RFC lists, and what the first digit says (RFC 5321 §4.2.1, §4.2.3).
public enum ReplyCode {
    /// RFC 5321 §4.2.2, and what RFC 4954 §6, RFC 5321 §4.2.4, RFC 7504 and the STARTTLS and AUTH extensions add; 253 of ETRN
    /// (RFC 1985 §4), 453 of ATRN (RFC 2645 §5.2), 355 of CHECKPOINT (RFC 1845 §3), 353 of PRDR, and those that RFC 5248 §2.4
    /// registers: 422, 523, 524, 525, 538.
    private static let listed: Set<UInt16> = [
        211, 214, 220, 221, 235, 250, 251, 252, 253, 334, 353, 354, 355, 421, 422, 432, 450, 451, 452, 453, 454, 455,
        458, 459,
        500, 501, 502, 503, 504, 521, 523, 524, 525, 530, 534, 535, 538, 550, 551, 552, 553, 554, 555, 556,
    ]

    /// Whether an RFC gives this code a meaning; a client that meets another goes by the first digit.
    public static func isListed(_ code: UInt16) -> Bool { listed.contains(code) }
}
