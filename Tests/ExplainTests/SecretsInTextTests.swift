import Testing

@testable import Explain

/// What is explained is quoted, and no password with it: the same rule decides as for a log.
@Suite struct SecretsInTextTests {
    private static func explained(_ text: String) throws -> String {
        let found = try `What people have in hand`.explain(text)
        return found.map { "\($0)" }.joined(separator: "\n")
    }

    @Test(arguments: [
        "$ curl smtp://mx --user ada:hunter2-CANARY-q9 -T mail", "$ swaks --auth-password hunter2-CANARY-q9",
        "connecting to smtp://ada:hunter2-CANARY-q9@mx.example", "smtp.password = hunter2-CANARY-q9",
        "log: \u{1B}[32mAUTH\u{1B}[0m \u{1B}[1mLOGIN\u{1B}[0m aHVudGVyMi1DQU5BUlktcTk=",
        "log: sent AUTH OAUTH2 aHVudGVyMi1DQU5BUlktcTk=", "AUTH%20LOGIN%20aHVudGVyMi1DQU5BUlktcTk%3D",
        "AUTH LOGIN aHVudGVyMi1D\nQU5BUlktcTk=", "535 5.7.8 no: smtp://ada:hunter2-CANARY-q9@mx",
        "0000: 41 55 54 48 20 4c 4f 47 49 4e 20 61 48 56 75 64  AUTH LOGIN aHVud\n0010: 47 56 79 4d 69 31 44  GVyMi1D",
    ]) func `what is quoted shows no password`(text: String) throws {
        let explained = try Self.explained(text)
        #expect(explained.contains("********"))
        for part in ["hunter2", "CANARY", "aHVud", "QU5B", "GVyMi", "61 48 56", "47 56 79"] {
            #expect(!explained.contains(part))
        }
    }

    @Test(arguments: ["550 5.1.1 <a@b.example>: user unknown", "AUTH command is not supported"])
    func `and what is none is quoted whole`(text: String) throws {
        let explained = try Self.explained(text)
        #expect(!explained.contains("****"))
    }
}
