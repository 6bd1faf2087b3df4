import Foundation
import Testing

/// What is no credential is not masked, and nobody is accused of telling one that was not told.
@Suite struct SecretMistakeTests {
    /// A log without the lines that hold the credentials: after 235 the exchange is over (RFC 4954 §4).
    @Test(arguments: [
        ("auth-left-out.txt", "MAIL FROM:<a@b.example>"), ("fakesmtp-server-client.txt", SecretSpelling.mail),
        ("exchange-copied-columns.txt", SecretSpelling.mail),
    ])
    func `a log that leaves the credentials out does not lose the next command`(name: String, command: String) throws {
        let outputs = try SecretOutputs(of: try SecretPasteTests.note(name), isThorough: false)
        let isReadable = outputs.holds(line: command)
        #expect(isReadable)
    }

    @Test(arguments: ["235 2.7.0 Ok", "454 4.7.0 Later", "504 5.5.4 No", "535 5.7.8 No", "500 5.5.1 What?"])
    func `after a last reply the exchange is over`(reply: String) throws {
        for challenges in [[], ["S: 334 VXNlcm5hbWU6"], ["S: 334 VXNlcm5hbWU6", "S: 334 UGFzc3dvcmQ6"]] {
            let lines =
                ["S: 220 mx.example ESMTP", "C: EHLO a.example", "S: 250-mx.example", "S: 250 AUTH LOGIN"]
                + ["C: AUTH LOGIN"] + challenges
                + ["S: \(reply)", "C: \(SecretSpelling.mail)", "S: 250 Ok", "C: NOOP", "S: 250 Ok"]
            let outputs = try SecretOutputs(of: Array((lines.joined(separator: "\n") + "\n").utf8), isThorough: false)
            let isReadable = outputs.holds(line: SecretSpelling.mail) && outputs.holds(line: "NOOP")
            #expect(isReadable, "\(challenges.count) challenges")
        }
    }

    /// The lines of a JSON export in which a finding stands.
    private func accused(of finding: String, in octets: [UInt8]) throws -> [String] {
        let json = try SecretOutputs(of: octets, isThorough: false).text("json")
        return json.split(separator: "\n").filter { $0.contains("\"\(finding)\"") }.map(String.init)
    }

    @Test func `AUTH that was refused sent no credential`() throws {
        let refused = """
            S: 220 mail.example ESMTP
            C: EHLO a.example
            S: 250-mail.example
            S: 250 AUTH LOGIN PLAIN
            C: AUTH LOGIN
            S: 502 5.5.2 Error: command not recognized
            C: AUTH NTLM
            S: 504 5.5.4 No such mechanism
            C: QUIT
            S: 221 2.0.0 Bye

            """
        #expect(try accused(of: "credential-in-clear", in: Array(refused.utf8)) == [])
        // With a response in it, it did: the credential was on the wire before the server could refuse.
        let told = refused.replacingOccurrences(of: "AUTH NTLM", with: "AUTH PLAIN \(Secret.plain)")
        #expect(try accused(of: "credential-in-clear", in: Array(told.utf8)).count == 1)
    }

    @Test func `of three attempts only the one with a response told a credential`() throws {
        let accused = try accused(of: "credential-in-clear", in: try SecretPasteTests.note("auth-refused.txt"))
        #expect(accused.count == 1)
        #expect(accused.allSatisfy { $0.contains("auth plain") })
    }
}
