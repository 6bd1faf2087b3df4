import Testing

@testable import DNS

/// The text form of character-strings (RFC 1035 §5.1).
@Suite struct CharacterStringsTests {
    @Test(arguments: [
        (["v=spf1 ip4:192.0.2.25 -all"], "\"v=spf1 ip4:192.0.2.25 -all\""),
        (["a\"b\\c;.", "é\u{7}"], "\"a\\\"b\\\\c;.\" \"\\195\\169\\007\""),
        ([""], "\"\""), ([], ""),
    ])
    func `only what would be misread is escaped`(strings: [String], text: String) {
        #expect(CharacterStrings.text(of: strings.map { Array($0.utf8) }) == text)
    }

    @Test func `each octet is found in the text and in the data`() {
        let strings: [[UInt8]] = [Array(0...255), [], [34, 92, 48, 49], [7]]
        let text = Array(CharacterStrings.text(of: strings).utf8)
        let octets = CharacterStrings.octets(ofText: text)
        #expect(octets.map(\.value) == strings.flatMap(\.self))
        let data = strings.flatMap { [UInt8(truncatingIfNeeded: $0.count)] + $0 }
        #expect(octets.allSatisfy { data[$0.data] == $0.value })
        #expect(zip(octets, octets.dropFirst()).allSatisfy { $0.text.upperBound <= $1.text.lowerBound })
    }
}
