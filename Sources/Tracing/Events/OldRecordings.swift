/// Recordings of the time before failures had ids hold sentences in their place. Only the reader of recordings uses this table, and
/// the writer, so that it writes nothing that would be read by it. The table never grows, since no program writes such sentences
/// any more.
enum OldRecordings {
    /// The id of words that tell of nothing in `LinkFailure`. No failure may ever be called so.
    static let noFailure = "other"

    private static let sentences: [(words: String, failure: LinkFailure)] = [
        ("the connection was refused: nobody listens on that port", .refused),
        ("the host did not answer in time", .timedOut),
        ("the server did not answer in time", .noReply),
        ("the other side broke the connection off", .reset),
        ("no way leads to that host", .unreachable),
        ("this machine has no address that could reach the host", .noRoute),
        ("port 25 seems to be closed to you here", .portClosed),
        ("the domain does not exist", .noSuchDomain),
        ("the name does not exist (NXDOMAIN)", .noSuchDomain),
        ("a null MX: the domain says that it takes no mail", .nullMX),
        ("the domain has neither MX records nor an address", .neitherMXNorAddress),
        ("nothing is sent there unless --allow-private says so", .surprisingAddress),
        ("has no address", .noAddress),
        ("A real mail server keeps the mail in its queue", .retries),
        ("A real mail server does not try again", .bounces),
        ("TLS was tried and failed, and is not required here", .withoutTLS),
        ("Nobody knows now whether the mail was taken", .doubt),
        ("The server has not answered the line with the bare LF", .unfinishedLine),
    ]

    /// The failure that a sentence tells of.
    static func failure(toldBy sentence: String) -> LinkFailure? {
        let octets = Array(sentence.utf8)
        return sentences.first { octets.firstRange(of: Array($0.words.utf8)) != nil }?.failure
    }
}
