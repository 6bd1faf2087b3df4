import SMTP

@testable import Tracing

/// TLS records: fields cover every octet of a record once, what they say can be shown, and messages are the same however records cut
/// them.
enum RecordTarget: FuzzTarget {
    static let name = "records"

    static func check(_ octets: [UInt8]) {
        guard let first = octets.first else { return }
        let side: Side = first & 1 == 0 ? .client : .server
        var reader = TLSReader(side)
        var messages: [UInt8] = []
        var rest = octets.dropFirst()
        while !rest.isEmpty {
            var length = rest.count
            if case .record(_, let content) = TLSRecord.head(of: rest) {
                length = min(length, TLSRecord.headLength + content)
            }
            let record = Array(rest.prefix(length))
            rest = rest.dropFirst(length)
            if record.first == TLSRecord.ContentType.handshake.rawValue {
                messages += record.dropFirst(TLSRecord.headLength)
            }
            let fields = reader.read(record).flatMap { $0 }
            expect(fields.allSatisfy { $0.count > 0 }, "a field without octets")
            expect(fields.reduce(0) { $0 + $1.count } == record.count, "the fields do not tile the record")
            for field in fields { Properties.expectEscaped(field.words, "a field") }
        }
        for size in [1, 5, 90] {
            expect(names(messages, side, every: size) == names(messages, side), "cut every \(size) they are others")
        }
        session(Array(octets.dropFirst()), from: side)
    }

    /// What the messages of a handshake are called that come in records of so many octets.
    private static func names(_ messages: [UInt8], _ side: Side, every size: Int = TLSRecord.maxContent) -> [String] {
        var reader = TLSReader(side)
        return stride(from: 0, to: messages.count, by: size).flatMap { start -> [String] in
            let content = messages[start..<min(start + size, messages.count)]
            let head = [
                TLSRecord.ContentType.handshake.rawValue, 3, 3, UInt8(content.count >> 8), UInt8(content.count & 0xFF),
            ]
            return reader.read(head + content).joined()
                .filter { ["handshake message", "rest of a header"].contains($0.name) }.map(\.words)
        }
    }

    /// The same octets on a connection that speaks TLS from the beginning.
    private static func session(_ octets: [UInt8], from side: Side) {
        let hello: [UInt8] = [22, 3, 1, 0, 4, 1, 0, 0, 0]
        let events = [
            WireEvent(.octets(from: .client, hello), leg: .relay),
            WireEvent(.octets(from: side, octets), leg: .relay),
        ]
        Properties.expectSound(Recording(header: .init(began: "", title: "", source: ""), events: events), cuts: [3])
    }
}
