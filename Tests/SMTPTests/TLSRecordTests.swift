import Testing

@testable import SMTP

@Suite struct TLSRecordTests {
    @Test func `a head is a type, major version 3 and a length, and nothing else`() {
        for type in UInt8.min...UInt8.max {
            for major in [0, 2, 3, 4, 255] as [UInt8] {
                for length in [0, 1, TLSRecord.maxContent, TLSRecord.maxContent + 1, 65_535] {
                    let octets = [type, major, 1, UInt8(length >> 8), UInt8(length & 0xFF)]
                    let fits = (20...24).contains(type) && major == 3 && length <= 16_384 + 2048
                    let expected = TLSRecord.ContentType(rawValue: type).flatMap {
                        fits ? TLSRecord.Head.record($0, contentLength: length) : nil
                    }
                    #expect(TLSRecord.head(of: octets) == expected ?? .none)
                    #expect(TLSRecord.head(of: octets + [1, 2, 3]) == expected ?? .none)
                }
            }
        }
    }

    @Test func `a head is known with its fifth octet, and what is none as soon as an octet does not fit`() {
        let octets: [UInt8] = [22, 3, 1, 2, 0]
        for count in 0..<5 { #expect(TLSRecord.head(of: octets.prefix(count)) == .incomplete) }
        #expect(TLSRecord.head(of: octets) == .record(.handshake, contentLength: 512))
        #expect(TLSRecord.head(of: [19]) == .none)
        #expect(TLSRecord.head(of: [25]) == .none)
        #expect(TLSRecord.head(of: [23, 2]) == .none)
    }

    @Test func `octets are read from where a slice begins`() {
        let octets = Array("250 OK".utf8) + [23, 3, 3, 0, 7, 1]
        #expect(TLSRecord.head(of: octets[6...]) == .record(.applicationData, contentLength: 7))
        #expect(!TLSRecord.isClientHello(octets[6...]))
    }

    @Test func `a ClientHello is known by its first octet, and denied by any that does not fit`() {
        let octets: [UInt8] = [22, 3, 1, 2, 0, 1, 0]
        for count in 1...octets.count { #expect(TLSRecord.isClientHello(octets.prefix(count))) }
        #expect(!TLSRecord.isClientHello([]))
        #expect(!TLSRecord.isClientHello([21]))
        #expect(!TLSRecord.isClientHello([22, 1]))
        #expect(!TLSRecord.isClientHello([22, 3, 1, 255, 255]))
        let serverHello: [UInt8] = [22, 3, 3, 0, 90, 2]
        #expect(!TLSRecord.isClientHello(serverHello))
        for count in 1...serverHello.count { #expect(TLSRecord.isHandshake(serverHello.prefix(count))) }
        #expect(!TLSRecord.isHandshake([23, 3, 3, 0, 90]))
    }
}
