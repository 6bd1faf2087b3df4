import Foundation
import Interchange
import Testing

@Suite struct OutputTests {
    @Test func `a file that is there stays unless it is to be replaced`() throws {
        try Places.withFolder { folder in
            let path = "\(folder)/a"
            func write(_ text: String, replacing: Bool) throws {
                try Output.write(file: path, input: nil, replacing: replacing) { output throws(FileError) in
                    try output.write(text)
                }
            }
            try write("one", replacing: false)
            #expect { try write("two", replacing: false) } throws: { ($0 as? FileError)?.kind == .exists }
            #expect(try String(contentsOfFile: path, encoding: .utf8) == "one")
            try write("three", replacing: true)
            #expect(try String(contentsOfFile: path, encoding: .utf8) == "three")
            // A link to nowhere has the name as well, and so has a file that comes while ours is written.
            try FileManager.default.removeItem(atPath: path)
            try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: "\(folder)/nowhere")
            #expect { try write("four", replacing: false) } throws: { ($0 as? FileError)?.kind == .exists }
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["a"])
        }
    }

    @Test func `a file is there under its name when it is whole`() throws {
        try Places.withFolder { folder in
            let path = folder + "/out.json"
            try Output.write(file: path, input: nil) { output throws(FileError) in
                try output.write(String(repeating: "x", count: 200_000))
                #expect(!FileManager.default.fileExists(atPath: path))
            }
            #expect(try Data(contentsOf: URL(fileURLWithPath: path)).count == 200_000)
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["out.json"])
        }
    }

    @Test func `after an error nothing stays and what was there before is untouched`() throws {
        try Places.withFolder { folder in
            let path = folder + "/out.json"
            try Data("before".utf8).write(to: URL(fileURLWithPath: path))
            #expect(throws: FileError.self) {
                try Output.write(file: path, input: nil) { output throws(FileError) in
                    try output.write(String(repeating: "x", count: 200_000))
                    throw FileError(.inputOutput, "no more")
                }
            }
            #expect(try String(contentsOfFile: path, encoding: .utf8) == "before")
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["out.json"])
        }
    }

    @Test func `the file that is read is never written, by whatever name`() throws {
        try Places.withFolder { folder in
            let path = folder + "/in.ehlo"
            try Data("recording".utf8).write(to: URL(fileURLWithPath: path))
            try FileManager.default.createSymbolicLink(atPath: folder + "/link", withDestinationPath: path)
            try FileManager.default.linkItem(atPath: path, toPath: folder + "/twin")
            for name in ["in.ehlo", "link", "twin", "./in.ehlo"] {
                #expect { try Output.write(file: "\(folder)/\(name)", input: path) { _ in } } throws: {
                    ($0 as? FileError)?.kind == .cannotCreate
                }
            }
            #expect(try String(contentsOfFile: path, encoding: .utf8) == "recording")
        }
    }

    @Test func `a full device is an error of writing and stays a device`() {
        #expect {
            try Output.write(file: "/dev/full", input: nil) { output throws(FileError) in try output.write("x") }
        } throws: {
            ($0 as? FileError)?.kind == .inputOutput
        }
        #expect(FileManager.default.fileExists(atPath: "/dev/full"))
    }

    @Test(
        arguments: [
            ("a.json", .json), ("a.NDJSON", .json), ("dir.txt/a", nil), ("a.txt", .txt), ("a.ehlo", .ehlo),
            ("a.htm", .html), ("a", nil),
            ("a.doc", nil),
        ] as [(String, ExportFormat?)]
    )
    func `the ending of a name asks for a format`(name: String, format: ExportFormat?) {
        #expect(ExportFormat(ofFileName: name) == format)
    }

    @Test func `the formats that are written are named`() {
        #expect(ExportFormat.names == "json, txt, ehlo, md, html, svg, cast, worksheet, swaks, eml, pcap, pcapng")
    }
}
