import Foundation
import Glibc
import Testing

/// The program behind a pipe that somebody writes to slowly: each line is shown before the next one is written.
@Suite(.timeLimit(.minutes(5)))
struct PipeTests {
    /// The program with a pipe for its standard input, and files for what it says.
    final class Piped {
        private let folder = try? Folder()
        private let child: Child
        private var pipe: Int32
        private let files: [String]

        init(_ arguments: [String]) throws {
            let folder = try #require(folder)
            files = ["stdin", "stdout", "stderr"].map { folder.path($0) }
            #expect(mkfifo(files[0], 0o600) == 0)
            for file in files.dropFirst() { try "".write(toFile: file, atomically: false, encoding: .utf8) }
            // Whoever opens both ends waits for nobody.
            pipe = open(files[0], O_RDWR | O_CLOEXEC)
            child = try Child(Program.path, arguments, files: files)
        }

        deinit { if pipe >= 0 { close(pipe) } }

        func write(_ line: String) {
            _ = Array("\(line)\n".utf8).withUnsafeBytes { Glibc.write(pipe, $0.baseAddress, $0.count) }
        }

        /// The writer goes. Gives the exit status.
        func ends() -> Int32 {
            close(pipe)
            pipe = -1
            return child.waits()
        }

        func send(signal: Int32) -> Int32 {
            child.send(signal: signal)
            return child.waits()
        }

        var output: String { (try? String(contentsOfFile: files[1], encoding: .utf8)) ?? "" }
        var errors: String { (try? String(contentsOfFile: files[2], encoding: .utf8)) ?? "" }

        /// Waits until the output says something.
        func shows(_ words: String) -> Bool { waits { output.contains(words) } }
    }

    /// A line of Postfix's log of a client in its debug_peer_list, and what is shown of it.
    private static func log(_ process: Int, _ words: String) -> String {
        "Nov 24 23:32:32 mx postfix/smtpd[\(process)]: \(words)"
    }

    private static let dialogue = [
        ("connect from c[192.0.2.7]", ""), ("> c[192.0.2.7]: 220 mx.receiver.example ESMTP", "Server: 220 mx.receiver"),
        ("< c[192.0.2.7]: EHLO client.example", "Client: EHLO client.example"),
        ("> c[192.0.2.7]: 250-mx.receiver.example", "Server: 250-mx.receiver.example"),
        ("> c[192.0.2.7]: 250 SIZE 1000", "Server: 250 SIZE 1000"),
        ("< c[192.0.2.7]: MAIL FROM:<ada@sender.example>", "Client: MAIL FROM:<ada@sender.example>"),
        ("> c[192.0.2.7]: 250 2.1.0 Ok", "Step 8 of 14. The server accepts ada@sender.example: 250 2.1.0."),
        ("< c[192.0.2.7]: RCPT TO:<nosuch@receiver.example>", "Client: RCPT TO:<nosuch@receiver.example>"),
        ("> c[192.0.2.7]: 550 5.1.1 User unknown", "Server: 550 5.1.1 User unknown"),
    ]

    @Test func `each line is shown before the next one comes, and the verdict when the pipe ends`() throws {
        let piped = try Piped(["-", "--plain"])
        for (line, shown) in Self.dialogue {
            piped.write(Self.log(7, line))
            if !shown.isEmpty { #expect(piped.shows(shown), "\(shown) in \(piped.output)") }
        }
        #expect(!piped.output.contains("Verdict"))
        #expect(piped.ends() == 0)
        #expect(piped.output.contains("Verdict: "), "\(piped.output)")
        #expect(piped.output.contains("Lesson step/4"))
        let steps = piped.output.split(separator: "\n").filter { $0.hasPrefix("Step ") }
        #expect(Set(steps).count == steps.count && !steps.contains { $0.contains("continued") }, "each is told once")
    }

    /// The last line of a session is told while others go on and the log never pauses.
    @Test func `what was said last is shown though lines of others keep coming`() throws {
        let piped = try Piped(["-", "--plain"])
        for (line, _) in Self.dialogue { piped.write(Self.log(7, line)) }
        #expect(piped.shows("User unknown"), "\(piped.output)")
        // On a machine with much to do it takes longer; nobody pauses for it.
        for number in 8..<500 where number < 14 || !piped.output.contains("User absent 9") {
            for (line, _) in Self.dialogue {
                piped.write(Self.log(number, line.replacing("unknown", with: "absent \(number)")))
                usleep(12_000)
            }
        }
        #expect(piped.output.contains("User absent 9"), "\(piped.output.suffix(500))")
        #expect(piped.ends() == 0)
    }

    @Test(arguments: [SIGINT, SIGTERM]) func `a signal gives the verdict of what was read`(signal: Int32) throws {
        let piped = try Piped(["replay", "-", "--plain"])
        for (line, _) in Self.dialogue { piped.write(Self.log(7, line)) }
        #expect(piped.shows("Server: 550 5.1.1"))
        #expect(piped.send(signal: signal) == 128 + signal)
        #expect(piped.output.contains("Verdict: "))
    }

    @Test func `a session is over when QUIT was answered, and of two each line says whose it is`() throws {
        let piped = try Piped(["-", "--plain"])
        for (line, _) in Self.dialogue { piped.write(Self.log(7, line)) }
        for line in ["connect from d[192.0.2.8]", "> d[192.0.2.8]: 220 mx.receiver.example ESMTP"] {
            piped.write(Self.log(8, line))
        }
        #expect(piped.shows("[2] Server: 220 mx.receiver.example ESMTP"), "\(piped.output)")
        piped.write(Self.log(7, "< c[192.0.2.7]: QUIT"))
        piped.write(Self.log(7, "> c[192.0.2.7]: 221 2.0.0 Bye"))
        #expect(piped.shows("[1] Verdict: "), "\(piped.output)")
        #expect(!piped.output.contains("[2] Verdict: "))
        #expect(piped.ends() == 0)
        #expect(piped.output.contains("[2] Verdict: "))
    }

    @Test func `a recording is shown as it is written`() throws {
        let piped = try Piped(["-", "--plain"])
        piped.write(#"{"ehlo":1,"began":"","title":"one","source":"a test"}"#)
        piped.write(#"[0,"relay","server","220 mx.example ESMTP\r\n"]"#)
        #expect(piped.shows("Server: 220 mx.example ESMTP"), "\(piped.output)")
        piped.write(#"[1,"relay","client","EHLO a.example\r\n"]"#)
        #expect(piped.shows("Client: EHLO a.example"))
        #expect(piped.ends() == 0)
    }

    @Test func `a message of a mail log is told when the server is done with it`() throws {
        let piped = try Piped(["-", "--plain"])
        let front = "Nov 24 10:00:01 out postfix"
        piped.write("\(front)/smtpd[9]: 5B46F13477EF: client=pc.sender.example[192.0.2.94]")
        piped.write("\(front)/qmgr[2]: 5B46F13477EF: from=<ada@sender.example>, size=460, nrcpt=1 (queue active)")
        piped.write(
            "\(front)/smtp[3]: 5B46F13477EF: to=<bob@receiver.example>, relay=mx1.receiver.example[192.0.2.6]:25, delay=1, dsn=5.1.1, status=bounced (host mx1.receiver.example[192.0.2.6] said: 550 5.1.1 no such user (in reply to RCPT TO command))"
        )
        piped.write("\(front)/qmgr[2]: 5B46F13477EF: removed")
        #expect(piped.shows("Verdict: "), "\(piped.output) \(piped.errors)")
        #expect(piped.output.contains("Server: 550 5.1.1 no such user"))
        #expect(piped.ends() == 0)
    }

    @Test func `what is no session is read as before when the pipe ends`() throws {
        let piped = try Piped(["-", "--plain"])
        piped.write("nothing of the kind")
        #expect(piped.ends() == 65)
        #expect(piped.errors.contains("there is no SMTP dialogue in this text"))
    }
}
