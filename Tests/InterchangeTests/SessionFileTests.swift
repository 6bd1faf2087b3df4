import Foundation
import Interchange
import Testing
import Tracing

@Suite struct SessionFileTests {
    @Test func `a list of pasted sessions tells them apart by their servers`() throws {
        let text = ["mx1", "mx2", "mx1"].map { "220 \($0).example ESMTP\nQUIT\n221 bye\n" }.joined()
        let file = try SessionFile.read(Array(text.utf8), path: "-")
        #expect(file.listings.map(\.session.number) == [0, 1, 2])
        #expect(file.listings.map(\.session.server) == ["mx1.example", "mx2.example", "mx1.example"])
    }

    static let header = "{\"ehlo\":1,\"began\":\"\",\"title\":\"one\",\"source\":\"\"}\n"
    static let greeting = "[0.5,\"relay\",\"server\",\"220 mx ESMTP\\r\\n\"]\n"

    private func read(_ text: String) throws -> SessionFile { try SessionFile.read(Array(text.utf8), path: "x.ehlo") }

    @Test func `one recording is one session`() throws {
        let file = try read(Self.header + Self.greeting)
        #expect(file.sessions.map(\.header.title) == ["one"])
        #expect(file.sessions.first?.events.count == 1)
    }

    @Test func `recordings behind each other are sessions in order`() throws {
        let second = Self.header.replacing("one", with: "two")
        let file = try read(Self.header + Self.greeting + second + Self.greeting + Self.greeting)
        #expect(file.sessions.map(\.header.title) == ["one", "two"])
        #expect(file.sessions.map(\.events.count) == [1, 2])
        #expect(file.sessions.flatMap(\.warnings).isEmpty)
    }

    @Test(arguments: [
        "[0.6,\"relay\",\"close\",\"server\"]", "[0.6,\"relay\",\"server\",\"221 b", "[0.6",
    ])
    func `a header behind a line without a line feed begins a session`(last: String) throws {
        let second = Self.header.replacing("one", with: "{\\\"ehlo\\\":1,")
        let file = try read(Self.header + Self.greeting + last + second + Self.greeting)
        #expect(file.sessions.map(\.header.title) == ["one", "{\"ehlo\":1,"])
        #expect(file.sessions.last?.events.count == 1)
    }

    @Test func `a recording of a newer version is for a newer program`() throws {
        let newer = Self.header.replacing("\"ehlo\":1", with: "\"ehlo\":2") + Self.greeting
        for text in [newer, Self.header + Self.greeting + newer] {
            #expect { try read(text) } throws: { error in
                "\(error)".contains("of version 2") && "\(error)".contains("a newer ehlo reads it")
                    && !"\(error)".contains("record a session")
            }
        }
        #expect { try read(Self.header.replacing("\"ehlo\":1", with: "\"ehlo\":0")) } throws: {
            "\($0)".contains("it is no recording")
        }
    }

    @Test func `a torn last line is a warning and what came before is kept`() throws {
        let file = try read(Self.header + Self.greeting + Self.greeting.dropLast(9))
        #expect(file.sessions.first?.events.count == 1)
        #expect(file.sessions.first?.warnings.count == 1)
    }

    @Test(arguments: [
        "", "hello", "{\"ehlo\":2}\n[0,\"relay\",\"server\",\"x\"]\n", header, header + "[0,\n", "{\"ehlo\"",
    ])
    func `what holds no session is wrong data`(text: String) {
        #expect { try read(text) } throws: { error in
            // What is text may be something else that can be explained.
            let kind = (error as? FileError)?.kind
            return kind == (text == "hello" ? .noDialogue : .wrongData) && "\(error)".hasPrefix("x.ehlo: ")
        }
    }

    @Test func `what cannot be opened is no input and its name is escaped`() throws {
        try Places.withFolder { folder in
            for path in [
                folder, folder + "/absent", folder + "/\u{1B}[2J", "/dev/null", "/dev/zero", "", "/dev/null/x",
            ] {
                #expect { try SessionFile.read(path) } throws: { error in
                    (error as? FileError)?.kind == .noInput && !"\(error)".unicodeScalars.contains { $0.value < 32 }
                }
            }
        }
    }

    @Test func `no more is read than the bound`() throws {
        try Places.withFolder { folder in
            let path = folder + "/big"
            try Data(repeating: 65, count: 1001).write(to: URL(fileURLWithPath: path))
            #expect(try FileOctets.read(path, most: 1001).count == 1001)
            #expect { try FileOctets.read(path, most: 1000) } throws: { ($0 as? FileError)?.kind == .wrongData }
        }
    }
}
