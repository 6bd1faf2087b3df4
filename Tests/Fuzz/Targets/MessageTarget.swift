import DNS
import Tracing

/// DNS messages: every octet has its field, and what is sound is written as it was read.
enum MessageTarget: FuzzTarget {
    static let name = "messages"

    static func check(_ octets: [UInt8]) {
        let reading = MessageReader.read(octets)
        var end = 0
        for field in reading.layout {
            expect(field.range.lowerBound == end && !field.range.isEmpty, "\(field) instead of \(end)")
            end = field.range.upperBound
        }
        expect(end == octets.count, "the fields end at \(end) of \(octets.count)")
        for departure in reading.departures { Properties.expectEscaped("\(departure.description)", "a departure") }
        if reading.departures.isEmpty, let written = try? MessageWriter.octets(of: reading.message) {
            expect(MessageReader.read(written).message == reading.message, "written and read it is another")
        }
        let events = [WireEvent(.dnsQuery(octets), leg: .lookup), WireEvent(.dnsAnswer(octets), leg: .lookup)]
        Properties.expectSound(Recording(header: .init(began: "", title: "", source: ""), events: events), cuts: [])
    }
}
