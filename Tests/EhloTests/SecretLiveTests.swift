import Foundation
import Testing

/// A dialog that logs in, played against the sandbox: the recording that is made by itself, and both outputs.
@Suite struct SecretLiveTests {
    static let exchanges = [
        "C: AUTH PLAIN \(Secret.plain)\nS: 235", "C: auth\\tplain \(Secret.plain)\nS: 235",
        "C: AUTH PLAIN\nS: 334\nC: \(Secret.plain)\nS: 235",
        "C: AUTH PLAIN\\r\\n\(Secret.plain)\nS: 334\nS: 235",
        "C: AUTH LOGIN\\r\\nYWRh\\r\\n\(Secret.login)\nS: 334\nS: 334\nS: 235",
        "C: AUTH BOGUS\\r\\n\(Secret.login)\nS: 504\nS: 500", "C: AUTH BOGUS\nS: 504\nC: \(Secret.login)\nS: 500",
        "C: AUTH LOGIN\nS: 334\nC: *\nS: 501\nC: \(Secret.login)\nS: 500",
        "C: AUTH LOGIN\\r\\n*\\r\\n\(Secret.login)\nS: 334\nS: 501\nS: 500", "C: AUTH \(Secret.login)\nS: 504",
        // What was expected was not said.
        "C: AUTH PLAIN\nS: 250\nC: \(Secret.plain)\nS: 250",
    ]

    @Test(arguments: exchanges) func `a dialog that logs in is recorded without its password`(exchange: String) throws {
        try Program.withFolder { folder in
            let dialog = """
                # title: A login
                S: 220
                C: EHLO {{client.domain}}
                S: 250
                \(exchange)
                C: QUIT
                S: 221
                -- close

                """
            let file = "\(folder)/login.dialog"
            try dialog.write(toFile: file, atomically: false, encoding: .utf8)
            let run = try Program.run(
                ["live", "--dialog", file, "--persona", "auth-required", "--plain"],
                environment: ["XDG_DATA_HOME": "\(folder)/data", "XDG_STATE_HOME": "\(folder)/state"]
            )
            #expect(run.output.uppercased().contains("AUTH"))
            let kept = ["data", "state"].flatMap { name in
                (FileManager.default.enumerator(atPath: "\(folder)/\(name)")?.allObjects as? [String] ?? [])
                    .map { "\(folder)/\(name)/\($0)" }
            }.compactMap { FileManager.default.contents(atPath: $0) }
            #expect(kept.contains { $0.starts(with: "{\"ehlo\"".utf8) }, "it was recorded")
            var places = kept.allSatisfy { Secret.forms(in: $0).isEmpty } ? [] : ["the recording"]
            if !Secret.forms(in: run.output.utf8).isEmpty { places.append("standard output") }
            if !Secret.forms(in: run.errors.utf8).isEmpty { places.append("standard error") }
            #expect(places.isEmpty)
        }
    }
}
