import Testing

@testable import Tracing

@Suite struct ForeignProtocolTests {
    @Test(
        arguments: [
            ("SSH-2.0-x", .ssh), ("JRMI\0\u{2}K", .rmi), ("\u{13}BitTorrent protocol\0", .bitTorrent),
            ("\u{10}\u{10}\0\u{4}MQTT\u{4}", .mqtt), ("MODE READER", .news), ("AUTHENTICATE \"PLAIN\"", .sieve),
            ("STLS", .post),
            ("003egit-upload-pack /x.git\0host=a\0", .git), ("RFB 003.008", .vnc), ("*1\r", .redis),
            ("\0\u{1d}\u{12}4\u{1}\0\0\u{1}\0\0\0\0\0\0\u{7}example\0\0\u{1}\0\u{1}", .dns),
        ] as [(String, ForeignProtocol)]
    ) func `is known by what its client says first`(said: String, known: ForeignProtocol) {
        #expect(ForeignProtocol(opening: Array(said.utf8)) == known)
    }

    @Test func `the request for TLS of a database is known`() {
        #expect(ForeignProtocol(opening: [0, 0, 0, 8, 4, 210, 22, 47]) == .postgreSQL)
    }

    @Test(arguments: [
        "EHLO a.example", "HELO 003egit-", "MAIL FROM:<a@b.example>", "AUTH LOGIN", "", "0", "CAPACITY", "MODE", "*",
        "hello there",
        "XMODE READER", "STARTTLS", "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0",
    ]) func `is not seen in SMTP and in what nobody knows`(said: String) {
        #expect(ForeignProtocol(opening: Array(said.utf8)) == nil)
    }
}
