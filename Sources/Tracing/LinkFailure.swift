/// What can go wrong around the words of a session, THE table: the sentence that says so, which a recording keeps, and the
/// lesson that explains it. What the sentence says beside is free.
public enum LinkFailure: String, CaseIterable, Sendable {
    case refused = "the connection was refused: nobody listens on that port"
    case timedOut = "the host did not answer in time"
    case noReply = "the server did not answer in time"
    case reset = "the other side broke the connection off"
    case unreachable = "no way leads to that host"
    case noRoute = "this machine has no address that could reach the host"
    /// Several exchangers did not answer on port 25.
    case portClosed = "port 25 seems to be closed to you here"
    case noSuchDomain = "the domain does not exist"
    case noSuchName = "the name does not exist (NXDOMAIN)"
    case nullMX = "a null MX: the domain says that it takes no mail"
    case noAddress = "has no address"
    case neitherMXNorAddress = "the domain has neither MX records nor an address"
    case surprisingAddress = "nothing is sent there unless --allow-private says so"
    /// What a mail server would do now; these are remarks and no errors.
    case retries = "A real mail server keeps the mail in its queue"
    case bounces = "A real mail server does not try again"
    case withoutTLS = "TLS was tried and failed, and is not required here"
    case doubt = "Nobody knows now whether the mail was taken"
    /// A client that was not answered goes on behind a bare LF; a remark too.
    case unfinishedLine = "The server has not answered the line with the bare LF"

    public var anchor: LessonAnchor {
        switch self {
        case .refused: LessonAnchor("link/refused")
        case .timedOut, .noReply: LessonAnchor("link/timeout")
        case .reset: LessonAnchor("link/reset")
        case .unreachable, .noRoute: LessonAnchor("link/unreachable")
        case .portClosed: LessonAnchor("link/port-25")
        case .noSuchDomain, .noSuchName: LessonAnchor("dns/no-such-domain")
        case .nullMX: LessonAnchor("dns/null-mx")
        case .noAddress, .neitherMXNorAddress: LessonAnchor("dns/no-address")
        case .surprisingAddress: LessonAnchor("dns/private-address")
        case .retries, .doubt: LessonAnchor("background/retries")
        case .bounces: LessonAnchor("background/bounces")
        case .unfinishedLine: LessonAnchor("finding/bare-lf")
        case .withoutTLS: LessonAnchor("tls/without")
        }
    }

    private static let byOctets = allCases.map { (failure: $0, octets: Array($0.rawValue.utf8)) }

    /// The one that a sentence tells of.
    public init?(toldBy sentence: String) {
        let octets = Array(sentence.utf8)
        guard let found = Self.byOctets.first(where: { $0.octets.isPart(of: octets) }) else { return nil }
        self = found.failure
    }
}

extension [UInt8] {
    /// Octet by octet: every remark of every session is asked, and a search of characters takes longer than all else.
    fileprivate func isPart(of whole: [UInt8]) -> Bool {
        guard let first, count <= whole.count else { return false }
        return (0...whole.count - count).contains { start in
            whole[start] == first && (1..<count).allSatisfy { whole[start + $0] == self[$0] }
        }
    }
}
