import Testing

@testable import SMTP

/// What of a session may be shown: each condition of the observer by itself. Whichever is taken away, one of these rows fails.
@Suite struct MaskingTests {
    /// A session as it is said and as it is shown; `!` before a line says that no link was told of, as in an excerpt of a log.
    struct Row: Sendable, CustomTestStringConvertible {
        let said: String
        /// The last line of it, as it may be shown.
        let shown: String

        var testDescription: String { said.split(separator: "\n").joined(separator: " / ") }
    }

    static let rows: [Row] = [
        // Behind a challenge everything is a credential, but for what cancels it and what a log shows in its place.
        Row(said: "C: AUTH LOGIN\nS: 334 a\nC: QUIT", shown: "QUIT"),
        Row(said: "C: AUTH LOGIN\nS: 334 a\nC: quit", shown: "********"),
        Row(said: "C: AUTH LOGIN\nS: 334 a\nC: *", shown: "*"),
        Row(said: "C: AUTH LOGIN\nS: 334 a\nC: MAIL FROM:<a@b>", shown: "MAIL FROM:<a@b>"),
        Row(said: "C: NOOP\nS: 334 a\nC: two words", shown: "********"),
        Row(said: "C: AUTH LOGIN\nS: 334 a\nS: 535 late\nC: two words", shown: "********"),
        Row(said: "C: AUTH LOGIN\nS: 334 a\nS: 535 late\nC: RSET", shown: "RSET"),
        // A response that does not wait for its challenge.
        Row(said: "C: AUTH LOGIN\nC: two words", shown: "********"),
        Row(said: "C: AUTH LOGIN\nC: two words\nC: three more words", shown: "********"),
        Row(said: "C: AUTH LOGIN\nC: NOOP", shown: "NOOP"),
        Row(said: "C: AUTH LOGIN\nC: YWxpY2U=\nS: 334 a\nC: NOOP two", shown: "NOOP two"),
        // A response that comes too late.
        Row(said: "C: AUTH LOGIN\nS: 504 no\nC: YWxpY2VhbGljZQ==\nS: 500 no\nC: c2VjcmV0c2VjcmV0", shown: "********"),
        Row(said: "C: AUTH LOGIN\nS: 334 a\nC: YWxpY2U=\nS: 535 no\nC: c2VjcmV0c2VjcmV0", shown: "********"),
        Row(said: "C: AUTH LOGIN\nS: 504 no\nC: NOOP\nS: 250 ok\nC: c2Vjcm V0", shown: "c2Vjcm V0"),
        // Where nobody knows what came before.
        Row(said: "!C: c2VjcmV0c2VjcmV0", shown: "********"),
        // Where a log may have left AUTH out.
        Row(said: "C: c2VjcmV0c2VjcmV0", shown: "********"), Row(said: "C: XSTRANGE", shown: "XSTRANGE"),
        Row(said: "!C: NOOP\nS: 250 a\nC: c2VjcmV0c2VjcmV0", shown: "********"),
        Row(said: "!S: 334 a\nC: two words", shown: "********"), Row(said: "!S: c2VjcmV0c2VjcmV0", shown: "********"),
        Row(said: "S: c2VjcmV0c2VjcmV0", shown: "********"), Row(said: "S: what was that", shown: "what was that"),
        Row(said: "!S: 250-a\nS: c2VjcmV0c2VjcmV0", shown: "c2VjcmV0c2VjcmV0"),
        Row(said: "!C: NOOP\nS: 250 a\nS: c2VjcmV0c2VjcmV0", shown: "********"),
        // What is said again.
        Row(said: "C: AUTH PLAIN AGFkYQBnZWhlaW0x\nS: what geheim1", shown: "what ********"),
        Row(said: "C: AUTH PLAIN AGFkYQBnZWhlaW0x\nS: 235 geheim1", shown: "235 ********"),
        Row(said: "C: AUTH LOGIN\nS: 334 a\nC: YQ==\nS: 334 b\nC: Z2VoZWltMQ==\nS: 235 geheim1", shown: "235 ********"),
        Row(said: "C: AUTH LOGIN YWxpY2U= Z2VoZWltMQ==\nS: 535 geheim1", shown: "535 ********"),
        Row(said: "C: AUTH LOGIN\nS: 334 a\nC: Z2VoZWltMQ==\nS: 535 geheim1", shown: "535 geheim1"),
        Row(said: "C: AUTH PLAIN AGFkYQBnZWhlaW0x\nS: 535 no\nC: AUTH LOGIN\nS: 334 geheim1", shown: "334 geheim1"),
        Row(said: "C: AUTH PLAIN AGFkYQBnZWhlaW0x\nS: 535 no\nC: DATA\nS: 354 go\nC: geheim1", shown: "geheim1"),
        // Other protocols, also where mail is sent that nobody wants.
        Row(said: "C: a1 LOGIN {3}\nC: NOOP\nC: abc def", shown: "abc def"),
        Row(said: "C: a1 SELECT {3}\nC: abc def", shown: "abc def"),
        Row(said: "C: DATA\nS: 503 no\nC: Authorization: Basic YTpi", shown: "Authorization: ********"),
        Row(said: "C: BDAT 3\nC: abcAuthorization: Basic YTpi", shown: "abcAuthorization: ********"),
        Row(said: "C: AUTH PLAIN c2VjcmV0\r", shown: "AUTH PLAIN ********\r"),
    ]

    /// The last line of a session as it may be shown, its octets in pieces of so many.
    private static func shown(_ said: String, every count: Int) -> String {
        var reader = SessionReader()
        if !said.hasPrefix("!") {
            reader.connected()
            _ = reader.credentials(in: Array("220 a\r\n".utf8), from: .server)
        }
        var shown: [UInt8] = []
        for line in said.drop(while: { $0 == "!" }).utf8.split(separator: 10) {
            let side: Side = line.first == UInt8(ascii: "C") ? .client : .server
            let octets = line.dropFirst(3) + [13, 10]
            shown = []
            for start in stride(from: 0, to: octets.count, by: min(count, octets.count)) {
                let piece = Array(octets[start...].prefix(count))
                shown += Mask.over(piece, reader.credentials(in: piece, from: side)).octets
            }
        }
        return shown.dropLast(2).lossyText
    }

    @Test(arguments: rows) func `what may be a credential is masked, and nothing else is`(row: Row) {
        #expect(Self.shown(row.said, every: .max) == row.shown)
        // In pieces each has its mask, and what looked like a response is masked up to where it did not.
        // A log that has left AUTH out, or takes a line of the client for the server's, gives it whole.
        let isOfLog = ["C: ", "S: ", "!S: "].contains { row.said == $0 + "c2VjcmV0c2VjcmV0" }
        guard row.shown.contains("********"), !isOfLog, !row.said.hasSuffix("\nS: c2VjcmV0c2VjcmV0") else { return }
        for count in [1, 3] {
            let pieces = Self.shown(row.said, every: count)
            for secret in ["words", "YWxp", "VjcmV0", "YTpi", "heim1"] {
                #expect(!pieces.contains(secret), "\(pieces)")
            }
        }
    }

    @Test func `what was taken for a credential before its line ended stays one`() {
        var reader = SessionReader()
        reader.connected()
        _ = reader.credentials(in: Array("220 a\r\n".utf8), from: .server)
        _ = reader.credentials(in: Array("AUTH LOGIN\r\n".utf8), from: .client)
        _ = reader.credentials(in: Array("504 no\r\n".utf8), from: .server)
        #expect(reader.credentials(in: Array("two word".utf8), from: .client) == [0..<8])
        #expect(reader.credentials(in: Array("s\r\n".utf8), from: .client) == [0..<1])
    }

    @Test func `the end of a line is not masked with its credential`() {
        var reader = SessionReader()
        reader.connected()
        var shown: [UInt8] = []
        for octet in Array("AUTH PLAIN c2Vj\r\n".utf8) {
            shown += Mask.over([octet], reader.credentials(in: [octet], from: .client)).octets
        }
        #expect(shown.suffix(3) == Array("*\r\n".utf8)[...])
    }

    @Test func `what somebody marked is masked, and is known from then on`() {
        var reader = SessionReader()
        reader.connected()
        reader.append(Array("XYZ geheim1\r\n".utf8), from: .client, marks: [4..<11])
        #expect(reader.next(.client)?.credentials == [4..<11])
        #expect(reader.masked("it said geheim1, and no more") == "it said ********, and no more")
    }

    @Test func `octets that may hold a credential are known for it`() {
        let reader = { (said: [(Side, String)]) -> SessionReader in
            var reader = SessionReader()
            reader.connected()
            for (side, line) in said { _ = reader.credentials(in: Array((line + "\r\n").utf8), from: side) }
            return reader
        }
        let words = Array("two words".utf8)
        #expect(!reader([]).mayHoldCredential(words))
        #expect(reader([]).mayHoldCredential(Array("x auTH PLAIN".utf8)))
        #expect(reader([(.client, "AUTH PLAIN c2VjcmV0"), (.client, "NOOP")]).mayHoldCredential(words))
        #expect(reader([(.client, "AUTH LOGIN")]).mayHoldCredential(words))
        #expect(reader([(.client, "NOOP"), (.server, "220 a"), (.server, "334 a")]).mayHoldCredential(words))
    }

    /// Octets were lost: what comes next may be the rest of a credential.
    @Test(arguments: [
        ("C: AUTH LOGIN\nS: 334 a", "two words", true), ("C: AUTH LOGIN\nS: 504 no", "two words", true),
        ("C: AUTH LOGIN", "two words", true), ("C: NOOP\nS: 250 ok", "two words", false),
        ("C: NOOP\nS: 250 ok", "c2VjcmV0", true), ("C: AUTH LOGIN\nS: 504 no", "NOOP x", false),
    ]) func `behind a gap`(said: String, line: String, isMasked: Bool) {
        var reader = SessionReader()
        reader.connected()
        for line in ("S: 220 a\n" + said).split(separator: "\n") {
            let octets = Array((line.dropFirst(3) + "\r\n").utf8)
            _ = reader.credentials(in: octets, from: line.first == "C" ? .client : .server)
        }
        reader.gap(5, from: .client)
        #expect(reader.credentials(in: Array((line + "\r\n").utf8), from: .client).isEmpty != isMasked)
    }
}
