import SMTP

@testable import Tracing

/// TLS records: fields cover every octet of a record once, and what they say can be shown.
enum RecordTarget: FuzzTarget {
    static let name = "records"

    static func check(_ octets: [UInt8]) {
        guard let first = octets.first else { return }
        let side: Side = first & 1 == 0 ? .client : .server
        var reader = TLSReader(side)
        var rest = octets.dropFirst()
        while !rest.isEmpty {
            var length = rest.count
            if case .record(_, let content) = TLSRecord.head(of: rest) {
                length = min(length, TLSRecord.headLength + content)
            }
            let record = Array(rest.prefix(length))
            rest = rest.dropFirst(length)
            let fields = reader.read(record).flatMap { $0 }
            expect(fields.allSatisfy { $0.count > 0 }, "a field without octets")
            expect(fields.reduce(0) { $0 + $1.count } == record.count, "the fields do not tile the record")
            for field in fields { Properties.expectEscaped(field.words, "a field") }
        }
        session(Array(octets.dropFirst()), from: side)
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
