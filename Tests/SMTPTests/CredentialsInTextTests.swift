import Notation
import Testing

@testable import SMTP

/// Text that was not understood: each rule by several members of its family, and beside them what only looks like one.
@Suite struct CredentialsInTextTests {
    private static let secret = "hunter2-CANARY-q9"
    private static let login = base64(secret)
    private static let plain = base64("\0ada\0" + secret)
    private static let token = base64("user=ada\u{1}auth=Bearer \(secret)\u{1}\u{1}")

    private static func base64(_ text: String) -> String { Base64.encode(Array(text.utf8)).lossyText }

    private static func masked(_ lines: [String]) -> [String] {
        CredentialsInText.masked(lines.map { Array($0.utf8) }).map(\.lossyText)
    }

    /// What of the lines still tells the secret, in letters, Base64 or hexadecimal, in parts of eight octets.
    private static func leaks(_ lines: [String]) -> [String] {
        let shown = masked(lines).joined(separator: "\n")
        let bare = shown.filter { $0 != " " && $0 != ":" }.lowercased()
        let words = [secret, login, plain, token].map { String($0.prefix { $0 != "=" }) }
        let parts = words.flatMap { word in (0...(word.count - 8)).map { String(word.dropFirst($0).prefix(8)) } }
        return parts.filter { part in
            let digits = part.utf8.map { $0.hex(2) }.joined()
            return shown.contains(part) || bare.contains(digits)
        }
    }

    // MARK: Mechanisms

    @Test(arguments: [
        "OAUTH2", "BOGUS", "SRP", "MSN", "X-GOOGLE-TOKEN", "PLAIN-CLIENTTOKEN", "SXOVER-PLAIN", "SCRAM-SHA3-512",
        "X_OWN",
        "PLAIN", "XOAUTH2", "oauth2", "bogus",
    ]) func `whatever the mechanism is called, its response is masked`(name: String) {
        for response in [Self.login, Self.token, String(Self.login.dropLast())] {
            for line in [
                "log: sent AUTH \(name) \(response)", "\"verb\": \"AUTH\", \"args\": \"\(name) \(response)\"",
                "smtp: >>> auth \(name) \(response) <<<",
            ] { #expect(Self.leaks([line]) == [], "\(line)") }
        }
    }

    @Test(arguments: [
        "AUTH command is not supported", "AUTH COMMAND IS NOT SUPPORTED", "AUTH FAILED user1234", "AUTH OK for host01",
        "SMTP AUTH mechanism unknown", "auth failure for user=ada rhost=192.0.2.1", "AUTH FAILED 4Zr8Xk2bQ9z1 ada",
        "250-AUTH PLAIN LOGIN PLAIN-CLIENTTOKEN OAUTH2 XOAUTH", "250 AUTH X-OWN SRP", "AUTH: not offered",
        "the server offers AUTH", "AUTH LOGIN PLAIN CRAM-MD5", "SMTP-AUTH LOGIN failed for ada",
    ]) func `and prose about AUTH stays`(line: String) { #expect(Self.masked([line]) == [line]) }

    @Test func `AUTH without a mechanism, behind Base64, and below its verb`() {
        #expect(Self.leaks(["AUTH \(Self.token)"]) == [])
        #expect(Self.leaks(["DEBUG sent b64 \(Self.base64("AUTH PLAIN \(Self.plain)\r\n"))"]) == [])
        #expect(Self.leaks(["log: AUTH BOGUS", "log: \(Self.token)", "504 no"]) == [])
        #expect(Self.masked(["log: AUTH FAILED", "log: user1234", "Waiting"]).last == "Waiting")
    }

    // MARK: Between a challenge and the next reply

    @Test(arguments: [
        "log: wrote aHVudGVyMi1DQU5BUlktcTk", "** sending aHVudGVyMi1DQU5BUlktcTk now", "trace wrote cmlsdmlscmls ok",
        "C: cmlsdmls", "> cmls", "cmlsdm", "client: aHVudG", ">>> UFdQV1A", "sent: eHl6",
    ]) func `a response is masked without padding, and of one case`(line: String) {
        for before in ["334 UGFzc3dvcmQ6", "log: 334 UGFzc3dvcmQ6", "trace AUTH LOGIN"] {
            let shown = Self.masked([before, line, "235 ok", "line"])
            #expect(shown[1] != line, "\(before)")
            #expect(shown[0] == before && shown[2...] == ["235 ok", "line"])
        }
    }

    @Test(arguments: [
        "a line with more words", "waiting for the answer", "MAIL FROM:<a@b.example>", "QUIT", "DEBUG: read 24 octets",
        "* reading response", "LOGIN", "ok", "the server is dispels ancient",
    ]) func `and other words stay there`(line: String) {
        #expect(Self.masked(["334 UGFzc3dvcmQ6", line, "235 ok"])[1] == line)
    }

    @Test func `a word alone is no response far behind its challenge`() {
        let lines = ["334 UGFzc3dvcmQ6", "a b", "c d", "e f", "Regards"]
        #expect(Self.masked(lines) == lines)
        #expect(Self.masked(["334 UGFzc3dvcmQ6", "a b", "c d", "\(Self.login)"]).last == "********")
    }

    // MARK: Blanks that were written as something else

    @Test(arguments: [
        "\\t", "\\\\t", "\\x20", "\\u0020", "\\u{20}", "\\040", "\\u00a0", "%20", "%09", "%2520", "+", "&nbsp;",
        "&#32;",
        "&#x20;", "&#160;", "&amp;nbsp;", "^I", "\u{A0}", "\u{2003}", "\u{1B}[0m \u{1B}[1m", "\\x1b[0m \\x1b[1m",
        "\\e[0m ",
        "^[[0m ", "\\033[0m ", "\u{200B} ",
    ]) func `however blanks are written, AUTH is seen`(blank: String) {
        for response in ["PLAIN" + blank + Self.plain, "LOGIN" + blank + Self.login, "BOGUS" + blank + Self.token] {
            let bare = String(response.prefix { $0 != "=" })
            let padding = response.count - bare.count
            for sign in ["=", "%3D", "&#61;", "\\u003d"] {
                let command = "AUTH" + blank + bare + String(repeating: sign, count: padding)
                for line in ["log: sent \"" + command + "\\r\\n\"", "<td>" + command + "</td>", command] {
                    #expect(Self.leaks([line]) == [], "\(line)")
                }
            }
        }
    }

    @Test(arguments: [
        "cmd=AUTH arg=\"LOGIN \(login)\"", "cmd=AUTH arg=LOGIN resp=\(login)", "verb: AUTH, argument: LOGIN \(login)",
        "{\"cmd\":\"AUTH\",\"arg\":\"LOGIN \(login)\"}",
        "{\\\"cmd\\\":\\\"AUTH\\\",\\\"arg\\\":\\\"LOGIN \(login)\\\"}",
        "command=\"AUTH\" mech='LOGIN' '\(login)'", "E..aXAUTH LOGIN \(login)",
        #"sent \x41\x55\x54\x48\x20LOGIN \#(login)"#,
    ]) func `nor do names and marks between its words hide it`(line: String) { #expect(Self.leaks([line]) == []) }

    @Test(arguments: [
        #"C:\temp\new\auth login failed"#, "100%20 of it &nbsp; was &lt;read&gt;", "^[[32mok^[[0m", "ä ö – “ok”",
        #"reply: b'250-AUTH PLAIN LOGIN\r\n'"#, "%41UTH+", "&#;&;&#xZ;%zz \\", "verb=AUTH code=535",
    ]) func `what is escaped and no credential stays`(line: String) { #expect(Self.masked([line]) == [line]) }

    // MARK: Lines that go on

    @Test(arguments: [10, 19, 20, 30, 36]) func `a credential goes on in lines of nothing but Base64`(width: Int) {
        for first in ["AUTH XOAUTH2 ", "C: AUTH PLAIN ", "334 ", "x AUTH BOGUS "] {
            var letters = first.hasPrefix("334") ? "x" + Self.token : Self.token
            var lines: [String] = []
            while !letters.isEmpty {
                lines.append(String(letters.prefix(width)))
                letters = String(letters.dropFirst(width))
            }
            if first.hasPrefix("334") { lines = ["334 VXNlcm5hbWU6"] + lines } else { lines[0] = first + lines[0] }
            guard first != "x AUTH BOGUS " || width >= 20 else { continue }
            #expect(Self.leaks(lines + ["235 ok"]) == [], "\(lines)")
            #expect(Self.leaks(lines.map { "   " + $0 } + ["235 ok"]) == [])
        }
    }

    @Test func `and what stands behind a whole one stays`() {
        let other = ["AUTH PLAIN \(Self.plain)", "Goodbye", "QUIT", "12345678", "one more"]
        #expect(Self.masked(other)[1...] == other[1...])
        let behind = ["AUTH XOAUTH2 \(Self.token.prefix(30))", "QUIT"]
        #expect(Self.masked(behind).last == "QUIT")
    }

    // MARK: Dumps

    /// How programs show octets: sixteen a row, in some grouping.
    enum Dump: String, CaseIterable {
        case xxd, pairs, canonical, words, tcpdump, application, openssl, nc, socat, bare, barePairs, c, buffer, upper

        func row(_ offset: Int, _ row: [UInt8]) -> String {
            let pairs = CredentialsInTextTests.groups(row, of: 1)
            let words = CredentialsInTextTests.groups(row, of: 2)
            let letters = CredentialsInTextTests.letters(row)
            switch self {
            case .xxd: return offset.hex(8) + ": " + words + "  " + letters
            case .pairs: return offset.hex(8) + ": " + pairs + "  " + letters
            case .canonical:
                let halves = [Array(row.prefix(8)), Array(row.dropFirst(8))]
                let shown = halves.map { CredentialsInTextTests.groups($0, of: 1) }
                return offset.hex(8) + "  " + shown.joined(separator: "  ") + "  |" + letters + "|"
            case .words:
                let turned = CredentialsInTextTests.turned(row)
                return offset.hex(7) + " " + CredentialsInTextTests.groups(turned, of: 2)
            case .tcpdump: return "\t0x" + offset.hex(4) + ":  " + words + "  " + letters
            case .application: return "[net] " + offset.hex(4) + ": " + pairs + "  |" + letters + "|"
            case .openssl: return offset.hex(4) + " - " + pairs + "   " + letters
            case .nc: return "> " + offset.hex(8) + " " + pairs + " # " + letters
            case .socat: return " " + pairs + "  " + letters
            case .bare: return CredentialsInTextTests.groups(row, of: 16)
            case .barePairs: return "bytes " + pairs
            case .c: return row.map { "0x" + $0.hex(2) }.joined(separator: ", ") + ","
            case .buffer: return "<Buffer " + pairs + ">"
            case .upper: return offset.hex(8) + ": " + pairs.uppercased()
            }
        }
    }

    fileprivate static func groups(_ row: [UInt8], of size: Int) -> String {
        stride(from: 0, to: row.count, by: size).map { row[$0...].prefix(size).map { $0.hex(2) }.joined() }
            .joined(separator: " ")
    }

    fileprivate static func letters(_ row: [UInt8]) -> String {
        row.map { (32..<127).contains($0) ? [$0].lossyText : "." }.joined()
    }

    fileprivate static func turned(_ row: [UInt8]) -> [UInt8] {
        let even = row.count % 2 == 0 ? row : row + [0]
        return even.indices.map { even[$0 ^ 1] }
    }

    private static func dump(_ text: String, _ form: Dump) -> [String] {
        let octets = Array(text.utf8)
        return stride(from: 0, to: octets.count, by: 16).map { form.row($0, Array(octets[$0...].prefix(16))) }
    }

    @Test(arguments: Dump.allCases) func `octets of a dump are read as the lines that they are`(form: Dump) {
        for text in [
            "AUTH PLAIN \(Self.plain)\r\n", "EHLO a.example\r\nAUTH LOGIN \(Self.login)\r\n",
            "x AUTH BOGUS \(Self.token)\r\n", "334 UGFzc3dvcmQ6\r\n\(Self.login)\r\n235 ok\r\n",
        ] { #expect(Self.leaks(["send 45 bytes"] + Self.dump(text, form) + ["250 ok"]) == []) }
        let answer = Self.dump("\(Self.login)\r\n", form)
        #expect(Self.leaks(["334 UGFzc3dvcmQ6"] + answer + ["235 ok"]) == [])
        let other = Self.dump("250-mx.example\r\n250-SIZE\r\n250 PIPELINING\r\nMAIL FROM:<a@b.example>\r\n", form)
        #expect(Self.masked(other) == other)
    }

    @Test(arguments: [
        "250 2.0.0 Ok: queued as 4B2C3D4E5F60", "MAC 00:1a:2b:3c:4d:5e", "2026-11-24 23:32:32.000 be ad 12 34 56",
        "id 0123456789abcdef0123456789abcdef", "0000000 0001 0002",
    ]) func `and other digits stay`(line: String) { #expect(Self.masked([line, line]) == [line, line]) }

    // MARK: Command lines, addresses and settings

    @Test(arguments: [
        "$ curl smtp://mx --user ada:\(secret) -T mail", "curl -u ada:\(secret) smtp://mx:587",
        "curl -u 'ada:\(secret)' x",
        "swaks --auth-password \(secret) -s mx", "swaks -ap '\(secret)'", "swaks --auth-password=\(secret)",
        "swaks --auth-password \"\(secret)\" --to a@b.example", "sendEmail -xu ada -xp \(secret)",
        "[\"swaks\", \"--auth-password\", \"\(secret)\"]", "curl --oauth2-bearer \(secret)",
        "Send-X -Password \(secret)",
        "smtp://ada:\(secret)@mx.example:587/", "url = \"smtps://ada:\(secret)@mx.example\"", "smtp://:\(secret)@mx",
        "password = my \(secret) phrase", "password=my \(secret)", "smtpPass: \(secret)", "smtppass=\(secret)",
        "password2=\(secret)", "auth user=ada pw=\(secret)", "access_token=\(secret)",
        "\"client_secret\": \"\(secret)\"",
        "535 5.7.8 see smtp://ada:\(secret)@mx",
        // A number is no reply code where it is a part of something.
        "host=192.168.1.254 password=\(secret)", "10:00:01.250 password=\(secret)", "# timeout 300 password=\(secret)",
        "{\"status\":200,\"smtp_pass\":\"\(secret)\"}", "connect 10.0.0.253 login(\"ada\", \"\(secret)\")",
        "MAIL_PASSWORD_1ST=\(secret)", "password_mail=\(secret)", "{\"password\":\"a\\\"\(secret)\",\"n\":1}",
    ]) func `a command or a setting shows no password`(line: String) { #expect(Self.leaks([line]) == []) }

    @Test(arguments: [
        "systemctl --user status postfix", "sudo -u postfix postqueue -p", "smtp://mx.example:587/", "ls -u a",
        "https://a.example:443/x@y", "see https://support.example/mail/?p=BadCredentials a63sm41", "mailto:a@b.example",
        "Message-ID: <1@a.example>", "--passive --password-file", "spf=pass dkim=pass dmarc=pass", "bypass=1",
        "pwd=/root",
        "https://a.example/archive/2024-01-01T10:30:00/m@a.example", "http://a.example/u?t=12:30&u=ada@a.example",
        "ps -au root", "tar -xp file.tar", "docker run -u 1000:1000 image", "535 5.7.8 Password: wrong",
        "12:00:01 login failed", "10.0.0.1 login failed", "line 1024 in Send",
        "2026-11-24 -ap", "http://[2001:db8::25]:25/", "swaks --auth-password --server mx",
    ]) func `and other options and addresses stay`(line: String) { #expect(Self.masked([line]) == [line]) }

    // MARK: What nobody writes

    @Test(arguments: ["550 no \\u{41", "\\u{", "\\u{41 x", "\\u{1234567}", "\\", "\\x4", "&#", "%4", "\\u12"])
    func `an escape that breaks off is none`(line: String) { #expect(Self.masked([line]) == [line]) }

    @Test(arguments: ["login(", "://", "\\q", ".a1 login ", "pass= ", "a ", "250 AUTH PLAIN "])
    func `a line without end is looked at up to a bound`(part: String) {
        let line = String(repeating: part, count: 200_000 / part.count)
        // A mask may be longer than what it hides.
        #expect(Self.masked([line, "x"])[0].utf8.count < 2 * CredentialsInText.maxLine)
    }

    @Test func `the last row of a dump is a row, however short`() {
        var count = 0
        for pad in 0..<16 {
            let text = "NOOP " + String(repeating: "x", count: pad) + "\r\nAUTH PLAIN \(Self.plain)"
            guard (1...3).contains(text.utf8.count % 16) else { continue }
            count += 1
            #expect(Self.masked(Self.dump(text, .xxd)).last?.hasSuffix("********") == true)
        }
        #expect(count == 3)
    }
}
