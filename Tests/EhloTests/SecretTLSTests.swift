import Cryptography
import Foundation
import Testing

/// A password inside TLS that was opened is masked like every other, and the secrets that opened it are in no output at all.
@Suite struct SecretTLSTests {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../CapturesTests/Fixtures/TLS").standardizedFileURL

    private static func octets(_ name: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: folder.appendingPathComponent(name)))
    }

    /// The password as it was typed, and the Base64 of AUTH PLAIN that holds it.
    private static let secrets = ["hunter2-CANARY", "AGFsaWNlAGh1bnRlcjItQ0FOQVJZ"]

    @Test(arguments: ["curl13", "gcm12", "chacha12", "smtps13", "secrets"])
    func `no output holds the password or a key`(name: String) throws {
        let isOwn = name == "secrets"
        let octets = try Self.octets(isOwn ? "secrets.pcapng" : "\(name).pcap")
        let log = try Self.octets(isOwn ? "curl13.keys" : "\(name).keys")
        let outputs = try SecretOutputs(of: octets, keys: isOwn ? KeyLog() : KeyLog(log))
        #expect(outputs.refusal == nil)
        #expect(outputs.holds(line: "MAIL FROM:<alice@sender.example>"), "TLS was not opened")
        #expect(outputs.text("json").contains("********"))
        let keys = String(decoding: log, as: UTF8.self).split(separator: "\n").compactMap {
            $0.split(separator: " ").last
        }
        #expect(!keys.isEmpty)
        for secret in Self.secrets + keys.map(String.init) {
            let wanted = Array(secret.utf8)
            let leaks = outputs.leaks { octets in Self.holds(octets, wanted) ? [secret] : [] }
            #expect(leaks == [], "\(secret)")
        }
    }

    private static func holds(_ octets: [UInt8], _ wanted: [UInt8]) -> Bool {
        Data(octets).range(of: Data(wanted)) != nil
    }
}
