import Foundation
import Testing

/// What every program is tempted to write a second time has one place (`Sources/README.md`).
struct OnceTests {
    /// How a second copy is recognised, the files that may hold it, and what to use instead.
    private static let rows: [(signs: [String], places: [String], instead: String)] = [
        (["ABCDEFGHIJKLMNOPQRSTUVWXYZabcdef"], ["Sources/Notation/Base64.swift"], "Base64"),
        (["base64Encoded"], [], "Base64"),
        (["146_097", "146097"], ["Sources/Notation/CivilDate.swift"], "CivilDate"),
        (["gmtime_r", "strftime", "timegm", "strategy: .iso8601", "formatted(.iso8601"], dates, "UTCTime"),
        (["\"Jan\"", "\"jan\"", "jan feb"], ["Sources/Notation/CivilDate.swift"], "CivilDate.months"),
        (["inet_ntop", "inet_pton"], [], "IPv6Address, IPv4Address"),
        ([#"[IPv6:\("#], ["Sources/SMTP/Grammar/AddressLiteral.swift"], "AddressLiteral.text(of:)"),
        (["CLOCK_MONOTONIC"], [], "MonotonicClock"),
        (["\"EncryptedExtensions\""], ["Sources/Tracing/TLS/TLSRegistry.swift"], "TLSRegistry.message"),
        (["case .mailData: \"the mail data\""], ["Sources/SMTP/Session/CommandSequence+Words.swift"], "Turn.words"),
    ]
    private static let dates = ["Sources/Interface/Numbers.swift"]

    @Test func `what has one place is not written again`() throws {
        let files = try Checkout.swift().filter { $0.path.hasPrefix("Sources/") }
        for row in Self.rows {
            let found = files.filter { file in row.signs.contains { file.text.range(of: $0, options: .literal) != nil }
            }.map(\.path)
            for path in found where !row.places.contains(path) {
                Issue.record("\(path) has one of \(row.signs) of its own; use \(row.instead)")
            }
            // A place that is gone is a rule that nobody checks.
            let gone = row.places.filter { !found.contains($0) }
            #expect(gone == [], "\(row.signs) is not there any more; take the file off the list")
        }
    }
}
