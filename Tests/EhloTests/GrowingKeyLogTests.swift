import Foundation
import Testing

@testable import ehlo

/// A key log that is written while it is read.
@Suite(.timeLimit(.minutes(1))) struct GrowingKeyLogTests {
    private static func line(_ number: Int) -> String {
        "CLIENT_RANDOM \(String(repeating: "0\(number)", count: 32)) \(String(repeating: "B7", count: 48))\n"
    }

    private static func add(_ text: String, to path: String) throws {
        let isThere = FileManager.default.fileExists(atPath: path)
        guard isThere else { return try Data(text.utf8).write(to: URL(fileURLWithPath: path)) }
        let file = try #require(FileHandle(forWritingAtPath: path))
        try file.seekToEnd()
        try file.write(contentsOf: Data(text.utf8))
        try file.close()
    }

    @Test func `what is added is given once`() throws {
        try Program.withFolder { folder in
            let path = "\(folder)/keys"
            try Self.add(Self.line(1) + Self.line(2), to: path)
            let keys = try GrowingKeyLog(path)
            #expect(keys.isThere)
            #expect(keys.take().count == 2)
            #expect(keys.takeAll().isEmpty)
            try Self.add(Self.line(3), to: path)
            #expect(keys.takeAll().count == 1)
        }
    }

    @Test func `it says itself that there is something to take`() throws {
        try Program.withFolder { folder in
            let path = "\(folder)/keys"
            let keys = try GrowingKeyLog(path)
            #expect(!keys.isThere)
            try Self.add(Self.line(1), to: path)
            var waiting = pollfd(fd: keys.descriptor, events: Int16(POLLIN), revents: 0)
            #expect(poll(&waiting, 1, 50_000) == 1)
            #expect(keys.take().count == 1)
            #expect(poll(&waiting, 1, 0) == 0)
        }
    }

    @Test func `a line in two pieces is one, and so is the last one without an end`() throws {
        try Program.withFolder { folder in
            let (path, line) = ("\(folder)/keys", Self.line(1))
            try Self.add(String(line.prefix(100)), to: path)
            let keys = try GrowingKeyLog(path)
            try Self.add(String(line.dropFirst(100)), to: path)
            let taken = keys.takeAll()
            #expect(taken.count == 1 && taken.warnings == [])
            try Self.add(String(Self.line(2).dropLast()), to: path)
            #expect(keys.takeAll().count == 1)
        }
    }

    @Test func `another file of its name is read, and one that was emptied anew`() throws {
        try Program.withFolder { folder in
            let path = "\(folder)/keys"
            try Self.add(Self.line(1) + Self.line(2), to: path)
            let keys = try GrowingKeyLog(path)
            #expect(keys.take().count == 2)
            try Self.add(Self.line(3) + Self.line(4) + Self.line(5), to: "\(folder)/new")
            #expect(rename("\(folder)/new", path) == 0)
            #expect(keys.takeAll().count == 3)
            #expect(truncate(path, 0) == 0)
            try Self.add(Self.line(6), to: path)
            #expect(keys.takeAll().count == 1)
        }
    }

    @Test(arguments: ["gzip", "bzip2", "xz"]) func `one that was packed is unpacked, and so is another of its name`(
        program: String
    ) throws {
        try Program.withFolder { folder in
            let path = "\(folder)/keys"
            try Self.add(Self.line(1) + Self.line(2), to: "\(folder)/one")
            try Self.add(Self.line(1) + Self.line(2) + Self.line(3), to: "\(folder)/two")
            for (name, count) in [("one", 2), ("two", 3)] {
                guard try Program.shell("\(program) -c \(folder)/\(name) >\(path)").status == 0 else { return }
                let keys = try GrowingKeyLog(path)
                #expect(keys.take().count == count)
                #expect(keys.takeAll().isEmpty)
            }
            let keys = try GrowingKeyLog(path)
            #expect(keys.take().warnings == [])
            #expect(try Program.shell("\(program) -c \(folder)/one >\(path)").status == 0)
            #expect(keys.takeAll().count == 2)
        }
    }

    @Test func `one whose packing is damaged is refused`() throws {
        try Program.withFolder { folder in
            try Data([0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 7, 7]).write(to: URL(fileURLWithPath: "\(folder)/keys"))
            #expect(throws: CommandError.self) { try GrowingKeyLog("\(folder)/keys") }
        }
    }

    @Test func `lines without an end are no secrets, and none is kept for long`() throws {
        try Program.withFolder { folder in
            let path = "\(folder)/keys"
            try Self.add(String(repeating: "x", count: 100_000), to: path)
            let keys = try GrowingKeyLog(path)
            #expect(keys.take().warnings.count == 1)
            try Self.add("\n" + Self.line(1), to: path)
            #expect(keys.takeAll().count == 1)
        }
    }

    @Test func `what is no file and no pipe is refused`() throws {
        #expect(throws: CommandError.self) { try GrowingKeyLog("/") }
        #expect(throws: CommandError.self) { try GrowingKeyLog("/dev/zero") }
    }
}
