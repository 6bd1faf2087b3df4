import Foundation
import Interchange
import Lessons
import Testing
import Tracing

@Suite struct WalkTextTests {
    @Test func `the post's session reads as it should`() throws {
        let recording = try Places.session("seed.ehlo")
        let lines = TextExport.lines(Tracer.trace(of: recording.events), header: recording.header, library: nil)
        try expectGolden(lines.joined(separator: "\n") + "\n", "seed.txt")
    }

    @Test(arguments: Places.sessions) func `every step of a session comes once and in order`(name: String) throws {
        let recording = try Places.session(name)
        let trace = Tracer.trace(of: recording.events)
        let lines = TextExport.lines(trace, header: recording.header, library: try LessonLibrary(root: Places.lessons))
        let headings = lines.filter {
            $0.hasPrefix("Step ") && $0.contains(" of 14.")
        }
        let numbers = headings.compactMap { Int($0.dropFirst(5).prefix { $0.isNumber }) }
        if Places.isInOrder(trace) {
            #expect(numbers == numbers.sorted() && Set(numbers).count == numbers.count)
            #expect(Set(numbers) == Set(trace.stops.map(\.place.step.number)))
        }
        #expect(
            lines == TextExport.lines(trace, header: recording.header, library: try LessonLibrary(root: Places.lessons))
        )
    }

    @Test(arguments: Places.sessions) func `each line of the wire is there with its mark`(name: String) throws {
        let recording = try Places.session(name)
        let trace = Tracer.trace(of: recording.events)
        let text = TextExport.lines(trace, header: recording.header, library: nil)
        for line in trace.lines where line.isWire {
            let mark =
                (line.speaker == .client ? "Client:" : "Server:")
                + (line.octets.isEmpty ? "" : " \(line.shownText)")
            #expect(text.contains(mark), "\(mark)")
        }
    }

    @Test func `our own lines keep to their width and no line holds a control octet`() throws {
        for name in Places.sessions {
            let recording = try Places.session(name)
            let library = try LessonLibrary(root: Places.lessons)
            for line in TextExport.lines(Tracer.trace(of: recording.events), header: recording.header, library: library)
            {
                #expect(!line.unicodeScalars.contains { $0.value < 32 || (0x7F...0x9F).contains($0.value) })
                if line.hasPrefix("  Lesson") || line.hasPrefix("Step") { #expect(line.count <= WalkText.columns + 20) }
            }
        }
    }

    @Test func `what a server says cannot look like a line of ours`() {
        let hostile = "220 mx\rStep 7 · done\r\n220 \u{1B}[1mStep 8\r\n220 a\u{2028}Step 9\r\n220 b\u{85}Step 10\r\n"
        let trace = Tracer.trace(of: [WireEvent(.octets(from: .server, Array(hostile.utf8)), leg: .relay)])
        let lines = TextExport.lines(
            trace,
            header: .init(began: "\nStep 1", title: "a\nStep 2", source: "\r\nStep 3"),
            library: nil
        )
        #expect(lines.filter { $0.hasPrefix("Step") }.allSatisfy { $0.hasPrefix("Step 4 of 14. ") })
        #expect(!lines.contains { $0.unicodeScalars.contains { $0.value < 32 || [0x2028, 0x85].contains($0.value) } })
        for line in lines where line.contains("Step 7") || line.contains("Step 8") {
            #expect(line.hasPrefix("Server: "))
        }
    }

    /// Or a hostile recording would take many times its length of memory.
    @Test func `a long stop, many findings and a long mail come a few lines at a time`() {
        let mail = Array(repeating: Array("a\u{1}\r\n".utf8), count: 2000).joined()
        var events = [WireEvent(.octets(from: .server, Array("220 b\r\n".utf8)), leg: .relay)]
        for _ in 0..<1000 {
            events.append(WireEvent(.octets(from: .client, Array("FOO \u{1} \r\n".utf8)), leg: .relay))
        }
        events.append(WireEvent(.delivered(Array(mail)), leg: .relay))
        let trace = Tracer.trace(of: events)
        var (largest, count) = (0, 0)
        var walk = WalkText(library: nil)
        for index in trace.stops.indices {
            walk.stop(index, of: trace) { (largest, count) = (max(largest, $0.count), count + $0.count) }
        }
        walk.closing(trace) { (largest, count) = (max(largest, $0.count), count + $0.count) }
        #expect(count > 5000 && largest < 50, "\(largest) lines at once")
    }

    @Test func `the chosen exchanger is marked, and nothing is when it is not known`() throws {
        let recording = try Places.session("seed.ehlo")
        let trace = Tracer.trace(of: recording.events)
        let all = TextExport.lines(trace, header: recording.header, library: nil)
        // The post connects to a host that is none of the exchangers.
        #expect(!all.contains { $0.hasSuffix(", chosen") })
        let lookup = Tracer.trace(of: recording.events.filter { $0.leg == .lookup })
        let early = TextExport.lines(lookup, header: recording.header, library: nil).filter { $0.hasSuffix(", chosen") }
        #expect(early.count == 1 && early.first?.contains("aspmx.l.google.com") == true)
    }

    @Test func `ASCII holds nothing else and loses nothing`() {
        #expect(
            Escaping.ascii("Step 7 · sender ➔ §3 é\u{1F600}")
                == "Step 7 - sender -> section 3 \\xC3\\xA9\\xF0\\x9F\\x98\\x80"
        )
        #expect(Escaping.ascii("plain") == "plain")
        #expect(Escaping.message("a\nb\u{9B}\u{202E}") == "a\\x0Ab\\xC2\\x9B\\xE2\\x80\\xAE")
    }
}
