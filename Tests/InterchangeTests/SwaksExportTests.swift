import SMTP
import Foundation
import Testing
import Tracing

@testable import Interchange

@Suite struct SwaksExportTests {
    /// What swaks itself printed, run against a real server; the CRs at the ends of mail data taken off.
    static let printed: [String] = {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Swaks").path
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.sorted().compactMap { try? String(contentsOfFile: "\(folder)/\($0)", encoding: .utf8) }
    }()

    @Test func `there is something that swaks printed`() { #expect(Self.printed.count == 2) }

    /// The session behind a transcript of swaks, by its documented hints.
    private func events(_ transcript: String) -> [WireEvent] {
        var address = ""
        return transcript.split(separator: "\n").compactMap { line -> WireEvent? in
            let hint = String(line.prefix(4))
            let rest = String(line.dropFirst(4))
            func octets(_ side: Side) -> WireEvent {
                WireEvent(.octets(from: side, Array((rest + "\r\n").utf8)), leg: .relay)
            }
            switch hint {
            case " -> ", " ~> ": return octets(.client)
            case "<-  ", "<** ", "<~  ", "<~* ": return octets(.server)
            case "=== " where rest.hasPrefix("Trying "):
                address = String(rest.dropFirst(7).dropLast(3))
                let port = address.split(separator: ":")[1]
                return WireEvent(.connect(to: "127.0.0.1 [127.0.0.1]:\(port)"), leg: .relay)
            case "=== " where rest.hasPrefix("Connected"): return WireEvent(.connected(to: address), leg: .relay)
            case "=== " where rest.hasPrefix("TLS started with cipher "):
                return WireEvent(.tls(TLSFacts(String(rest.dropFirst(24)))), leg: .relay)
            case "=== " where rest.hasPrefix("Connection closed"): return WireEvent(.close(by: .client), leg: .relay)
            default: return nil
            }
        }
    }

    @Test(arguments: printed) func `a session comes out as swaks itself printed it`(transcript: String) {
        // Of the lines about TLS an event has only the first.
        let expected = transcript.split(separator: "\n", omittingEmptySubsequences: false)
            .filter { !$0.hasPrefix("=== TLS no") && !$0.hasPrefix("=== TLS peer") }
        let text = SwaksExport.text(Tracer.trace(of: events(transcript)))
        #expect(text.split(separator: "\n", omittingEmptySubsequences: false) == expected)
    }

    @Test func `the parts of what is known of TLS are put together as swaks has them`() {
        let facts = TLSFacts(version: "TLS 1.3", cipher: "TLS_AES_256_GCM_SHA384", group: "x25519")
        let text = SwaksExport.text(Tracer.trace(of: [WireEvent(.tls(facts), leg: .relay)]))
        #expect(text == "=== TLS started with cipher TLSv1.3:TLS_AES_256_GCM_SHA384:256\n")
    }

    @Test(arguments: Places.sessions) func `what is written is read back as the same lines`(name: String) throws {
        let trace = Tracer.trace(of: try Places.session(name).events)
        // A transcript does not say that its session was a submission.
        guard trace.lines.contains(where: { $0.isWire && $0.leg == .relay }) else { return }
        // Nor does it say what went out together, and by which octets a line ended.
        guard Places.isInOrder(trace), trace.lines.allSatisfy({ $0.ending != .lf }) else { return }
        let text = SwaksExport.text(trace)
        let read = try Places.withFolder { folder in
            try text.write(toFile: folder + "/x.txt", atomically: true, encoding: .utf8)
            return try #require(try SessionFile.read(folder + "/x.txt").sessions.first)
        }
        let back = Tracer.trace(of: read.events)
        func told(_ trace: Trace) -> [String] {
            // The handshake and encrypted records are no lines that swaks shows.
            trace.lines.filter { $0.isWire && !$0.isTLS && $0.content != .opaque }.map { line in
                // A transcript that ends with a command may be cut off there, so nobody says it had no answer.
                let isLast = line.index == trace.lines.last { $0.isWire }?.index
                let findings = line.findings.filter { !isLast || $0.kind != .commandUnanswered }
                return "\(line.place.label) \(line.speaker) \(line.shownText) \(findings.map(\.id))"
            }
        }
        #expect(told(back) == told(trace))
    }

    @Test func `trouble has its marks`() {
        let refused = [
            WireEvent(.connect(to: "mx.example [192.0.2.1]:25"), leg: .relay),
            WireEvent(.error("connection refused"), leg: .relay),
        ]
        #expect(
            SwaksExport.text(Tracer.trace(of: refused))
                == "=== Trying mx.example:25...\n*** Error connecting to mx.example:25:\n*** connection refused\n"
        )
        let lost = [
            WireEvent(.connect(to: "mx.example:25"), leg: .relay),
            WireEvent(.connected(to: "mx.example:25"), leg: .relay),
            WireEvent(.octets(from: .server, Array("220 mx\r\n".utf8)), leg: .relay),
            WireEvent(.close(by: .server), leg: .relay),
        ]
        #expect(SwaksExport.text(Tracer.trace(of: lost)).hasSuffix("*** Remote host closed connection unexpectedly.\n"))
    }

    @Test func `every line begins with a mark, whatever the wire says`() throws {
        for (name, trace, _) in try Hostile.sessions() {
            let text = SwaksExport.text(trace)
            #expect(Hostile.isClean(text.replacing("\t", with: "")), "\(name)")
            let marks: Set = ["=== ", "*** ", " -> ", " ~> ", "<-  ", "<** ", "<~  ", "<~* "]
            for line in text.split(separator: "\n") { #expect(marks.contains(String(line.prefix(4))), "\(line)") }
            let wire = trace.lines.filter { $0.isWire && !$0.isTLS }.count
            #expect(text.split(separator: "\n").filter { !$0.hasPrefix("===") && !$0.hasPrefix("***") }.count == wire)
        }
    }

    @Test(arguments: ["seed", "one-refused"]) func `the transcripts are as they were looked at`(name: String) throws {
        try expectGolden(SwaksExport.text(Tracer.trace(of: Places.session(name + ".ehlo").events)), "\(name).swaks")
    }
}
