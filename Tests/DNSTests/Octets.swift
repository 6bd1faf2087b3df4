import DNS
import Testing

/// Octets from hexadecimal digits; blanks are for the reader.
func octets(_ hexadecimal: String) -> [UInt8] {
    let digits = hexadecimal.compactMap(\.hexDigitValue).map { UInt8($0) }
    return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
}

/// A name that is known to be one.
func name(_ text: String) -> Name {
    guard let name = try? Name(text) else {
        Issue.record("\(text) is no name")
        return .root
    }
    return name
}

func mx(_ preference: UInt16, _ exchange: String, of owner: String = "receiver.example", ttl: UInt32 = 281)
    -> ResourceRecord
{
    ResourceRecord(owner: name(owner), ttl: ttl, data: .mx(preference: preference, exchange: name(exchange)))
}

/// An answer to an MX question, written out octet by octet; the numbers are offsets.
enum Sample {
    static let mxAnswer = octets(
        """
        1A2B 8580 0001 0002 0000 0001
        08 7265636569766572 07 6578616D706C65 00   000F 0001
        C00C 000F 0001 00000119 0008   0005 03 6D7831 C00C
        C00C 000F 0001 00000119 0008   000A 03 6D7832 C00C
        C030 0001 0001 0000003C 0004   7F000001
        """
    )
    /// Where something begins or ends: breaking the message off there leaves whole entries.
    static let boundaries = [12, 34, 54, 74, 90]

    /// One message with every kind of data that is known here.
    static let everyType = Message(
        id: 0xBEEF,
        flags: [.response, .authoritativeAnswer, .recursionDesired, .authenticData],
        questions: [Question(name: name("receiver.example"), type: .any)],
        answers: [
            mx(10, "mx1.receiver.example"), mx(0, "."),
            ResourceRecord(owner: name("mx1.receiver.example"), ttl: 0, data: .a(IPv4Address(127, 0, 0, 1))),
            ResourceRecord(owner: name("mx1.receiver.example"), ttl: 1 << 31, data: .aaaa(.loopback)),
            ResourceRecord(owner: name("www.receiver.example"), ttl: 5, data: .cname(name("receiver.example"))),
            ResourceRecord(owner: name("receiver.example"), ttl: 5, data: .txt([Array("v=spf1 -all".utf8), []])),
            ResourceRecord(
                owner: name("_25._tcp.mx1.receiver.example"),
                ttl: 5,
                data: .tlsa(TLSA(certificateUsage: 3, selector: 1, matchingType: 1, associationData: [1, 2, 3]))
            ),
            ResourceRecord(
                owner: name("odd.example"),
                class: .chaos,
                ttl: 5,
                data: .other(RecordType(rawValue: 999), [7])
            ),
        ],
        authorities: [
            ResourceRecord(owner: name("receiver.example"), ttl: 5, data: .ns(name("ns.receiver.example"))),
            ResourceRecord(owner: name("25.2.0.192.in-addr.arpa"), ttl: 5, data: .ptr(name("mx1.receiver.example"))),
            ResourceRecord(
                owner: name("receiver.example"),
                ttl: 5,
                data: .soa(
                    StartOfAuthority(
                        primaryServer: name("ns.receiver.example"),
                        responsibleMailbox: name("post\\.master.receiver.example"),
                        serial: 2_026_073_001
                    )
                )
            ),
        ],
        additionals: [
            EDNS(udpPayloadSize: 1232, flags: 0x8000, options: [EDNS.Option(code: 10, octets: Array(1...8))]).record
        ]
    )
}

/// Whether the fields cover the octets from the first to the last, without a gap and without an overlap.
func tiles(_ reading: MessageReading, _ count: Int) -> Bool {
    reading.layout.reduce(0) { $1.range.lowerBound == $0 && !$1.range.isEmpty ? $1.range.upperBound : -1 } == count
}
