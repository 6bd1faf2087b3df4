import Foundation
import Glibc
import Testing
import Tracing

@testable import Interchange

/// Recordings that are shown while they are read.
@Suite struct LongRecordingTests {
    private static let header = "{\"ehlo\":1,\"began\":\"\",\"title\":\"one\",\"source\":\"\"}\n"
    private static let lines = (0..<6_000).map { "[\($0),\"relay\",\"client\",\"NOOP \($0)\\r\\n\"]\n" }.joined()

    private func open(_ text: String, from octets: Int = 0, _ body: (LongRecording?) throws -> Void) throws {
        try Places.withFolder { folder in
            let path = folder + "/x.ehlo"
            try Data(text.utf8).write(to: URL(fileURLWithPath: path))
            try body(LongRecording(path, from: octets))
        }
    }

    @Test(arguments: ["", "[6001,\"relay\",\"cl", "nonsense\n", "[3,\"relay\",\"client\",\"{ehlo}\"]"])
    func `piece by piece it is what it is as a whole`(last: String) throws {
        let text = Self.header + Self.lines + last
        let whole = try RecordingReader.read(Array(text.utf8))
        try open(text) { long in
            let long = try #require(long)
            let pieces = Array(long)
            #expect(pieces.count > 3)
            #expect(pieces.flatMap(\.events) == whole.events)
            #expect(pieces.flatMap(\.warnings) == whole.warnings)
            #expect(pieces.map(\.portion) == pieces.map(\.portion).sorted())
            #expect(pieces.last?.portion == 1)
            #expect(long.whole == whole)
            #expect(long.ahead.flatMap(\.events) == whole.events)
            let traced = try long.traced()
            #expect(traced.trace == Tracer.trace(of: whole.events) && traced.warnings == whole.warnings)
            #expect(try long.listed().cells == SessionListing(whole, number: 0).cells)
        }
    }

    @Test(arguments: [
        header + lines + header + lines, header + lines + "[3,\"rel" + header + lines, header + "# none\n",
        "220 mx ESMTP\n",
        "{\"ehlo\":2}\n" + lines, "",
    ])
    func `several sessions, none, and other files are not read in pieces`(text: String) throws {
        try open(text) { #expect($0 == nil) }
    }

    /// Half of a session may say the opposite of the whole: no row and no trace is made of it.
    @Test func `where reading breaks off nothing is told but that`() throws {
        try open(Self.header + Self.lines) { long in
            let long = try #require(long)
            // From now on the system refuses to read from it.
            let unreadable = Glibc.open("/dev/null", O_WRONLY | O_CLOEXEC)
            #expect(dup2(unreadable, long.file.descriptor) >= 0)
            close(unreadable)
            let broken = "reading broke off (Bad file descriptor); try a copy of the file"
            #expect(throws: FileError(.inputOutput, "\(long.path): \(broken)")) { _ = try long.listed() }
            #expect(throws: FileError(.inputOutput, "\(long.path): \(broken)")) { _ = try long.traced() }
            #expect(long.whole.warnings == [broken])
        }
    }

    /// Nobody is left behind who waits for room.
    @Test func `who wants no more of what is read ahead lets go of it`() throws {
        try open(Self.header + Self.lines) { long in
            let long = try #require(long)
            for _ in 0..<20 { #expect(long.ahead.next()?.events.isEmpty == false) }
        }
    }

    @Test func `what is short is read at once`() throws {
        try open(Self.header + Self.lines, from: 1 << 20) { #expect($0 == nil) }
        #expect(LongRecording("-", from: 0) == nil)
        #expect(LongRecording("/dev/null", from: 0) == nil)
    }

    @Test(arguments: 1...20) func `lines stay whole however little is read at a time`(size: Int) throws {
        let text = "one\n\ntwo two two two two two two\r\nthree\n\n\nfour"
        try Places.withFolder { folder in
            try Data(text.utf8).write(to: URL(fileURLWithPath: folder + "/x"))
            var pieces = LinePieces(try #require(OpenFile(folder + "/x")), size: size)
            var all: [[UInt8]] = []
            while let piece = pieces.next() { all.append(piece) }
            #expect(all.joined().elementsEqual(text.utf8))
            #expect(all.dropLast().allSatisfy { $0.last == 10 })
            #expect(pieces.failure == nil)
        }
    }
}
