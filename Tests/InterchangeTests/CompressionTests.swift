import DNS
import Foundation
import Testing
import Tracing

@testable import Interchange

/// Files as gzip, bzip2, zstd, xz and lz4 pack them.
@Suite struct CompressionTests {
    private static let text = "220 mx.example ESMTP\r\nEHLO a.example\r\n250 mx.example\r\nQUIT\r\n221 2.0.0 Bye\r\n"

    /// The text, packed by each program: in Base64, as the programs of Debian 12 wrote it.
    private static let packed: [Compression: String] = [
        .gzip:
            "H4sIAAAAAAAAAzMyMlDIrdBLrUjMLchJVXAN9g0J4OVy9fDxV0iEifJyGZkiq+LlCgz1DAGKGhkqGOkZ6BkoOFUCBQHDwBpM"
            + "SwAAAA==",
        .bzip2:
            "QlpoOTFBWSZTWWEyl+cAAA7fgAASQAFyABJm7gAiBkBgIABIhpQNMamnqNkgK9UYAAANAZP2GEpIyHN/SquaBQSmEQWhou22"
            + "t3ifB/eHYELBRiBtAvC7kinChIMJlL84",
        .zstd:
            "KLUv/QRYDQIAdAMyMjAgbXguZXhhbXBsZSBFU01UUA0KRUhMTyBhDQoyNQ0KUVVJVA0KMjIxIDIuMC4wIEJ5ZQ0KAgBJcUIS"
            + "0wmoDNiG",
        .xz:
            "/Td6WFoAAATm1rRGAgAhARYAAAB0L+Wj4ABKAD1dABlgvEBxPtyjNwAI0AfifRkoJKKDrM/3k2dP0Rsz1ghjSRouml+C46gA"
            + "KM5Sh1IUZrmWOChI4q5v/LFgTaAAAAAAeHzFJgMvcXgAAVlLLsvxqh+2830BAAAAAARZWg==",
        .lz4:
            "BCJNGGRAp0AAAAD0DTIyMCBteC5leGFtcGxlIEVTTVRQDQpFSExPIGEWAEgNCjI1JgDwCA0KUVVJVA0KMjIxIDIuMC4wIEJ5"
            + "ZQ0KAAAAABvBKC4=",
    ]

    static func octets(_ compression: Compression) throws -> [UInt8] {
        let text = try #require(packed[compression])
        return [UInt8](try #require(Data(base64Encoded: text)))
    }

    @Test(arguments: Compression.allCases) func `what was packed is unpacked`(compression: Compression) throws {
        let octets = try Self.octets(compression)
        #expect(Compression.of(octets) == compression)
        let unpacked = Unpacking(octets, by: compression)
        #expect(unpacked.end == .whole)
        #expect(unpacked.octets == Array(Self.text.utf8))
    }

    @Test(arguments: Compression.allCases) func `a session in a packed file is read`(compression: Compression) throws {
        let file = try SessionFile.read(try Self.octets(compression), path: "a.log")
        #expect(file.warnings == [])
        let plain = try SessionFile.read(Array(Self.text.utf8), path: "a.log")
        #expect(Array(file.sessions) == Array(plain.sessions))
    }

    @Test(arguments: Compression.allCases) func `parts that follow each other are all unpacked`(
        compression: Compression
    ) throws {
        let octets = try Self.octets(compression)
        let unpacked = Unpacking(octets + octets, by: compression)
        #expect(unpacked.end == .whole)
        #expect(unpacked.octets == Array((Self.text + Self.text).utf8))
        #expect(Unpacking(octets + [0, 0, 0, 0], by: compression).octets == Array(Self.text.utf8))
    }

    @Test(arguments: Compression.allCases) func `what breaks off is kept up to there`(compression: Compression) throws {
        let octets = try Self.octets(compression)
        for count in 1..<octets.count - 1 {
            let unpacked = Unpacking(Array(octets.prefix(count)), by: compression)
            #expect(unpacked.end == .damaged)
            #expect(Array(Self.text.utf8).starts(with: unpacked.octets))
        }
        let plain = try? PlainOctets(Array(octets.dropLast()), name: "a")
        if let plain { #expect(plain.warnings.count == 1) }
    }

    @Test(arguments: Compression.allCases) func `unpacking stops at its bound`(compression: Compression) throws {
        let octets = try Self.octets(compression)
        #expect(Unpacking(octets, by: compression, most: Self.text.utf8.count - 1).end == .tooLong)
        let error = #expect(throws: FileError.self) { try PlainOctets(octets, name: "a", most: 10) }
        #expect(error?.description.hasPrefix("a: unpacked it is longer than 10") == true)
        #expect(error?.description.hasSuffix("unpack it with '\(compression.name) -d' first") == true)
    }

    @Test(arguments: Compression.allCases) func `mutants harm nothing`(compression: Compression) throws {
        let octets = try Self.octets(compression)
        var random = SplitMix64(seed: 41)
        for _ in 0..<1000 {
            var mutant = octets
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                mutant[Int.random(in: 0..<mutant.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            let unpacked = Unpacking(mutant, by: compression, most: 1 << 20)
            #expect(unpacked.octets.count <= (1 << 20) + (1 << 17))
        }
    }
}
