/// What a domain asks for mail that says to be from it (RFC 7489 §6.3).
///
///     v=DMARC1; p=none; rua=mailto:dmarc@sender.example
public struct DMARCRecord: Equatable, Sendable {
    /// How a check ended (RFC 7489 §11.2).
    public enum Result: String, Sendable {
        case pass, fail, none, temperror, permerror
    }

    /// `p=`: none, quarantine or reject.
    public let policy: String
    let wantsSameDKIM: Bool
    let wantsSameSPF: Bool

    /// The one record among the texts of the name; nil when there is none, or more than one (RFC 7489 §6.6.3).
    public init?(_ records: [[UInt8]]) {
        let lists = records.compactMap(TagList.init).filter { $0.first == "v" && $0["v"] == Array("DMARC1".utf8) }
        guard lists.count == 1, let policy = lists[0]["p"]?.lossyText.lowercased(),
            ["none", "quarantine", "reject"].contains(policy)
        else { return nil }
        self.policy = policy
        wantsSameDKIM = lists[0]["adkim"] == [UInt8(ascii: "s")]
        wantsSameSPF = lists[0]["aspf"] == [UInt8(ascii: "s")]
    }

    /// Whether one of the domains that passed fits the domain of the From field (RFC 7489 §3.1, §6.6.2).
    ///
    /// Two domains fit when they are of one organization. Which part of a name that is stands in a public list that we do not carry,
    /// so here they fit when they are the same, or one lies below the other.
    public func check(author: [UInt8], spf: [UInt8]?, dkim: [[UInt8]]) -> Result {
        let isAligned =
            spf.map { Self.fits($0, author, strict: wantsSameSPF) } ?? false
            || dkim.contains { Self.fits($0, author, strict: wantsSameDKIM) }
        return isAligned ? .pass : .fail
    }

    private static func fits(_ domain: [UInt8], _ author: [UInt8], strict: Bool) -> Bool {
        if domain.equalsIgnoringCase(author) { return true }
        let (long, short) = domain.count > author.count ? (domain, author) : (author, domain)
        return !strict && long.suffix(short.count + 1).equalsIgnoringCase([UInt8(ascii: ".")] + short)
    }
}
