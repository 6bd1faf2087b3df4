import Testing

@testable import Tracing

/// Files that are damaged, strange or hostile: what is sound is kept, and the warning names the line.
@Suite struct RecordingReaderTests {
    static let header = #"{"ehlo":1,"began":"2026-08-01T09:00:00Z","title":"t","source":"s"}"#
    static let sound = #"[1,"relay","client","NOOP\r\n"]"#

    static func read(_ lines: String..., end: String = "\n") throws -> Recording {
        try RecordingReader.read(Array((([header] + lines).joined(separator: end) + end).utf8))
    }

    @Test(arguments: [
        #"[1,"relay","client""#, "garbage", "{}", "[]", "null", "1", #""text""#, #"[1,"relay","client"]"#,
        #"["1","relay","client","x"]"#,
        #"[NaN,"relay","client","x"]"#, #"[Infinity,"relay","client","x"]"#, #"[1e999,"relay","client","x"]"#,
        #"[-1,"relay","client","x"]"#,
        #"[-0.000001,"relay","client","x"]"#, #"[1e13,"relay","client","x"]"#, #"[null,"relay","client","x"]"#,
        #"[10000000000000000000000000000000000000000,"relay","client","x"]"#, #"[1,"nowhere","client","x"]"#,
        #"[1,"RELAY","client","x"]"#,
        #"[1,"relay","shouts","x"]"#, #"[1,"relay","client",{"base64":"***"}]"#,
        #"[1,"relay","client",{"base64":"AA"}]"#,
        #"[1,"relay","client",{"base64":"AAAA\r\nAAAA"}]"#, #"[1,"relay","client",{"base65":"AAAA"}]"#,
        #"[1,"relay","client",{}]"#,
        #"[1,"relay","client",1]"#, #"[1,"relay","client",null]"#, #"[1,"relay","client",["x"]]"#,
        #"[1,"relay","client","\ud800"]"#,
        #"[1,"relay","client","\x"]"#, #"[1,"relay","note",{"base64":"AAAA"}]"#, #"[1,"relay","close","nobody"]"#,
        "\u{FEFF}[",
        #"{"ehlo":1,"began":"","title":"again","source":""}"#, "\u{0}", "[1,\"relay\",\"client\",\"a\u{1}b\"]",
    ])
    func `a line that is no event is left out and named`(line: String) throws {
        let recording = try Self.read(Self.sound, line, Self.sound)
        #expect(recording.events.count == 2)
        #expect(recording.warnings.count == 1)
        #expect(recording.warnings.first?.hasPrefix("line 3 was left out: ") == true)
    }

    @Test func `octets that are not UTF-8 spoil their line only`() throws {
        let octets =
            Array("\(Self.header)\n\(Self.sound)\n".utf8) + [0x5B, 0xFF, 0xFE, 10] + Array("\(Self.sound)\n".utf8)
        let recording = try RecordingReader.read(octets)
        #expect(recording.events.count == 2)
        #expect(recording.warnings == ["line 3 was left out: it is not an array [seconds, leg, kind, payload]"])
    }

    @Test func `a file cut off anywhere keeps its whole lines`() throws {
        let text = Array("\(Self.header)\n\(Self.sound)\n[2,\"relay\",\"server\",\"Gr\u{FC}\\u00df\\r\\n\"]\n".utf8)
        let second = Self.header.utf8.count + Self.sound.utf8.count + 2
        for length in Self.header.utf8.count..<text.count {
            let recording = try RecordingReader.read(Array(text.prefix(length)))
            let isWhole = length >= text.count - 1
            #expect(recording.events.count == (isWhole ? 2 : length >= second - 1 ? 1 : 0), "at \(length)")
            let isTorn = length > Self.header.utf8.count + 1 && length < second - 1 || length > second && !isWhole
            #expect(recording.warnings.count == (isTorn ? 1 : 0), "at \(length)")
            #expect(recording.warnings.allSatisfy { $0.hasSuffix("is torn off and was left out") })
        }
    }

    @Test func `deep nesting does not exhaust the stack`() throws {
        let depth = 100_000
        for line in [String(repeating: "[", count: depth), String(repeating: "{\"a\":", count: depth)] {
            let recording = try Self.read(line, Self.sound)
            #expect(recording.events.count == 1)
            #expect(recording.warnings.count == 1)
        }
        #expect(throws: RecordingError.notARecording) {
            try RecordingReader.read(Array(("{\"ehlo\":" + String(repeating: "[", count: depth) + "\n").utf8))
        }
    }

    @Test func `times that run backwards are shown at the later time, and that is said once`() throws {
        let recording = try Self.read(
            #"[5,"relay","note","a"]"#,
            #"[3,"relay","note","b"]"#,
            #"[4,"relay","note","c"]"#,
            #"[6,"relay","note","d"]"#
        )
        #expect(recording.events.map(\.time) == [5, 5, 5, 6])
        #expect(recording.warnings.count == 1)
        #expect(recording.warnings.first?.hasPrefix("line 3 ") == true)
    }

    @Test func `a mark at the start and CR LF at line ends are no fault`() throws {
        let text =
            "\u{FEFF}" + [Self.header, Self.sound, "", "# a remark", Self.sound].joined(separator: "\r\n") + "\r\n"
        let recording = try RecordingReader.read(Array(text.utf8))
        #expect(recording.events.count == 2)
        #expect(recording.warnings.isEmpty)
        #expect(recording.header.title == "t")
    }

    @Test(arguments: [
        "", "\n", "{}", "{\"ehlo\":1", "[1,\"relay\",\"client\",\"x\"]", "{\"ehlo\":\"1\"}", "{\"version\":2}",
        "{\"ehlo\":1e400}", "ehlo",
        "220 mx.example ESMTP\r\n", "\u{0}\u{0}\u{0}", "{\"title\":\"\\\"ehlo\\\"\"}",
    ])
    func `a file without the header is no recording`(text: String) {
        #expect(throws: RecordingError.notARecording) { try RecordingReader.read(Array(text.utf8)) }
    }

    @Test func `UTF-16 is no recording`() {
        let octets = Self.header.utf16.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] }
        #expect(throws: RecordingError.notARecording) { try RecordingReader.read([0xFF, 0xFE] + octets) }
    }

    /// However a newer one writes its version, and whatever its other fields are.
    @Test(
        arguments: [
            ("2", "2"), ("\"2\"", "2"), ("99999999999999999999", "99999999999999999999"), ("\"2.1\"", "2.1"),
            ("2.5", "2.5"),
            ("\"99999999999999999999\"", "99999999999999999999"), ("2,\"title\":[1]", "2"),
        ]
    )
    func `another version is named`(version: String, name: String) {
        let file = Array("{\"ehlo\":\(version)}\n".utf8)
        #expect(RecordingReader.recognises(file))
        #expect(throws: RecordingError.newerVersion(name)) { try RecordingReader.read(file) }
        #expect(RecordingError.newerVersion(name).advice.contains("a newer ehlo reads it"))
    }

    /// A log may call by that name what a client said.
    @Test(arguments: ["\"mx2.example\"", "\"192.0.2.1\"", "\"[192.0.2.1]\"", "\"1\"", "\"\"", "\"2"])
    func `a text of that name is no version`(value: String) {
        #expect(!RecordingReader.recognises(Array("{\"ehlo\":\(value)}\n".utf8)))
    }

    @Test func `a header may lack everything but the version, and may have more`() throws {
        let recording = try RecordingReader.read(Array("{\"ehlo\":1,\"ehlo\":1,\"mood\":[1,2]}\n\(Self.sound)\n".utf8))
        #expect(recording.header == Recording.Header(began: "", title: "", source: ""))
        #expect(recording.events.count == 1)
    }

    @Test func `a thousand bad lines make a hundred warnings and one`() throws {
        let recording = try RecordingReader.read(
            Array((Self.header + String(repeating: "\nx", count: 1_000) + "\n" + Self.sound).utf8)
        )
        #expect(recording.events.count == 1)
        #expect(recording.warnings.count == RecordingReader.maxWarnings + 1)
        #expect(recording.warnings.last == "and 900 more such lines")
    }

    // MARK: Writing

    @Test(arguments: [
        (0.0, "0"), (1, "1"), (0.1, "0.1"), (1.5, "1.5"), (0.000001, "0.000001"), (0.0000004, "0"),
        (12.000340, "12.00034"), (-1, "0"),
        (.nan, "0"), (.infinity, "1000000000000"), (1e12, "1000000000000"), (59.9999999, "60"),
    ])
    func `seconds have six places at most`(time: Double, text: String) {
        #expect(RecordingWriter.seconds(time) == text)
    }

    private static func saved(_ kinds: [WireEvent.Kind]) throws -> [WireEvent.Kind] {
        let events = kinds.map { WireEvent($0, leg: .relay) }
        let file = RecordingWriter.file(Recording(header: .init(began: "", title: "", source: ""), events: events))
        return try RecordingReader.read(Array(file.utf8)).events.map(\.kind)
    }

    @Test(arguments: LinkFailure.allCases) func `a failure is read as it was written, by its id`(failure: LinkFailure)
        throws
    {
        let told: [WireEvent.Kind] = [.error(.init(failure, "in other words")), .remark(.init(failure, "so"))]
        #expect(try Self.saved(told) == told)
        // The same words, from somebody who means nothing by them: a log that was pasted, another program.
        let words = "mx: \(failure.words), he says"
        let quoted: [WireEvent.Kind] = [.error(.init(nil, words)), .note(words), .note(failure.words)]
        #expect(try Self.saved(quoted) == quoted)
        #expect(failure.id != OldRecordings.noFailure)
    }

    @Test func `what a newer program calls by an id of its own keeps its words`() throws {
        let lines = [
            #"[1,"relay","error",{"id":"moonlight","text":"too bright"}]"#,
            #"[1,"relay","note",{"id":"moonlight","text":"the domain does not exist"}]"#,
        ]
        let recording = try Self.read(lines[0], lines[1])
        #expect(recording.warnings.isEmpty)
        #expect(
            recording.events.map(\.kind) == [.error(.init(nil, "too bright")), .note("the domain does not exist")]
        )
    }

    @Test func `every octet survives, readable where it can be read`() throws {
        let all = (0...255).map { UInt8($0) }
        let events = [
            WireEvent(.octets(from: .server, all), leg: .relay, at: 0.25),
            WireEvent(
                .octets(from: .client, Array("\u{1F600}\u{E0041}\u{202E}\"\\/\u{7F}\u{85}\u{2028}".utf8)),
                leg: .submission,
                at: 1
            ),
            WireEvent(.delivered([]), leg: .relay, at: 2), WireEvent(.close(by: .client), leg: .relay, at: 2),
        ]
        let file = RecordingWriter.file(Recording(header: .init(began: "", title: "", source: ""), events: events))
        #expect(file.split(separator: "\n").count == 5)
        #expect(try RecordingReader.read(Array(file.utf8)).events == events)
    }
}
