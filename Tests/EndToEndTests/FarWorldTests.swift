import Foundation
import Testing

/// What leaves the machine when the name of a recipient's domain leads to hosts that are not this one: every packet is looked
/// at, in a world of two network namespaces.
@Suite(
    .serialized,
    .timeLimit(.minutes(15)),
    .enabled(
        if: Program.isRoot && ["ip", "smtp-sink", "tcpdump", "python3"].allSatisfy(Program.has),
        "needs root, iproute2, tcpdump, python3 and Debian's postfix"
    )
)
struct FarWorldTests {
    private static let both = ["203.0.113.25:25", "203.0.113.26:25"]

    /// Options, and the verbs that one exchanger hears, to the last.
    private struct Way: Sendable {
        var options: [String]
        var verbs: [String] = ["EHLO", "MAIL", "RCPT", "RSET", "QUIT"]
        /// Whom a connection is made to, in this order.
        var hosts = [both[0]]
    }

    private static let ways = [
        Way(options: []),
        Way(options: ["--pipeline"]),
        Way(options: ["--protocol", "smtp"], verbs: ["HELO", "MAIL", "RCPT", "RSET", "QUIT"]),
        Way(options: ["--body", "/etc/hostname"]),
        Way(options: ["--quit-after", "connect"], verbs: ["QUIT"]),
        Way(options: ["--quit-after", "ehlo"], verbs: ["EHLO", "QUIT"]),
        Way(options: ["--quit-after", "mail"], verbs: ["EHLO", "MAIL", "RSET", "QUIT"]),
        Way(options: ["--quit-after", "rcpt"]),
        Way(options: ["--quit-after", "data"]),
        Way(options: ["--quit-after", "dot"]),
        Way(options: ["--drop-after", "rcpt"], verbs: ["EHLO", "MAIL", "RCPT"]),
        Way(options: ["--drop-after", "dot"], verbs: ["EHLO", "MAIL", "RCPT"]),
        Way(options: ["--every-mx"], hosts: both),
        Way(options: ["--every-mx", "--quit-after", "mail"], verbs: ["EHLO", "MAIL", "RSET", "QUIT"], hosts: both),
        Way(options: ["--every-mx", "--quit-after", "dot"], hosts: both),
        // As a script would, from which nothing can be typed.
        Way(options: ["--no-input"]),
    ]

    @Test(arguments: ways.indices) func `without --send no mail data leaves the machine`(index: Int) throws {
        let way = Self.ways[index]
        let folder = try Folder()
        let world = try FarWorld(exchangers: ["203.0.113.25", "203.0.113.26"])
        let (run, connections) = try world.live(way.options, in: folder)
        #expect(run.status == 0, "\(way.options) \(run.errors)")
        #expect(connections.map(\.address) == way.hosts, "\(way.options)")
        for connection in connections {
            let said = connection.segments.filter { $0.side == "client" }.map(\.text).joined()
            #expect(said.hasSuffix("\r\n"))
            #expect(said.split(separator: "\r\n").map { String($0.prefix(4)) } == way.verbs, "\(way.options) \(said)")
        }
        #expect(world.mails.isEmpty, "\(way.options)")
    }

    @Test func `no dialog that comes with the program sends mail data either`() throws {
        let folder = try Folder()
        let world = try FarWorld(exchangers: [])
        let list = try Program.ehlo("live", "--list-dialogs", in: folder)
        let names = list.lines.compactMap { $0.split(separator: " ").first.map(String.init) }
        #expect(names.contains("smuggling") && names.contains("bdat") && names.contains("pipelining"), "\(list.output)")
        for name in names {
            let (run, connections) = try world.live(["--dialog", name, "--server", "203.0.113.25"], in: folder)
            // 65 when the server answers otherwise than the dialog expects.
            #expect([0, 65].contains(run.status), "\(name): \(run.errors)")
            #expect(connections.map(\.address) == [Self.both[0]], "\(name)")
            let said = connections.flatMap(\.segments).filter { $0.side == "client" }.map(\.text).joined()
            #expect(said.hasSuffix("QUIT\r\n"), "\(name): \(said)")
            let verbs = said.split(separator: "\r\n").map { $0.prefix(4).uppercased() }
            #expect(!verbs.contains("DATA") && !verbs.contains("BDAT"), "\(name): \(said)")
        }
        #expect(world.mails.isEmpty)
    }

    @Test(.enabled(if: Program.has("tmux"), "needs tmux"))
    func `by key nothing is delivered but to whom was typed the address`() throws {
        let folder = try Folder()
        let world = try FarWorld(exchangers: ["203.0.113.25"])
        let (before, left) = try world.walk(answering: [""], then: ["sends QUIT"], in: folder)
        #expect(before.hasSuffix("RSET\r\nQUIT\r\n"), "\(before)\n\(left)")
        #expect(world.mails.isEmpty)
        // Another address is no answer, and the question is asked again.
        let (after, right) = try world.walk(
            answering: ["eve@domain.example", "bob@domain.example"],
            then: ["sends DATA", "sends the mail", "sends QUIT"],
            in: folder
        )
        #expect(after.hasSuffix("\r\n.\r\nQUIT\r\n") && !after.contains("RSET"), "\(after)\n\(right)")
        #expect(waits { world.mails.count == 1 })
    }

    @Test func `with --send it does, so the test above can fail`() throws {
        let folder = try Folder()
        let world = try FarWorld(exchangers: ["203.0.113.25", "203.0.113.26"])
        // Every exchanger would get the mail, so it goes to none.
        let every = try world.live(["--send", "--every-mx"], in: folder)
        #expect(every.run.status == 64 && every.connections.isEmpty, "\(every.run.errors)")
        #expect(world.mails.isEmpty)
        let (run, connections) = try world.live(["--send"], in: folder)
        #expect(run.status == 0, "\(run.errors)")
        let said = try #require(connections.first).segments.filter { $0.side == "client" }.map(\.text).joined()
        #expect(said.contains("\r\nDATA\r\n") && said.hasSuffix("\r\n.\r\nQUIT\r\n"), "\(said)")
        #expect(waits { world.mails.count == 1 })
    }

    @Test func `the next exchanger is tried when the first is silent`() throws {
        let folder = try Folder()
        let world = try FarWorld(exchangers: ["203.0.113.27", "203.0.113.26"])
        let (run, _) = try world.live(["--timeout", "2"], in: folder)
        #expect(run.status == 0, "\(run.errors)")
        #expect(run.output.contains("mx1.receiver.example [203.0.113.27], port 25: the host did not answer in time"))
        #expect(run.output.contains("connected to mx2.receiver.example [203.0.113.26], port 25"))
        #expect(!run.output.contains("closed to you"))
    }

    @Test func `a port 25 that is closed here is told from a host that is gone`() throws {
        let folder = try Folder()
        let silent = ["203.0.113.27", "203.0.113.28", "203.0.113.29"]
        let world = try FarWorld(exchangers: silent)
        let (run, connections) = try world.live(["--timeout", "1", "--record", folder.path("closed.ehlo")], in: folder)
        #expect(run.status == 2)
        #expect(connections.allSatisfy { $0.segments.isEmpty })
        for (number, address) in silent.enumerated() {
            let host = "mx\(number + 1).receiver.example [\(address)], port 25"
            #expect(run.output.contains("\(host): the host did not answer"))
        }
        let sentence = "port 25 seems to be closed to you here: none of 3 exchangers answered"
        for text in [run.output, run.errors] {
            #expect(text.contains(sentence), "\(text)")
            #expect(text.contains("'ehlo' alone is a world to practise in"))
            #expect(text.contains("port 587, with --submit"))
        }
        #expect(run.errors.split(separator: "\n").count == 1, "\(run.errors)")
        let exported = try Program.ehlo("export", folder.path("closed.ehlo"), "--format", "html", in: folder)
        #expect(exported.output.contains("Because infected computers sent spam straight to port 25"), "the lesson")
        // Any other port says nothing about what is closed, nor does one host alone.
        let other = try world.live(["--timeout", "1", "--port", "2525"], in: folder).run
        #expect(other.status == 2 && !(other.output + other.errors).contains("closed to you"), "\(other.errors)")
        let single = try FarWorld(exchangers: ["203.0.113.27"]).live(["--timeout", "1"], in: folder).run
        #expect(single.status == 2 && !(single.output + single.errors).contains("closed to you"), "\(single.errors)")
    }
}

/// Two network namespaces: one to run the program in, one with mail servers.
private final class FarWorld {
    struct CannotStart: Error { let reason: String }

    private let folder: Folder
    private let near: String

    init(exchangers: [String]) throws {
        folder = try Folder()
        let words = ["\(Program.tests)/Lab/far_world.sh", "start", folder.path("far")] + exchangers
        let started = try Program.run("bash", words, in: folder)
        guard started.status == 0, let near = started.output.split(separator: " ").first else {
            throw CannotStart(reason: started.errors)
        }
        self.near = String(near)
    }

    deinit {
        _ = try? Program.run("bash", ["\(Program.tests)/Lab/far_world.sh", "stop", folder.path("far")], in: folder)
    }

    /// Runs a session there, and gives what left it.
    func live(_ options: [String], in folder: Folder) throws
        -> (run: Program.Outcome, connections: [Capture.Connection])
    {
        let capture = try Capture(in: folder, interface: near, namespace: near)
        let recording = options.contains("--record") ? [] : ["--no-record"]
        let words =
            ["netns", "exec", near, Program.path, "live", "bob@domain.example", "--dns", "127.0.0.1", "--plain"]
            + recording + options
        let run = try Program.run("ip", words, in: folder)
        capture.end()
        #expect(!capture.lacksPackets)
        // The name server is on this side of it, so nothing is to be asked beyond.
        #expect(try capture.datagrams(in: folder).isEmpty)
        return (run, try capture.connections(in: folder))
    }

    /// Walks a session by key to the question about the delivery, answers it, and goes on; what the client said on the wire,
    /// and the last screen.
    func walk(answering answers: [String], then rest: [String], in folder: Folder) throws -> (
        said: String, screen: String
    ) {
        let capture = try Capture(in: folder, interface: near, namespace: near)
        let screen = try TmuxScreen()
        try screen.type(
            "ip netns exec \(near) \(Program.path) live bob@domain.example --dns 127.0.0.1 --no-record"
        )
        try screen.press("Enter")
        for promise in ["asks DNS", "connects", "sends EHLO", "sends MAIL", "sends RCPT"] {
            try #require(screen.shows("Enter \(promise)"), "\(screen.text)")
            try screen.press("Enter")
        }
        for answer in answers {
            let words = ["Enter asks whether to deliver", "Enter asks again"]
            try #require(waits { words.contains { screen.text.contains($0) } }, "\(screen.text)")
            try screen.press("Enter")
            try #require(screen.shows("Type bob@domain.example to deliver it"), "\(screen.text)")
            if !answer.isEmpty { try screen.type(answer) }
            try screen.press("Enter")
        }
        for promise in rest {
            try #require(screen.shows("Enter \(promise)"), "\(screen.text)")
            try screen.press("Enter")
        }
        try #require(screen.shows("step 14/14"), "\(screen.text)")
        try #require(waits { !screen.text.contains("waiting for") }, "\(screen.text)")
        let last = screen.text
        try screen.press("Q")
        capture.end()
        let segments = try capture.connections(in: folder).flatMap(\.segments)
        return (segments.filter { $0.side == "client" }.map(\.text).joined(), last)
    }

    /// The files smtp-sink wrote, one a mail.
    var mails: [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: folder.path("far/mails"))) ?? [])
    }
}
