import Testing

@testable import DNS

/// The values of records by a table, held against the examples of the RFCs.
@Suite struct RecordFieldsTests {
    private static func shown(_ type: UInt16, _ data: [UInt8]) -> String {
        RecordField.fields(of: RecordType(rawValue: type), data).map(\.text).joined(separator: " ")
    }

    private static func name(_ text: String) -> [UInt8] {
        text.split(separator: ".").flatMap { [UInt8($0.utf8.count)] + Array($0.utf8) } + [0]
    }

    @Test func `a signature has nine values`() throws {
        // RFC 4034 §3.3, with a shorter signature.
        let data: [UInt8] =
            [0, 1, 5, 3, 0, 1, 0x51, 0x80, 0x3E, 0x7C, 0x9D, 0xD7, 0x3E, 0x55, 0x10, 0xD7, 0x0A, 0x52]
            + Self.name("example.com") + [0xA0, 0x90, 0x75]
        let fields = RecordField.fields(of: RecordType(rawValue: 46), data)
        #expect(
            fields.map(\.text) == [
                "A", "5", "3", "86400", "20030322173103", "20030220173103", "2642", "example.com", "oJB1",
            ]
        )
        #expect(fields[7].name == "signer's name")
        #expect(fields.filter(\.isName).map(\.range) == [18..<31])
    }

    @Test func `the types of a name are read from their windows`() {
        // RFC 4034 §4.3.
        let windows: [UInt8] = [0, 6, 0x40, 0x01, 0, 0, 0, 0x03, 4, 0x1B] + Array(repeating: 0, count: 26) + [0x20]
        #expect(Self.shown(47, Self.name("host.example.com") + windows) == "host.example.com A MX RRSIG NSEC TYPE1234")
    }

    @Test(
        arguments: [
            (33, [0, 10, 0, 5, 2, 0x4B] + name("mx.a.example"), "10 5 587 mx.a.example"),
            (39, name("b.example"), "b.example"),
            (43, [0x12, 0x34, 13, 2, 0xAB, 0xCD], "4660 13 2 abcd"), (48, [1, 1, 3, 13, 0, 0, 0], "257 3 13 AAAA"),
            (53, [3, 1, 1, 0xAB], "3 1 1 ab"), (61, [0, 0, 0], "AAAA"),
            (257, [0, 5] + Array("issueca.example".utf8), #"0 issue "ca.example""#),
            (257, [128, 5] + Array("issue;\"".utf8), #"128 issue ";\"""#), (65, [0, 1, 0], "\\# 3 000100"),
            (65, [], "\\# 0"),
        ] as [(UInt16, [UInt8], String)]
    ) func `each type is shown as its zone file has it`(type: UInt16, data: [UInt8], text: String) {
        #expect(Self.shown(type, data) == text)
    }

    @Test func `whatever stands in the data, its values are all of it`() {
        var random = SplitMix64(seed: 1)
        for type in [33, 39, 43, 46, 47, 48, 53, 61, 257, 999] as [UInt16] {
            for _ in 0..<400 {
                let data = (0..<Int.random(in: 0...60, using: &random)).map { _ in
                    UInt8.random(in: 0...255, using: &random) >> UInt8.random(in: 0...7, using: &random)
                }
                var end = 0
                for field in RecordField.fields(of: RecordType(rawValue: type), data) {
                    #expect(field.range.lowerBound == end)
                    end = field.range.upperBound
                    #expect(field.text.unicodeScalars.allSatisfy { (32...126).contains($0.value) })
                }
                #expect(end == data.count)
            }
        }
    }
}
