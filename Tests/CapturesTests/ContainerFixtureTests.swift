import Captures
import Foundation
import SMTP
import Testing
import Tracing

/// One mail as other programs wrapped it, and captures in the formats of other programs.
@Suite struct ContainerFixtureTests {
    private static let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("Fixtures")

    private static func names(_ folder: String) -> [String] {
        let all = try? FileManager.default.contentsOfDirectory(atPath: fixtures.appendingPathComponent(folder).path)
        return (all ?? []).filter { !$0.hasSuffix(".py") }.sorted()
    }

    private static func octets(_ name: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: fixtures.appendingPathComponent(name)))
    }

    private static func load(_ name: String) throws -> CaptureFile {
        try #require(CaptureFile(CaptureOctets(octets("Containers/\(name)"))))
    }

    @Test func `there are containers to read`() {
        #expect(Self.names("Containers").count >= 35)
        #expect(Self.names("Foreign").count >= 14)
    }

    @Test(arguments: names("Containers")) func `every container reads as the mail in it`(name: String) throws {
        let (base, capture) = (try Self.load("base-eth.pcap"), try Self.load(name))
        #expect(capture.warnings == base.warnings)
        try #require(capture.count == 1)
        let (expected, found) = (base.recording(0), capture.recording(0))
        #expect(found.octets(.client) == expected.octets(.client))
        #expect(found.octets(.server) == expected.octets(.server))
        #expect(found.texts(.client) == expected.texts(.client))
        #expect(found.texts(.server) == expected.texts(.server))
        #expect(found.header.began.prefix(23) == expected.header.began.prefix(23))
        #expect(Verdict(of: found.trace).summary == Verdict(of: expected.trace).summary)
    }

    @Test(arguments: names("Foreign")) func `captures of other programs are named`(name: String) throws {
        let octets = try Self.octets("Foreign/\(name)")
        #expect(ForeignCapture.program(of: octets) != nil)
        #expect(!CaptureFile.recognises(octets))
    }
}
