import Foundation
import Testing

/// One secret in every spelling, through everything that reads a session, into everything that the program writes of it.
@Suite struct SecretTableTests {
    private func expectNoSecret(in octets: [UInt8], isThorough: Bool = true) throws {
        let outputs = try SecretOutputs(of: octets, isThorough: isThorough)
        #expect(outputs.refusal == nil)
        let places = outputs.leaks { Secret.forms(in: $0) }
        #expect(places.isEmpty, "the password is in \(places.joined(separator: ", "))")
    }

    @Test(arguments: SecretSpelling.all) func `a recording that masks nothing shows no password`(
        spelling: SecretSpelling
    ) throws {
        for delivery in Delivery.allCases {
            try expectNoSecret(in: spelling.recording(delivery), isThorough: delivery == .turns)
        }
    }

    @Test(arguments: SecretSpelling.all) func `a capture shows no password`(spelling: SecretSpelling) throws {
        for delivery in Delivery.allCases {
            try expectNoSecret(in: spelling.capture(delivery), isThorough: false)
        }
    }

    @Test(arguments: SecretSpelling.all.filter(\.goesOn))
    func `the command behind a login is no credential`(spelling: SecretSpelling) throws {
        for delivery in Delivery.allCases {
            for octets in [spelling.recording(delivery), spelling.capture(delivery)] {
                let outputs = try SecretOutputs(of: octets, isThorough: false)
                let isReadable = outputs.holds(line: SecretSpelling.mail)
                #expect(isReadable)
            }
        }
    }

    @Test func `the program itself says none of it on its outputs`() throws {
        try Program.withFolder { folder in
            // Recordings behind each other are sessions of one file.
            let path = folder + "/all.ehlo"
            let octets = SecretSpelling.all.flatMap { $0.recording(.byChance) }
            try Data(octets).write(to: URL(fileURLWithPath: path))
            for words in [
                ["replay", path, "--plain"], ["replay", path, "--list"], ["export", path, "--format", "json"],
            ] {
                let run = try Program.run(words)
                #expect(run.status == 0, "\(run.errors)")
                #expect(Secret.forms(in: run.output.utf8).isEmpty, "standard output of \(words[0]) \(words[2])")
                #expect(Secret.forms(in: run.errors.utf8).isEmpty, "standard error of \(words[0]) \(words[2])")
            }
        }
    }

    @Test func `the search finds what it searches for`() {
        for response in [
            Secret.plain, Secret.login, Secret.cramMD5, Secret.xoauth2, Secret.oauthBearer, Secret.scram,
            Secret.base64(Secret.plain), Secret.base64("x" + Secret.login),
        ] { #expect(!Secret.forms(in: response.utf8).isEmpty, "\(response)") }
        #expect(!Secret.forms(in: "68 75 6e 74 65 72 32 2d 43 41 4e 41 52 59 2d 71 39".utf8).isEmpty)
        #expect(!Secret.forms(in: "unter2-CANAR".utf8).isEmpty)
        #expect(Secret.forms(in: "unter2-CANA".utf8).isEmpty)
        for spelling in SecretSpelling.all {
            let said = spelling.session.map { "\($0)" }.joined()
            #expect(!Secret.forms(in: said.utf8).isEmpty, "\(spelling.name)")
        }
    }
}
