import Foundation
import Testing

@testable import ehlo

/// A disk that is full, as a limit on the length of files: the system then takes a part of what is written.
@Suite struct WholeLinesTests {
    @Test func `a recording ends with a whole line, the person is told once, and the session goes on`() throws {
        try Program.withFolder { folder in
            let whole = "\(folder)/whole.ehlo"
            _ = try Program.shell("$E live --dialog null-sender --plain --record '\(whole)'")
            let all = try String(contentsOfFile: whole, encoding: .utf8)
            let isLong = all.utf8.count > 1024 && all.hasSuffix("\n")
            try #require(isLong)
            let file = "\(folder)/cut.ehlo"
            let run = try Program.shell("ulimit -f 1; $E live --dialog null-sender --plain --record '\(file)'")
            #expect(run.status == 0, "\(run.errors)")
            #expect(run.output.contains("Client: QUIT"))
            let said = run.messages.filter { $0.contains("recording to") && $0.contains("is not recorded") }
            #expect(said.count == 1)
            let kept = try String(contentsOfFile: file, encoding: .utf8)
            let isCut = kept.utf8.count > 500 && kept.utf8.count <= 1024
            #expect(isCut && kept.hasSuffix("\n"))
            let lines = kept.split(separator: "\n")
            for line in lines { _ = try JSONSerialization.jsonObject(with: Data(line.utf8)) }
            let replayed = try Program.run(["replay", file, "--plain"])
            #expect(replayed.errors.isEmpty, "\(replayed.errors)")
        }
    }

    @Test func `of several lines those that went in whole stay`() throws {
        try Program.withFolder { folder in
            let path = "\(folder)/a"
            let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND, 0o600)
            defer { close(descriptor) }
            #expect(WholeLines.add("one\ntwo\n", to: descriptor) == nil)
            #expect(WholeLines.add("three\n", to: descriptor) == nil)
            let kept = try String(contentsOfFile: path, encoding: .utf8)
            #expect(kept == "one\ntwo\nthree\n")
            let full = open("/dev/full", O_WRONLY)
            defer { close(full) }
            #expect(WholeLines.add("one\n", to: full) == ENOSPC)
        }
    }
}
