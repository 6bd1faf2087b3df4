import Testing

@testable import Interchange

@Suite struct SearchTests {
    @Test func `octets are found where they stand first, in the indices of the slice`() {
        let text = Array("xx aab aaab -&gt; ab".utf8)
        let slice = text[3...]
        for length in 1...5 {
            for start in 0...(text.count - length) {
                let sought = Array(text[start..<start + length])
                let first = slice.indices.first { slice[$0...].starts(with: sought) }
                #expect(slice.firstRange(of: sought) == first.map { $0..<$0 + length }, "\(sought)")
            }
        }
        #expect(slice.firstRange(of: Array("aaaa".utf8)) == nil && slice.firstRange(of: Array("abx".utf8)) == nil)
        #expect(text[..<2].firstRange(of: Array("xxx".utf8)) == nil && text[..<0].firstRange(of: [1]) == nil)
    }
}
