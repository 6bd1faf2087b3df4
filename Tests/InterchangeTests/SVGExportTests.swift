import SMTP
import Foundation
import Lessons
import Testing
import Tracing

@testable import Interchange

@Suite struct SVGExportTests {
    @Test func `every session is well-formed, with nothing that runs or fetches`() throws {
        for (name, trace, header) in try Hostile.sessions() {
            let text = SVGExport.text(trace, header: header)
            try Hostile.keep(text, "\(name).svg")
            #expect(Hostile.isClean(text), "\(name)")
            let read = WellFormed(text)
            #expect(read.isWellFormed, "\(name)")
            let allowed: Set = ["svg", "title", "desc", "style", "rect", "g", "line", "text", "circle", "path"]
            #expect(Set(read.elements.keys).subtracting(allowed).isEmpty, "\(name)")
            let attributes: Set = [
                "width", "height", "viewBox", "role", "aria-labelledby", "lang", "id", "class", "x", "y", "x1", "y1",
                "x2",
                "y2", "cx", "cy", "r", "d", "direction", "unicode-bidi", "xmlns",
            ]
            #expect(read.attributes.subtracting(attributes).isEmpty, "\(name)")
            #expect(read.elements["desc"] == 1 && text.contains("aria-labelledby=\"title desc\""))
            #expect(text == SVGExport.text(trace, header: header))
        }
    }

    @Test func `every octet there is leaves it well-formed`() {
        for octet in UInt8.min...UInt8.max {
            let octets = Array("220 mx ".utf8) + [octet, octet, 13, 10]
            let trace = Tracer.trace(of: [WireEvent(.octets(from: .server, octets), leg: .relay)])
            let title = String(decoding: [octet], as: UTF8.self)
            let text = SVGExport.text(trace, header: .init(began: "", title: title, source: title))
            #expect(WellFormed(text).isWellFormed, "octet \(octet)")
        }
    }

    @Test(arguments: Places.sessions) func `each short line is there with its time, and each step with its number`(
        name: String
    )
        throws
    {
        let recording = try Places.session(name)
        let trace = Tracer.trace(of: recording.events)
        let read = WellFormed(SVGExport.text(trace, header: recording.header))
        let texts = Set(read.text.split(separator: "\n").map(String.init))
        for arrow in SVGArrow.all(of: trace) where arrow.lines.count <= SVGArrow.maxTexts {
            for line in arrow.lines where !line.isTLS && (1...60).contains(line.octets.count) {
                let isThere = texts.contains(WireText.shown(line.octets))
                #expect(isThere, "\(name): \(WireText.shown(line.octets))")
            }
        }
        for stop in trace.stops { #expect(texts.contains(stop.place.label)) }
        #expect((read.elements["circle"] ?? 0) == trace.stops.count)
    }

    @Test func `what is inside TLS is shaded, and nothing else is`() {
        func say(_ side: Side, _ text: String) -> WireEvent {
            WireEvent(.octets(from: side, Array((text + "\r\n").utf8)), leg: .relay)
        }
        let clear = [say(.server, "220 mx ESMTP"), say(.client, "EHLO a"), say(.server, "250 mx")]
        let secure = [
            say(.client, "STARTTLS"), say(.server, "220 go"), WireEvent(.tls(TLSFacts("TLS 1.3")), leg: .relay),
            say(.client, "EHLO a"), say(.server, "250 mx"), WireEvent(.close(by: .client), leg: .relay),
        ]
        let header = Recording.Header(began: "", title: "x", source: "")
        func shades(_ events: [WireEvent]) -> Int {
            SVGExport.text(Tracer.trace(of: events), header: header).matches(of: /class="shade"/).count
        }
        #expect(shades(clear) == 0)
        #expect(shades(clear + secure) == 1)
    }

    @Test(arguments: ["seed", "one-refused"]) func `the pictures are as they were looked at`(name: String) throws {
        let recording = try Places.session(name + ".ehlo")
        let text = SVGExport.text(Tracer.trace(of: recording.events), header: recording.header)
        try expectGolden(text, "\(name).svg")
    }
}
